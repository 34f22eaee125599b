/** The map as a picture for print: title, legend and source are part of it. */

export interface PictureWords {
  title: string
  legend: { color: string; label: string }[]
  source: string
}

const FONT = "'Noto Sans CJK SC','Microsoft YaHei',sans-serif"

/** PNG of a map's canvas with its words around it. */
export async function picture(map: HTMLCanvasElement, words: PictureWords): Promise<Blob> {
  const scale = map.width / map.clientWidth
  const canvas = document.createElement('canvas')
  const row = 22 * scale
  const head = 44 * scale
  canvas.width = map.width
  canvas.height = map.height + head + row * Math.ceil(words.legend.length / 3) + 40 * scale
  const pen = canvas.getContext('2d')!
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.fillStyle = '#1f2d3a'
  pen.font = `${18 * scale}px ${FONT}`
  pen.fillText(words.title, 12 * scale, 29 * scale, canvas.width - 24 * scale)
  pen.drawImage(map, 0, head)
  pen.font = `${12 * scale}px ${FONT}`
  words.legend.forEach((entry, index) => {
    const x = 12 * scale + (index % 3) * (canvas.width / 3)
    const y = map.height + head + 8 * scale + Math.floor(index / 3) * row
    pen.fillStyle = entry.color
    pen.fillRect(x, y, 22 * scale, 13 * scale)
    pen.strokeRect(x, y, 22 * scale, 13 * scale)
    pen.fillStyle = '#1f2d3a'
    pen.fillText(entry.label, x + 28 * scale, y + 11 * scale)
  })
  pen.fillText(words.source, 12 * scale, canvas.height - 12 * scale, canvas.width - 24 * scale)
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'))
}
