/** Fields of a form from the JSON schema of an ask. */

import type { Lang, Schema } from './api'

export interface Field {
  name: string
  label: string
  help: string
  kind: 'text' | 'number' | 'yesno' | 'choice' | 'choices' | 'list' | 'json'
  choices: string[]
  required: boolean
  /** May be left without a value. */
  open: boolean
  whole: boolean
  start: unknown
  least?: number
  most?: number
}

/** The fields of an ask, labelled in a language. */
export function fields(ask: Schema, lang: Lang): Field[] {
  return Object.entries(ask.properties ?? {}).map(([name, schema]) => {
    const inner = resolve(schema, ask)
    const item = inner.items ? resolve(inner.items, ask) : undefined
    const words = lang === 'zh' ? schema['x-zh'] : schema
    return {
      name,
      label: words?.title ?? name,
      help: words?.description ?? '',
      kind: kind(inner, item),
      choices: (item?.enum ?? inner.enum ?? []).map(String),
      required: (ask.required ?? []).includes(name),
      open: Boolean(schema.anyOf?.some((one) => one.type === 'null')),
      whole: inner.type === 'integer',
      start: schema.default ?? (inner.type === 'array' && item?.enum ? [] : undefined),
      least: inner.minimum,
      most: inner.maximum,
    }
  })
}

/** What a form's values come to as an ask: empty fields are left out, texts become what the schema wants. */
export function filled(form: Field[], values: Record<string, unknown>): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const field of form) {
    const value = values[field.name]
    if (value === undefined || value === null || value === '') continue
    if (field.kind === 'number') given[field.name] = Number(value)
    else if (field.kind === 'yesno') given[field.name] = value === true || value === 'true'
    else if (field.kind === 'json') given[field.name] = parsed(value)
    else if (field.kind === 'list') given[field.name] = String(value).split(',').map((part) => part.trim()).filter(Boolean)
    else given[field.name] = value
  }
  return given
}

/** JSON that a person wrote; what is none goes as it is, so that the API says what is wrong with it. */
function parsed(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value
  } catch {
    return value
  }
}

/** What the columns of an answer are called, by their names; empty for one without columns. */
export function columns(answer: Schema, lang: Lang): Record<string, string> {
  const list = resolve(answer, answer)
  const row = list.items ? resolve(list.items, answer) : list
  const named = Object.entries(row.properties ?? {}).map(([name, schema]) => [name, (lang === 'zh' ? schema['x-zh'] : schema)?.title ?? name])
  return Object.fromEntries(named)
}

/** What the fields of an answer are called, however deep they lie; the first of that name counts. */
export function wordsOf(answer: Schema, lang: Lang): Map<string, string> {
  const words = new Map<string, string>()
  for (const one of [answer, ...Object.values(answer.$defs ?? {})]) {
    for (const [name, word] of Object.entries(columns({ ...one, $defs: answer.$defs }, lang))) {
      if (!words.has(name)) words.set(name, word)
    }
  }
  return words
}

function resolve(schema: Schema, root: Schema): Schema {
  const some = schema.anyOf?.find((one) => one.type !== 'null') ?? schema
  const name = some.$ref?.split('/').pop()
  return name ? (root.$defs?.[name] ?? some) : some
}

function kind(schema: Schema, item?: Schema): Field['kind'] {
  if ((item ?? schema).type === 'object') return 'json'
  if (item) return item.enum ? 'choices' : 'list'
  if (schema.enum) return 'choice'
  if (schema.type === 'boolean') return 'yesno'
  return schema.type === 'integer' || schema.type === 'number' ? 'number' : 'text'
}
