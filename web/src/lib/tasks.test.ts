import { expect, test } from 'vitest'
import { type TaskRow, reportOf, reported, taskAsk } from './tasks'

const task = {
  task: 't', state: 'open', progress: 0.125, evidence: null, reason: null, owner: 'gov-a', due: '2026-12-31', note: 'n',
} as TaskRow

test('the address says which tasks are wanted', () => {
  const at = (query: Record<string, string>) => taskAsk('p', (name) => query[name])
  expect(at({})).toEqual({ plan: 'p' })
  expect(at({ owner: 'a', state: 'open', kind: 'yearly', only: 'overdue' })).toEqual({ plan: 'p', owner: 'a', state: ['open'], kind: 'yearly', overdue: true })
  expect(at({ only: 'soon' })).toEqual({ plan: 'p', due_within: 30 })
  expect(at({ only: 'blocked' })).toEqual({ plan: 'p', blocked: true })
})

test('a report says only what it changes; progress goes as a share', () => {
  const form = reportOf(task)
  expect(form.progress).toBe('12.5')
  expect(reported(task, form)).toEqual({})
  expect(reported(task, { ...form, state: 'in_progress', progress: '40', evidence: ' 会议纪要 ', note: '' })).toEqual({
    state: 'in_progress', progress: 0.4, evidence: '会议纪要', note: '-',
  })
  expect(reported(task, { ...form, progress: '', due: '' })).toEqual({})
})
