-- The import of bills 导入账单: only rows that two people agreed to, whose digests stand in the proposal
-- (decision 0017).

-- SHA-256 of the rows of each piece of a file, in order, as hex. Without the name, which is sealed anew
-- when the key ring changes; no process changes a row.
CREATE OR REPLACE FUNCTION bills_pieces_v1(p_file bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(p.digest ORDER BY p.piece), '[]') FROM (
        SELECT r.piece, encode(sha256(convert_to(
            string_agg((to_jsonb(r) - 'name')::text, E'\n' ORDER BY r.line_no), 'UTF8')), 'hex') AS digest
        FROM bill_row r WHERE r.file_id = p_file GROUP BY r.piece) p;
$$;

-- Import one piece of an agreed proposal; a piece that is done stays as it is. Locks the bucket's head.
-- Codes: BILLS_NOT_AGREED (nobody agreed, or the biller has a system of its own by now), BILLS_CHANGED
-- (its rows are not those that were agreed to), BILLS_SOLE (a trade keeps what is paid to this biller).
CREATE OR REPLACE FUNCTION bills_import_v1(
    p_proposal bigint, p_piece integer, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_file bill_file;
    v_digest text;
    v_bucket smallint;
    v_rows bill_standing[];
    v_written integer;
    v_withdrawn integer;
    v_refused integer;
BEGIN
    SELECT f.* INTO v_file
    FROM access_authorisation a JOIN bill_file f ON f.file_id::text = a.subject_key
    JOIN biller b ON b.partner_id = f.biller_id AND b.endpoint = ''
    WHERE a.id = p_proposal AND a.action = 'payables.import' AND a.granted
        AND a.partner_id = f.biller_id;
    IF NOT FOUND THEN
        RETURN @BILLS_NOT_AGREED;
    ELSIF payments_sole_v1(v_file.biller_id) THEN
        RETURN @BILLS_SOLE;
    END IF;
    SELECT CASE WHEN min(r.bucket) = max(r.bucket) THEN min(r.bucket) END, encode(sha256(convert_to(
        string_agg((to_jsonb(r) - 'name')::text, E'\n' ORDER BY r.line_no), 'UTF8')), 'hex')
    INTO v_bucket, v_digest FROM bill_row r WHERE r.file_id = v_file.file_id AND r.piece = p_piece;
    IF v_digest IS DISTINCT FROM (SELECT a.content -> 'pieces' ->> p_piece
                                  FROM access_authorisation a WHERE a.id = p_proposal)
        OR v_bucket IS NULL
    THEN
        RETURN @BILLS_CHANGED;
    END IF;
    PERFORM 1 FROM ledger_head h WHERE h.bucket = v_bucket FOR UPDATE;
    IF EXISTS (SELECT FROM bill_piece d WHERE d.proposal_id = p_proposal AND d.piece = p_piece) THEN
        RETURN 0;
    END IF;
    SELECT array_agg(s) INTO v_rows FROM bill_standing s
    WHERE s.file_id = v_file.file_id AND s.piece = p_piece;
    INSERT INTO bill_refused
    SELECT p_proposal, s.line_no, s.standing FROM unnest(v_rows) s
    WHERE s.standing NOT IN ('new', 'changed', 'same', 'withdraw');
    GET DIAGNOSTICS v_refused = ROW_COUNT;
    SELECT count(*) FILTER (WHERE payments_withdraw_payable_v1(
        v_bucket, v_file.biller_id, s.account_no, s.ref)) INTO v_withdrawn
    FROM unnest(v_rows) s WHERE s.standing = 'withdraw';
    SELECT coalesce(max(payments_import_payables_v1(
        v_bucket, n.biller, n.account, n.ref, n.title, n.mode, n.due, n.least, n.most, n.due_on,
        n.credit)), 0) INTO v_written FROM (
        SELECT array_agg(s.biller_id) AS biller, array_agg(s.account_no) AS account,
            array_agg(s.ref) AS ref, array_agg(s.title) AS title, array_agg(s.mode) AS mode,
            array_agg(s.due_fen) AS due, array_agg(s.min_fen) AS least,
            array_agg(s.max_fen) AS most, array_agg(s.due_on) AS due_on,
            array_agg(NULL::integer) AS credit
        FROM unnest(v_rows) s WHERE s.standing IN ('new', 'changed') HAVING count(*) > 0) n;
    PERFORM payments_import_payers_v1(
        v_bucket, array_agg(v_file.biller_id), array_agg(n.account_no), array_agg(n.name))
    FROM (SELECT DISTINCT s.account_no, s.name FROM unnest(v_rows) s
          WHERE s.standing IN ('new', 'changed')) n
    HAVING count(*) > 0;
    INSERT INTO bill_piece
    SELECT p_proposal, p_piece, p_now, v_written, count(*) FILTER (WHERE s.standing = 'same'),
        v_withdrawn, v_refused
    FROM unnest(v_rows) s
    HAVING count(*) = v_written + v_withdrawn + v_refused + count(*) FILTER (WHERE s.standing = 'same');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'piece % of proposal % was not written as told', p_piece, p_proposal;
    END IF;
    RETURN 0;
END $$;
