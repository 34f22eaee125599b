/** The values of a map as lines: for the table that equals it, and for the files that go out. */

import type { Cell } from './export'
import type { UnitFeature, Units, Value, Values } from './api'
import { period } from './numbers'

export interface ValueLine {
  place: string
  name: string
  above: string | null
  role: string
  now: Value | undefined
  before: Value | undefined
  difference: number | null
  share: number | null
}

/** One line a unit, with the value of a year and, where two are compared, of an earlier one; none is left out. */
export function valueLines(units: UnitFeature[], now: Values, before?: Values, ours = false): ValueLine[] {
  const of = (values?: Values) => new Map((values?.values ?? []).map((row) => [row.place, row]))
  const [late, early] = [of(now), of(before)]
  return units
    .filter((unit) => !ours || unit.properties.role !== 'outside')
    .map((unit) => {
      const [a, b] = [late.get(unit.id), early.get(unit.id)]
      const difference = a && b ? a.value - b.value : null
      return {
        place: unit.id,
        name: unit.properties.name,
        above: unit.properties.parent_name,
        role: unit.properties.role,
        now: a,
        before: b,
        difference,
        share: difference !== null && b!.value ? difference / b!.value : null,
      }
    })
}

/** A file of lines: heads are keys of messages, yes and no are true and false. */
export function valueFile(lines: ValueLine[], now: Values, before?: Values): { heads: string[]; rows: Cell[][] } {
  const heads = ['map.code', 'map.unit', 'map.above', 'map.role', 'map.indicator', 'targets.unit', 'map.year', 'map.value', 'map.period', 'targets.estimate', 'map.method', 'map.quality', 'map.source', 'map.recorded']
  const more = ['map.year', 'map.value', 'map.source', 'map.difference', 'map.change']
  return {
    heads: before ? [...heads, ...more] : heads,
    rows: lines.map((row) => [
      row.place, row.name, row.above, row.role, now.name, now.unit_name, now.year, row.now?.value, row.now && period(row.now.valid_from, row.now.valid_to),
      row.now?.estimate, row.now?.method, row.now?.quality, row.now?.source_name, row.now?.recorded_at.slice(0, 10),
      ...(before ? [before.year, row.before?.value, row.before?.source_name, row.difference, row.share] : []),
    ]),
  }
}

/** The units with what the map shows of each, as GeoJSON. */
export function valueGeojson(units: Units, now: Values, ours: boolean): object {
  const found = new Map(now.values.map((row) => [row.place, row]))
  return {
    ...units,
    features: units.features
      .filter((unit) => !ours || unit.properties.role !== 'outside')
      .map((unit) => ({ ...unit, properties: { ...unit.properties, indicator: now.indicator, indicator_name: now.name, unit_of_measure: now.unit_name, year: now.year, ...figure(found.get(unit.id)) } })),
  }
}

function figure(row?: Value): Partial<Value> {
  if (!row) return {}
  const { value, valid_from, valid_to, recorded_at, source, source_name, quality, estimate, method } = row
  return { value, valid_from, valid_to, recorded_at, source, source_name, quality, estimate, method }
}
