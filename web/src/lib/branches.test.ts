import { expect, test } from 'vitest'
import { type Change, NAMED, apart, byTable, cells } from './branches'

const ROW: Change = {
  table: 'observation',
  change: 'changed',
  key: { place: 'a', indicator: 'people' },
  before: { place: 'a', indicator: 'people', value: 1, source: 's', note: null },
  after: { place: 'a', indicator: 'people', value: 2, source: 's' },
}

test('of a changed row the cells that differ are told, not its key', () => {
  expect(cells(ROW)).toEqual([{ name: 'value', before: 1, after: 2 }])
  expect(cells({ ...ROW, change: 'added', before: null })).toEqual([
    { name: 'value', before: null, after: 2 },
    { name: 'source', before: null, after: 's' },
  ])
})

test('changes stand by table in the order they came', () => {
  const tables = byTable([ROW, { ...ROW, table: 'source' }, ROW]).map(([table, rows]) => [table, rows.length])
  expect(tables).toEqual([
    ['observation', 2],
    ['source', 1],
  ])
})

test('rows of two answers are held together by what names them, wherever they stand', () => {
  const before = [
    { target: 'x', status: 'met', seen: { value: 1 } },
    { target: 'y', status: 'no_data' },
  ]
  const after = [
    { target: 'y', status: 'met' },
    { target: 'x', status: 'met', seen: { value: 3 } },
    { target: 'z', status: 'met' },
  ]
  expect(apart(before, after)).toEqual([
    { path: 'x · seen · value', before: 1, after: 3 },
    { path: 'y · status', before: 'no_data', after: 'met' },
    { path: 'z', before: undefined, after: { target: 'z', status: 'met' } },
  ])
})

test('lists without names are held together by their place; equal answers differ in nothing', () => {
  expect(apart({ list: [1, 2] }, { list: [1, 3] })).toEqual([{ path: 'list · 2', before: 2, after: 3 }])
  expect(apart(ROW, ROW)).toEqual([])
})

test('a branch may have a Chinese name, but none with a space', () => {
  const fits = (name: string) => new RegExp(`^(?:${NAMED})$`, 'v').test(name)
  expect(['yearbook-2024', '年鉴_2024.1', '2024'].map(fits)).toEqual([true, true, true])
  expect(['年鉴 2024', '-a', '', 'a/b', 'a'.repeat(65)].map(fits)).toEqual([false, false, false, false, false])
})
