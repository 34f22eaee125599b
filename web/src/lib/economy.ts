/** Economy: what the pages of structure, chains, parks and splits are told, and how it is laid out. */

import type { Class } from './whatif'

export interface Named { place: string; name: string }
export interface IndustryRow extends Named { industry: string; industry_name: string; value: number; share: number; quotient: number; low: number | null; high: number | null; strong: boolean }
export interface UnitRow extends Named {
  krugman: number; krugman_low: number | null; krugman_high: number | null; diversity: number; complexity: number | null; complexity_low: number | null; complexity_high: number | null; drawn_as: string; nearest: string; nearest_name: string; likeness: number; likeness_low: number | null; likeness_high: number | null
}
export interface PairRow extends Named { other: string; other_name: string; likeness: number; industries: string[]; industry_names: string[] }
export interface Industries {
  year: number; unit_name: string; sample: boolean; definition: string; rows: IndustryRow[]; units: UnitRow[]; pairs: PairRow[]; left_out: string[]; untold: string[]; doubts: string[]; sources: { source: string; name: string }[]
  by_industry: { industry: string; industry_name: string; gini: number; gini_low: number | null; gini_high: number | null; theil: number }[]
  belts: { industry: string; industry_name: string; belt_units: string[]; belt_names: string[]; share: number; quotient: number }[]
}

/** Below 1 brown, above green, about 1 white; the bounds are each other's inverses. */
export const QUOTIENTS: Class[] = [
  { low: null, high: 0.25, color: '#8c510a' }, { low: 0.25, high: 0.5, color: '#c98f3c' }, { low: 0.5, high: 0.8, color: '#eddcb4' }, { low: 0.8, high: 1.25, color: '#f7f7f7' },
  { low: 1.25, high: 2, color: '#b9ddd8' }, { low: 2, high: 4, color: '#4da79c' }, { low: 4, high: null, color: '#01665e' },
]
/** Ink that can be read on a class's colour. */
export const inkOn = (color: string) => (['#8c510a', '#01665e'].includes(color) ? '#ffffff' : '#1f2d3a')
export function bounds(one: Class): string {
  return one.low === null ? `< ${one.high}` : one.high === null ? `≥ ${one.low}` : `${one.low} … ${one.high}`
}

const PALES = ['#edf5fb', '#c6dcec', '#8fbad7', '#4b8cb8', '#1d5b88']
/** Five classes of equal width over what is there. */
export function pales(values: number[]): Class[] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (!(high > low)) return [{ low: null, high: null, color: PALES[2] }]
  const at = (step: number) => Number((low + ((high - low) * step) / PALES.length).toPrecision(3))
  return PALES.map((color, step) => ({ color, low: step ? at(step) : null, high: step < PALES.length - 1 ? at(step + 1) : null }))
}

/** Places on a ring so that those alike stand together: each next one is the likest that is left. */
export function ringOrder(places: string[], pairs: Pick<PairRow, 'place' | 'other' | 'likeness'>[]): string[] {
  const like = new Map(pairs.flatMap((pair) => [[`${pair.place} ${pair.other}`, pair.likeness], [`${pair.other} ${pair.place}`, pair.likeness]] as const))
  const left = places.slice()
  const found = left.splice(0, 1)
  while (left.length) {
    const here = found[found.length - 1]
    const next = left.reduce((best, one) => ((like.get(`${here} ${one}`) ?? 0) > (like.get(`${here} ${best}`) ?? 0) ? one : best))
    found.push(...left.splice(left.indexOf(next), 1))
  }
  return found
}
/** A point of a ring about the origin, from the top on clockwise. */
export function ringPoint(index: number, many: number, radius: number): [number, number] {
  const angle = (2 * Math.PI * index) / many - Math.PI / 2
  return [radius * Math.cos(angle), radius * Math.sin(angle)]
}

export interface LinkRow { chain: string; link: string; name: string; position: string | null; codes: string[]; needed: boolean; state: string; state_name: string; firms: string[]; cluster_names: string[]; unit_names: string[]; kin: string[] }
export interface SupplyRow { chain: string; supplier: string; supplier_name: string; buyer: string; buyer_name: string; deliveries: number; across: number; possible: boolean }
export interface Chains {
  chains: { chain: string; name: string; plan_industry: string | null; link_count: number; missing_links: string[]; single_links: string[]; unjudged_links: string[]; completeness: number | null; cities: string[] }[]
  chain_links: LinkRow[]; chain_supplies: SupplyRow[]
  shared: { institution: string; name: string; lies_in_name: string | null; serves: string[]; buyers: number }[]
  competitors: { chain: string; link: string; link_name: string; place: string; name: string; other: string; other_name: string; firms_here: number; firms_there: number }[]
  doubts: string[]; sources: { source: string; name: string }[]
}
export interface Clusters {
  rows: { cluster: string; name: string; level: string | null; rank_name: string | null; place_names: string[]; chains: string[]; across: boolean; firms: number; test_centres: string[]; has_test_centre: boolean; not_told: string[] }[]
  ranked: number; ranked_covered: number; covered_share: number | null
  formed: { chain: string; chain_name: string; firms: string[]; unit_names: string[]; radius_km: number; inside: number; touching: number; registered: string[] }[]
  doubts: string[]
}

export const POSITIONS = ['upstream', 'midstream', 'downstream', ''] as const
export interface Box { link: LinkRow; x: number; y: number; column: number }

/** Links of a chain in columns by their position; without any they are laid in rows of three. */
export function laidOut(links: LinkRow[], [wide, high]: [number, number]): { boxes: Box[]; columns: string[]; width: number; height: number } {
  const told = POSITIONS.filter((one) => links.some((link) => (link.position ?? '') === one))
  if (told.length < 2) {
    const boxes = links.map((link, at) => ({ link, column: at % 3, x: (at % 3) * wide, y: Math.floor(at / 3) * high }))
    return { boxes, columns: told, width: Math.min(3, Math.max(1, links.length)) * wide, height: Math.ceil(links.length / 3) * high }
  }
  const boxes = told.flatMap((position, column) => links.filter((link) => (link.position ?? '') === position).map((link, at) => ({ link, column, x: column * wide, y: at * high })))
  return { boxes, columns: told, width: told.length * wide, height: Math.max(...boxes.map((box) => box.y)) + high }
}

export interface ParkRow {
  park: string; name: string; rank: number; best_rank: number; worst_rank: number; score: number; rank_fixed: boolean; low_yield: boolean
  measures: { measure: string; measure_name: string; value: number; score: number }[]
}
export interface Parks { year: number | null; weights: number[]; rows: ParkRow[]; stable_share: number | null; left_out: { park: string; name: string; not_told: string[] }[]; doubts: string[]; sources: { source: string; name: string }[] }
export interface CostRow { project_type: string; park: string; name: string; rank: number | null; total_yuan: number | null; dearer: number | null; cost_lines: { item: string; yuan: number; yearly_yuan: number; dearer: number | null }[]; unpriced: string[] }
export interface ParkCosts { rows: CostRow[]; doubts: string[]; sources: { source: string; name: string }[] }
export const PARK_MEASURES = ['output_per_mu', 'tax_per_mu', 'energy_per_output', 'land_used', 'energy_per_mu'] as const

export interface SplitRow {
  year: number; tax_fen: number; template_origin_fen: number | null; template_host_fen: number | null; agreed_origin_fen: number | null; agreed_host_fen: number | null; floor_applied: boolean
  stake_origin_fen: number | null; stake_host_fen: number | null; assessed_origin_fen: number | null; assessed_host_fen: number | null; counted_twice_fen: number | null; statutory_fen: number | null
}
export interface Splits {
  rows: SplitRow[]; template_applies: boolean | null; template_reason: string | null; template_cap_fen: number | null; template_unmet_fen: number | null
  template_origin_total_fen: number | null; agreed_origin_total_fen: number | null; stake_origin_total_fen: number | null; conserved: boolean; doubts: string[]
}

export const WAN_FEN = 1_000_000
/** Numbers as they are typed, apart by a comma, a semicolon or a space; those that are none are told. */
export function series(text: string | undefined): { values: number[]; bad: string[] } {
  const parts = (text ?? '').split(/[\s,;，；、]+/).filter(Boolean)
  return { values: parts.map(Number).filter(Number.isFinite), bad: parts.filter((one) => !Number.isFinite(Number(one))) }
}
/** Amounts in ten thousand yuan as whole fen. */
export const inFen = (values: number[]) => values.map((one) => Math.round(one * WAN_FEN))

export interface Stack { label: string; parts: { key: string; value: number }[] }
/** The highest of stacked bars, and the deepest below nothing. */
export function reach(stacks: Stack[]): [number, number] {
  const sums = stacks.map(({ parts }) => [parts.reduce((sum, one) => sum + Math.min(one.value, 0), 0), parts.reduce((sum, one) => sum + Math.max(one.value, 0), 0)])
  return [Math.min(0, ...sums.map(([low]) => low)), Math.max(0, ...sums.map(([, high]) => high))]
}
/** Each part of a bar with where it begins and ends. */
export function stacked(parts: Stack['parts']): { key: string; value: number; from: number; to: number }[] {
  let [up, down] = [0, 0]
  return parts.map(({ key, value }) => {
    const from = value < 0 ? down : up
    if (value < 0) down += value
    else up += value
    return { key, value, from, to: from + value }
  })
}
