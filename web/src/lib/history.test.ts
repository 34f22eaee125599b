import { expect, test } from 'vitest'
import { type Version, middle, recordedTimes, ticks, toldAt } from './history'

const ORIGIN = {
  source: 's',
  source_name: 'S',
  quality: 'A',
  estimate: false,
  method: null,
  unit: 'person',
  unit_name: 'persons',
  retracted: false,
  batch: 'b',
  verb: 'put',
  origin: null,
  branch: 'main',
  note: null,
}
const said = (
  year: number,
  value: number,
  recorded_at: string,
  superseded_at: string | null = null,
): Version => ({
  ...ORIGIN,
  value,
  valid_from: `${year}-01-01`,
  valid_to: `${year + 1}-01-01`,
  recorded_at,
  superseded_at,
})
const [FIRST, THEN] = ['2021-05-01T00:00:00Z', '2022-05-01T00:00:00Z']
const ROWS = [said(2020, 10, FIRST, THEN), said(2020, 12, THEN), said(2021, 11, THEN)]

test('times of recording come once each, the oldest first', () => {
  expect(recordedTimes(ROWS)).toEqual([FIRST, THEN])
})

test('before a correction the first value is known and what came later is not', () => {
  expect(toldAt(ROWS, FIRST).map((row) => [row.value, row.state])).toEqual([
    [10, 'known'],
    [12, 'later'],
    [11, 'later'],
  ])
})

test('after a correction the first value is superseded, from then on', () => {
  expect(toldAt(ROWS, THEN).map((row) => [row.value, row.state, row.superseded_at])).toEqual([
    [10, 'superseded', THEN],
    [12, 'known', null],
    [11, 'known', null],
  ])
})

test('what was taken back is known to be retracted', () => {
  const rows = [ROWS[0], { ...said(2020, 10, THEN), retracted: true }]
  expect(toldAt(rows, THEN).map((row) => row.state)).toEqual(['superseded', 'retracted'])
})

test('the middle of a period lies between its ends', () => {
  expect(middle(said(2020, 1, FIRST))).toBe((Date.parse('2020-01-01') + Date.parse('2021-01-01')) / 2)
})

test('ticks are round and lie within the range', () => {
  expect(ticks(0, 10)).toEqual([0, 5, 10])
  expect(ticks(0.13, 0.41)).toEqual([0.2, 0.3, 0.4])
  expect(ticks(7, 7)).toEqual([7])
})
