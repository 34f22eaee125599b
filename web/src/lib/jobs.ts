/** Long work: a file goes up with its progress; a verb runs as a job that is followed, cancelled, found again. */

import { type Ref, onBeforeUnmount, ref, shallowRef } from 'vue'
import { ApiError, type View, call, toSignIn } from './api'

export interface Job {
  job: string
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  share: number | null
  step: string
  answer: unknown
  error: { error: string; message: string; hint: string } | null
}
const EVERY = 400

/** Send a file; `progress` is told the share that has gone. */
export function upload(file: File, progress: (share: number) => void): Promise<string> {
  return new Promise((done, failed) => {
    const sending = new XMLHttpRequest()
    sending.open('PUT', `/api/uploads?name=${encodeURIComponent(file.name)}`)
    sending.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0)
    sending.onerror = () => failed(new Error(file.name))
    sending.onload = () => {
      if (sending.status === 401) return toSignIn()
      try {
        const answer = JSON.parse(sending.responseText)
        if (sending.status < 300) done(answer.file)
        else failed(new ApiError(answer.error, answer.message, answer.hint))
      } catch {
        failed(new Error(`${sending.status} ${sending.statusText}`))
      }
    }
    sending.send(file)
  })
}

/** Sending one file at a time, as pages show it; `arrived` is told what verbs call it. */
export function useSending(arrived: (upload: string) => void) {
  const sending = ref(false)
  const share = ref(0)
  const sent = ref('')
  const failure = ref<unknown>()
  async function send(chosen: File) {
    sending.value = true
    sent.value = chosen.name
    share.value = 0
    failure.value = undefined
    try {
      arrived(await upload(chosen, (gone) => (share.value = gone)))
    } catch (error) {
      failure.value = error
    } finally {
      sending.value = false
    }
  }
  return { sending, share, sent, failure, send }
}

export interface Following<T> {
  job: Ref<Job | undefined>
  answer: Ref<T | undefined>
  failure: Ref<unknown>
  busy: Ref<boolean>
  /** Whether it was asked to stop; it may be done all the same. */
  cancelling: Ref<boolean>
  /** Ask a verb as a job; gives the job's id as soon as it runs. */
  start: (path: string, body: object, view?: View) => Promise<string | undefined>
  /** Follow a job that runs already, until it ends. */
  follow: (id: string) => Promise<void>
  cancel: () => Promise<void>
  forget: () => void
}

/** A job of a page; following ends with the page, the job itself goes on. */
export function useJob<T>(view: Ref<View>): Following<T> {
  const job = shallowRef<Job>()
  const answer = shallowRef<T>()
  const failure = ref<unknown>()
  const busy = ref(false)
  const cancelling = ref(false)
  let followed = 0

  async function follow(id: string): Promise<void> {
    const mine = ++followed
    busy.value = true
    failure.value = undefined
    try {
      while (mine === followed) {
        const now = await call<Job>('GET', `jobs/${id}`, { lang: view.value.lang })
        if (mine !== followed) return
        job.value = now
        if (now.state !== 'waiting' && now.state !== 'running') return ended(now)
        await new Promise((wake) => setTimeout(wake, EVERY))
      }
    } catch (error) {
      if (mine === followed) failure.value = error
    } finally {
      if (mine === followed) busy.value = false
    }
  }
  function ended(now: Job): void {
    if (now.state === 'done') answer.value = now.answer as T
    else if (now.state === 'failed')
      failure.value = new ApiError(now.error?.error ?? '', now.error?.message ?? '', now.error?.hint ?? '')
  }
  async function start(path: string, body: object, seen: View = view.value): Promise<string | undefined> {
    forget()
    busy.value = true
    try {
      const begun = await call<{ job: string }>('POST', path, { ...seen, job: 'true' }, body)
      void follow(begun.job)
      return begun.job
    } catch (error) {
      failure.value = error
      busy.value = false
      return undefined
    }
  }
  async function cancel(): Promise<void> {
    if (!job.value) return
    cancelling.value = true
    try {
      await call<unknown>('DELETE', `jobs/${job.value.job}`, { lang: view.value.lang })
    } catch (error) {
      cancelling.value = false
      failure.value = error
    }
  }
  function forget(): void {
    followed++
    busy.value = cancelling.value = false
    job.value = answer.value = failure.value = undefined
  }
  onBeforeUnmount(() => followed++)
  return {
    job: job as Ref<Job | undefined>,
    answer: answer as Ref<T | undefined>,
    failure,
    busy,
    cancelling,
    start,
    follow,
    cancel,
    forget,
  }
}
