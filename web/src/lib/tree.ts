/** Clauses as a tree, in the document's order. */

import type { Clause } from './api'

export interface Branch { key: string; row: Clause; below: Branch[] }

/** The tree of the clauses that match, with those above them; all without a filter. */
export function tree(rows: Clause[], matches?: (row: Clause) => boolean): Branch[] {
  const kept = new Set<string>()
  const byName = new Map(rows.map((row) => [row.clause, row]))
  for (const row of rows) {
    if (matches && !matches(row)) continue
    for (let up: Clause | undefined = row; up && !kept.has(up.clause); up = byName.get(up.parent ?? '')) kept.add(up.clause)
  }
  const branches = new Map(rows.filter((row) => kept.has(row.clause)).map((row) => [row.clause, { key: row.clause, row, below: [] as Branch[] }]))
  const roots: Branch[] = []
  for (const branch of branches.values()) (branches.get(branch.row.parent ?? '')?.below ?? roots).push(branch)
  return roots
}

/** The clauses above one, the chapter first. */
export function above(rows: Clause[], name: string): Clause[] {
  const byName = new Map(rows.map((row) => [row.clause, row]))
  const found: Clause[] = []
  for (let up = byName.get(byName.get(name)?.parent ?? ''); up && !found.includes(up); up = byName.get(up.parent ?? '')) found.unshift(up)
  return found
}
