/** Who decides and reports, as long as there are no accounts: a name kept for the session. */

import { ref, watch } from 'vue'

const KEPT = 'hutuo.by'
const by = ref(sessionStorage.getItem(KEPT) ?? '')
watch(by, (name) => sessionStorage.setItem(KEPT, name))

/** The name, one for all pages; empty goes as none. */
export function useBy() {
  return { by, given: () => by.value.trim() || undefined }
}
