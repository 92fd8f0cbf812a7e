-- When a proposal is over though nobody decided it: its subject came to its end otherwise, or it lapsed by itself.
-- Rule: decision 0012.

-- What waits about a thing lapses 失效, for this reason. One that is being decided just now is refused there, by
-- its act, and nobody waits for the other.
CREATE OR REPLACE FUNCTION access_lapse_v1(
    p_act text, p_subject text, p_why text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_authorisation;
BEGIN
    FOR v IN SELECT * FROM access_authorisation WHERE action = p_act AND subject_key = p_subject
        AND decided_at IS NULL FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE access_authorisation SET granted = false, decided_at = p_at, answer = p_why WHERE id = v.id;
        PERFORM audit_draft_v1('lapsed', v.action, v.subject_key, NULL, jsonb_build_object(
            'proposal', v.id, 'maker', (SELECT login FROM access_user WHERE id = v.maker_id)), p_why);
    END LOOP;
END $$;

-- On a table whose rows end what an act is about. Arguments: the act, its subject and the moment as SQL of the
-- row's columns, and why.
CREATE OR REPLACE FUNCTION access_over_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    v_asked text := format('SELECT (%s)::text, %s FROM (SELECT ($1).*) x', TG_ARGV[1], TG_ARGV[2]);
    v_subject text;
    v_at timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        EXECUTE v_asked INTO v_subject, v_at USING OLD;
    ELSE
        EXECUTE v_asked INTO v_subject, v_at USING NEW;
    END IF;
    PERFORM access_lapse_v1(TG_ARGV[0], v_subject, TG_ARGV[3], v_at);
    RETURN NULL;
END $$;

-- Has a proposal lapsed by itself: 30 days, by our time and by the database's own clock, or a maker who may no
-- longer?
CREATE OR REPLACE FUNCTION access_lapsed_v1(p_row access_authorisation, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p_row.requested_at < p_now - interval '30 days' OR p_row.asked_at < now() - interval '30 days'
        OR access_may_v1(p_row.maker_id, (SELECT a.propose FROM access_act a WHERE a.act = p_row.action),
                         p_row.institution_id, p_row.partner_id) IS NOT TRUE;
$$;

-- Why a word comes too late: it was said before, taken back, or lapsed.
CREATE OR REPLACE FUNCTION access_late_v1(p_row access_authorisation) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_row.checker_id IS NOT NULL THEN @AUTHORISATION_USED
                WHEN p_row.answer = '' THEN @PROPOSAL_WITHDRAWN ELSE @PROPOSAL_LAPSED END;
$$;
