import { expect, test } from 'vitest'
import { type Matrix, cellsOf, placesOf, wanting } from './policies'
import { tallied } from './align'
import { langOf } from './quotes'

const cell = (topic: string, place: string, state: string) => ({ topic, place, place_name: `n${place}`, state })
const matrix = { rows: [cell('a', '1', 'in_force'), cell('a', '2', 'in_force'), cell('b', '1', 'in_force'), cell('b', '2', 'gap')] } as Matrix

test('places come once, in their order', () => {
  expect(placesOf(matrix)).toEqual([{ place: '1', name: 'n1' }, { place: '2', name: 'n2' }])
})
test('a cell is found by topic and place', () => {
  expect(cellsOf(matrix).get('b\n2')?.state).toBe('gap')
})
test('a topic with a gap is wanting', () => {
  expect([...wanting(matrix)]).toEqual(['b'])
})
test('relations are counted, those without pairs left out', () => {
  const pair = (relation: 'missing' | 'covered') => ({ relation }) as Parameters<typeof tallied>[0][number]
  expect(tallied([pair('missing'), pair('covered'), pair('missing')])).toEqual([['covered', 1], ['missing', 2]])
})
test('words tell their language', () => {
  expect([langOf('一小时'), langOf('one hour'), langOf(null)]).toEqual(['zh-CN', 'en', undefined])
})
