import { describe, expect, it } from 'vitest'
import type { UnitFeature } from './api'
import { type Located, type Served, type Site, type Wish, apart, askOf, barOf, catchments, faultsOf, geojson, ofLayer, opened, placesOf, plain, tint, turned, ways, withinShare } from './siting'

const wish: Wish = { ...plain(), kind: 'hospital', number: 2, opening: 100, floor: 0 }
const site = (place: string, load: number, more: Partial<Site> = {}): Site => ({
  place, name: place, lon: 114, lat: 38, city: 'c', stands: false, load, capacity: null, use: null, places: 1, mean_minutes: 5, farthest_minutes: 9, ...more,
})
const row = (place: string, to: string | null, more: Partial<Served> = {}): Served => ({
  place, name: place, lon: 115, lat: 37, people: 10, site: to, site_name: to, minutes: to ? 20 : null, share: 1, within: to !== null, ...more,
})
const plan = (rows: Site[], served: Served[]): Located => ({
  model: 'p_median', model_name: '', status: 'optimal', status_name: '', objective: 1, value_of: '', bound: 1, gap: 0, conflict: [], mean_minutes: 1, median_minutes: 1, p90_minutes: 1,
  farthest_minutes: 1, least_share: 1, rows, served, left_out: [], bands: [], without_point: [], without_figure: [], limit_minutes: 60, year: 2020, unit_name: '', estimate: false, assumptions: [], sources: [], layers: [], closes: [], other_plans: [],
  cities: [{ place: 'c', name: 'c', people: 30, within_share: 0.5, mean_minutes: 1, farthest_minutes: 1, sites: 1 }, { place: 'd', name: 'd', people: 10, within_share: 1, mean_minutes: 1, farthest_minutes: 1, sites: 0 }],
})
const unit = (id: string) => ({ type: 'Feature', id, geometry: { type: 'Polygon', coordinates: [] }, properties: {} }) as unknown as UnitFeature

describe('an ask', () => {
  it('holds only what its model looks at', () => {
    expect(askOf(wish, 'm')).toEqual({ model: 'p_median', minutes: 60, seconds: 30, keep: [], forbid: [], kind: 'hospital', times: 'm', number: 2 })
    expect(askOf({ ...wish, kind: ' ', model: 'set_cover' })).toEqual({ model: 'set_cover', minutes: 60, seconds: 30, keep: [], forbid: [] })
    expect(askOf({ ...wish, model: 'capacitated', capacity: 9 })).toMatchObject({ opening_fen: 10_000, fen_per_minute: 50, single: false, new_capacity: 9 })
  })
  it('has a budget or a number under rules, and a floor where one is set', () => {
    expect(askOf({ ...wish, model: 'ruled', floor: 50 })).toMatchObject({ number: 2, floor: 0.5 })
    const paid = askOf({ ...wish, model: 'ruled', budget: 300 })
    expect(paid).toMatchObject({ opening_fen: 10_000, budget_fen: 30_000 })
    expect(paid.number).toBeUndefined()
    expect(faultsOf({ ...wish, model: 'ruled', floor: 101, budget: 5, opening: 0 })).toEqual(['badFloor', 'badMoney'])
  })
  it('tells limits of equity, what may close and what is avoided only where they were given', () => {
    const even: Wish = { ...wish, model: 'ruled', mostMinutes: 90, gini: 0.3, beyond: 5, closing: 0, goal: 'spread', more: 3, avoid: '130102, parcel:w1', protection: ['first'] }
    expect(askOf(even)).toMatchObject({ most_minutes: 90, gini: 0.3, beyond_share: 0.05, closing_fen: 0, goals: ['spread', 'cost'], more_plans: 3, avoid: ['130102', 'parcel:w1'], avoid_protection: ['first'] })
    // A number field that was emptied holds an empty text.
    const emptied = askOf({ ...wish, model: 'ruled', mostMinutes: '' as unknown as null })
    expect(Object.keys(emptied)).not.toContain('most_minutes')
    expect(faultsOf({ ...even, gini: 2 })).toEqual(['badLimit'])
    expect(placesOf(' a、b ')).toEqual(['a', 'b'])
  })
  it('has periods with their demand, or levels with theirs', () => {
    const phased: Wish = { ...wish, model: 'phased', periods: [{ year: 2025, times: 1 }, { year: 2035, times: 1.2 }], running: 10, closing: 5 }
    expect(askOf(phased)).toMatchObject({ periods: ['2025:1', '2035:1.2'], running_fen: 1000, closing_fen: 500, opening_fen: 10_000 })
    expect(faultsOf({ ...phased, periods: [{ year: 2025, times: 1 }, { year: 2025, times: 0 }] })).toEqual(['badPeriods'])
    const tier = { name: 'clinic', kind: ' ', number: 2, minutes: 30, perPerson: 0.1, capacity: null }
    expect(askOf({ ...wish, model: 'levelled', tiers: [tier], oneTier: true })).toMatchObject({ tiers: [{ tier_name: 'clinic', number: 2, per_person: 0.1, minutes: 30 }], nested: true, one_tier: true })
    expect(faultsOf({ ...wish, model: 'levelled', tiers: [tier, tier] })).toEqual(['badTiers'])
  })
  it('is refused with every fault', () => {
    expect(faultsOf(wish)).toEqual([])
    expect(faultsOf({ ...wish, kind: 'a b', number: 1.5, minutes: 0, seconds: 0 })).toEqual(['badKind', 'badNumber', 'badMinutes', 'badSeconds'])
    expect(faultsOf({ ...wish, model: 'capacitated', perMinute: 0 })).toEqual(['badMoney'])
  })
})

describe('a click on a place', () => {
  it('keeps it, forbids it, and makes it a candidate again', () => {
    const kept = turned(wish, 'a')
    const forbidden = turned(kept, 'a')
    expect([kept, forbidden, turned(forbidden, 'a')]).toEqual([{ keep: ['a'], forbid: [] }, { keep: [], forbid: ['a'] }, { keep: [], forbid: [] }])
  })
})

describe('a plan on the map', () => {
  const found = plan([site('s', 30), site('t', 10, { capacity: 20, use: 0.5 })], [row('a', 's'), row('b', 't', { share: 0.4 }), row('b', 's', { share: 0.6 }), row('e', null)])
  it('paints a unit as the site that serves most of it, and marks those beyond the limit', () => {
    const painted = catchments(found, ['a', 'b', 'e', 'elsewhere'].map(unit)).map((one) => one.properties)
    expect(painted).toEqual([{ color: tint(0), beyond: false }, { color: tint(0), beyond: false }, { color: tint(-1), beyond: true }])
  })
  it('draws a way for each part, none for those who are not served', () => {
    expect(ways(found).map((one) => one.properties?.share)).toEqual([1, 0.4, 0.6])
  })
  it('has bars against the capacity, or the greatest load', () => {
    expect(found.rows.map((one) => barOf(one, found.rows))).toEqual([1, 0.5])
  })
  it('weighs the shares of cities by their people', () => {
    expect(withinShare(found)).toBe(0.625)
  })
  it('goes out as points and lines', () => {
    expect(geojson(found).features.map((one) => one.geometry.type)).toEqual(['Point', 'Point', 'LineString', 'LineString', 'LineString'])
  })
})

describe('a plan of several periods', () => {
  it('is shown one at a time', () => {
    const layers = ['2025', '2035'].map((layer) => ({ layer, layer_demand: 1, sites: 1, opens: [], closes: [layer], outlay_fen: 1, mean_minutes: Number(layer), farthest_minutes: 1, within_share: 1 }))
    const found = { ...plan([site('s', 1, { layer: '2025' }), site('t', 1, { layer: '2035' })], [row('a', 's', { layer: '2025' }), row('a', 't', { layer: '2035' })]), layers }
    const first = ofLayer(found, '2025')
    expect([first.rows.map((one) => one.place), first.served.map((one) => one.site), first.mean_minutes, first.closes, first.cities, withinShare(first)]).toEqual([['s'], ['s'], 2025, ['2025'], [], 1])
    expect(ofLayer(plan([], []), undefined).rows).toEqual([])
  })
})

describe('two plans', () => {
  it('differ in sites and in who goes where', () => {
    const before = plan([site('s', 1), site('old', 1, { stands: true })], [row('a', 's'), row('b', 's')])
    const after = plan([site('old', 1, { stands: true }), site('new', 1)], [row('a', 'new', { minutes: 5, people: 3 }), row('b', 's')])
    const found = apart(before, after)
    expect([found.gone.map((one) => one.place), found.come.map((one) => one.place)]).toEqual([['s'], ['new']])
    expect(found.moved).toEqual([{ place: 'a', name: 'a', people: 3, from: 's', to: 'new', before: 20, after: 5 }])
    expect(opened(after)).toEqual(['new'])
  })
})
