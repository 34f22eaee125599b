/** The view in the page's address: language, region, time, knowledge, and what a page adds to it. */

import { computed, nextTick } from 'vue'
import { type LocationQuery, type LocationQueryRaw, type Router, useRoute, useRouter } from 'vue-router'
import type { Lang, View } from './api'

const KEPT = 'hutuo.lang'

/** The language that was last chosen here, else the browser's, else Chinese. */
export function firstLang(): Lang {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'zh' || kept === 'en') return kept
  return navigator.language.startsWith('en') ? 'en' : 'zh'
}

/** The part of an address that every call and every page share. */
export function viewOf(query: LocationQuery, first: Lang): View {
  const text = (name: string) => (typeof query[name] === 'string' && query[name] ? (query[name] as string) : undefined)
  const lang = text('lang')
  return {
    lang: lang === 'en' || lang === 'zh' ? lang : first,
    region: text('region'),
    at: text('at'),
    as_of: text('as_of'),
    branch: text('branch'),
  }
}

/** A query with parts changed; undefined or empty takes a part out. */
export function changed(query: LocationQuery, change: Record<string, string | undefined>): LocationQueryRaw {
  return Object.fromEntries(Object.entries({ ...query, ...change }).filter(([, value]) => value !== undefined && value !== ''))
}

// Changes made in the same tick are one change of the address, else the later would undo the earlier.
let waiting: { parts: Record<string, string | undefined>; passing: boolean } | undefined

function change(router: Router, parts: Record<string, string | undefined>, passing: boolean): void {
  if (waiting) {
    Object.assign(waiting.parts, parts)
    waiting.passing &&= passing
    return
  }
  waiting = { parts: { ...parts }, passing }
  void nextTick(() => {
    const now = waiting!
    waiting = undefined
    const query = changed(router.currentRoute.value.query, now.parts)
    void (now.passing ? router.replace({ query }) : router.push({ query }))
  })
}

export function useView() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string) => (typeof route.query[name] === 'string' ? (route.query[name] as string) : undefined)
  const view = computed<View>(() => viewOf(route.query, firstLang()))
  const kept = computed<LocationQueryRaw>(() => Object.fromEntries(Object.entries(view.value).filter(([, value]) => value)))

  /** Change parts of the address; undefined takes a part out. The back button undoes it, save what goes by in passing. */
  function set(parts: Record<string, string | undefined>, passing = false): void {
    if (parts.lang) localStorage.setItem(KEPT, parts.lang)
    change(router, parts, passing)
  }

  return { view, kept, text, set }
}
