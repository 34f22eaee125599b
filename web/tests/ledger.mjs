/** Plays what an office does with the ledger: two books side by side, an entry down to its clause, what is owed, verification. */

import { accessible, asked, check, downloaded, fits, open, played, seen, shot } from './watched.mjs'

const legs = (...rows) => rows.map(([account, commodity, amount, book]) => ({ account, commodity, amount, ...(book && { book }) }))
const ENTRIES = [
  {
    key: 'tax-2026', effective: '2026-12-31', memo: '共建园区税收', contract: 'park@1', clause: '十(二)',
    postings: legs(['outside/tax', 'TAX', -10_000_00], ['gov-a/tax', 'TAX', 10_000_00, 'in_place'], ['gov-a/tax', 'TAX', 6_000_00, 'as_agreed'], ['gov-b/tax', 'TAX', 4_000_00, 'as_agreed']),
  },
  { key: 'due-2026', effective: '2026-12-31', memo: '共建园区税收分享', contract: 'park@1', clause: '十(二)', postings: legs(['gov-a/due:gov-b', 'CNY', -4_000_00], ['gov-b/due:gov-a', 'CNY', 4_000_00]) },
  { key: 'lab-2026', effective: '2026-12-31', memo: '仪器共享', postings: legs(['gov-b/due:gov-c', 'CNY', -3_000_00], ['gov-c/due:gov-b', 'CNY', 3_000_00]) },
]
const ready = (page) => page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('[aria-busy=true]'))

async function ledger() {
  const page = await open('/ledger?lang=zh')
  await ready(page)
  check('an empty ledger says how to begin', await page.locator('.note a').isVisible())
  const posted = await asked(page, 'ledger/post', { entries: ENTRIES })
  check('three entries are posted', posted.posted === ENTRIES.length)
  await page.reload()
  await page.waitForSelector('[data-part=balances] tbody tr')
  const line = await page.locator('tr[data-account="gov-a/tax"] td.number').allInnerTexts()
  check('both books stand side by side', line[0] === '10,000' && line[1] === '6,000')
  const rows = await page.locator('[data-part=trial] tbody tr').allInnerTexts()
  seen.commodities = rows.length
  check('every commodity comes to zero', rows.every((row) => row.split('\t')[3] === '0'))
  await page.click('tr[data-account="gov-a/tax"] button')
  await page.waitForSelector('[data-part=statement] tbody tr')
  await page.click('[data-part=statement] tbody tr button')
  await page.waitForSelector('[data-part=entry] table')
  check('an entry leads to its clause', (await page.locator('[data-part=entry] a:not([data-link])').innerText()) === '十(二)')
  await page.waitForTimeout(400)
  await shot(page, 'ledger-entry-zh')
  await accessible(page, 'entry zh')
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-part=entry]', { state: 'detached' })
  await page.click('[data-action=verify]')
  await page.waitForSelector('p[data-part=verified]')
  await shot(page, 'ledger-zh')
  await accessible(page, 'ledger zh')
  const table = (await downloaded(page, '[data-action=csv]')).toString()
  check('the table comes as a file that a spreadsheet opens', table.startsWith('\uFEFF') && table.includes('gov-b/tax'))
  await page.click('[data-filter=differ]')
  await page.waitForFunction(() => document.querySelectorAll('[data-part=balances] tbody tr').length === 2)
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Ledger')
  await ready(page)
  await shot(page, 'ledger-en')
  await fits(page, 'ledger')
}

async function netting() {
  const page = await open('/netting?lang=zh')
  await page.waitForSelector('[data-part=payments] tbody tr')
  const payments = await page.locator('[data-part=payments] tbody tr').allInnerTexts()
  seen.payments = payments.length
  check('who owes pays whoever gets, past who stands between', payments.some((row) => /gov-a\s+gov-c\s+3,000/.test(row)))
  await shot(page, 'netting-zh')
  await accessible(page, 'netting zh')
  await page.selectOption('[data-field=commodity]', 'TCE')
  await page.waitForSelector('.note')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Netting')
  await page.selectOption('[data-field=commodity]', 'CNY')
  await page.waitForSelector('[data-part=payments] tbody tr')
  await shot(page, 'netting-en')
  await fits(page, 'netting')
}

await played([ledger, netting])
