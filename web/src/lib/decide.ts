/** Decisions one after the other: shown at once, written in order; what could not be written stands as before. */

import { type Ref, computed, ref, shallowRef } from 'vue'
import { type View, ask } from './api'
import { useKept } from './drafts'
import { type DecideAnswer, type Decision, type Fields, type ReviewAnswer, type ReviewItem, replaced } from './review'

export interface Asked {
  action: 'accept' | 'reject' | 'reopen' | 'mend' | 'merge' | 'split'
  items: string[]
  fields?: Fields
  parts?: Fields[]
}
const AT_ONCE: Partial<Record<Asked['action'], Decision>> = { accept: 'accepted', reject: 'rejected', reopen: 'proposed' }

export function useDecisions(view: Ref<View>, plan: Ref<string | undefined>, by: () => string | undefined) {
  const items = shallowRef<ReviewItem[]>([])
  const waiting = ref(0)
  const failure = ref<unknown>()
  const failed = shallowRef<{ again: () => Promise<boolean>; items: string[] }>()
  const batches = useKept<string[]>(() => `hutuo.review.batches.${plan.value}.${view.value.branch ?? ''}`, () => [])
  let line: Promise<unknown> = Promise.resolve()

  /** One after the other, in the order asked; false if it failed. */
  function inLine(work: () => Promise<void>, again: () => Promise<boolean>, items: string[] = [], back?: () => void): Promise<boolean> {
    waiting.value++
    const done = line.then(async () => {
      try {
        await work()
        return true
      } catch (error) {
        back?.()
        failure.value = error
        failed.value = { again, items }
        return false
      } finally {
        waiting.value--
      }
    })
    line = done
    return done
  }
  function decide(asked: Asked): Promise<boolean> {
    const [seen, of] = [view.value, plan.value]
    const there = () => of === plan.value && seen.branch === view.value.branch
    const named = new Set(asked.items)
    // Deciding anew on what failed answers the failure.
    if (failed.value?.items.some((item) => named.has(item))) failure.value = failed.value = undefined
    const before = items.value.filter((one) => named.has(one.item))
    const now = AT_ONCE[asked.action]
    if (now) items.value = items.value.map((one) => (named.has(one.item) ? { ...one, decision: now } : one))
    return inLine(
      async () => {
        const answer = await ask<DecideAnswer>(seen, 'plan/decide', { ...asked, by: by() })
        if (!there()) return
        items.value = replaced(items.value, answer.items)
        if (answer.batch) batches.value = [...batches.value, answer.batch]
      },
      // A form that was refused stands there still: it is mended and saved again, not sent as it was.
      () => (now || asked.action === 'merge' ? decide(asked) : Promise.resolve(false)),
      asked.items,
      () => {
        if (now && there()) items.value = replaced(items.value, before)
      },
    )
  }
  /** The last decision of this window is taken back; what stood before stands again. */
  function undo(): Promise<boolean> {
    return inLine(async () => {
      const batch = batches.value.at(-1)
      if (!batch) return
      await ask(view.value, 'base/undo', { batch })
      batches.value = batches.value.slice(0, -1)
      const { items: now } = await ask<ReviewAnswer>(view.value, 'plan/review', { plan: plan.value, text: false })
      items.value = now
    }, undo)
  }
  async function retry(): Promise<void> {
    const again = failed.value?.again
    failure.value = failed.value = undefined
    await again?.()
  }
  /** Another batch of this window that undo takes back in its turn. */
  const wrote = (batch: string) => (batches.value = [...batches.value, batch])
  return { items, waiting, failure, batches: computed(() => batches.value.length), decide, undo, retry, wrote }
}
