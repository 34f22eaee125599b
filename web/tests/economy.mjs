/** Plays what an analyst does with the economy: structure on map, grid and ring, chains with firms of a branch, parks by weights, registers of what links the region outward, splits by years. */

import { accessible, base, check, downloaded, faults, fits, open, played, seen, shot } from './watched.mjs'

const BRANCH = 'played-economy'
const number = (text) => Number(text.replace('−', '-').replace(/[^\d.-]/g, ''))
const idle = (page) => page.waitForFunction(() => !document.querySelector('[aria-busy=true]'))
const texts = (page, selector) => page.locator(selector).allInnerTexts()

async function post(path, body, branch) {
  const response = await fetch(`${base}/api/${path}?lang=en${branch ? `&branch=${branch}` : ''}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`)
  return answer
}

/** Firms that serve links of two chains in two cities, figures of three parks, prices: all assumed, on a branch. */
async function rows() {
  const { chains, chain_links: links } = await post('economy/chains', {})
  const { left_out: parks } = await post('economy/parks', {})
  const { features } = await post('base/units', {})
  const inside = features.map((unit) => unit.properties).filter((unit) => unit.role === 'whole')
  const [here, there] = [inside[0], inside.find((unit) => unit.parent !== inside[0].parent)]
  // Chains of which nothing is registered.
  const [one, other] = chains.filter((row) => row.completeness === null).map(({ chain }) => links.filter((link) => link.chain === chain && link.codes.length)).filter((all) => all.length > 1)
  const source = { source: 'played' }
  const firm = (institution, unit) => ({ ...source, institution, zh: `试验${institution}`, en: `Trial ${institution}`, kind: 'enterprise', place: unit.unit })
  const works = (institution, link) => ({ ...source, institution, code: link.codes[0].padEnd(3, '0').slice(0, 4) })
  const year = (park, at) => ({ ...source, park: park.park, year: 2024, land_mu: 1000, used_mu: [800, 900, 700][at], output_fen: [9, 8, 2][at] * 1e13, tax_fen: [3, 5, 1][at] * 1e11, energy_tce: [50_000, 30_000, 60_000][at] })
  const price = (park, item, amount, unit, per) => ({ ...source, park: park.park, item, price: amount, unit, per })
  await post('base/branch', { action: 'create', name: BRANCH })
  const tables = {
    source: [{ ...source, zh: '假设', en: 'assumed', publisher: '假设', licence: 'assumed', quality: 'C', origin: 'assumed' }],
    institution: [firm('f1', here), firm('f2', there), firm('f3', here)],
    business: [works('f1', one[0]), works('f2', one[0]), { ...works('f2', one[1]), main: false }, { ...works('f3', one[1]) }, { ...works('f3', other[0]), main: false }],
    delivery: [{ ...source, supplier: 'f1', buyer: 'f2', code: one[0].codes[0] }],
    chain_supply: [{ ...source, chain: one[0].chain, supplier: one[0].link, buyer: one[1].link, zh: '假设' }],
    park_year: parks.slice(0, 3).map(year),
    park_price: parks.slice(0, 3).flatMap((park, at) => [price(park, 'land', [300_000, 200_000, 150_000][at], '亩', 'once'), price(park, 'power', [0.6, 0.62, 0.65][at], 'kWh', 'used')]),
    project_use: [{ ...source, type: '标准厂房', item: 'land', amount: 50, unit: '亩' }, { ...source, type: '标准厂房', item: 'power', amount: 2_000_000, unit: 'kWh' }],
  }
  for (const [table, given] of Object.entries(tables)) await post('base/put', { table, rows: given }, BRANCH)
  return { chain: one[0].chain, link: one[0].link, parks: parks.length }
}

async function industries() {
  const page = await open('/industries?lang=zh')
  await page.waitForSelector('[data-part=heat] td')
  await page.waitForSelector('[data-map=industries][data-idle=true]')
  const [units, pairs] = [await page.locator('[data-part=units] tbody tr').count(), await page.locator('[data-part=network] path.tie').count()]
  seen.units = units
  seen.industries = await page.locator('[data-part=heat] thead th').count() - 1
  check('every unit by every industry is in the grid', (await page.locator('[data-part=heat] td').count()) === units * seen.industries)
  check('it says that figures are of a sample, by home', /抽样/.test(await page.locator('[data-part=definition]').innerText()) && /居住地/.test(await page.locator('[data-part=doubts]').innerText()))
  const special = (await texts(page, '[data-part=units] tbody td:nth-child(2)')).map(Number)
  check('the most special unit stands first', special.every((one, at) => at === 0 || one <= special[at - 1]))
  await page.selectOption('[data-field=like]', '0.9')
  await page.waitForURL(/like=0.9/)
  await idle(page)
  check('with a lower bound more pairs are joined', (await page.locator('[data-part=network] path.tie').count()) > pairs)
  const cell = page.locator('[data-part=heat] td').nth(3)
  await cell.click()
  await page.waitForURL(/industry=.*unit=|unit=.*industry=/)
  check('the link keeps what was chosen, and the unit is told in words', (await page.locator('[data-part=strengths] li').count()) > 0)
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.waitForSelector('[data-map=industries][data-idle=true]')
  await shot(page, 'industries-zh')
  await accessible(page, 'industries zh')
  await page.selectOption('[data-field=map]', 'complexity')
  await page.locator('[data-part=heat]').scrollIntoViewIfNeeded()
  await shot(page, 'industries-grid-zh')
  check('the table goes out', (await downloaded(page, '[data-export=csv]')).toString('utf-8').trim().split('\r\n').length === 1 + units * seen.industries)
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await idle(page)
  await page.evaluate(() => window.scrollTo(0, 0))
  await shot(page, 'industries-en')
  await accessible(page, 'industries en')
  await fits(page, 'industries')
  await shot(page, 'industries-narrow-en')
  await page.close()
}

async function chains() {
  const { chain, link, parks } = await rows()
  seen.parks = parks
  const plain = await open('/chains?lang=zh')
  await plain.waitForSelector('[data-part=chain-graph]')
  seen.chains = await plain.locator('[data-part=chains] tbody tr').count()
  seen.links = (await texts(plain, '[data-part=chains] tbody td:nth-child(3)')).map(Number).reduce((sum, one) => sum + one)
  check('chains without supplies are told with the table they belong in', /chain_supply/.test(await plain.locator('[data-part=doubts]').innerText()))
  await plain.click('[data-chain=equipment]')
  await plain.waitForURL(/chain=equipment/)
  check('who supplies whom is drawn, across cities by a thick line', (await plain.locator('path.arrow.across').count()) > 0)
  check('a link of which a cluster is known is not missing', (await plain.locator('[data-state=clustered]').count()) >= 2)
  check('two units compete on cars', (await plain.locator('[data-part=rivals] tbody tr').count()) === 1)
  await shot(plain, 'chains-main-zh')
  await plain.close()
  const page = await open(`/chains?lang=zh&branch=${BRANCH}&chain=${chain}`)
  await page.waitForSelector('[data-part=supplies] tbody tr')
  await idle(page)
  check('a link without a firm is missing, by a sign and not by colour alone', (await page.locator('[data-part=chain-graph] [data-state=missing]').first().textContent()).includes('✗'))
  check('missing links are told in words', (await page.locator('[data-shown=missing]').innerText()).length > 2)
  check('a delivery crosses cities', number((await texts(page, '[data-part=supplies] tbody td:nth-child(4)'))[0]) === 1)
  check('who serves two chains is told', (await texts(page, '[data-part=shared] tbody td:nth-child(3)')).some((cell) => cell.includes('、') || cell.includes(',')))
  check('two units compete on the same link', (await page.locator('[data-part=rivals] tbody tr').count()) >= 1)
  check('the chain lies in two cities', (await page.locator('[data-shown=cities]').innerText()).split('、').length >= 2)
  await page.click(`[data-link="${link}"]`)
  await page.waitForSelector('[data-part=link]')
  await shot(page, 'chains-zh')
  await accessible(page, 'chains zh')
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await idle(page)
  await page.locator('[data-part=clusters]').scrollIntoViewIfNeeded()
  await shot(page, 'chains-en')
  await accessible(page, 'chains en')
  await fits(page, 'chains')
  await page.close()
}

async function parks() {
  const plain = await open('/parks?lang=zh')
  await plain.waitForSelector('[data-part=left-out] tbody tr')
  await idle(plain)
  check('parks without figures are listed with what they lack', (await plain.locator('[data-part=left-out]').innerText()).includes('产值'))
  check('and which tables they belong in', /park_price/.test(await plain.locator('[data-part=doubts]').innerText()))
  await shot(plain, 'parks-main-zh')
  await plain.close()
  const page = await open(`/parks?lang=zh&branch=${BRANCH}`)
  await page.waitForSelector('[data-part=ranks] [data-park]')
  await page.waitForSelector('[data-part=costs] tbody tr')
  await idle(page)
  const ranks = () => texts(page, '[data-part=parks] tbody tr td:nth-child(3)')
  const wide = await ranks()
  check('two parks change places with the weights, the third is last under all', wide.filter((one) => one.includes('–')).length === 2 && wide.includes('3'))
  check('where the land is low-yield under all weights it is said', (await texts(page, '[data-part=parks] tbody tr:last-child td:last-child'))[0] === '是')
  await page.selectOption('[data-weight=output_per_mu]', '5')
  await page.waitForURL(/weights=5/)
  for (const name of ['tax_per_mu', 'energy_per_output', 'land_used']) await page.selectOption(`[data-weight=${name}]`, '0')
  await page.waitForURL(/weights=5%2C0%2C0%2C0|weights=5,0,0,0/)
  await idle(page)
  check('by one measure alone every rank is fixed', (await ranks()).every((one) => !one.includes('–')))
  await page.goBack()
  await page.goto(`${base}/parks?lang=zh&branch=${BRANCH}`)
  await page.waitForSelector('[data-part=costs] tbody tr')
  await idle(page)
  const totals = async () => (await texts(page, '[data-part=costs] tbody tr td:nth-child(3)')).filter((one) => one !== '–').map(number)
  const ten = await totals()
  check('the cheapest stands first', ten.length === 3 && ten.every((one, at) => at === 0 || one >= ten[at - 1]))
  check('parks without prices have no rank', (await texts(page, '[data-part=costs] tbody tr td:nth-child(2)')).filter((one) => one === '–').length === seen.parks - 3)
  await shot(page, 'parks-zh')
  await accessible(page, 'parks zh')
  await page.fill('[data-field=years]', '30')
  await page.locator('[data-field=years]').blur()
  await page.waitForURL(/years=30/)
  await idle(page)
  check('over more years all costs grow', (await totals())[0] > ten[0])
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await idle(page)
  await shot(page, 'parks-en')
  await accessible(page, 'parks en')
  await fits(page, 'parks')
  await page.close()
}

async function splits() {
  const page = await open('/splits?lang=zh')
  await page.waitForSelector('[data-part=splits] tbody tr')
  check('what is shown at first is said to be an example', (await page.locator('[data-part=example]').count()) === 1)
  check('three ways stand side by side', (await page.locator('[data-part=money] figure').count()) === 3)
  check('statutory books and assessment stand apart', (await page.locator('[data-part=books] figure').count()) === 2)
  const cells = async (column) => (await texts(page, `[data-part=splits] tbody td:nth-child(${column})`)).map(number)
  const [tax, origin, host] = [await cells(2), await cells(3), await cells(4)]
  check('by the rule of 2015 both parts sum to the tax', tax.every((one, at) => one === origin[at] + host[at]))
  check('the old city gets what the firm paid in three years, and no more', origin.reduce((sum, one) => sum + one) === 2200 + 2500 + 2800)
  check('half and half in the first year', origin[0] === 1200)
  const [statutory, twice] = [await cells(9), await cells(12)]
  check('what both count in full is counted twice', statutory.every((one, at) => one === twice[at]))
  check('nothing is paid out in a year of loss', (await cells(7))[0] === 0)
  await shot(page, 'splits-zh')
  await accessible(page, 'splits zh')
  await page.uncheck('[data-field=led]')
  await page.waitForURL(/led=no/)
  await idle(page)
  check('a move that no government led is not shared', (await page.locator('[data-part=template]').innerText()).includes('非政府主导'))
  await page.fill('[data-field=taxes]', '2000 x')
  await page.locator('[data-field=taxes]').blur()
  await page.waitForSelector('[data-part=bad]')
  check('what is no number is named', (await page.locator('[data-part=bad]').innerText()).includes('x'))
  await page.fill('[data-field=taxes]', '100 100 100 100 100 100')
  await page.locator('[data-field=taxes]').blur()
  await page.waitForSelector('[data-part=splits] tbody tr')
  await idle(page)
  check('a floor raises the share', (await texts(page, '[data-part=splits] tbody td:nth-child(5)')).every((one) => one.includes('*')))
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await idle(page)
  await page.goto(`${base}/splits?lang=en`)
  await page.waitForSelector('[data-part=splits] tbody tr')
  await page.locator('[data-part=money]').scrollIntoViewIfNeeded()
  await shot(page, 'splits-en')
  await accessible(page, 'splits en')
  await fits(page, 'splits')
  await page.close()
}

/** Registers: the funnel, gaps, sheets, platforms, moves as the pack has them; a row typed in on the branch. */
async function linkages() {
  const page = await open('/linkages?lang=zh')
  const rows = (part) => page.locator(`[data-part=${part}] tbody tr`)
  const tab = async (name, part) => {
    await page.click(`[data-tab=${name}]`)
    await page.waitForSelector(`[data-part=${part}] tbody tr`)
    await idle(page)
  }
  await page.waitForSelector('[data-part=funnel-chart] [data-stage]')
  const [came, signed] = [number((await texts(page, '[data-part=stages] tbody tr:nth-child(1) td:nth-child(2)'))[0]), number((await texts(page, '[data-part=stages] tbody tr:nth-child(4) td:nth-child(2)'))[0])]
  check('a lead that was signed came past all stages before', came === signed && came > 0)
  check('beside each step stands the share that went on, with its interval', (await page.locator('[data-part=funnel-chart] text.soft').count()) === (await texts(page, '[data-part=stages] tbody tr:not(:last-child) td:nth-child(2)')).filter((cell) => number(cell) > 0).length)
  await shot(page, 'linkages-zh')
  await accessible(page, 'linkages zh')
  await tab('gaps', 'gaps')
  check('gaps that the plan names lack an owner and a call, and it is said', (await texts(page, '[data-part=gaps] tbody td:last-child')).every((cell) => cell.includes('责任单位') && cell.includes('联合攻关')))
  await tab('balances', 'sheets')
  check('two bars a year, as high as each other where the sheet balances', (await page.locator('[data-part=bar]').count()) === 2 * (await rows('sheets').count()))
  check('sheets that balance say so', (await texts(page, '[data-part=sheets] tbody td:nth-child(7)')).every((cell) => cell === '是'))
  await shot(page, 'linkages-balances-zh')
  await accessible(page, 'linkages balances zh')
  await tab('platforms', 'platforms')
  const all = await rows('platforms').count()
  await page.click('[data-filter=gaps]')
  await page.waitForURL(/only=gaps/)
  const lacking = await rows('platforms').count()
  check('only platforms that lack something are shown', lacking > 0 && lacking < all && (await texts(page, '[data-part=platforms] tbody td:last-child')).every((cell) => cell !== '–'))
  await tab('moves', 'moves')
  check('what has moved has from, to and day', (await texts(page, '[data-part=moves] tbody td:nth-child(6)')).every((cell) => /^\d{4}-/.test(cell)))
  await page.goto(`${base}/linkages?lang=zh&tab=gaps&branch=${BRANCH}`)
  await page.waitForSelector('[data-part=gaps] tbody tr')
  const before = await rows('gaps').count()
  await page.click('[data-action=entry]')
  await page.waitForSelector('[data-entry=gap]')
  await idle(page)
  for (const [name, value] of Object.entries({ gap: 'played', zh: '试验短板', opened: '2026-01-05', source: 'nobody' })) await page.fill(`[data-entry=${name}]`, value)
  // What is refused says why, and nothing that was typed is lost.
  const mark = faults.length
  const refused = page.waitForResponse((response) => response.url().includes('base/put'))
  await page.click('[data-action=store]')
  check('a source that there is not is refused', (await refused).status() === 400 && (await page.locator('[data-part=entry] [role=alert]').innerText()).includes('nobody'))
  faults.push(...faults.splice(mark).filter((fault) => !/\b400\b/.test(fault)))
  await page.fill('[data-entry=source]', 'played')
  await shot(page, 'linkages-entry-zh')
  await accessible(page, 'linkages entry zh')
  await page.click('[data-action=store]')
  await page.waitForSelector('[data-part=stored]')
  await page.waitForSelector('[data-gap=played]')
  check('the row that was typed in is in the table', (await rows('gaps').count()) === before + 1)
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await idle(page)
  check('the table goes out with its lists', (await downloaded(page, '[data-export=csv]')).toString('utf-8').includes('played'))
  await page.goto(`${base}/linkages?lang=en&branch=${BRANCH}`)
  await page.waitForSelector('[data-part=funnel-chart] [data-stage]')
  await shot(page, 'linkages-en')
  await accessible(page, 'linkages en')
  await fits(page, 'linkages')
  await shot(page, 'linkages-narrow-en')
  await page.close()
}

await played([industries, chains, parks, linkages, splits])
