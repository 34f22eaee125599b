/** The path of a target: what was observed, what is due each year, what the figures forecast. */

export interface PathPoint {
  year: number
  value: number
}
export interface ForecastPoint extends PathPoint {
  low: number
  high: number
}
export interface Trajectory {
  kind: string | null
  kind_name: string | null
  base_figure: PathPoint | null
  growth: number | null
  due_value: number | null
  ahead_by: number | null
  on_path: boolean | null
  points: PathPoint[]
  reason: string | null
}
export interface Forecast {
  method: string | null
  confidence: number | null
  points: ForecastPoint[]
  verdict: string | null
  says: string | null
  reason: string | null
}
export interface PathRow {
  year: number
  seen?: number
  due?: number
  ahead?: ForecastPoint
}

/** All of it year by year. */
export function pathRows(seen: PathPoint[], due: PathPoint[], ahead: ForecastPoint[]): PathRow[] {
  const rows = new Map<number, PathRow>()
  const row = (year: number) => rows.get(year) ?? rows.set(year, { year }).get(year)!
  for (const one of seen) row(one.year).seen = one.value
  for (const one of due) row(one.year).due = one.value
  for (const one of ahead) row(one.year).ahead = one
  return [...rows.values()].sort((a, b) => a.year - b.year)
}

/** Lowest and highest value that is drawn, the target's among them, with a little room. */
export function pathRange(rows: PathRow[], target: number): [number, number] {
  const values = rows.flatMap(({ seen, due, ahead }) =>
    [seen, due, ahead?.low, ahead?.high].filter((one) => one !== undefined),
  )
  const [low, high] = [Math.min(target, ...values), Math.max(target, ...values)]
  const room = Math.max((high - low) * 0.08, Math.abs(high) * 1e-3, 1e-9)
  return [low - room, high + room]
}
