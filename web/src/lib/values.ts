/** A map's values as files: each row carries its unit, year and source. */

import type { Assessment, Indicator, Units, Value, Values } from './api'
import type { Cell } from './export'

/** Heads are keys of messages. */
export interface Table { heads: string[]; rows: Cell[][] }

/** One row a unit; with an earlier or later year to hold it against, that too. */
export function valueTable(now: Values, against?: Values): Table {
  const other = new Map((against?.values ?? []).map((row) => [row.place, row]))
  const heads = ['code', 'unit', 'indicator', 'value', 'measure', 'year', 'source', 'quality', 'estimate', 'method']
  const row = (place: string, name: string, found?: Value): Cell[] => {
    const cells: Cell[] = [place, name, now.name, found?.value, now.unit_name, now.year]
    cells.push(found?.source_name, found?.quality, found?.estimate, found?.method)
    if (!against) return cells
    const then = other.get(place)
    const difference = found && then ? found.value - then.value : null
    return [...cells, then?.value, against.year, difference, then?.source_name]
  }
  return {
    heads: against ? [...heads, 'value', 'year', 'difference', 'source'] : heads,
    rows: [...now.values.map((found) => row(found.place, found.name, found)), ...now.missing.map(({ place, name }) => row(place, name))],
  }
}

/** Targets, one a row: numbers stay numbers, each beside its unit, year and source. */
export function targetTable(targets: Assessment[]): Table {
  const heads = [
    'target', 'clause', 'place', 'indicator', 'operator', 'value', 'measure', 'year', 'stated', 'stance', 'status',
    'observed', 'observedFrom', 'source', 'estimate', 'distance', 'growth', 'settled',
  ]
  const rows = targets.map((row) => [
    row.title, row.clause, row.geography_name, row.indicator_name, row.operator, row.value, row.unit_name, row.year, row.year_from === 'stated',
    row.stance, row.status_name, row.observed?.value, row.observed?.valid_from, row.observed?.source_name, row.observed?.estimate,
    row.distance, row.needed_growth, row.settled_by,
  ])
  return { heads, rows }
}

/** The units with what the map shows of each. */
export function valueGeojson(units: Units, now: Values): object {
  const found = new Map(now.values.map((row) => [row.place, row]))
  const features = units.features.map((unit) => ({
    ...unit,
    properties: {
      ...unit.properties, indicator: now.indicator, indicator_name: now.name, unit_of_measure: now.unit_name, year: now.year,
      ...pick(found.get(unit.id)),
    },
  }))
  return { type: 'FeatureCollection', source: units.source, features }
}

function pick(row?: Value): Partial<Value> {
  if (!row) return {}
  const { value, valid_from, valid_to, recorded_at, source, source_name, quality, estimate, method } = row
  return { value, valid_from, valid_to, recorded_at, source, source_name, quality, estimate, method }
}

/** A list of objects as a table, what lies deeper as JSON; undefined for any other answer. */
export function answerTable(answer: unknown): Table | undefined {
  if (!Array.isArray(answer) || !answer.length || answer.some((row) => typeof row !== 'object' || row === null)) return undefined
  const rows = answer as Record<string, unknown>[]
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cell = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Cell))
  return { heads, rows: rows.map((row) => heads.map((head) => cell(row[head]))) }
}

/** Indicators by topic, in the order they came. */
export function byTopic(indicators: Indicator[]): [string, Indicator[]][] {
  const groups = new Map<string, Indicator[]>()
  for (const row of indicators) groups.set(row.topic_name, [...(groups.get(row.topic_name) ?? []), row])
  return [...groups]
}
