import { expect, test } from 'vitest'
import { measured, percent, period, shown, signed } from './numbers'
import { readOrder, sorted } from './sort'
import { changed, viewOf } from './view'

test('figures are read as people read them', () => {
  expect([shown(16746.8), shown(1059572), shown(74.7017), shown(0), shown(null), shown(-3.25)]).toEqual(['16,746.8', '1,059,572', '74.7', '0', '–', '−3.25'])
  expect([measured(7665, '10,000 mu'), measured(60, 'min'), measured(null, 'min')]).toEqual(['7,665 × 10,000 mu', '60 min', '–'])
  expect([percent(0.0811), percent(-0.013), percent(null), signed(3), signed(-3), signed(null)]).toEqual(['8.1 %', '−1.3 %', '–', '+3', '−3', '–'])
})

test('a period is said as the year, month or day that it is', () => {
  expect(period('2024-01-01', '2025-01-01')).toBe('2024')
  expect(period('2021-01-01', '2021-02-01')).toBe('2021-01')
  expect(period('2020-11-01', '2020-11-02')).toBe('2020-11-01')
  expect(period('2023-01-01', '2023-07-01')).toBe('2023-01-01 – 2023-06-30')
  expect(period('2025-03-18', null)).toBe('2025-03-18 →')
})

test('rows without a value stay last, up and down', () => {
  const rows = [{ v: 2 }, { v: null }, { v: 10 }, { v: 1 }]
  expect(sorted(rows, (row) => row.v, true).map((row) => row.v)).toEqual([1, 2, 10, null])
  expect(sorted(rows, (row) => row.v, false).map((row) => row.v)).toEqual([10, 2, 1, null])
})

test('an order goes into the address and comes back', () => {
  expect(readOrder('-value', { by: 'x', rising: true })).toEqual({ by: 'value', rising: false })
  expect(readOrder(undefined, { by: 'x', rising: true })).toEqual({ by: 'x', rising: true })
})

test('the address gives the view; what is not a language is the first one', () => {
  expect(viewOf({ lang: 'en', at: '2024-01-01', as_of: '' }, 'zh')).toMatchObject({ lang: 'en', at: '2024-01-01', as_of: undefined })
  expect(viewOf({ lang: 'xx' }, 'zh').lang).toBe('zh')
})

test('a change of the address keeps the rest and takes out what is empty', () => {
  expect(changed({ lang: 'zh', year: '2010' }, { year: undefined, place: '1' })).toEqual({ lang: 'zh', place: '1' })
})
