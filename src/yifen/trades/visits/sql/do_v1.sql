-- What people do about visits. The database finds who says so by his session, and asks whether he may and whether the
-- company is in his reach (billing_who_v1). Visits are locked in the order of their numbers.

-- May this user go to the doors of this company?
CREATE OR REPLACE FUNCTION visits_goer_v1(p_user bigint, p_biller integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT access_may_v1(p_user, 'visits.do', p.institution_id, p.id) FROM partner p WHERE p.id = p_biller;
$$;

-- Is a service in use on this day: it has begun, has not ended, and no share of the fee stands for it because it is
-- stopped 报停 (billing_share, which a stop of heating makes)?
CREATE OR REPLACE FUNCTION visits_in_use_v1(p_service billing_service, p_on date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p_on BETWEEN p_service.from_on AND coalesce(p_service.to_on, p_on) AND NOT EXISTS (
        SELECT FROM billing_share h WHERE h.bucket = p_service.bucket AND h.service_id = p_service.service_id
            AND p_on BETWEEN h.from_on AND h.to_on);
$$;

-- How a visit of a kind may end.
CREATE OR REPLACE FUNCTION visits_findings_v1(p_kind text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_kind IN ('inspect', 'check') THEN '{ok,differs,warm,cold,no_access,refused}'
                ELSE '{ok,no_access,refused}' END::text[];
$$;

-- A clerk asks for one by hand, and may say who goes. Codes: PERMISSION_MISSING (or no such customer),
-- VISIT_KIND_UNFIT, DUE_DAY_PAST, GOER_UNFIT, VISIT_ASKED_ALREADY.
CREATE OR REPLACE FUNCTION visits_new_v1(
    p_session text, p_customer bigint, p_kind text, p_why text, p_due date, p_goer bigint, p_now timestamptz,
    OUT code integer, OUT visit bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer := (SELECT c.biller_id FROM billing_customer c WHERE c.customer_id = p_customer);
BEGIN
    p_now := payments_moment_v1(v_biller, p_now);
    code := CASE WHEN billing_who_v1(p_session, 'visits.assign', v_biller) IS NULL THEN @PERMISSION_MISSING
        WHEN p_kind NOT IN ('inspect', 'check', 'collect') THEN @VISIT_KIND_UNFIT
        WHEN p_due < (p_now AT TIME ZONE 'Asia/Shanghai')::date THEN @DUE_DAY_PAST
        WHEN p_goer IS NOT NULL AND visits_goer_v1(p_goer, v_biller) IS NOT TRUE THEN @GOER_UNFIT
        WHEN EXISTS (SELECT FROM visit v WHERE (v.asked_trade, v.asked_ref, v.kind)
                = ('visits', p_customer::text, p_kind) AND v.done_at IS NULL AND v.dropped_at IS NULL)
            THEN @VISIT_ASKED_ALREADY ELSE 0 END;
    IF code = 0 THEN
        visit := visits_ask_v1(v_biller, (p_customer % 1000)::smallint, p_customer, NULL, p_kind, 'visits',
                               p_customer::text, p_why, p_due, p_now);
        UPDATE visit v SET assignee_id = p_goer WHERE v.visit_id = visits_new_v1.visit AND p_goer IS NOT NULL;
    END IF;
END $$;

-- These visits are given to somebody (NULL: taken from whoever had them), all or none. Codes: PERMISSION_MISSING (also
-- of one that is not there), VISIT_ENDED, GOER_UNFIT.
CREATE OR REPLACE FUNCTION visits_assign_v1(p_session text, p_visits bigint[], p_goer bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_billers integer[];
    v_found integer;
    v_open integer;
BEGIN
    SELECT array_agg(DISTINCT l.biller_id), count(*), count(*) FILTER (WHERE l.done_at IS NULL AND l.dropped_at IS NULL)
    INTO v_billers, v_found, v_open
    FROM (SELECT v.* FROM visit v WHERE v.visit_id = ANY (p_visits) ORDER BY v.visit_id FOR UPDATE) l;
    IF v_found = 0 OR v_found <> cardinality(p_visits)
        OR EXISTS (SELECT FROM unnest(v_billers) b WHERE billing_who_v1(p_session, 'visits.assign', b) IS NULL) THEN
        RETURN @PERMISSION_MISSING;
    ELSIF v_open <> v_found THEN
        RETURN @VISIT_ENDED;
    ELSIF p_goer IS NOT NULL
        AND EXISTS (SELECT FROM unnest(v_billers) b WHERE visits_goer_v1(p_goer, b) IS NOT TRUE) THEN
        RETURN @GOER_UNFIT;
    END IF;
    UPDATE visit SET assignee_id = p_goer WHERE visit_id = ANY (p_visits) AND assignee_id IS DISTINCT FROM p_goer;
    RETURN 0;
END $$;

-- A visit that a clerk asked for is given up. Codes: PERMISSION_MISSING, VISIT_ANOTHERS, VISIT_ENDED.
CREATE OR REPLACE FUNCTION visits_give_up_v1(p_session text, p_visit bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v visit;
BEGIN
    SELECT * INTO v FROM visit x WHERE x.visit_id = p_visit FOR UPDATE;
    IF billing_who_v1(p_session, 'visits.assign', v.biller_id) IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF v.asked_trade <> 'visits' THEN
        RETURN @VISIT_ANOTHERS;
    ELSIF v.done_at IS NOT NULL OR v.dropped_at IS NOT NULL THEN
        RETURN @VISIT_ENDED;
    END IF;
    PERFORM visits_drop_v1(v.asked_trade, v.asked_ref, v.kind, payments_moment_v1(v.biller_id, p_now));
    RETURN 0;
END $$;

-- Who was sent says what he found, with his pictures, which are sealed already; the time is ours. Codes:
-- PERMISSION_MISSING, VISIT_NOT_YOURS, VISIT_ENDED, FINDING_UNFIT.
CREATE OR REPLACE FUNCTION visits_done_v1(
    p_session text, p_visit bigint, p_finding text, p_note text, p_latitude numeric, p_longitude numeric,
    p_accuracy integer, p_kinds text[], p_digests bytea[], p_sizes integer[], p_bodies bytea[], p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v visit;
    v_login text;
BEGIN
    SELECT * INTO v FROM visit x WHERE x.visit_id = p_visit FOR UPDATE;
    v_login := billing_who_v1(p_session, 'visits.do', v.biller_id);
    IF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF v.assignee_id IS DISTINCT FROM access_who_v1(p_session) THEN
        RETURN @VISIT_NOT_YOURS;
    ELSIF v.done_at IS NOT NULL OR v.dropped_at IS NOT NULL THEN
        RETURN @VISIT_ENDED;
    ELSIF (p_finding = ANY (visits_findings_v1(v.kind))) IS NOT TRUE THEN
        RETURN @FINDING_UNFIT;
    END IF;
    UPDATE visit SET done_at = payments_moment_v1(v.biller_id, p_now), done_by = v_login, finding = p_finding, note = p_note, latitude = p_latitude,
        longitude = p_longitude, accuracy_m = p_accuracy
    WHERE visit_id = p_visit;
    INSERT INTO visit_photo (visit_id, photo_no, kind, sha256, bytes, body)
    SELECT p_visit, u.n, u.kind, u.digest, u.size, u.body
    FROM unnest(p_kinds, p_digests, p_sizes, p_bodies) WITH ORDINALITY u (kind, digest, size, body, n);
    RETURN 0;
END $$;
