import { expect, test } from 'vitest'
import { bytes, csv } from './export'

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
