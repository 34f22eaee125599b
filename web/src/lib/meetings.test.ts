import { expect, test } from 'vitest'
import { emptyMeeting, listOf, meetingAsk, today } from './meetings'

test('a meeting is asked for with what was filled in', () => {
  const form = { ...emptyMeeting('2026-03-01'), zh: ' 市长联席会议 ', attendees: '甲市、乙市, 丙市' }
  expect(meetingAsk(form)).toEqual({ zh: '市长联席会议', day: '2026-03-01', attendees: ['甲市', '乙市', '丙市'], most: 20 })
  expect(meetingAsk(emptyMeeting('2026-03-01'))).toEqual({ day: '2026-03-01', most: 20 })
})

test('names in a line are told apart by commas of either language', () => {
  expect(listOf(' a,b;c|d、,')).toEqual(['a', 'b', 'c', 'd'])
})

test('a day is that of the calendar on the wall', () => {
  expect(today(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05')
})
