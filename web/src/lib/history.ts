/** A figure in both times: what each period's value was said to be, and from when on. */

import type { Origin } from './api'

export interface Version extends Origin {
  value: number | null
  unit: string
  unit_name: string
  /** When the next version was recorded; on a branch its own version stands over main's at once. */
  superseded_at: string | null
  retracted: boolean
  batch: string
  verb: string | null
  origin: string | null
  branch: string
  note: string | null
}

/** A version as it stands at some time of knowledge. */
export interface Told extends Version {
  state: 'known' | 'superseded' | 'later' | 'retracted'
}

/** Times at which something was recorded, the oldest first. */
export function recordedTimes(rows: Version[]): string[] {
  return [...new Set(rows.map((row) => row.recorded_at))].sort((a, b) => Date.parse(a) - Date.parse(b))
}

/** Each version as it stood at a recorded time: known then, superseded by then, or not recorded yet. */
export function toldAt(rows: Version[], when: string): Told[] {
  const time = Date.parse(when)
  return rows.map((row) => ({ ...row, state: state(row, time) }))
}

function state(row: Version, time: number): Told['state'] {
  if (Date.parse(row.recorded_at) > time) return 'later'
  if (row.superseded_at !== null && Date.parse(row.superseded_at) <= time) return 'superseded'
  return row.retracted ? 'retracted' : 'known'
}

/** Middle of a period, in milliseconds; its beginning where it has no end. */
export function middle(row: Version): number {
  const from = Date.parse(row.valid_from)
  return row.valid_to ? (from + Date.parse(row.valid_to)) / 2 : from
}

/** Round steps that cover a range, at most `most` of them. */
export function ticks(low: number, high: number, most = 5): number[] {
  if (low === high) return [low]
  const rough = (high - low) / (most - 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10)
  const first = Math.ceil(low / step)
  const last = Math.floor(high / step)
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}
