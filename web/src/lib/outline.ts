/** Outline of a set of units: the edges that stand once, joined to lines; shared edges of neighbours cancel. */

import type { PlaceSet, UnitFeature } from './api'

type Point = GeoJSON.Position

/** Units of a set: its members, units inside of a member, and units of which a part is a member. */
export function unitsOf(set: PlaceSet, units: UnitFeature[]): { whole: UnitFeature[]; part: UnitFeature[] } {
  const members = new Set(set.members.filter((row) => row.role === 'whole').map((row) => row.member))
  const isWhole = (unit: UnitFeature) => members.has(unit.id) || members.has(unit.properties.parent ?? '')
  const isPart = (unit: UnitFeature) => !isWhole(unit) && unit.properties.sets.includes(set.place)
  return { whole: units.filter(isWhole), part: units.filter(isPart) }
}

/** The outer lines of these units together, the inside on their left; neighbours must share their edges exactly. */
export function outline(units: UnitFeature[]): GeoJSON.MultiLineString {
  const edges = new Map<string, [Point, Point]>()
  for (const unit of units) {
    for (const ring of rings(unit.geometry)) {
      for (let index = 1; index < ring.length; index++) {
        const [from, to] = [ring[index - 1], ring[index]]
        if (from.join() === to.join()) continue
        const back = `${to.join()} ${from.join()}`
        if (edges.has(back)) edges.delete(back)
        else edges.set(`${from.join()} ${to.join()}`, [from, to])
      }
    }
  }
  return { type: 'MultiLineString', coordinates: joined([...edges.values()]) }
}

/** West, south, east, north of these units. */
export function extent(units: UnitFeature[]): [number, number, number, number] | undefined {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const unit of units) {
    for (const [lon, lat] of rings(unit.geometry).flat()) {
      west = Math.min(west, lon)
      east = Math.max(east, lon)
      south = Math.min(south, lat)
      north = Math.max(north, lat)
    }
  }
  return west <= east ? [west, south, east, north] : undefined
}

function joined(edges: [Point, Point][]): Point[][] {
  const starting = new Map<string, [Point, Point][]>()
  for (const edge of edges) {
    const key = edge[0].join()
    starting.set(key, [...(starting.get(key) ?? []), edge])
  }
  const lines: Point[][] = []
  for (const edge of edges) {
    if (!starting.get(edge[0].join())?.includes(edge)) continue
    const line = [edge[0]]
    let next: [Point, Point] | undefined = edge
    while (next) {
      const left: [Point, Point][] = starting.get(next[0].join())!
      left.splice(left.indexOf(next), 1)
      line.push(next[1])
      next = starting.get(next[1].join())?.[0]
    }
    lines.push(line)
  }
  return lines
}

/** Rings of a geometry, the outer ones counter-clockwise and holes clockwise. */
function rings(geometry: GeoJSON.Geometry | null): Point[][] {
  const polygons = geometry?.type === 'Polygon' ? [geometry.coordinates] : geometry?.type === 'MultiPolygon' ? geometry.coordinates : []
  return polygons.flatMap((polygon) => polygon.map((ring, index) => (twiceArea(ring) > 0 === (index === 0) ? ring : [...ring].reverse())))
}

function twiceArea(ring: Point[]): number {
  let sum = 0
  for (let index = 1; index < ring.length; index++) {
    const [from, to] = [ring[index - 1], ring[index]]
    sum += from[0] * to[1] - to[0] * from[1]
  }
  return sum
}
