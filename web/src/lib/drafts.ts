/** What is typed and not saved yet: kept until the window is closed, whatever page is looked at meanwhile. */

import { type Ref, ref, watch } from 'vue'

/** A value kept under a key that may change; each key has its own. */
export function useKept<T extends object>(key: () => string, empty: () => T): Ref<T> {
  const read = (): T => JSON.parse(sessionStorage.getItem(key()) ?? 'null') ?? empty()
  const value = ref(read()) as Ref<T>
  let of = key()
  // At once: between a change and its keeping no other key must come.
  watch(value, (now) => sessionStorage.setItem(of, JSON.stringify(now)), { deep: true, flush: 'sync' })
  watch(key, (now) => {
    of = now
    value.value = read()
  })
  return value
}
