/** Energy, carbon, pollutants, quota and flows: what verbs of environment answer, and how diagrams of it are laid out. */

export interface AccountRow {
  year: number; cut: string; cut_name: string; tce: number | null; feedstock_tce: number | null; renewable_tce: number | null
  tco2_scope1: number | null; tco2_scope2: number | null; tco2: number | null; tco2_known: number; half_interval: number | null; interval_covered: number | null
  tco2_biogenic: number | null; gases: { gas: string; kilograms: number | null }[]
}
export interface ControlRow {
  rule: string; version: number; rule_name: string; source: string; year: number; applies: boolean; control_kind: string; counted_amount: number | null; counted_unit: string
  output_value: number | null; output_intensity: number | null; path_amount: number | null; over_path: number | null
}
export interface BudgetRow { rule: string; base_year: number; base_amount: number; target_year: number; target_value: number; budget_left: number; unknown_years: number[] }
export interface EnergyFlow { fuel: string; fuel_name: string; sector: string; sector_name: string; use: string; tce: number | null; tco2: number | null }
export interface Lacking { factor_kind_name: string; fuel_name: string; measured_in: string; years: number[]; left_unknown: string }
export interface UnknownRow { year: number; place: string; sector: string; fuel: string }
export interface FactorRow { factor_kind_name: string; fuel_name: string | null; factor_region: string; year: number; value: number; unit: string; half_interval: number | null; source_name: string; edition: string; passage: string }
export interface Account {
  factor_method_name: string; rows: AccountRow[]; controls: ControlRow[]; budgets: BudgetRow[]; energy_flows: EnergyFlow[]
  lacking_factors: Lacking[]; unknown_rows: UnknownRow[]; uncovered: string[]; used_factors: FactorRow[]; doubts: string[]
}
export interface Rule { rule: string; version: number; rule_name: string; control_kind: string; in_force_from: number | null; in_force_to: number | null; feedstock_rule: string; renewables_rule: string; base_year: number | null; source: string }
export interface Effect { effect: string; effect_name: string; change: number }
export interface PeriodRow { from_year: number; to_year: number; tco2_before: number; tco2_after: number; effects: Effect[]; unexplained: number }
export interface Decomposed { identity: string; rows: PeriodRow[]; doubts: string[] }
export interface InventoryRow { gpc_ref: string; gpc_name: string; gpc_scope: number; basic: string; tco2: number | null; notation: string }
export interface Inventory { year: number; rows: InventoryRow[]; basic_tco2: number; territorial_tco2: number; basic_gaps: string[]; doubts: string[] }

export interface Reduction { substance: string; tonnes: number; low: number; high: number }
export interface MeasureRow {
  measure_id: string; title: string; place: string; place_name: string; cost_yuan: number; cost_low: number; cost_high: number; reductions: Reduction[]
  co2: number; co2_low: number; co2_high: number; equivalents: number; equivalents_low: number; equivalents_high: number; with_co2: number | null; quadrant: number; angle: number | null
  co2_rate: number | null; pollutant_rate: number | null; rate_elasticity: number | null; elasticities: { substance: string; elasticity: number }[]; yuan_a_tonne: number | null; choice: string | null; needs: string[]
}
export interface Measures { rows: MeasureRow[]; unweighed: string[] }
export interface ChosenRow { measure_id: string; title: string; place: string; cost_yuan: number; reduction: number; reductions: Reduction[]; share_of_draws: number | null }
export interface CurveRow { measure_id: string; title: string; instead_of: string | null; reduction: number; cost_yuan: number; marginal: number; reduction_total: number; total_cost: number }
export interface Chosen {
  unit: string; rows: ChosenRow[]; reduction: number; reduction_low: number; reduction_high: number; cost_yuan: number; cost_low: number; cost_high: number
  reductions: Reduction[]; drawn_low: number | null; drawn_high: number | null; cost_curve: CurveRow[]
}
export interface GainRow { place: string; name: string; other: string; other_name: string; separate: number; together: number; gain: number; co2: number; co2_low: number; co2_high: number; equivalents: number; equivalents_low: number; equivalents_high: number; spent_here: number; spent_there: number }
export interface Pairs { unit: string; rows: GainRow[] }

export interface QuotaRow { holder: string; holder_name: string; year: number; fuel: string; fuel_name: string; granted: number; claimed: number; holding: number; requested: number; available: number; swapped: number; retired: number }
export interface Quotas { rows: QuotaRow[]; granted: number; claimed: number; holding: number; retired: number; cancelled: number; difference: number; stored: number }
export interface SwapRow {
  swap: string; giver: string; giver_name: string; taker: string; taker_name: string; year: number; fuel: string; fuel_name: string; given_tce: number; got_tce: number; cancelled: number
  state: string; state_name: string; requested_on: string; requested_by: string | null; decided_on: string | null; decided_by: string | null; reason: string; request_entry: number; decision_entry: number | null
}
export interface Swaps { rows: SwapRow[]; difference: number; stored: number }
export interface Volume { volume_basis: string; basis_name: string; got_tce: number; given_tce: number; cancelled: number; formula: string; source_name: string }
export const FUELS = ['all', 'coal', 'oil', 'gas', 'electricity', 'heat'] as const

export interface WasteRow { place: string; place_name: string; material: string; generated: number; received: number; sent: number; recycled: number; burnt: number; landfilled: number; gap: number; is_balanced: boolean }
export interface WasteTotal { material: string; generated: number; from_outside: number; to_outside: number; recycled: number; recycled_share: number | null; gap: number }
export interface Waste { year: number | null; rows: WasteRow[]; by_material: WasteTotal[]; not_balanced: number }
export interface MaterialFlow { flow: string; at: string; to: string | null; material: string; kind: string; year: number; tonnes: number }
export interface EcosystemRow { place: string; place_name: string; title: string; unit: string; year: number; opening: number; increased: number; reduced: number; closing_computed: number; closing_counted: number | null; gap: number | null; is_balanced: boolean | null; carried: boolean | null; sales: number; sales_fen: number }
export interface Ecosystem { rows: EcosystemRow[]; not_balanced: number; broken: number; stray: string[] }
export interface WaterZones {
  rows: { protection: string; protection_name: string; before_km2: number; after_km2: number; change_km2: number; forbids: string }[]
  moved_zones: { zone: string; place_name: string; water_source: string; from_class: string; to_class: string; area_km2: number; freed_km2: number | null; weaker: boolean }[]
  freed_km2: number; unknown_parcels: number; weaker_km2: number
}

export interface PeakRow {
  item: string; item_name: string; unit: string; traced: string; base_value: number | null; year: number | null; value: number | null
  target_year: number | null; target_value: number | null; state: string; state_name: string; lacks: string | null; reference: string | null; asked_by: string
}
export interface PeakPack { pack: string; rows: PeakRow[]; told_items: number; missing_items: number; complete: boolean; doubts: string[] }

export interface AirEpisodes {
  levels: string; measured_days: number; warned: number; precision: number | null; recall: number | null
  rows: { place: string; place_name: string; colour: string; colour_name: string; begins_on: string; ends_on: string; peak_aqi: number; peak_day: string; primary: string[]; cut_share: number; is_warned: boolean | null; lead_hours: number | null }[]
  actions: { colour: string; colour_name: string; whose: string; body: string | null; says: string; within_minutes: number }[]
}
export interface WaterEpisodeRow {
  episode: number; place: string; place_name: string; river: string | null; colour: string | null; colour_name: string | null; began_at: string; over_at: string | null; reached_at: string | null; peak_at: string
  target_class: string | null; peak_class: string | null; primary: string[]; times_over: number | null; peak_level_m: number | null; above_mark_m: number | null; is_warned: boolean | null; lead_hours: number | null
}
export interface WaterEpisodes {
  plan: string | null; watched_places: number; rows: WaterEpisodeRow[]; missing: string[]; warned: number; precision: number | null; recall: number | null
  due: { episode: number; body: string; body_name: string; does: string; within_minutes: number; due_at: string }[]
  reaches: { place: string; way: string; other_place: string; other_name: string; flow_minutes: number | null }[]
  warning_rules: { rule: string; rule_row: Record<string, unknown> }[]
}

/** Told apart by the colour-blind too: lightness alternates. */
export const COLORS = ['#1d5b88', '#e0a33a', '#2d7a3e', '#c9643b', '#7a3b8f', '#5fb3b3', '#806000', '#a8bccb', '#a8321a', '#8fae5d', '#4c5d6c', '#d58fb0']
export const colorAt = (at: number) => COLORS[at % COLORS.length]

export interface Link { from: string; to: string; value: number; hatched?: boolean; title?: string }
export interface Node { id: string; name: string; layer: number; color?: string }
export interface Box { node: Node; x: number; y: number; height: number; value: number; color: string }
export interface Ribbon { link: Link; path: string; width: number; color: string; title: string }
export interface Sankey { boxes: Box[]; ribbons: Ribbon[] }

const BOX = 14
const GAP = 7

/** Nodes in columns and ribbons between them, all heights to one scale; what flows in or out of a node is its height. */
export function sankey(nodes: Node[], links: Link[], width: number, height: number, margin: number): Sankey {
  const flows = links.filter((link) => link.value > 0)
  const sum = (id: string, side: 'from' | 'to') => flows.reduce((all, link) => (link[side] === id ? all + link.value : all), 0)
  const used = nodes.map((node) => ({ node, value: Math.max(sum(node.id, 'from'), sum(node.id, 'to')) })).filter((one) => one.value > 0)
  const layers = [...new Set(used.map(({ node }) => node.layer))].sort((one, other) => one - other)
  if (!layers.length) return { boxes: [], ribbons: [] }
  const columns = layers.map((layer) => used.filter(({ node }) => node.layer === layer))
  const scale = Math.min(...columns.map((column) => Math.max(height - GAP * (column.length - 1), height / 4) / column.reduce((all, { value }) => all + value, 0)))
  const boxes = new Map<string, Box>()
  columns.forEach((column, at) => {
    const middle = (id: string) => {
      const into = flows.filter((link) => link.to === id && boxes.has(link.from))
      const weight = into.reduce((all, link) => all + link.value, 0)
      return weight ? into.reduce((all, link) => all + link.value * (boxes.get(link.from)!.y + boxes.get(link.from)!.height / 2), 0) / weight : 0
    }
    const order = [...column].sort((one, other) => (at ? middle(one.node.id) - middle(other.node.id) : other.value - one.value))
    const whole = order.reduce((all, { value }) => all + value * scale, 0) + GAP * (order.length - 1)
    let y = Math.max(0, (height - whole) / 2)
    for (const { node, value } of order) {
      const x = layers.length === 1 ? margin : margin + (at / (layers.length - 1)) * (width - 2 * margin - BOX)
      boxes.set(node.id, { node, x, y, height: Math.max(value * scale, 1), value, color: node.color ?? colorAt(boxes.size) })
      y += Math.max(value * scale, 1) + GAP
    }
  })
  return { boxes: [...boxes.values()], ribbons: ribbonsOf(flows, boxes, scale) }
}

function ribbonsOf(flows: Link[], boxes: Map<string, Box>, scale: number): Ribbon[] {
  const left = new Map<string, number>()
  const right = new Map<string, number>()
  const place = (from: Box, to: Box) => (to.y - from.y) * 1e-6
  const order = [...flows].sort((one, other) => boxes.get(one.from)!.y - boxes.get(other.from)!.y || boxes.get(one.to)!.y - boxes.get(other.to)!.y + place(boxes.get(one.from)!, boxes.get(one.to)!))
  return order.map((link) => {
    const [from, to] = [boxes.get(link.from)!, boxes.get(link.to)!]
    const width = link.value * scale
    const [out, into] = [right.get(link.from) ?? 0, left.get(link.to) ?? 0]
    right.set(link.from, out + width)
    left.set(link.to, into + width)
    const [x1, x2] = [from.x + BOX, to.x]
    const [y1, y2] = [from.y + out + width / 2, to.y + into + width / 2]
    const bend = (x1 + x2) / 2
    return { link, width: Math.max(width, 0.6), color: from.color, path: `M${x1},${y1}C${bend},${y1} ${bend},${y2} ${x2},${y2}`, title: link.title ?? `${from.node.name} → ${to.node.name}` }
  })
}
export const BOX_WIDTH = BOX

/** Columns of nodes that send to each other: a node stands after all that send to it; ways round do not push it on for ever. */
export function layersOf(links: { from: string; to: string }[]): Map<string, number> {
  const ids = [...new Set(links.flatMap((link) => [link.from, link.to]))]
  const layer = new Map(ids.map((id) => [id, 0]))
  for (let pass = 0; pass < ids.length; pass++) {
    let moved = false
    for (const { from, to } of links) {
      const next = layer.get(from)! + 1
      if (next > layer.get(to)! && next < ids.length) {
        layer.set(to, next)
        moved = true
      }
    }
    if (!moved) break
  }
  return layer
}

const TREATED = ['recycled', 'composted', 'burnt', 'landfilled', 'stored']
/** Flows of a material as a diagram: where it arose, where it was moved, how it was treated, what nobody told. Ids of ends begin with `:`. */
export function wasteLinks(flows: MaterialFlow[]): Link[] {
  const sums = new Map<string, Link>()
  const add = (from: string, to: string, value: number) => {
    const key = `${from}\n${to}`
    sums.set(key, { from, to, value: (sums.get(key)?.value ?? 0) + value })
  }
  const balance = new Map<string, number>()
  const count = (place: string, value: number) => balance.set(place, (balance.get(place) ?? 0) + value)
  for (const { at, to, kind, tonnes } of flows) {
    if (kind === 'moved') {
      add(at === 'outside' ? ':from_outside' : at, to === 'outside' ? ':to_outside' : to!, tonnes)
      count(at, -tonnes)
      count(to!, tonnes)
    } else if (TREATED.includes(kind)) {
      add(at, `:${kind}`, tonnes)
      count(at, -tonnes)
    } else {
      add(`:${kind}`, at, tonnes)
      count(at, tonnes)
    }
  }
  for (const [place, left] of balance) {
    if (place === 'outside' || Math.abs(left) < 1e-9) continue
    if (left > 0) add(place, ':untold', left)
    else add(':unknown', place, -left)
  }
  return [...sums.values()]
}

export interface Bar { key: string; name: string; year: number; from: number; to: number; value: number; color: string }
/** Parts of each year on top of each other; parts that are not known are left out, and told. */
export function stacked(rows: { year: number; cut: string; cut_name: string; value: number | null }[]): { bars: Bar[]; most: number; names: { cut: string; name: string; color: string }[]; unknown: { year: number; name: string }[] } {
  const order = [...new Set(rows.map((row) => row.cut))].map((cut) => ({ cut, name: rows.find((row) => row.cut === cut)!.cut_name, sum: rows.reduce((all, row) => (row.cut === cut ? all + (row.value ?? 0) : all), 0) })).sort((one, other) => other.sum - one.sum)
  const names = order.map(({ cut, name }, at) => ({ cut, name, color: colorAt(at) }))
  const bars: Bar[] = []
  let most = 0
  for (const year of new Set(rows.map((row) => row.year))) {
    let top = 0
    for (const { cut, name, color } of names) {
      const value = rows.find((row) => row.year === year && row.cut === cut)?.value
      if (!value) continue
      bars.push({ key: `${year} ${cut}`, name, year, from: top, to: top + value, value, color })
      top += value
    }
    most = Math.max(most, top)
  }
  return { bars, most, names, unknown: rows.filter((row) => row.value === null).map((row) => ({ year: row.year, name: row.cut_name })) }
}

export interface Step { name: string; from: number; to: number; kind: 'end' | 'up' | 'down' }
/** From before over each effect to after. */
export function waterfall(row: PeriodRow, before: string, after: string): Step[] {
  let at = row.tco2_before
  const steps: Step[] = [{ name: before, from: 0, to: at, kind: 'end' }]
  for (const { effect_name, change } of row.effects) {
    steps.push({ name: effect_name, from: at, to: at + change, kind: change < 0 ? 'down' : 'up' })
    at += change
  }
  return [...steps, { name: after, from: 0, to: row.tco2_after, kind: 'end' }]
}

/** Emissions as the address holds them: `CO2:1000000;SO2:2000`. */
export function emissionsOf(text: string | undefined): Record<string, number> {
  const pairs = (text ?? '').split(';').map((one) => one.split(':'))
  return Object.fromEntries(pairs.filter(([name, value]) => name && value && Number(value) > 0).map(([name, value]) => [name, Number(value)]))
}
export const writtenEmissions = (given: Record<string, number>) => Object.entries(given).filter(([, value]) => value > 0).map(([name, value]) => `${name}:${value}`).join(';')

/** A range with room around, and with 0 in it. */
export function rangeOf(values: number[], room = 0.08): [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const more = (high - low || 1) * room
  return [low < 0 ? low - more : 0, high > 0 ? high + more : more]
}
/** A figure with its sign. */
export const signed = (text: string, value: number) => (value > 0 ? `+${text}` : text.replace('-', '−'))
