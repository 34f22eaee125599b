import { describe, expect, it } from 'vitest'
import { type Booking, chosenTo, dayAfter, feeOf, mondayOf, spanOf, weekOf } from './bookings'

const booking = (begins: string, ends: string, state = 'booked') => ({ booking: 'b', begins, ends, state }) as Booking
const ANSWER = {
  rows: [booking('2026-12-01T10:00:00+08:00', '2026-12-01T11:00:00+08:00'), booking('2026-12-02T08:00:00+08:00', '2026-12-02T09:00:00+08:00', 'cancelled'), booking('2026-12-03T08:00:00+08:00', '2026-12-03T12:00:00+08:00', 'closed')],
  free: [
    { begins: '2026-12-01T08:00:00+08:00', ends: '2026-12-01T10:00:00+08:00', minutes: 120 }, { begins: '2026-12-01T11:00:00+08:00', ends: '2026-12-01T12:00:00+08:00', minutes: 60 },
    { begins: '2026-12-02T08:10:00+08:00', ends: '2026-12-02T12:00:00+08:00', minutes: 230 },
  ],
}

describe('days', () => {
  it('go over months and years', () => {
    expect([dayAfter('2026-12-31', 1), mondayOf('2026-12-01'), mondayOf('2026-11-30'), mondayOf('2027-01-03')]).toEqual(['2027-01-01', '2026-11-30', '2026-11-30', '2026-12-28'])
  })
})

describe('a week', () => {
  const week = weekOf('2026-11-30', ANSWER)
  const on = (day: number) => week.map((row) => row.slots[day].standing)
  it('is shown from the first to the last time that something is', () => {
    expect(week.map((row) => row.minute)).toEqual([480, 510, 540, 570, 600, 630, 660, 690])
  })
  it('has slots that are free, taken, closed or shut, in the times of the region', () => {
    expect(on(0)).toEqual(Array(8).fill('shut'))
    expect(on(1)).toEqual(['free', 'free', 'free', 'free', 'taken', 'taken', 'free', 'free'])
    expect(on(3)).toEqual(Array(8).fill('closed'))
  })
  it('frees what was cancelled, and no slot that is free in part only', () => {
    expect(on(2)).toEqual(['shut', ...Array(7).fill('free')])
  })
  it('shows whole days where something goes over midnight', () => {
    const night = weekOf('2026-11-30', { rows: [booking('2026-12-01T22:00:00+08:00', '2026-12-02T02:00:00+08:00')], free: [] })
    expect(night).toHaveLength(48)
    expect([night[47].slots[1].standing, night[3].slots[2].standing, night[4].slots[2].standing]).toEqual(['taken', 'taken', 'shut'])
  })
  it('has working hours where nothing is known', () => {
    expect(weekOf('2026-11-30', { rows: [], free: [] }).at(-1)?.minute).toBe(17 * 60 + 30)
  })
  it('a time is chosen over free slots of one day only', () => {
    const one = chosenTo(week, undefined, '2026-12-01', 480)
    const more = chosenTo(week, one, '2026-12-01', 540)
    expect(more).toEqual({ day: '2026-12-01', first: 480, last: 540 })
    expect(spanOf(more)).toEqual({ minutes: 90, begins: '08:00', ends: '09:30' })
    expect(chosenTo(week, more, '2026-12-01', 660)).toEqual({ day: '2026-12-01', first: 660, last: 660 })
    expect(chosenTo(week, more, '2026-12-02', 510)).toEqual({ day: '2026-12-02', first: 510, last: 510 })
  })
})

it('a fee is rounded to the nearest fen', () => {
  expect([feeOf(30000, 90), feeOf(100, 50), feeOf(1, 30)]).toEqual([45000, 83, 1])
})
