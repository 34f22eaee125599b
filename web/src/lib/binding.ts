/** Aims of a plan beside the indicators that measure them. */

export const BINDING_STATES = ['open', 'hindered', 'bound'] as const
export type BindingState = (typeof BINDING_STATES)[number]

export interface Candidate {
  indicator: string
  name: string
  unit: string
  likeness: number
}
export interface BindingRow {
  quantity: string | null
  clause: string
  clause_title: string
  quote: string | null
  subject: string | null
  operator: string
  value: number | null
  unit_name: string
  year: number | null
  decision: string | null
  state: BindingState
  says: string | null
  target: string | null
  indicator: string | null
  indicator_name: string | null
  candidates: Candidate[]
}

/** What tells a row of the list apart. */
export const idOf = (row: BindingRow) => row.quantity ?? row.target ?? ''
/** Whether a person can bind it here: also one that nobody decided on yet, which is accepted with it. */
export const canBind = (row: BindingRow) => row.state === 'open' || (row.decision === 'proposed' && row.candidates.length > 0 && row.value !== null)

/** The one that comes after among those that can be bound, from the top again at the end. */
export function nextOpen(rows: BindingRow[], current: string | undefined): string | undefined {
  const at = rows.findIndex((row) => idOf(row) === current)
  const found = [...rows.slice(at + 1), ...rows.slice(0, Math.max(at, 0))].find(canBind)
  return found && idOf(found)
}
/** The row `by` places on; the same at the ends. */
export function neighbour(rows: BindingRow[], current: string | undefined, by: 1 | -1): string | undefined {
  const at = rows.findIndex((row) => idOf(row) === current)
  const row = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]
  return row && idOf(row)
}
