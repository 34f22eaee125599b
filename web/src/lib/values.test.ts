import { expect, test } from 'vitest'
import type { Value, Values } from './api'
import { answerTable, valueTable } from './values'

function values(year: number, rows: Partial<Value>[], missing: string[]): Values {
  const answer = { name: 'people', unit_name: 'persons', year, values: rows, missing: missing.map((place) => ({ place, name: place })) }
  return answer as Values
}
const A = { place: 'a', name: 'A', source_name: 'census', quality: 'A', estimate: false, method: null }

test('each row of the values carries unit, year and source; one without a figure stays, empty', () => {
  const { heads, rows } = valueTable(values(2020, [{ ...A, value: 12 }], ['b']))
  expect(heads.length).toBe(rows[0].length)
  expect(rows[0]).toEqual(['a', 'A', 'people', 12, 'persons', 2020, 'census', 'A', false, null])
  expect(rows[1].slice(0, 6)).toEqual(['b', 'b', 'people', undefined, 'persons', 2020])
})

test('against another year the difference is there only where both are', () => {
  const now = values(2020, [{ ...A, value: 12 }, { ...A, place: 'b', value: 3 }], [])
  const { heads, rows } = valueTable(now, values(2010, [{ ...A, value: 10 }], []))
  expect(heads.length).toBe(rows[0].length)
  expect(rows[0].slice(-4)).toEqual([10, 2010, 2, 'census'])
  expect(rows[1].slice(-4)).toEqual([undefined, 2010, null, undefined])
})

test('only a list of objects is a table', () => {
  expect(answerTable([{ a: 1 }, { a: 2, b: { c: 3 } }])).toEqual({ heads: ['a', 'b'], rows: [[1, undefined], [2, '{"c":3}']] })
  expect([answerTable([]), answerTable([1]), answerTable({ a: 1 })]).toEqual([undefined, undefined, undefined])
})
