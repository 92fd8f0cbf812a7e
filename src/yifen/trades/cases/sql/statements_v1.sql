-- Statements of the main account: a line finds its case by the sub-account number; what finds none is unidentified money.

-- What an agreement to a statement binds (`court_digest`).
CREATE OR REPLACE FUNCTION cases_rows_v1(p_file bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.rows FROM court_digest d WHERE d.file_id = p_file;
$$;

-- What speaks against booking a statement. Codes: STATEMENT_ROWS_WRONG (a line is wrong, or does not follow from the one
-- before), STATEMENT_BOOKED, OLD_LATE (old balances behind a statement, or of a day by
-- whose end money was booked here: the bank's balance has it too), STATEMENT_GAP (it does not begin where the last one ended), STATEMENT_TWICE.
CREATE OR REPLACE FUNCTION cases_statement_against_v1(p_file bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN f.file_id IS NULL OR f.wrong > 0 OR x.rows <> f.rows OR x.rows = 0 OR x.breaks > 0 OR x.closing <> f.closing_fen
            THEN @STATEMENT_ROWS_WRONG
        WHEN EXISTS (SELECT FROM court_statement t WHERE t.file_id = p_file) THEN @STATEMENT_BOOKED
        WHEN f.old_on IS NOT NULL AND EXISTS (SELECT FROM court_statement t WHERE t.court_id = f.court_id
            UNION ALL SELECT FROM court_entry e WHERE e.court_id = f.court_id AND cases_day_v1(f.court_id, e.came_at) <= f.old_on)
            THEN @OLD_LATE
        WHEN f.old_on IS NOT NULL AND EXISTS (SELECT FROM court_row r WHERE r.file_id = p_file
            AND (r.kind, r.business, r.reference) <> ('in', '', '')) THEN @STATEMENT_ROWS_WRONG
        WHEN f.opening_fen <> (SELECT g.closing_fen FROM court_statement t JOIN court_file g USING (file_id)
            WHERE t.court_id = f.court_id ORDER BY t.turn DESC LIMIT 1) THEN @STATEMENT_GAP
        WHEN EXISTS (SELECT FROM court_row r JOIN court_line n ON n.court_id = f.court_id AND n.serial = r.serial
            WHERE r.file_id = p_file) OR x.serials <> x.rows THEN @STATEMENT_TWICE
        ELSE 0 END
    FROM (SELECT p_file AS file_id) a LEFT JOIN court_file f USING (file_id)
    LEFT JOIN LATERAL (SELECT count(*) AS rows, count(DISTINCT r.serial) AS serials,
        count(*) FILTER (WHERE r.balance_fen <> r.before + CASE r.kind WHEN 'in' THEN r.amount_fen ELSE -r.amount_fen END) AS breaks,
        (array_agg(r.balance_fen ORDER BY r.line_no DESC))[1] AS closing
        FROM (SELECT w.*, coalesce(lag(w.balance_fen) OVER (ORDER BY w.line_no), f.opening_fen) AS before
              FROM court_row w WHERE w.file_id = p_file) r) x ON true;
$$;

-- A statement that two people agreed to is booked, whole. Codes: CASE_NOT_AGREED, and as cases_statement_against_v1.
CREATE OR REPLACE FUNCTION cases_statement_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    r record;
    e court_entry;
    v_file bigint;
    v_code integer;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.statement', p_proposal);
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    SELECT f.file_id INTO v_file FROM court_file f WHERE f.file_id = (v.content ->> 'file')::bigint
        AND f.court_id = v.court_id AND v.content ->> 'rows' = cases_rows_v1(f.file_id);
    IF v_file IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    v_code := cases_statement_against_v1(v_file);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    p_now := payments_moment_v1(v.court_id, p_now);
    INSERT INTO court_statement SELECT v_file, v.court_id, coalesce(max(t.turn), 0) + 1, p_proposal, p_now
    FROM court_statement t WHERE t.court_id = v.court_id;
    FOR r IN SELECT s.* FROM court_row_standing s WHERE s.file_id = v_file ORDER BY s.line_no LOOP
        e := NULL;
        INSERT INTO court_line (court_id, file_id, line_no, serial) VALUES (v.court_id, v_file, r.line_no, r.serial)
        RETURNING line_id INTO e.line_id;
        IF r.standing = 'payout' THEN
            PERFORM cases_shown_out_v1(v.court_id, r.reference, r.amount_fen, e.line_id, r.serial, r.at, p_now);
            CONTINUE;
        ELSIF r.standing = 'returned' THEN
            CONTINUE WHEN cases_shown_back_v1(v.court_id, r.reference, r.account_no, r.amount_fen, e.line_id, r.serial, r.at, p_now);
            r.standing := 'unknown';
        END IF;
        IF r.standing = 'corrected' THEN
            UPDATE court_explained x SET back_line_id = e.line_id WHERE x.explained_id = (SELECT o.explained_id FROM court_error_out o
                WHERE o.court_id = v.court_id AND o.serial = r.reference AND o.amount_fen = r.amount_fen);
            CONTINUE WHEN FOUND;
            r.standing := 'unknown';
        END IF;
        CONTINUE WHEN r.standing IN ('out', 'apart');
        e.court_id := v.court_id; e.kind := r.standing; e.amount_fen := r.amount_fen; e.came_at := r.at; e.at := p_now;
        e.account_no := CASE r.standing WHEN 'transfer' THEN r.account_no END;
        e := cases_enter_v1(e);
        IF e.kind = 'interest' THEN
            PERFORM cases_share_interest_v1(e);
        END IF;
    END LOOP;
    RETURN 0;
END $$;

-- A statement's lines are those that it was kept with: no line comes to a file that has all of them.
CREATE OR REPLACE FUNCTION cases_rows_whole_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM court_file f WHERE f.file_id IN (SELECT a.file_id FROM added a)
            AND f.rows < (SELECT count(*) FROM court_row r WHERE r.file_id = f.file_id)) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'the statement has all its lines';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER whole AFTER INSERT ON court_row REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION cases_rows_whole_v1();
