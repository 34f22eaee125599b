/**
 * Plays a year of a coordination office: a plan comes in and is decided on, its aims are bound to indicators, its tasks rolled
 * out and reported on, a meeting decides, the plan is evaluated and its report sent out; then the pages beside it.
 */

import { adopted, exported, meeting, recut, reviewed, tasks } from './plan.mjs'
import { accessible, asked, check, fits, open, played, seen, shot } from './watched.mjs'

/** Both languages of a page that stands open, as pictures. */
async function both(page, name, part) {
  for (const lang of ['en', 'zh']) {
    await page.click('[data-action=lang]')
    await page.waitForFunction((wanted) => document.documentElement.lang.startsWith(wanted), lang)
    await page.waitForSelector(part)
    // Names come again in the other language.
    await page.waitForSelector('[aria-busy=true]', { state: 'detached' })
    await shot(page, `${name}-${lang}`)
    await accessible(page, `${name} ${lang}`)
  }
}

/** From what is not covered to the page where it is closed; bound by key, taken back, bound by a click. */
async function bound(page) {
  await page.click('[data-group=tasks]')
  await page.waitForSelector('[data-part=coverage]')
  if (await page.locator('[data-gap=target_without_indicator][aria-pressed=false]').count()) await page.click('[data-gap=target_without_indicator]')
  await page.locator('[data-part=gaps] a', { hasText: '地区生产总值' }).click()
  await page.waitForSelector('[data-part=binding] [data-bind]')
  const output = 'qingyuan/一(三)#q1'
  const people = 'qingyuan/一(三)#q2'
  check('a gap leads to its aim', new URL(page.url()).searchParams.get('item') === output)
  check('the likeliest indicator comes first', (await page.locator('[data-bind]').first().getAttribute('data-bind')) === 'gdp')
  await both(page, 'binding', '[data-part=binding] [data-bind]')
  await page.keyboard.press('1')
  await page.waitForSelector(`[data-item="${output}"][data-state=bound]`)
  check('binding goes on to the next', new URL(page.url()).searchParams.get('item') !== output)
  await page.keyboard.press('u')
  await page.waitForSelector(`[data-item="${output}"][data-state=hindered]`)
  check('undo takes the acceptance back too', (await page.locator('[data-part=said]').innerText()) !== '')
  await page.click(`[data-item="${output}"] button`)
  await page.click('[data-bind=gdp]')
  await page.waitForSelector(`[data-item="${output}"][data-state=bound]`)
  await page.click(`[data-item="${people}"] button`)
  await page.click('[data-bind=resident_population]')
  await page.waitForSelector(`[data-item="${people}"][data-state=bound]`)
  await page.click('[data-filter=bound]')
  await page.waitForFunction(() => document.querySelectorAll('[data-part=bindings] tbody tr').length === 2)
  await page.click('[data-part=binding] [data-part=bound] a')
}

async function evaluated(page) {
  await page.waitForSelector('[data-part=lineage]')
  check('a bound aim leads to its evaluation', /20,000/.test(await page.locator('[data-part=lineage]').innerText()))
  await page.waitForTimeout(400)
  await shot(page, 'evaluated-target-zh')
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-part=lineage]', { state: 'detached' })
  check('the plan is the one that came in', (await page.inputValue('[data-field=plan]')) === 'qingyuan')
  seen.evaluated = await page.locator('[data-part=targets] tbody tr').count()
  check('each is held against a figure', (await page.locator('[data-part=targets] tbody tr td:nth-child(7)').allInnerTexts()).every((text) => /\d/.test(text)))
  await both(page, 'evaluated', '[data-part=targets] tbody tr')
  await page.click('[data-page=contradictions]')
  await page.waitForSelector('[data-grade]')
  await both(page, 'contradictions', '[data-grade]')
}

/** The report of that plan in every format; what is in the files is looked at by who called this play. */
async function reported(page) {
  await page.click('[data-group=report]')
  await page.waitForSelector('[data-action=make]')
  for (const format of ['pdf', 'docx']) await page.check(`input[value=${format}]`)
  await page.click('[data-action=make]')
  await page.waitForSelector('[data-part=preview]', { timeout: 120_000 })
  seen.files = []
  for (const file of await page.locator('[data-file]').all()) {
    const [download] = await Promise.all([page.waitForEvent('download'), file.click()])
    const path = `${process.argv[3]}/${download.suggestedFilename()}`
    await download.saveAs(path)
    seen.files.push(path)
  }
  await page.waitForTimeout(500)
  await shot(page, 'report-zh')
  await page.locator('[data-field=kind]').selectOption('midterm')
  check('files of another report are put away', (await page.locator('[data-file]').count()) === 0)
}

async function aligned(page) {
  await page.click('[data-group=plan]')
  await page.click('[data-page=align]')
  await page.waitForSelector('[data-part=pairs] tbody tr')
  await page.locator('[data-field=first]').selectOption({ index: 0 })
  await page.waitForSelector('[data-part=pairs] tbody tr')
  await page.locator('[data-relation]').first().click()
  const kept = new URL(page.url()).searchParams.get('relation')
  check('the filter stands in the address', Boolean(kept))
  await page.click('[data-tab=clauses]')
  await page.waitForSelector('[data-part=pairs] blockquote')
  await both(page, 'align', '[data-part=pairs] tbody tr')
  const table = await exported(page, 'csv')
  check('the table is named by both plans', table.includes('qingyuan'))
}

/** A year as one person lives it, in one window. */
async function year() {
  const page = await adopted()
  await reviewed(page)
  await recut(page)
  await tasks(page)
  await bound(page)
  await evaluated(page)
  await meeting(page)
  await reported(page)
  await aligned(page)
  await page.context().close()
}

const DAY = '2026-07-01'
const rule = (policy, place, more) => ({ policy, place, topic: '公积金异地贷款', zh: `办法${policy}`, en: `Rule ${policy}`, valid_from: '2025-01-01', ...more })

/** Registers on a page: policies by city with gaps and recognition; cases with figures before and after. */
async function registers() {
  const page = await open(`/policies?lang=zh&day=${DAY}`)
  const { plans, main_set: area } = await asked(page, 'base/region')
  const { features } = await asked(page, 'base/units', { geometry: false, level: 'county' })
  const [one, other] = features.map((row) => row.id)
  await page.waitForSelector('.note')
  await asked(page, 'base/put', {
    table: 'policy',
    rows: [
      rule('a', one, { rule: '按月 / monthly', value: 500, unit: '元' }),
      rule('b', other, { rule: '按季 / quarterly', value: 600, unit: '元', recognises: 'a', valid_to: '2026-08-01' }),
      rule('c', one, { topic: '人才认定' }),
      rule('d', other, { topic: '人才认定', valid_to: '2026-02-01' }),
    ],
  })
  await page.reload()
  await page.waitForSelector('[data-part=matrix]')
  check('a policy that lapsed is a gap', (await page.locator('[data-cell=gap]').count()) === 1 && /2026-02-01/.test(await page.locator('[data-cell=gap]').innerText()))
  check('what ends soon stands out', (await page.locator('[data-cell=expiring]').count()) === 1)
  await both(page, 'policies', '[data-part=matrix]')
  await page.click(`[data-policy="公积金异地贷款 ${other}"]`)
  await page.waitForSelector('[data-part=policies]')
  check('a cell opens to its policies', /2026-08-01/.test(await page.locator('[data-part=policies]').innerText()))
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-part=policies]', { state: 'detached' })
  await page.click('[data-page=reforms]')
  await page.waitForSelector('.note')
  const { source } = (await asked(page, 'base/table', { name: 'source', limit: 1 }))[0]
  await asked(page, 'base/put', {
    table: 'reform_case',
    rows: [
      { case: 'window', plan: plans[0].plan, place: area, zh: '一窗受理', en: 'One window', state: 'proven', before_on: '2024-06-30', after_on: '2025-06-30', before_value: 12, after_value: 5, unit: 'hour', source, taken_up: one },
      { case: 'park', plan: plans[0].plan, place: one, zh: '园区代管', en: 'A park run by a partner' },
    ],
  })
  await page.reload()
  await page.waitForSelector('[data-case=window]')
  check('a case tells what changed', /-58\.3 %/.test(await page.locator('[data-case=window]').innerText()))
  await both(page, 'reforms', '[data-part=reforms]')
  await page.click('[data-filter=incomplete]')
  check('cases without figures are found', (await page.locator('[data-case]').count()) === 1 && (await page.locator('[data-case=park]').count()) === 1)
  await page.context().close()
}

/** Every page of these fits, and the header keeps to one line. */
async function widths() {
  for (const lang of ['zh', 'en']) {
    let window = null
    for (const [path, part] of [['binding', '[data-part=bindings] tr'], ['align', '[data-part=pairs] tr'], ['contradictions', '[data-grade]'], ['policies', '[data-part=matrix]'], ['reforms', '[data-part=reforms]']]) {
      const page = await open(`/${path}?lang=${lang}`, undefined, window)
      window = page.context()
      await page.waitForSelector(part)
      check(`the header of ${path} ${lang} takes one line`, (await page.locator('header').evaluate((head) => head.offsetHeight)) < 60)
      await fits(page, `${path} ${lang}`)
      await shot(page, `${path}-narrow-${lang}`)
      await page.close()
    }
    await window.close()
  }
}

await played([year, registers, widths])
