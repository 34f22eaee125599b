/** Agreements of one's own body, kept fresh while they are looked at, and the columns of the tables they are on. */

import { type Ref, computed, ref } from 'vue'
import { type View, ask, peek } from './api'
import { useLoad } from './load'
import type { Agreement, Dataset, Rows } from './sharing'
import { useWatching } from './watching'

export function useAgreements(view: Ref<View>) {
  const found = useLoad(() => view.value.lang, () => ask<Rows<Agreement>>({ lang: view.value.lang }, 'base/agreement', { action: 'list' }))
  const datasets = useLoad(() => view.value.lang, () => ask<Rows<Dataset>>({ lang: view.value.lang }, 'base/dataset', { action: 'list' }))
  const lost = ref<unknown>()
  // What another decides elsewhere shows here without a click.
  useWatching(async () => {
    if (found.busy.value || found.failure.value) return
    const lang = view.value.lang
    try {
      const now = await peek<Rows<Agreement>>({ lang }, 'base/agreement', { action: 'list' })
      lost.value = undefined
      if (lang === view.value.lang && JSON.stringify(now) !== JSON.stringify(found.data.value)) found.data.value = now
    } catch (error) {
      lost.value = error
    }
  })
  const rows = computed(() => found.data.value?.rows ?? [])
  const columnsOf = (table: string) => (datasets.data.value?.rows ?? []).find((one) => one.table === table)?.columns ?? []
  return { found, datasets, rows, lost, columnsOf }
}
