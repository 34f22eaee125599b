import { expect, test } from 'vitest'
import { cellInWords, keyInWords } from './words'

test('the key of a row is told by names and the shortest name of its period', () => {
  const key = {
    place: '1',
    indicator: 'people',
    valid_from: '2020-01-01',
    valid_to: '2021-01-01',
    grain: 'year',
  }
  const names = new Map([
    ['place:1', 'Alpha'],
    ['indicator:people', 'Residents'],
  ])
  expect(keyInWords(key, names)).toEqual(['Alpha (1)', 'Residents (people)', '2020'])
  expect(keyInWords({ source: 'book', clause: null }, names)).toEqual(['book'])
})

test('a cell is told by its name, numbers in full, yes and no in words', () => {
  const names = new Map([['source:book', 'Yearbook']])
  const told = (column: string, value: unknown) => cellInWords(column, value, names, ['no', 'yes'])
  expect([told('source', 'book'), told('note', 'book')]).toEqual(['Yearbook', 'book'])
  expect([told('value', 11223000), told('value', 0.1 + 0.2), told('estimate', false)]).toEqual([
    '11,223,000',
    '0.3',
    'no',
  ])
  expect([told('note', null), told('note', ['a'])]).toEqual(['–', '["a"]'])
})
