import { describe, expect, it } from 'vitest'
import { pasted, shift, stored, turned, written } from './amounts'

describe('a point that moves', () => {
  it('loses no digit and makes none', () => {
    expect(shift('33.3', -2)).toBe('0.333')
    expect(shift('0.333', 2)).toBe('33.3')
    expect(shift('12', 6)).toBe('12000000')
    expect(shift('-0.05', 2)).toBe('-5')
    expect(shift('1e-7', 2)).toBe('0.00001')
    expect(shift('2.5e21', 0)).toBe('2500000000000000000000')
    expect(shift('-0', 2)).toBe('0')
  })
  it('goes there and back for every hundredth', () => {
    for (let cents = -1000; cents <= 1000; cents++) expect(stored(written(cents, 2), 2)).toBe(cents)
    for (let parts = 0; parts <= 1000; parts++) expect(stored(written(parts / 1000, -2), -2)).toBe(parts / 1000)
  })
})

describe('what is typed', () => {
  it('is a number with thousands apart or none, and with a sign of percent', () => {
    expect(stored(' 1,234.5 ', 2)).toBe(123450)
    expect(stored('1,234', 0)).toBe(1234)
    expect(stored('60%', -2)).toBe(0.6)
    expect(stored('  ', 2)).toBeUndefined()
  })
  it('stays as it is where it is no number', () => {
    expect(stored('about 5', 2)).toBe('about 5')
    expect(stored('.', 2)).toBe('.')
    expect(written('about 5', 2)).toBe('about 5')
  })
  it('is shown with thousands apart', () => {
    expect(written(123456789, 2)).toBe('1,234,567.89')
    expect(written(undefined, 2)).toBe('')
  })
})

describe('cells of a spreadsheet', () => {
  it('come row by row', () => {
    expect(pasted('1\t2\r\n3\t\r\n')).toEqual([['1', '2'], ['3', '']])
  })
  it('are turned, ragged ones too', () => {
    expect(turned([['1', '2', '3'], ['4']])).toEqual([['1', '4'], ['2', ''], ['3', '']])
  })
})
