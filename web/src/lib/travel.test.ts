import { describe, expect, it } from 'vitest'
import type { UnitFeature } from './api'
import { type Band, type Draft, LIMITS, beside, colorOf, faultsOf, grid, reachedUnits, rowsOf, shown, startAsk, unitAt } from './travel'

const band = (minutes: number, geometry: GeoJSON.Geometry | null = { type: 'Point', coordinates: [0, 0] }): Band => ({
  type: 'Feature', geometry, properties: { minutes, area_km2: 1, cells: 1, people: 1 },
})
const draft: Draft = {
  name: '试线', kmh: 120, headway: 15, from: 7, to: 9, bothWays: true,
  stations: [{ name: '甲', lon: 114, lat: 38, minutes: null }, { name: '乙', lon: 114.5, lat: 38, minutes: 12 }],
}
const row = (from_id: string, to_id: string, minutes: number | null) => ({ from_id, from_name: from_id, to_id, to_name: to_id, minutes, mode: 'road', modelled: true })

describe('bands', () => {
  it('are painted from the widest to the nearest, empty ones not at all', () => {
    expect(shown([band(10), band(30), band(20), band(40), band(20, null)], 30).map((one) => one.properties.minutes)).toEqual([30, 20, 10])
  })
  it('have a colour of their own for each limit', () => {
    expect(new Set(LIMITS.map(colorOf)).size).toBe(LIMITS.length)
    expect([colorOf(0), colorOf(10.5), colorOf(121)]).toEqual([colorOf(10), colorOf(20), '#ffffff'])
  })
})

describe('a start', () => {
  it('is a place, or degrees', () => {
    expect(startAsk('114.5/38')).toEqual({ lon: 114.5, lat: 38 })
    expect(startAsk('130102')).toEqual({ place: '130102' })
    expect(startAsk('a/b')).toEqual({ place: 'a/b' })
  })
})

describe('a drawn line', () => {
  it('becomes rows of four tables, its source first', () => {
    const rows = Object.fromEntries(rowsOf(draft, 'line-1', { zh: '假设', en: 'assumed' })) as Record<string, Record<string, unknown>[]>
    expect(Object.keys(rows)).toEqual(['source', 'line', 'station', 'headway'])
    expect(rows.station.map((one) => [one.sequence, one.minutes])).toEqual([[1, null], [2, 12]])
    expect(rows.headway.map((one) => one.hour)).toEqual([7, 8, 9])
    expect(rows.line[0].both_ways).toBe(true)
  })
  it('is told all that is wrong with it', () => {
    expect(faultsOf(draft)).toEqual([])
    expect(faultsOf({ ...draft, name: ' ', stations: [], kmh: 0, headway: 0, from: 9, to: 7 })).toEqual(['noName', 'fewStations', 'badSpeed', 'badHeadway', 'badHours'])
  })
})

describe('times on two branches', () => {
  it('stand side by side, the greatest gain first, a new way before all', () => {
    const rows = beside([row('a', 'b', 60), row('a', 'c', 50), row('a', 'd', null)], [row('a', 'b', 55), row('a', 'c', 50), row('a', 'd', 40)])
    expect(rows.map(({ id, saved }) => [id, saved])).toEqual([['d', null], ['b', 5], ['c', 0]])
  })
  it('make a matrix in the order of the names', () => {
    const made = grid([row('a', 'x', 1), row('a', 'y', null), row('b', 'x', 3)])
    expect(made.heads.map((head) => head.id)).toEqual(['x', 'y'])
    expect(made.body.map((one) => one.cells)).toEqual([[1, null], [3, null]])
  })
})

describe('a row of the matrix on a map', () => {
  const square = (id: string, west: number, hole = false): UnitFeature => ({
    type: 'Feature', id, properties: {} as UnitFeature['properties'],
    geometry: { type: 'Polygon', coordinates: [ring(west, 0, 10), ...(hole ? [ring(west + 4, 4, 2)] : [])] },
  })
  const ring = (x: number, y: number, size: number) => [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
  const units = [square('a', 0), square('b', 10, true)]
  const to = [{ id: 'a', name: 'A' }, { id: 'b', name: 'B' }, { id: 'part:c', name: 'C' }]

  it('paints units by the minutes to them and names what is not painted', () => {
    const found = reachedUnits(units, to, [0, null, 30])
    expect(found.bands).toEqual([{ geometry: units[0].geometry, properties: { minutes: 0 } }])
    expect([found.undrawn, found.noWay]).toEqual([['C'], ['B']])
  })
  it('tells the unit in which a point lies, holes left out', () => {
    expect([unitAt(units, 5, 5), unitAt(units, 12, 2), unitAt(units, 15, 5), unitAt(units, 25, 5)]).toEqual(['a', 'b', undefined, undefined])
  })
  it('takes the parts of a unit as one', () => {
    const two: UnitFeature = { ...units[0], id: 'two', geometry: { type: 'MultiPolygon', coordinates: [[ring(30, 0, 1)], [ring(40, 0, 1)]] } }
    expect([unitAt([two], 30.5, 0.5), unitAt([two], 40.5, 0.5), unitAt([two], 35, 0.5)]).toEqual(['two', 'two', undefined])
  })
})
