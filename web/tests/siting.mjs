/** Plays what an analyst does with sites: solve on road minutes, compare numbers, keep and forbid, write the plan as a branch. */

import { accessible, asked, browser, check, downloaded, faults, fits, open, out, seen, shot } from './watched.mjs'

const settled = async (page) => {
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
  await page.waitForSelector('[data-map=siting][data-idle=true]')
}
const figure = (page, row) => page.locator('[data-part=figures] tbody tr').nth(row).locator('td').last().innerText()
const number = (text) => Number(text.replace(/[^\d.]/g, ''))

async function solve() {
  const page = await open('/siting?lang=zh')
  await settled(page)
  await page.fill('[data-field=number]', '3')
  await page.click('[data-action=solve]')
  await page.waitForSelector('[data-part=sites] tbody tr')
  await settled(page)
  seen.sites = await page.locator('[data-part=sites] tbody tr').count()
  check('three sites are proven best', (await page.locator('[data-part=status]').innerText()).includes('已证明最优'))
  check('minutes are by road', (await page.locator('.note').count()) === 0)
  seen.mean = number(await figure(page, 1))
  await shot(page, 'siting-zh')
  await accessible(page, 'siting zh')
  return page
}

async function compare(page) {
  await page.click('[data-action=pin]')
  const chosen = await page.locator('[data-part=sites] tbody tr td').first().innerText()
  const box = await page.locator('[data-map=siting]').boundingBox()
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  check('two clicks forbid a unit', (await page.locator('.mark.forbid').count()) === 1)
  await page.click('[data-action=front]')
  await page.waitForSelector('[data-part=front] tbody tr')
  await settled(page)
  const rows = await page.locator('[data-part=front] tbody tr').allInnerTexts()
  const means = rows.map((row) => Number(row.split('\t')[1]))
  seen.points = rows.length
  check('every further site shortens the mean', means.every((mean, at) => at === 0 || mean <= means[at - 1]))
  await page.click('[data-choose="5"]')
  await page.waitForFunction(() => document.querySelectorAll('[data-part=sites] tbody tr').length === 5)
  await settled(page)
  check('five sites are nearer than three', number(await figure(page, 1)) < seen.mean)
  check('what differs is told', (await page.locator('[data-part=apart]').innerText()).length > 10 && chosen.length > 0)
  await page.locator('[data-part=front]').scrollIntoViewIfNeeded()
  await shot(page, 'siting-front-zh')
  await accessible(page, 'siting front zh')
}

async function ruled(page) {
  await page.selectOption('[data-field=model]', 'ruled')
  await page.fill('[data-field=number]', '2')
  await page.fill('[data-field=minutes]', '45')
  await page.fill('[data-field=floor]', '60')
  await page.click('[data-action=solve]')
  await page.waitForSelector('[data-part=conflict] li')
  check('what is in the way is told', (await page.locator('[data-part=conflict]').innerText()).includes('新设几处'))
  await shot(page, 'siting-conflict-zh')
  await accessible(page, 'siting conflict zh')
  await page.selectOption('[data-field=model]', 'p_median')
  await page.fill('[data-field=minutes]', '60')
  await page.fill('[data-field=number]', '5')
  await page.click('[data-action=solve]')
  await page.waitForFunction(() => document.querySelectorAll('[data-part=sites] tbody tr').length === 5)
  await settled(page)
}

async function write(page) {
  const sites = JSON.parse((await downloaded(page, '[data-export=geojson]')).toString('utf-8'))
  check('the plan goes out as points and lines', sites.features.filter((one) => one.properties.what === 'site').length === 5)
  check('the table goes out', (await downloaded(page, '[data-export=csv]')).toString('utf-8').split('\r\n').length > 20)
  const book = await downloaded(page, '[data-export=xlsx]')
  check('the workbook goes out', book.subarray(0, 2).toString() === 'PK')
  await settled(page)
  const layers = await downloaded(page, '[data-export=gpkg]')
  check('the plan goes out as a GeoPackage', layers.subarray(0, 13).toString() === 'SQLite format')
  await settled(page)
  await page.fill('[data-field=branch]', 'siting-play')
  await page.click('[data-action=apply]')
  await page.waitForSelector('[data-part=on-branch]')
  const found = await asked(page, 'space/rescue', { kind: 'fire_station', minutes: 60 }, '&branch=siting-play')
  seen.stations = found.stations
  check('the rescue circle is drawn from the new sites', found.stations === 5 && found.cover[0].people_share > 50)
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await settled(page)
  await page.fill('[data-field=number]', '1')
  await page.click('[data-action=solve]')
  await page.waitForFunction(() => document.querySelectorAll('[data-part=sites] tbody tr').length === 6)
  await settled(page)
  check('what stands on the branch is kept', (await page.locator('[data-part=sites] tbody tr').first().innerText()).includes('stands'))
  const header = await page.locator('header').boundingBox()
  check('the header stays on one line', header.height < 60)
  await shot(page, 'siting-en')
  await accessible(page, 'siting en')
  await fits(page, 'siting')
  await page.close()
}

try {
  const page = await solve()
  await compare(page)
  await ruled(page)
  await write(page)
} catch (error) {
  faults.push(String(error))
} finally {
  await browser.close()
}
console.log(JSON.stringify({ faults, seen, out }))
process.exitCode = faults.length ? 1 : 0
