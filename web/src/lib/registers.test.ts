import { expect, test } from 'vitest'
import { fieldsOf, funnelBars, rowOf, sheetBars } from './registers'

test('the bar of a stage is as wide as its share of the first, about one middle', () => {
  expect(funnelBars([{ came: 8 }, { came: 2 }, { came: 0 }], 400)).toEqual([{ x: 0, width: 400 }, { x: 150, width: 100 }, { x: 200, width: 0 }])
  expect(funnelBars([{ came: 0 }], 100)[0].width).toBe(0)
})

test('what is supplied and where it goes stand beside each other, and shrinking stocks below nothing', () => {
  const line = (side: string, line_amount: number) => ({ side, item: side, line_amount })
  const [supply, use] = sheetBars([{ year: 2024, sheet_lines: [line('production', 60), line('production', 40), line('use', 105), line('stock_change', -5)] }], { supply: 'in', use: 'out' })
  expect(supply).toEqual({ label: '2024 in', parts: [{ key: 'production', value: 100 }] })
  expect(use.parts).toEqual([{ key: 'use', value: 105 }, { key: 'stock_change', value: -5 }])
})

test('a form asks first for what a row must have, by kinds that its rules tell', () => {
  const fields = fieldsOf([
    { column: 'note', type: 'text', unit: '', required: false, label: 'remark', rule: '' },
    { column: 'side', type: 'text', unit: '', required: true, label: 'side', rule: 'key in:use|loss' },
    { column: 'place', type: 'text', unit: '', required: true, label: 'place', rule: 'key place' },
    { column: 'solvers', type: 'text', unit: '', required: false, label: 'solvers', rule: 'refs:institution.institution' },
    { column: 'year', type: 'int', unit: 'year', required: true, label: 'year', rule: 'min:1900' },
    { column: 'by', type: 'text', unit: '', required: false, label: 'who', rule: '' },
  ])
  expect(fields.map((one) => [one.name, one.kind])).toEqual([['side', 'choice'], ['place', 'text'], ['year', 'number'], ['note', 'text'], ['solvers', 'text']])
  expect(fields.map((one) => one.looks)).toEqual([null, 'place', null, null, 'institution'])
  expect(rowOf(fields, { side: 'use', place: ' a ', year: '2024', note: ' ' })).toEqual({ side: 'use', place: 'a', year: 2024 })
  expect(rowOf(fields, { side: 'use', place: 'a', year: 2024 })).toEqual({ side: 'use', place: 'a', year: 2024 })
})
