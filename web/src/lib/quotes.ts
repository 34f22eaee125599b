/** The language in which words of a plan are written: screen readers and line breaks need it. */
export function langOf(words: string | null | undefined): 'zh-CN' | 'en' | undefined {
  if (!words) return undefined
  return /[\u4e00-\u9fff]/.test(words) ? 'zh-CN' : 'en'
}
