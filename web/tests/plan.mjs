/**
 * Plays a new plan coming in: a document read, gone through by keys (accepted, mended, rejected, merged, split), its duties
 * bound to bodies, tasks rolled out, reported on, sent out and taken back, a meeting held on them. It wants a fresh server:
 * what it writes stays.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessible, check, faults, open, out, seen, shot } from './watched.mjs'

const TEXT = `青原都市圈发展规划

本规划期限为2024—2030年,展望到2035年。

一、发展目标
(一)产业。2023年产值为2100亿元。到2030年,营业收入力争突破9000亿元,培育上市公司20家。新建两个园区,编制产业目录。
(二)交通。实现青原至临山一小时通达。加快建设青临铁路,优化公交线网。
(三)规模。到2030年,地区生产总值达到20000亿元,常住人口达到2000万人。
二、保障措施
(一)组织。建立联席会议制度,编制年度工作要点,鼓励企业参与建设。
`
const now = (page) => page.locator('tr.now').getAttribute('data-item')
const decided = (page, item, how) => page.waitForSelector(`[data-item="${item}"][data-decision=${how}]`)
const idle = (page) => page.waitForFunction(() => !/\d/.test(document.querySelector('[data-part=saving]')?.textContent ?? ''))

export async function adopted() {
  const page = await open('/review?lang=zh&new=1')
  await page.fill('[data-field=by]', '协调办')
  await page.setInputFiles('#file', { name: 'qingyuan.txt', mimeType: 'text/plain', buffer: Buffer.from(TEXT) })
  await page.waitForSelector('[data-field=plan-id]')
  check('the id of the plan is that of its file', (await page.inputValue('[data-field=plan-id]')) === 'qingyuan')
  check('the title is read', (await page.inputValue('[data-field=zh]')) === '青原都市圈发展规划')
  await page.fill('[data-field=issuer]', '青原市人民政府')
  await page.click('[data-action=check]')
  await page.waitForSelector('[data-part=would]')
  await shot(page, 'adopt-zh')
  await accessible(page, 'adopt zh')
  await page.click('[data-action=adopt]')
  await page.waitForSelector('[data-grid]')
  return page
}

/** By keys alone: next, accept, mend, reject, undo; what is typed stays. */
export async function reviewed(page) {
  await page.click('[data-clause="一(一)"]')
  await page.waitForSelector('[data-grid=quantity] tr.now')
  const first = await now(page)
  check('the words of the item stand out', (await page.locator('[data-now]').first().innerText()).length > 2)
  await page.keyboard.press('a')
  await decided(page, first, 'accepted')
  const second = await now(page)
  check('accepting goes on to the next', second !== first)
  await page.keyboard.press('e')
  await page.waitForSelector('[data-part=mend]')
  await page.fill('[data-mend=value]', '9500')
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  check('an unsaved mend is kept', (await page.locator(`[data-draft="${second}"]`).count()) === 1)
  await page.reload()
  await page.waitForSelector(`[data-draft="${second}"]`)
  await page.click(`[data-draft="${second}"]`)
  check('also when the page is loaded anew', (await page.inputValue('[data-mend=value]')) === '9500')
  await page.fill('[data-mend=target_year]', '兔年')
  await shot(page, 'mend-zh')
  await accessible(page, 'mend zh')
  const before = faults.length
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=alert]')
  faults.push(...faults.splice(before).filter((fault) => !/4\d\d/.test(fault)))
  check('a refused mend stays in its form', (await page.inputValue('[data-mend=value]')) === '9500')
  await page.fill('[data-mend=target_year]', '2030')
  await page.locator('[data-mend=target_year]').press('Enter')
  await decided(page, second, 'mended')
  await idle(page)
  const third = await now(page)
  await page.keyboard.press('r')
  await decided(page, third, 'rejected')
  await idle(page)
  await page.keyboard.press('u')
  await decided(page, third, 'proposed')
  // Several at once: every duty of the clause.
  await page.click('[data-sort=duty]')
  await page.click('[data-do=mark-all]')
  await page.keyboard.press('a')
  await idle(page)
  check('what failed before is answered', (await page.locator('[role=alert]').count()) === 0)
  await page.click('[data-clause="一(一)"]')
  await page.waitForSelector('[data-grid=duty] tr[data-decision=accepted]')
  check('marked ones are accepted at once', (await page.locator('[data-grid=duty] tr[data-decision=proposed]').count()) === 0)
  await page.locator('[data-grid=duty] tr[data-item]').first().click()
  await page.waitForFunction(() => document.querySelectorAll('[data-field=lead] option').length > 1)
  await page.locator('[data-field=lead]').selectOption({ index: 1 })
  await page.click('[data-action=assign]')
  await page.waitForFunction(() => document.querySelector('[data-action=assign]')?.disabled && /分派/.test(document.querySelector('[data-part=saving]')?.textContent))
  seen.decided = await page.locator('[data-part=review-counts] strong').innerText()
  await shot(page, 'review-zh')
  await accessible(page, 'review zh')
  await page.locator(`[data-grid=duty] [data-history]`).first().click()
  await page.waitForSelector('[data-part=item-history] section')
  check('every decision on an item is told', (await page.locator('[data-part=item-history] section').count()) === 2)
  await shot(page, 'item-zh')
  await page.click('.el-drawer__close-btn')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await page.waitForSelector('[data-grid]')
  await shot(page, 'review-en')
  await accessible(page, 'review en')
  await page.click('[data-action=lang]')
}

/** Two duties of a clause become one by keys; one becomes two in its form. */
export async function recut(page) {
  const waits = page.locator('[data-grid=duty] tr[data-decision=proposed]')
  await page.click('[data-clause="二(一)"]')
  await page.waitForSelector('[data-grid=duty] tr.now')
  const [first, second, third] = await waits.evaluateAll((rows) => rows.map((row) => row.dataset.item))
  await page.click(`[data-item="${first}"]`)
  await page.keyboard.press('x')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  check('two are marked', /2/.test(await page.locator('[data-part=marked]').innerText()))
  await page.keyboard.press('m')
  await decided(page, first, 'mended')
  await decided(page, second, 'rejected')
  await idle(page)
  await page.click(`[data-item="${third}"]`)
  await page.keyboard.press('s')
  await page.waitForSelector('[data-part=split]')
  const words = page.locator('[data-part=split] [data-mend=object]')
  check('a split begins with two parts', (await words.count()) === 2)
  await words.nth(0).fill('企业参与')
  await words.nth(1).fill('园区建设')
  await shot(page, 'split-zh')
  await accessible(page, 'split zh')
  await page.click('[data-part=split] [data-action=save]')
  await decided(page, third, 'rejected')
  await page.waitForSelector(`[data-item="${third}.1"][data-decision=mended]`)
  check('both parts stand for themselves', (await page.locator(`[data-item="${third}.2"][data-decision=mended]`).innerText()).includes('园区建设'))
  await idle(page)
  await page.locator(`[data-history="${first}"]`).click()
  await page.waitForSelector('[data-part=item-history] section')
  await shot(page, 'merged-zh')
  await page.click('.el-drawer__close-btn')
}

/** The file as it came, saved where the next upload finds it. */
export async function exported(page, format) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`[data-export=${format}]`)])
  const path = join(out, download.suggestedFilename())
  await download.saveAs(path)
  return path
}

export async function tasks(page) {
  await page.click('[data-group=tasks]')
  await page.waitForSelector('[data-action=roll-out]')
  check('the plan that was looked at goes along', (await page.inputValue('[data-field=plan]')) === 'qingyuan')
  await page.click('[data-action=roll-out]')
  await page.locator('[data-part=roll-out] [data-field=kind]').selectOption('yearly')
  await page.fill('[data-part=roll-out] [data-field=start]', '2026')
  await page.click('[data-part=roll-out] [data-action=check]')
  await page.waitForSelector('[data-part=roll-out] [data-part=would]')
  await shot(page, 'roll-out-zh')
  await accessible(page, 'roll-out zh')
  await page.click('[data-part=roll-out] [data-action=write]')
  await page.waitForSelector('[data-part=tasks] tbody tr')
  seen.tasks = await page.locator('[data-part=tasks] tbody tr').count()
  await page.click('[data-gap=clause_without_task]')
  await page.waitForSelector('[data-part=gaps] li')
  await shot(page, 'tasks-zh')
  await accessible(page, 'tasks zh')

  // Two bodies report on one task; what each said stays.
  await page.locator('[data-task]').first().click()
  await page.waitForSelector('[data-part=report]')
  for (const [by, state, progress, reason] of [['甲单位', 'in_progress', '40', ''], ['乙单位', 'blocked', '45', '等待用地']]) {
    await page.fill('[data-part=report] [data-field=by]', by)
    await page.locator('[data-part=report] [data-field=state]').selectOption(state)
    await page.fill('[data-field=progress]', progress)
    if (reason) await page.fill('[data-field=reason]', reason)
    await page.click('[data-action=report]')
    await page.waitForFunction((who) => document.querySelector('[data-part=versions] tbody')?.textContent.includes(who), by)
  }
  check('what two bodies reported stands in the history', (await page.locator('[data-part=versions] tbody tr').count()) === 3)
  await shot(page, 'task-zh')
  await accessible(page, 'task zh')
  await page.click('.el-drawer__close-btn')
  await page.waitForSelector('[data-part=tasks] [data-state=blocked]')

  const book = await exported(page, 'xlsx')
  check('the workbook is one', readFileSync(book).subarray(0, 2).toString() === 'PK')
  const word = await exported(page, 'docx')
  check('the document is one', readFileSync(word).subarray(0, 2).toString() === 'PK')
  await page.click('[data-action=back]')
  await page.setInputFiles('#file', book)
  await page.waitForSelector('[data-part=differences]')
  check('a file that nobody edited changes nothing', await page.locator('[data-action=take]').isDisabled())
  await shot(page, 'take-back-zh')
  await accessible(page, 'take back zh')
}

export async function meeting(page) {
  await page.click('[data-group=tasks]')
  await page.click('[data-page=meetings]')
  await page.waitForSelector('[data-action=make-meeting]')
  await page.click('[data-action=make-meeting]')
  await page.fill('[data-part=make-meeting] [data-field=zh]', '第一次联席会议')
  await page.click('[data-action=propose]')
  await page.waitForSelector('[data-part=agenda]')
  check('what is blocked comes before the meeting', /受阻/.test(await page.locator('[data-part=agenda]').innerText()))
  await shot(page, 'agenda-zh')
  await accessible(page, 'agenda zh')
  await page.click('[data-action=make]')
  await page.waitForSelector('[data-part=meeting] [data-part=agenda]')
  await page.click('[data-action=hold]')
  await page.waitForSelector('[data-action=hold]', { state: 'detached' })
  await page.fill('[data-field=resolution]', '落实园区用地')
  await page.locator('[data-field=clause]').selectOption('一(一)')
  await page.locator('[data-part=resolve] [data-field=owner]').selectOption({ index: 1 })
  await page.fill('[data-part=resolve] [data-field=due]', '2027-03-31')
  await page.click('[data-action=resolve]')
  await page.waitForSelector('[data-part=meeting] [data-resolution]')
  await shot(page, 'meeting-zh')
  await accessible(page, 'meeting zh')
  check('the minutes come as a file', readFileSync(await exported(page, 'minutes')).length > 1000)
  await page.click('.el-drawer__close-btn')
  await page.click('[data-tab=resolutions]')
  await page.waitForSelector('[data-part=resolutions] [data-resolution]')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await page.waitForSelector('[data-part=resolutions] [data-resolution]')
  await shot(page, 'resolutions-en')
  await accessible(page, 'resolutions en')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang !== 'en')
}
