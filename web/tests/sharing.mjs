/**
 * Plays two bodies on one server, each in its browser: a request, a narrowed grant, the dataset with just those
 * fields, its revocation seen by both; before it an administrator, after it an auditor; an issuer that vouches.
 *
 * HUTUO_PLAY is JSON: the accounts with their passwords, the table, its columns, the giver's body, a person of the issuer.
 */

import { join } from 'node:path'
import { accessible, asked, base, browser, check, downloaded, faults, fits, open, out, played, seen, shot } from './watched.mjs'

const given = JSON.parse(process.env.HUTUO_PLAY)
const GUEST = { body: 'guest', zh: '客方研究院', en: 'Guest institute', account: 'guest-steward' }
const UNTIL = new Date(Date.now() + 20 * 24 * 3600e3).toISOString().slice(0, 10)
const told = {}

/** What a page is refused on purpose is no fault. */
async function refused(codes, work) {
  const before = faults.length
  const done = await work()
  const others = faults.splice(before).filter((fault) => !codes.some((code) => fault.includes(code)))
  faults.push(...others)
  return done
}

async function signIn(page, account, password) {
  await page.waitForSelector('input[name=account]')
  await page.fill('input[name=account]', account)
  await page.fill('input[name=password]', password)
  await page.click('form button')
  await page.waitForSelector('[data-part=who]')
}

/** The way in: by a page without a script, in both languages; what is wrong is told. */
async function entrance() {
  const page = await open('/people?lang=zh')
  check('who is not known is led to the sign-in page', new URL(page.url()).pathname === '/sign-in')
  for (const lang of ['en', 'zh']) {
    await page.goto(`${base}/sign-in?lang=${lang}&back=${encodeURIComponent(`/people?lang=${lang}`)}`)
    await shot(page, `sign-in-${lang}`)
    await accessible(page, `sign-in ${lang}`)
  }
  await refused(['401'], async () => {
    await page.fill('input[name=account]', 'root')
    await page.fill('input[name=password]', 'not the password')
    await page.click('form button')
    await page.waitForSelector('[role=alert]')
  })
  await shot(page, 'sign-in-wrong-zh')
  await signIn(page, 'root', given.accounts.root)
  check('one comes to the page that was asked for', page.url() === `${base}/people?lang=zh`)
  told.admin = page
}

/** The administrator lets a body join and gives it an account; he reads no data and sees no audit. */
async function administration() {
  const page = told.admin
  await page.click('[data-tab=bodies]')
  await page.fill('[data-field=body-id]', GUEST.body)
  await page.fill('[data-field=body-zh]', GUEST.zh)
  await page.fill('[data-field=body-en]', GUEST.en)
  await page.selectOption('[data-field=body-kind]', 'institute')
  await page.click('[data-action=join]')
  await page.waitForSelector(`[data-body=${GUEST.body}]`)
  await shot(page, 'people-bodies-zh')
  await accessible(page, 'bodies zh')
  await page.click('[data-tab=accounts]')
  await page.fill('[data-field=account]', GUEST.account)
  await page.selectOption('[data-field=body]', GUEST.body)
  await page.check('[data-role=admin]')
  check('duties are apart', await page.locator('[data-role=steward]').isDisabled())
  await page.uncheck('[data-role=admin]')
  await page.check('[data-role=steward]')
  await page.click('[data-action=save-account]')
  told.password = await page.locator('[data-part=once] code').innerText()
  await page.waitForSelector(`[data-account=${GUEST.account}]`)
  await page.click('[data-part=once] button')
  for (const lang of ['zh', 'en']) {
    await page.goto(`${base}/people?lang=${lang}`)
    await page.waitForSelector('[data-part=accounts] tbody tr')
    await shot(page, `people-${lang}`)
    await accessible(page, `people ${lang}`)
  }
  await fits(page, 'people')
  await page.setViewportSize({ width: 1440, height: 900 })
  check('an administrator is offered his page alone', (await page.locator('[data-group]').count()) === 1)
  await page.goto(`${base}/targets?lang=zh`)
  await page.waitForSelector('[data-part=not-yours]')
  const codes = await refused(['403'], () => Promise.all(['base/table', 'base/audit'].map((path) => asked(page, path, path === 'base/table' ? { name: given.table } : {}))))
  check('an administrator reads no data and no audit', codes.every((answer) => answer.error === 'forbidden'))
}

/** Two browsers: the reader asks, the owner narrows and approves, the data open with just those fields. */
async function agreement() {
  const giver = await open('/requests?lang=zh')
  await signIn(giver, 'giver-steward', given.accounts['giver-steward'])
  await giver.waitForSelector('h2')
  const reader = await open('/requests?lang=zh')
  await signIn(reader, GUEST.account, told.password)
  await refused(['403'], async () => check('before there is an agreement nothing is read', (await asked(reader, 'base/table', { name: given.table })).error === 'forbidden'))
  await reader.selectOption('[data-field=table]', given.table)
  await reader.fill('[data-field=purpose]', '年度评估')
  for (const column of given.columns) await reader.check(`[data-column=${column}]`)
  await reader.fill('[data-field=until]', UNTIL)
  await reader.fill('[data-field=returns]', '三月底前回供结果')
  await shot(reader, 'request-zh')
  await accessible(reader, 'request zh')
  await reader.click('[data-action=send]')
  const row = reader.locator('[data-part=waiting] tr[data-agreement]')
  await row.waitFor()
  told.id = await row.getAttribute('data-agreement')

  const there = `[data-part=to-decide] tr[data-agreement="${told.id}"]`
  await giver.waitForSelector(there)
  check('what is asked for shows at the owner by itself', true)
  await shot(giver, 'to-decide-zh')
  await accessible(giver, 'to decide zh')
  await giver.click(`${there} [data-act=narrow]`)
  await giver.waitForSelector('[data-part=dialog] [data-part=columns]')
  const [dropped] = given.columns
  await giver.uncheck(`[data-part=dialog] [data-column=${dropped}]`)
  await giver.waitForTimeout(300)
  await shot(giver, 'narrow-zh')
  await giver.click('[data-part=dialog] [data-action=confirm]')
  await giver.waitForSelector('[data-part=dialog]', { state: 'detached' })
  await giver.click(`${there} [data-act=approve]`)
  await giver.fill('[data-part=dialog] [data-field=remark]', '同意')
  await giver.click('[data-part=dialog] [data-action=confirm]')
  await giver.waitForSelector(there, { state: 'detached' })

  await reader.click('[data-page=agreements]')
  await reader.click(`[data-part=received] [data-agreement="${told.id}"] [data-action=open-data]`)
  await reader.waitForSelector('[data-part=data] tbody tr')
  const columns = await reader.locator('[data-part=data] th[data-column]').evaluateAll((heads) => heads.map((head) => head.dataset.column))
  check('the dataset opens with just those fields', columns.sort().join() === [...given.keys, ...given.columns.slice(1)].sort().join())
  const answer = await asked(reader, 'base/table', { name: given.table, limit: 20 })
  const filled = new Set(answer.flatMap((one) => Object.keys(one).filter((name) => one[name] !== null)))
  check('what is not granted does not come over the network', !filled.has(dropped) && given.columns.slice(1).every((column) => filled.has(column)))
  seen.rows = await reader.locator('[data-part=data] tbody tr').count()
  await shot(reader, 'data-zh')
  await accessible(reader, 'data zh')
  await fits(reader, 'agreements')
  await shot(reader, 'data-narrow-zh')
  await reader.setViewportSize({ width: 1440, height: 900 })
  check('what ends soon is told', (await reader.locator('[data-part=soon]').count()) === 1)
  Object.assign(told, { giver, reader })
}

/** The owner revokes: both browsers show it, and nothing is read any more. */
async function revocation() {
  const { giver, reader } = told
  await giver.click('[data-page=agreements]')
  await giver.click(`[data-part=given] [data-agreement="${told.id}"] [data-act=revoke]`)
  await giver.fill('[data-part=dialog] [data-field=remark]', '用途已变')
  await giver.click('[data-part=dialog] [data-action=confirm]')
  await refused(['403'], async () => {
    await giver.waitForSelector(`[data-agreement="${told.id}"][data-state=revoked]`)
    check('the revocation closes it at once', (await asked(reader, 'base/table', { name: given.table })).error === 'forbidden')
  })
  await reader.waitForSelector('[data-part=data][data-live=false] [data-part=closed]')
  check('rows are gone from the reader’s page', (await reader.locator('[data-part=data] tbody tr').count()) === 0)
  await shot(reader, 'closed-zh')
  await reader.click('[data-action=lang]')
  await reader.waitForFunction(() => document.documentElement.lang === 'en')
  await reader.click('[data-action=close-data]')
  await reader.click(`[data-agreement="${told.id}"] .link`)
  await reader.waitForSelector('[data-part=steps]')
  const steps = await reader.locator('[data-step]').evaluateAll((items) => items.map((item) => item.dataset.step))
  check('an agreement tells its course', steps.join() === 'requested,narrowed,granted,revoked')
  await reader.waitForTimeout(400)
  await shot(reader, 'agreement-en')
  await accessible(reader, 'agreement en')
  await reader.keyboard.press('Escape')
  await reader.click('[data-page=requests]')
  await reader.waitForSelector('[data-part=request]')
  await shot(reader, 'requests-en')
  await accessible(reader, 'requests en')
  check('the header is one line in English', (await reader.locator('header').boundingBox()).height < 60)
}

/** A session that ended leads to the sign-in page and back to where one was. */
async function back() {
  const { reader } = told
  await reader.goto(`${base}/agreements?lang=en&state=revoked`)
  await reader.waitForSelector('[data-part=received] tbody tr')
  await refused(['401'], async () => {
    await reader.context().clearCookies()
    await reader.waitForURL(/\/sign-in\?/)
  })
  await shot(reader, 'sign-in-again-en')
  await signIn(reader, GUEST.account, told.password)
  check('one comes back to where one was', reader.url() === `${base}/agreements?lang=en&state=revoked`)
  await reader.waitForSelector('[data-part=received] tbody tr')
  await reader.click('[data-part=who]')
  await reader.click('[data-action=sign-out]')
  await reader.waitForURL(/\/sign-in/)
  await reader.goto(`${base}/agreements`)
  check('who signed out is out', new URL(reader.url()).pathname === '/sign-in')
  await reader.context().close()
}

/** The auditor reads the whole story, verifies it, exports its head and countersigns it. */
async function audit() {
  const page = await open('/audit?lang=zh')
  await signIn(page, 'watch', given.accounts.watch)
  await page.fill('[data-filter=search]', told.id)
  await page.locator('[data-filter=search]').blur()
  await page.waitForURL(/search=/)
  await page.waitForFunction((id) => {
    const rows = [...document.querySelectorAll('[data-part=entries] tbody tr')]
    return rows.length && rows.every((row) => row.textContent.includes(id))
  }, told.id)
  const story = (await page.locator('[data-part=entries] tbody tr td.long > div:first-child').allInnerTexts()).reverse()
  const words = ['申请', '缩小', '批准', '读取', '撤销']
  check('the audit tells the whole story in its order', words.every((word, index) => index === 0 || story.findIndex((line) => line.includes(words[index - 1])) < story.findIndex((line) => line.includes(word))) && story[0].includes('申请'))
  check('a read says its purpose', story.some((line) => line.includes('读取') && line.includes('年度评估')))
  seen.story = story.length
  await page.click('[data-action=verify]')
  await page.waitForSelector('[data-part=verified].good')
  await shot(page, 'audit-zh')
  await accessible(page, 'audit zh')
  const head = JSON.parse((await downloaded(page, '[data-action=export-head]')).toString())
  check('the head is one of the audit', head.chain === 'audit' && /^[0-9a-f]{64}$/.test(head.hash))
  await page.click('[data-action=lang]')
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await page.click('[data-action=sign]')
  await page.selectOption('[data-field=signer]', given.giver)
  await downloaded(page, '[data-action=new-key]')
  const [signed] = await Promise.all([page.waitForEvent('download'), page.click('[data-action=sign-now]')])
  const file = join(out, 'signed.json')
  await signed.saveAs(file)
  await page.waitForSelector('[data-part=signed]')
  await page.setInputFiles('[data-field=head]', file)
  await page.waitForFunction((body) => document.querySelector('[data-part=verified].good')?.textContent.includes(body), given.giver)
  await shot(page, 'audit-en')
  await accessible(page, 'audit en')
  await fits(page, 'audit')
  await page.context().close()
}

/** Somebody whom an issuer vouches for waits for the administrator’s word, and then is in. */
async function issuer() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
  const page = await context.newPage()
  const comes = async () => {
    await page.goto(`${base}/requests?lang=zh`)
    await page.click('[data-action=openid]')
    await page.click(`button[value="${given.person}"]`)
    await page.waitForURL((url) => url.origin === base)
  }
  await comes()
  await page.waitForSelector('[role=alert]')
  await shot(page, 'sign-in-waits-zh')
  await told.admin.goto(`${base}/people?lang=zh&tab=identities`)
  await told.admin.selectOption('[data-field=link]', GUEST.account)
  await shot(told.admin, 'identities-zh')
  await accessible(told.admin, 'identities zh')
  await told.admin.click('[data-act=link]')
  await told.admin.waitForSelector('[data-act=unlink]')
  await comes()
  await page.waitForSelector('[data-part=request]')
  check('who was linked comes to the page that was asked for', page.url() === `${base}/requests?lang=zh`)
  seen.account = await page.locator('[data-part=who]').getAttribute('data-account')
  await context.close()
  await told.admin.context().close()
}

await played([entrance, administration, agreement, revocation, back, audit, issuer])
