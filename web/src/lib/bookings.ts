/** Bookings of instruments: a week as slots that are free, taken or past, and what is chosen of them. */

export interface Booking {
  booking: string; instrument: string; owner: string; body: string; user: string; begins: string; ends: string; minutes: number; state: string; state_name: string
  fee_fen: number; charged_fen: number | null; used_minutes: number | null; note: string | null; by: string | null
}
export interface Free { begins: string; ends: string; minutes: number }
export interface BookingsAnswer { booked_hours: number; no_show_hours: number; use_hours: number; rows: Booking[]; free: Free[] }

const MINUTE = 60_000
const DAY = 24 * 60
/** Minutes of a slot of the calendar. */
export const SLOT = 30
const two = (number: number) => String(number).padStart(2, '0')

// Times of the region are read as they are written there, whatever zone the reader is in.
const wall = (time: string) => Date.parse(`${time.slice(0, 16)}Z`)

/** A day some days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY * MINUTE).toISOString().slice(0, 10)
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  return dayAfter(day, -((new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7))
}

/** A time of day from minutes. */
export const timeOf = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

export type Standing = 'free' | 'taken' | 'closed' | 'shut'
export interface Slot { day: string; minute: number; standing: Standing; booking?: Booking }

/** Slots of a week by time of day: what is wholly free can be booked. */
export function weekOf(monday: string, { rows, free }: Pick<BookingsAnswer, 'rows' | 'free'>): { minute: number; slots: Slot[] }[] {
  const held = rows.filter((one) => one.state !== 'cancelled')
  const times = [...held, ...free]
  // Of what goes over midnight the whole day is shown.
  const parts = times.flatMap((one) => {
    const [begins, ends] = [wall(one.begins), wall(one.ends)]
    const over = one.begins.slice(0, 10) !== new Date(ends - 1).toISOString().slice(0, 10)
    return over ? [0, DAY] : [(begins / MINUTE) % DAY, ((ends - 1) / MINUTE) % DAY]
  })
  const first = parts.length ? Math.floor(Math.min(...parts) / 60) * 60 : 8 * 60
  const last = parts.length ? Math.min(DAY, Math.ceil(Math.max(...parts) / 60) * 60) : 18 * 60
  return Array.from({ length: (last - first) / SLOT }, (_, index) => {
    const minute = first + index * SLOT
    return { minute, slots: Array.from({ length: 7 }, (_, day) => slotAt(dayAfter(monday, day), minute, held, free)) }
  })
}

function slotAt(day: string, minute: number, held: Booking[], free: Free[]): Slot {
  const begins = Date.parse(`${day}T00:00Z`) + minute * MINUTE
  const ends = begins + SLOT * MINUTE
  const booking = held.find((one) => wall(one.begins) < ends && wall(one.ends) > begins)
  if (booking) return { day, minute, standing: booking.state === 'closed' ? 'closed' : 'taken', booking }
  const open = free.some((one) => wall(one.begins) <= begins && wall(one.ends) >= ends)
  return { day, minute, standing: open ? 'free' : 'shut' }
}

/** A time that is chosen: slots of one day, the last one included. */
export interface Chosen { day: string; first: number; last: number }

/** What is chosen when a slot is added: the way to it, if all of it is free on the same day, else that slot alone. */
export function chosenTo(week: { minute: number; slots: Slot[] }[], from: Chosen | undefined, day: string, minute: number): Chosen {
  const alone = { day, first: minute, last: minute }
  if (!from || from.day !== day) return alone
  const [first, last] = [Math.min(from.first, minute), Math.max(from.last, minute)]
  const way = week.flatMap((row) => row.slots).filter((one) => one.day === day && one.minute >= first && one.minute <= last)
  return way.every((one) => one.standing === 'free') ? { day, first, last } : alone
}

/** Minutes of what is chosen, its first and last moment as times of day. */
export function spanOf({ first, last }: Chosen): { minutes: number; begins: string; ends: string } {
  return { minutes: last + SLOT - first, begins: timeOf(first), ends: timeOf(last + SLOT) }
}

/** The fee of some minutes in fen, to the nearest fen. */
export const feeOf = (price_fen: number, minutes: number) => Math.round((price_fen * minutes) / 60)
