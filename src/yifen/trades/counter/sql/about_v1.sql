-- A proposal at the desk is about an entry and the maker's own shift, or about a shift: each is of the institution where the
-- shift was opened; about a drawer's opening, where the teller is.
CREATE OR REPLACE FUNCTION counter_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.institution_id, NULL::bigint FROM counter_entry e
    WHERE to_jsonb(e.id) = p.content -> 'entry' AND e.serial = p.subject_key AND p.action NOT IN ('desk.close', 'desk.open')
    UNION ALL SELECT (SELECT s.institution_id FROM counter_shift s  -- none: nobody may
                      WHERE to_jsonb(s.id) = p.content -> 'shift' AND s.teller_id = p.maker_id), NULL
    WHERE p.action NOT IN ('desk.close', 'desk.open')
    UNION ALL SELECT (SELECT u.institution_id FROM access_user u
                      WHERE u.id = p.maker_id AND p.subject_key = 'opening ' || u.id), NULL
    WHERE p.action = 'desk.open'
    UNION ALL SELECT s.institution_id, NULL FROM counter_shift s
    WHERE to_jsonb(s.id) = p.content -> 'shift' AND p.subject_key = 'shift ' || s.id AND p.action = 'desk.close';
$$;
