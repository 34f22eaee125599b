/** Siting: what is asked, the plan that comes back, catchments on the map, and two plans side by side. */

import type { UnitFeature } from './api'

export const MODELS = ['p_median', 'p_center', 'set_cover', 'max_cover', 'survival', 'ruled', 'capacitated', 'phased', 'levelled'] as const
export type Model = (typeof MODELS)[number]
/** Models that are told how many sites to open. */
export const NUMBERED: Model[] = ['p_median', 'p_center', 'max_cover', 'survival']
/** Models that can begin with the sites of an earlier plan. */
export const BEGINNING: Model[] = [...NUMBERED, 'set_cover', 'capacitated']
/** What a plan under rules can be best at, first of all. */
export const GOALS = ['cost', 'farthest', 'spread', 'spent', 'sites', 'lost'] as const
export type Goal = '' | (typeof GOALS)[number]
export const PROTECTION = ['first', 'second', 'quasi'] as const
export type Protection = (typeof PROTECTION)[number]
export const KINDS = ['fire_station', 'hospital', 'school', 'nursing_home', 'waste_transfer_station'] as const

export interface Site {
  place: string; name: string; lon: number; lat: number; city: string | null; stands: boolean; load: number; layer?: string | null
  capacity: number | null; use: number | null; places: number; mean_minutes: number | null; farthest_minutes: number | null
}
export interface Served {
  place: string; name: string; lon: number; lat: number; people: number | null; site: string | null; site_name: string | null
  minutes: number | null; share: number; within: boolean; layer?: string | null
}
/** A period or a level of a plan. */
export interface Layer {
  layer: string; layer_demand: number; sites: number; opens: string[]; closes: string[]; outlay_fen: number | null
  mean_minutes: number | null; farthest_minutes: number | null; within_share: number | null
}
export interface Other { objective: number; sites: string[]; opens: string[]; closes: string[] }
export interface City { place: string; name: string; people: number; within_share: number | null; mean_minutes: number | null; farthest_minutes: number | null; sites: number }
export interface Located {
  model: Model; model_name: string; status: string; status_name: string; objective: number | null; value_of: string
  bound: number | null; gap: number | null; conflict: string[][]; mean_minutes: number | null; median_minutes: number | null; p90_minutes: number | null
  farthest_minutes: number | null; least_share: number | null; rows: Site[]; served: Served[]; cities: City[]; left_out: Served[]
  bands: { minutes: number; people: number; share: number | null }[]; without_point: string[]; without_figure: string[]
  limit_minutes: number; year: number | null; unit_name: string; estimate: boolean; assumptions: string[]; sources: string[]
  layers: Layer[]; closes: string[]; other_plans: Other[]
  /** Of one period or level, which has no cities of its own. */
  within?: number | null
}
export interface FrontRow {
  number: number; cap: number | null; status: string; objective: number | null; bound: number | null; gap: number | null
  mean_minutes: number | null; farthest_minutes: number | null; within_share: number | null; least_share: number | null
  efficient: boolean; sites: string[]
}
export interface Front { rows: FrontRow[]; against: string; estimate: boolean; limit_minutes: number }
export interface Period { year: number; times: number }
export interface Tier { name: string; kind: string; number: number; minutes: number | null; perPerson: number; capacity: number | null }
/** What a person has chosen; money in yuan, shares in per cent, as people write them. */
export interface Wish {
  avoid: string; protection: Protection[]; points: string[]; mostMinutes: number | null; gini: number | null; beyond: number | null
  closing: number | null; goal: Goal; more: number; periods: Period[]; running: number; tiers: Tier[]; nested: boolean; oneTier: boolean
  kind: string; model: Model; number: number; minutes: number; seconds: number; roads: boolean
  keep: string[]; forbid: string[]; capacity: number | null; opening: number; perMinute: number; single: boolean; floor: number; budget: number | null
}

const FEN = 100
/** Light enough for black names on them; neighbours in the list differ in hue. */
const TINTS = ['#a6cee3', '#fdbf6f', '#b2df8a', '#cab2d6', '#fb9a99', '#ffff99', '#8dd3c7', '#d9d9d9', '#bebada', '#fccde5', '#ccebc5', '#e5c494']
export const NOBODY = '#ffffff'

export const tint = (at: number) => (at < 0 ? NOBODY : TINTS[at % TINTS.length])

/** A wish before anybody has chosen anything. */
export const plain = (): Wish => ({
  kind: 'fire_station', model: 'p_median', number: 3, minutes: 60, seconds: 30, roads: true, keep: [], forbid: [], capacity: null, opening: 10_000_000,
  perMinute: 0.5, single: false, floor: 50, budget: null, avoid: '', protection: [], points: [], mostMinutes: null, gini: null, beyond: null, closing: null,
  goal: '', more: 0, periods: [{ year: 2025, times: 1 }, { year: 2035, times: 1.1 }], running: 1_000_000,
  tiers: [{ name: '1', kind: '', number: 4, minutes: null, perPerson: 1, capacity: null }, { name: '2', kind: '', number: 2, minutes: null, perPerson: 0.1, capacity: null }],
  nested: true, oneTier: false,
})

const fen = (yuan: number) => Math.round(yuan * FEN)
/** Whether a field of a number was filled in; an emptied one holds an empty text. */
const given = (value: number | null): value is number => typeof value === 'number'
export const placesOf = (text: string): string[] => text.split(/[\s,，、;；]+/).filter(Boolean)

/** The ask of a wish; fields that the model would not look at stay out. */
export function askOf(wish: Wish, times?: string): Record<string, unknown> {
  const ask: Record<string, unknown> = { model: wish.model, minutes: wish.minutes, seconds: wish.seconds, keep: wish.keep, forbid: wish.forbid }
  if (wish.kind.trim()) ask.kind = wish.kind.trim()
  if (times) ask.times = times
  if (NUMBERED.includes(wish.model)) ask.number = wish.number
  if (placesOf(wish.avoid).length) ask.avoid = placesOf(wish.avoid)
  if (wish.protection.length) ask.avoid_protection = wish.protection
  if (wish.model === 'ruled') Object.assign(ask, ruled(wish))
  if (wish.model === 'capacitated' || wish.model === 'phased') {
    Object.assign(ask, { opening_fen: fen(wish.opening), fen_per_minute: wish.perMinute * FEN, single: wish.single })
    if (wish.capacity) ask.new_capacity = wish.capacity
  }
  if (wish.model === 'phased') {
    Object.assign(ask, { periods: wish.periods.map(({ year, times }) => `${year}:${times}`), running_fen: fen(wish.running || 0) })
    if (given(wish.closing)) ask.closing_fen = fen(wish.closing)
    if (wish.budget) ask.budget_fen = fen(wish.budget)
  }
  if (wish.model === 'levelled') Object.assign(ask, { tiers: wish.tiers.map(tierOf), nested: wish.nested, one_tier: wish.oneTier, single: wish.single })
  return ask
}

/** What plans under rules are asked with. */
function ruled(wish: Wish): Record<string, unknown> {
  const ask: Record<string, unknown> = {}
  if (wish.budget) Object.assign(ask, { opening_fen: fen(wish.opening), budget_fen: fen(wish.budget) })
  else ask.number = wish.number
  if (wish.floor) ask.floor = wish.floor / 100
  if (given(wish.mostMinutes)) ask.most_minutes = wish.mostMinutes
  if (given(wish.gini)) ask.gini = wish.gini
  if (given(wish.beyond)) ask.beyond_share = wish.beyond / 100
  if (given(wish.closing)) ask.closing_fen = fen(wish.closing)
  if (wish.capacity) Object.assign(ask, { new_capacity: wish.capacity, single: wish.single })
  if (wish.goal) ask.goals = wish.goal === 'cost' ? ['cost'] : [wish.goal, 'cost']
  if (wish.more) ask.more_plans = wish.more
  return ask
}

function tierOf(tier: Tier): Record<string, unknown> {
  const found: Record<string, unknown> = { tier_name: tier.name.trim(), number: tier.number, per_person: tier.perPerson }
  if (tier.kind.trim()) found.kind = tier.kind.trim()
  if (given(tier.minutes)) found.minutes = tier.minutes
  if (given(tier.capacity)) found.new_capacity = tier.capacity
  return found
}

/** What is wrong with a wish, as keys of words; nothing if it can be run. */
export function faultsOf(wish: Wish): string[] {
  const faults: string[] = []
  if (/[\s/:|]/.test(wish.kind.trim())) faults.push('badKind')
  if ((NUMBERED.includes(wish.model) || (wish.model === 'ruled' && !wish.budget)) && !(Number.isInteger(wish.number) && wish.number >= 0)) faults.push('badNumber')
  if (!(wish.minutes > 0 && wish.minutes <= 1440)) faults.push('badMinutes')
  if (!(wish.seconds > 0 && wish.seconds <= 3600)) faults.push('badSeconds')
  if ((wish.model === 'capacitated' || wish.model === 'phased') && !(wish.opening >= 0 && wish.perMinute > 0)) faults.push('badMoney')
  if (wish.model === 'ruled' && !(wish.floor >= 0 && wish.floor <= 100)) faults.push('badFloor')
  if (wish.model === 'ruled' && wish.budget && !(wish.opening > 0)) faults.push('badMoney')
  if (wish.model === 'ruled' && [[wish.gini, 1], [wish.beyond, 100]].some(([value, most]) => given(value) && !(value >= 0 && value <= most!))) faults.push('badLimit')
  const years = wish.periods.map((period) => period.year)
  const fine = wish.periods.every(({ year, times }) => Number.isInteger(year) && year >= 1900 && year <= 2200 && times > 0)
  if (wish.model === 'phased' && !(years.length && fine && new Set(years).size === years.length)) faults.push('badPeriods')
  const names = wish.tiers.map((tier) => tier.name.trim())
  const levels = wish.tiers.every((tier) => tier.name.trim() && Number.isInteger(tier.number) && tier.number >= 0 && tier.perPerson > 0)
  if (wish.model === 'levelled' && !(names.length && levels && new Set(names).size === names.length)) faults.push('badTiers')
  return faults
}

/** The plan of one period or level; cities are those of the last one, so that the others have none. */
export function ofLayer(found: Located, layer: string | undefined): Located {
  if (!found.layers.length) return found
  const here = <Row extends { layer?: string | null }>(rows: Row[]) => rows.filter((row) => row.layer === layer)
  const row = found.layers.find((one) => one.layer === layer)
  if (!row) return found
  return {
    ...found, rows: here(found.rows), served: here(found.served), left_out: here(found.left_out), mean_minutes: row.mean_minutes,
    farthest_minutes: row.farthest_minutes, closes: row.closes, within: row.within_share, ...(row !== found.layers.at(-1) && { cities: [], bands: [], least_share: null }),
  }
}

/** A click on a place: a candidate becomes one to keep, then a forbidden one, then a candidate again. */
export function turned(wish: Pick<Wish, 'keep' | 'forbid'>, place: string): Pick<Wish, 'keep' | 'forbid'> {
  const without = (list: string[]) => list.filter((one) => one !== place)
  if (wish.keep.includes(place)) return { keep: without(wish.keep), forbid: [...wish.forbid, place] }
  if (wish.forbid.includes(place)) return { keep: wish.keep, forbid: without(wish.forbid) }
  return { keep: [...wish.keep, place], forbid: wish.forbid }
}

/** Units in the colour of the site that serves most of them; those beyond the limit are marked. */
export function catchments(plan: Located, units: UnitFeature[]): GeoJSON.Feature[] {
  const at = new Map(plan.rows.map((site, index) => [site.place, index]))
  const most = new Map<string, Served>()
  for (const row of plan.served) {
    const known = most.get(row.place)
    if (!known || row.share > known.share) most.set(row.place, row)
  }
  return units.flatMap((unit) => {
    const row = most.get(unit.id)
    if (!row) return []
    return [{ type: 'Feature' as const, geometry: unit.geometry, properties: { color: tint(row.site === null ? -1 : (at.get(row.site) ?? -1)), beyond: !row.within } }]
  })
}

/** Lines from places to the sites that serve them, thin where only a part of them goes there. */
export function ways(plan: Located): GeoJSON.Feature[] {
  const sites = new Map(plan.rows.map((site) => [site.place, site]))
  return plan.served.flatMap((row) => {
    const site = row.site === null ? undefined : sites.get(row.site)
    if (!site || (site.lon === row.lon && site.lat === row.lat)) return []
    const coordinates = [[row.lon, row.lat], [site.lon, site.lat]]
    return [{ type: 'Feature' as const, geometry: { type: 'LineString' as const, coordinates }, properties: { share: row.share, within: row.within } }]
  })
}

/** Length of a load bar: of the capacity where there is one, else of the greatest load. */
export function barOf(site: Site, sites: Site[]): number {
  if (site.use !== null) return Math.min(1, site.use)
  const most = Math.max(...sites.map((one) => one.load))
  return most > 0 ? site.load / most : 0
}

export const withinShare = (plan: Located): number | null => {
  if (plan.within !== undefined) return plan.within
  const people = plan.cities.reduce((sum, city) => sum + city.people, 0)
  return people ? plan.cities.reduce((sum, city) => sum + city.people * (city.within_share ?? 0), 0) / people : null
}

/** Two plans side by side: sites that only one has, and places that change theirs, most people first. */
export function apart(before: Located, after: Located): { gone: Site[]; come: Site[]; moved: { place: string; name: string; people: number | null; from: string | null; to: string | null; before: number | null; after: number | null }[] } {
  const has = (plan: Located, place: string) => plan.rows.some((site) => site.place === place)
  const first = new Map(before.served.map((row) => [row.place, row]))
  const moved = after.served.flatMap((row) => {
    const was = first.get(row.place)
    if (!was || (was.site === row.site && was.minutes === row.minutes)) return []
    return [{ place: row.place, name: row.name, people: row.people, from: was.site_name, to: row.site_name, before: was.minutes, after: row.minutes }]
  })
  return {
    gone: before.rows.filter((site) => !has(after, site.place)),
    come: after.rows.filter((site) => !has(before, site.place)),
    moved: moved.sort((one, other) => (other.people ?? 0) - (one.people ?? 0)),
  }
}

/** A plan as GeoJSON: sites as points, the ways to them as lines. */
export function geojson(plan: Located): GeoJSON.FeatureCollection {
  const sites = plan.rows.map((site) => {
    const { lon, lat, ...properties } = site
    return { type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [lon, lat] }, properties: { what: 'site', ...properties } }
  })
  const at = new Map(plan.rows.map((site) => [site.place, site]))
  const lines = plan.served.flatMap((row) => {
    const site = row.site === null ? undefined : at.get(row.site)
    if (!site) return []
    const { lon, lat, ...properties } = row
    return [{ type: 'Feature' as const, geometry: { type: 'LineString' as const, coordinates: [[lon, lat], [site.lon, site.lat]] }, properties: { what: 'served', ...properties } }]
  })
  return { type: 'FeatureCollection', features: [...sites, ...lines] }
}

/** Where the new sites of a plan stand, as `siting apply` is told. */
export const opened = (plan: Located): string[] => plan.rows.filter((site) => !site.stands).map((site) => site.place)
