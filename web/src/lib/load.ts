/** Loading with its three states: busy, failed, there. An answer that was overtaken by a later question is dropped. */

import { type Ref, computed, ref, shallowRef, watch } from 'vue'
import { type View, ask } from './api'
import { useView } from './view'

export interface Loaded<T> {
  data: Readonly<Ref<T | undefined>>
  busy: Readonly<Ref<boolean>>
  failure: Readonly<Ref<unknown>>
  again: () => Promise<void>
}

const MOST_KEPT = 60
const FRESH = 120_000
const kept = new Map<string, { at: number; answer: Promise<unknown> }>()

/** Drop every kept answer: something may have changed what a verb answers. */
export function forgetAnswers(): void {
  kept.clear()
}

/** Ask a verb; the same question within two minutes gets the answer that is already there. */
export function askOnce<T>(view: View, path: string, body: object, key = JSON.stringify([view, path, body])): Promise<T> {
  const found = kept.get(key)
  if (found && Date.now() - found.at < FRESH) return found.answer as Promise<T>
  const answer = ask<T>(view, path, body)
  kept.delete(key)
  kept.set(key, { at: Date.now(), answer })
  answer.catch(() => kept.delete(key))
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!)
  return answer
}

/** A verb's answer, asked anew when the view or the ask changes; no question while `body` gives undefined. */
export function useAsk<T>(path: string, body: () => object | undefined): Loaded<T> {
  const { view } = useView()
  const key = computed(() => {
    const asked = body()
    return asked && JSON.stringify([view.value, path, asked])
  })
  return loading(key, () => askOnce<T>(view.value, path, body()!, key.value), () => kept.delete(key.value ?? ''))
}

/** Load whenever the key changes; nothing while it is undefined. */
export function loading<T>(key: Readonly<Ref<string | undefined>>, work: () => Promise<T>, drop: () => void = () => {}): Loaded<T> {
  const data = shallowRef<T>()
  const busy = ref(false)
  const failure = ref<unknown>()
  let asked = 0

  async function load(): Promise<void> {
    const mine = ++asked
    failure.value = undefined
    if (key.value === undefined) {
      data.value = undefined
      busy.value = false
      return
    }
    busy.value = true
    try {
      const answer = await work()
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
  watch(key, load, { immediate: true })
  return { data: data as Ref<T | undefined>, busy, failure, again: () => (drop(), load()) }
}
