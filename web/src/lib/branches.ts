/** Branches: what they are, and what two answers differ in. */

import type { View } from './api'

export const MAIN = 'main'
/** What a branch may be called, as the pattern of a field. */
export const NAMED = '[\\p{L}\\p{N}][\\p{L}\\p{N}_.\\-]{0,63}'

export interface Branch {
  branch: string
  created_at: string | null
  rows: number
  batches: number
}
export interface Change {
  table: string
  change: 'added' | 'changed' | 'removed'
  key: Record<string, unknown>
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}
export interface Sides {
  verb: string
  same: boolean
  before: unknown
  after: unknown
}
export interface BranchAnswer {
  branch: string | null
  branches: Branch[]
  changes: number | null
  rows: Change[]
  answers: Sides | null
}

/** The branch that a view is on. */
export function branchOf(view: View): string {
  return view.branch ?? MAIN
}

/** Changes by table, in the order they came. */
export function byTable(rows: Change[]): [string, Change[]][] {
  const groups = new Map<string, Change[]>()
  for (const row of rows) groups.set(row.table, [...(groups.get(row.table) ?? []), row])
  return [...groups]
}

/** The cells of a row that were changed, or all of a row that was added or removed. */
export function cells(row: Change): { name: string; before: unknown; after: unknown }[] {
  const names = [...new Set([...Object.keys(row.before ?? {}), ...Object.keys(row.after ?? {})])]
  return names
    .filter((name) => !(name in row.key))
    .map((name) => ({ name, before: row.before?.[name] ?? null, after: row.after?.[name] ?? null }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
}

export interface Apart {
  path: string
  before: unknown
  after: unknown
}

/** Where two answers differ, leaf by leaf; rows of lists are held together by their first column where it names them. */
export function apart(before: unknown, after: unknown, path = ''): Apart[] {
  const [left, right] = [parts(before), parts(after)]
  if (!left || !right)
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }]
  const names = [...new Set([...left.keys(), ...right.keys()])]
  return names.flatMap((name) => apart(left.get(name), right.get(name), path ? `${path} · ${name}` : name))
}

function parts(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return new Map(Object.entries(value))
  const names = value.map((row) =>
    typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined,
  )
  const named = names.every((name) => typeof name === 'string') && new Set(names).size === names.length
  return new Map(value.map((row, index) => [named ? (names[index] as string) : String(index + 1), row]))
}
