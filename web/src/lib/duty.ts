/** Incidents, sensors and boards as the service tells them; lines of the log as they come. */

export interface IncidentRow {
  incident: number; name: string; colour: string; colour_name: string; place: string; place_name: string; drill: boolean
  state: string; state_name: string; rule: string | null; protocol: string; begun_at: string; raised_at: string; recorded_at: string
  safe_at: string | null; closed_at: string | null; outcome: string | null; value: number | null; unit: string | null
  notified: number; acknowledged: number; overdue: number; tasks: number; tasks_open: number
}
export interface Notice {
  body: string; body_name: string; says: string; told_at: string; due_at: string; acknowledged_at: string | null
  took_minutes: number | null; in_time: boolean | null; escalated_from: string | null; by: string | null; note: string | null
  mailed_at: string | null; mail_refused: string | null
}
export interface ToDo {
  task: number; body: string; body_name: string; says: string; due_at: string; state: string; state_name: string; late: boolean; by: string | null; note: string | null
}
export interface LogLine { number: number; incident: number; at: string; what: string; what_name: string; body_name: string | null; says: string; by: string | null }
export interface Incident extends IncidentRow {
  notices: Notice[]; to_do: ToDo[]; log: LogLine[]; note: string | null
  downstream: { place: string; place_name: string; minutes: number | null; expected_at: string | null }[]
}
export interface Around {
  place: string; rows: { id: string; name: string; dual_use: boolean; use: string; minutes: number; ready_minutes: number; capacity: number | null; capacity_unit: string | null }[]
  missing: string[]
}
export interface Course {
  indicator: string; name: string; unit: string; unit_name: string; latest: number; last: string; readings: number; gaps: number; lacking: number; out_of_order: number
  step_minutes: number | null; latency_minutes: number; silent: boolean; figures: number[]
}
export interface Sensor {
  place: string; name: string; lon: number | null; lat: number | null; owner: string | null; owner_name: string | null; senses: string | null
  covers_m: number | null; every_minutes: number | null; silent: boolean; courses: Course[]
}
export interface Sensors {
  until: string | null; rows: Sensor[]
  cover: { senses: string | null; terminals: number; silent: number; without_owner: number; covered_km2: number }[]
}
export interface Tile {
  verb: string; ask: Record<string, unknown>; title: string | null; shown: 'figure' | 'table' | 'line' | 'bars'; field: string | null
  columns: string[]; width: number; every_seconds: number
}
export interface RuleRow {
  rule: string; name: string; kind: string; kind_name: string; indicator: string; indicator_name: string; place: string | null; place_name: string | null; colour: string
  sense: string; raise_at: number; clear_at: number; hold_minutes: number; window_minutes: number | null; area: string | null; each_at: number | null; unit_name: string; protocol: string | null; valid_from: string | null
}
export interface Rules { rows: RuleRow[]; stored: number; batch: string | null }
export const RULE_KINDS = ['threshold', 'rate', 'absence', 'area', 'upstream'] as const
/** What each kind of rule is told by, beside what all are. */
export const RULE_FIELDS: Record<string, string[]> = {
  threshold: ['place', 'sense', 'clear_at', 'hold_minutes'], rate: ['place', 'sense', 'clear_at', 'hold_minutes', 'window_minutes'], absence: ['place'],
  area: ['area', 'sense', 'each_at', 'clear_at', 'hold_minutes', 'window_minutes'], upstream: ['place', 'sense', 'clear_at', 'hold_minutes'],
}
const OF_SOME = ['place', 'sense', 'clear_at', 'hold_minutes', 'window_minutes', 'area', 'each_at']
const COUNTED = ['raise_at', 'clear_at', 'hold_minutes', 'window_minutes', 'each_at']

/** A form as it is asked: fields that the kind does not use and empty ones are left out, figures are numbers. */
export function ruleAsk(form: Record<string, string | number>): Record<string, unknown> {
  const used = RULE_FIELDS[form.kind] ?? []
  const told = Object.entries(form).filter(([name, value]) => value !== '' && (!OF_SOME.includes(name) || used.includes(name)))
  return { action: 'save', ...Object.fromEntries(told.map(([name, value]) => [name, COUNTED.includes(name) ? Number(value) : value])) }
}
export interface BoardRow { board: string; title: string; version: number; tile_count: number; account: string; by: string | null; recorded_at: string }
export interface Board extends BoardRow { tiles: Tile[]; newest: number }

/** Hear lines of the log as they are written; gives back how to stop. */
export function listen(lang: string, heard: (line: LogLine) => void, live: (on: boolean) => void): () => void {
  const source = new EventSource(`/api/duty/events?lang=${lang}`)
  source.onopen = () => live(true)
  source.onerror = () => live(false)
  source.onmessage = (event) => heard(JSON.parse(event.data) as LogLine)
  return () => source.close()
}

/** An instant as clocks on the wall show it: the offset is that of the region, whatever this machine's is. */
export function clock(instant: string | null): string {
  return instant ? instant.slice(0, 16).replace('T', ' ') : '–'
}

/** Points of a small chart, from left to right over its whole width; one figure stands in the middle of the height. */
export function spark(figures: number[], width: number, height: number): string {
  const [low, high] = [Math.min(...figures), Math.max(...figures)]
  const step = figures.length > 1 ? width / (figures.length - 1) : 0
  return figures.map((figure, at) => `${round(at * step)},${round(high > low ? height - ((figure - low) / (high - low)) * height : height / 2)}`).join(' ')
}
const round = (value: number) => Math.round(value * 10) / 10

/** The part of an answer that names between dots lead to; undefined where they lead nowhere. */
export function fieldOf(answer: unknown, path: string | null): unknown {
  if (!path) return answer
  return path.split('.').reduce<unknown>((at, name) => (at !== null && typeof at === 'object' ? (at as Record<string, unknown>)[name] : undefined), answer)
}

/** Sources that an answer names, wherever they stand in it. */
export function sourcesOf(answer: unknown): string[] {
  const found = new Set<string>()
  const walk = (at: unknown, key: string) => {
    if (Array.isArray(at)) at.forEach((one) => walk(one, key))
    else if (at !== null && typeof at === 'object') {
      const row = at as Record<string, unknown>
      for (const [name, value] of Object.entries(row)) {
        // The name says more than the id beside it.
        if (name === 'source' && typeof row.source_name === 'string') continue
        walk(value, name)
      }
    } else if (typeof at === 'string' && ['source', 'source_name', 'sources'].includes(key)) found.add(at)
  }
  walk(answer, '')
  return [...found].sort()
}

/** Rows of an answer for a table or a chart: a list of objects, or what an object holds as rows, values or features. */
export function rowsOf(answer: unknown): Record<string, unknown>[] {
  const found = answer !== null && typeof answer === 'object' && !Array.isArray(answer)
    ? ['rows', 'values', 'figures', 'features'].map((name) => (answer as Record<string, unknown>)[name]).find(Array.isArray)
    : answer
  if (!Array.isArray(found)) return []
  return found.filter((row) => row !== null && typeof row === 'object').map((row) => (row.properties && row.type === 'Feature' ? row.properties : row))
}

/** Label and figure of each row: the columns that are named, else the first text and the first number. */
export function pairsOf(rows: Record<string, unknown>[], columns: string[]): { label: string; value: number }[] {
  const [first] = rows
  if (!first) return []
  const numeric = Object.keys(first).find((name) => typeof first[name] === 'number')
  const label = columns[0] ?? Object.keys(first).find((name) => /name$/.test(name) && typeof first[name] === 'string') ?? Object.keys(first).find((name) => typeof first[name] === 'string')
  const value = columns[1] ?? numeric
  if (!label || !value) return []
  return rows.flatMap((row) => (typeof row[value] === 'number' ? [{ label: String(row[label] ?? ''), value: row[value] as number }] : []))
}

/** The tile as it is typed into a terminal. */
export function commandOf(tile: Pick<Tile, 'verb' | 'ask'>): string {
  const options = Object.entries(tile.ask).map(([name, value]) => {
    const option = name.replaceAll('_', '-')
    if (typeof value === 'boolean') return value ? `--${option}` : `--no-${option}`
    const text = Array.isArray(value) && value.every((one) => typeof one !== 'object') ? value.join(',') : typeof value === 'object' ? JSON.stringify(value) : String(value)
    return `--${option} ${/^[\w.,:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`}`
  })
  return ['hutuo', ...tile.verb.split('/'), ...options].join(' ')
}
