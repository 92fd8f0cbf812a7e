-- What became of payouts that went by file, as the bank's file of results says and two people agreed, all in
-- one transaction: what stands in their proposal, of payouts of that very file. Codes: AUTHORISATION_INVALID
-- (nobody agreed just now, or to another file), RESULT_FOREIGN (a payout of another file), PAYOUT_STATE,
-- RESULT_NOTHING.
CREATE OR REPLACE FUNCTION payout_results_v1(
    p_result bigint, p_now timestamptz, OUT code integer, OUT changed integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_authorisation;
    v_file bigint;
    v_one record;
BEGIN
    changed := 0;
    SELECT * INTO v FROM access_authorisation
    WHERE id = access_settled_v1('payouts.results', p_result::text);
    SELECT r.file_no INTO v_file FROM payout_result r JOIN payout_file f USING (file_no)
    WHERE r.result_no = p_result AND f.bank_id = v.partner_id
        AND encode(r.sha256, 'hex') = v.content ->> 'sha256';
    IF v_file IS NULL THEN
        code := @AUTHORISATION_INVALID;
        RETURN;
    END IF;
    PERFORM FROM payout WHERE file_no = v_file ORDER BY document_id DESC FOR UPDATE;
    SELECT CASE WHEN count(*) = 0 THEN @RESULT_NOTHING
                WHEN bool_or(y.document_id IS NULL) THEN @RESULT_FOREIGN
                WHEN bool_and(y.state IN ('sent', 'unknown') OR y.state = 'done' AND x ->> 1 = 'returned')
                     AND bool_and(x ->> 1 IN ('done', 'returned'))
                     AND count(*) = count(DISTINCT y.document_id) THEN 0
                ELSE @PAYOUT_STATE END
    INTO code
    FROM jsonb_array_elements(v.content -> 'payouts') x
    LEFT JOIN payout y ON y.document_id = (x ->> 0)::bigint AND y.file_no = v_file;
    IF code <> 0 THEN
        RETURN;
    END IF;
    FOR v_one IN
        SELECT (x ->> 0)::bigint AS document, (x ->> 1)::payout_state AS state, x ->> 2 AS serial,
               x ->> 3 AS reason, (x ->> 4)::boolean AS left
        FROM jsonb_array_elements(v.content -> 'payouts') x ORDER BY 1 DESC
    LOOP
        PERFORM payout_mark_v1(v_one.document, v_one.state, v_one.serial,
            concat_ws(' ', 'proposal ' || v.id, nullif(v_one.reason, '')), p_now, NULL, v_one.left);
        changed := changed + 1;
    END LOOP;
END $$;
