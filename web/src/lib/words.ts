/** What tables, their columns, places and indicators are called, for answers that carry only their ids. */

import { type Ref, computed } from 'vue'
import { type Indicator, type Units, type View, ask } from './api'
import { useLoad } from './load'
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

export function useNames(view: Ref<View>) {
  const indicators = useLoad(
    () => view.value,
    () => ask<Indicator[]>(view.value, 'base/indicators'),
  )
  const units = useLoad(
    () => view.value,
    () => ask<Units>(view.value, 'base/units', { geometry: false }),
  )
  const names = computed(() => {
    const measured = (indicators.data.value ?? []).map(
      (row) => [`indicator:${row.indicator}`, row.name] as const,
    )
    const places = (units.data.value?.features ?? []).map(
      (row) => [`place:${row.id}`, row.properties.name] as const,
    )
    return new Map<string, string>([...measured, ...places])
  })
  return { names, failure: computed(() => indicators.failure.value ?? units.failure.value) }
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
