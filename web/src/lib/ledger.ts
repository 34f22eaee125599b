/** The ledger: balances of accounts in two books, statements, entries, what bodies owe each other. */

export type Book = 'in_place' | 'as_agreed'

export interface Balance {
  account: string; body: string; body_name: string; commodity: string; commodity_name: string; book: Book | 'both'; book_name: string
  balance: number; reserved: number; expected: number; available: number; in_unit: number; unit: string
}
export interface StatementRow {
  seq: number; key: string; kind: string; effective: string; recorded_at: string; account: string; commodity: string; book: string
  amount: number; balance: number | null; memo: string; contract: string | null; clause: string | null
}
export interface Posting {
  account: string; commodity: string; commodity_name: string; amount: number; in_unit: number; unit: string; book: string
}
export interface Entry {
  seq: number; key: string; kind: string; effective: string; recorded_at: string; memo: string; contract: string | null; clause: string | null
  by: string | null; refers: number | null; referred_by: number | null; hash: string; postings: Posting[]
}
export interface Commodity { commodity: string; name: string; unit: string; smallest: string; digits: number; memo: boolean }
export interface Trial {
  commodity: string; commodity_name: string; book: Book; positive: number; negative: number; difference: number; region: number; accounts: number
}
export interface Verified { ok: boolean; entries: number; hash: string; head: number | null; findings: { check: string; seq: number | null; says: string }[] }
export interface Netting {
  commodity: string; commodity_name: string; unit: string; owed: number; after_netting: number; difference: number
  rows: { body: string; other: string; body_name: string; other_name: string; amount: number; other_says: number }[]
  payments: { body: string; other: string; body_name: string; other_name: string; amount: number }[]
}

/** One account in one commodity, with what each book says. */
export interface Line { account: string; body: string; bodyName: string; commodity: string; name: string; unit: string; inPlace: Balance; asAgreed: Balance; differs: boolean }

/** Balances as lines: a row that holds in both books says the same in each. */
export function linesOf(rows: Balance[]): Line[] {
  const lines = new Map<string, Line>()
  for (const row of rows) {
    const key = `${row.account}\n${row.commodity}`
    const line = lines.get(key) ?? {
      account: row.account, body: row.body, bodyName: row.body_name, commodity: row.commodity, name: row.commodity_name, unit: row.unit, inPlace: row, asAgreed: row, differs: false,
    }
    if (row.book === 'in_place') line.inPlace = row
    if (row.book === 'as_agreed') line.asAgreed = row
    line.differs = line.inPlace.balance !== line.asAgreed.balance
    lines.set(key, line)
  }
  return [...lines.values()]
}

/** An amount in the unit that people read; every digit is kept. */
export function inUnits(amount: number, digits: number): string {
  return (amount / 10 ** digits).toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: digits })
}

/** The commodity of an id; vouchers of all bodies are of one kind. */
export function kindOf(commodities: Commodity[], id: string): Commodity | undefined {
  const kind = id.startsWith('voucher:') ? 'voucher' : id
  return commodities.find((one) => one.commodity === kind)
}
