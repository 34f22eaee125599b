/** Contracts: what a template asks for, what was typed of it, what the API says is wrong, both books over the years. */

export interface Template { template: string; title: string; about: string; roles: string[]; terms: string[]; figures: string[]; source: string }
export interface Role { party: string; title: string; many: boolean }
export interface Term {
  item: string; title: string; type: string; type_name: string; unit: string | null; of_roles: string[]; required: boolean; fixed: boolean
  default: unknown; lowest: number | null; highest: number | null; source: string | null
}
export interface Figure { figure: string; title: string; unit: string; by_roles: string[] }
export interface Clause { clause: string; title: string; kind: string; kind_name: string; formula: string }
export interface Form {
  template: string; title: string; about: string; source: string; roles: Role[]; terms: Term[]; figures: Figure[]; rows: Clause[]
  requirements: string[]; books: Record<string, string>
}

export type Period = 'year' | 'quarter' | 'month'
export const PERIODS: Period[] = ['year', 'quarter', 'month']
export interface Contract {
  id: string; template: string; zh?: string; en?: string; clause?: string
  parties: Record<string, string | string[]>
  terms: Record<string, unknown>
  schedule: { period: Period; first: string; last?: string; pay_within_days?: number | string }
  books?: Record<string, string>
}
export type Figures = Record<string, Record<string, unknown>>
/** A contract and what is expected of its periods, as `exchange preview` takes both. */
export interface Draft { contract: Contract; figures: Figures }

export interface SumRow { body: string; body_name: string; account: string; commodity: string; commodity_name: string; in_place: number; as_agreed: number; unit: string }
export interface LineRow {
  period: string; body: string; body_name: string; account: string; commodity: string; commodity_name: string; book: 'in_place' | 'as_agreed'
  amount: number; in_unit: number; unit: string
}
export interface FuturePosting { account: string; commodity: string; amount: number; book: string | null }
export interface FutureEntry { key: string; effective: string; memo: string; contract: string; clause: string | null; postings: FuturePosting[] }
export interface Preview {
  contract: string; title: string; template: string; periods: string[]; rows: SumRow[]; lines: LineRow[]
  checks: { fact: string; holds: boolean; says: string }[]
  entries: FutureEntry[]
}

/** An empty contract of a template, that begins with the next year. */
export function emptyDraft(template: string, now = new Date()): Draft {
  const first = String(now.getFullYear() + 1)
  return { contract: { id: `${template}-${first}`, template, parties: {}, terms: {}, schedule: { period: 'year', first } }, figures: { [first]: {} } }
}

const WRITTEN: Record<Period, RegExp> = { year: /^[12]\d{3}$/, quarter: /^[12]\d{3}-Q[1-4]$/, month: /^[12]\d{3}-(0[1-9]|1[0-2])$/ }
const A_YEAR: Record<Period, number> = { year: 1, quarter: 4, month: 12 }

/** Whether a name is one of a period of that kind. */
export const isPeriod = (kind: Period, name: string) => WRITTEN[kind].test(name)

function numberOf(kind: Period, name: string): number {
  return Number(name.slice(0, 4)) * A_YEAR[kind] + (kind === 'year' ? 0 : Number(name.slice(kind === 'quarter' ? 6 : 5)) - 1)
}
function nameOf(kind: Period, number: number): string {
  const [year, part] = [Math.floor(number / A_YEAR[kind]), (number % A_YEAR[kind]) + 1]
  return { year: `${year}`, quarter: `${year}-Q${part}`, month: `${year}-${String(part).padStart(2, '0')}` }[kind]
}

/** So many periods from the first on; none if the first is no period of that kind. */
export function periodsFrom(kind: Period, first: string, count: number): string[] {
  if (!isPeriod(kind, first)) return []
  return Array.from({ length: count }, (_, index) => nameOf(kind, numberOf(kind, first) + index))
}

/** A period of another kind that begins on the same day, or with the year. */
export function periodAs(kind: Period, name: string): string {
  const before = PERIODS.find((one) => isPeriod(one, name))
  if (!before) return name
  return nameOf(kind, Math.floor((numberOf(before, name) * A_YEAR[kind]) / A_YEAR[before]))
}

/** The figures under new names of periods, in their order; what has no name any more is left out. */
export function renamed(figures: Figures, periods: string[]): Figures {
  const before = Object.keys(figures).sort()
  return Object.fromEntries(periods.map((period, index) => [period, figures[before[index]] ?? {}]))
}

/** A row of the grid: a figure, of one body where each has its own. */
export interface GridRow { figure: string; body?: string; title: string; unit: string }

/** Rows of the grid for the parties that are named. */
export function gridRows(form: Form, parties: Contract['parties']): GridRow[] {
  return form.figures.flatMap(({ figure, title, unit, by_roles }) => {
    if (!by_roles.length) return [{ figure, title, unit }]
    return bodiesOf(parties, by_roles).map((body) => ({ figure, body, title, unit }))
  })
}

/** Bodies that play some roles, each once. */
export function bodiesOf(parties: Contract['parties'], roles: string[]): string[] {
  return [...new Set(roles.flatMap((role) => parties[role] ?? []).filter(Boolean))]
}

/** A figure of a period. */
export function figureAt(figures: Figures, period: string, { figure, body }: GridRow): unknown {
  const found = figures[period]?.[figure]
  return body === undefined ? found : (found as Record<string, unknown> | undefined)?.[body]
}

/** Set a figure of a period; undefined takes it out. */
export function setFigure(figures: Figures, period: string, { figure, body }: GridRow, value: unknown): void {
  const all = (figures[period] ??= {})
  if (body === undefined) put(all, figure, value)
  else {
    const each = { ...(all[figure] as Record<string, unknown> | undefined) }
    put(each, body, value)
    put(all, figure, Object.keys(each).length ? each : undefined)
  }
}
function put(into: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined || value === '') delete into[name]
  else into[name] = value
}

const blank = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (typeof value === 'object' && Object.values(value as object).every(blank))

/** The draft as the API is asked: without what is empty, and without figures of bodies that are no party any more. */
export function cleaned({ contract, figures }: Draft, form?: Form): Draft {
  const parties = Object.fromEntries(
    Object.entries(contract.parties).map(([role, one]) => [role, Array.isArray(one) ? one.filter(Boolean) : one]).filter(([, one]) => !blank(one)),
  ) as Contract['parties']
  const kept = <T extends object>(given: T) => Object.fromEntries(Object.entries(given).filter(([, one]) => !blank(one))) as T
  const rows = form && gridRows(form, parties)
  const told = (period: string) => {
    if (!rows) return figures[period]
    const found: Figures = { [period]: {} }
    for (const row of rows) setFigure(found, period, row, figureAt(figures, period, row))
    return found[period]
  }
  const { books, ...rest } = contract
  return {
    contract: { ...kept(rest), parties, terms: kept(contract.terms), schedule: kept(contract.schedule), ...(books && !blank(books) && { books: kept(books) }) },
    figures: Object.fromEntries(Object.keys(figures).sort().map((period) => [period, told(period)])),
  }
}

/** Places of a contract that are still empty and must not be, as the API names them. */
export function lacking(form: Form, { contract, figures }: Draft): string[] {
  return [
    ...(contract.id ? [] : ['id']),
    ...form.roles.filter(({ party }) => !bodiesOf(contract.parties, [party]).length).map(({ party }) => `parties.${party}`),
    ...form.terms.filter(({ item, required }) => required && blank(contract.terms[item])).map(({ item }) => `terms.${item}`),
    ...(isPeriod(contract.schedule.period, contract.schedule.first) ? [] : ['schedule.first']),
    ...(Object.values(figures).every(blank) ? ['figures'] : []),
  ]
}

export interface Fault { part: 'contract' | 'figures'; path: string; says: string }

/** Faults as the API tells them, line by line: of the contract, of the figures, and what belongs to no field. */
export function faultsOf(message: string): { faults: Fault[]; rest: string[] } {
  const faults: Fault[] = []
  const rest: string[] = []
  for (const line of message.split('\n')) {
    const [, part, path, says] = /^\s+(contract|figures): ((?:[^\s:]|\[[^\]]*\])+): (.*)$/.exec(line) ?? []
    if (path) faults.push({ part: part as Fault['part'], path, says })
    else rest.push(line)
  }
  return { faults, rest }
}

/** What is said of a place and of what lies in it. */
export function saidOf(faults: Fault[], part: Fault['part'], path: string): string[] {
  return faults.filter((one) => one.part === part && (one.path === path || one.path.startsWith(`${path}.`))).map((one) => one.says)
}

/** What a path of figures means in words, as of `2027.put_in.gov-a`: the period, the figure, the body. */
export function figureInWords(path: string, form: Form | undefined, nameOf: (body: string) => string): string {
  const [period, figure, body] = path.split('.')
  const title = form?.figures.find((one) => one.figure === figure)?.title ?? figure
  return [period, title, body && nameOf(body)].filter(Boolean).join(' ')
}

/** What is wanting of figures, with its place in words. */
export function wantingInWords(says: string, form: Form | undefined, nameOf: (body: string) => string): string {
  const [, path, rest] = /^([12]\d{3}\S*?\.[^\s:\uFF1A]+)[:\uFF1A]\s*(.*)$/.exec(says) ?? []
  return path ? `${figureInWords(path, form, nameOf)}: ${rest}` : says
}

/** A contract from a file, with its figures where they are there. */
export function readDraft(text: string): Draft {
  const found = JSON.parse(text) as Partial<Draft> & Partial<Contract>
  const contract = (found.contract ?? found) as Partial<Contract>
  if (typeof contract?.template !== 'string') throw new SyntaxError('contract.template')
  const empty = emptyDraft(contract.template)
  const schedule = { ...empty.contract.schedule, ...contract.schedule }
  const whole = { ...empty.contract, ...contract, parties: { ...contract.parties }, terms: { ...contract.terms }, schedule }
  return { contract: whole, figures: found.figures && Object.keys(found.figures).length ? found.figures : { [schedule.first]: {} } }
}

/** A memo is kept in both languages: the reader's one; all of it where it is not in two parts. */
export function memoIn(memo: string, lang: 'zh' | 'en'): string {
  const words = memo.split(' / ')
  return words.length === 2 ? words[lang === 'zh' ? 0 : 1] : memo
}

/** What one body has of a commodity, period by period, in each book: all of its accounts together. */
export interface Series { body: string; name: string; inPlace: number[]; asAgreed: number[] }
export interface Panel { commodity: string; name: string; unit: string; series: Series[] }

// They stand for the world outside and for what is counted twice: no party.
const NONE = ['outside', 'eliminated']

/** A panel for each commodity that something is posted of. */
export function panelsOf({ lines, periods }: Pick<Preview, 'lines' | 'periods'>): Panel[] {
  const panels = new Map<string, Panel>()
  for (const row of lines) {
    if (NONE.includes(row.body)) continue
    const panel = panels.get(row.commodity) ?? { commodity: row.commodity, name: row.commodity_name, unit: row.unit, series: [] }
    panels.set(row.commodity, panel)
    let series = panel.series.find((one) => one.body === row.body)
    if (!series) panel.series.push((series = { body: row.body, name: row.body_name, inPlace: periods.map(() => 0), asAgreed: periods.map(() => 0) }))
    series[row.book === 'in_place' ? 'inPlace' : 'asAgreed'][periods.indexOf(row.period)] += row.in_unit
  }
  return [...panels.values()].filter((panel) => panel.series.some((one) => [...one.inPlace, ...one.asAgreed].some(Boolean)))
}

/** Both books of a period, body and account side by side. */
export interface BothRow { period: string; body: string; account: string; commodity: string; unit: string; in_place: number; as_agreed: number }
export function bothBooks(lines: LineRow[]): BothRow[] {
  const rows = new Map<string, BothRow>()
  for (const one of lines) {
    const key = [one.period, one.body, one.account, one.commodity].join('\n')
    const row = rows.get(key) ?? { period: one.period, body: one.body_name, account: one.account, commodity: one.commodity_name, unit: one.unit, in_place: 0, as_agreed: 0 }
    row[one.book] += one.in_unit
    rows.set(key, row)
  }
  return [...rows.values()]
}

/** A contract as it is kept: its versions, what was told of its periods, what was settled. */
export interface KeptRow {
  contract: string; title: string; template: string; template_name: string; version: number; parties: Record<string, string[]>; clause: string | null
  state: string; state_name: string; settled_to: string | null; next_period: string | null
}
export interface KeptContract extends KeptRow {
  written: Contract
  versions: { version: number; holds_from: string; note: string | null; by: string | null; recorded_at: string }[]
  rows: { period: string; version: number; keys: string[]; by: string | null; recorded_at: string }[]
  told: Figures
  saved: boolean
}
export interface Settlement {
  settled: number; unsettled: number; check: boolean
  rows: { contract: string; period: string; state: string; state_name: string; keys: string[]; wanting: string[] }[]
}
