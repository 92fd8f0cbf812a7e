-- Standing exports 定期统计: asked for once by who is signed in, made by the worker of each period that ended. Nobody
-- says when or in whose name: the database does.

-- The first day of the next day, week or month.
CREATE OR REPLACE FUNCTION console_next_on_v1(p_every text, p_today date) RETURNS date
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT (date_trunc(p_every, p_today::timestamp) + ('1 ' || p_every)::interval)::date
$$;

-- The business clock's day; one begins at six in the morning, when the night is over.
CREATE OR REPLACE FUNCTION console_morning_v1() RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai' - interval '6 hours')::date
$$;

CREATE OR REPLACE FUNCTION console_standing_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    v_maker bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.maker_id ELSE NEW.maker_id END;
BEGIN
    IF session_user = 'yifen_web' AND (TG_OP = 'UPDATE'
        OR v_maker IS DISTINCT FROM access_who_v1(current_setting('yifen.session', true)))
    THEN
        RAISE EXCEPTION 'a standing export is asked for and ended by who is signed in'
            USING ERRCODE = 'insufficient_privilege';
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    PERFORM FROM access_user WHERE id = NEW.maker_id FOR UPDATE;  -- counted one at a time
    IF 12 <= (SELECT count(*) FROM console_standing_export WHERE maker_id = NEW.maker_id) THEN
        RAISE EXCEPTION 'twelve standing exports of this person are there' USING ERRCODE = 'check_violation';
    END IF;
    NEW.next_on := console_next_on_v1(NEW.every, console_morning_v1());
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER asked BEFORE INSERT OR UPDATE OR DELETE ON console_standing_export
    FOR EACH ROW EXECUTE FUNCTION console_standing_v1();

-- Those that are due become exports, each of the period that ended last, in the name of who asked, with
-- the job that makes it; answers the exports.
-- Who has too many under way, or is no longer active, waits.
CREATE OR REPLACE FUNCTION console_due_exports_v1() RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    v_today date := console_morning_v1();
    v_one console_standing_export;
    v_first date;
    v_export bigint;
BEGIN
    FOR v_one IN
        SELECT s.* FROM console_standing_export s JOIN access_user u ON u.id = s.maker_id
        WHERE s.next_on <= v_today AND u.is_active ORDER BY s.id LIMIT 100 FOR UPDATE OF s SKIP LOCKED
    LOOP
        CONTINUE WHEN 3 <= (SELECT count(*) FROM console_export e
                            WHERE e.maker_id = v_one.maker_id AND e.state = 'running');
        v_first := date_trunc(v_one.every, v_today::timestamp)::date;
        INSERT INTO console_export (listing, query, format, language, maker_id, asked_at, state, rows, size, file,
                                    about, address, request)
        VALUES (v_one.listing, concat_ws('&', nullif(v_one.query, ''),
                    'since=' || (v_first - ('1 ' || v_one.every)::interval)::date, 'until=' || v_first - 1),
                v_one.format, v_one.language, v_one.maker_id, clock_timestamp(), 'running', 0, 0, '', '{}', '',
                'standing ' || v_one.id)
        RETURNING id INTO v_export;
        -- A person asked for it, long ago: the worker itself adds no such job.
        PERFORM procrastinate_defer_jobs_v1(ARRAY[('asked', 'face.export', 0, NULL, NULL,
            jsonb_build_object('export_id', v_export), NULL)::procrastinate_job_to_defer_v1]);
        UPDATE console_standing_export SET next_on = console_next_on_v1(every, v_today) WHERE id = v_one.id;
        RETURN NEXT v_export;
    END LOOP;
END $$;
