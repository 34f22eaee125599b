import { expect, test } from 'vitest'
import { emptyListing, filterAsk, hoursInWords, listingAsk, titleInYuan } from './market'

test('a listing is asked for with what was filled in', () => {
  const form = { ...emptyListing(), body: ' uni-1 ', title: '涂层', readiness: '7', rights: 'ZL1、ZL2, ZL3', details: { price_fen: 0, deal: '', maturity: undefined } }
  expect(listingAsk('result', form)).toEqual({ market: 'result', body: 'uni-1', title: '涂层', readiness: 7, rights: ['ZL1', 'ZL2', 'ZL3'], details: { price_fen: 0 } })
  expect(listingAsk('need', emptyListing())).toEqual({ market: 'need' })
})

test('filters are those of the address', () => {
  const query: Record<string, string> = { readiness: '6', right: 'granted', need: 'x' }
  expect(filterAsk((name) => query[name])).toEqual({ readiness: 6, right_state: 'granted' })
})

test('money is called without fen where it is written in yuan', () => {
  expect(titleInYuan({ field: 'price_fen', title: '每小时价格(分)' })).toBe('每小时价格')
  expect(titleInYuan({ field: 'price_fen', title: 'price of an hour in fen' })).toBe('price of an hour')
  expect(titleInYuan({ field: 'least_minutes', title: 'shortest booking in minutes' })).toBe('shortest booking in minutes')
})

test('opening hours name the days of the reader', () => {
  expect(hoursInWords('mon-fri 08:00-18:00; sat 09:00-12:00', 'zh')).toBe('周一至周五 08:00-18:00; 周六 09:00-12:00')
  expect(hoursInWords('mon-fri 08:00-18:00; sat 09:00-12:00', 'en')).toBe('Mon-Fri 08:00-18:00; Sat 09:00-12:00')
})
