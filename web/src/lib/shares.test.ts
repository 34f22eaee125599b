import { describe, expect, it } from 'vitest'
import { begun, groupsOf, isRatio, modeOf, sumOf, withPart } from './shares'

describe('shares', () => {
  it('are known by how they are written', () => {
    expect([{ a: 0.6, b: 0.4 }, { a: 6, b: 4 }, { a: 1, b: 0 }, { by_year: [] }, 'equal', { rule: 'proportional', to: 'x' }, { rule: 'shapley', worth: {} }, undefined].map(modeOf)).toEqual([
      'parts', 'ratio', 'parts', 'years', 'equal', 'proportional', 'shapley', 'parts',
    ])
    expect(isRatio({})).toBe(false)
  })
  it('begin so that they are known again', () => {
    for (const mode of ['ratio', 'years', 'equal', 'proportional', 'shapley', 'nucleolus'] as const) expect(modeOf(begun(mode, ['a', 'b']))).toBe(mode)
  })
  it('sum as decimal numbers', () => {
    expect(sumOf({ a: 0.1, b: 0.2, c: 0.7 })).toBe(1)
    expect(sumOf({ a: 0.333, b: 0.333, c: '' })).toBe(0.666)
  })
  it('of two, the other is the rest; of more it is not', () => {
    expect(withPart({}, ['a', 'b'], 'a', 0.7)).toEqual({ a: 0.7, b: 0.3 })
    expect(withPart({ a: 0.7, b: 0.3 }, ['a', 'b'], 'b', 0.123)).toEqual({ a: 0.877, b: 0.123 })
    expect(withPart({}, ['a', 'b', 'c'], 'a', 0.7)).toEqual({ a: 0.7 })
    expect(withPart({ a: 0.7, b: 0.3 }, ['a', 'b'], 'a', undefined)).toEqual({ b: 0.3 })
  })
  it('drop names that are no party any more', () => {
    expect(withPart({ a: 0.5, gone: 0.5 }, ['a', 'b', 'c'], 'b', 0.2)).toEqual({ a: 0.5, b: 0.2 })
  })
  it('of a game name every group', () => {
    expect(groupsOf(['a', 'b', 'c'])).toEqual(['a', 'b', 'c', 'a+b', 'a+c', 'b+c', 'a+b+c'])
  })
})
