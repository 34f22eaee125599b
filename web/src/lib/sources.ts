/** Names of sources, for the answers that carry only their ids. */

import { type Ref, computed } from 'vue'
import { ask, type View } from './api'
import { useLoad } from './load'

const ALL = 1000

interface SourceRow { source: string; zh: string; en: string }

/** A source's name in the view's language; its id as long as the name is not there. */
export function useSourceNames(view: Ref<View>) {
  const rows = useLoad(() => view.value, () => ask<SourceRow[]>(view.value, 'base/table', { name: 'source', limit: ALL }))
  const names = computed(() => new Map((rows.data.value ?? []).map((row) => [row.source, row[view.value.lang]])))
  return { names, nameOf: (id: string) => names.value.get(id) ?? id, failure: rows.failure, again: rows.again }
}
