/** One legend for the map, the page and the picture: what each colour, pattern and line means. */

import type { Values } from './api'

export type Pattern = 'none' | 'missing' | 'excluded' | 'part' | 'estimate'
export interface SetLine { place: string; name: string; note: string | null; color: string; dash: number[] | null; width: number }
export type Entry =
  | { kind: 'fill'; label: string; color: string; pattern: Pattern }
  | { kind: 'line'; label: string; line: SetLine }

// Dark enough to be told from the fills; each has a dash of its own, so that colour is not needed.
const LINES: [string, number[] | null][] = [
  ['#b3261e', [3, 1.2]], ['#6a2c91', [5, 1.5]], ['#1b6e2f', [2, 1]], ['#8a4b00', [6, 1.2, 1.5, 1.2]], ['#0b4f9e', [4, 1.2, 1, 1.2]],
  ['#8c1d5b', [1.2, 1.2]], ['#4a4a4a', [7, 2]], ['#5f5a00', [3, 1, 1, 1, 1, 1]],
]

/** How the outline of each set is drawn: the set that the region is solid, the others dashed. */
export function lineOf(place: string, main: string, index: number): Pick<SetLine, 'color' | 'dash' | 'width'> {
  if (place === main) return { color: '#16232e', dash: null, width: 2.4 }
  const [color, dash] = LINES[index % LINES.length]
  return { color, dash, width: 2.2 }
}

export interface Words { noData: string; excluded: string; part: string; estimate: string; outside: string }

/** Entries of the legend of one map or two; only what is on them has one. */
export function entries(
  shown: Values[],
  on: { excluded: boolean; part: boolean; outside: boolean },
  lines: SetLine[],
  words: Words,
  paper: string,
): Entry[] {
  const fill = (label: string, color: string, pattern: Pattern): Entry => ({ kind: 'fill', label, color, pattern })
  return [
    ...(shown[0]?.classes ?? []).map((row) => fill(row.label, row.color, 'none')),
    ...(shown.some((one) => one.missing.length) ? [fill(words.noData, shown[0].no_data_color, 'missing')] : []),
    ...(shown.some((one) => one.values.some((row) => row.estimate)) ? [fill(words.estimate, '#ffffff', 'estimate')] : []),
    ...(on.part ? [fill(words.part, '#ffffff', 'part')] : []),
    ...(on.excluded ? [fill(words.excluded, '#ffffff', 'excluded')] : []),
    ...(on.outside ? [fill(words.outside, paper, 'none')] : []),
    ...lines.map((line): Entry => ({ kind: 'line', label: line.name, line })),
  ]
}

/** A pattern as a tile that repeats, on no ground of its own. */
export function tile(pattern: Pattern, scale = 2): HTMLCanvasElement {
  const size = 8 * scale
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = canvas.getContext('2d')!
  pen.lineWidth = scale * 0.9
  pen.strokeStyle = pen.fillStyle = INKS[pattern]
  if (pattern === 'estimate') {
    pen.beginPath()
    pen.arc(size / 2, size / 2, scale * 0.9, 0, 7)
    pen.fill()
  }
  if (pattern === 'missing') stroke(pen, [[0, size / 2, size, size / 2]])
  if (pattern === 'excluded') stroke(pen, [-size, 0, size].map((x) => [x, size, x + size, 0]))
  if (pattern === 'part') stroke(pen, [-size, 0, size].map((x) => [x, 0, x + size, size]))
  return canvas
}

const INKS: Record<Pattern, string> = { none: '#000', missing: '#a3abb2', excluded: '#59646e', part: '#b34700', estimate: 'rgba(20,30,40,.62)' }

function stroke(pen: CanvasRenderingContext2D, lines: number[][]): void {
  for (const [x1, y1, x2, y2] of lines) {
    pen.moveTo(x1, y1)
    pen.lineTo(x2, y2)
  }
  pen.stroke()
}

/** CSS of a swatch, the same strokes as the tile's. */
export function swatch(entry: { color: string; pattern: Pattern }): Record<string, string> {
  const ink = INKS[entry.pattern]
  const image: Record<Pattern, string> = {
    none: 'none',
    missing: `repeating-linear-gradient(0deg, ${ink} 0 1px, transparent 1px 5px)`,
    excluded: `repeating-linear-gradient(135deg, ${ink} 0 1px, transparent 1px 5px)`,
    part: `repeating-linear-gradient(45deg, ${ink} 0 1px, transparent 1px 5px)`,
    estimate: `radial-gradient(${ink} 1px, transparent 1.4px)`,
  }
  return { backgroundColor: entry.color, backgroundImage: image[entry.pattern], backgroundSize: entry.pattern === 'estimate' ? '6px 6px' : 'auto' }
}
