import { expect, test } from 'vitest'
import type { PlaceSet, UnitFeature } from './api'
import { extent, outline, unitsOf } from './outline'

/** A square of one degree, its ring this way round or the other. */
function square(west: number, south = 0, turned = false): UnitFeature {
  const ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
  return {
    type: 'Feature', id: `${west} ${south}`, geometry: { type: 'Polygon', coordinates: [turned ? ring.reverse() : ring] },
    properties: { unit: `${west} ${south}`, parent: `${south}`, sets: west === 2 ? ['set:s'] : [] },
  } as unknown as UnitFeature
}

test('the edge between two neighbours is no outline, and what is left is one closed line', () => {
  const lines = outline([square(0), square(1)]).coordinates
  expect(lines).toHaveLength(1)
  expect(lines[0]).toHaveLength(7)
  expect(lines[0][0]).toEqual(lines[0][6])
})

test('rings the other way round give the same outline', () => {
  expect(outline([square(0), square(1, 0, true)]).coordinates[0]).toHaveLength(7)
})

test('a hole among units is a line of its own', () => {
  const around = [0, 1, 2].flatMap((x) => [0, 1, 2].map((y) => [x, y])).filter(([x, y]) => x !== 1 || y !== 1)
  const lines = outline(around.map(([x, y]) => square(x, y))).coordinates
  expect(lines.map((line) => line.length).sort((a, b) => a - b)).toEqual([5, 13])
})

test('a set draws its members, what lies in a member, and apart from them units of which only a part belongs', () => {
  const units = [square(0), square(2), square(0, 1)]
  const set = { place: 'set:s', name: '', note: null, excluded: [], members: [{ member: '1', name: '', role: 'whole' }, { member: 'part:x', name: '', role: 'part' }] } as PlaceSet
  const found = unitsOf(set, units)
  expect(found.whole.map((unit) => unit.id)).toEqual(['0 1'])
  expect(found.part.map((unit) => unit.id)).toEqual(['2 0'])
})

test('the extent holds all corners; of nothing there is none', () => {
  expect(extent([square(0), square(3, 2)])).toEqual([0, 0, 4, 3])
  expect(extent([])).toBeUndefined()
})
