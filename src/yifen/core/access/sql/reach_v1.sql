-- Are both people of a proposal of an institution's tree: its own, or above it? What a proposal says is the page's word;
-- for whom people act is the database's.
CREATE OR REPLACE FUNCTION access_reach_v1(p_proposal bigint, p_institution bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT id, parent_id FROM institution WHERE id = p_institution
        UNION ALL
        SELECT i.id, i.parent_id FROM institution i JOIN above a ON i.id = a.parent_id
    )
    SELECT count(*) = 2 FROM access_authorisation p JOIN access_user u ON u.id IN (p.maker_id, p.checker_id)
    WHERE p.id = p_proposal AND u.partner_id IS NULL AND u.institution_id IN (SELECT id FROM above);
$$;
