/** Amounts as they are typed: moved from the unit that people write to the one that is stored, digit by digit. */

const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i

/** A decimal number with its point moved to the right; exact, as no binary fraction comes in between. */
export function shift(text: string, by: number): string {
  const [, sign, whole, part, power] = NUMBER.exec(text) ?? []
  if (whole === undefined || !(whole + part)) return text
  const at = whole.length + by + Number(power ?? 0)
  const digits = (whole + part).padEnd(Math.max(at, 0), '0')
  const before = at > 0 ? digits.slice(0, at) : '0'
  const after = (at > 0 ? digits.slice(at) : '0'.repeat(-at) + digits).replace(/0+$/, '')
  const shown = (before.replace(/^0+(?=\d)/, '') || '0') + (after && `.${after}`)
  return sign === '-' && /[1-9]/.test(shown) ? `-${shown}` : shown
}

/** What was typed as it is stored: a number, undefined for nothing, else the text itself, which the API will refuse. */
export function stored(text: string, digits: number): number | string | undefined {
  const plain = text.replace(/[\s,\uFF0C]/g, '').replace(/[%\uFF05]$/, '').replace('\u2212', '-')
  if (!plain) return undefined
  return NUMBER.test(plain) && /\d/.test(plain) ? Number(shift(plain, digits)) : text
}

/** What is stored as people write it, thousands apart. */
export function written(value: unknown, digits: number): string {
  if (typeof value !== 'number') return value === undefined || value === null ? '' : String(value)
  const [whole, part] = shift(String(value), -digits).split('.')
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part ? `.${part}` : '')
}

/** Cells that a spreadsheet put on the clipboard, row by row. */
export function pasted(text: string): string[][] {
  const rows = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')
  return rows.map((row) => row.split('\t').map((one) => one.trim()))
}

/** Rows as columns. */
export function turned(cells: string[][]): string[][] {
  const wide = Math.max(0, ...cells.map((row) => row.length))
  return Array.from({ length: wide }, (_, column) => cells.map((row) => row[column] ?? ''))
}
