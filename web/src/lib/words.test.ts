import { expect, test } from 'vitest'
import en from './en'
import zh from './zh'

function keys(words: object, above = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) => (typeof value === 'object' ? keys(value as object, `${above}${key}.`) : [above + key]))
}
const at = (words: object, key: string) => key.split('.').reduce((found: unknown, part) => (found as Record<string, unknown> | undefined)?.[part], words)
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
const files = import.meta.glob<string>('../**/*.{vue,ts}', { query: '?raw', import: 'default', eager: true })
const pages = Object.entries(files).filter(([name]) => !/\.test\.ts$|\/(zh|en)\.ts$/.test(name))
const text = pages.map(([, content]) => content).join('\n')

test('both languages have the same words, with the same places to fill', () => {
  expect(keys(zh)).toEqual(keys(en))
  for (const key of keys(zh)) expect([key, holes(at(zh, key) as string)]).toEqual([key, holes(at(en, key) as string)])
})

test('each word that a page asks for is there', () => {
  const asked = [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => key)
  expect(asked.length).toBeGreaterThan(100)
  expect(asked.filter((key) => !keys(en).includes(key))).toEqual([])
})

test('no page has Chinese words of its own: they stand in the list of words', () => {
  const spoken = pages.filter(([, content]) => /[\u4e00-\u9fff]/.test(content)).map(([name]) => name)
  expect(spoken).toEqual([])
})

test('each word is used by a page', () => {
  const built = ['role.', 'status.', 'statusHelp.', 'yearFrom.', 'part.', 'nav.', 'report.', 'app.name']
  const unused = keys(en).filter((key) => !built.some((start) => key.startsWith(start)) && !text.includes(`'${key}'`))
  expect(unused).toEqual([])
})
