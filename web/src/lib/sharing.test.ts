import { expect, test } from 'vitest'
import { countersigned, newKey } from './countersign'
import { type Me, allows } from './me'
import { type Agreement, type AuditRow, type Head, emptyTerms, shownColumns, stepsFor, termsAsk, termsOf, toldOf } from './sharing'

const COLUMNS = [
  { column: 'place', name: 'Place', key: true },
  { column: 'value', name: 'Value', key: false },
  { column: 'note', name: 'Note', key: false },
]
const me = (body: string | null, ...permissions: string[]): Me => ({ account: 'a', body, roles: [], permissions, owner: false })
const row = (values: Partial<Agreement>) => ({ giver: 'a', reader: 'b', columns: null, filter: null, onward: null, returns: null, since: '2026-01-01', until: '2026-12-31', state: 'granted', ...values }) as Agreement

test('terms say columns only where some are left out, and rows only where values are given', () => {
  const all = { ...emptyTerms(), columns: ['note', 'value'], until: '2026-12-31' }
  expect(termsAsk(all, COLUMNS)).toEqual({ until: '2026-12-31' })
  const some = { ...all, columns: ['place', 'value'], column: 'place', values: '1,2、 3', returns: ' yearly ' }
  expect(termsAsk(some, COLUMNS)).toEqual({ columns: ['value'], filter: { place: ['1', '2', '3'] }, until: '2026-12-31', returns: 'yearly' })
  expect(termsAsk({ ...all, columns: [], column: 'place' }, COLUMNS)).toEqual({ columns: [], until: '2026-12-31' })
})

test('what was agreed comes back as it was typed', () => {
  const agreed = row({ columns: ['value'], filter: { place: ['1', '2'] }, returns: 'yearly' })
  expect(termsAsk(termsOf(agreed), COLUMNS)).toEqual({ columns: ['value'], filter: { place: ['1', '2'] }, since: '2026-01-01', until: '2026-12-31', returns: 'yearly' })
})

test('columns of the key are always shown', () => {
  expect(shownColumns(row({ columns: ['note'] }), COLUMNS).map((one) => one.column)).toEqual(['place', 'note'])
  expect(shownColumns(row({}), COLUMNS)).toHaveLength(3)
})

test('the owner decides, the reader renews, and who may not grant does nothing', () => {
  const asked = row({ state: 'requested' })
  expect(stepsFor(asked, me('a', 'grant'))).toEqual(['narrow', 'approve', 'refuse'])
  expect(stepsFor(asked, me('b', 'grant'))).toEqual(['revoke'])
  expect(stepsFor(row({}), me('b', 'grant'))).toEqual(['renew', 'expire', 'revoke'])
  expect(stepsFor(row({ state: 'ended' }), me('b', 'grant'))).toEqual(['renew'])
  expect(stepsFor(row({ state: 'revoked' }), me('a', 'grant'))).toEqual([])
  expect(stepsFor(asked, me('a', 'read'))).toEqual([])
})

test('duties are apart in the pages too', () => {
  expect(['map', 'people', 'audit'].map((page) => allows(me(null, 'people', 'care'), page))).toEqual([false, true, false])
  expect(['map', 'people', 'audit'].map((page) => allows(me(null, 'audit'), page))).toEqual([false, false, true])
  expect(['map', 'requests', 'people', 'audit'].map((page) => allows(me('a', 'read'), page))).toEqual([true, true, false, false])
  expect(['map', 'people', 'audit'].every((page) => allows({ ...me(null), owner: true }, page))).toBe(true)
})

test('the audit is told in words: reads with their purpose, steps, sign-ins, what was written', () => {
  const entry = (kind: string, about: object) => ({ kind, about }) as AuditRow
  const read = { agreement: 'x', table: 't', purpose: 'p', rows: 3 }
  expect(toldOf(entry('read', { reads: [read] }))).toEqual([{ key: 'read', with: read }])
  const step = { agreement: 'x', step: 'granted' }
  expect(toldOf(entry('change', { changes: [step, { store: 'sharing', written: { sharing_agreement: 1 } }] }))).toEqual([{ key: 'steps.granted', with: step }])
  expect(toldOf(entry('change', { changes: [{ signed_in: 'a' }] }))).toEqual([{ key: 'signed_in', with: { who: 'a' } }])
  expect(toldOf(entry('change', { changes: [{ batch: '1', tables: { unit: { rows: 2 } } }] }))).toEqual([{ key: 'written', with: { tables: 'unit (2)' } }])
  expect(toldOf(entry('change', { changes: [{ store: 'ledger', written: { ledger_entry: 1 } }] }))[0].with).toEqual({ tables: 'ledger_entry' })
  expect(toldOf(entry('not_kept', { refers: 7 }))).toEqual([{ key: 'notKept', with: { n: 7 } }])
})

test('a countersignature is one that others can check, and takes the place of the one before', async () => {
  const head = { signatures: [], seq: 1, hash: '0', region: 'r' } as Head
  const pem = await newKey()
  const content = btoa('what is signed')
  const once = await countersigned(head, 'a', content, pem)
  const twice = await countersigned(await countersigned(once, 'b', content, await newKey()), 'a', content, pem)
  expect(twice.signatures.map((one) => one.body)).toEqual(['b', 'a'])
  expect(twice.signatures[1]).toEqual(once.signatures[0])
  const raw = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', raw(once.signatures[0].public_key), 'Ed25519', false, ['verify'])
  expect(await crypto.subtle.verify('Ed25519', key, raw(once.signatures[0].signature), raw(content))).toBe(true)
  await expect(countersigned(head, 'a', content, 'no key')).rejects.toThrow()
})
