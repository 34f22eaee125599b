/** Figures and periods as people read them. */

/** Thousands apart, four figures kept, whole numbers without a point; a dash for none. */
export function shown(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  const digits = Number.isInteger(value) || Math.abs(value) >= 1e5 ? 0 : Math.abs(value) >= 1000 ? 1 : undefined
  const text =
    digits === undefined
      ? value.toLocaleString('en-US', { maximumSignificantDigits: 4 })
      : value.toLocaleString('en-US', { maximumFractionDigits: digits })
  return text.replace(/^-/, '−')
}

/** A figure with its unit; a unit that begins with a number is a factor. */
export function measured(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–'
  return /^\d/.test(unit) ? `${shown(value)} × ${unit}` : `${shown(value)} ${unit}`
}

/** A difference with its sign. */
export function signed(value: number | null | undefined): string {
  return value !== null && value !== undefined && value > 0 ? `+${shown(value)}` : shown(value)
}

/** A share as percent. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`.replace(/^-/, '−')
}

const SIGNS: Record<string, string> = { '>=': '≥', '<=': '≤', '~': '≈' }

/** A comparison sign as it is written. */
export function sign(operator: string | null): string {
  return operator ? (SIGNS[operator] ?? operator) : ''
}

const DAY = 86_400_000

/** A period [from, to) as it is said: a year, a month, a day, an open one with an arrow. */
export function period(from: string, to: string | null): string {
  if (to === null) return `${from} →`
  const days = (Date.parse(to) - Date.parse(from)) / DAY
  if (days === 1) return from
  if (from.endsWith('-01-01') && to === `${Number(from.slice(0, 4)) + 1}-01-01`) return from.slice(0, 4)
  if (from.endsWith('-01') && to.endsWith('-01') && days <= 31) return from.slice(0, 7)
  return `${from} – ${new Date(Date.parse(to) - DAY).toISOString().slice(0, 10)}`
}
