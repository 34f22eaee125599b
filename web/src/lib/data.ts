/** Data that comes in: what a file was understood as, and what became of its rows. */

import type { Cell } from './export'
import type { FileColumn, Mapping } from './mapping'

export interface Finding {
  file?: string
  row: number | null
  column: string | null
  says: string
}
export interface Quarantined {
  row: number
  column: string | null
  reason: string
  text?: string
}
export interface Inspected {
  mapping: Mapping
  columns: FileColumn[]
  findings?: Finding[]
}
export interface Ingested {
  batch: string | null
  table: string
  stored: number | Record<string, number>
  duplicate: number | Record<string, number>
  quarantined: Quarantined[]
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

/** Rows in all tables together. */
export function total(counts: number | Record<string, number>): number {
  return typeof counts === 'number' ? counts : Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** What was set aside, for a file that goes back to whoever made the data. */
export function quarantineRows(rows: Quarantined[]): Cell[][] {
  return rows.map(({ row, column, text, reason }) => [row, column, text, reason])
}

/** A name for a branch from that of a file: letters and digits of it, and the day. */
export function branchName(file: string, day: Date): string {
  const stem = file
    .replace(/^.*\//, '')
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return `${stem.slice(0, 24).replace(/-+$/, '') || 'data'}-${day.toISOString().slice(0, 10)}`
}
