import { expect, test } from 'vitest'
import { branchName, quarantineRows, total } from './data'

test('counts of all tables make one', () => {
  expect([total(3), total({ observation: 3, source: 1 }), total({})]).toEqual([3, 4, 0])
})

test('a branch is called after its file and the day', () => {
  const day = new Date('2024-03-05T12:00:00Z')
  expect(branchName('upload:ab12/Year Book (2023).xlsx', day)).toBe('year-book-2023-2024-03-05')
  expect(branchName('统计年鉴.csv', day)).toBe('data-2024-03-05')
})

test('what was set aside goes out with row, column, text and reason', () => {
  expect(quarantineRows([{ row: 4, column: '人口', reason: 'no number', text: 'x' }])).toEqual([
    [4, '人口', 'x', 'no number'],
  ])
})
