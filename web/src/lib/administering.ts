/** One thing at a time that an administrator does: busy, what it made that is shown once, what was wrong. */

import { type Ref, ref } from 'vue'
import { type View, ask } from './api'

export function useAdministering<T>(view: Ref<View>, verb: string, again: () => Promise<void>) {
  const busy = ref(false)
  const failure = ref<unknown>()
  /** Ask the verb, then list anew; gives its answer, or nothing where it failed. */
  async function done(asked: object): Promise<T | undefined> {
    busy.value = true
    failure.value = undefined
    try {
      const answer = await ask<T>({ lang: view.value.lang }, verb, asked)
      await again()
      return answer
    } catch (error) {
      failure.value = error
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, failure, done }
}
