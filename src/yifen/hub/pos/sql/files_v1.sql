-- The acquirers' own files, and what they and we have otherwise.

-- A file that an acquirer sent. `p` has acquirer, number, day, is_whole, name, digest, seal (both hex) and rows, an array of
-- line_no, kind, terminal_no, batch_no, trace, amount_fen, ref. Answers whether it is new. Codes: INPUT_INVALID (there is no
-- such acquirer), BUSY (it is not the next one).
CREATE OR REPLACE FUNCTION pos_file_v1(p jsonb, p_now timestamptz) RETURNS TABLE (code integer, is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_acquirer text := p ->> 'acquirer';
    v_file bigint;
BEGIN
    PERFORM FROM pos_acquirer a WHERE a.code = v_acquirer FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT @INPUT_INVALID, false;
    ELSIF EXISTS (SELECT FROM pos_file f WHERE f.acquirer = v_acquirer AND f.digest = decode(p ->> 'digest', 'hex')) THEN
        RETURN QUERY SELECT 0, false;
    ELSIF (SELECT coalesce(max(f.number), 0) + 1 FROM pos_file f WHERE f.acquirer = v_acquirer)
            IS DISTINCT FROM (p ->> 'number')::integer THEN
        RETURN QUERY SELECT @BUSY, false;
    ELSE
        INSERT INTO pos_file (acquirer, number, day, is_whole, name, row_count, debit_fen, credit_fen, digest, seal, taken_at)
        SELECT v_acquirer, (p ->> 'number')::integer, (p ->> 'day')::date, (p ->> 'is_whole')::boolean, p ->> 'name', count(*),
            coalesce(sum(r.amount_fen) FILTER (WHERE r.kind = 'sale'), 0),
            coalesce(sum(r.amount_fen) FILTER (WHERE r.kind <> 'sale'), 0), decode(p ->> 'digest', 'hex'),
            decode(p ->> 'seal', 'hex'), p_now
        FROM jsonb_populate_recordset(NULL::pos_file_row, p -> 'rows') r
        RETURNING file_id INTO v_file;
        INSERT INTO pos_file_row SELECT v_file, r.line_no, r.kind, r.terminal_no, r.batch_no, r.trace, r.amount_fen, r.ref
        FROM jsonb_populate_recordset(NULL::pos_file_row, p -> 'rows') r;
        RETURN QUERY SELECT 0, true;
    END IF;
END $$;

-- Each place of a terminal of ours that the files since `p_from` have otherwise than we, and each of ours that the whole files
-- of its own day and of the next one both lack (an acquirer's day ends at an hour of its own), is an exception. What
-- nobody knows yet waits; other terminals are none of ours. Answers how many are new.
CREATE OR REPLACE FUNCTION pos_compare_v1(p_from date, p_zone text, p_now timestamptz) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH told AS (
        SELECT DISTINCT f.acquirer, replace(r.kind, 'reversal', 'sale') AS kind, r.terminal_no, r.batch_no, r.trace
        FROM pos_file f JOIN pos_file_row r USING (file_id) WHERE f.day >= p_from
    ), found AS (
        SELECT p.terminal_no, p.batch_no, p.trace, coalesce(e.fen, 0) AS ours_fen, t.fen AS their_fen
        FROM told p JOIN pos_terminal x USING (terminal_no) JOIN pos_acquirer a USING (acquirer_id)
        CROSS JOIN LATERAL (SELECT y.fen FROM pos_told y WHERE (y.acquirer, y.kind, y.terminal_no, y.batch_no, y.trace)
            = (p.acquirer, p.kind, p.terminal_no, p.batch_no, p.trace)) t
        LEFT JOIN LATERAL (SELECT y.fen, y.is_open, y.said_by FROM pos_entry y
            WHERE (y.kind, y.terminal_no, y.batch_no, y.trace) = (p.kind, p.terminal_no, p.batch_no, p.trace)) e ON true
        WHERE p.acquirer IN (a.code, e.said_by) AND e.is_open IS NOT TRUE AND t.fen <> coalesce(e.fen, 0)
        UNION ALL
        SELECT e.terminal_no, e.batch_no, e.trace, e.fen, 0
        FROM pos_file d JOIN pos_file n ON n.acquirer = d.acquirer AND n.day = d.day + 1 AND n.is_whole
        JOIN pos_entry e ON e.made_at >= d.day::timestamp AT TIME ZONE p_zone
            AND e.made_at < n.day::timestamp AT TIME ZONE p_zone AND e.said_by = d.acquirer
        WHERE d.is_whole AND n.day >= p_from AND e.fen > 0 AND NOT e.is_open AND NOT EXISTS (SELECT FROM pos_file_row r
            WHERE (r.terminal_no, r.batch_no, r.trace) = (e.terminal_no, e.batch_no, e.trace)
                AND replace(r.kind, 'reversal', 'sale') = e.kind)
    ), made AS (
        INSERT INTO pos_exception (kind, terminal_no, batch_no, trace, ours_fen, their_fen, code, made_at)
        SELECT 'acquirer_differs', f.terminal_no, f.batch_no, f.trace, f.ours_fen, f.their_fen, 0, p_now FROM found f
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*)::integer FROM made;
$$;
