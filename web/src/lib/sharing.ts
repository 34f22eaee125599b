/** Sharing: whose data is whose, agreements on it, what was done, who may sign in. */

import type { Me } from './me'

export interface Column { column: string; name: string; key: boolean }
export interface Dataset { table: string; name: string; columns: Column[]; body: string | null; is_open: boolean }
export interface Step { recorded_at: string; account: string; body: string | null; action: string; remark: string | null }
export interface Agreement {
  id: string; table: string; name: string; giver: string; giver_name: string; reader: string; reader_name: string
  columns: string[] | null; filter: Record<string, string[]> | null; purpose: string; onward: string | null; returns: string | null
  renews: string | null; since: string; until: string; days_left: number | null; state: string; steps: Step[]
  requested_by: string; requested_at: string; decided_by: string | null; decided_at: string | null
}
export interface Body { body: string; name: string; kind: string; joined: boolean; accounts: number }
export interface Account { account: string; body: string | null; name: string | null; roles: string[]; permissions: string[]; active: boolean; locked_until: string | null; made_at: string }
export interface Identity { id: string; issuer: string; subject: string; name: string | null; account: string | null; last_seen: string | null; linked_at: string | null; linked_by: string | null }
export interface Token { token: string; account: string; label: string | null; made_at: string; ends: string | null; revoked_at: string | null }
export interface Rows<T> { rows: T[]; id?: string | null; password?: string | null; shown?: string | null }
export interface AuditRow { seq: number; recorded_at: string; kind: string; door: string; who: string; body: string | null; verb: string; branch: string; about: Record<string, unknown> }
export interface Head { signatures: { body: string; public_key: string; signature: string }[]; seq: number; hash: string; region: string; [more: string]: unknown }
export interface AuditAnswer {
  ok: boolean | null; entries: number; hash: string; head: number | null; signed_by: string[]; rows: AuditRow[]
  findings: { check: string; seq: number | null; says: string }[]; exported: Head | null; to_sign: string | null
}

export const ROLES = ['viewer', 'analyst', 'steward', 'officer', 'auditor', 'admin'] as const
export const ALONE = ['auditor', 'admin']
export const KINDS = ['government', 'department', 'mechanism', 'enterprise', 'institute'] as const
export const STATES = ['requested', 'granted', 'ended', 'revoked', 'refused'] as const
/** An agreement ends soon when fewer days are left. */
export const SOON = 30

/** What is shown, and for how long, as it is typed. */
export interface Terms { columns: string[]; column: string; values: string; since: string; until: string; onward: string; returns: string }
export const emptyTerms = (): Terms => ({ columns: [], column: '', values: '', since: '', until: '', onward: '', returns: '' })

/** The terms of an agreement, to be narrowed. */
export function termsOf(row: Agreement): Terms {
  const [column, values] = Object.entries(row.filter ?? {})[0] ?? ['', []]
  return { columns: row.columns ?? [], column, values: values.join(', '), since: row.since, until: row.until, onward: row.onward ?? '', returns: row.returns ?? '' }
}

/** Typed terms as the API is asked: all columns that are not of the key is the same as all. */
export function termsAsk(terms: Terms, columns: Column[]): Record<string, unknown> {
  const own = columns.filter((one) => !one.key).map((one) => one.column)
  const chosen = own.filter((column) => terms.columns.includes(column))
  const values = terms.values.split(/[\s,;、,;]+/).filter(Boolean)
  return {
    ...(chosen.length < own.length && { columns: chosen }),
    ...(terms.column && values.length && { filter: { [terms.column]: values } }),
    ...Object.fromEntries((['since', 'until', 'onward', 'returns'] as const).map((name) => [name, terms[name].trim()]).filter(([, value]) => value)),
  }
}

/** Columns that an agreement shows, those of the key included. */
export function shownColumns(row: Agreement, columns: Column[]): Column[] {
  return columns.filter((one) => one.key || row.columns === null || row.columns.includes(one.column))
}

/** Which side of an agreement one is on; the owner of the machine is on none. */
export function sideOf(row: Agreement, me: Me): 'giver' | 'reader' | undefined {
  if (me.body === row.giver) return 'giver'
  return me.body === row.reader ? 'reader' : undefined
}

/** What may be done with an agreement by whom; the API holds to it too. */
export function stepsFor(row: Agreement, me: Me): string[] {
  if (!me.owner && !me.permissions.includes('grant')) return []
  const side = sideOf(row, me)
  if (row.state === 'requested') return side === 'reader' ? ['revoke'] : ['narrow', 'approve', 'refuse']
  if (row.state === 'granted') return side === 'reader' ? ['renew', 'expire', 'revoke'] : ['expire', 'revoke']
  return row.state === 'ended' && side === 'reader' ? ['renew'] : []
}

/** What an entry of the audit says, as a key of the words and what they are filled with. */
export interface Told { key: string; with: Record<string, unknown> }

/** What was done, note by note; what is only a digest of rows is told by its tables. */
export function toldOf(row: AuditRow): Told[] {
  const about = row.about as { reads?: Record<string, unknown>[]; changes?: Record<string, unknown>[]; refers?: number }
  if (row.kind === 'not_kept') return [{ key: 'notKept', with: { n: about.refers } }]
  const reads = (about.reads ?? []).map((one) => ({ key: 'read', with: { ...one, rows: one.rows ?? '–' } }))
  const changes = (about.changes ?? []).flatMap((one): Told[] => {
    if ('step' in one) return [{ key: `steps.${one.step}`, with: one }]
    for (const key of ['signed_in', 'failed', 'not_linked', 'disabled']) if (key in one) return [{ key, with: { who: one[key] } }]
    if ('written' in one) {
      const tables = Object.keys(one.written as object).filter((name) => name !== 'sharing_step')
      return reads.length || (about.changes ?? []).some((other) => 'step' in other || 'signed_in' in other || 'failed' in other) ? [] : [{ key: 'stored', with: { tables: tables.join(', ') } }]
    }
    if ('tables' in one) {
      const tables = Object.entries(one.tables as Record<string, { rows?: number }>).map(([name, said]) => `${name} (${said?.rows ?? '–'})`)
      return [{ key: 'written', with: { tables: tables.join(', ') } }]
    }
    return [{ key: 'other', with: { text: JSON.stringify(one) } }]
  })
  return [...reads, ...changes]
}
