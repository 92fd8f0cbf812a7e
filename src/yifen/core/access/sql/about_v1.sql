-- Whose is what a proposal is about? What the proposal says of itself is the page's word; the rows are the database's. An
-- act's function (`Second.about`) finds them: both people must be allowed to do it there.

-- May both, the maker and this checker (NULL: the maker alone), do it to whatever it is about? 0, PERMISSION_MISSING, or
-- PROPOSAL_UNREADABLE (there is nothing of what it says).
CREATE OR REPLACE FUNCTION access_about_v1(p access_authorisation, p_checker bigint) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_act access_act;
    v_found boolean;
BEGIN
    SELECT * INTO v_act FROM access_act WHERE act = p.action;
    IF v_act.about = '' THEN
        RETURN 0;
    END IF;
    EXECUTE format('SELECT bool_and(access_may_v1($2, $3, f.institution, f.partner)'
        ' AND ($4 IS NULL OR access_may_v1($4, $5, f.institution, f.partner))) FROM %I($1) f', v_act.about)
    INTO v_found USING p, p.maker_id, v_act.propose, p_checker, v_act.decide;
    RETURN CASE WHEN v_found THEN 0 WHEN NOT v_found THEN @PERMISSION_MISSING ELSE @PROPOSAL_UNREADABLE END;
END $$;

-- What is everybody's is the top institution's: providers, texts, books, rules of kinds of channels.
CREATE OR REPLACE FUNCTION access_about_all_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    (SELECT i.id, NULL::bigint FROM institution i WHERE i.parent_id IS NULL ORDER BY i.id LIMIT 1);
$$;

-- A login is its institution's and its partner's; one that moves is of both institutions. An institution is decided about where its parent is, and where its new
-- parent will be.
CREATE OR REPLACE FUNCTION access_about_people_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.institution_id, u.partner_id FROM access_user u
    WHERE p.action <> 'users.new' AND (p.action LIKE 'users.%' OR p.action = 'tellers.move')
        AND to_jsonb(u.id) = p.content -> 'user'
    UNION ALL SELECT i.id, NULL FROM institution i
    WHERE p.action = 'tellers.move' AND to_jsonb(i.id) = p.content -> 'to'
    UNION ALL SELECT u.institution_id, u.partner_id
    FROM jsonb_populate_record(NULL::access_user, p.content #> '{rows,access_user}') u
    WHERE p.action = 'users.new' AND u.login IS NOT NULL
    UNION ALL SELECT CASE WHEN to_jsonb(i.id) = p.content -> 'institution' THEN coalesce(i.parent_id, i.id) ELSE i.id END,
        NULL FROM institution i
    WHERE p.action = 'institutions.change' AND to_jsonb(i.id) IN (p.content -> 'institution', p.content -> 'parent');
$$;

-- Is this row of whom the proposal is about? By it people reached no other: whatever was said when it was
-- made, the row itself tells whose it is, and a row that names nobody is the bound function's alone.
CREATE OR REPLACE FUNCTION access_theirs_v1(
    p_institution bigint, p_partner bigint, p_table text, p_old jsonb, p_new jsonb
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT bool_and(coalesce(
        (w.partner IS NULL OR p_partner IS NULL OR w.partner = p_partner
            OR p_partner = (SELECT sandbox_of_id FROM partner WHERE id = w.partner))
        AND coalesce((SELECT institution_id FROM partner WHERE id = w.partner), w.institution)
            = p_institution, w.partner IS NULL))
    FROM unnest(ARRAY[p_old, p_new]) r CROSS JOIN LATERAL (
        SELECT (CASE WHEN p_table = 'partner' THEN r ->> 'id'
                     WHEN p_table = 'access_user' THEN NULL
                     ELSE coalesce(r ->> 'biller_id', r ->> 'partner_id') END)::bigint AS partner,
               CASE WHEN p_table IN ('partner', 'access_user')
                    THEN (r ->> 'institution_id')::bigint END AS institution) w
    WHERE r IS NOT NULL;
$$;
