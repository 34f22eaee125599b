/** Data that comes in: what a file was understood as, and what became of its rows. */

import type { Cell } from './export'
import type { FileColumn, Mapping } from './mapping'

export interface Finding {
  file?: string
  row: number | null
  column: string | null
  says: string
  whose?: string | null
}
export interface Quarantined {
  row: number
  column: string | null
  reason: string
}
export interface InspectedColumn {
  column: string
  samples: string[]
  reason: string
  sure: number
  indicator: string | null
  unit: string | null
}
export interface Unmatched {
  reason: string
  count: number
  row: number
  column: string
}
export interface Inspected {
  mapping: Mapping
  sheets: string[]
  columns: InspectedColumn[]
  ready: number
  quarantined_count: number
  unmatched: Unmatched[]
  preview: Record<string, unknown>[]
  /** What is still open, each beginning with the part of the mapping it is about. */
  findings: string[]
}
export interface Ingested {
  batch: string | null
  table: string
  /** Rows that would be written: of a check only. */
  ready: number
  stored: number
  duplicate: number
  quarantined: Quarantined[]
  quarantined_count: number
  empty: number
  findings: Finding[]
}
export interface Batch {
  batch: string
  verb: string
  origin: string | null
  branch: string
  recorded_at: string
  rows: number
  tables: Record<string, number>
  quarantined: number
}

/** The columns as the grid takes them. */
export function fileColumns(columns: InspectedColumn[]): FileColumn[] {
  return columns.map(({ column, samples, reason, sure, indicator, unit }) => ({
    column,
    examples: samples,
    why: reason,
    sure,
    maybe: { indicator: indicator ?? '', unit: unit ?? '' },
  }))
}

const OPEN = ['source', 'figures', 'place', 'period', 'indicator'] as const

/** What a remark of the inspection leaves open, by the part of the mapping; undefined for a remark of another kind. */
export function openPart(finding: string): (typeof OPEN)[number] | undefined {
  return OPEN.find((part) => finding.startsWith(`${part}:`))
}

/** What was set aside, for a file that goes back to whoever made the data. */
export function quarantineRows(rows: Quarantined[]): Cell[][] {
  return rows.map(({ row, column, reason }) => [row, column, reason])
}

export interface Preview {
  table: string
  heads: string[]
  rows: unknown[][]
}
const UNTOLD = new Set(['table', 'geometry'])

/** First rows table by table, without columns that are empty in all of them. */
export function previews(rows: Record<string, unknown>[]): Preview[] {
  return [...new Set(rows.map((row) => String(row.table)))].map((table) => {
    const some = rows.filter((row) => row.table === table)
    const filled = (head: string) => some.some((row) => row[head] !== null && row[head] !== undefined)
    const heads = [...new Set(some.flatMap((row) => Object.keys(row)))].filter(
      (head) => !UNTOLD.has(head) && filled(head),
    )
    return { table, heads, rows: some.map((row) => heads.map((head) => row[head])) }
  })
}

/** Batches, the latest first, of which an undo that stands took the rows back. */
export function takenBack(batches: Batch[]): Set<string> {
  const gone = new Set<string>()
  for (const { verb, batch, origin } of batches) {
    if (verb === 'undo' && origin && !gone.has(batch)) gone.add(origin)
  }
  return gone
}

/** A name for a branch from that of a file: letters and digits of it, and the day. */
export function branchName(file: string, day: Date): string {
  const stem = file
    .replace(/^.*\//, '')
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return `${stem.slice(0, 24).replace(/-+$/, '') || 'data'}-${day.toISOString().slice(0, 10)}`
}
