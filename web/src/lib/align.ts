/** Two plans side by side. */

export const RELATIONS = ['covered', 'tighter', 'looser', 'contradicted', 'incomparable', 'missing'] as const
export type Relation = (typeof RELATIONS)[number]
export const ALIGNED = ['targets', 'clauses', 'only_second'] as const

export interface Side {
  id: string
  title: string
  clause: string
  quote: string | null
  asked: string | null
}
export interface Pair {
  relation: Relation
  relation_name: string
  first: Side
  second: Side | null
  likeness?: number
}
export interface AlignAnswer {
  counts: Record<Relation, number>
  targets: Pair[]
  clauses: Pair[]
  only_second: Side[]
}

/** How many pairs there are of each relation; relations without any are left out. */
export function tallied(pairs: Pair[]): [Relation, number][] {
  return RELATIONS.map((one): [Relation, number] => [one, pairs.filter((pair) => pair.relation === one).length]).filter(([, n]) => n)
}
