import { first } from './rows'

export type TaskRow = {
  job_id: string
  position: number
  variation_key: string
  image_id: string
  name: string
  pose_id: string | null
  draft: number | null
  prompt: string
  seed: number
  state: string
  attempt: number
  tries: number
  due_at: number | null
  run: string | null
}

export type TaskKey = { jobId: string; position: number }

export const findTask = (sql: SqlStorage, { jobId, position }: TaskKey): TaskRow | undefined =>
  first<TaskRow>(sql, 'SELECT * FROM task WHERE job_id = ? AND position = ?', jobId, position)

export const isEnded = (state: string): state is 'done' | 'failed' | 'cancelled' =>
  state === 'done' || state === 'failed' || state === 'cancelled'

/** Whether a job of this task goes on upstream. */
export const isUpstream = ({ run }: TaskRow): boolean =>
  run !== null && (JSON.parse(run) as { handle: unknown }).handle !== null
