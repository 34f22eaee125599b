/** Travel: isochrones and their bands, times between places, a line that is drawn and tried on a branch. */

import type { UnitFeature, View } from './api'

export interface Basis {
  modelled: boolean; method: string; timetable: string | null; day: string | null
  sources: string[]; left_out: { what: string; number: number }[]; findings: string[]
}
export interface Band {
  type: 'Feature'; geometry: GeoJSON.Geometry | null
  properties: { minutes: number; area_km2: number; cells: number; people: number | null }
}
/** What a map of minutes paints: a band, or a unit with the minutes to it. */
export interface Painted { geometry: GeoJSON.Geometry | null; properties: { minutes: number } }
export interface Isochrone {
  type: 'FeatureCollection'; features: Band[]; place: string; name: string; lon: number; lat: number
  people_year: number | null; estimate: boolean; basis: Basis
}
export interface TimesRow {
  from_id: string; from_name: string; to_id: string; to_name: string
  minutes: number | null; mode: string | null; modelled: boolean
}
export interface Times { rows: TimesRow[]; pairs: number; unreached: number; without_point: string[]; basis: Basis }
export interface Spot { name: string; lon: number; lat: number; minutes: number | null }
export interface Draft { name: string; stations: Spot[]; kmh: number; headway: number; from: number; to: number; bothWays: boolean }

/** Limits that one question asks for: the slider then needs no more questions. */
export const LIMITS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]
/** Near is dark. Lightness only grows, so that the bands are told apart in grey too. */
const RAMP = ['#08306b', '#0b478c', '#1560a8', '#2878b8', '#4190c6', '#5fa6d1', '#80bbd9', '#a3cedf', '#c3dfe4', '#dcebe6', '#eef4e4', '#fbfbe8']
const BEYOND = '#ffffff'
/** From here on colours are too light for white letters. */
const LIGHT = 40
export const WHAT_IF = 'what-if'
const RAIL = 2

export const colorOf = (minutes: number) => RAMP[LIMITS.findIndex((limit) => limit >= minutes)] ?? BEYOND
export const inkOn = (minutes: number) => (minutes <= LIGHT ? '#ffffff' : '#000000')

/** Bands up to a limit, the widest first, so that the nearer ones are painted over it. */
export function shown(bands: Band[], limit: number): Band[] {
  return bands.filter((band) => band.geometry && band.properties.minutes <= limit).sort((one, other) => other.properties.minutes - one.properties.minutes)
}

/** A start as the address holds it: a place, or `lon/lat`. */
export function startAsk(start: string): { place?: string; lon?: number; lat?: number } {
  const [lon, lat, more] = start.split('/').map(Number)
  return start.includes('/') && more === undefined && Number.isFinite(lon) && Number.isFinite(lat) ? { lon, lat } : { place: start }
}

/** What is wrong with a drawn line, as keys of words; nothing if it can be run. */
export function faultsOf(draft: Draft): string[] {
  const faults: string[] = []
  if (!draft.name.trim()) faults.push('noName')
  if (draft.stations.length < 2) faults.push('fewStations')
  if (!(draft.kmh >= 1 && draft.kmh <= 500)) faults.push('badSpeed')
  if (!(draft.headway > 0 && draft.headway <= 1440)) faults.push('badHeadway')
  if (draft.from > draft.to) faults.push('badHours')
  if (draft.stations.slice(1).some((spot) => spot.minutes !== null && spot.minutes < 0)) faults.push('badMinutes')
  return faults
}

/** The rows by which a line runs on a branch, by table, in the order in which they are to be written. */
export function rowsOf(draft: Draft, line: string, source: { zh: string; en: string }): [string, object[]][] {
  const hours = Array.from({ length: draft.to - draft.from + 1 }, (_, step) => draft.from + step)
  return [
    ['source', [{ source: WHAT_IF, ...source, publisher: source.zh, licence: source.en, quality: 'C', origin: source.en }]],
    ['line', [{ line, zh: draft.name, en: draft.name, mode: RAIL, both_ways: draft.bothWays, speed_kmh: draft.kmh, source: WHAT_IF }]],
    ['station', draft.stations.map((spot, index) => ({
      line, sequence: index + 1, zh: spot.name, en: spot.name, lon: spot.lon, lat: spot.lat, minutes: index ? spot.minutes : null, source: WHAT_IF,
    }))],
    ['headway', hours.map((hour) => ({ line, hour, minutes: draft.headway, source: WHAT_IF }))],
  ]
}

/** Times to each place on two branches side by side, those that change most first. */
export function beside(before: TimesRow[], after: TimesRow[]): { id: string; name: string; before: number | null; after: number | null; saved: number | null }[] {
  const was = new Map(before.map((row) => [row.to_id, row.minutes]))
  const rows = after.map((row) => {
    const old = was.get(row.to_id) ?? null
    const saved = old === null || row.minutes === null ? null : Math.round((old - row.minutes) * 10) / 10
    return { id: row.to_id, name: row.to_name, before: old, after: row.minutes, saved }
  })
  const gained = (row: { before: number | null; after: number | null; saved: number | null }) => row.saved ?? (row.before === null && row.after !== null ? Infinity : 0)
  return rows.sort((one, other) => gained(other) - gained(one))
}

/** Rows of a matrix: names of both sides in the order in which they came, and the minutes. */
export function grid(rows: TimesRow[]): { heads: { id: string; name: string }[]; body: { id: string; name: string; cells: (number | null)[] }[] } {
  const heads = new Map<string, { id: string; name: string }>()
  const body = new Map<string, { id: string; name: string; by: Map<string, number | null> }>()
  for (const row of rows) {
    heads.set(row.to_id, { id: row.to_id, name: row.to_name })
    if (!body.has(row.from_id)) body.set(row.from_id, { id: row.from_id, name: row.from_name, by: new Map() })
    body.get(row.from_id)!.by.set(row.to_id, row.minutes)
  }
  const columns = [...heads.values()]
  return { heads: columns, body: [...body.values()].map(({ id, name, by }) => ({ id, name, cells: columns.map((head) => by.get(head.id) ?? null) })) }
}

/** Units in the colour of the minutes to them; places that are no unit, or that there is no way to, are told apart. */
export function reachedUnits(features: UnitFeature[], to: { id: string; name: string }[], cells: (number | null)[]): { bands: Painted[]; undrawn: string[]; noWay: string[] } {
  const shapes = new Map(features.map((unit) => [unit.id, unit.geometry]))
  const all = to.map((place, index) => ({ ...place, minutes: cells[index], geometry: shapes.get(place.id) ?? null }))
  return {
    bands: all.filter((one) => one.geometry && one.minutes !== null).map(({ geometry, minutes }) => ({ geometry, properties: { minutes: minutes! } })),
    undrawn: all.filter((one) => !one.geometry).map((one) => one.name),
    noWay: all.filter((one) => one.minutes === null).map((one) => one.name),
  }
}

/** The unit in which a point lies, by the crossings of a ray to the east; the holes of a polygon count as out. */
export function unitAt(features: UnitFeature[], lon: number, lat: number): string | undefined {
  const crossed = (ring: GeoJSON.Position[]) => ring.filter(([x, y], index) => {
    const [px, py] = ring[(index || ring.length) - 1]
    return y > lat !== py > lat && lon < ((px - x) * (lat - y)) / (py - y) + x
  }).length
  const rings = (geometry: GeoJSON.Geometry | null) => (geometry?.type === 'Polygon' ? geometry.coordinates : geometry?.type === 'MultiPolygon' ? geometry.coordinates.flat() : [])
  return features.find((unit) => rings(unit.geometry).reduce((sum, ring) => sum + crossed(ring), 0) % 2 === 1)?.id
}

/** The same view on another branch. */
export const onBranch = (view: View, branch: string | undefined): View => ({ ...view, branch })
