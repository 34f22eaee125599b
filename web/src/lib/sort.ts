/** Rows in the order of a column, up or down; rows without a value stay last either way. */

export interface Order { by: string; rising: boolean }

/** An order as it stands in the address: `value` rising, `-value` falling. */
export function readOrder(text: string | undefined, otherwise: Order): Order {
  if (!text) return otherwise
  return text.startsWith('-') ? { by: text.slice(1), rising: false } : { by: text, rising: true }
}

export function sorted<T>(rows: T[], of: (row: T) => string | number | null | undefined, rising: boolean): T[] {
  const way = rising ? 1 : -1
  return [...rows].sort((left, right) => {
    const [a, b] = [of(left), of(right)]
    if (a === null || a === undefined || b === null || b === undefined) return Number(a === null || a === undefined) - Number(b === null || b === undefined)
    return way * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh', { numeric: true }))
  })
}
