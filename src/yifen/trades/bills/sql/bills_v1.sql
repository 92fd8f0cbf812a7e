-- The import of bills 导入账单: only rows that two people agreed to, whose digests stand in the proposal
-- (decision 0017).

-- SHA-256 of the rows of each piece of a file, in order, as hex.
CREATE OR REPLACE FUNCTION bills_pieces_v1(p_file bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(p.digest ORDER BY p.piece), '[]') FROM (
        SELECT r.piece, encode(sha256(convert_to(
            string_agg(to_jsonb(r)::text, E'\n' ORDER BY r.line_no), 'UTF8')), 'hex') AS digest
        FROM bill_row r WHERE r.file_id = p_file GROUP BY r.piece) p;
$$;

-- Import one piece of an agreed proposal; a piece that is done stays as it is. Locks the bucket's head.
-- Codes: BILLS_NOT_AGREED (nobody agreed, or the biller has a system of its own by now), BILLS_CHANGED
-- (its rows are not those that were agreed to).
CREATE OR REPLACE FUNCTION bills_import_v1(
    p_proposal bigint, p_piece integer, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_file bill_file;
    v_digest text;
    v_bucket smallint;
    v_written integer;
    v_withdrawn integer;
BEGIN
    SELECT f.* INTO v_file
    FROM access_authorisation a JOIN bill_file f ON f.file_id::text = a.subject_key
    JOIN biller b ON b.partner_id = f.biller_id AND b.endpoint = ''
    WHERE a.id = p_proposal AND a.action = 'payables.import' AND a.granted
        AND a.partner_id = f.biller_id;
    IF NOT FOUND THEN
        RETURN @BILLS_NOT_AGREED;
    END IF;
    SELECT CASE WHEN min(r.bucket) = max(r.bucket) THEN min(r.bucket) END, encode(sha256(convert_to(
        string_agg(to_jsonb(r)::text, E'\n' ORDER BY r.line_no), 'UTF8')), 'hex')
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
    WITH refused AS (
        INSERT INTO bill_refused
        SELECT p_proposal, s.line_no, s.standing FROM bill_standing s
        WHERE s.file_id = v_file.file_id AND s.piece = p_piece
            AND s.standing NOT IN ('new', 'changed', 'same', 'withdraw')
        RETURNING standing)
    INSERT INTO bill_piece
    SELECT p_proposal, p_piece, p_now, count(*) FILTER (WHERE s.standing IN ('new', 'changed')),
        count(*) FILTER (WHERE s.standing = 'same'), count(*) FILTER (WHERE s.standing = 'withdraw'),
        (SELECT count(*) FROM refused)
    FROM bill_standing s WHERE s.file_id = v_file.file_id AND s.piece = p_piece;
    SELECT count(*) FILTER (WHERE payments_withdraw_payable_v1(
        v_bucket, v_file.biller_id, r.account_no, r.ref)) INTO v_withdrawn
    FROM bill_row r JOIN bill_standing s USING (file_id, piece, line_no)
    WHERE r.file_id = v_file.file_id AND r.piece = p_piece AND s.standing = 'withdraw';
    SELECT payments_import_payables_v1(
        v_bucket, array_agg(v_file.biller_id), array_agg(r.account_no), array_agg(r.ref),
        array_agg(r.title), array_agg(r.mode), array_agg(r.due_fen), array_agg(r.min_fen),
        array_agg(r.max_fen), array_agg(r.due_on), array_agg(NULL::integer))
    INTO v_written
    FROM bill_row r JOIN bill_standing s USING (file_id, piece, line_no)
    WHERE r.file_id = v_file.file_id AND r.piece = p_piece AND s.standing IN ('new', 'changed')
    HAVING count(*) > 0;
    PERFORM payments_import_payers_v1(
        v_bucket, array_agg(v_file.biller_id), array_agg(n.account_no), array_agg(n.name))
    FROM (SELECT DISTINCT r.account_no, r.name FROM bill_row r
          WHERE r.file_id = v_file.file_id AND r.piece = p_piece AND NOT r.withdraw
              AND NOT EXISTS (SELECT FROM bill_refused x WHERE x.proposal_id = p_proposal
                              AND x.line_no = r.line_no)) n
    HAVING count(*) > 0;
    IF NOT EXISTS (SELECT FROM bill_piece d WHERE d.proposal_id = p_proposal AND d.piece = p_piece
                   AND (d.written, d.withdrawn) = (coalesce(v_written, 0), v_withdrawn)) THEN
        RAISE EXCEPTION 'piece % of proposal % was not written as told', p_piece, p_proposal;
    END IF;
    RETURN 0;
END $$;
