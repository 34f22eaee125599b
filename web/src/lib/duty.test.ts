import { describe, expect, it } from 'vitest'
import { clock, commandOf, fieldOf, pairsOf, rowsOf, ruleAsk, sourcesOf, spark } from './duty'

describe('small charts', () => {
  it('fill their box from the lowest to the highest figure', () => {
    expect(spark([1, 3, 2], 100, 20)).toBe('0,20 50,0 100,10')
    expect(spark([5, 5], 10, 20)).toBe('0,10 10,10')
    expect(spark([], 10, 20)).toBe('')
  })
})

describe('tiles', () => {
  const answer = { year: 2020, values: [{ name: '甲', value: 3, source: 'book', source_name: '年鉴' }, { name: '乙', value: 4, source: 'web' }] }
  it('show a part of an answer', () => {
    expect(fieldOf(answer, 'values.1.value')).toBe(4)
    expect(fieldOf(answer, 'values.9.value')).toBeUndefined()
    expect(fieldOf(answer, null)).toBe(answer)
  })
  it('name the sources that the answer names', () => {
    expect(sourcesOf(answer)).toEqual(['web', '年鉴'])
    expect(sourcesOf({ basis: { sources: ['a', 'b'] } })).toEqual(['a', 'b'])
  })
  it('draw label and figure of each row', () => {
    expect(pairsOf(rowsOf(answer), [])).toEqual([{ label: '甲', value: 3 }, { label: '乙', value: 4 }])
    expect(pairsOf(rowsOf([{ a: 1, b: 2, c: 'x' }]), ['c', 'b'])).toEqual([{ label: 'x', value: 2 }])
    expect(rowsOf({ features: [{ type: 'Feature', properties: { unit: '1' } }] })).toEqual([{ unit: '1' }])
    expect(rowsOf(7)).toEqual([])
  })
  it('can be typed into a terminal', () => {
    expect(commandOf({ verb: 'base/values', ask: { indicator: 'people', year: 2020, open_only: true } })).toBe('hutuo base values --indicator people --year 2020 --open-only')
    expect(commandOf({ verb: 'plan/task', ask: { zh: "it's" } })).toBe("hutuo plan task --zh 'it'\\''s'")
  })
})

it('clocks show the time of the region', () => {
  expect(clock('2026-07-01T20:05:00+08:00')).toBe('2026-07-01 20:05')
  expect(clock(null)).toBe('–')
})

describe('a rule from a form', () => {
  const form = { rule: 'high', zh: '水位', en: '', kind: 'threshold', indicator: 'level', place: '', level: 'red', sense: 'above', raise_at: 13, clear_at: '', hold_minutes: '0', window_minutes: '60', area: 'set:all', each_at: 5, protocol: '', source: 'book' }
  it('leaves out what is empty and what its kind does not use', () => {
    expect(ruleAsk(form)).toEqual({ action: 'save', rule: 'high', zh: '水位', kind: 'threshold', indicator: 'level', level: 'red', sense: 'above', raise_at: 13, hold_minutes: 0, source: 'book' })
  })
  it('asks for a window and a bound of each place where an area is watched', () => {
    const told = ruleAsk({ ...form, kind: 'area', clear_at: '12.5' })
    expect(told).toMatchObject({ area: 'set:all', each_at: 5, window_minutes: 60, clear_at: 12.5 })
    expect(ruleAsk({ ...form, kind: 'absence' })).not.toHaveProperty('sense')
  })
})
