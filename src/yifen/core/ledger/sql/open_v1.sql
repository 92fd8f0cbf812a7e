-- Opening: buckets, books and accounts. Repeats change nothing.

CREATE OR REPLACE FUNCTION ledger_open_buckets_v1(p_buckets integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO ledger_head (bucket) SELECT generate_series(0, p_buckets - 1)
    ON CONFLICT (bucket) DO NOTHING;
$$;

CREATE OR REPLACE FUNCTION ledger_open_book_v1(
    p_book_id integer, p_code text, p_name text, p_cut_off time, p_day date
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO ledger_book (book_id, code, name, cut_off, current_day)
    VALUES (p_book_id, p_code, p_name, p_cut_off, p_day) ON CONFLICT (book_id) DO NOTHING;
$$;

-- The account and one balance row in every bucket, so that posting never has to make one.
-- Answers its id; a code that is there already keeps its account as it is.
CREATE OR REPLACE FUNCTION ledger_open_account_v1(
    p_book_id integer, p_code text, p_name text, p_side text, p_limited ledger_limit
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_account integer;
BEGIN
    INSERT INTO ledger_account (book_id, code, name, side, limited)
    VALUES (p_book_id, p_code, p_name, p_side, p_limited) ON CONFLICT (code) DO NOTHING;
    SELECT account_id INTO STRICT v_account FROM ledger_account WHERE code = p_code;
    INSERT INTO ledger_balance (bucket, account_id)
    SELECT bucket, v_account FROM ledger_head ON CONFLICT (bucket, account_id) DO NOTHING;
    RETURN v_account;
END $$;

-- A closed account takes no more transfers.
CREATE OR REPLACE FUNCTION ledger_close_account_v1(p_account_id integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE ledger_account SET closed = true WHERE account_id = p_account_id;
$$;

-- The cut 日切: waits for every batch in flight (all heads, in bucket order), keeps the balances
-- and chain heads of the day, in the audit trail too, and opens the next. Answers the day that is
-- open now; a repeat for a day that is already closed changes nothing. Before the cut-off, by the database's
-- own clock in the book's place, only who may become the owner cuts, and anybody it is granted to the sandbox.
CREATE OR REPLACE FUNCTION ledger_cut_day_v1(p_book_id integer, p_day date) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_day date;
    v_over boolean;
BEGIN
    PERFORM 1 FROM ledger_head ORDER BY bucket FOR UPDATE;
    -- Not FOR UPDATE: who opens an account refers to the book, and may be waiting for a head.
    SELECT current_day INTO STRICT v_day FROM ledger_book WHERE book_id = p_book_id
    FOR NO KEY UPDATE;
    IF v_day <> p_day THEN
        RETURN v_day;
    END IF;
    SELECT l.at::date + (k.cut_off <> '00:00' AND l.at::time >= k.cut_off)::integer > p_day INTO v_over
    FROM ledger_book k CROSS JOIN LATERAL (SELECT clock_timestamp() AT TIME ZONE k.time_zone AS at) l
    WHERE k.book_id = p_book_id;
    IF NOT (v_over OR p_book_id = 900 OR pg_has_role(session_user, current_user, 'MEMBER')) THEN
        RAISE EXCEPTION 'business day % of book % is not over', p_day, p_book_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO ledger_day_balance
    SELECT b.bucket, b.account_id, p_day, b.debit_pending_fen, b.debit_posted_fen,
           b.credit_pending_fen, b.credit_posted_fen
    FROM ledger_balance b JOIN ledger_account a USING (account_id) WHERE a.book_id = p_book_id;
    INSERT INTO ledger_day_head SELECT h.bucket, p_book_id, p_day, h.batch_no, h.hash
    FROM ledger_head h;
    UPDATE ledger_book SET current_day = p_day + 1 WHERE book_id = p_book_id;
    PERFORM audit_cut_v1(p_book_id, p_day, (
        SELECT jsonb_agg(jsonb_build_array(h.bucket, h.batch_no, encode(h.hash, 'hex'))
                         ORDER BY h.bucket)
        FROM ledger_head h));
    RETURN p_day + 1;
END $$;
