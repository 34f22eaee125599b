/** Shares of a contract as they are agreed: parts of a hundred, a ratio, by year, or by a rule. */

export type Parts = Record<string, number | string>
export interface Step { until?: number | string; shares: Parts }
export type Shares = Parts | { by_year: Step[] } | { rule: string; to?: string; worth?: Parts } | string
export const MODES = ['parts', 'ratio', 'years', 'equal', 'proportional', 'shapley', 'nucleolus'] as const
export type Mode = (typeof MODES)[number]

// Digits that shares may have; what a sum of binary fractions adds lies behind them.
const SCALE = 12

/** In which way shares are given; nothing yet counts as parts. */
export function modeOf(value: unknown): Mode {
  if (typeof value === 'string') return MODES.find((one) => one === value) ?? 'parts'
  if (!value || typeof value !== 'object') return 'parts'
  if ('by_year' in value) return 'years'
  if ('rule' in value) return MODES.find((one) => one === value.rule) ?? 'parts'
  return isRatio(value as Parts) ? 'ratio' : 'parts'
}

/** Whole numbers that do not sum to 1 are a ratio, as 6 to 4. */
export function isRatio(parts: Parts): boolean {
  const numbers = Object.values(parts)
  return numbers.length > 0 && numbers.every((one) => Number.isInteger(one)) && sumOf(parts) > 1
}

/** The sum of parts as a decimal number, not as a binary one; NaN where one is no number. */
export function sumOf(parts: Parts): number {
  const all = Object.values(parts).filter((one) => one !== '')
  return all.reduce<number>((sum, one) => sum + Math.round(Number(one) * 10 ** SCALE), 0) / 10 ** SCALE
}

/** Parts with one set; of two, the other becomes the rest of the whole. */
export function withPart(parts: Parts, names: string[], name: string, value: number | string | undefined): Parts {
  const next: Parts = Object.fromEntries(names.filter((one) => one in parts).map((one) => [one, parts[one]]))
  if (value === undefined) delete next[name]
  else next[name] = value
  const [other, ...more] = names.filter((one) => one !== name)
  if (other && !more.length && typeof value === 'number' && value >= 0 && value <= 1) {
    next[other] = Number((1 - value).toFixed(SCALE))
  }
  return next
}

/** Every group of some names, the smallest first, members joined by +. */
export function groupsOf(names: string[]): string[] {
  const groups = Array.from({ length: 2 ** names.length - 1 }, (_, bits) => names.filter((_, index) => (bits + 1) & (1 << index)))
  return groups.sort((a, b) => a.length - b.length).map((one) => one.join('+'))
}

/** Shares with which a way begins. */
export function begun(mode: Mode, names: string[]): Shares {
  if (mode === 'years') return { by_year: [{ until: 1, shares: {} }, { shares: {} }] }
  if (mode === 'equal') return 'equal'
  if (mode === 'proportional') return { rule: mode, to: '' }
  if (mode === 'shapley' || mode === 'nucleolus') return { rule: mode, worth: {} }
  return mode === 'ratio' ? Object.fromEntries(names.map((name) => [name, 1])) : {}
}
