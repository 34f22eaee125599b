/** Loading with its three states: busy, failed, there. An answer that was overtaken by a later question is dropped. */

import { type Ref, ref, shallowRef, watch } from 'vue'

export interface Loaded<T> { data: Ref<T | undefined>; busy: Ref<boolean>; failure: Ref<unknown>; again: () => Promise<void> }

/** Load whenever one of the sources changes; `work` gives undefined when there is nothing to ask yet. */
export function useLoad<T>(sources: () => unknown, work: () => Promise<T> | undefined): Loaded<T> {
  const data = shallowRef<T>()
  const busy = ref(false)
  const failure = ref<unknown>()
  let asked = 0

  async function again(): Promise<void> {
    const mine = ++asked
    const running = work()
    if (!running) return
    busy.value = true
    failure.value = undefined
    try {
      const answer = await running
      if (mine === asked) data.value = answer
    } catch (error) {
      if (mine === asked) {
        failure.value = error
        data.value = undefined
      }
    } finally {
      if (mine === asked) busy.value = false
    }
  }
  watch(sources, again, { immediate: true, deep: true })
  return { data: data as Ref<T | undefined>, busy, failure, again }
}
