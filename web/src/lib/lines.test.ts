import { expect, test } from 'vitest'
import type { UnitFeature, Units, Value, Values } from './api'
import { valueFile, valueGeojson, valueLines } from './lines'

const unit = (id: string, role: string) => ({ type: 'Feature', id, geometry: null, properties: { unit: id, name: id.toUpperCase(), parent_name: 'P', role } }) as unknown as UnitFeature
const units = [unit('a', 'whole'), unit('b', 'whole'), unit('c', 'excluded'), unit('d', 'outside')]
const figure = (place: string, value: number) =>
  ({ place, name: place, value, class: 0, valid_from: '2020-11-01', valid_to: '2020-11-02', recorded_at: '2026-01-01T00:00:00Z', source: 's', source_name: 'census', quality: 'A', estimate: false, method: null }) as Value
const values = (year: number, rows: Value[]) => ({ indicator: 'people', name: 'People', unit_name: 'persons', year, values: rows, missing: [], classes: [] }) as unknown as Values

test('a unit without a figure keeps its line; units outside leave when only members are asked for', () => {
  const lines = valueLines(units, values(2020, [figure('a', 12)]), undefined, true)
  expect(lines.map((row) => [row.place, row.now?.value])).toEqual([['a', 12], ['b', undefined], ['c', undefined]])
  expect(valueLines(units, values(2020, []))).toHaveLength(4)
})

test('a difference is there only where both years are, and a share only over a base', () => {
  const lines = valueLines(units, values(2020, [figure('a', 12), figure('b', 3)]), values(2010, [figure('a', 10)]))
  expect(lines.slice(0, 2).map((row) => [row.difference, row.share])).toEqual([[2, 0.2], [null, null]])
  expect(valueLines(units, values(2020, [figure('a', 1)]), values(2010, [figure('a', 0)]))[0].share).toBeNull()
})

test('each row of a file carries indicator, unit, year and source', () => {
  const now = values(2020, [figure('a', 12)])
  const one = valueFile(valueLines(units, now), now)
  expect(one.rows.every((row) => row.length === one.heads.length)).toBe(true)
  expect(one.rows[0].slice(4, 10)).toEqual(['People', 'persons', 2020, 12, '2020-11-01', false])
  const two = valueFile(valueLines(units, now, values(2010, [])), now, values(2010, []))
  expect(two.rows.every((row) => row.length === two.heads.length)).toBe(true)
})

test('GeoJSON carries the figure with its source, and nothing of other maps', () => {
  const made = valueGeojson({ type: 'FeatureCollection', features: units, bbox: null, source: 'b' } as Units, values(2020, [figure('a', 12)]), true) as Units
  expect(made.features).toHaveLength(3)
  expect(made.features[0].properties).toMatchObject({ name: 'A', value: 12, source_name: 'census', year: 2020 })
})
