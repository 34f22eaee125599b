/** Innovation vouchers: schemes with their budgets, vouchers that firms hold, what they paid for. */

export interface Scheme { scheme: string; zh: string; en: string | null; issuer: string; valid_from: string; valid_to: string | null }
export interface Budget {
  scheme: string; name: string; issuer: string; accepted_in: string[]; pays_for: string[]; share: number; valid_from: string; valid_to: string | null
  left_fen: number; held_fen: number; redeemed_fen: number; issued_fen: number
}
export interface Voucher {
  code: string; scheme: string; issuer: string; firm: string; face_fen: number; until: string | null; state: string; state_name: string; claimed_on: string; returned_on: string | null
  institute: string | null; city: string | null; purpose: string | null; bill: string | null; bill_fen: number | null; paid_fen: number | null; day: string | null
}
export const OF = ['scheme', 'firm', 'institute'] as const
export type Of = (typeof OF)[number]

/** A bill as it is typed: of a booking, or of any other service. */
export interface Redemption { code: string; purpose: string; booking: string; institute: string; bill: string; bill_fen: unknown }
export const emptyRedemption = (): Redemption => ({ code: '', purpose: '', booking: '', institute: '', bill: '', bill_fen: undefined })

/** What is redeemed, as the API is asked: a booking says itself who gets how much. */
export function redemptionAsk(form: Redemption): Record<string, unknown> {
  const { code, purpose, booking, institute, bill, bill_fen } = form
  const service = booking.trim() ? { booking: booking.trim() } : { institute: institute.trim(), bill: bill.trim(), bill_fen }
  return Object.fromEntries(Object.entries({ code: code.trim(), purpose: purpose.trim(), ...service }).filter(([, value]) => value !== '' && value !== undefined))
}

/** Whether a redemption has all that it must have. */
export function isWhole(form: Redemption): boolean {
  const { code, purpose, booking, institute, bill, bill_fen } = form
  return !!code.trim() && !!purpose.trim() && (!!booking.trim() || (!!institute.trim() && !!bill.trim() && typeof bill_fen === 'number'))
}

/** Schemes by their latest row, each once. */
export function latestSchemes(rows: Scheme[]): Scheme[] {
  return [...new Map([...rows].sort((a, b) => a.valid_from.localeCompare(b.valid_from)).map((one) => [one.scheme, one])).values()]
}
