import { expect, test } from 'vitest'
import { branchName, openPart, quarantineRows } from './data'

test('a branch is called after its file and the day', () => {
  const day = new Date('2024-03-05T12:00:00Z')
  expect(branchName('upload:ab12/Year Book (2023).xlsx', day)).toBe('year-book-2023-2024-03-05')
  expect(branchName('统计年鉴.csv', day)).toBe('data-2024-03-05')
})

test('what was set aside goes out with row, column and reason', () => {
  expect(quarantineRows([{ row: 4, column: '人口', reason: 'no number' }])).toEqual([
    [4, '人口', 'no number'],
  ])
})

test('a remark on the mapping is known by the part that it begins with', () => {
  expect([openPart('source: name one'), openPart('sheet 2 is empty')]).toEqual(['source', undefined])
})
