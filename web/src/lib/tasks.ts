/** Tasks that a plan was rolled out into: how they are chosen, and what a report changes. */

import { type Ref, computed } from 'vue'
import { type View, ask } from './api'
import { useLoad } from './load'

export const KINDS = ['three_year', 'yearly', 'quarterly'] as const
export const STATES = ['open', 'in_progress', 'blocked', 'done', 'dropped'] as const
export const ONLY = ['overdue', 'blocked', 'soon'] as const
const SOON_DAYS = 30

export interface TaskRow {
  task: string
  title: string
  clause: string | null
  clause_title: string | null
  duty: string | null
  kind: string
  kind_name: string
  start: string
  due: string
  deadline: string | null
  owner: string | null
  owner_name: string | null
  support: string[]
  state: string
  state_name: string
  progress: number
  evidence: string | null
  reason: string | null
  waits_for: string[]
  overdue_days: number
  note: string | null
  by: string | null
  recorded_at: string
}
export interface TaskVersion {
  recorded_at: string
  by: string | null
  state: string
  progress: number
  retracted: boolean
  verb: string | null
  batch: string
  changes: { column: string; before: string | null; after: string | null }[]
}
export interface TaskAnswer {
  batch: string | null
  task: TaskRow
  history: TaskVersion[]
}
export interface Gap {
  gap: string
  gap_name: string
  number: number
  of: number
}
export interface GapRow {
  gap: string
  gap_name: string
  id: string
  title: string
  clause: string | null
}
export interface RolledOut {
  batch: string | null
  added: number
  kept: number
  rows: { task: string; change: string; title: string; clause: string | null; due: string; owner_name: string | null }[]
  left: { clause: string | null; duty: string | null; reason: string }[]
  differences: { task: string; column: string; before: string | null; after: string | null }[]
}
export interface CellChange {
  table: number | null
  row: number
  column: string
  column_name: string
  task: string
  before: string | null
  after: string | null
}
export interface TakenTasks {
  file: string
  batch: string | null
  stored: number
  read: number
  unchanged: number
  changes: CellChange[]
  conflicts: (CellChange & { exported: string | null })[]
  faults: (Omit<CellChange, 'before' | 'after'> & { says: string })[]
  added: string[]
  deleted: string[]
  findings: string[]
}
export interface Body {
  body: string
  name: string
  kind: string
}

/** What the address says of tasks that are wanted, as the API is asked. */
export function taskAsk(plan: string | undefined, text: (name: string) => string | undefined): Record<string, unknown> {
  const only = text('only')
  const [owner, state, kind] = [text('owner'), text('state'), text('kind')]
  return {
    plan,
    ...(owner && { owner }),
    ...(state && { state: [state] }),
    ...(kind && { kind }),
    ...(only === 'overdue' && { overdue: true }),
    ...(only === 'blocked' && { blocked: true }),
    ...(only === 'soon' && { due_within: SOON_DAYS }),
  }
}

/** A report as it is typed; progress in percent. */
export interface Report {
  state: string
  progress: string
  evidence: string
  reason: string
  owner: string
  due: string
  note: string
}
export function reportOf(task: TaskRow): Report {
  return {
    state: task.state,
    progress: String(Math.round(task.progress * 1000) / 10),
    evidence: task.evidence ?? '',
    reason: task.reason ?? '',
    owner: task.owner ?? '',
    due: task.due,
    note: task.note ?? '',
  }
}
// How the API is told that a cell is to be empty; other cells cannot be.
const NONE = '-'
const EMPTIED: (keyof Report)[] = ['evidence', 'reason', 'owner', 'note']
/** Only what a report changes: what others wrote meanwhile in other cells stays. A text may be emptied. */
export function reported(task: TaskRow, typed: Report): Record<string, unknown> {
  const before = reportOf(task)
  const changed = (Object.keys(before) as (keyof Report)[]).filter(
    (name) => typed[name].trim() !== before[name] && (typed[name].trim() !== '' || EMPTIED.includes(name)),
  )
  return Object.fromEntries(
    changed.map((name) => [name, name === 'progress' ? Number(typed.progress) / 100 : typed[name].trim() || NONE]),
  )
}

/** Bodies by name, in the reader's language. */
export function useBodies(view: Ref<View>) {
  const loaded = useLoad(
    () => view.value,
    () =>
      ask<{ body: string; zh: string; en: string | null; kind: string }[]>(view.value, 'base/table', {
        name: 'body',
        limit: 1000,
      }),
  )
  const bodies = computed<Body[]>(() =>
    (loaded.data.value ?? []).map(({ body, zh, en, kind }) => ({
      body,
      kind,
      name: view.value.lang === 'zh' ? zh : (en ?? zh),
    })),
  )
  return { bodies, failure: loaded.failure, again: loaded.again }
}
