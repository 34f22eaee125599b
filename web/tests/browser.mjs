/**
 * Plays the first journey in a real browser with real clicks, in both languages, and data coming in.
 *
 * node tests/browser.mjs BASE_URL OUT_DIR  -> screenshots in OUT_DIR where HUTUO_SHOTS is set, a JSON summary on standard output,
 * exit 1 if anything was wrong: an error in the console, a failed or outside request, a serious finding of
 * axe, or a page that does not show what it should.
 */

import { arrival, branches, catalogue } from './data.mjs'
import { accessible, base, check, counted, downloaded, faults, fits, inks, mapIdle, open, played, seen, shot } from './watched.mjs'

/** The map: indicator, year, a unit's figures with sources, two years beside each other, exports. */
async function map() {
  const page = await open('/?lang=zh')
  await mapIdle(page)
  await shot(page, 'map-zh')
  seen.title = await page.title()
  seen.rows = await page.locator('[data-part=values] tbody tr').count()
  check('the table lists the units of the map', seen.rows > 1)
  seen.drawn = await inks(page)
  check('the units are drawn in the colours of their classes', seen.drawn >= 3)
  const calls = counted(page)
  check('the standing of the plan is told', (await page.locator('[data-part=standing] .tag').count()) > 3)
  await accessible(page, 'map zh')

  const years = await page.locator('[data-year]').allTextContents()
  seen.years = years
  if (years.length > 1) {
    await page.click(`[data-year="${years[0]}"]`)
    await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent === year, years[0])
    check('another year loads values only', calls.length > 0 && calls.every((path) => path === '/api/base/values'))
    await page.click(`[data-year="${years.at(-1)}"]`)
    await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent === year, years.at(-1))
    await page.goBack()
    await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent === year, years[0])
    await page.goForward()
    await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent === year, years.at(-1))
    await page.click(`[data-against="${years[0]}"]`)
    await page.waitForSelector('[data-map=then][data-idle=true]')
    check('two years stand beside each other with their difference', (await page.locator('[data-part=values] thead th').count()) === 6)
    await shot(page, 'compare-zh')
    await accessible(page, 'compare zh')
    const pair = await downloaded(page, '[data-export=csv]')
    check('the table of two years names both', pair.toString().includes(years[0]) && pair.toString().includes(years.at(-1)))
    await page.click('[data-map=now] .maplibregl-ctrl-zoom-in')
    await page.waitForURL(/camera=/)
    await page.click('[data-action=whole]')
    await page.waitForURL((url) => !url.searchParams.has('camera'))
    await page.click(`[data-against="${years[0]}"]`)
    await page.waitForSelector('[data-map=then]', { state: 'detached' })
  }
  for (const box of (await page.locator('[data-set]').all()).slice(0, 3)) await box.check()
  await mapIdle(page)
  const boxes = await page.locator('[data-set]:checked').count()
  check('the region is outlined from the start', boxes >= 1)

  const canvas = await page.locator('[data-map=now] canvas').boundingBox()
  await page.mouse.click(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2)
  await page.waitForSelector('[data-part=figures] .figure')
  seen.unit = await page.locator('[data-part=figures] h2').innerText()
  check('each figure has its source', (await page.locator('[data-part=figures] .figure .from').first().innerText()).length > 3)
  check('the sources are listed', (await page.locator('[data-part=figures] [data-part=sources] li').count()) > 0)
  await shot(page, 'unit-zh')
  await accessible(page, 'unit zh')

  await page.click('.el-select')
  await page.waitForSelector('.el-select-dropdown__item:visible')
  await page.locator('.el-select-dropdown__item:visible').nth(2).click()
  await mapIdle(page)
  await page.waitForSelector('[data-part=legend] li')

  const table = await downloaded(page, '[data-export=csv]')
  check('CSV begins with a byte-order mark', table.subarray(0, 3).toString('hex') === 'efbbbf')
  const image = await downloaded(page, '[data-export=png]')
  check('the picture is a PNG with content', image.subarray(1, 4).toString() === 'PNG' && image.length > 30_000)

  const shapes = await downloaded(page, '[data-export=geojson]')
  check('GeoJSON carries year and source', /"year":\d+/.test(shapes) && /"source_name":/.test(shapes))
  await page.click('[data-part=values] thead button')

  const link = page.url()
  const before = await page.locator('[data-part=figures] h2').innerText()
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await mapIdle(page)
  await page.waitForSelector('[data-part=figures] .figure')
  await shot(page, 'unit-en')
  await accessible(page, 'unit en')
  await page.context().close()

  const colleague = await open(link.slice(base.length))
  await colleague.waitForSelector('[data-part=figures] .figure')
  await mapIdle(colleague)
  check('a link gives the same view', (await colleague.locator('[data-part=figures] h2').innerText()) === before)
  check('a link gives the same sets', (await colleague.locator('[data-set]:checked').count()) === boxes)
  check('a link gives the same order', (await colleague.locator('[data-part=values] th[aria-sort=ascending]').count()) === 1)
  await colleague.context().close()
}

/** The targets: counts, filter, one target back to clause, method and sources; exports. */
async function targets() {
  const page = await open('/targets?lang=zh')
  await page.waitForSelector('[data-part=targets] tbody tr')
  seen.targets = await page.locator('[data-part=targets] tbody tr').count()
  await shot(page, 'targets-zh')
  await accessible(page, 'targets zh')
  await page.click('[data-status=no_data]')
  const filtered = await page.locator('[data-part=targets] tbody tr').count()
  check('the filter keeps some of the targets', filtered <= seen.targets)
  await page.locator('[aria-pressed=false]').first().click()
  await page.locator('[data-target]').first().click()
  await page.waitForSelector('[data-part=lineage]')
  check('a target leads to its clause and method', (await page.locator('[data-part=lineage] h3').count()) >= 3)
  check('the opened target stands in the address', new URL(page.url()).searchParams.has('target'))
  await page.waitForTimeout(400)
  await shot(page, 'target-zh')
  await accessible(page, 'target zh')
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-part=lineage]', { state: 'detached' })
  const book = await downloaded(page, '[data-export=xlsx]')
  check('the address forgets a closed target', !new URL(page.url()).searchParams.has('target'))
  check('the workbook is an XLSX', book.subarray(0, 2).toString() === 'PK')
  const table = await downloaded(page, '[data-export=csv]')
  check('CSV begins with a byte-order mark', table.subarray(0, 3).toString('hex') === 'efbbbf')
  await page.goto(`${base}/targets?lang=en&target=${await page.locator('[data-target]').first().getAttribute('data-target')}`)
  await page.waitForSelector('[data-part=lineage]')
  await page.waitForTimeout(400)
  await shot(page, 'target-en')
  await accessible(page, 'target en')
  await page.context().close()
}

/** Every other page in both languages. */
async function pages() {
  for (const lang of ['zh', 'en']) {
    let window = null
    for (const [path, part] of [['/', '[data-map=now][data-idle=true]'], ['/targets', '[data-part=targets] tr'], ['/reconcile', '[data-part=reconcile] tbody tr'], ['/clauses', '[data-part=clauses] li'], ['/report', '[data-action=make]'], ['/data', '[data-part=catalogue]'], ['/data?tab=upload', '[data-part=drop]'], ['/branch', '[data-part=branches] tbody tr'], ['/verbs', '[data-verb]']]) {
      const page = await open(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`, { width: 1280, height: 800 }, window)
      window = page.context()
      await page.waitForSelector(part)
      const name = path.slice(1).replace(/\W+/g, '-') || 'map'
      await shot(page, `${name}-${lang}`)
      await accessible(page, `${name} ${lang}`)
      await fits(page, `${name} ${lang}`)
      if (path === '/') await mapIdle(page)
      await shot(page, `${name}-narrow-${lang}`)
      await page.close()
    }
    await window.close()
  }
}

/** By keyboard alone: past the navigation, through the sets, to a unit of the table and back. */
async function keyboard() {
  const page = await open('/?lang=zh')
  await mapIdle(page)
  await page.keyboard.press('Tab')
  check('the first stop leads past the navigation', await page.evaluate(() => document.activeElement.className === 'skip'))
  await page.keyboard.press('Tab')
  check('the focus is seen', await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none'))
  await page.locator('.el-slider__button-wrapper').focus()
  const year = await page.locator('[data-shown=year]').innerText()
  await page.keyboard.press('ArrowLeft')
  await page.waitForFunction((before) => document.querySelector('[data-shown=year]')?.textContent !== before, year)
  await page.locator('[data-part=values] [data-unit]').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForSelector('[data-part=figures] .figure')
  await page.context().close()
}

/** A day is chosen in the header: it stands in the address and goes with each call. */
async function day() {
  const page = await open('/targets?lang=zh')
  await page.waitForSelector('[data-part=targets] tbody tr')
  const asked = page.waitForRequest((request) => /plan\/evaluate\?.*at=2021-06-01/.test(request.url()))
  await page.fill('#at', '2021-06-01')
  await page.keyboard.press('Enter')
  await asked
  check('the day stands in the address', new URL(page.url()).searchParams.get('at') === '2021-06-01')
  await page.context().close()
}

/** The report: made, previewed, downloaded. */
async function report() {
  const page = await open('/report?lang=zh')
  await page.click('[data-action=make]')
  await page.waitForSelector('[data-part=preview]')
  const html = await downloaded(page, '[data-file$=".html"]')
  check('the report is a page', html.toString().startsWith('<!DOCTYPE html>'))
  await page.waitForTimeout(500)
  await shot(page, 'report-made-zh')
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
  check('a form runs its verb', (await page.locator('[data-part=answer] tbody tr').count()) <= 3)
  const rows = await downloaded(page, '[data-download=csv]')
  check('CSV begins with a byte-order mark', rows.subarray(0, 3).toString('hex') === 'efbbbf')
  check('what was asked stands in the address', JSON.parse(new URL(page.url()).searchParams.get('ask')).limit === 3)
  await shot(page, 'verb-zh')
  await accessible(page, 'verb zh')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await shot(page, 'verb-en')
  await accessible(page, 'verb en')
  await page.context().close()
}

/** A wrong ask is told in words, with a hint. The refusal itself is the expected 404. */
async function refusal() {
  const before = faults.length
  const page = await open('/verbs/base/table?lang=en')
  await page.fill('#field-name', 'nothing')
  await page.click('[data-action=run]')
  const text = await page.locator('[role=alert]').innerText()
  const others = faults.splice(before).filter((fault) => !/404/.test(fault))
  faults.push(...others)
  check('a refusal says what is wrong and what is possible', /nothing/.test(text) && /possible/.test(text))
  await page.context().close()
}

await played([map, targets, pages, keyboard, day, report, verbs, refusal, catalogue, branches, arrival])
