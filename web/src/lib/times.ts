/** Times as people read them, the same in both languages. */

const two = (number: number) => String(number).padStart(2, '0')

/** An instant in the reader's own time zone, to the minute; a dash for none. */
export function moment(time: string | null | undefined): string {
  if (!time) return '–'
  const at = new Date(time)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** A period by its shortest name: a year, a month, a day, else from and until; instants as moments. */
export function period(from: string, to: string | null): string {
  if (from.length > 10) return to && to !== from ? `${moment(from)} – ${moment(to)}` : moment(from)
  if (!to) return from
  const [year, month, day] = from.split('-').map(Number)
  const ends = (y: number, m: number, d: number) =>
    new Date(Date.UTC(y, m - 1, d)).toISOString().slice(0, 10) === to
  if (month === 1 && day === 1 && ends(year + 1, 1, 1)) return String(year)
  if (day === 1 && month % 3 === 1 && ends(year, month + 3, 1)) return `${year}-Q${(month + 2) / 3}`
  if (day === 1 && ends(year, month + 1, 1)) return from.slice(0, 7)
  return ends(year, month, day + 1) ? from : `${from} – ${to}`
}
