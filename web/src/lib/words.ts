/** What tables, their columns, places and indicators are called, for answers that carry only their ids. */

import { type Ref, computed } from 'vue'
import { type Indicator, type PlaceSet, type Units, type View, ask } from './api'
import { useLoad } from './load'
import { inFull } from './numbers'
import { useSourceNames } from './sources'
import { period } from './times'

export interface TableColumn {
  column: string
  label: string
  required: boolean
}
export interface DeclaredTable {
  table: string
  columns: TableColumn[]
}

export function useTables(view: Ref<View>) {
  const loaded = useLoad(
    () => view.value.lang,
    () => ask<DeclaredTable[]>({ lang: view.value.lang }, 'base/tables'),
  )
  const tables = computed(() => new Map((loaded.data.value ?? []).map((row) => [row.table, row.columns])))
  const labelOf = (table: string, column: string) =>
    tables.value.get(table)?.find((one) => one.column === column)?.label ?? column
  return { tables, labelOf, failure: loaded.failure, again: loaded.again }
}

const LEVELS = ['county', 'prefecture', 'province'] as const

/** Names by column and id, as of `place:130102`. */
export function useNames(view: Ref<View>, sets: () => PlaceSet[]) {
  const indicators = useLoad(
    () => view.value,
    () => ask<Indicator[]>(view.value, 'base/indicators'),
  )
  const units = useLoad(
    () => view.value,
    () =>
      Promise.all(LEVELS.map((level) => ask<Units>(view.value, 'base/units', { geometry: false, level }))),
  )
  const sources = useSourceNames(view)
  const names = computed(() => {
    const measured = (indicators.data.value ?? []).map(
      (row) => [`indicator:${row.indicator}`, row.name] as const,
    )
    const measures = (indicators.data.value ?? []).map((row) => [`unit:${row.unit}`, row.unit_name] as const)
    const places = (units.data.value ?? [])
      .flatMap(({ features }) => features)
      .map((row) => [`place:${row.id}`, row.properties.name] as const)
    const areas = sets().map((row) => [`place:${row.place}`, row.name] as const)
    const books = [...sources.names.value].map(([id, name]) => [`source:${id}`, name] as const)
    return new Map<string, string>([...measured, ...measures, ...places, ...areas, ...books])
  })
  return { names, failure: computed(() => indicators.failure.value ?? units.failure.value) }
}

/** A cell in words: what has a name by it, numbers as they are, yes and no in the reader's language. */
export function cellInWords(
  column: string,
  value: unknown,
  names: Map<string, string>,
  [no, yes]: readonly [string, string],
): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'boolean') return value ? yes : no
  if (typeof value === 'number') return inFull(value)
  if (typeof value === 'object') return JSON.stringify(value)
  return names.get(`${column}:${value}`) ?? String(value)
}
/** The key of a row in words: places and indicators by name, its period by the shortest. */
export function keyInWords(key: Record<string, unknown>, names: Map<string, string>): string[] {
  const { valid_from: from, valid_to: to, grain, ...others } = key
  const words = Object.entries(others)
    .filter(([, value]) => value !== null)
    .map(([column, value]) => {
      const name = names.get(`${column}:${value}`)
      return name ? `${name} (${value})` : String(value)
    })
  if (typeof from !== 'string') return words
  return [...words, period(from, typeof to === 'string' ? to : null)]
}
