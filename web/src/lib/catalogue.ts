/** The catalogue: what data there is, whose it is, how far it reaches. */

export interface HeldIndicator {
  indicator: string
  name: string
  core: boolean
  rows: number
  places: number
  completeness: number | null
}
export interface Lineage {
  batch: string
  verb: string
  origin: string
  recorded_at: string
  rows: number
}
export interface Dataset {
  dataset: string
  name: string
  owner: string
  geography: string
  period: string
  fresh: string | null
  completeness: number | null
  quality: string
  licence: string
  rows: number
  findings: string[]
  published: string | null
  origin: string
  matched: string | null
  tables: { table: string; rows: number }[]
  indicators: HeldIndicator[]
  batches: number
  lineage: Lineage[]
}
