/** Outline of a set of units: the edges that stand once; shared edges of neighbours stand twice. */

import type { UnitFeature } from './api'

type Point = GeoJSON.Position

/** The outer lines of these units together; neighbours must share their edges exactly. */
export function outline(units: UnitFeature[]): GeoJSON.MultiLineString {
  const edges = new Map<string, [Point, Point] | null>()
  for (const unit of units) {
    for (const ring of rings(unit.geometry)) {
      for (let index = 1; index < ring.length; index++) {
        const [from, to] = [ring[index - 1], ring[index]]
        const key = [from.join(), to.join()].sort().join(' ')
        edges.set(key, edges.has(key) ? null : [from, to])
      }
    }
  }
  return { type: 'MultiLineString', coordinates: [...edges.values()].filter((edge) => edge !== null) }
}

function rings(geometry: GeoJSON.Geometry | null): Point[][] {
  if (geometry?.type === 'Polygon') return geometry.coordinates
  return geometry?.type === 'MultiPolygon' ? geometry.coordinates.flat() : []
}
