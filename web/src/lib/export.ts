/** Files made in the page: tables as CSV that Excel opens rightly, and downloads. */

export type Cell = string | number | boolean | null | undefined

const BOM = '\uFEFF'

/** A table as CSV, UTF-8 with a byte-order mark; cells that a spreadsheet would run as formulas are quoted. */
export function csv(heads: string[], rows: Cell[][]): string {
  return BOM + [heads, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

function cell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = String(value)
  const safe = /^[=+\-@\t\r][\s\S]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Hand a file to the browser's downloads. */
export function save(name: string, content: BlobPart, type: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

/** The bytes of a file that came as base64. */
export function bytes(content: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
}
