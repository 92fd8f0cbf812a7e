-- What a process may put into the queues, and when its jobs may wait: only tasks that a plug names, each as
-- the plug says, so that nobody holds a lock of another task or keeps a periodic one from being deferred.

-- Arguments, each an array by the same place: names of tasks, their queues, whether they run by the clock,
-- whether they run alone. The owner is free of it.
CREATE OR REPLACE FUNCTION access_job_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    v_at integer := array_position(TG_ARGV[0]::text[], NEW.task_name::text);
    v_clock boolean := (TG_ARGV[2]::boolean[])[v_at];
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    ELSIF (CASE TG_OP
        WHEN 'UPDATE' THEN  -- tried again within hours, as it was asked
            NEW.scheduled_at > clock_timestamp() + interval '3 hours'
            OR (OLD.task_name, OLD.queue_name, OLD.args, OLD.lock, OLD.queueing_lock)
                IS DISTINCT FROM (NEW.task_name, NEW.queue_name, NEW.args, NEW.lock, NEW.queueing_lock)
        ELSE
            v_at IS NULL OR NEW.queue_name IS DISTINCT FROM (TG_ARGV[1]::text[])[v_at]
            OR NEW.lock IS DISTINCT FROM CASE WHEN (TG_ARGV[3]::boolean[])[v_at] THEN NEW.task_name END
            OR NEW.queueing_lock IS DISTINCT FROM CASE WHEN v_clock THEN NEW.task_name END
            OR jsonb_typeof(NEW.args) <> 'object' OR NEW.scheduled_at IS NOT NULL
            OR NEW.status <> 'todo' OR NEW.attempts <> 0 OR NEW.worker_id IS NOT NULL
            -- Who works runs what the clock asks for; what people ask for, pages ask.
            OR v_clock = (current_user = 'yifen_web')
        END)
    THEN
        RAISE EXCEPTION 'no plug has such a job: %', NEW.task_name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- What people asked of the night waits until the night takes it: no other process takes it away.
CREATE OR REPLACE FUNCTION access_job_kept_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role(current_user, 'yifen_night', 'MEMBER')
        OR pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
        OR TG_OP = 'UPDATE' AND NEW.status = OLD.status
    THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'job % is the night''s', OLD.id USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON procrastinate_jobs FOR EACH ROW
    WHEN (OLD.queue_name = 'night' AND OLD.status = 'todo') EXECUTE FUNCTION access_job_kept_v1();
