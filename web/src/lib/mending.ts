/** Mending and splitting an item: what is typed is kept by item until it is saved or dropped. */

import { type Ref, computed, ref } from 'vue'
import type { Asked } from './decide'
import { useKept } from './drafts'
import { type Draft, type ReviewItem, changes, typed } from './review'

interface Around {
  items: Ref<ReviewItem[]>
  current: Ref<ReviewItem | undefined>
  /** Key of what is said to the reader. */
  said: Ref<string>
  decide: (asked: Asked) => Promise<boolean>
  choose: (item: string) => void
  onward: (done: ReviewItem[]) => void
  /** What is done once a form closes. */
  closed: () => void
}

export function useMending(key: () => string, around: Around) {
  const drafts = useKept<Record<string, Draft>>(key, () => ({}))
  const open = ref<string>()
  const saving = ref(false)
  const fresh = (item: ReviewItem, mode: Draft['mode']): Draft => {
    const row = typed(item.sort, item.fields)
    return { mode, rows: mode === 'mend' ? [row] : [row, { ...row }] }
  }
  const itemOf = (name: string) => around.items.value.find((one) => one.item === name)
  const same = (a: Draft, b: Draft) => JSON.stringify(a) === JSON.stringify(b)
  function untouched(name: string): boolean {
    const item = itemOf(name)
    return !item || same(drafts.value[name], fresh(item, drafts.value[name].mode))
  }
  function form(mode: Draft['mode']) {
    const item = around.current.value
    if (!item) return
    // A draft that was begun otherwise is gone on with: nothing typed is lost.
    if (!drafts.value[item.item] || untouched(item.item)) drafts.value[item.item] = fresh(item, mode)
    open.value = item.item
  }
  function resume(name: string) {
    around.choose(name)
    open.value = name
  }
  function forget(name: string) {
    delete drafts.value[name]
    leave()
  }
  function leave() {
    if (open.value && drafts.value[open.value] && untouched(open.value)) delete drafts.value[open.value]
    open.value = undefined
    around.closed()
  }
  async function save(name: string) {
    const [item, draft] = [itemOf(name), drafts.value[name]]
    if (!item || !draft || saving.value) return
    const rows = draft.rows.map((row) => changes(item.sort, item.fields, row))
    if (draft.mode === 'mend' && !Object.keys(rows[0]).length) {
      around.said.value = 'review.unchanged'
      return forget(name)
    }
    around.said.value = ''
    saving.value = true
    const asked = draft.mode === 'mend' ? { action: 'mend' as const, fields: rows[0] } : { action: 'split' as const, parts: rows }
    const done = await around.decide({ ...asked, items: [name] })
    saving.value = false
    if (!done) return
    around.onward([item])
    forget(name)
  }
  const kept = computed(() => Object.keys(drafts.value).filter((name) => itemOf(name) && !untouched(name)))
  return { drafts, open, saving, kept, form, resume, forget, leave, save }
}
