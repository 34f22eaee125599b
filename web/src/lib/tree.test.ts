import { expect, test } from 'vitest'
import type { Clause } from './api'
import { above, tree } from './tree'

const clause = (name: string, parent: string | null) => ({ clause: name, parent, title: name }) as Clause
const rows = [clause('1', null), clause('1.1', '1'), clause('1.1.1', '1.1'), clause('2', null)]

test('clauses stand below their parents in the order of the document', () => {
  expect(tree(rows).map((one) => [one.key, one.below.map((two) => two.key)])).toEqual([['1', ['1.1']], ['2', []]])
})

test('a filter keeps what matches and what stands above it', () => {
  const [first, ...others] = tree(rows, (row) => row.clause === '1.1.1')
  expect([first.key, first.below[0].key, first.below[0].below[0].key, others.length]).toEqual(['1', '1.1', '1.1.1', 0])
})

test('the way to a clause begins with its chapter', () => {
  expect(above(rows, '1.1.1').map((row) => row.clause)).toEqual(['1', '1.1'])
})
