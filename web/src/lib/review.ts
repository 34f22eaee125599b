/** A plan that was read, and what people decide on each figure and duty of it. */

import type { Cell } from './export'

export const DECISIONS = ['proposed', 'accepted', 'mended', 'rejected', 'withdrawn'] as const
export type Decision = (typeof DECISIONS)[number]
export const SORTS = ['quantity', 'duty'] as const
export type Sort = (typeof SORTS)[number]
export type Fields = Record<string, Cell>
/** What stands in a form, as it is typed. */
export type Typed = Record<string, string>

export interface ReviewClause {
  clause: string
  title: string
  level: number
  has_text: boolean
  start: number | null
  end: number | null
}
export interface ReviewItem {
  item: string
  sort: Sort
  clause: string
  decision: Decision
  quote: string
  start: number | null
  end: number | null
  fields: Fields
  made_from: string[]
  by: string | null
}
export interface Version {
  recorded_at: string
  decision: Decision
  by: string | null
  fields: Fields
}
export interface ReviewAnswer {
  plan: string
  document: string | null
  text: string | null
  clauses: ReviewClause[]
  items: ReviewItem[]
  counts: Record<string, number>
  history: Version[]
}
export interface DecideAnswer {
  batch: string | null
  items: ReviewItem[]
}
/** An unsaved mend (one row) or split (two and more). */
export interface Draft {
  mode: 'mend' | 'split'
  rows: Typed[]
}

export interface Column {
  name: string
  kind: 'text' | 'number' | 'year' | 'list' | 'choice'
  choices?: string[]
}
const text = (name: string): Column => ({ name, kind: 'text' })
const number = (name: string): Column => ({ name, kind: 'number' })
const year = (name: string): Column => ({ name, kind: 'year' })
const list = (name: string): Column => ({ name, kind: 'list' })
const choice = (name: string, ...choices: string[]): Column => ({ name, kind: 'choice', choices })

/** What a person may mend, by sort. */
export const COLUMNS: Record<Sort, Column[]> = {
  quantity: [
    choice('kind', 'target', 'baseline', 'scope', 'structure', 'attribute'),
    text('subject'),
    choice('operator', '>=', '>', '<=', '<', '=', '~'),
    number('value'),
    number('value_hi'),
    text('unit'),
    choice('value_type', 'level', 'change', 'growth', 'share', 'ratio', 'rank', 'coverage', 'some'),
    year('base_year'),
    year('target_year'),
    choice('year_from', 'stated', 'inherited', 'none'),
    text('stance'),
  ],
  duty: [text('verb'), text('object'), text('stance'), list('bodies'), list('places')],
}

export const isOpen = (item: ReviewItem) => item.decision === 'proposed'

/** Items in the order in which they are gone through: clause by clause, figures before duties, as they stand. */
export function inOrder(clauses: ReviewClause[], items: ReviewItem[]): ReviewItem[] {
  const places = new Map(clauses.map((row, at) => [row.clause, at]))
  const rank = (item: ReviewItem) => [
    places.get(item.clause) ?? clauses.length,
    SORTS.indexOf(item.sort),
    item.start ?? Infinity,
  ]
  return items
    .map((item, at) => ({ item, key: [...rank(item), at] }))
    .sort((a, b) => compared(a.key, b.key))
    .map(({ item }) => item)
}
function compared(a: number[], b: number[]): number {
  const at = a.findIndex((one, index) => one !== b[index])
  return at < 0 ? 0 : a[at] - b[at]
}

export interface Tally {
  all: number
  open: number
}
/** How many items each clause has, and how many of them are undecided. */
export function tallies(items: ReviewItem[]): Map<string, Tally> {
  const counts = new Map<string, Tally>()
  for (const item of items) {
    if (item.decision === 'withdrawn') continue
    const { all, open } = counts.get(item.clause) ?? { all: 0, open: 0 }
    counts.set(item.clause, { all: all + 1, open: open + (isOpen(item) ? 1 : 0) })
  }
  return counts
}

/** How many are decided how. */
export function counted(items: ReviewItem[]): Record<Decision, number> {
  const counts = Object.fromEntries(DECISIONS.map((one) => [one, 0])) as Record<Decision, number>
  for (const item of items) counts[item.decision]++
  return counts
}

/** Items with some of them as they stand now; new ones come behind what they were split from, else last. */
export function replaced(items: ReviewItem[], now: ReviewItem[]): ReviewItem[] {
  const fresh = new Map(now.map((one) => [one.item, one]))
  const kept = items.map((one) => {
    const found = fresh.get(one.item)
    fresh.delete(one.item)
    return found ?? one
  })
  for (const one of fresh.values()) {
    const after = kept.findLastIndex(
      (other) => one.made_from.includes(other.item) || other.made_from.join() === one.made_from.join(),
    )
    kept.splice(after < 0 ? kept.length : after + 1, 0, one)
  }
  return kept
}

/** The id `by` places on from the current one among those that are wanted; the same at the ends. */
export function stepped(
  items: ReviewItem[],
  current: string | undefined,
  by: 1 | -1,
  wanted: (item: ReviewItem) => boolean = () => true,
): string | undefined {
  const at = items.findIndex((one) => one.item === current)
  const rest = at < 0 ? items : by > 0 ? items.slice(at + 1) : items.slice(0, at).reverse()
  return (rest.find(wanted) ?? items[at])?.item
}

export interface Piece {
  text: string
  /** Items whose words it belongs to, the longest first. */
  items: string[]
}
/** The words of a clause, cut where words of items begin and end. Offsets count letters, not halves of them. */
export function pieces(letters: string[], from: number, to: number, items: ReviewItem[]): Piece[] {
  const spans = items.flatMap(({ item, start, end }) =>
    start === null || end === null || end <= from || start >= to
      ? []
      : [{ item, start: Math.max(start, from), end: Math.min(end, to) }],
  )
  spans.sort((a, b) => b.end - b.start - (a.end - a.start))
  const cuts = [...new Set([from, to, ...spans.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  )
  return cuts.slice(1).map((end, index) => ({
    text: letters.slice(cuts[index], end).join(''),
    items: spans.filter((span) => span.start < end && span.end > cuts[index]).map(({ item }) => item),
  }))
}

const COMMA = '、'

/** A cell as it is typed in a form; lists are told apart by a comma of their own. */
export function typed(sort: Sort, fields: Fields): Typed {
  return Object.fromEntries(
    COLUMNS[sort].map(({ name, kind }) => {
      const value = fields[name] ?? ''
      return [name, kind === 'list' ? String(value).replaceAll('|', COMMA) : String(value)]
    }),
  )
}

/** What is to be mended: the cells that differ from what stands there. What is no number goes as typed. */
export function changes(sort: Sort, before: Fields, form: Typed): Fields {
  const stood = typed(sort, before)
  const differing = COLUMNS[sort].filter(({ name }) => (form[name] ?? '').trim() !== stood[name].trim())
  return Object.fromEntries(differing.map((column) => [column.name, cell(column, form[column.name] ?? '')]))
}
function cell({ kind }: Column, given: string): Cell {
  const value = given.trim()
  if (!value) return null
  if (kind === 'list')
    return value
      .split(/[|、]/)
      .map((one) => one.trim())
      .filter(Boolean)
      .join('|')
  if (kind !== 'number' && kind !== 'year') return value
  const figure = Number(value.replaceAll(',', ''))
  return Number.isNaN(figure) ? value : figure
}

/** Columns in which a version differs from the one before. */
export function mended(before: Version | undefined, now: Version): string[] {
  if (!before) return []
  return Object.keys(now.fields).filter((name) => now.fields[name] !== before.fields[name])
}

/** An id for a plan from the name of its file: Latin letters and digits of it, else the year. */
export function planName(file: string, year: number | null): string {
  const stem = file
    .replace(/^.*\//, '')
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return stem.length > 1 ? stem : year ? `plan-${year}` : 'plan'
}
