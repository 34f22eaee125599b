/**
 * Plays the first journey in a real browser with real clicks, in both languages.
 *
 * node tests/browser.mjs BASE_URL OUT_DIR  -> screenshots in OUT_DIR, a JSON summary on standard output,
 * exit 1 if anything was wrong: an error in the console, a failed or outside request, a serious finding of
 * axe, or a page that does not show what it should.
 */

import { AxeBuilder } from '@axe-core/playwright'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [base, out] = process.argv.slice(2)
const SLOW = 30_000
// The software renderer reads pixels back; that is its own affair.
const HARMLESS = /GPU stall due to ReadPixels|WebGL.*(performance|deprecated)|GroupMarkerNotSet/i
const faults = []
const seen = {}

mkdirSync(out, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'],
})

function check(fact, holds) {
  if (!holds) faults.push(fact)
}

async function open(path, size = { width: 1440, height: 900 }) {
  const context = await browser.newContext({ viewport: size, acceptDownloads: true, locale: 'zh-CN' })
  const page = await context.newPage()
  page.on('console', (line) => {
    if (['error', 'warning'].includes(line.type()) && !HARMLESS.test(line.text())) faults.push(`console: ${line.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !/^(blob|data):/.test(request.url())) faults.push(`outside: ${request.url()}`)
  })
  page.setDefaultTimeout(SLOW)
  await page.goto(base + path)
  return page
}

async function accessible(page, where) {
  const { violations } = await new AxeBuilder({ page }).exclude('canvas').analyze()
  for (const found of violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')) {
    faults.push(`axe on ${where}: ${found.id} at ${found.nodes.slice(0, 3).map((node) => node.target).join(' ')}`)
  }
}

const shot = (page, name) => page.screenshot({ path: join(out, `${name}.png`) })
const mapIdle = (page) => page.waitForSelector('[data-map=now][data-idle=true]')

async function downloaded(page, selector) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
  const path = join(out, download.suggestedFilename())
  await download.saveAs(path)
  return readFileSync(path)
}

/** The map: indicator, year, a unit's figures with sources, two years beside each other, exports. */
async function map() {
  const page = await open('/?lang=zh')
  await mapIdle(page)
  await shot(page, 'map-zh')
  seen.title = await page.title()
  seen.rows = await page.locator('[data-part=values] tbody tr').count()
  check('the table lists the units of the map', seen.rows > 1)
  check('the standing of the plan is told', (await page.locator('[data-part=standing] .tag').count()) > 3)
  await accessible(page, 'map zh')

  const years = await page.locator('[data-year]').allTextContents()
  seen.years = years
  if (years.length > 1) {
    await page.click(`[data-year="${years[0]}"]`)
    await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent === year, years[0])
    await page.click(`[data-year="${years.at(-1)}"]`)
    await page.waitForFunction((year) => document.querySelector('[data-shown=year]')?.textContent === year, years.at(-1))
    await page.click(`[data-against="${years[0]}"]`)
    await page.waitForSelector('[data-map=then][data-idle=true]')
    check('two years stand beside each other with their difference', (await page.locator('[data-part=values] thead th').count()) === 6)
    await shot(page, 'compare-zh')
    await page.click(`[data-against="${years[0]}"]`)
    await page.waitForSelector('[data-map=then]', { state: 'detached' })
  }
  for (const box of (await page.locator('[data-set]').all()).slice(0, 3)) await box.check()
  await mapIdle(page)

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
  check('a link gives the same view', (await colleague.locator('[data-part=figures] h2').innerText()) === before)
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
  check('the workbook is an XLSX', book.subarray(0, 2).toString() === 'PK')
  const table = await downloaded(page, '[data-export=csv]')
  check('CSV begins with a byte-order mark', table.subarray(0, 3).toString('hex') === 'efbbbf')
  await page.goto(`${base}/targets?lang=en&target=${await page.locator('[data-target]').first().getAttribute('data-target')}`)
  await page.waitForSelector('[data-part=lineage]')
  await page.waitForTimeout(400)
  await shot(page, 'target-en')
  await page.context().close()
}

/** Every other page in both languages. */
async function pages() {
  for (const lang of ['zh', 'en']) {
    for (const [path, part] of [['/', '[data-map=now][data-idle=true]'], ['/targets', '[data-part=targets] tr'], ['/reconcile', '[data-part=reconcile] tbody tr'], ['/clauses', '[data-part=clauses] li']]) {
      const page = await open(`${path}?lang=${lang}`)
      await page.waitForSelector(part)
      const name = path.slice(1) || 'map'
      await shot(page, `${name}-${lang}`)
      await accessible(page, `${name} ${lang}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      check(`${name} ${lang} is no wider than the window`, wide <= 1)
      await page.context().close()
    }
  }
  const narrow = await open('/?lang=en', { width: 800, height: 900 })
  await mapIdle(narrow)
  await shot(narrow, 'map-narrow-en')
  await narrow.context().close()
}

/** The report: made, previewed, downloaded. */
async function report() {
  const page = await open('/report?lang=zh')
  await page.click('[data-action=make]')
  await page.waitForSelector('[data-part=preview]')
  const html = await downloaded(page, '[data-file$=".html"]')
  check('the report is a page', html.toString().startsWith('<!DOCTYPE html>'))
  await page.waitForTimeout(500)
  await shot(page, 'report-zh')
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

for (const play of [map, targets, pages, report, verbs, refusal]) {
  try {
    await play()
  } catch (error) {
    faults.push(`${play.name}: ${error.message}`)
  }
}
await browser.close()
process.stdout.write(`${JSON.stringify({ seen, faults }, null, 2)}\n`)
process.exit(faults.length ? 1 : 0)
