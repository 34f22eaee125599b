/**
 * Plays of the data page: catalogue, a file taken in on a branch, the branch held against main and merged,
 * a figure in both times. They want a fresh server: what they write stays.
 */

import { accessible, asked, base, check, downloaded, faults, open, rested, seen, shot } from './watched.mjs'

/** What the file is about: an indicator, two units, a year without figures, a value that stands nowhere else. */
async function subject(page) {
  const indicators = await asked(page, 'base/indicators')
  const about = indicators.find((row) => row.core && row.years.length > 1)
  const { values } = await asked(page, 'base/values', { indicator: about.indicator })
  const [one, other] = values.filter((row) => values.filter(({ name }) => name === row.name).length === 1)
  return { about, one, other, year: Math.max(...about.years) + 1, value: Math.round(one.value) + 1234 }
}

function file({ about, one, other, year, value }) {
  const lines = [
    `地区,年份,${about.name},备注`,
    `${one.name},${year},${value},`,
    `${other.name},${year},不详,`,
  ]
  return { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`) }
}

const figure = (page, value) =>
  page.locator('[data-part=figures] .figure td.number', { hasText: value.toLocaleString('en-US') })

/** The catalogue is searched by pinyin; a dataset opens to its indicators and its lineage. */
export async function catalogue() {
  const page = await open('/data?lang=zh')
  await page.waitForSelector('[data-part=catalogue] tr[data-dataset]')
  seen.datasets = await page.locator('tr[data-dataset]').count()
  await shot(page, 'catalogue-zh')
  await page.fill('#catalogue-search', 'renkou')
  await page.waitForURL(/q=renkou/)
  await page.waitForFunction((all) => {
    const now = document.querySelectorAll('tr[data-dataset]').length
    return now > 0 && now < all
  }, seen.datasets)
  await page.locator('tr[data-dataset] button').first().click()
  await page.waitForSelector('[data-part=dataset] li')
  await page.waitForSelector('[data-part=search][aria-busy=false]')
  check('the opened dataset stands in the address', new URL(page.url()).searchParams.has('dataset'))
  await shot(page, 'dataset-zh')
  await accessible(page, 'dataset zh')
  const english = page.waitForResponse(/base\/catalogue\?.*lang=en/)
  await page.click('[data-action=lang]')
  await english
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await page.waitForSelector('[data-part=search][aria-busy=false]')
  await shot(page, 'dataset-en')
  await accessible(page, 'dataset en')
  await page.fill('#catalogue-search', 'qqqq')
  await page.waitForSelector('[data-part=catalogue]', { state: 'detached' })
  await page.click('[data-tab=batches]')
  await page.waitForSelector('[data-part=batches] tbody tr')
  await shot(page, 'batches-en')
  await accessible(page, 'batches en')
  await page.context().close()
}

/** A file comes in: understood, checked, taken in on a branch that is merged; the figure has its history. */
export async function arrival() {
  const page = await open('/data?lang=zh&tab=upload')
  const about = await subject(page)
  await page.setInputFiles('#file', file(about))
  await page.waitForSelector('[data-part=mapping] tr[data-column]')
  const roles = await page.locator('[data-field=role]').evaluateAll((all) => all.map(({ value }) => value))
  check(`the columns are understood: ${roles}`, roles.join() === 'place,period,figure,ignore')
  check(
    'the figures are recognised',
    (await page.locator('[data-field=indicator]').inputValue()) === about.about.indicator,
  )
  check(
    'the first rows are shown',
    (await page.locator('.examples').first().innerText()).includes(about.one.name),
  )
  await page.locator('[data-part=remarks] summary').last().click()
  const shown = page.locator('[data-part=remarks] details').last()
  // Names of places and of columns come after the preview itself.
  await shown.filter({ hasText: about.one.name }).filter({ hasNotText: 'valid_from' }).waitFor()
  const preview = await shown.innerText()
  check('what would be written is told in words', preview.includes(about.one.name) && !/valid_from/.test(preview))
  await source(page)
  await accessible(page, 'mapping zh')
  await page.reload()
  await page.waitForSelector('[data-source=zh]')
  check('nothing typed is lost', (await page.inputValue('[data-source=zh]')) === '年鉴')
  await page.click('[data-action=check]')
  await page.waitForSelector('[data-part=result]')
  check(
    'a cell that is no figure is set aside',
    (await page.locator('[data-part=quarantined] tbody tr').count()) === 1,
  )
  const aside = (await downloaded(page, '[data-download=quarantined]')).toString()
  check('what was set aside goes out with its row', aside.startsWith('\uFEFF') && aside.includes('不详'))
  await shot(page, 'checked-zh', { fullPage: true })
  await accessible(page, 'checked zh')

  await page.fill('[data-field=branch]', '年鉴 2024')
  check(
    'a name that a branch cannot have is told at its field',
    !(await page.locator('[data-field=branch]').evaluate((field) => field.checkValidity())),
  )
  await page.fill('[data-field=branch]', 'yearbook')
  await page.click('[data-action=ingest]')
  await page.waitForSelector('[data-action=see]')
  check('the page is on the branch now', new URL(page.url()).searchParams.get('branch') === 'yearbook')
  check(
    'a marker tells the branch',
    (await page.locator('[data-part=on-branch]').innerText()).includes('yearbook'),
  )
  await shot(page, 'ingested-zh', { fullPage: true })
  await accessible(page, 'ingested zh')

  await page.click('[data-action=see]')
  await page.waitForURL((url) => url.searchParams.get('indicator') === about.about.indicator)
  await page.goto(`${base}/?lang=zh&branch=yearbook&place=${about.one.place}`)
  await figure(page, about.value).first().waitFor()
  await page.click('[data-action=to-main]')
  await page.waitForURL((url) => !url.searchParams.has('branch'))
  await page.waitForSelector('[data-part=figures][aria-busy=false] .figure')
  check('main is as it was', (await figure(page, about.value).count()) === 0)
  await merged(page)
  await page.goto(`${base}/?lang=zh&place=${about.one.place}`)
  await figure(page, about.value).first().waitFor()
  await history(page, about)
  await page.context().close()
}

async function source(page) {
  await page.click('[data-field=fresh]')
  const words = {
    source: 'book-of-the-play',
    zh: '年鉴',
    en: 'Yearbook',
    publisher: '统计局',
    licence: '公开',
    origin: '测试',
  }
  for (const [name, word] of Object.entries(words)) await page.fill(`[data-source=${name}]`, word)
}

/** The branch against main, the same question on both, then merged. */
async function merged(page) {
  await page.goto(`${base}/branch?lang=en&branch=yearbook`)
  await page.waitForSelector('[data-part=changes] tbody')
  check('a new figure is told as added', (await page.locator('[data-change=added]').count()) >= 1)
  await page.click('[data-part=answers] [data-action=run]')
  await page.waitForSelector('[data-part=answers] details')
  await shot(page, 'branch-en', { fullPage: true })
  await accessible(page, 'branch en')
  await page.click('[data-action=merge]')
  await page.click('[data-action=confirm]')
  await page.waitForSelector('[data-part=done]')
  check('after merging the page is on main', !new URL(page.url()).searchParams.has('branch'))
  await shot(page, 'merged-en')
}

/** Corrected, the old value is struck through; the slider goes back to what was known before. */
async function history(page, { about, one, year, value }) {
  const row = {
    place: one.place,
    indicator: about.indicator,
    valid_from: `${year}-01-01`,
    valid_to: `${year + 1}-01-01`,
    value: value + 1,
    unit: about.unit,
    source: 'book-of-the-play',
    quality: 'B',
  }
  await asked(page, 'base/put', { table: 'observation', rows: [row] })
  await page.reload()
  await page.click(`[data-history="${about.indicator}"]`)
  await page.waitForSelector('[data-part=history] [data-state=superseded]')
  check(
    'the old value is struck through',
    (await page.locator('[data-state=superseded] del').innerText()) === value.toLocaleString('en-US'),
  )
  await page.waitForTimeout(400)
  await shot(page, 'history-zh')
  await accessible(page, 'history zh')
  await page.focus('#known')
  await page.keyboard.press('ArrowLeft')
  await page.waitForSelector('[data-state=superseded]', { state: 'detached' })
  check('what was known when stands in the address', new URL(page.url()).searchParams.has('known'))
  await shot(page, 'history-before-zh')
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-part=history]', { state: 'detached' })
  check('the address forgets a closed history', !/history|known/.test(new URL(page.url()).search))
}

/** By the switcher in the header: made, gone to, dropped; a name that is taken is told. */
export async function branches() {
  const page = await open('/targets?lang=zh')
  await page.waitForSelector('[data-part=targets] tbody tr')
  await make(page, 'trial')
  await page.waitForURL(/branch=trial/)
  await page.waitForSelector('[data-part=on-branch]')
  await page.click('[data-action=branches]')
  await page.waitForSelector('[data-branch=trial][aria-current=true]')
  await shot(page, 'switcher-zh')
  await accessible(page, 'switcher zh')
  await page.keyboard.press('Escape')
  check(
    'the focus is back on the switcher',
    await page.evaluate(() => document.activeElement.dataset.action === 'branches'),
  )
  const before = faults.length
  await make(page, 'trial')
  await page.waitForSelector('[data-part=dialog] [role=alert]')
  // The refusal itself is what is expected.
  faults.push(...faults.splice(before).filter((fault) => !/\b4\d\d\b/.test(fault)))
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-part=dialog]', { state: 'detached' })
  await page.click('[data-part=on-branch] a')
  await page.waitForSelector('[data-action=drop]')
  // What is asked of a branch that is dropped meanwhile is refused.
  await rested(page)
  await page.click('[data-action=drop]')
  await page.waitForTimeout(400)
  await shot(page, 'drop-zh')
  await accessible(page, 'drop zh')
  await page.click('[data-action=confirm]')
  await page.waitForSelector('[data-part=done]')
  await page.click('[data-action=branches]')
  await page.waitForSelector('[data-branch=main]')
  await page.waitForSelector('[data-branch=trial]', { state: 'detached' })
  await page.context().close()
}

async function make(page, name) {
  await page.click('[data-action=branches]')
  await page.click('[data-action=new-branch]')
  await page.fill('#branch-name', name)
  await page.click('[data-action=confirm]')
}
