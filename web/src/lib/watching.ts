/** A page that asks again by itself while somebody looks at it. */

import { onBeforeUnmount, onMounted } from 'vue'

const EVERY = 3_000

/** Call `look` every few seconds while the window is seen, and at once when it is seen again. */
export function useWatching(look: () => Promise<unknown> | unknown): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false
  async function turn() {
    clearTimeout(timer)
    if (ended) return
    if (document.visibilityState === 'visible') await look()
    if (!ended) timer = setTimeout(turn, EVERY)
  }
  const seen = () => document.visibilityState === 'visible' && void turn()
  onMounted(() => {
    timer = setTimeout(turn, EVERY)
    document.addEventListener('visibilitychange', seen)
  })
  onBeforeUnmount(() => {
    ended = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', seen)
  })
}
