/** Diagonal lines, so that what is left out shows without colour too: the same on the map, in the legend, in print. */

export type Hatch = 'excluded' | 'part'

export const HATCH: Record<Hatch, { color: string; slope: 1 | -1 }> = {
  excluded: { color: '#5f6b76', slope: 1 },
  part: { color: '#b35900', slope: -1 },
}
const SIZE = 16

/** A tile of lines that joins with itself on all sides. */
export function hatch(kind: Hatch): HTMLCanvasElement {
  const { color, slope } = HATCH[kind]
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  pen.strokeStyle = color
  pen.lineWidth = 2
  for (const shift of [-SIZE, 0, SIZE]) {
    pen.moveTo(shift, slope === 1 ? SIZE : 0)
    pen.lineTo(shift + SIZE, slope === 1 ? 0 : SIZE)
  }
  pen.stroke()
  return canvas
}

/** The tile as the map takes it. */
export function hatchImage(kind: Hatch): ImageData {
  return hatch(kind).getContext('2d')!.getImageData(0, 0, SIZE, SIZE)
}
