/** Plays a duty officer: a drill told and acknowledged, a reading that raises an incident while one looks, sensors, a board, addresses. */

import { accessible, asked, check, faults, fits, open, played, seen, shot } from './watched.mjs'

const SOURCE = { source: 'plan-2025' }
const call = (page, path, method, body) =>
  page.evaluate(
    async ([path, method, body]) => {
      const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      return { status: answer.status, location: answer.headers.get('location'), body: await answer.text() }
    },
    [path, method, body],
  )
const cell = (page, number) => page.locator(`tr[data-incident="${number}"] [data-cell=told]`).innerText()
const put = (page, table, rows) => asked(page, 'base/put', { table, rows: rows.map((row) => ({ ...SOURCE, ...row })) })

async function drill() {
  const page = await open('/incidents?lang=zh')
  await page.waitForSelector('[data-part=no-protocol]')
  await page.waitForSelector('[data-part=none]')
  await page.click('[data-action=example]')
  await page.waitForSelector('[data-action=raise]:not([disabled])')
  await page.click('[data-action=raise]')
  await page.fill('[data-field=zh]', '桌面推演')
  await page.fill('[data-field=en]', 'Table-top drill')
  await page.fill('[data-field=place]', '130102')
  await page.click('[data-action=confirm]')
  await page.waitForSelector('[data-part=notices] li')
  const told = await page.locator('[data-part=notices] li').count()
  seen.told = told
  check('nobody has acknowledged yet', (await cell(page, 1)) === `0/${told}`)
  await page.click('[data-part=notices] li:first-child [data-action=acknowledge]')
  await page.waitForFunction((told) => document.querySelector('[data-cell=told]').textContent === `1/${told}`, told)
  // Who acknowledged stands there with the minutes that it took.
  await page.waitForFunction(() => document.querySelector('[data-part=notices] li:first-child .tag.met')?.textContent.includes('分钟'))
  // Another body acknowledges elsewhere; this page is told.
  const body = await page.locator('[data-part=notices] li:nth-child(2)').getAttribute('data-body')
  await asked(page, 'duty/incident', { action: 'acknowledge', incident: 1, body, by: '张三' })
  await page.waitForFunction((told) => document.querySelector('[data-cell=told]').textContent === `2/${told}`, told)
  const tasks = await page.locator('[data-part=tasks] li').count()
  seen.tasks = tasks
  for (let left = tasks; left > 0; left--) {
    await page.locator('[data-part=tasks] [data-action=done]').first().click()
    await page.waitForFunction((left) => document.querySelectorAll('[data-part=tasks] [data-action=done]').length === left - 1, left)
  }
  await page.fill('[data-field=note]', '记得复盘')
  await page.click('form:has([data-field=note]) button')
  await page.waitForFunction(() => document.querySelector('[data-part=log]').textContent.includes('记得复盘'))
  await shot(page, 'duty-drill-zh')
  await accessible(page, 'incident zh')
  await page.click('[data-action=close]')
  await page.waitForSelector('tr[data-incident="1"].closed')
  await page.close()
}

/** A gauge with a rule; what it reads is watched while one looks. */
async function live() {
  const page = await open('/incidents?lang=zh&state=open')
  await page.waitForSelector('[data-part=live].on')
  const gauge = {
    name: '上游站', description: '', Locations: [{ name: '桥', description: '', encodingType: 'application/geo+json', location: { type: 'Point', coordinates: [114.48, 38.05] } }],
    Datastreams: [{
      name: '水位', description: '', observationType: 'OM_Measurement', unitOfMeasurement: { name: 'metre', symbol: 'm', definition: 'ucum:m' },
      Sensor: { name: '水位计', description: '', encodingType: 'text/html', metadata: 'x' }, ObservedProperty: { name: '水位', description: '', definition: 'https://example.org/level' },
    }],
  }
  const made = await call(page, '/sta/v1.1/Things', 'POST', gauge)
  check('a gauge is made', made.status === 201)
  const place = 'sensor:thing-1'
  const { rows } = await asked(page, 'base/query', { sql: 'SELECT indicator FROM indicator WHERE zh = \'水位\'' })
  const indicator = rows[0].indicator ?? rows[0][0]
  await put(page, 'sensing_terminal', [{ place, owner: 'gov-shijiazhuang', covers_m: 4000, senses: '水情', every_minutes: 10 }])
  await put(page, 'downstream', [{ from_place: '130102', to_place: '130682', minutes: 360, river: '滹沱河' }])
  await put(page, 'emergency_facility', [{ facility: 'hall', zh: '体育馆', en: 'Sports hall', place: '130104', everyday: 'stadium', emergency: 'shelter', capacity: 800, switch_hours: 4 }])
  await put(page, 'warning_rule', [{ rule: 'high', zh: '水位超警戒', en: 'Level above warning', indicator, level: 'orange', sense: 'above', raise_at: 13, clear_at: 12.5, protocol: 'drill-example' }])
  await page.waitForTimeout(1500)
  const start = Date.now() - 3 * 600_000
  const readings = [11.8, 12.4, 12.9]
  const post = (result, at) => call(page, '/sta/v1.1/Datastreams(1)/Observations', 'POST', { phenomenonTime: new Date(at).toISOString(), result })
  for (const [n, result] of readings.entries()) await post(result, start + n * 600_000)
  const began = Date.now()
  await post(13.4, began)
  await page.waitForSelector('tr[data-incident="2"]')
  seen.milliseconds = Date.now() - began
  await page.click('tr[data-incident="2"] button')
  await page.waitForSelector('[data-part=around] li')
  check('the facility of dual use stands there with what it holds', (await page.locator('[data-part=around]').innerText()).includes('800'))
  check('places downstream are told with when it is there', (await page.locator('[data-part=incident]').innerText()).includes('定州'))
  check('what raised it stands there', (await page.locator('[data-part=incident] p').first().innerText()).includes('13.4'))
  await shot(page, 'duty-incident-zh')
  await post(12.1, Date.now())
  await page.waitForSelector('[data-part=incident] .good')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Joint incidents' && document.querySelector('[data-part=log]'))
  await page.waitForTimeout(500)
  await shot(page, 'duty-incident-en')
  await accessible(page, 'incident en')
  await fits(page, 'incidents')
  await shot(page, 'duty-incident-narrow')
  await page.close()
}

async function sensors() {
  const page = await open('/sensors?lang=zh')
  await page.waitForSelector('[data-part=sensors] tbody tr')
  await page.waitForSelector('[data-map=sensors][data-idle=true]')
  const text = await page.locator('[data-part=sensors] tbody').innerText()
  check('a terminal stands there with its owner', text.includes('石家庄市人民政府'))
  seen.sparks = await page.locator('[data-part=spark]').count()
  check('what it covers is told: a circle of 4 km', (await page.locator('[data-part=cover]').innerText()).includes('50.2'))
  await shot(page, 'duty-sensors-zh')
  await accessible(page, 'sensors zh')
  await page.click('[data-filter=silent]')
  await page.waitForFunction(() => !document.querySelector('[data-part=sensors] tbody tr'))
  await page.click('[data-filter=silent]')
  await page.click('[data-action=add-rule]')
  await page.waitForFunction(() => document.querySelectorAll('[data-part=dialog] [data-field=indicator] option').length > 1 && document.querySelector('[data-part=dialog] [data-field=source] option'))
  await page.selectOption('[data-part=dialog] [data-field=kind]', 'rate')
  await page.fill('[data-part=dialog] [data-field=zh]', '水位陡涨')
  await page.selectOption('[data-part=dialog] [data-field=indicator]', { label: '水位 (米)' })
  await page.selectOption('[data-part=dialog] [data-field=source]', { index: 0 })
  await page.fill('[data-part=dialog] [data-field=raise_at]', '0.5')
  await page.fill('[data-part=dialog] [data-field=clear_at]', '0.9')
  await shot(page, 'duty-rule-zh')
  const before = faults.length
  const refused = page.waitForResponse((response) => response.status() === 400 && response.url().includes('/duty/rule'))
  await page.click('[data-part=dialog] [data-action=confirm]')
  await refused
  await page.waitForSelector('[data-part=dialog] [role=alert]')
  // A turned rule is refused: that is what is asked for.
  faults.push(...faults.splice(before).filter((fault) => !/\b400\b/.test(fault)))
  await page.fill('[data-part=dialog] [data-field=clear_at]', '0.2')
  await page.click('[data-part=dialog] [data-action=confirm]')
  await page.waitForFunction(() => !document.querySelector('[data-part=dialog]') && document.querySelectorAll('[data-part=rules] tbody tr').length === 2)
  check('a rule that was set stands there with its bounds', (await page.locator('[data-part=rules] tbody').innerText()).includes('0.5 / 0.2'))
  await page.click('[data-rule=rule-2] [data-action=end-rule]')
  await page.waitForFunction(() => document.querySelectorAll('[data-part=rules] tbody tr').length === 1)
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Sensing terminals' && document.querySelector('[data-part=sensors] tbody')?.textContent.includes('Municipal'))
  await page.waitForSelector('[data-map=sensors][data-idle=true]')
  await shot(page, 'duty-sensors-en')
  await fits(page, 'sensors')
  await page.close()
}

async function board() {
  const page = await open('/board?lang=zh')
  await page.waitForSelector('[data-part=no-boards]')
  await page.fill('[data-field=id]', 'city')
  await page.fill('[data-field=title]', '都市圈运行')
  await page.click('[data-action=create]')
  await page.waitForSelector('[data-part=draft]')
  const add = async (verb, body, shown, more = {}) => {
    await page.fill('[data-field=verb]', verb)
    await page.fill('[data-field=ask]', JSON.stringify(body))
    await page.selectOption('[data-field=shown]', shown)
    for (const name of ['field', 'columns', 'tile-title']) await page.fill(`[data-part=draft] [data-field=${name}]`, more[name] ?? '')
    await page.click('[data-action=add-tile]')
  }
  await add('base/values', { indicator: 'resident_population' }, 'bars', { 'tile-title': '常住人口' })
  await add('duty/incidents', { state: 'open' }, 'table', { columns: 'name,place_name,told,acknowledged' })
  await add('duty/sensors', {}, 'line', { field: 'rows.0.courses.0.figures', 'tile-title': '上游水位' })
  await add('base/region', {}, 'figure', { field: 'sets', 'tile-title': '集合数' })
  await page.waitForFunction(() => document.querySelectorAll('article').length === 4 && document.querySelector('[data-part=bars]') && document.querySelector('[data-part=line]') && document.querySelector('[data-part=figure]'))
  await page.click('[data-action=save]')
  await page.waitForSelector('[data-action=edit]')
  await page.reload()
  await page.waitForFunction(() => document.querySelectorAll('article').length === 4 && document.querySelector('[data-part=bars]') && document.querySelector('[data-part=figure]') && document.querySelector('article table'))
  seen.tiles = await page.locator('article').count()
  await page.click('article:first-child summary')
  const lineage = await page.locator('article:first-child [data-part=lineage]').innerText()
  check('a tile says how it was asked and from which source', lineage.includes('hutuo base values --indicator resident_population') && !lineage.includes('没有写明来源'))
  await shot(page, 'duty-board-zh')
  await accessible(page, 'board zh')
  await page.click('[data-action=edit]')
  const before = page.url()
  await page.click('article:last-child [data-action=remove-tile]')
  await page.click('[data-action=save]')
  await page.waitForSelector('[data-action=edit]')
  check('the address stays that of the board', page.url() === before)
  const kept = await asked(page, 'duty/board', { board: 'city' })
  check('every version is kept', kept.version === 3 && kept.tiles.length === 3)
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.querySelector('[data-action=edit]')?.textContent === 'Edit' && document.querySelector('[data-part=bars]'))
  await shot(page, 'duty-board-en')
  await fits(page, 'board')
  await page.close()
}

async function connect() {
  const page = await open('/connect?lang=zh')
  await page.waitForFunction(() => document.querySelectorAll('[data-field=layer] option').length > 1)
  const address = await page.locator('[data-line=qgis] code').innerText()
  const landing = await page.evaluate(async (address) => (await fetch(address, { headers: { accept: 'application/json' } })).json(), address)
  check('the address of QGIS is that of a landing page', Array.isArray(landing.links))
  const items = await page.locator('[data-line=excelJson] code').innerText()
  const page1 = await page.evaluate(async (address) => (await fetch(address)).json(), items)
  seen.features = page1.features.length
  await page.selectOption('[data-field=layer]', 'place')
  check('addresses follow the layer', (await page.locator('[data-line=qgisFile] code').innerText()).includes('/collections/place/export.gpkg'))
  await shot(page, 'duty-connect-zh')
  await accessible(page, 'connect zh')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Connect')
  check('addresses follow the language', (await page.locator('[data-line=qgis] code').innerText()).endsWith('?lang=en'))
  await shot(page, 'duty-connect-en')
  await fits(page, 'connect')
  await page.close()
}

await played([drill, live, sensors, board, connect])
