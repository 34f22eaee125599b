/**
 * Plays the first journey in a real browser with real clicks, in both languages.
 *
 * node tests/browser.mjs BASE_URL OUT_DIR [PLAY,PLAY]  -> screenshots in OUT_DIR, a JSON summary on standard output,
 * exit 1 if anything was wrong: an error in the console, a failed or outside request, a serious finding of
 * axe, or a page that does not show what it should.
 */

import { accessible, base, browser, check, counted, downloaded, faults, inks, open, seen, shot } from './watched.mjs'

const WIDE = { width: 1440, height: 900 }
const idle = (page, which = 'now') => page.waitForSelector(`[data-map=${which}][data-idle=true]`)
const asked = (page) => new URL(page.url()).searchParams
const until = (page, name, value) => page.waitForFunction(([one, is]) => new URL(location.href).searchParams.get(one) === is, [name, value])

function rows(csv) {
  check('CSV begins with a byte-order mark', csv.subarray(0, 3).toString('hex') === 'efbbbf')
  return csv.toString('utf8').slice(1).trim().split('\r\n').map((line) => line.split(','))
}

async function fits(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  check(`${where} is no wider than the window`, wide <= 1)
}

/** The map: indicator, year, a unit's figures with sources, exports; the link shows a colleague the same. */
async function map() {
  const page = await open('/?lang=zh')
  await idle(page)
  await page.waitForSelector('[data-part=standing] li')
  await shot(page, 'map-zh')
  seen.title = await page.title()
  check('the standing of the plan is told in words', /\d/.test(await page.locator('[data-part=counts] .words').innerText()))
  check('the legend names classes and sources', (await page.locator('[data-part=legend] li').count()) > 2)
  await accessible(page, 'map zh')

  await page.click('[data-field=indicator]')
  await page.waitForSelector('.el-select-dropdown__item:visible')
  seen.indicators = await page.locator('.el-select-dropdown__item:visible').count()
  const other = page.locator('.el-select-dropdown__item:visible').nth(2)
  const name = (await other.locator('span').first().innerText()).trim()
  await other.click()
  await page.waitForFunction((text) => document.querySelector('[data-part=legend] .title')?.textContent.includes(text), name)
  await idle(page)
  await page.goBack()
  await page.waitForFunction((text) => !document.querySelector('[data-part=legend] .title')?.textContent.includes(text), name)
  check('the back button undoes a choice', !asked(page).has('indicator'))
  await idle(page)

  seen.years = await page.locator('[data-year]').allTextContents()
  check('the first indicator has several years', seen.years.length > 1)
  const [first, last] = [seen.years[0], seen.years.at(-1)]
  seen.drawn = await inks(page)
  check('the units are drawn in the colours of their classes', seen.drawn >= 3)
  const calls = counted(page)
  await page.click(`[data-year="${first}"]`)
  await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent === year, first)
  check('another year loads values only', calls.length > 0 && calls.every((path) => path === '/api/base/values'))
  await page.locator('.el-slider__button-wrapper').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent === year, seen.years[1])
  await page.click('[data-action=play]')
  await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent !== year, seen.years[1])
  await page.click('[data-action=play]')
  await page.click(`[data-year="${last}"]`)

  for (const box of (await page.locator('[data-set]:not(:checked)').all()).slice(0, 3)) await box.check()
  check('outlines stand in the address', (asked(page).get('sets') ?? '').split(',').length === 4)
  await page.click('[data-action=table]')
  await page.waitForSelector('[data-part=values] tbody tr')
  seen.rows = await page.locator('[data-part=values] tbody tr').count()
  check('the table lists the units of the map', seen.rows > 1)
  await page.click('[data-sort=name]')
  await until(page, 'sort', 'name')
  await idle(page)

  const canvas = await page.locator('[data-map=now] canvas').boundingBox()
  await page.mouse.click(canvas.x + canvas.width * 0.66, canvas.y + canvas.height * 0.5)
  await page.waitForSelector('[data-part=figures] .figure')
  seen.unit = await page.locator('[data-part=figures] h1').innerText()
  check('each figure has its source', (await page.locator('[data-part=figures] .figure .from').allInnerTexts()).every((text) => text.length > 8))
  check('the history of the mapped figure is open', (await page.locator('[data-part=history] tbody tr').count()) > 1)
  check('the sources are listed', (await page.locator('[data-part=figures] [data-part=sources] li').count()) > 0)
  await page.fill('[data-field=figure]', 'zzzz')
  check('figures can be searched', (await page.locator('[data-part=figures] .figure').count()) === 0)
  await page.fill('[data-field=figure]', '')
  await page.waitForTimeout(600)
  await shot(page, 'unit-zh')
  await accessible(page, 'unit zh')

  const table = rows(await downloaded(page, '[data-export=csv]'))
  check('the table has a row a unit and numbers that are numbers', table.length - 1 === seen.rows && Number(table[1][7]) > 0)
  const image = await downloaded(page, '[data-export=png]')
  check('the picture is a PNG with content', image.subarray(1, 4).toString() === 'PNG' && image.length > 30_000)
  const shapes = JSON.parse(await downloaded(page, '[data-export=geojson]'))
  check('GeoJSON holds the units with their figures', shapes.features.length === seen.rows && shapes.features.some((unit) => unit.properties.source_name))
  rows(await downloaded(page, '[data-export=figures]'))

  await page.mouse.move(canvas.x + canvas.width * 0.6, canvas.y + canvas.height * 0.4)
  await page.mouse.wheel(0, -300)
  await page.waitForFunction(() => new URL(location.href).searchParams.has('camera'))
  await page.waitForTimeout(800)
  await idle(page)
  await page.click('[data-action=share]')
  await page.waitForSelector('[data-action=copy]:visible')
  const link = await page.locator('.copy input:visible').inputValue()
  check(`the link to share is the address: ${link} ${page.url()}`, link === page.url())
  await page.keyboard.press('Escape')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await page.waitForFunction((zh) => ![zh, ''].includes(document.querySelector('[data-part=figures] h1')?.innerText ?? ''), seen.unit)
  await idle(page)
  await page.waitForTimeout(600)
  await shot(page, 'unit-en')
  await accessible(page, 'unit en')
  await page.context().close()

  const colleague = await open(link.slice(base.length), WIDE, 'en-US')
  await colleague.waitForSelector('[data-part=figures] .figure')
  await idle(colleague)
  check('a link gives the same unit in the same language', (await colleague.locator('[data-part=figures] h1').innerText()) === seen.unit)
  check('a link gives the same outlines', (await colleague.locator('[data-set]:checked').count()) === 4)
  check('a link gives the same order', (await colleague.locator('th[aria-sort=ascending] [data-sort=name]').count()) === 1)
  check('a link gives the same camera', asked(colleague).get('camera') === new URL(link).searchParams.get('camera'))
  await shot(colleague, 'link-zh')
  await colleague.context().close()
}

/** Two years beside each other and under a swipe, with their difference in the table. */
async function compare() {
  for (const lang of ['zh', 'en']) {
    const page = await open(`/?lang=${lang}`)
    await idle(page)
    const years = await page.locator('[data-year]').allTextContents()
    await page.check('[data-action=compare]')
    await idle(page, 'then')
    await page.selectOption('[data-field=against]', years[0])
    await page.waitForFunction((year) => document.querySelector('.early .badge')?.textContent === year, years[0])
    await page.waitForSelector('[data-part=values] [data-sort=difference]')
    check('the difference stands in the table', (await page.locator('[data-part=values] [data-sort=share]').count()) === 1)
    await idle(page)
    await idle(page, 'then')
    await page.waitForTimeout(300)
    await shot(page, `compare-${lang}`)
    await accessible(page, `compare ${lang}`)
    const image = await downloaded(page, '[data-export=png]')
    check('two maps are a PNG', image.length > 30_000)
    const [head] = rows(await downloaded(page, '[data-export=csv]'))
    check('two years are in the CSV', head.length === 19)
    await page.click('[data-action=swipe]')
    await page.locator('[role=slider].swipebar').focus()
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowLeft')
    check('the swipe moves by keyboard', (await page.locator('.swipebar').getAttribute('aria-valuenow')) === '40')
    await idle(page)
    await idle(page, 'then')
    await page.waitForTimeout(300)
    await shot(page, `swipe-${lang}`)
    await accessible(page, `swipe ${lang}`)
    await page.uncheck('[data-action=compare]')
    await page.waitForSelector('[data-map=then]', { state: 'detached' })
    await page.context().close()
  }
}

/** The targets: counts, filter, one target back to clause, method and sources; exports. */
async function targets() {
  const page = await open('/targets?lang=zh')
  await page.waitForSelector('[data-part=targets] tbody tr')
  seen.targets = await page.locator('[data-part=targets] tbody tr').count()
  await shot(page, 'targets-zh')
  await accessible(page, 'targets zh')
  const status = await page.locator('[data-part=targets] tbody tr .tag').first().getAttribute('class')
  await page.click(`[data-status=${status.split(' ').at(-1)}]`)
  const filtered = await page.locator('[data-part=targets] tbody tr').count()
  check('the filter keeps some of the targets', filtered > 0 && filtered <= seen.targets)
  await page.click('[data-status=all]')
  await page.locator('[data-target]').first().click()
  await page.waitForSelector('[data-part=lineage]')
  check('a target leads to its clause and method', (await page.locator('[data-part=lineage] h3').count()) >= 4)
  check('the opened target stands in the address', asked(page).has('target'))
  await page.waitForTimeout(500)
  await shot(page, 'target-zh')
  await accessible(page, 'target zh')
  const link = page.url()
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-part=lineage]', { state: 'detached' })
  const book = await downloaded(page, '[data-export=xlsx]')
  check('the workbook is an XLSX', book.subarray(0, 2).toString() === 'PK')
  const table = rows(await downloaded(page, '[data-export=csv]'))
  check('the CSV has a row a target, numbers as numbers, unit and year beside them', table.length - 1 === seen.targets && table[0].length === 21 && Number(table[1][5]) > 0)
  await page.goto(link.replace('lang=zh', 'lang=en'))
  await page.waitForSelector('[data-part=lineage]')
  await page.waitForTimeout(500)
  await shot(page, 'target-en')
  await accessible(page, 'target en')
  await page.click('[data-link=clause]')
  await page.waitForSelector('[data-part=clause] h1')
  check('the clause of the target is marked in the tree', (await page.locator('.el-tree-node.is-current').count()) === 1)
  await shot(page, 'clause-en')
  await page.context().close()
}

/** Every other page in both languages, at three widths. */
async function pages() {
  const all = [['/', '[data-map=now][data-idle=true]'], ['/targets', '[data-part=targets] tbody tr'], ['/reconcile', '[data-part=reconcile] tbody tr'], ['/clauses', '[data-part=clauses] .el-tree-node'], ['/report', '[data-action=make]'], ['/verbs', '[data-verb]']]
  for (const lang of ['zh', 'en']) {
    for (const [path, part] of all) {
      const page = await open(`${path}?lang=${lang}`)
      const name = path.slice(1) || 'map'
      await page.waitForSelector(part)
      await page.waitForTimeout(200)
      await shot(page, `${name}-${lang}`)
      await accessible(page, `${name} ${lang}`)
      await fits(page, `${name} ${lang}`)
      check(`${name} ${lang}: the language of the page is told`, (await page.evaluate(() => document.documentElement.lang)).startsWith(lang))
      for (const width of [1100, 800]) {
        await page.setViewportSize({ width, height: 900 })
        await page.waitForTimeout(250)
        await fits(page, `${name} ${lang} at ${width}`)
        if (lang === 'en') await shot(page, `${name}-${lang}-${width}`)
      }
      await page.context().close()
    }
  }
}

/** The clauses: searched, chosen, without text marked. */
async function clauses() {
  const page = await open('/clauses?lang=zh')
  await page.waitForSelector('[data-clause]')
  seen.clauses = await page.locator('[data-clause]').count()
  await page.selectOption('[data-field=text]', 'no')
  await until(page, 'text', 'no')
  seen.bare = await page.locator('[data-clause]:not(.faint)').count()
  check('clauses without text are marked', (await page.locator('[data-clause]:not(.faint) .tag.no_data').count()) === seen.bare)
  await page.selectOption('[data-field=text]', '')
  await page.locator('[data-clause]').nth(2).click()
  await page.waitForSelector('[data-part=clause] h1')
  check('the chosen clause stands in the address', asked(page).has('clause'))
  await page.context().close()
}

/** The report: made, previewed, downloaded. */
async function report() {
  const page = await open('/report?lang=zh')
  await page.click('[data-action=make]')
  await page.waitForSelector('[data-part=preview]')
  const html = await downloaded(page, '[data-file$=".html"]')
  check('the report is a page', html.toString().startsWith('<!DOCTYPE html>'))
  await page.waitForTimeout(600)
  await shot(page, 'report-made-zh')
  await accessible(page, 'report zh')
  await page.context().close()
}

/** The default form of verbs from their schemas. */
async function verbs() {
  const page = await open('/verbs?lang=zh')
  await page.waitForSelector('[data-verb]')
  seen.verbs = await page.locator('[data-verb]').count()
  await page.click('[data-verb="base/table"]')
  await page.fill('#field-name', 'source')
  await page.fill('#field-limit', '3')
  await page.click('[data-action=run]')
  await page.waitForSelector('[data-part=answer] table')
  check('a form runs its verb', (await page.locator('[data-part=answer] tbody tr').count()) === 3)
  rows(await downloaded(page, '[data-part=answer] [data-export=csv]'))
  await shot(page, 'verb-zh')
  await accessible(page, 'verb zh')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await page.waitForSelector('[data-part=answer] table')
  await shot(page, 'verb-en')
  await accessible(page, 'verb en')
  const link = page.url()
  for (const verb of await page.locator('[data-verb]').evaluateAll((links) => links.map((one) => one.dataset.verb))) {
    await page.click(`[data-verb="${verb}"]`)
    await page.waitForSelector('[data-part=form]')
    if (!(await page.locator('[data-part=form] [required]').count())) {
      await page.click('[data-action=run]')
      await page.waitForSelector('[data-part=answer]')
    }
  }
  await page.goto(link)
  await page.waitForSelector('#field-name')
  check('a link brings the form as it was filled', (await page.inputValue('#field-name')) === 'source' && (await page.inputValue('#field-limit')) === '3')
  await page.context().close()
}

/** A wrong ask is told in words, with a hint. The refusal itself is the expected 404. */
async function refusal() {
  const before = faults.length
  const page = await open('/verbs/base/table?lang=en')
  await page.fill('#field-name', 'nothing')
  await page.click('[data-action=run]')
  const text = await page.locator('[role=alert]').innerText()
  await accessible(page, 'refusal')
  await page.goto(`${base}/?lang=zh&as_of=yesterday`)
  await page.waitForSelector('[role=alert]')
  const others = faults.splice(before).filter((fault) => !/404|422/.test(fault))
  faults.push(...others)
  check('a refusal says what is wrong and what is possible', /nothing/.test(text) && /possible/.test(text))
  await page.context().close()
}

/** From the first key to a target's reasons without a mouse. */
async function keyboard() {
  const page = await open('/targets?lang=zh')
  await page.waitForSelector('[data-target]')
  await page.keyboard.press('Tab')
  check('the first key leads past the navigation', await page.evaluate(() => document.activeElement?.className === 'skip'))
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(() => document.activeElement?.hasAttribute('data-target'))) break
  }
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
  check('where the keyboard is can be seen', ring !== 'none')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[data-part=lineage]')
  await page.context().close()
}

/** A day is chosen in the header: it stands in the address and goes with each call. */
async function day() {
  const page = await open('/targets?lang=zh')
  await page.waitForSelector('[data-part=targets] tbody tr')
  const calls = counted(page, /[?&]at=2021-06-01/)
  await page.fill('#at', '2021-06-01')
  await page.keyboard.press('Enter')
  await until(page, 'at', '2021-06-01')
  await page.waitForSelector('[data-part=targets] tbody tr')
  check('the day goes with each call', calls.includes('/api/plan/evaluate') && calls.includes('/api/base/region'))
  await page.context().close()
}

/** A day before anything was recorded: pages say so and do not break. */
async function earlier() {
  const page = await open('/?lang=zh&as_of=2000-01-01')
  await page.waitForSelector('header')
  await page.waitForTimeout(1500)
  await shot(page, 'earlier-zh')
  await page.context().close()
}

const plays = [map, compare, targets, pages, clauses, report, verbs, refusal, keyboard, day, earlier]
const only = process.argv[4]?.split(',')
for (const play of plays.filter((one) => !only || only.includes(one.name))) {
  try {
    await play()
  } catch (error) {
    faults.push(`${play.name}: ${error.message.split('\n').slice(0, 4).join(' ')}`)
  }
}
await browser.close()
process.stdout.write(`${JSON.stringify({ seen, faults }, null, 2)}\n`)
process.exit(faults.length ? 1 : 0)
