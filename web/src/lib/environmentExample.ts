/** A worked example on a branch of its own: made-up rows for members of the region, so that every page shows something at once. */

import { type Region, type View, ask } from './api'
import type { Cell } from './export'

export const EXAMPLE = 'example-environment'
const SOURCE = { source: 'example' }
const YEARS = [2020, 2021, 2022, 2023, 2024]
const FEW = 3
type Rows = Record<string, unknown>[]

/** Sector, fuel, unit, use, quantities of the first year by place, growth a year. */
const USES: [string, string, string, string, number[], number][] = [
  ['manufacturing', 'bituminous', '吨', 'energy', [1_200_000, 800_000, 400_000], -0.03],
  ['manufacturing', 'natural_gas', '万立方米', 'energy', [9000, 4000, 2500], 0.05],
  ['manufacturing', 'natural_gas', '万立方米', 'feedstock', [1500, 0, 0], 0.02],
  ['manufacturing', 'electricity', '万千瓦时', 'energy', [300_000, 150_000, 90_000], 0.04],
  ['services', 'electricity', '万千瓦时', 'energy', [90_000, 40_000, 30_000], 0.05],
  ['services', 'renewable_electricity', '万千瓦时', 'energy', [5000, 3000, 2000], 0.3],
  ['residential', 'natural_gas', '万立方米', 'energy', [8000, 5000, 3000], 0.04],
  ['residential', 'electricity', '万千瓦时', 'energy', [80_000, 50_000, 40_000], 0.05],
  ['road', 'diesel', '吨', 'energy', [80_000, 50_000, 30_000], -0.02],
  ['road', 'gasoline', '吨', 'energy', [90_000, 60_000, 40_000], -0.01],
  ['agriculture', 'diesel', '吨', 'energy', [5000, 6000, 4000], 0],
]
/** Id, names, place, cost with range, choice, needs, effects with ranges. */
const MEASURES: [string, string, string, number, number[], string | null, string | null, Record<string, number[]>][] = [
  ['boilers', '燃煤锅炉改电', 'Coal boilers to electricity', 0, [6e6, 5e6, 8e6], 'boilers', null, { CO2: [30_000, 22_000, 36_000], SO2: [160, 130, 180], NOX: [90, 70, 110], PM25: [35, 25, 40] }],
  ['gas-boilers', '燃煤锅炉改气', 'Coal boilers to gas', 0, [3e6, 2.6e6, 3.6e6], 'boilers', null, { CO2: [18_000, 15_000, 20_000], SO2: [155, 130, 170], NOX: [40, 25, 50] }],
  ['waste-heat', '钢铁余热供热', 'Waste heat of steel works for homes', 1, [-1e6, -2e6, 0.5e6], null, null, { CO2: [25_000, 20_000, 30_000], SO2: [60, 45, 70], PM25: [12, 8, 15] }],
  ['scrubbers', '脱硫提标', 'Better scrubbers', 1, [2.4e6, 2e6, 3e6], null, null, { CO2: [-1500, -2000, -1000], SO2: [380, 300, 420] }],
  ['trucks', '重卡电动化', 'Electric lorries', 2, [9e6, 7e6, 12e6], null, 'chargers', { CO2: [22_000, 15_000, 26_000], NOX: [210, 180, 240], PM25: [9, 6, 12] }],
  ['chargers', '充换电站', 'Charging stations', 2, [1.5e6, 1.2e6, 2e6], null, null, { CO2: [0, 0, 0] }],
  ['motors', '电机能效提升', 'Efficient motors', 1, [-0.8e6, -1.2e6, -0.2e6], null, null, { CO2: [9000, 7000, 10_000] }],
]

function membersOf(region: Region): string[] {
  const main = region.sets.find((one) => one.place === region.main_set) ?? region.sets[0]
  return (main?.members ?? []).map((one) => one.member).filter((member) => /^\d{6}$/.test(member))
}
/** The first whole members of the region. */
export function placesOf(region: Region): string[] {
  return membersOf(region).slice(0, FEW)
}

function activity(places: string[]): Rows {
  return places.flatMap((place, at) => USES.flatMap(([sector, fuel, unit, use, first, growth]) => (first[at] ? YEARS.map((year, n) => ({ place, sector, fuel, year, use, unit, quantity: Math.round(first[at] * (1 + growth) ** n), uncertainty: fuel.endsWith('electricity') ? 0.01 : 0.05, ...SOURCE })) : [])))
}
function measures(places: string[]): Record<string, Rows> {
  return {
    measure: MEASURES.map(([measure, zh, en, at, [cost, low, high], choice, , ]) => ({ measure, zh, en, place: places[at % places.length], cost_yuan: cost, cost_low: low, cost_high: high, choice, ...SOURCE })).map((row, at) => ({ ...row, needs: MEASURES[at][6] })),
    measure_effect: MEASURES.flatMap(([measure, , , , , , , effects]) => Object.entries(effects).map(([substance, [tonnes, low, high]]) => ({ measure, substance, tonnes, low, high, ...SOURCE }))),
  }
}
function flows([one, two, three]: string[]): Record<string, Rows> {
  const waste: [string, string | null, string, number, string][] = [
    [one, null, 'generated', 52_000, 'household_waste'], [two, null, 'generated', 31_000, 'household_waste'], [three ?? one, null, 'generated', 18_000, 'household_waste'],
    [one, 'transfer-1', 'moved', 52_000, 'household_waste'], [two, 'transfer-1', 'moved', 29_500, 'household_waste'], [three ?? one, 'plant-1', 'moved', 18_000, 'household_waste'],
    ['transfer-1', 'plant-1', 'moved', 68_000, 'household_waste'], ['transfer-1', null, 'recycled', 13_500, 'household_waste'],
    ['plant-1', null, 'burnt', 80_000, 'household_waste'], ['plant-1', null, 'composted', 6000, 'household_waste'],
    ['plant-1', null, 'generated', 2400, 'fly_ash'], ['plant-1', 'outside', 'moved', 2400, 'fly_ash'],
  ]
  const wood = { place: one, product: 'timber', unit: '立方米', zh: '林木蓄积', en: 'Standing timber' }
  return {
    material_flow: waste.map(([at, to, kind, tonnes, material], n) => ({ flow: `example-${n}`, at, to, kind, tonnes, material, year: 2024, ...SOURCE })),
    ecosystem_stock: [{ ...wood, year: 2023, opening: 100_000, closing: 103_000, ...SOURCE }, { ...wood, year: 2024, opening: 103_000, closing: 104_500, ...SOURCE }],
    ecosystem_flow: [
      ['2023', 'growth', 5000, null], ['2023', 'harvest', 2000, null], ['2024', 'growth', 5200, null], ['2024', 'harvest', 2200, null], ['2024', 'sale', 1500, 120_000_000],
    ].map(([year, kind, amount, value], n) => ({ place: one, product: 'timber', year: Number(year), flow: `example-${n}`, kind, amount, value_fen: value, ...SOURCE })),
    water_zone: [
      { zone: 'example-inner', protection: 'first', area_km2: 2, buildable_km2: 0.1 }, { zone: 'example-middle', protection: 'second', area_km2: 14, buildable_km2: 3.5 }, { zone: 'example-outer', protection: 'quasi', area_km2: 30, buildable_km2: 12 },
    ].map((row) => ({ ...row, place: one, water_source: 'example', ...SOURCE })),
  }
}

/** Readings of a section, a gauge and a station for air; a level of a plan, and who has what to do at it. */
function waters(region: Region, [one]: string[]): Record<string, Rows> {
  // A place of another city, so that others than one's own bodies act.
  const cities = new Map(membersOf(region).map((place) => [place.slice(0, 4), place]))
  cities.delete(one.slice(0, 4))
  const [above, below] = [...cities.values(), one, one]
  const about = { topic: 'environment', aggregation: 'none', core: false, definition_zh: '示例', definition_en: 'Example' }
  const read = (indicator: string, unit: string, hours: number, values: number[]): Rows => values.map((value, n) => ({ place: one, indicator, unit, value, valid_from: new Date(Date.UTC(2024, 6, 1) + n * hours * 3_600_000).toISOString(), ...SOURCE }))
  const level = { plan: 'example-river', medium: 'quality', protocol: 'example-water', ...SOURCE }
  const step = { protocol: 'example-water', kind: 'task', ...SOURCE }
  return {
    indicator: [['nh3n', '氨氮', 'Ammonia nitrogen', 'mg/L'], ['water_level', '水位', 'Water level', 'm'], ['pm25', '细颗粒物日均', 'PM2.5, daily mean', 'ug/m3']].map(([indicator, zh, en, unit]) => ({ indicator, zh, en, unit, ...about })),
    downstream: [{ from_place: above, to_place: one, minutes: 240, river: '示例河', ...SOURCE }, { from_place: one, to_place: below, minutes: 300, river: '示例河', ...SOURCE }],
    water_station: [{ place: one, river: '示例河', target_class: 'III', warning_m: 50, guarantee_m: 51.5, record_m: 53, ...SOURCE }],
    protocol: [{ protocol: 'example-water', zh: '示例:跨界断面超标联动', en: 'Example: bad water at the border', ...SOURCE }, { protocol: 'example-flood', zh: '示例:洪水上下游联防', en: 'Example: floods, up- and downstream', ...SOURCE }],
    protocol_step: [{ ...step, ordinal: 1, whose: 'upstream', minutes: 120, zh: '排查上游排口', en: 'Search outlets upstream' }, { ...step, ordinal: 2, whose: 'here', minutes: 60, level: 'orange', zh: '停用取水口', en: 'Close the intake' }, { ...step, protocol: 'example-flood', ordinal: 1, kind: 'notify', whose: 'downstream', minutes: 30, zh: '上游来水,注意防范', en: 'High water comes from upstream' }],
    response_level: [{ ...level, level: 'yellow', zh: '差于目标一类', en: 'One class beyond', classes_over: 1, hold_hours: 4 }, { ...level, level: 'orange', zh: '差于目标两类', en: 'Two classes beyond', classes_over: 2, hold_hours: 4 }, ...([['yellow', '警戒水位', 'Warning level', 'warning'], ['orange', '保证水位', 'Guaranteed level', 'guarantee']] as const).map(([at, zh, en, mark]) => ({ ...level, plan: 'example-flood', medium: 'gauge', protocol: 'example-flood', level: at, zh, en, mark }))],
    observation: [
      ...read('nh3n', 'mg/L', 4, [0.7, 0.9, 1.2, 1.4, 1.8, 1.9, 1.3, 0.9, 0.8, 1.1, 1.2, 0.9]), ...read('water_level', 'm', 6, [48.9, 49.6, 50.3, 51.7, 51.2, 49.8, 48.7]),
      ...[82, 131, 168, 172, 96, 41].map((value, n) => ({ place: one, indicator: 'pm25', unit: 'ug/m3', value, valid_from: `2024-01-0${n + 1}`, valid_to: `2024-01-0${n + 2}`, ...SOURCE })),
    ],
  }
}

/** Make the branch with its rows; a branch that is there already is left as it is. */
export async function makeExample(view: View, region: Region): Promise<void> {
  if (region.branches.includes(EXAMPLE)) return
  const places = placesOf(region)
  const main = { lang: view.lang }
  await ask(main, 'base/branch', { action: 'create', name: EXAMPLE })
  const source = [{ ...SOURCE, zh: '示例(虚构,仅供演示)', en: 'Example (made up, to show how it works)', publisher: '示例 / example', licence: 'none', quality: 'C', origin: 'example' }]
  const tables = { source, activity: activity(places), ...measures(places), ...flows(places), ...waters(region, places) }
  for (const [table, rows] of Object.entries(tables)) await ask({ ...main, branch: EXAMPLE }, 'base/put', { table, rows })
}

/** Headings and a few rows of a file of activity, as an office fills it in. */
export function template(region: Region, zh: boolean): { heads: string[]; rows: Cell[][] } {
  const place = placesOf(region)[0] ?? ''
  const year = YEARS[YEARS.length - 1]
  const rows: Cell[][] = [
    [place, zh ? '制造业与其他采矿业' : 'manufacturing', zh ? '烟煤' : 'bituminous', year, 'energy', 1000, zh ? '吨' : 't', 0.05, '', ''],
    [place, zh ? '居民生活' : 'residential', zh ? '电力' : 'electricity', year, 'energy', 5000, 'MWh', 0.01, '', ''],
  ]
  return { heads: zh ? ['地点', '行业', '燃料', '年份', '用途', '数量', '计量单位', '不确定度', '来源', '备注'] : ['place', 'sector', 'fuel', 'year', 'use', 'quantity', 'unit', 'uncertainty', 'source', 'note'], rows }
}
