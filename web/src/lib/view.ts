/** The view in the page's address: language, time, knowledge; a link shows the same to a colleague. */

import { computed } from 'vue'
import { type LocationQueryRaw, useRoute, useRouter } from 'vue-router'
import type { Lang, View } from './api'

const KEPT = 'hutuo.lang'

/** The language that was last chosen here, else the browser's, else Chinese. */
export function firstLang(): Lang {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'zh' || kept === 'en') return kept
  return navigator.language.startsWith('en') ? 'en' : 'zh'
}

export function useView() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string) => (typeof route.query[name] === 'string' ? (route.query[name] as string) : undefined)
  // The same object as long as nothing of it changed: else every change of the address would load all anew.
  const view = computed<View>((before?: View) => {
    const now: View = {
      lang: text('lang') === 'en' || text('lang') === 'zh' ? (text('lang') as Lang) : firstLang(),
      at: text('at'),
      as_of: text('as_of'),
      branch: text('branch'),
    }
    return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
  })
  const kept = computed<LocationQueryRaw>(() => {
    const given = Object.entries(view.value).filter(([, value]) => value)
    return Object.fromEntries(given)
  })

  /** Change parts of the address; undefined takes a part out. The back button undoes it, save what goes by in passing. */
  function set(change: Record<string, string | undefined>, passing = false): void {
    if (change.lang) localStorage.setItem(KEPT, change.lang)
    const query = { ...route.query, ...change }
    for (const name of Object.keys(query)) if (query[name] === undefined || query[name] === '') delete query[name]
    void (passing ? router.replace({ query }) : router.push({ query }))
  }

  return { view, kept, text, set }
}
