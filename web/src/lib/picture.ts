/** Maps as a picture for print: title, captions, legend and source are part of it. */

import { type Hatch, hatch } from './hatch'

export interface LegendEntry {
  label: string
  color?: string
  hatch?: Hatch
  line?: string
}
export interface Sheet {
  title: string
  maps: { canvas: HTMLCanvasElement; caption: string }[]
  legend: LegendEntry[]
  notes: string[]
}

const FONT = "'Noto Sans CJK SC','Microsoft YaHei',sans-serif"
const INK = '#1f2d3a'
const COLUMNS = 3
const GAP = 8

/** PNG of one or more maps beside each other with their words around them. */
export async function picture(sheet: Sheet): Promise<Blob> {
  const first = sheet.maps[0].canvas
  const scale = first.width / first.clientWidth
  const width = sheet.maps.reduce((sum, { canvas }) => sum + canvas.clientWidth + GAP, -GAP)
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')!
  pen.font = `12px ${FONT}`
  const lines = sheet.notes.flatMap((note) => wrapped(pen, note, width - 24))
  const top = 68
  const legendTop = top + first.clientHeight + 12
  const notesTop = legendTop + 22 * Math.ceil(sheet.legend.length / COLUMNS) + 12
  canvas.width = width * scale
  canvas.height = (notesTop + 18 * lines.length + 8) * scale
  pen.scale(scale, scale)
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.fillStyle = INK
  pen.font = `18px ${FONT}`
  pen.fillText(sheet.title, 12, 29, width - 24)
  pen.font = `12px ${FONT}`
  let left = 0
  for (const { canvas: map, caption } of sheet.maps) {
    pen.fillText(caption, left + 12, 58, map.clientWidth - 24)
    pen.drawImage(map, left, top, map.clientWidth, map.clientHeight)
    left += map.clientWidth + GAP
  }
  sheet.legend.forEach((entry, index) => {
    const x = 12 + (index % COLUMNS) * (width / COLUMNS)
    const y = legendTop + Math.floor(index / COLUMNS) * 22
    key(pen, entry, x, y)
    pen.fillStyle = INK
    pen.fillText(entry.label, x + 32, y + 11, width / COLUMNS - 44)
  })
  lines.forEach((line, index) => pen.fillText(line, 12, notesTop + 18 * index + 6))
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'))
}

function key(pen: CanvasRenderingContext2D, entry: LegendEntry, x: number, y: number): void {
  if (entry.line) {
    pen.fillStyle = entry.line
    pen.fillRect(x, y + 5, 24, 4)
    return
  }
  if (!entry.color && !entry.hatch) return
  pen.fillStyle = entry.hatch ? pen.createPattern(hatch(entry.hatch), 'repeat')! : entry.color!
  pen.fillRect(x, y, 24, 13)
  pen.strokeStyle = '#5a6b7a'
  pen.strokeRect(x, y, 24, 13)
}

/** Lines that fit; Chinese breaks anywhere, other words at spaces. */
function wrapped(pen: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines = ['']
  for (const piece of text.match(/[\u2E80-\uFFFF]|[^\s\u2E80-\uFFFF]+\s*|\s+/g) ?? []) {
    const longer = lines[lines.length - 1] + piece
    if (pen.measureText(longer).width <= width) lines[lines.length - 1] = longer
    else lines.push(piece)
  }
  return lines
}
