-- tally_give_v1: a gift into a box, booked from another account, once a call.
--
-- Lock order: ledger_head, balances. The document and its transfer are written in one transaction.

CREATE OR REPLACE FUNCTION tally_step_v1(
    p_day date, p_now timestamptz, p_from integer, p_to integer, p_amount bigint, p_document bigint
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    SELECT max(x.code) FROM ledger_post_v1((SELECT min(bucket) FROM ledger_head), p_now, ARRAY[1],
        ARRAY['posted']::ledger_kind[], ARRAY[p_from], ARRAY[p_to], ARRAY[p_amount],
        ARRAY[NULL]::bigint[], ARRAY[NULL]::bigint[], ARRAY[p_document], ARRAY[0]::bigint[],
        ARRAY[p_day]) x;
$$;

CREATE OR REPLACE FUNCTION tally_give_v1(
    p_box text, p_from integer, p_amount bigint, p_now timestamptz,
    OUT code integer, OUT document_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    v_box tally_box;
    v_day date;
BEGIN
    SELECT * INTO v_box FROM tally_box b WHERE b.code = p_box;
    IF NOT FOUND THEN
        code := @BOX_UNKNOWN;
        RETURN;
    END IF;
    SELECT k.current_day INTO v_day FROM ledger_account a JOIN ledger_book k USING (book_id)
    WHERE a.account_id = v_box.account_id;
    document_id := -nextval('document_no');
    code := tally_step_v1(v_day, p_now, p_from, v_box.account_id, p_amount, document_id);
    IF code = 0 THEN
        INSERT INTO tally_gift (document_id, box_id, amount_fen)
        VALUES (document_id, v_box.id, p_amount);
    END IF;
END $$;
