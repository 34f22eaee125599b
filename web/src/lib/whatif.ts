/** What-if: what is asked, the changes by unit as classes of a map, flows as arcs, and tables of them. */

import type { Units } from './api'

export const MEASURES = ['residents_change', 'jobs_change', 'wages_change', 'rents_change', 'prices_change', 'real_income_change', 'land_gain', 'welfare_change', 'core_saved'] as const
export type Measure = (typeof MEASURES)[number]
export const CLOSURES = ['mobile', 'residents_fixed', 'open'] as const
export const KINDS = ['productivity', 'amenity', 'land'] as const
export type Kind = (typeof KINDS)[number]

export interface ZoneRow {
  place: string; name: string; drawn_as: string; residents: number; residents_change: number; residents_low: number; residents_high: number
  jobs: number; jobs_change: number; jobs_low: number; jobs_high: number; wages_change: number; incomes_change: number; prices_change: number; rents_change: number
  real_income_change: number; land_change: number; land_gain: number; welfare_change: number; core_minutes_before: number; core_minutes_after: number
}
export interface FlowRow {
  from_id: string; from_name: string; to_id: string; to_name: string; people_before: number; people_after: number; change: number; minutes_before: number; minutes_after: number
}
export interface WhatIf {
  branch: string; closure_name: string; rows: ZoneRow[]; welfare_change: number; welfare_low: number; welfare_high: number; population_change: number; land_gain: number
  leaving_before: number; leaving_after: number; flows: FlowRow[]; flows_modelled: boolean; flows_basis: string; year: number
  actions: { place: string; name: string; kind: string; kind_name: string; factor: number; by_name: string }[]
  times: { modelled: boolean; method: string; sources: string[]; left_out: string[]; findings: string[]; pairs: number; changed: number; saved: number }
  circle: { limit: number; farthest_before: number; farthest_after: number; share_before: number; share_faster: number; share_after: number }
  targets: {
    target: string; title: string; clause: string; operator: string; value: number; unit_name: string; year: number | null; status_before: string; status_after: string
    figure_before: number | null; figure_after: number | null; met_before: boolean | null; met_after: boolean | null
  }[]
  parameters: { parameter: string; name: string; value: number; source: string; given: boolean }[]; parameters_digest: string
  sensitivity: { parameter: string; name: string; value: number; source: string; welfare_change: number | null; agreement: number | null; reason: string | null }[]
  convergence: { converged: boolean; steps: number; residual: number; trail: number[]; radius: number | null; starts: number; tried: number; spread: number }
  left_out: string[]; doubts: string[]; sources: { source: string; name: string }[]
}
export interface Action { kind: Kind; place: string; percent: number }

/** The parameters that can be changed, as they are asked; their defaults come with the verb's schema. */
export const PARAMETERS = ['goods_share', 'epsilon', 'sigma', 'nu', 'delta', 'psi', 'mu', 'leaving'] as const

/** Actions as the address holds them: `productivity:130102:5;land:…`. */
export const written = (actions: Action[]) => actions.map(({ kind, place, percent }) => `${kind}:${place}:${percent}`).join(';')
export function read(text: string | undefined): Action[] {
  return (text ?? '').split(';').flatMap((one) => {
    const parts = one.split(':')
    const [kind, percent] = [KINDS.find((name) => name === parts[0]), Number(parts.at(-1))]
    return kind && parts.length > 2 && Number.isFinite(percent) ? [{ kind, place: parts.slice(1, -1).join(':'), percent }] : []
  })
}

/** Parameters as the address holds them: `mu:0.5;nu:0`. */
export const writtenValues = (values: Record<string, number>) => Object.entries(values).map(([name, value]) => `${name}:${value}`).join(';')
export function readValues(text: string | undefined): Record<string, number> {
  const pairs = (text ?? '').split(';').map((one) => one.split(':'))
  return Object.fromEntries(pairs.filter(([name, value]) => PARAMETERS.some((one) => one === name) && value !== '' && Number.isFinite(Number(value))).map(([name, value]) => [name, Number(value)]))
}

/** What the verb is asked. */
export function asked(how: { closure: string; mode: string; values: Record<string, number>; actions: Action[]; indicator?: string }): Record<string, unknown> {
  const factors: Record<string, Record<string, number>> = {}
  for (const { kind, place, percent } of how.actions) {
    factors[kind] ??= {}
    factors[kind][place] = (factors[kind][place] ?? 1) * (1 + percent / 100)
  }
  return { closure: how.closure, mode: how.mode, ...how.values, ...factors, ...(how.indicator && { as_minutes: how.indicator }) }
}

/** The figure of a unit that a map paints: a share, or minutes saved. */
export const valueOf = (row: ZoneRow, measure: Measure) => (measure === 'core_saved' ? row.core_minutes_before - row.core_minutes_after : row[measure])

/** A change as people read it: hundredths with a sign, or minutes. */
export function changed(value: number | null | undefined, measure?: Measure): string {
  if (value === null || value === undefined) return '–'
  const figure = measure === 'core_saved' ? value : value * 100
  const digits = measure === 'core_saved' ? 1 : Math.abs(figure) < 0.1 && measure === 'land_gain' ? 3 : 2
  const rounded = Number(figure.toFixed(digits))
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${Math.abs(rounded).toFixed(digits)}${measure === 'core_saved' ? '' : ' %'}`
}

/** Losses brown, gains blue-green, none white: told apart by the colour-blind, and by lightness on each side. */
const COLORS = ['#8c510a', '#c98f3c', '#eddcb4', '#f7f7f7', '#b9ddd8', '#4da79c', '#01665e']
const STEPS = [0.5, 0.1, 0.01]
export interface Class { low: number | null; high: number | null; color: string }

/** Seven classes around none, by the greatest change rounded up to 1, 2 or 5. */
export function classesOf(values: number[]): Class[] {
  const most = Math.max(...values.map(Math.abs), 0)
  if (most < 1e-9) return [{ low: null, high: null, color: COLORS[3] }]
  const power = 10 ** Math.floor(Math.log10(most))
  const round = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= most * (1 - 1e-9))!
  const bounds = [...STEPS.map((step) => -step * round), ...STEPS.toReversed().map((step) => step * round)]
  return COLORS.map((color, index) => ({ color, low: bounds[index - 1] ?? null, high: bounds[index] ?? null }))
}
export function colorOf(value: number, classes: Class[]): string {
  return (classes.find((one) => one.high === null || value < one.high) ?? classes[classes.length - 1]).color
}
export function named(one: Class, measure: Measure): string {
  if (one.low === null && one.high === null) return changed(0, measure)
  if (one.low === null) return `< ${changed(one.high, measure)}`
  if (one.high === null) return `≥ ${changed(one.low, measure)}`
  return `${changed(one.low, measure)} … ${changed(one.high, measure)}`
}

const BENDS = 24
const BOW = 0.18
const WIDEST = 9
export interface Arc { type: 'Feature'; geometry: GeoJSON.LineString; properties: { width: number; more: boolean; name: string } }

/** Flows as arcs that bow to the left of their way, so that both ways can be seen; none for places without a point.
 *  A part of a unit is drawn as that unit. */
export function arcs(flows: FlowRow[], units: Units, many: number, rows: Pick<ZoneRow, 'place' | 'drawn_as'>[] = []): Arc[] {
  const whole = new Map(rows.map((row) => [row.place, row.drawn_as]))
  const points = new Map(units.features.flatMap(({ id, properties: { label_lon, label_lat } }) => (label_lon === null || label_lat === null ? [] : [[id, [label_lon, label_lat]] as const])))
  const shown = flows.slice(0, many)
  const most = Math.max(...shown.map((row) => Math.abs(row.change)), 0)
  return shown.flatMap((row) => {
    const [one, other] = [row.from_id, row.to_id].map((place) => points.get(whole.get(place) ?? place))
    if (!one || !other || !most) return []
    return [{
      type: 'Feature' as const, geometry: { type: 'LineString' as const, coordinates: bowed(one as [number, number], other as [number, number]) },
      properties: { width: Math.max(0.8, (WIDEST * Math.abs(row.change)) / most), more: row.change > 0, name: `${row.from_name} → ${row.to_name}` },
    }]
  })
}

function bowed([x, y]: [number, number], [u, v]: [number, number]): [number, number][] {
  const middle = [(x + u) / 2 - (v - y) * BOW, (y + v) / 2 + (u - x) * BOW]
  return Array.from({ length: BENDS + 1 }, (_, step) => {
    const [at, rest] = [step / BENDS, 1 - step / BENDS]
    return [rest * rest * x + 2 * rest * at * middle[0] + at * at * u, rest * rest * y + 2 * rest * at * middle[1] + at * at * v]
  })
}
