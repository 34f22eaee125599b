import { expect, test } from 'vitest'
import type { Units } from './api'
import { type FlowRow, arcs, asked, changed, classesOf, colorOf, read, readValues, written, writtenValues } from './whatif'

test('actions and parameters come back from the address', () => {
  const actions = [{ kind: 'land' as const, place: '130102', percent: 5 }, { kind: 'amenity' as const, place: 'part:x', percent: -2.5 }]
  expect(read(written(actions))).toEqual(actions)
  expect(read('nonsense;land:130102:x')).toEqual([])
  expect(readValues(writtenValues({ mu: 0.5, nu: 0 }))).toEqual({ mu: 0.5, nu: 0 })
  expect(readValues('other:1;mu:')).toEqual({})
})

test('actions on the same unit multiply', () => {
  const action = { kind: 'productivity' as const, place: 'a', percent: 10 }
  const made = asked({ closure: 'mobile', mode: 'road', values: { mu: 0.5 }, actions: [action, action] })
  expect(made).toMatchObject({ closure: 'mobile', mode: 'road', mu: 0.5 })
  expect((made.productivity as Record<string, number>).a).toBeCloseTo(1.21)
})

test('classes stand alike around none, and hold every value', () => {
  const classes = classesOf([-0.013, 0.004, 0])
  expect(classes.map((one) => one.high)).toEqual([-0.01, -0.002, -0.0002, 0.0002, 0.002, 0.01, null])
  expect(colorOf(0, classes)).toBe('#f7f7f7')
  expect(colorOf(-0.013, classes)).toBe(classes[0].color)
  expect(colorOf(0.02, classes)).toBe(classes[6].color)
  expect(classesOf([0, 0])).toHaveLength(1)
})

test('changes are told with their sign; what rounds to none has none', () => {
  expect([changed(0.0123), changed(-0.0123), changed(-0.00001), changed(null)]).toEqual(['+1.23 %', '−1.23 %', '0.00 %', '–'])
  expect(changed(12.34, 'core_saved')).toBe('+12.3')
})

test('arcs of both ways do not lie on each other', () => {
  const unit = (id: string, lon: number | null) => ({ id, properties: { label_lon: lon, label_lat: lon === null ? null : 38 } })
  const units = { features: [unit('a', 114), unit('b', 115), unit('c', null)] } as unknown as Units
  const flow = (from_id: string, to_id: string, change: number) => ({ from_id, to_id, from_name: from_id, to_name: to_id, change }) as FlowRow
  const made = arcs([flow('a', 'b', 10), flow('b', 'a', -5), flow('a', 'c', 99)], units, 2)
  expect(made.map((arc) => [arc.properties.more, arc.properties.width])).toEqual([[true, 9], [false, 4.5]])
  expect(arcs([flow('part', 'b', 1)], units, 1, [{ place: 'part', drawn_as: 'a' }])[0].geometry.coordinates[0]).toEqual([114, 38])
  const [there, back] = made.map((arc) => arc.geometry.coordinates)
  expect([there[0], there.at(-1)]).toEqual([[114, 38], [115, 38]])
  expect(there[12][1]).toBeGreaterThan(38)
  expect(back[12][1]).toBeLessThan(38)
})
