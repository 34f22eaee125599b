/** Single keys on a page: off while somebody types, in dialogs, and where they are turned off. */

import { type Ref, onBeforeUnmount, onMounted } from 'vue'
import { useKept } from './drafts'

// One choice for all pages that have single keys.
const KEPT = 'hutuo.review.keys'

/** Call what a key means; `blocked` says when the page has something else in front. Gives the switch. */
export function useKeys(acts: Record<string, () => unknown>, blocked: () => boolean): Ref<{ on: boolean }> {
  // For those who speak to their machine or whose own tools use single keys.
  const keys = useKept<{ on: boolean }>(() => KEPT, () => ({ on: true }))
  function pressed(event: KeyboardEvent) {
    const target = event.target as HTMLElement
    if (!keys.value.on || blocked() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (target.matches('input:not([type=checkbox]), select, textarea') || target.closest('[role=dialog], [role=listbox]')) return
    if (event.key.startsWith('Arrow') && target.closest('[data-own-keys]')) return
    const act = acts[event.key] ?? acts[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    void act()
  }
  onMounted(() => window.addEventListener('keydown', pressed))
  onBeforeUnmount(() => window.removeEventListener('keydown', pressed))
  return keys
}
