/** The catalogue: what data there is, whose it is, how far it reaches. */

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
  findings: string[]
  lineage: { batch: string; verb: string; recorded_at: string; rows: number; origin: string }[]
  indicators: { indicator: string; name: string; completeness: number | null }[]
}
