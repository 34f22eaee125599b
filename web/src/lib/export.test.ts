import { expect, test } from 'vitest'
import { bytes, csv } from './export'
import { measured, percent, shown } from './numbers'
import en from './en'
import zh from './zh'

function keys(words: object, above = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'object' ? keys(value as object, `${above}${key}.`) : [above + key],
  )
}

test('a table opens in Excel: byte-order mark, quotes doubled, empty for none', () => {
  const text = csv(['名称', 'value'], [['a "b", c', 1.5], [null, undefined]])
  expect(text).toBe('\uFEFF名称,value\r\n"a ""b"", c",1.5\r\n,\r\n')
})

test('a cell that looks like a formula stays text, a negative number stays a number', () => {
  expect(csv(['a'], [['=1+1'], [-5]])).toBe("\uFEFFa\r\n'=1+1\r\n-5\r\n")
})

test('base64 gives its bytes back', () => {
  expect([...bytes('AP8Q')]).toEqual([0, 255, 16])
})

test('figures are read as people read them', () => {
  expect([shown(16746.8), shown(1059572), shown(74.7017), shown(0), shown(null)]).toEqual([
    '16,746.8', '1,059,572', '74.7', '0', '–',
  ])
  expect([measured(7665, '10,000 mu'), measured(60, 'min')]).toEqual(['7,665 × 10,000 mu', '60 min'])
  expect(percent(0.0811)).toBe('8.1 %')
})

test('both languages have the same words', () => {
  expect(keys(zh)).toEqual(keys(en))
})
