/** Plays what an analyst does with travel times: a circle, a line drawn and tried on a branch, the matrix, the structure. */

import { accessible, browser, check, faults, open, out, seen, shot } from './watched.mjs'

const drawn = (page, map = 'now') => page.waitForSelector(`[data-map=${map}][data-idle=true]`)
const settled = async (page) => {
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
  await drawn(page)
}
const people = (page) => page.locator('[data-part=reached] tbody tr').last().locator('td').nth(2).innerText()
const number = (text) => Number(text.split('(')[0].replace(/[^\d.]/g, ''))

async function circle() {
  const page = await open('/travel?lang=zh')
  await drawn(page)
  check('without a start it says where to click', (await page.locator('main').innerText()).includes('作为起点'))
  const box = await page.locator('[data-map=now]').boundingBox()
  const asked = page.waitForResponse((response) => response.url().includes('/api/space/isochrone'))
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await asked
  await page.waitForSelector('[data-part=reached]')
  await page.waitForSelector('[data-part=times] tbody tr')
  await settled(page)
  const hour = number(await people(page))
  check('people live within an hour', hour > 100_000)
  const started = Date.now()
  const again = page.waitForResponse((response) => response.url().includes('/api/space/isochrone'))
  await page.mouse.click(box.x + box.width / 2 + 40, box.y + box.height / 2)
  await again
  seen.click_ms = Date.now() - started
  await settled(page)
  await shot(page, 'travel-zh')
  await accessible(page, 'travel zh')
  await page.locator('.slider .el-slider__button-wrapper').first().focus()
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowLeft')
  await page.waitForFunction(() => document.querySelector('[data-shown=limit]').textContent === '30')
  check('a nearer limit reaches fewer people', number(await people(page)) < hour)
  return page
}

async function line(page) {
  await page.click('[data-action=draw]')
  await page.waitForSelector('[data-part=draft]')
  check('an empty line cannot be run', await page.locator('[data-action=run]').isDisabled())
  const box = await page.locator('[data-map=now]').boundingBox()
  await page.fill('[data-draft=name]', '试验城际')
  for (const [x, y] of [[0.535, 0.5], [0.47, 0.7], [0.4, 0.85]]) await page.mouse.click(box.x + box.width * x, box.y + box.height * y)
  await page.waitForFunction(() => document.querySelectorAll('[data-station]').length === 3)
  await page.fill('[data-draft=kmh]', '250')
  await shot(page, 'travel-draw-zh')
  await accessible(page, 'travel draw zh')
  await page.click('[data-action=run]')
  await page.waitForSelector('[data-part=on-branch]')
  await page.waitForSelector('[data-map=main]')
  await page.waitForSelector('[data-part=times] tbody tr')
  await settled(page)
  await drawn(page, 'main')
  const gains = await page.locator('[data-part=times] tr.gain').count()
  check('some places come nearer by the line', gains > 0)
  seen.nearer = gains
  await page.fill('[data-field=swipe]', '30')
  await shot(page, 'travel-branch-zh')
  await accessible(page, 'travel branch zh')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await settled(page)
  await shot(page, 'travel-branch-en')
  await page.close()
}

async function tables() {
  const page = await open('/matrix?lang=zh')
  await page.waitForSelector('[data-part=matrix] tbody tr')
  seen.matrix = await page.locator('[data-part=matrix] tbody td').count()
  const pressed = () => page.locator('[data-origin][aria-pressed=true]').getAttribute('data-origin')
  await drawn(page, 'matrix')
  const first = await pressed()
  await page.locator('[data-origin][aria-pressed=false]').nth(2).click()
  await page.waitForURL(/origin=/)
  await drawn(page, 'matrix')
  seen.origins = [first, await pressed()]
  await page.evaluate(() => window.scrollTo(0, 0))
  check('a row that is chosen is the start of the map', seen.origins[0] !== seen.origins[1])
  check('the legend has a colour for each limit and for what is beyond', (await page.locator('[data-part=matrix-legend] li').count()) === 13)
  await shot(page, 'matrix-zh')
  await accessible(page, 'matrix zh')
  await page.goto(page.url().replace('lang=zh', 'lang=en'))
  await page.waitForSelector('[data-part=matrix] tbody tr')
  await drawn(page, 'matrix')
  await shot(page, 'matrix-en')
  await page.click('[data-page=structure]')
  await page.waitForSelector('[data-part=agreement] tbody tr')
  seen.parts = await page.locator('[data-part=agreement] tbody tr').count()
  await shot(page, 'structure-en')
  await accessible(page, 'structure en')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'zh-CN')
  await page.waitForFunction(() => /[\u4e00-\u9fff]/.test(document.querySelector('[data-part=agreement] tbody td')?.textContent ?? ''))
  await shot(page, 'structure-zh')
  await page.close()
}

try {
  await line(await circle())
  await tables()
} catch (error) {
  faults.push(String(error))
} finally {
  await browser.close()
}
console.log(JSON.stringify({ faults, seen, out }))
process.exitCode = faults.length ? 1 : 0
