import { expect, test } from 'vitest'
import { type Mapping, gridOf, mappingOf, openParts, retold, withRole } from './mapping'

const COLUMNS = [
  { column: '地区', examples: ['长安区'] },
  { column: '年份', examples: ['2023'] },
  { column: '常住人口', examples: ['54.2'] },
  { column: '备注', examples: [] },
]
const MAPPING: Mapping = {
  format: 'csv',
  table: 'observation',
  source: 'book',
  new_source: null,
  sheet: null,
  header_rows: [1, 2],
  place: { column: '地区', by: 'name', within: null },
  period: { column: '年份' },
  indicator: null,
  unit: { value: 'person' },
  figures: [{ column: '常住人口', indicator: 'people', unit: '万人', period: null, place: null }],
  columns: {},
  places: { 甲: '1' },
  indicators: {},
  quality: null,
  estimate: false,
  method: null,
  statistics: null,
  options: { sep: ';' },
}

test('a mapping comes back from its grid as it went in', () => {
  expect(mappingOf(gridOf(MAPPING, COLUMNS))).toEqual(MAPPING)
  const wide: Mapping = {
    ...MAPPING,
    place: { value: 'set:area', by: 'code', within: '130100' },
    period: null,
    statistics: 'mean',
    quality: 'C',
    method: 'm',
    estimate: true,
    source: 'new',
    new_source: {
      zh: '年',
      en: 'Y',
      publisher: 'P',
      published: null,
      licence: 'L',
      quality: 'B',
      origin: 'O',
    },
    figures: [{ column: '2023', indicator: null, unit: null, period: '2023', place: null }],
  }
  expect(mappingOf(gridOf(wide, COLUMNS))).toEqual(wide)
})

test('each column has its role and its examples; one that only the mapping names is listed too', () => {
  const { rows } = gridOf({ ...MAPPING, figures: [...MAPPING.figures!, { column: '面积' }] }, COLUMNS)
  expect(rows.map(({ column, role }) => [column, role])).toEqual([
    ['地区', 'place'],
    ['年份', 'period'],
    ['常住人口', 'figure'],
    ['备注', 'ignore'],
    ['面积', 'figure'],
  ])
  expect([rows[0].examples, rows[2].indicator]).toEqual([['长安区'], 'people'])
})

test('only one column tells the place; figures may be many', () => {
  const { rows } = gridOf(MAPPING, COLUMNS)
  expect(withRole(rows, '备注', 'place').map(({ role }) => role)).toEqual([
    'ignore',
    'period',
    'figure',
    'place',
  ])
  expect(withRole(rows, '备注', 'figure').map(({ role }) => role)).toEqual([
    'place',
    'period',
    'figure',
    'figure',
  ])
})

test('a column that becomes one of figures begins with what it may be, unless each row names its indicator', () => {
  const maybe = { indicator: 'area', unit: 'km2' }
  const { rows } = gridOf(MAPPING, [...COLUMNS, { column: '面积', examples: [], maybe }])
  const told = (all: typeof rows) => {
    const { indicator, unit } = withRole(all, '面积', 'figure').find((row) => row.column === '面积')!
    return [indicator, unit]
  }
  expect(told(rows)).toEqual(['area', 'km2'])
  expect(told(rows.map((row) => ({ ...row, unit: 'mu' })))).toEqual(['area', 'mu'])
  expect(told(withRole(rows, '备注', 'indicator'))).toEqual(['', 'km2'])
})

test('what the columns are told as may change under a grid; what a person chose stays', () => {
  const grid = gridOf(MAPPING, COLUMNS)
  const chosen = { ...grid, rows: withRole(grid.rows, '备注', 'unit') }
  const now = retold(chosen, [{ column: '备注', examples: ['km2'], why: 'units' }])
  expect(now.rows.map(({ role }) => role)).toEqual(chosen.rows.map(({ role }) => role))
  expect(now.rows.at(-1)).toMatchObject({ examples: ['km2'], why: 'units', role: 'unit' })
})

test('a column that tells the period goes before what was said for the whole file', () => {
  const grid = gridOf({ ...MAPPING, period: { value: '2020' } }, COLUMNS)
  expect(mappingOf(grid).period).toEqual({ value: '2020' })
  expect(mappingOf({ ...grid, rows: withRole(grid.rows, '年份', 'period') }).period).toEqual({
    column: '年份',
  })
})

test('what is settled by hand is a line each; a line without an id says nothing yet', () => {
  const grid = gridOf(MAPPING, COLUMNS)
  expect(grid.whole.places).toBe('甲 = 1')
  const whole = { ...grid.whole, places: '甲 = 1\n 乙＝2\n丙', indicators: '人口 = people' }
  expect(mappingOf({ ...grid, whole }).places).toEqual({ 甲: '1', 乙: '2' })
  expect(mappingOf({ ...grid, whole }).indicators).toEqual({ 人口: 'people' })
})

test('for another table each column of the file has its column of the table', () => {
  const mapping = { ...MAPPING, table: 'place', columns: { zh: '地区', place: '代码' } }
  const grid = gridOf(mapping, COLUMNS)
  expect(grid.rows.map(({ column, target }) => [column, target])).toEqual([
    ['地区', 'zh'],
    ['年份', ''],
    ['常住人口', ''],
    ['备注', ''],
    ['代码', 'place'],
  ])
  expect(mappingOf(grid)).toEqual(mapping)
})

test('what nothing says is open: neither a column, nor the whole file, nor every column of figures', () => {
  expect(openParts(gridOf(MAPPING, COLUMNS))).toEqual([])
  const bare = gridOf({ format: 'csv' }, COLUMNS)
  expect(openParts(bare)).toEqual(['source', 'figures', 'place', 'period', 'indicator'])
  expect(openParts({ ...bare, whole: { ...bare.whole, period: '2024' } })).not.toContain('period')
})

test('an option of the format that is empty stays: nothing is not the same as what is usual', () => {
  const grid = gridOf({ ...MAPPING, options: { amenities: '' } }, COLUMNS)
  expect(mappingOf(grid).options).toEqual({ amenities: '' })
})
