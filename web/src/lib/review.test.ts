import { expect, test } from 'vitest'
import {
  type ReviewItem, changes, counted, inOrder, mended, pieces, planName, replaced, stepped, tallies, typed,
} from './review'

function item(name: string, more: Partial<ReviewItem> = {}): ReviewItem {
  const base = { sort: 'duty' as const, clause: '一', decision: 'proposed' as const, quote: '', made_from: [], by: null }
  return { ...base, item: name, start: null, end: null, fields: {}, ...more }
}
const clause = (name: string) => ({ clause: name, title: name, level: 1, has_text: true, start: 0, end: 9 })

test('items stand by clause, figures before duties, as they come in the text', () => {
  const items = [item('d2', { start: 5 }), item('d1', { start: 2 }), item('q', { sort: 'quantity', start: 9 }), item('z', { clause: '序' })]
  expect(inOrder([clause('序'), clause('一')], items).map((one) => one.item)).toEqual(['z', 'q', 'd1', 'd2'])
})

test('words of two items that overlap are cut where they begin and end', () => {
  const letters = [...'推进𠮷里铁路建设。']
  const found = pieces(letters, 0, 9, [item('q', { start: 2, end: 4 }), item('d', { start: 0, end: 8 })])
  expect(found).toEqual([
    { text: '推进', items: ['d'] },
    { text: '𠮷里', items: ['d', 'q'] },
    { text: '铁路建设', items: ['d'] },
    { text: '。', items: [] },
  ])
  expect(pieces(letters, 4, 6, [item('away', { start: 0, end: 4 }), item('no place')])).toEqual([{ text: '铁路', items: [] }])
})

test('going on stays at the ends and may skip what is decided', () => {
  const items = [item('a'), item('b', { decision: 'accepted' }), item('c')]
  expect(stepped(items, 'a', 1)).toBe('b')
  expect(stepped(items, 'a', 1, (one) => one.decision === 'proposed')).toBe('c')
  expect(stepped(items, 'c', 1)).toBe('c')
  expect(stepped(items, 'c', -1)).toBe('b')
  expect(stepped(items, undefined, 1)).toBe('a')
  expect(stepped([], undefined, 1)).toBeUndefined()
})

test('counts by clause and decision; what was withdrawn asks nobody for anything', () => {
  const items = [item('a'), item('b', { decision: 'accepted' }), item('c', { decision: 'withdrawn' })]
  expect(tallies(items).get('一')).toEqual({ all: 2, open: 1 })
  expect(counted(items)).toEqual({ proposed: 1, accepted: 1, mended: 0, rejected: 0, withdrawn: 1 })
})

test('what was decided takes its place; parts come behind the whole', () => {
  const now = [item('a', { decision: 'rejected' }), item('a.1', { made_from: ['a'] }), item('a.2', { made_from: ['a'] })]
  expect(replaced([item('a'), item('b')], now).map((one) => one.item)).toEqual(['a', 'a.1', 'a.2', 'b'])
  expect(replaced([item('a')], [item('new')]).map((one) => one.item)).toEqual(['a', 'new'])
})

test('only cells that differ are mended, as numbers, lists or nothing', () => {
  const before = { kind: 'target', subject: '铁路', value: 60, unit: '公里', target_year: 2030, bodies: null }
  const form = { ...typed('quantity', before), value: '1,200', unit: '', target_year: 'soon' }
  expect(changes('quantity', before, form)).toEqual({ value: 1200, unit: null, target_year: 'soon' })
  expect(changes('quantity', before, typed('quantity', before))).toEqual({})
  const duty = { verb: '建设', bodies: '甲市|乙市' }
  expect(typed('duty', duty).bodies).toBe('甲市、乙市')
  expect(changes('duty', duty, { ...typed('duty', duty), bodies: '甲市、 丙市' })).toEqual({ bodies: '甲市|丙市' })
})

test('a version tells what it changed', () => {
  const first = { recorded_at: '', decision: 'proposed' as const, by: null, fields: { value: 1, unit: 'km' } }
  expect(mended(first, { ...first, fields: { value: 2, unit: 'km' } })).toEqual(['value'])
  expect(mended(undefined, first)).toEqual([])
})

test('a plan is called after its file, else after its year', () => {
  expect(planName('upload:ab/Metro Plan (2030).docx', 2030)).toBe('metro-plan-2030')
  expect(planName('都市圈规划.txt', 2030)).toBe('plan-2030')
  expect(planName('规划.txt', null)).toBe('plan')
})
