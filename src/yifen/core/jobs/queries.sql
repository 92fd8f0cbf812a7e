-- name: standing
-- What became of one job that is not over, and whether any worker lives.
SELECT (SELECT status::text FROM procrastinate_jobs
        WHERE task_name = %s AND args @> %s::jsonb AND status IN ('todo', 'doing')
        ORDER BY id DESC LIMIT 1),
    EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))

-- name: dead
-- Jobs under way whose worker gave no sign of life for too long, or was forgotten.
SELECT j.id, j.task_name, j.args, j.attempts
FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))
ORDER BY j.id FOR UPDATE OF j SKIP LOCKED

-- name: again
-- It waits in its queue again.
SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)

-- name: failed
-- It is over; the row stays for whoever looks for the fault.
SELECT procrastinate_finish_job_v1(%s, 'failed', false)

-- name: forget
-- Jobs that ended badly, of these tasks or of all others, once that is long ago.
DELETE FROM procrastinate_jobs j
WHERE j.status NOT IN ('todo', 'doing') AND (j.task_name = ANY (%(tasks)s)) = %(of_these)s
    AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > now() - make_interval(secs => %(kept_s)s))

-- name: counted
-- By queue and state; how long the oldest that may run has waited. When a job was put there its event says.
SELECT j.queue_name, j.status::text, count(*), max(extract(epoch FROM %s - greatest(j.scheduled_at, (
        SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred')))::integer)
    FILTER (WHERE j.status = 'todo' AND coalesce(j.scheduled_at, '-infinity') <= now())
FROM procrastinate_jobs j
WHERE j.status IN ('todo', 'doing') OR j.status = 'failed' AND EXISTS (
    SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'failed' AND e.at > now() - interval '1 day')
GROUP BY 1, 2

-- name: runners
-- Those that live.
SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)
