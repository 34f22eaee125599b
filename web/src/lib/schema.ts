/** Forms and tables from the JSON schemas of a verb: fields of its ask, column heads of its answer. */

import type { Lang, ReportFile, Schema } from './api'

export interface Field {
  name: string
  label: string
  help: string
  kind: 'text' | 'number' | 'day' | 'yesno' | 'choice' | 'choices' | 'list' | 'json'
  choices: string[]
  required: boolean
  /** Whether it may be left empty: it is not required, or may be null. */
  open: boolean
  start: unknown
  least?: number
  most?: number
  whole: boolean
}

/** The fields of an ask, labelled in a language. */
export function fields(ask: Schema, lang: Lang): Field[] {
  return Object.entries(ask.properties ?? {}).map(([name, schema]) => {
    const inner = resolve(schema, ask)
    const item = inner.items ? resolve(inner.items, ask) : undefined
    const words = lang === 'zh' ? { ...pick(schema), ...schema['x-zh'] } : pick(schema)
    const required = (ask.required ?? []).includes(name)
    const shape = kind(inner, item)
    return {
      name,
      label: words.title ?? name,
      help: words.description ?? '',
      kind: shape,
      choices: (item?.enum ?? inner.enum ?? []).map(String),
      required,
      open: !required,
      start: start(schema, shape),
      least: inner.minimum,
      most: inner.maximum,
      whole: inner.type === 'integer',
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
    else if (field.kind === 'list') given[field.name] = String(value).split(',').map((part) => part.trim()).filter(Boolean)
    else if (field.kind === 'json') given[field.name] = JSON.parse(String(value)) as unknown
    else given[field.name] = value
  }
  return given
}

/** The values that a form shows for an ask: what is given, else where each field starts. */
export function spread(form: Field[], given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(form.map((field) => [field.name, field.name in given ? shape(field, given[field.name]) : field.start]))
}

function shape(field: Field, value: unknown): unknown {
  if (field.kind === 'list' && Array.isArray(value)) return value.join(', ')
  return field.kind === 'json' ? JSON.stringify(value) : value
}

/** What each property of an answer is called; for a list, of its rows. */
export function columns(answer: Schema, lang: Lang, root: Schema = answer): Record<string, string> {
  const inner = resolve(answer, root)
  if (inner.items) return columns(inner.items, lang, root)
  return Object.fromEntries(Object.entries(inner.properties ?? {}).map(([name, schema]) => [name, (lang === 'zh' ? schema['x-zh']?.title : undefined) ?? schema.title ?? name]))
}

/** The schema of one property of an answer. */
export function property(answer: Schema | undefined, name: string, root: Schema | undefined): Schema | undefined {
  if (!answer || !root) return undefined
  const inner = resolve(answer, root)
  return (inner.items ? resolve(inner.items, root) : inner).properties?.[name]
}

/** Whether an answer is files, content as base64. */
export function areFiles(value: unknown): value is ReportFile[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => one && typeof one === 'object' && 'content' in one && 'media_type' in one)
}

function pick(schema: Schema): { title?: string; description?: string } {
  return { title: schema.title, description: schema.description }
}

function start(schema: Schema, shape: Field['kind']): unknown {
  const value = schema.default
  if (value === null || value === undefined) return shape === 'choices' ? [] : undefined
  if (shape === 'list') return Array.isArray(value) ? value.join(', ') : value
  return shape === 'json' ? JSON.stringify(value) : value
}

function resolve(schema: Schema, root: Schema): Schema {
  const some = schema.anyOf?.find((one) => one.type !== 'null') ?? schema
  const name = some.$ref?.split('/').pop()
  return name ? (root.$defs?.[name] ?? some) : some
}

function kind(schema: Schema, item?: Schema): Field['kind'] {
  if (item) return item.enum ? 'choices' : item.type === 'object' || item.properties ? 'json' : 'list'
  if (schema.enum) return 'choice'
  if (schema.type === 'boolean') return 'yesno'
  if (schema.type === 'object') return 'json'
  if (schema.format === 'date') return 'day'
  return schema.type === 'integer' || schema.type === 'number' ? 'number' : 'text'
}
