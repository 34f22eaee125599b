/** Statuses of a target, the good ones first. */
export const STATUSES = ['met', 'on_track', 'off_track', 'no_data', 'not_measurable'] as const
