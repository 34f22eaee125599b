import { expect, test } from 'vitest'
import type { Schema } from './api'
import { columns, fields, filled, wordsOf } from './schema'

const ASK: Schema = {
  required: ['name'],
  properties: {
    name: { type: 'string', title: 'name', description: 'which', 'x-zh': { title: '名称', description: '哪个' } },
    limit: { type: 'integer', default: 100, minimum: 1, maximum: 10 },
    year: { anyOf: [{ type: 'integer', minimum: 1900 }, { type: 'null' }], default: null },
    level: { $ref: '#/$defs/Level', default: 'county' },
    geometry: { type: 'boolean', default: true },
    format: { type: 'array', items: { enum: ['html', 'xlsx'], type: 'string' }, default: ['html'] },
    places: { type: 'array', items: { type: 'string' } },
    mapping: { anyOf: [{ $ref: '#/$defs/Mapping' }, { type: 'null' }] },
    rows: { type: 'array', items: { type: 'object' } },
  },
  $defs: { Mapping: { type: 'object' }, Level: { enum: ['county', 'province'], type: 'string' } },
}

test('each kind of a schema has its field, labelled in the language', () => {
  const form = fields(ASK, 'zh')
  expect(form.map((field) => field.kind)).toEqual(['text', 'number', 'number', 'choice', 'yesno', 'choices', 'list', 'json', 'json'])
  expect(form[0]).toMatchObject({ label: '名称', help: '哪个', required: true, open: false })
  expect(form[1]).toMatchObject({ label: 'limit', whole: true, least: 1, most: 10, start: 100 })
  expect(form[2]).toMatchObject({ open: true, least: 1900, start: undefined })
  expect(form[3].choices).toEqual(['county', 'province'])
  expect(fields(ASK, 'en')[0].label).toBe('name')
})

test('what is empty is left out, texts become what the schema wants', () => {
  const form = fields(ASK, 'en')
  const values = { name: 'unit', limit: '5', year: '', geometry: 'false', format: ['xlsx'], places: 'a, b,', mapping: '{"a": 1}', rows: '[{' }
  expect(filled(form, values)).toEqual({ name: 'unit', limit: 5, geometry: false, format: ['xlsx'], places: ['a', 'b'], mapping: { a: 1 }, rows: '[{' })
})

test('columns of an answer are named through its references', () => {
  const answer: Schema = { type: 'array', items: { $ref: '#/$defs/Row' }, $defs: { Row: { properties: { unit: { title: 'unit', 'x-zh': { title: '单元' } } } } } }
  expect(columns(answer, 'zh')).toEqual({ unit: '单元' })
})

test('fields of an answer are named however deep they lie', () => {
  const seen: Schema = { properties: { value: { title: 'value', 'x-zh': { title: '数值' } }, unit: { title: 'of measure' } } }
  const row: Schema = { properties: { unit: { title: 'unit', 'x-zh': { title: '单元' } }, seen: { $ref: '#/$defs/Seen' } } }
  const answer: Schema = { type: 'array', items: { $ref: '#/$defs/Row' }, $defs: { Seen: seen, Row: row } }
  expect([...wordsOf(answer, 'zh')]).toEqual([['unit', '单元'], ['seen', 'seen'], ['value', '数值']])
})
