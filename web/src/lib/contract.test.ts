import { describe, expect, it } from 'vitest'
import {
  type Form, type LineRow, bothBooks, cleaned, emptyDraft, faultsOf, figureAt, gridRows, lacking, memoIn, panelsOf, periodAs, periodsFrom, readDraft, renamed, saidOf, setFigure, wantingInWords,
} from './contract'

const term = { type_name: '', unit: null, of_roles: [], fixed: false, default: null, lowest: null, highest: null, source: null }
const FORM: Form = {
  template: 'park', title: '', about: '', source: '', rows: [], requirements: [], books: {},
  roles: [{ party: 'host', title: '', many: false }, { party: 'users', title: '', many: true }],
  terms: [{ ...term, item: 'price', title: '', type: 'money', required: true }, { ...term, item: 'floor', title: '', type: 'money', required: false }],
  figures: [{ figure: 'tax', title: 'tax', unit: 'fen', by_roles: [] }, { figure: 'hours', title: 'hours', unit: 'h', by_roles: ['users'] }],
}

describe('periods', () => {
  it('follow each other over the year', () => {
    expect(periodsFrom('quarter', '2027-Q3', 3)).toEqual(['2027-Q3', '2027-Q4', '2028-Q1'])
    expect(periodsFrom('month', '2027-11', 3)).toEqual(['2027-11', '2027-12', '2028-01'])
    expect(periodsFrom('year', '2027-Q3', 3)).toEqual([])
  })
  it('become those of another kind', () => {
    expect([periodAs('quarter', '2027'), periodAs('month', '2027-Q3'), periodAs('year', '2027-11'), periodAs('year', 'soon')]).toEqual(['2027-Q1', '2027-07', '2027', 'soon'])
  })
  it('keep their figures under new names', () => {
    expect(renamed({ 2027: { a: 1 }, 2028: { a: 2 } }, ['2030', '2031'])).toEqual({ 2030: { a: 1 }, 2031: { a: 2 } })
  })
})

describe('a draft', () => {
  it('says what is still lacking, and nothing once it is there', () => {
    const draft = emptyDraft('park', new Date(2026, 5, 1))
    expect(lacking(FORM, draft)).toEqual(['parties.host', 'parties.users', 'terms.price', 'figures'])
    draft.contract.parties = { host: 'a', users: ['b'] }
    draft.contract.terms = { price: 0 }
    setFigure(draft.figures, '2027', gridRows(FORM, draft.contract.parties)[0], 5)
    expect(lacking(FORM, draft)).toEqual([])
  })
  it('has a row for each body that tells a figure', () => {
    const rows = gridRows(FORM, { host: 'a', users: ['b', '', 'c'] })
    expect(rows.map((row) => [row.figure, row.body])).toEqual([['tax', undefined], ['hours', 'b'], ['hours', 'c']])
    const figures = {}
    setFigure(figures, '2027', rows[2], 7)
    expect(figures).toEqual({ 2027: { hours: { c: 7 } } })
    expect(figureAt(figures, '2027', rows[2])).toBe(7)
    setFigure(figures, '2027', rows[2], undefined)
    expect(figures).toEqual({ 2027: {} })
  })
  it('is asked without what is empty and without bodies that left', () => {
    const draft = emptyDraft('park', new Date(2026, 5, 1))
    draft.contract.parties = { host: 'a', users: ['b', ''] }
    draft.contract.terms = { price: 0, floor: '', shares: {} }
    draft.figures = { 2027: { tax: 0, hours: { b: 1, gone: 9 } } }
    const asked = cleaned(draft, FORM)
    expect(asked.contract.parties).toEqual({ host: 'a', users: ['b'] })
    expect(asked.contract.terms).toEqual({ price: 0 })
    expect(asked.figures).toEqual({ 2027: { tax: 0, hours: { b: 1 } } })
  })
  it('comes back from its file', () => {
    const draft = emptyDraft('park', new Date(2026, 5, 1))
    expect(readDraft(JSON.stringify(draft))).toEqual(draft)
    expect(readDraft(JSON.stringify({ template: 'park', id: 'x' })).contract.id).toBe('x')
    expect(() => readDraft('{"id": "x"}')).toThrow(SyntaxError)
    expect(() => readDraft('no')).toThrow(SyntaxError)
  })
})

describe('faults', () => {
  const message = [
    'the contract is faulty:', '  contract: id: an id has no blank and none of : @ /', '  contract: parties.host.function-after[_name(), constrained-str]: too long',
    '  figures: 2027.hours.b: missing: hours',
  ].join('\n')
  it('are told apart by the field that they name', () => {
    const { faults, rest } = faultsOf(message)
    expect(rest).toEqual(['the contract is faulty:'])
    expect(saidOf(faults, 'contract', 'id')).toEqual(['an id has no blank and none of : @ /'])
    expect(saidOf(faults, 'contract', 'parties.host')).toEqual(['too long'])
    expect(saidOf(faults, 'figures', '2027.hours.b')).toEqual(['missing: hours'])
    expect(saidOf(faults, 'contract', 'i')).toEqual([])
  })
  it('of figures name their place in words', () => {
    const name = (body: string) => (body === 'gov-b' ? 'B' : body)
    expect(wantingInWords('2025-Q2.hours.gov-b: missing: hours', FORM, name)).toBe('2025-Q2 hours B: missing: hours')
    expect(wantingInWords('2027.tax:缺税收', FORM, name)).toBe('2027 tax: 缺税收')
    expect(wantingInWords('the fund has not the cash', FORM, name)).toBe('the fund has not the cash')
  })
})

describe('both books', () => {
  const line = (period: string, body: string, account: string, book: LineRow['book'], in_unit: number): LineRow => ({
    period, body, body_name: body, account, commodity: 'TAX', commodity_name: 'tax', book, amount: in_unit * 100, in_unit, unit: 'yuan',
  })
  const lines = [
    line('2027', 'a', 'tax', 'in_place', 10), line('2027', 'a', 'tax', 'as_agreed', 6), line('2027', 'b', 'tax', 'as_agreed', 4), line('2027', 'outside', 'tax', 'in_place', -10),
    line('2028', 'a', 'tax', 'in_place', 20), line('2028', 'a', 'more', 'in_place', 1),
  ]
  it('stand by body and period, all accounts together, without the world outside', () => {
    const [panel] = panelsOf({ lines, periods: ['2027', '2028'] })
    expect(panel.series.map((one) => [one.body, one.inPlace, one.asAgreed])).toEqual([['a', [10, 21], [6, 0]], ['b', [0, 0], [4, 0]]])
  })
  it('stand side by side in a table', () => {
    expect(bothBooks(lines)[0]).toMatchObject({ period: '2027', body: 'a', in_place: 10, as_agreed: 6 })
    expect(bothBooks(lines)).toHaveLength(5)
  })
  it('draw nothing of what is nothing', () => {
    expect(panelsOf({ lines: [line('2027', 'a', 'tax', 'in_place', 0)], periods: ['2027'] })).toEqual([])
  })
})

it('a memo is read in one language', () => {
  expect([memoIn('分享 / sharing', 'zh'), memoIn('分享 / sharing', 'en'), memoIn('a / b / c', 'en'), memoIn('分享', 'en')]).toEqual(['分享', 'sharing', 'a / b / c', '分享'])
})
