-- Quota by a signed message of the treasury. Called by who keeps such messages, never by a process.

-- Quota arrives, or (below zero) goes back, by a document that changes an indicator once. `p_told`: the message; NULL: it is only asked
-- what speaks against it. Codes:
-- INDICATOR_UNKNOWN, BUDGET_LIST_QUOTA_WRONG, BUDGET_YEAR_CLOSED, DOC_TWICE, BUDGET_SHORT (more than was granted and is not in quota yet; of
-- what goes back: more than is in quota, for what is held or used stays).
CREATE OR REPLACE FUNCTION budget_told_v1(p_bureau integer, p_indicator bigint, p_fen bigint, p_doc_no text, p_told text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e budget_entry;
    v_code integer;
BEGIN
    PERFORM pg_advisory_xact_lock(9300, p_bureau);
    PERFORM budget_lock_v1(ARRAY[p_indicator]);
    SELECT x.code INTO v_code FROM budget_quota_against_v1(p_bureau, (SELECT jsonb_build_array(jsonb_build_object('number', i.number,
        'doc_no', p_doc_no, 'fen', p_fen)) FROM budget_indicator i WHERE i.indicator_id = p_indicator)) x;
    IF v_code IS NULL AND p_told IS NOT NULL THEN
        e.indicator_id := p_indicator; e.kind := CASE WHEN p_fen > 0 THEN 'arrived' ELSE 'withdrawn' END; e.amount_fen := abs(p_fen);
        e.doc_no := p_doc_no; e.told := p_told; e.at := payments_moment_v1(p_bureau, p_now);
        PERFORM budget_enter_v1(e);
    END IF;
    RETURN coalesce(v_code, 0);
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
