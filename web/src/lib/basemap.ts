/** The paper that maps are drawn on: no tiles, no glyphs, nothing from outside; what is on it the parts draw. */

import 'maplibre-gl/dist/maplibre-gl.css'
import { Map as LibreMap, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { Units } from './api'

export interface Camera { center: [number, number]; zoom: number }

// Vite puts the worker into a file of its own; without this line maps stay blank without an error.
setWorkerUrl(workerUrl)

/** Labels are drawn with the machine's own fonts, so Chinese needs no server. */
export const FONT = ['Noto Sans CJK SC', 'Microsoft YaHei', 'sans-serif']
export const INK = { 'text-color': '#1f2d3a', 'text-halo-color': '#ffffff', 'text-halo-width': 1.4 }
export const PADDING = 24

/** An empty map with its controls, seen by a camera or, without one, as a whole; `t` says words, `title` what it is a map of. */
export function baseMap(container: HTMLElement, units: Units, camera: Camera | undefined, title: string, t: (word: string) => string): LibreMap {
  const map = new LibreMap({
    container,
    style: { version: 8, sources: {}, layers: [{ id: 'paper', type: 'background', paint: { 'background-color': '#eef2f5' } }] },
    ...(camera ?? { bounds: extent(units), fitBoundsOptions: { padding: PADDING } }),
    attributionControl: false,
    locale: {
      'Map.Title': title, 'NavigationControl.ZoomIn': t('map.zoomIn'), 'NavigationControl.ZoomOut': t('map.zoomOut'),
      'ScaleControl.Meters': 'm', 'ScaleControl.Kilometers': 'km',
    },
    canvasContextAttributes: { preserveDrawingBuffer: true },
  })
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left')
  return map
}

export const cameraOf = (map: LibreMap): Camera => ({ center: map.getCenter().toArray(), zoom: map.getZoom() })

/** A map follows a camera; one that moves by itself is not stopped by its own news. */
export function follow(map: LibreMap, camera: Camera): void {
  if (map.getZoom() !== camera.zoom || map.getCenter().toArray().join() !== camera.center.join()) map.jumpTo(camera)
}

/** The members of the region fill the map; without any, everything does. */
export function extent(units: Units): [number, number, number, number] {
  const inside = units.features.filter((unit) => unit.properties.role !== 'outside')
  const points = (inside.length ? inside : units.features).map((unit) => unit.properties)
  const lons = points.flatMap((unit) => (unit.label_lon === null ? [] : [unit.label_lon]))
  const lats = points.flatMap((unit) => (unit.label_lat === null ? [] : [unit.label_lat]))
  if (!lons.length) return [-180, -80, 180, 80]
  return [Math.min(...lons) - 0.25, Math.min(...lats) - 0.2, Math.max(...lons) + 0.25, Math.max(...lats) + 0.2]
}
