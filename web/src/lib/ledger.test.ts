import { describe, expect, it } from 'vitest'
import { type Balance, inUnits, kindOf, linesOf } from './ledger'

const row = (account: string, book: Balance['book'], balance: number): Balance => ({
  account, body: account.split('/')[0], body_name: account.split('/')[0], commodity: 'TAX', commodity_name: 'tax', book, book_name: book, balance, reserved: 0, expected: 0, available: balance,
  in_unit: balance / 100, unit: 'yuan',
})

describe('balances as lines', () => {
  it('a row of both books says the same in each', () => {
    const [line] = linesOf([row('outside/tax', 'both', -1000)])
    expect([line.inPlace.balance, line.asAgreed.balance, line.differs]).toEqual([-1000, -1000, false])
  })
  it('what the books say differently stands in one line', () => {
    const lines = linesOf([row('a/tax', 'in_place', 1000), row('a/tax', 'as_agreed', 600), row('b/tax', 'in_place', 0), row('b/tax', 'as_agreed', 400)])
    expect(lines.map((line) => [line.account, line.inPlace.balance, line.asAgreed.balance, line.differs])).toEqual([['a/tax', 1000, 600, true], ['b/tax', 0, 400, true]])
  })
})

describe('amounts', () => {
  it('keep every digit of the smallest unit', () => {
    expect(inUnits(123456789, 2)).toBe('1,234,567.89')
    expect(inUnits(-5, 4)).toBe('-0.0005')
    expect(inUnits(60, 0)).toBe('60')
  })
  it('of a voucher are those of its kind', () => {
    const voucher = { commodity: 'voucher', name: '', unit: '', smallest: '', digits: 2, memo: false }
    expect(kindOf([voucher], 'voucher:gov-a')).toBe(voucher)
    expect(kindOf([voucher], 'CNY')).toBeUndefined()
  })
})
