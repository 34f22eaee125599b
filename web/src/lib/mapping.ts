/** A mapping as a grid that a person edits: one row a column of the file, and what is said once for the whole file. */

export interface Named {
  column?: string | null
  value?: string | null
}
export interface FigureColumn {
  column: string
  indicator?: string | null
  unit?: string | null
  period?: string | null
  place?: string | null
}
export interface NewSource {
  zh: string
  en: string
  publisher: string
  published?: string | null
  licence: string
  quality: string
  origin: string
}
export interface Mapping {
  format: string
  table?: string
  source?: string | null
  new_source?: NewSource | null
  sheet?: string | null
  header_rows?: number[]
  place?: (Named & { by?: 'code' | 'name'; within?: string | null }) | null
  period?: Named | null
  indicator?: Named | null
  unit?: Named | null
  figures?: FigureColumn[]
  columns?: Record<string, string>
  places?: Record<string, string>
  indicators?: Record<string, string>
  quality?: string | null
  estimate?: boolean
  method?: string | null
  statistics?: 'mean' | 'sum' | null
  options?: Record<string, string>
}

/** A column of the file, with cells of its first rows; how sure the proposal is, 0 to 1, why, and what it may be. */
export interface FileColumn {
  column: string
  examples: string[]
  why?: string
  sure?: number | null
  maybe?: { indicator: string; unit: string }
}

export const ROLES = ['ignore', 'place', 'period', 'indicator', 'unit', 'figure'] as const
export type Role = (typeof ROLES)[number]

export interface GridRow extends FileColumn {
  role: Role
  indicator: string
  unit: string
  period: string
  place: string
  /** Column of the table that it goes to; only where that is another table than that of figures. */
  target: string
}
/** What is said once for the whole file; empty where a column says it. */
export interface Whole {
  table: string
  by: 'code' | 'name'
  within: string
  place: string
  period: string
  indicator: string
  unit: string
  sheet: string
  headerRows: string
  statistics: '' | 'mean' | 'sum'
  quality: string
  estimate: boolean
  method: string
  /** Settled by hand, a line each: what stands in the file = id. */
  places: string
  indicators: string
  /** What the format itself has to choose, by name. */
  options: Record<string, string>
}
export interface SourceForm {
  fresh: boolean
  source: string
  about: Required<{ [K in keyof NewSource]: string }>
}
export interface Grid {
  rows: GridRow[]
  whole: Whole
  source: SourceForm
  rest: Mapping
}

/** The table of figures, whose columns are told by roles; of other tables the columns are told by name. */
export const FIGURES = 'observation'
const NO_SOURCE: SourceForm['about'] = {
  zh: '',
  en: '',
  publisher: '',
  published: '',
  licence: '',
  quality: 'B',
  origin: '',
}
const SINGLE = ['place', 'period', 'indicator', 'unit'] as const

/** The grid of a mapping; columns that the mapping names and the file's list lacks are added. */
export function gridOf(mapping: Mapping, columns: FileColumn[]): Grid {
  const named = [
    ...SINGLE.map((role) => mapping[role]?.column),
    ...(mapping.figures ?? []).map((figure) => figure.column),
    ...Object.values(mapping.columns ?? {}),
  ]
  const known = new Set(columns.map(({ column }) => column))
  const missing = [...new Set(named)].filter(
    (column): column is string => Boolean(column) && !known.has(column!),
  )
  const all = [...columns, ...missing.map((column) => ({ column, examples: [] }))]
  const whole: Whole = {
    table: mapping.table ?? FIGURES,
    by: mapping.place?.by ?? 'name',
    within: mapping.place?.within ?? '',
    place: mapping.place?.value ?? '',
    period: mapping.period?.value ?? '',
    indicator: mapping.indicator?.value ?? '',
    unit: mapping.unit?.value ?? '',
    sheet: mapping.sheet ?? '',
    headerRows: (mapping.header_rows ?? []).join(', '),
    statistics: mapping.statistics ?? '',
    quality: mapping.quality ?? '',
    estimate: mapping.estimate ?? false,
    method: mapping.method ?? '',
    places: linesOf(mapping.places),
    indicators: linesOf(mapping.indicators),
    options: { ...mapping.options },
  }
  const about = { ...NO_SOURCE, ...filledIn(mapping.new_source ?? {}) } as SourceForm['about']
  const source = { fresh: Boolean(mapping.new_source), source: mapping.source ?? '', about }
  return { rows: all.map((column) => rowOf(mapping, column)), whole, source, rest: mapping }
}

function rowOf(mapping: Mapping, about: FileColumn): GridRow {
  const { column } = about
  const figure = mapping.figures?.find((one) => one.column === column)
  const role = SINGLE.find((one) => mapping[one]?.column === column) ?? (figure ? 'figure' : 'ignore')
  const { indicator, unit, period, place } = figure ?? {}
  return {
    ...about,
    role,
    indicator: indicator ?? '',
    unit: unit ?? '',
    period: period ?? '',
    place: place ?? '',
    target: Object.entries(mapping.columns ?? {}).find(([, from]) => from === column)?.[0] ?? '',
  }
}

/** The mapping that a grid says; what the grid does not show stays as it was. */
export function mappingOf({ rows, whole, source, rest }: Grid): Mapping {
  const single = (role: (typeof SINGLE)[number]): Named | null => {
    const column = rows.find((row) => row.role === role)?.column
    if (column !== undefined) return { column }
    return whole[role] ? { value: whole[role] } : null
  }
  const place = single('place')
  const figures = rows.filter((row) => row.role === 'figure')
  return {
    ...rest,
    table: whole.table,
    columns: Object.fromEntries(rows.filter((row) => row.target).map((row) => [row.target, row.column])),
    source: source.source || null,
    new_source: source.fresh ? (orNull(source.about) as unknown as NewSource) : null,
    sheet: whole.sheet || null,
    header_rows: (whole.headerRows.match(/\d+/g) ?? []).map(Number),
    place: place && { ...place, by: whole.by, within: whole.within || null },
    period: single('period'),
    indicator: single('indicator'),
    unit: single('unit'),
    figures: figures.map(({ column, indicator, unit, period, place: at }) => ({
      column,
      ...orNull({ indicator, unit, period, place: at }),
    })),
    quality: whole.quality || null,
    estimate: whole.estimate,
    method: whole.method || null,
    statistics: whole.statistics || null,
    places: settled(whole.places),
    indicators: settled(whole.indicators),
    options: { ...whole.options },
  }
}

function linesOf(settledByHand: Record<string, string> = {}): string {
  return Object.entries(settledByHand)
    .map(([text, id]) => `${text} = ${id}`)
    .join('\n')
}

function settled(lines: string): Record<string, string> {
  const pairs = lines.split('\n').map((line) => line.split(/[=＝]/).map((part) => part.trim()))
  return Object.fromEntries(pairs.filter(([text, id]) => text && id))
}

/** Parts of a mapping of figures that nothing says yet. */
export function openParts({
  rows,
  whole,
  source,
}: Grid): ('source' | 'figures' | 'place' | 'period' | 'indicator')[] {
  const figures = rows.filter((row) => row.role === 'figure')
  const said = (role: 'place' | 'period' | 'indicator') =>
    Boolean(whole[role]) ||
    rows.some((row) => row.role === role) ||
    (figures.length > 0 && figures.every((row) => row[role]))
  const open = (['place', 'period', 'indicator'] as const).filter((role) => !said(role))
  const noSource = source.source ? [] : (['source'] as const)
  if (whole.table !== FIGURES) return [...noSource]
  return [...noSource, ...(figures.length ? [] : (['figures'] as const)), ...open]
}

/**
 * Put a column in a role; a role that only one column can have is taken from the other. A column of figures
 * begins with the indicator and the unit that it may be, unless each row names its indicator.
 */
export function withRole(rows: GridRow[], column: string, role: Role): GridRow[] {
  const only = (SINGLE as readonly Role[]).includes(role)
  const named = rows.some((row) => row.role === 'indicator' && row.column !== column)
  return rows.map((row) => {
    if (row.column === column && role === 'figure') {
      const indicator = row.indicator || (named ? '' : (row.maybe?.indicator ?? ''))
      return { ...row, role, indicator, unit: row.unit || (row.maybe?.unit ?? '') }
    }
    if (row.column === column) return { ...row, role }
    return only && row.role === role ? { ...row, role: 'ignore' as const } : row
  })
}

/** The grid with what the file's columns are told as now, as in another language; what a person chose stays. */
export function retold(grid: Grid, columns: FileColumn[]): Grid {
  const now = new Map(columns.map((column) => [column.column, column]))
  return { ...grid, rows: grid.rows.map((row) => ({ ...row, ...now.get(row.column) })) }
}

function filledIn(given: object): object {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && value !== undefined),
  )
}

function orNull(texts: Record<string, string>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.trim() || null]))
}
