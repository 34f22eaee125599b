import { expect, test } from 'vitest'
import { emptyRedemption, isWhole, latestSchemes, redemptionAsk } from './vouchers'

test('a booking says itself who gets how much', () => {
  const form = { ...emptyRedemption(), code: ' c1 ', purpose: '检测', booking: 'b-1', institute: 'lab', bill_fen: 5 }
  expect(redemptionAsk(form)).toEqual({ code: 'c1', purpose: '检测', booking: 'b-1' })
  expect(isWhole(form)).toBe(true)
})

test('any other bill names its institute, its number and its sum', () => {
  const form = { ...emptyRedemption(), code: 'c1', purpose: '检测', institute: 'lab', bill: '17' }
  expect([isWhole(form), isWhole({ ...form, bill_fen: 'much' }), isWhole({ ...form, bill_fen: 100 })]).toEqual([false, false, true])
  expect(redemptionAsk({ ...form, bill_fen: 100 })).toEqual({ code: 'c1', purpose: '检测', institute: 'lab', bill: '17', bill_fen: 100 })
})

test('a scheme is that of its latest row', () => {
  const row = (scheme: string, valid_from: string, zh: string) => ({ scheme, zh, en: null, issuer: 'gov', valid_from, valid_to: null })
  expect(latestSchemes([row('a', '2026-01-01', '新'), row('a', '2025-01-01', '旧'), row('b', '2024-01-01', '乙')]).map((one) => one.zh)).toEqual(['乙', '新'])
})
