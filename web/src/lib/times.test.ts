import { expect, test } from 'vitest'
import { moment, period } from './times'

test('a period is called by its shortest name', () => {
  expect(period('2020-01-01', '2021-01-01')).toBe('2020')
  expect(period('2020-04-01', '2020-07-01')).toBe('2020-Q2')
  expect(period('2020-12-01', '2021-01-01')).toBe('2020-12')
  expect(period('2020-02-29', '2020-03-01')).toBe('2020-02-29')
  expect(period('2020-01-01', '2022-01-01')).toBe('2020-01-01 – 2022-01-01')
  expect(period('2020-01-01', null)).toBe('2020-01-01')
})

test('an instant is told to the minute, none as a dash', () => {
  expect(moment('2020-05-01T08:09:30')).toBe('2020-05-01 08:09')
  expect(moment(null)).toBe('–')
})
