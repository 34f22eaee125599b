/** Figures as people read them. */

/** Thousands apart, four figures kept, whole numbers without a point; a dash for none. */
export function shown(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  const digits = Number.isInteger(value) || Math.abs(value) >= 1e5 ? 0 : Math.abs(value) >= 1000 ? 1 : undefined
  if (digits !== undefined) return value.toLocaleString('en-US', { maximumFractionDigits: digits })
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 })
}

// More than this is how the machine writes fractions.
const DIGITS = 10

/** A number with all its figures; thousands apart from 10,000 on, so that a year stays one. */
export function inFull(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: DIGITS, useGrouping: 'min2' })
}

/** A figure with its unit; a unit that begins with a number is a factor. */
export function measured(value: number | null | undefined, unit: string): string {
  return /^\d/.test(unit) ? `${shown(value)} × ${unit}` : `${shown(value)} ${unit}`
}

/** A share as percent. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`
}

const SIGNS: Record<string, string> = { '>=': '≥', '<=': '≤', '~': '≈' }

/** A comparison sign as it is written. */
export function sign(operator: string | null): string {
  return operator ? (SIGNS[operator] ?? operator) : ''
}

// The name of a batch may be a hash: its beginning tells it apart.
const LONGEST = 32

/** A long id by its beginning. */
export function shortened(id: string): string {
  return id.length > LONGEST ? `${id.slice(0, LONGEST)}…` : id
}
