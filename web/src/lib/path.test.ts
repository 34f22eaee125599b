import { expect, test } from 'vitest'
import { pathRange, pathRows } from './path'

test('observed, due and forecast stand year by year', () => {
  const ahead = { year: 2026, value: 12, low: 11, high: 14 }
  expect(pathRows([{ year: 2024, value: 9 }], [{ year: 2026, value: 11 }, { year: 2024, value: 9 }], [ahead])).toEqual([
    { year: 2024, seen: 9, due: 9 },
    { year: 2026, due: 11, ahead },
  ])
  expect(pathRows([], [], [])).toEqual([])
})

test('the scale holds the target and the whole band', () => {
  const [low, high] = pathRange(pathRows([{ year: 2024, value: 10 }], [], [{ year: 2026, value: 12, low: 8, high: 14 }]), 20)
  expect(low).toBeLessThan(8)
  expect(high).toBeGreaterThan(20)
  const [least, most] = pathRange([], 5)
  expect(least).toBeLessThan(most)
})
