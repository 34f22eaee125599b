import { expect, test } from 'vitest'
import { type Batch, branchName, fileColumns, openPart, previews, quarantineRows, takenBack } from './data'

test('a branch is called after its file and the day', () => {
  const day = new Date('2024-03-05T12:00:00Z')
  expect(branchName('upload:ab12/Year Book (2023).xlsx', day)).toBe('year-book-2023-2024-03-05')
  expect(branchName('青原 统计年鉴.csv', day)).toBe('青原-统计年鉴-2024-03-05')
  expect(branchName('(…).csv', day)).toBe('data-2024-03-05')
})

test('what was set aside goes out with row, column and reason', () => {
  expect(quarantineRows([{ row: 4, column: '人口', reason: 'no number' }])).toEqual([
    [4, '人口', 'no number'],
  ])
})

test('a column comes with what it may be; nothing where nothing was recognised', () => {
  const column = { samples: ['1'], reason: 'why', sure: 0.7 }
  const [known, unknown] = fileColumns([
    { ...column, column: '人口', indicator: 'people', unit: '万人' },
    { ...column, column: '其他', indicator: null, unit: null },
  ])
  expect(known.maybe).toEqual({ indicator: 'people', unit: '万人' })
  expect(unknown.maybe).toEqual({ indicator: '', unit: '' })
})

test('first rows stand table by table, without what is empty in all of them', () => {
  const rows = [
    { table: 'place', row: 1, place: 'a', zh: '甲', geometry: null },
    { table: 'place', row: 2, place: 'b', zh: null, geometry: null },
    { table: 'boundary', row: 1, place: 'a', zh: null, geometry: '21 bytes' },
  ]
  expect(previews(rows)).toEqual([
    {
      table: 'place',
      heads: ['row', 'place', 'zh'],
      rows: [
        [1, 'a', '甲'],
        [2, 'b', null],
      ],
    },
    { table: 'boundary', heads: ['row', 'place'], rows: [[1, 'a']] },
  ])
  expect(previews([])).toEqual([])
})

test('a batch is taken back while the undo of it stands', () => {
  const undo = (batch: string, origin: string) => ({ verb: 'undo', batch, origin }) as Batch
  const put = { verb: 'put', batch: 'a', origin: null } as Batch
  expect([...takenBack([undo('b', 'a'), put])]).toEqual(['a'])
  expect([...takenBack([undo('c', 'b'), undo('b', 'a'), put])]).toEqual(['b'])
})

test('a remark on the mapping is known by the part that it begins with', () => {
  expect([openPart('source: name one'), openPart('sheet 2 is empty')]).toEqual(['source', undefined])
})
