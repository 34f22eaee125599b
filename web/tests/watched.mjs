/** What the play in the browser needs: pages that are watched, axe, downloads, a look at the map's own picture. */

import { AxeBuilder } from '@axe-core/playwright'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export const [base, out] = process.argv.slice(2)
const SLOW = 60_000
// Answers come up to so many milliseconds late, at random: what hangs on their order shows then.
const LATE = Number(process.env.HUTUO_LATE ?? 0)
// The software renderer reads pixels back; that is its own affair.
const HARMLESS = /GPU stall due to ReadPixels|WebGL.*(performance|deprecated)|GroupMarkerNotSet/i
// What a page has asked and not been answered yet.
const waiting = new WeakMap()
const REST = 5_000
export const faults = []
export const seen = {}

mkdirSync(out, { recursive: true })
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'],
})

export function check(fact, holds) {
  if (!holds) faults.push(fact)
}

/** A watched page; beside others of a window (a context), it need not load again what they loaded. */
export async function open(path, size = { width: 1440, height: 900 }, beside = null) {
  const context = beside ?? (await browser.newContext({ viewport: size, acceptDownloads: true, locale: 'zh-CN' }))
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
  const running = new Set()
  waiting.set(page, running)
  page.on('request', (request) => ['fetch', 'xhr'].includes(request.resourceType()) && running.add(request))
  for (const ended of ['requestfinished', 'requestfailed']) page.on(ended, (request) => running.delete(request))
  page.setDefaultTimeout(SLOW)
  if (LATE) await page.route('**/api/**', (route) => setTimeout(() => route.continue().catch(() => {}), Math.random() * LATE))
  await page.goto(base + path)
  return page
}

/** Nothing serious is found by axe; what it found to be right is not written out, and no second page is opened for it. */
export async function accessible(page, where) {
  const axe = new AxeBuilder({ page }).exclude('canvas').options({ resultTypes: ['violations'] }).setLegacyMode()
  const { violations } = await axe.analyze()
  for (const found of violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')) {
    faults.push(`axe on ${where}: ${found.id} at ${found.nodes.slice(0, 3).map((node) => node.target).join(' ')}`)
  }
}

/** Two frames without a question open; a page that never stops asking is waited for five seconds. */
export async function rested(page) {
  const until = Date.now() + REST
  do await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  while (waiting.get(page)?.size && Date.now() < until)
}

/** A picture for people, where they ask for one; else the page only comes to rest. */
export async function shot(page, name, more = {}) {
  await rested(page)
  if (process.env.HUTUO_SHOTS) await page.screenshot({ path: join(out, `${name}.png`), ...more })
}

/** How many colours of the legend are found in the map's own picture. */
export async function inks(page) {
  return page.evaluate(() => {
    const map = document.querySelector('[data-map=now] canvas')
    const copy = document.createElement('canvas')
    copy.width = map.width
    copy.height = map.height
    const pen = copy.getContext('2d')
    pen.drawImage(map, 0, 0)
    const { data } = pen.getImageData(0, 0, copy.width, copy.height)
    // Fills are a little transparent: near is enough.
    const wanted = [...document.querySelectorAll('[data-part=legend] li i')]
      .map((key) => getComputedStyle(key).backgroundColor.match(/\d+/g).map(Number))
      .filter((color) => color.length === 3 && Math.max(...color) - Math.min(...color) > 30)
    const near = (at, color) => color.every((part, index) => Math.abs(part - data[at + index]) < 30)
    return wanted.filter((color) => {
      for (let at = 0; at < data.length; at += 64) if (near(at, color)) return true
      return false
    }).length
  })
}

/** Paths of the API that are called from here on. */
export function counted(page) {
  const paths = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/')) paths.push(pathname)
  })
  return paths
}

/** What the API answers, asked from the page. */
export async function asked(page, path, body = {}, query = '') {
  return page.evaluate(
    async ([path, body, query]) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`/api/${path}?lang=zh${query}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      return answer.json()
    },
    [path, body, query],
  )
}

export const mapIdle = (page) => page.waitForSelector('[data-map=now][data-idle=true]')

export async function downloaded(page, selector) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
  const path = join(out, download.suggestedFilename())
  await download.saveAs(path)
  return readFileSync(path)
}

/** A page is no wider than the window, at a desk and on half a screen. */
export async function fits(page, name) {
  for (const width of [1280, 800]) {
    await page.setViewportSize({ width, height: 800 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    check(`${name} is no wider than ${width} px`, wide <= 1)
  }
}

/** Where in the plays an error arose, innermost first. */
const lines = (error) => [...(error.stack ?? '').matchAll(/[\w-]+\.mjs:\d+/g)].map(([line]) => line).join(' < ')

/** Play one after the other, tell what was seen and what was wrong, and end. */
export async function played(plays) {
  for (const play of plays) {
    try {
      await play()
    } catch (error) {
      faults.push(`${play.name}: ${error.message.split('\n')[0]} ${lines(error)}`)
    }
  }
  await browser.close()
  process.stdout.write(`${JSON.stringify({ seen, faults }, null, 2)}\n`)
  process.exit(faults.length ? 1 : 0)
}
