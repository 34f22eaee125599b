import { expect, test } from 'vitest'
import { keyInWords } from './words'

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
