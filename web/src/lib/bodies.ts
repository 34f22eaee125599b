/** Bodies that can be parties: institutions of the region, its members, cities around. */

import { type Ref, computed } from 'vue'
import { type Region, type Units, type View, ask } from './api'
import { useLoad } from './load'
import { useBodies } from './tasks'

export interface Named { id: string; name: string }

/** Bodies by name, and the name of an id; an id that is none of them is called by itself. */
export function usePartyNames(view: Ref<View>, region: () => Region) {
  const { bodies, failure, again } = useBodies(view)
  const cities = useLoad(() => view.value, () => {
    return Promise.all((['province', 'prefecture'] as const).map((level) => ask<Units>(view.value, 'base/units', { geometry: false, level })))
  })
  const all = computed<Named[]>(() => {
    const members = region().sets.flatMap((one) => one.members).map((one) => ({ id: one.member, name: one.name }))
    const around = (cities.data.value ?? []).flatMap((one) => one.features).map((one) => ({ id: one.id, name: one.properties.name }))
    const named = bodies.value.map((one) => ({ id: one.body, name: one.name }))
    return [...new Map([...around, ...members, ...named].map((one) => [one.id, one])).values()]
  })
  const names = computed(() => new Map(all.value.map((one) => [one.id, one.name])))
  const ids = computed(() => new Map(all.value.map((one) => [one.name, one.id])))
  return { all, failure, again, nameOf: (id: string) => names.value.get(id) ?? id, idOf: (name: string) => ids.value.get(name.trim()) ?? name.trim() }
}
