/** Plays what two offices do before they sign: a contract from its template, tried out in both books over the years. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessible, check, downloaded, faults, fits, open, out, played, seen, shot } from './watched.mjs'

const previewed = (page) => page.waitForFunction(() => document.querySelector('[data-part=preview]') && !document.querySelector('[data-part=preview].stale'))
const paste = (page, cell, text) =>
  page.locator(cell).evaluate((input, text) => {
    const data = new DataTransfer()
    data.setData('text', text)
    input.focus()
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, text)
const sumOf = async (page, of) => (await page.locator(`[data-sum="${of}"] td.number`).allInnerTexts()).map((one) => Number(one.replaceAll(',', '')))

/** What the API refuses here is what is looked at: it is no fault of the page. */
async function refused(page, act) {
  const before = faults.length
  await act()
  await page.waitForSelector('[data-part=faulty]')
  const told = faults.splice(before)
  faults.push(...told.filter((one) => !/ 400 |^400 |status of 400/.test(one)))
}

async function contract() {
  const page = await open('/contracts?lang=zh')
  await page.waitForSelector('[data-part=templates] li')
  seen.templates = await page.locator('[data-part=templates] li').count()
  await shot(page, 'contracts-zh')
  await accessible(page, 'contracts zh')
  await page.fill('[data-field=q]', '92号')
  check('a search finds a rule by its number', (await page.locator('[data-part=templates] li').count()) === 1)
  await page.click('[data-template=relocated-tax] button')
  await page.waitForSelector('[data-part=contract]')
  check('what is lacking is told before anything is asked', (await page.locator('[data-part=lacking]').innerText()).includes('迁出地区'))
  await page.fill('[data-role=origin] input', '石家庄市')
  await page.fill('[data-role=host] input', '定州市')
  check('a place is known by its name', (await page.locator('[data-role=origin] code').innerText()) === '130100')
  for (const term of ['government_led', 'fits_layout', 'confirmed']) await page.selectOption(`[data-term=${term}] select`, 'true')
  await page.click('[data-more=paid_before]')
  await page.click('[data-more=paid_before]')
  const sums = page.locator('[data-term=paid_before] input')
  for (const [at, sum] of ['2000', '2,500', '3000'].entries()) await sums.nth(at).fill(sum)
  check('what the rule sets is locked', await page.locator('[data-term=years] input').isDisabled())
  await page.fill('[data-term=starts] input', '2027-01-01')
  await page.fill('[data-field=first]', '2027')
  await page.press('[data-field=first]', 'Tab')
  await paste(page, '[data-cell="0:0"] input', '4,000\t4000\t4000\r\n2000\t2000\t2000\r\n')
  await previewed(page)
  seen.periods = await page.locator('[data-part=figures] thead th').count() - 2
  check('the old place gets what it paid before, and no more', (await sumOf(page, '130100 CNY'))[1] === 7500)
  const [place, agreed] = await sumOf(page, '130682 TAX')
  check('all of the tax is in place where the firm is, its part as agreed', place === 18000 && agreed === 10500)
  check('every check holds', (await page.locator('[data-part=checks] .fails').count()) === 0 && (await page.locator('[data-part=checks] .holds').count()) > 3)
  seen.panels = await page.locator('[data-panel]').count()
  await shot(page, 'contract-zh')
  await accessible(page, 'contract zh')
  await page.click('[data-money=yuan]')
  await page.waitForURL(/money=yuan/)
  check('money turns from ten thousands into yuan', (await page.locator('[data-cell="0:0"] input').inputValue()) === '40,000,000')
  return page
}

async function mended(page) {
  await refused(page, () => page.locator('[data-term=paid_before] input').first().fill('5'))
  check('a fault stands beside the field that it is of', (await page.locator('[data-term=paid_before] [data-part=fault]').innerText()).includes('2000万元'))
  await shot(page, 'contract-fault-zh')
  await accessible(page, 'contract with a fault')
  await page.locator('[data-term=paid_before] input').first().fill('20000000')
  await previewed(page)
  const table = (await downloaded(page, '[data-action=csv]')).toString()
  check('the figures come as a file that a spreadsheet opens', table.startsWith('\uFEFF') && table.includes('2029'))
  const written = JSON.parse((await downloaded(page, '[data-action=export]')).toString())
  check('the contract comes as JSON in fen', written.figures['2027'].vat_local === 4_000_000_000 && written.contract.terms.paid_before[1] === 2_500_000_000)
  await page.reload()
  await previewed(page)
  check('nothing that was typed is lost', (await page.locator('[data-term=paid_before] input').nth(2).inputValue()) === '30,000,000')
  await page.click('[data-part=entries] summary')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Contracts')
  await previewed(page)
  await shot(page, 'contract-en')
  await fits(page, 'contract')
  await page.screenshot({ path: join(out, 'contract-en-800.png'), fullPage: true })
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.click('[data-action=again]')
  await page.click('[data-action=confirm]')
  await page.waitForSelector('[data-part=lacking]')
  const file = join(out, 'contract.json')
  writeFileSync(file, JSON.stringify(written))
  await page.setInputFiles('[data-field=import]', file)
  await previewed(page)
  check('a contract comes back from its file', (await sumOf(page, '130100 CNY'))[1] === 75_000_000)
}

async function wizard() {
  await mended(await contract())
}

async function park() {
  const page = await open('/contracts?lang=zh&template=park-import')
  await page.waitForSelector('[data-part=contract]')
  await page.fill('[data-role=host] input', '正定县')
  await page.fill('[data-role=partner] input', '石家庄市人民政府')
  await page.fill('[data-term=starts] input', '2027-01-01')
  await page.fill('[data-term=years] input', '4')
  await page.fill('[data-term=value_shares] [data-share=host] input', '60')
  check('of two shares the other is the rest', (await page.locator('[data-term=value_shares] [data-share=partner] input').inputValue()) === '40')
  await page.selectOption('[data-mode=shares]', 'years')
  const until = page.locator('[data-term=shares] .step')
  await until.nth(0).locator('.until input').fill('2')
  await until.nth(0).locator('[data-share=partner] input').fill('70')
  await until.nth(1).locator('[data-share=partner] input').fill('30')
  await page.fill('[data-field=first]', '2027')
  await page.press('[data-field=first]', 'Tab')
  await paste(page, '[data-cell="0:0"] input', ['1000\t1000\t1000\t1000\t1000', '500\t500\t500\t500\t500', '0\t0\t0\t0\t0', '9000\t9500\t10000\t10500\t11000'].join('\n'))
  await previewed(page)
  const [, agreed] = await sumOf(page, 'gov-shijiazhuang TAX')
  check('shares change by year and end with the years', agreed === 2 * 1050 + 2 * 450)
  await shot(page, 'contract-park-zh')
  await page.screenshot({ path: join(out, 'contract-park-zh-full.png'), fullPage: true })
  await accessible(page, 'park contract zh')
}

async function settled() {
  const page = await open('/contracts?lang=zh&template=voucher&money=yuan')
  await page.waitForSelector('[data-part=contract]')
  await page.fill('[data-role=issuer] input', '石家庄市人民政府')
  await page.fill('[data-role=redeemer] input', '定州市人民政府')
  await page.click('[data-more=redeemer]')
  await page.locator('[data-role=redeemer] input').nth(1).fill('辛集市人民政府')
  await page.selectOption('[data-field=period]', 'quarter')
  await page.fill('[data-field=first]', '2025-Q1')
  await page.press('[data-field=first]', 'Tab')
  await page.fill('[data-field=zh]', '创新券通兑')
  await paste(page, '[data-cell="0:0"] input', '50000\n12000\n3000\n0')
  await previewed(page)
  await page.click('[data-action=make]')
  await page.waitForSelector('[data-part=made] [data-part=figures]')
  check('a contract that is made is in the register', await page.locator('[data-made]').isVisible())
  await page.waitForSelector('[data-part=due]')
  check('a period that is over waits for its figures', await page.locator('[data-action=settle]').isDisabled())
  await paste(page, '[data-part=made] [data-cell="0:0"] input', '50000\n12000\n3000\n0')
  await page.click('[data-action=tell]')
  await page.waitForFunction(() => !document.querySelector('[data-action=settle]').disabled)
  await page.click('[data-action=settle]')
  await page.waitForSelector('[data-part=posted] tbody tr')
  seen.posted = await page.locator('[data-part=posted] tbody tr').count()
  await page.waitForTimeout(400)
  await shot(page, 'contract-made-zh')
  await accessible(page, 'contract that was made zh')
  await page.click('[data-part=posted] a')
  await page.waitForSelector('[data-part=entry] table')
  check('an entry names its contract', (await page.locator('[data-part=entry]').innerText()).includes('voucher-'))
}

await played([wizard, park, settled])
