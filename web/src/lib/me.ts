/** Who asks: the one owner of the machine, or an account that signed in. */

import { shallowRef } from 'vue'
import { call } from './api'

export interface Me { account: string; body: string | null; roles: string[]; permissions: string[]; owner: boolean }

/** Rights of which one is needed for a page; other pages show data. */
const NEEDED: Record<string, string[]> = { people: ['people'], audit: ['audit'] }

/** Whether somebody may see a page. */
export function allows(me: Me, page: string): boolean {
  return me.owner || (NEEDED[page] ?? ['read']).some((right) => me.permissions.includes(right))
}

const me = shallowRef<Me>()
let asked: Promise<Me> | undefined

/** The same for all pages; asked once. */
export function useMe() {
  async function load(): Promise<Me> {
    asked ??= call<Me>('GET', 'session', {})
    try {
      me.value = await asked
    } catch (error) {
      asked = undefined
      throw error
    }
    return me.value
  }
  return { me, load }
}

/** End the session, here and in the browser. */
export async function signOut(lang: string): Promise<void> {
  await fetch('/api/session', { method: 'DELETE' })
  location.assign(`/sign-in?lang=${lang}`)
}
