/** Meetings on a plan: what is on the agenda, what was decided, what is still to be done. */

export const STANDINGS = ['open', 'overdue', 'done', 'withdrawn'] as const

export interface AgendaRow {
  ordinal: number
  title: string
  reason: string
  reason_name: string
  clause: string | null
  clause_title: string | null
  task: string | null
  project: string | null
  target: string | null
  resolution: string | null
  paper: string | null
  outcome: string | null
}
export interface ResolutionRow {
  resolution: string
  meeting: string
  meeting_title: string
  decided_on: string
  title: string
  clause: string
  clause_title: string
  task: string
  owner: string
  owner_name: string
  due: string
  stands: string
  stands_name: string
  days_late: number
  done_on: string | null
  evidence: string | null
}
export interface MeetingRow {
  meeting: string
  title: string
  body: string | null
  body_name: string | null
  day: string
  venue: string | null
  chair: string | null
  attendees: string[]
  state: string
  state_name: string
  items: number
  decisions: number
  undone: number
  late: number
}
export interface MeetingAnswer extends MeetingRow {
  agenda: AgendaRow[]
  left: number
  resolutions: ResolutionRow[]
  batch: string | null
  stored: number
}
export interface ProjectRow {
  project: string
  kind_name: string
  title: string
  clause: string | null
  owner_name: string | null
  place_name: string | null
  due: string | null
  state: string
  state_name: string
  days_late: number
  progress: number | null
  findings: string[]
}
export interface NeedRow {
  resource: string
  resource_name: string
  place_name: string | null
  year: number | null
  need: number
  supply: number
  shortfall: number
  says: string
}

/** A meeting as it is drafted in a form. */
export interface MeetingForm {
  zh: string
  en: string
  body: string
  day: string
  venue: string
  chair: string
  attendees: string
  clause: string
  most: number
}
export const emptyMeeting = (day: string): MeetingForm => ({
  zh: '', en: '', body: '', day, venue: '', chair: '', attendees: '', clause: '', most: 20,
})

/** The form as the API is asked: empty fields are left out, names of those who take part are told apart. */
export function meetingAsk(form: MeetingForm): Record<string, unknown> {
  const { attendees, most, ...texts } = form
  const filled = Object.entries(texts).filter(([, value]) => value.trim())
  const names = listOf(attendees)
  return {
    ...Object.fromEntries(filled.map(([key, value]) => [key, value.trim()])),
    ...(names.length && { attendees: names }),
    most,
  }
}

/** Names in a line, by commas of either language. */
export function listOf(line: string): string[] {
  return line
    .split(/[,,、;;|]/)
    .map((one) => one.trim())
    .filter(Boolean)
}

/** A day of the reader's own calendar. */
export function today(now = new Date()): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
