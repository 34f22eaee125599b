/** Registers of what links the region outward: what their pages are told, and how it is laid out. */

import type { Stack } from './economy'

interface Said { doubts: string[]; sources: { source: string; name: string }[] }
export interface StageRow {
  stage: string; stage_name: string; came: number; went_on: number; lost: number; stands_here: number
  conversion: number | null; low: number | null; high: number | null; decided_share: number | null; median_days: number | null
}
export interface MeetingYield { meeting: string; name: string; day: string; leads: number; signed: number; projects: string[]; money_fen: number }
export interface FunnelAnswer extends Said {
  leads: number; from_meetings: number; became_projects: number; signed_share: number | null; signed_fen: number; rows: StageRow[]; meetings: MeetingYield[]
}
export interface GapRow {
  technology_gap: string; name: string; chain: string | null; link: string | null; owner: string | null; owner_name: string | null; opened: string; joint_call: string | null; called_on: string | null
  due: string | null; money_fen: number | null; solvers: string[]; gap_outcome: string | null; gap_outcome_name: string | null; evidence: string | null; days_open: number; overdue: boolean; not_told: string[]
}
export interface GapsAnswer extends Said { day: string; rows: GapRow[]; complete_share: number | null; without_owner: number; without_call: number; still_open: number; closed_well: number }
export interface SheetRow {
  good: string; place: string; name: string; year: number; unit_name: string; supply_total: number; use_total: number; stock_change: number | null; unexplained: number; balanced: boolean
  self_sufficiency: number | null; not_told: string[]; sheet_lines: { side: string; item: string; line_amount: number }[]
}
export interface BalancesAnswer extends Said { rows: SheetRow[]; unbalanced: number }
export interface PlatformRow {
  platform: string; name: string; kind: string; kind_name: string; level: string | null; state: string; host: string[]; lies_in: string | null; lies_in_name: string | null; chains: string[]; clusters: string[]; also: string[]
}
export interface PlatformsAnswer extends Said {
  rows: PlatformRow[]; twins: { platform: string; name: string; other: string; other_name: string; likeness: number; reason: string }[]
  not_located: string[]; not_linked: string[]; without_host: string[]; located_share: number | null; linked_share: number | null
}
export interface MovedRow {
  relocation: string; name: string; kind: string; kind_name: string; from_place_name: string; to_place_name: string | null; decided_on: string | null; due: string | null; moved_on: string | null
  state: string; state_name: string; days_late: number | null; freed_mu: number | null; people: number | null; not_told: string[]
}
export interface MovesAnswer extends Said {
  day: string; rows: MovedRow[]; moves: { from_place_name: string; to_place_name: string; moved_things: number; people: number; freed_mu: number }[]; moved_count: number; late_count: number
}

export const TABS = ['funnel', 'gaps', 'balances', 'platforms', 'moves'] as const
export type Tab = (typeof TABS)[number]
/** The table whose rows each of them shows. */
export const TABLES: Record<Tab, string> = { funnel: 'lead_step', gaps: 'technology_gap', balances: 'goods_balance', platforms: 'platform', moves: 'relocation' }

export const SUPPLY = ['production', 'inflow'] as const
export const SIDES = [...SUPPLY, 'use', 'outflow', 'loss', 'stock_change'] as const
/** Two bars a sheet: what is supplied, and where it goes; stocks that shrink stand below nothing. */
export function sheetBars(rows: Pick<SheetRow, 'year' | 'sheet_lines'>[], says: { supply: string; use: string }): Stack[] {
  return rows.flatMap(({ year, sheet_lines }) => {
    const sum = (side: string) => sheet_lines.filter((line) => line.side === side).reduce((all, line) => all + line.line_amount, 0)
    const parts = (supply: boolean) => SIDES.filter((side) => (SUPPLY as readonly string[]).includes(side) === supply).map((key) => ({ key, value: sum(key) })).filter((part) => part.value !== 0)
    return [{ label: `${year} ${says.supply}`, parts: parts(true) }, { label: `${year} ${says.use}`, parts: parts(false) }]
  })
}

/** Bars of a funnel, each as wide as its share of the widest, about one middle. */
export function funnelBars(rows: Pick<StageRow, 'came'>[], width: number): { x: number; width: number }[] {
  const most = Math.max(1, ...rows.map((row) => row.came))
  return rows.map(({ came }) => ({ x: (width - (came / most) * width) / 2, width: (came / most) * width }))
}

export interface Declared { column: string; type: string; unit: string; required: boolean; label: string; rule: string }
export interface Field { name: string; label: string; required: boolean; kind: 'text' | 'number' | 'date' | 'choice' | 'yes'; options: string[]; whole: boolean; several: boolean; looks: string | null }
/** Who writes a row and until when it holds is no matter of its form. */
const NOT_ASKED = ['by', 'valid_from', 'valid_to']

/** Fields of a form from what is declared of a table's columns; those that must be given come first. */
export function fieldsOf(columns: Declared[]): Field[] {
  const fields = columns.filter(({ column }) => !NOT_ASKED.includes(column)).map(({ column, type, required, label, rule }): Field => {
    const rules = new Map(rule.split(' ').filter(Boolean).map((word) => [word.split(':')[0], word.slice(word.indexOf(':') + 1)]))
    const options = rules.get('in')?.split('|') ?? []
    const kind = options.length ? 'choice' : type === 'float' || type === 'int' ? 'number' : type === 'date' ? 'date' : type === 'bool' ? 'yes' : 'text'
    const looks = rules.has('place') ? 'place' : (rules.get('ref') ?? rules.get('refs'))?.split('.')[0] ?? null
    return { name: column, label, required, kind, options, whole: type === 'int', several: rules.has('refs'), looks }
  })
  return [...fields.filter((one) => one.required), ...fields.filter((one) => !one.required)]
}

/** A row as it is stored, from what was typed: nothing for what was left empty. Fields of numbers hold numbers. */
export function rowOf(fields: Field[], typed: Record<string, string | number>): Record<string, string | number | boolean> {
  const told = (name: string) => String(typed[name] ?? '').trim()
  const given = fields.filter(({ name }) => told(name) !== '')
  return Object.fromEntries(given.map(({ name, kind }) => [name, kind === 'number' ? Number(told(name)) : kind === 'yes' ? told(name) === 'yes' : told(name)]))
}
