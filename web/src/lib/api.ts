/** The REST API: one call a verb, in the view and language of the page's address. */

import type { Forecast, Trajectory } from './path'

export type Lang = 'zh' | 'en'

export interface View {
  lang: Lang
  at?: string
  as_of?: string
  branch?: string
}

/** An error in the API's one shape. */
export class ApiError extends Error {
  constructor(
    readonly error: string,
    message: string,
    readonly hint: string,
  ) {
    super(message)
  }
}

export interface Member { member: string; name: string; role: string }
export interface PlaceSet { place: string; name: string; members: Member[]; excluded: Member[]; note: string | null }
export interface Plan {
  plan: string; name: string; issuer: string; issued: string | null
  horizon_from: number | null; horizon_to: number | null; outlook: number | null; main: boolean
}
export interface Region {
  region: string; name: string; released: string; main_set: string; branches: string[]
  plans: Plan[]; sets: PlaceSet[]
}
export interface UnitProperties {
  unit: string; name: string; level: string; parent: string | null; parent_name: string | null; area_km2: number | null
  label_lon: number | null; label_lat: number | null; sets: string[]; role: string
}
export type UnitFeature = GeoJSON.Feature<GeoJSON.Geometry, UnitProperties> & { id: string }
export interface Units {
  type: 'FeatureCollection'; features: UnitFeature[]; bbox: [number, number, number, number] | null
  source: string | null
}
export interface Indicator {
  indicator: string; name: string; unit: string; unit_name: string; topic: string; topic_name: string
  definition: string; sample: boolean; core: boolean; years: number[]; places: number
}
export interface ClassBreak { low: number | null; high: number | null; color: string; label: string }
export interface Origin {
  valid_from: string; valid_to: string | null; recorded_at: string
  source: string; source_name: string; quality: string; estimate: boolean; method: string | null
}
export interface Value extends Origin { place: string; name: string; value: number; class: number }
export interface Values {
  indicator: string; name: string; unit: string; unit_name: string; year: number | null; years: number[]
  classes: ClassBreak[]; no_data_color: string; values: Value[]; missing: { place: string; name: string }[]
}
export interface Period extends Origin { value: number; note: string | null }
export interface Figure {
  indicator: string; name: string; topic: string; topic_name: string; unit_name: string; history: Period[]
}
export interface Source {
  source: string; name: string; publisher: string; published: string | null
  licence: string; quality: string; origin: string
}
export interface Figures { place: string; name: string; figures: Figure[]; sources: Source[] }
export interface Seen extends Origin { value: number; unit_name: string; geography: string }
export interface Assessment {
  target: string; title: string; clause: string; indicator_name: string; operator: string; value: number
  unit_name: string; year: number | null; year_from: string; stance: string | null; geography_name: string
  observed: Seen | null; distance: number | null; needed_growth: number | null; seen_growth: number | null
  status: string; status_name: string; rule: string; settled_by: string | null
  trail: { year: number; value: number }[]
  trajectory: Trajectory; forecast: Forecast
}
export interface Lineage {
  target: Assessment
  clause: { clause: string; title: string; summary: string | null; parents: { clause: string; title: string }[] }
  method: string; rows: Seen[]; note: string | null
  related: (Seen & { indicator: string; name: string; place_name: string })[]
  sources: Source[]
}
export interface Clause {
  clause: string; parent: string | null; level: number; title: string; summary: string | null
  has_text: boolean; systems: string[]; targets: string[]
}
export interface Reconciled {
  figure: string; title: string; clause: string | null; operator: string | null
  stated: number | null; computed: number | null; unit_name: string; gap: number | null; note: string
  sources: string[]; inference: boolean
  candidates: {
    excluded: { unit: string; name: string }[]
    rests: { figure: string; whole: number; rest: number; unit_name: string }[]
    misfit: number | null
  }[]
}
export interface ReportFile { name: string; media_type: string; size: number; content: string }
export interface VerbInfo {
  part: string; verb: string; path: string
  title: Record<Lang, string>; summary: Record<Lang, string>
  ask: Schema; answer: Schema
}
export interface Schema {
  type?: string; title?: string; description?: string; default?: unknown; enum?: unknown[]
  properties?: Record<string, Schema>; required?: string[]; anyOf?: Schema[]; items?: Schema
  minimum?: number; maximum?: number; $ref?: string; $defs?: Record<string, Schema>
  'x-zh'?: { title?: string; description?: string }
}

/** Ask a verb, as in `ask<Region>(view, 'base/region')`. */
export function ask<T>(view: View, path: string, body: object = {}): Promise<T> {
  return call<T>('POST', path, view, body)
}

/** Ask a verb as a page does by itself: nobody sits before it for that, and no session is kept alive by it. */
export function peek<T>(view: View, path: string, body: object = {}): Promise<T> {
  return call<T>('POST', path, view, body, { 'hutuo-watching': '1' })
}

/** Go and sign in, and come back to where one is. */
export function toSignIn(): void {
  const { pathname, search } = location
  const lang = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en'
  location.assign(`/sign-in?${new URLSearchParams({ lang, ...(pathname + search !== '/' && { back: pathname + search }) })}`)
}

/** Call a route of the API; parts of the query that are not set stay out. */
export async function call<T>(method: string, path: string, query: object, body?: object, headers: Record<string, string> = {}): Promise<T> {
  const given = Object.entries(query).filter(([, value]) => value)
  const request: RequestInit = { method, headers }
  if (body) Object.assign(request, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  return read<T>(await fetch(`/api/${path}?${new URLSearchParams(given as [string, string][])}`, request))
}

/** Every verb with its schemas. */
export async function listVerbs(): Promise<VerbInfo[]> {
  return read<VerbInfo[]>(await fetch('/api/verbs'))
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 401) {
    toSignIn()
    // The page is left: nothing comes after.
    return new Promise<T>(() => undefined)
  }
  const answer = await response.json()
  if (!response.ok) throw new ApiError(answer.error, answer.message, answer.hint)
  return answer as T
}
