/** Plays what an analyst does with a what-if: a line on a branch, the equilibrium, maps and flows, what it rests on, exports. */

import { accessible, base, browser, check, faults, open, out, seen, shot } from './watched.mjs'

const BRANCH = 'played-line'
const settled = async (page) => {
  await page.waitForSelector('[data-part=zones] tbody tr')
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
  await page.waitForSelector('[data-map=what-if][data-idle=true]')
}
const cell = (page, row, column) => page.locator('[data-part=zones] tbody tr').nth(row).locator('td').nth(column).innerText()
const number = (text) => Number(text.replace('−', '-').replace(/[^\d.-]/g, ''))

async function post(path, body, branch) {
  const response = await fetch(`${base}/api/${path}?lang=en${branch ? `&branch=${branch}` : ''}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const answer = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(answer))
  return answer
}

/** A fast line between the two members that lie farthest apart, as the page of travel would write it. */
async function line() {
  const { features } = await post('base/units', {})
  const inside = features.map((unit) => unit.properties).filter((unit) => unit.role === 'whole' && unit.label_lon !== null)
  const away = (one, other) => Math.hypot(one.label_lon - other.label_lon, one.label_lat - other.label_lat)
  const pairs = inside.flatMap((one) => inside.map((other) => [one, other]))
  const [from, to] = pairs.reduce((most, pair) => (away(...pair) > away(...most) ? pair : most))
  await post('base/branch', { action: 'create', name: BRANCH })
  const source = { source: 'played' }
  const rows = {
    source: [{ ...source, zh: '假设', en: 'assumed', publisher: '假设', licence: 'assumed', quality: 'C', origin: 'assumed' }],
    line: [{ ...source, line: 'played', zh: '试线', en: 'Trial', mode: 2, both_ways: true, speed_kmh: 250 }],
    station: [from, to].map((unit, index) => ({ ...source, line: 'played', sequence: index + 1, zh: unit.name, en: unit.name, lon: unit.label_lon, lat: unit.label_lat })),
    headway: [6, 7, 8, 9].map((hour) => ({ ...source, line: 'played', hour, minutes: 10 })),
  }
  for (const [table, given] of Object.entries(rows)) await post('base/put', { table, rows: given }, BRANCH)
  return from.unit
}

async function run(end) {
  const page = await open('/what-if?lang=zh')
  await page.waitForSelector('[data-part=ask]')
  const header = await page.locator('header').boundingBox()
  check('the header is one line', header.height < 60)
  await page.selectOption('[data-field=branch]', BRANCH)
  await page.waitForSelector('[data-part=on-branch]')
  await shot(page, 'what-if-ask-zh')
  await accessible(page, 'what-if ask zh')
  await page.click('[data-action=run]')
  await page.waitForSelector('[data-part=progress]')
  await settled(page)
  check('the greatest change stands first', number(await cell(page, 0, 1)) >= number(await cell(page, 1, 1)))
  seen.units = await page.locator('[data-part=zones] tbody tr').count()
  seen.welfare = number(await page.locator('[data-shown=welfare]').innerText())
  seen.flows = await page.locator('[data-part=flows] tbody tr').count()
  seen.parameters = await page.locator('[data-part=parameters] tbody tr').count()
  seen.tried = await page.locator('[data-part=sensitivity] tbody tr').count()
  check('what it rests on says that commuting is modelled', (await page.locator('[data-part=doubts]').innerText()).includes('模型值'))
  check('it came to rest', /收敛/.test(await page.locator('[data-part=convergence]').innerText()))
  await shot(page, 'what-if-zh')
  await accessible(page, 'what-if zh')
  await page.selectOption('[data-field=measure]', 'core_saved')
  await settled(page)
  await page.click(`[data-unit="${end}"]`)
  await shot(page, 'what-if-minutes-zh')
  return page
}

async function action(page, end) {
  await page.reload()
  await settled(page)
  check('what ran before is there after the page is loaded anew', (await page.locator('[data-part=zones] tbody tr').count()) === seen.units)
  await page.selectOption('[data-draft=kind]', 'productivity')
  await page.selectOption('[data-draft=place]', end)
  await page.fill('[data-draft=percent]', '10')
  await page.click('[data-action=add]')
  await page.waitForSelector('[data-part=action]')
  await page.click('[data-part=values] summary')
  check('parameters show their defaults', (await page.getAttribute('[data-value=epsilon]', 'placeholder')) === '4.6')
  await page.fill('[data-value=mu]', '0.6')
  await page.locator('[data-value=mu]').blur()
  await page.waitForURL(/values=mu/)
  await page.waitForSelector('[data-part=ask]')
  await page.click('[data-action=run]')
  await page.waitForSelector('[data-part=progress]')
  await settled(page)
  await page.selectOption('[data-field=measure]', 'jobs_change')
  await settled(page)
  check('jobs go where work is more productive', (await page.locator('[data-part=zones] tbody tr').first().locator('[data-unit]').getAttribute('data-unit')) === end)
  check('a parameter that was changed is marked', (await page.locator('[data-part=parameters] tr.given').count()) === 1)
  for (const kind of ['csv', 'flows', 'geojson', 'png']) {
    const [file] = await Promise.all([page.waitForEvent('download'), page.click(`[data-export=${kind}]`)])
    await file.saveAs(`${out}/${file.suggestedFilename()}`)
  }
  await page.selectOption('[data-field=closure]', 'residents_fixed')
  await page.waitForSelector('[data-part=stale]')
  await page.click('[data-action=run]')
  await page.waitForSelector('[data-part=progress]')
  await settled(page)
  await page.selectOption('[data-field=measure]', 'residents_change')
  await settled(page)
  check('where residents stay they stay', number(await cell(page, 0, 1)) === 0)
  await page.selectOption('[data-field=closure]', 'mobile')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  check('parameters are named in English too', !/[\u4e00-\u9fff]/.test(await page.locator('[data-part=values]').innerText()))
  check('the header is one line in English', (await page.locator('header').boundingBox()).height < 60)
  await page.click('[data-action=run]')
  await page.waitForSelector('[data-part=progress]')
  await settled(page)
  await shot(page, 'what-if-en')
  await accessible(page, 'what-if en')
  await page.locator('[data-part=what-basis]').scrollIntoViewIfNeeded()
  await shot(page, 'what-if-basis-en')
  await page.close()
}

try {
  const end = await line()
  await action(await run(end), end)
} catch (error) {
  faults.push(String(error))
} finally {
  await browser.close()
}
console.log(JSON.stringify({ faults, seen, out }))
process.exitCode = faults.length ? 1 : 0
