import { expect, test } from 'vitest'
import { type BindingRow, canBind, idOf, neighbour, nextOpen } from './binding'

const row = (quantity: string, over: Partial<BindingRow> = {}) =>
  ({
    quantity,
    state: 'open',
    decision: 'accepted',
    value: 1,
    target: null,
    candidates: [{ indicator: 'i', name: 'i', unit: 'u', likeness: 1 }],
    ...over,
  }) as BindingRow

test('what is not decided yet can be bound, what has no number cannot', () => {
  expect(canBind(row('a', { state: 'hindered', decision: 'proposed' }))).toBe(true)
  expect(canBind(row('a', { state: 'hindered', decision: 'proposed', value: null }))).toBe(false)
  expect(canBind(row('a', { state: 'bound' }))).toBe(false)
})
test('after the last one it goes on at the top', () => {
  const rows = [row('a'), row('b', { state: 'bound' }), row('c')]
  expect(nextOpen(rows, 'a')).toBe('c')
  expect(nextOpen(rows, 'c')).toBe('a')
  expect(nextOpen([row('b', { state: 'bound' })], 'b')).toBeUndefined()
})
test('steps end at the ends', () => {
  const rows = [row('a'), row('c')]
  expect(neighbour(rows, 'a', -1)).toBe('a')
  expect(neighbour(rows, 'a', 1)).toBe('c')
  expect(neighbour(rows, undefined, 1)).toBe('a')
})
test('a target that came with the data is known by its own id', () => {
  expect(idOf(row('a', { quantity: null, target: 't' }))).toBe('t')
})
