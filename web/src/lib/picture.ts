/** The map as a picture for print: title, legend, source and day are part of it. */

import { type Entry, tile } from './legend'

export interface PictureWords {
  title: string
  lead: string
  captions: string[]
  foot: string[]
}

const FONT = "'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"
const INK = '#16232e'
const SOFT = '#47545f'

/** PNG of one map, or of two beside each other, with words and legend around. */
export async function picture(maps: HTMLCanvasElement[], legend: Entry[], words: PictureWords): Promise<Blob> {
  const scale = maps[0].width / maps[0].clientWidth
  const px = (n: number) => n * scale
  const gap = px(6)
  const width = maps.reduce((sum, map) => sum + map.width, gap * (maps.length - 1))
  const columns = Math.max(1, Math.floor(width / px(230)))
  const head = px(words.captions.length ? 78 : 56)
  const rows = Math.ceil(legend.length / columns)
  const below = head + maps[0].height
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')!
  pen.font = `${px(11.5)}px ${FONT}`
  const foot = words.foot.flatMap((text) => wrapped(pen, text, width - px(24)))
  canvas.width = width
  canvas.height = below + px(14) + rows * px(21) + px(8) + foot.length * px(17) + px(8)
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, canvas.width, canvas.height)

  function write(text: string, x: number, y: number, size: number, color = INK, most = width - x - px(12)): void {
    pen.fillStyle = color
    pen.font = `${px(size)}px ${FONT}`
    pen.fillText(text, x, y, most)
  }
  write(words.title, px(12), px(26), 18)
  write(words.lead, px(12), px(46), 12, SOFT)
  let left = 0
  maps.forEach((map, index) => {
    if (words.captions[index]) write(words.captions[index], left + px(12), head - px(8), 14)
    pen.drawImage(map, left, head)
    left += map.width + gap
  })
  legend.forEach((entry, index) => {
    const x = px(12) + (index % columns) * ((width - px(12)) / columns)
    const y = below + px(12) + Math.floor(index / columns) * px(21)
    if (entry.kind === 'fill') box(pen, entry, x, y, px(24), px(13), scale)
    else {
      pen.strokeStyle = entry.line.color
      pen.lineWidth = px(entry.line.width)
      pen.setLineDash((entry.line.dash ?? []).map((part) => px(part * entry.line.width)))
      pen.beginPath()
      pen.moveTo(x, y + px(6.5))
      pen.lineTo(x + px(24), y + px(6.5))
      pen.stroke()
      pen.setLineDash([])
    }
    write(entry.label, x + px(31), y + px(11), 12, INK, (width - px(12)) / columns - px(40))
  })
  foot.forEach((text, index) => write(text, px(12), canvas.height - px(10) - (foot.length - 1 - index) * px(17), 11.5, SOFT))
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'))
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

function box(pen: CanvasRenderingContext2D, entry: Extract<Entry, { kind: 'fill' }>, x: number, y: number, w: number, h: number, scale: number): void {
  pen.fillStyle = entry.color
  pen.fillRect(x, y, w, h)
  if (entry.pattern !== 'none') {
    pen.fillStyle = pen.createPattern(tile(entry.pattern, scale), 'repeat')!
    pen.fillRect(x, y, w, h)
  }
  pen.strokeStyle = '#5a6b7a'
  pen.lineWidth = scale
  pen.strokeRect(x, y, w, h)
}
