/** Policies of cities: topics by places on a day, what is missing and what is recognised. */

export interface Policy {
  policy: string
  title: string
  rule: string | null
  value: number | null
  unit: string | null
  valid_from: string | null
  valid_to: string | null
  days_left: number | null
  recognises: string[]
  source: string | null
  note: string | null
}
export interface PolicyCell {
  topic: string
  place: string
  place_name: string
  state: 'in_force' | 'expiring' | 'gap'
  state_name: string
  says: string | null
  last_to: string | null
  policies: Policy[]
}
export interface Topic {
  topic: string
  have: number
  lacking: string[]
  same: boolean | null
  rules: string[]
  lowest: number | null
  highest: number | null
  unit_name: string | null
}
export interface Recognised {
  place: string
  place_name: string
  other: string
  other_name: string
  topics: number
  recognised: number
  share: number | null
}
export interface Matrix {
  day: string
  gaps: number
  expiring: number
  rows: PolicyCell[]
  compared: Topic[]
  pairs: Recognised[]
}

/** Places of the matrix in its order, with their names. */
export function placesOf(matrix: Matrix): { place: string; name: string }[] {
  return [...new Map(matrix.rows.map((row) => [row.place, row.place_name]))].map(([place, name]) => ({ place, name }))
}
/** Cells by topic and place. */
export function cellsOf(matrix: Matrix): Map<string, PolicyCell> {
  return new Map(matrix.rows.map((row) => [`${row.topic}\n${row.place}`, row]))
}
/** Topics that have a gap or an end in sight somewhere. */
export function wanting(matrix: Matrix): Set<string> {
  return new Set(matrix.rows.filter((row) => row.state !== 'in_force').map((row) => row.topic))
}
