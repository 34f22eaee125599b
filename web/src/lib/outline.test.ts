import { expect, test } from 'vitest'
import type { UnitFeature } from './api'
import { outline } from './outline'

function square(west: number): UnitFeature {
  const ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
  return { type: 'Feature', id: String(west), geometry: { type: 'Polygon', coordinates: [ring] } } as UnitFeature
}

test('the edge between two neighbours is no outline', () => {
  const lines = outline([square(0), square(1)]).coordinates
  expect(lines).toHaveLength(6)
  expect(lines.some(([a, b]) => a[0] === 1 && b[0] === 1)).toBe(false)
})
