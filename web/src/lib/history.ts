/** A figure in both times: what each period's value was said to be, and from when on. */

import type { Origin } from './api'

export interface Version extends Origin {
  value: number | null
  unit_name?: string
  batch?: string | null
  branch?: string | null
  retracted?: boolean
  note?: string | null
}

/** A version with what became of it. */
export interface Told extends Version {
  until: string | null
  state: 'known' | 'superseded' | 'later' | 'retracted'
}

/** Times at which something was recorded, the oldest first. */
export function recordedTimes(rows: Version[]): string[] {
  return [...new Set(rows.map((row) => row.recorded_at))].sort((a, b) => Date.parse(a) - Date.parse(b))
}

/** Each version as it stood at a recorded time: known then, superseded by then, or not recorded yet. */
export function toldAt(rows: Version[], when: string): Told[] {
  const time = Date.parse(when)
  const sorted = [...rows].sort(
    (a, b) =>
      Date.parse(a.valid_from) - Date.parse(b.valid_from) ||
      Date.parse(a.recorded_at) - Date.parse(b.recorded_at),
  )
  return sorted.map((row, index) => {
    const next = sorted
      .slice(index + 1)
      .find((other) => period(other) === period(row) && other.recorded_at !== row.recorded_at)
    const until = next?.recorded_at ?? null
    return { ...row, until, state: state(row, until, time) }
  })
}

function period(row: Version): string {
  return `${row.valid_from}/${row.valid_to}`
}

function state(row: Version, until: string | null, time: number): Told['state'] {
  if (Date.parse(row.recorded_at) > time) return 'later'
  if (until !== null && Date.parse(until) <= time) return 'superseded'
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
