import { expect, test } from 'vitest'
import { QUOTIENTS, type LinkRow, inFen, laidOut, pales, reach, ringOrder, ringPoint, series, stacked } from './economy'
import { colorOf } from './whatif'

const link = (name: string, position: string | null): LinkRow => ({ chain: 'c', link: name, name, position, codes: [], needed: true, state: 'unknown', state_name: '', firms: [], cluster_names: [], unit_names: [], kin: [] })

test('a quotient of one is white, and its bounds are each other inverted', () => {
  expect(colorOf(1, QUOTIENTS)).toBe('#f7f7f7')
  expect(colorOf(0, QUOTIENTS)).toBe('#8c510a')
  expect(colorOf(9, QUOTIENTS)).toBe('#01665e')
  const edges = QUOTIENTS.slice(1).map((one) => one.low!)
  expect(edges.map((one) => 1 / one).toReversed()).toEqual(edges)
})

test('equal widths have a class for the least and for the greatest', () => {
  const five = pales([0, 1, 10])
  expect(five).toHaveLength(5)
  expect([colorOf(0, five), colorOf(10, five)]).toEqual([five[0].color, five[4].color])
  expect(pales([2, 2])).toHaveLength(1)
})

test('those alike stand beside each other on the ring', () => {
  const pairs = [{ place: 'a', other: 'c', likeness: 0.9 }, { place: 'c', other: 'b', likeness: 0.8 }]
  expect(ringOrder(['a', 'b', 'c', 'd'], pairs)).toEqual(['a', 'c', 'b', 'd'])
  expect(ringOrder([], [])).toEqual([])
  const [x, y] = ringPoint(0, 4, 10)
  expect([Math.round(x), Math.round(y)]).toEqual([0, -10])
})

test('links stand in columns by where they are in the chain, else in rows of three', () => {
  const told = laidOut([link('a', 'downstream'), link('b', 'upstream'), link('c', null)], [100, 50])
  expect(told.columns).toEqual(['upstream', 'downstream', ''])
  expect(told.boxes.map((box) => [box.link.link, box.x, box.y])).toEqual([['b', 0, 0], ['a', 100, 0], ['c', 200, 0]])
  const plain = laidOut(['a', 'b', 'c', 'd'].map((name) => link(name, null)), [100, 50])
  expect([plain.width, plain.height, plain.boxes[3].y]).toEqual([300, 100, 50])
})

test('a series is read as it is typed, and what is no number is told', () => {
  expect(series('6000, 5000;4000')).toEqual({ values: [6000, 5000, 4000], bad: [] })
  expect(series('1 x')).toEqual({ values: [1], bad: ['x'] })
  expect(series(undefined)).toEqual({ values: [], bad: [] })
  expect(inFen([0.01, 2000])).toEqual([10_000, 2_000_000_000])
})

test('bars are stacked upwards, losses downwards', () => {
  const parts = [{ key: 'a', value: 3 }, { key: 'b', value: -1 }, { key: 'c', value: 2 }]
  expect(stacked(parts).map((one) => [one.from, one.to])).toEqual([[0, 3], [0, -1], [3, 5]])
  expect(reach([{ label: '', parts }])).toEqual([-1, 5])
})
