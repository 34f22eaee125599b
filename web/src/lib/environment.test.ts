import { describe, expect, it } from 'vitest'
import { type MaterialFlow, emissionsOf, layersOf, rangeOf, sankey, stacked, wasteLinks, waterfall, writtenEmissions } from './environment'

const nodes = [{ id: 'coal', name: 'Coal', layer: 0 }, { id: 'power', name: 'Power', layer: 0 }, { id: 'mills', name: 'Mills', layer: 1 }, { id: 'homes', name: 'Homes', layer: 1 }]
const links = [{ from: 'coal', to: 'mills', value: 60 }, { from: 'power', to: 'mills', value: 20 }, { from: 'power', to: 'homes', value: 20 }]

describe('flow diagrams', () => {
  it('draws every node and ribbon to one scale', () => {
    const { boxes, ribbons } = sankey(nodes, links, 600, 207, 50)
    const high = Object.fromEntries(boxes.map((box) => [box.node.id, box.height]))
    // 100 units and one gap of 7 in 207 px: two pixels a unit.
    expect(high).toEqual({ coal: 120, power: 80, mills: 160, homes: 40 })
    expect(ribbons.map((one) => one.width).sort((a, b) => a - b)).toEqual([40, 40, 120])
  })
  it('leaves out nodes without a flow, and is empty without any', () => {
    expect(sankey(nodes, links.slice(0, 1), 600, 200, 50).boxes.map((box) => box.node.id)).toEqual(['coal', 'mills'])
    expect(sankey(nodes, [], 600, 200, 50)).toEqual({ boxes: [], ribbons: [] })
  })
  it('puts a node after all that send to it, and ends where ways go round', () => {
    expect(Object.fromEntries(layersOf([{ from: 'a', to: 'b' }, { from: 'b', to: 'c' }, { from: 'a', to: 'c' }]))).toEqual({ a: 0, b: 1, c: 2 })
    expect(layersOf([{ from: 'a', to: 'b' }, { from: 'b', to: 'a' }]).size).toBe(2)
  })
  it('tells what nobody told of waste', () => {
    const flow = (at: string, to: string | null, kind: string, tonnes: number): MaterialFlow => ({ flow: `${at}${kind}`, at, to, kind, tonnes, material: 'waste', year: 2024 })
    const found = wasteLinks([flow('a', null, 'generated', 60), flow('a', 'plant', 'moved', 54), flow('plant', null, 'burnt', 50), flow('plant', 'outside', 'moved', 10)])
    expect(found).toEqual([
      { from: ':generated', to: 'a', value: 60 }, { from: 'a', to: 'plant', value: 54 }, { from: 'plant', to: ':burnt', value: 50 }, { from: 'plant', to: ':to_outside', value: 10 },
      { from: 'a', to: ':untold', value: 6 }, { from: ':unknown', to: 'plant', value: 6 },
    ])
  })
})

describe('charts', () => {
  it('stacks the parts of a year and tells those that are not known', () => {
    const row = (year: number, cut: string, value: number | null) => ({ year, cut, cut_name: cut, value })
    const found = stacked([row(2022, 'a', 1), row(2022, 'b', 3), row(2023, 'a', null), row(2023, 'b', 2)])
    expect(found.bars.map((one) => [one.key, one.from, one.to])).toEqual([['2022 b', 0, 3], ['2022 a', 3, 4], ['2023 b', 0, 2]])
    expect([found.most, found.unknown]).toEqual([4, [{ year: 2023, name: 'a' }]])
  })
  it('leads from before over effects to after', () => {
    const period = { from_year: 2022, to_year: 2023, tco2_before: 10, tco2_after: 9, unexplained: 0, effects: [{ effect: 'activity', effect_name: 'A', change: 2 }, { effect: 'mix', effect_name: 'M', change: -3 }] }
    expect(waterfall(period, 'then', 'now').map((one) => [one.from, one.to, one.kind])).toEqual([[0, 10, 'end'], [10, 12, 'up'], [12, 9, 'down'], [0, 9, 'end']])
  })
  it('keeps emissions in the address and 0 in a range', () => {
    expect(emissionsOf(writtenEmissions({ CO2: 1e6, SO2: 2000, NOX: 0 }))).toEqual({ CO2: 1e6, SO2: 2000 })
    expect(emissionsOf('CO2:x;:3')).toEqual({})
    expect(rangeOf([2, 10], 0)).toEqual([0, 10])
    expect(rangeOf([-10, 10], 0.1)).toEqual([-12, 12])
  })
})
