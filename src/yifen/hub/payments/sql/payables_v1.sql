-- Payables and payers: taken in, withdrawn and quoted. All under the bucket's head lock.

-- Does the biller run its own system? It then tells what is left to pay, a hosted one the whole.
CREATE OR REPLACE FUNCTION payments_is_remote_v1(p_biller integer) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT endpoint <> '' FROM biller WHERE partner_id = p_biller $$;

-- Take in payers and payables of one bucket: the owner's, and of his functions, each of which says whose
-- word it takes: a biller's own system (below), an import that two people agreed to
-- (bills_import_v1), the sandbox (onboarding_trial_bills_v1). Of a biller that one trade keeps alone (`sole`) none of them does. A known payable gets its new due amount unless money
-- is in flight on it or it would owe less than was paid. Answers how many rows were written. What a
-- hosted biller tells is kept, with a digest in the audit trail: it is what verify holds the payable to.
CREATE OR REPLACE FUNCTION payments_import_payers_v1(
    p_bucket smallint, p_biller integer[], p_account text[], p_name text[]
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_rows integer;
BEGIN
    PERFORM payments_all_at_home_v1(p_biller, p_account, p_bucket);
    INSERT INTO payer
    SELECT p_bucket, u.biller, u.account_no, u.name
    FROM unnest(p_biller, p_account, p_name) AS u (biller, account_no, name)
    ON CONFLICT (bucket, biller_id, account_no) DO UPDATE SET name = excluded.name
    WHERE payer.name <> excluded.name;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END $$;

-- p_balance: they are open and keep a balance. One that was paid before without keeping one never does.
CREATE OR REPLACE FUNCTION payments_keep_payables_v1(
    p_bucket smallint, p_biller integer[], p_account text[], p_ref text[], p_title text[],
    p_mode payable_mode[], p_due bigint[], p_min bigint[], p_max bigint[], p_due_on date[],
    p_credit integer[], p_balance boolean
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_base bigint;
    v_rows integer;
    v_told bigint := nextval('payable_told_no');
    v_after jsonb;
BEGIN
    PERFORM payments_all_at_home_v1(p_biller, p_account, p_bucket);
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    UPDATE payment_counter c SET payable = c.payable + cardinality(p_ref)
    WHERE c.bucket = p_bucket RETURNING c.payable - cardinality(p_ref) INTO STRICT v_base;
    WITH written AS (
        INSERT INTO payable AS y (bucket, payable_id, biller_id, account_no, ref, title, mode, due_fen,
                                  min_fen, max_fen, due_on, credit_id, balance_fen)
        SELECT p_bucket, (v_base + u.item) * 1000 + p_bucket, u.biller, u.account_no, u.ref, u.title,
               u.mode, u.due, u.min_fen, u.max_fen, u.due_on, coalesce(u.credit, b.transit_id),
               CASE WHEN p_balance THEN 0 END
        FROM unnest(p_biller, p_account, p_ref, p_title, p_mode, p_due, p_min, p_max, p_due_on,
                    p_credit) WITH ORDINALITY
            AS u (biller, account_no, ref, title, mode, due, min_fen, max_fen, due_on, credit, item)
        JOIN biller b ON b.partner_id = u.biller
        ON CONFLICT (bucket, biller_id, account_no, ref) DO UPDATE
        SET title = excluded.title, mode = excluded.mode, min_fen = excluded.min_fen, max_fen = excluded.max_fen,
            due_on = excluded.due_on, balance_fen = coalesce(y.balance_fen, excluded.balance_fen), due_fen = CASE WHEN payments_is_remote_v1(y.biller_id)
                THEN y.paid_fen ELSE 0 END + excluded.due_fen,
            state = CASE WHEN excluded.mode <> 'open' AND NOT payments_is_remote_v1(y.biller_id)
                              AND y.paid_fen = excluded.due_fen
                         THEN 'settled' ELSE 'open' END::payable_state
        -- Newer terms replace older ones. Whether it is open, or keeps a balance, decides how its payments count:
        -- once there is one, that stays.
        WHERE y.held_by IS NULL AND y.kept_for IS NULL AND (y.balance_fen IS NULL OR excluded.mode = 'open')
            AND ((y.mode = 'open') = (excluded.mode = 'open')
                 AND (excluded.balance_fen IS NULL OR y.balance_fen IS NOT NULL) OR NOT EXISTS (
                SELECT FROM payment x JOIN ledger_transfer t ON t.bucket = x.bucket
                    AND t.reference_id = x.payment_id AND t.detail_id = y.payable_id
                WHERE x.bucket = y.bucket AND hashtext(x.account_no) = hashtext(y.account_no)
                    AND x.account_no = y.account_no AND x.biller_id = y.biller_id))
            AND y.state <> 'withdrawn'
            AND (payments_is_remote_v1(y.biller_id) OR y.paid_fen <= excluded.due_fen)
        RETURNING y.*
    ), told AS (
        INSERT INTO payable_told
        SELECT v_told, p_bucket, w.payable_id, w.due_fen, w.credit_id,
               encode(substr(sha256(convert_to(concat_ws('|', w.biller_id, length(w.account_no),
                   w.account_no, length(w.ref), w.ref, length(w.title), w.title, w.mode, w.min_fen,
                   w.max_fen, w.due_on - DATE '1970-01-01', CASE WHEN w.balance_fen >= 0 THEN 'balance' END),
                   'UTF8')), 1, 16), 'hex')::uuid
        FROM written w JOIN biller b ON b.partner_id = w.biller_id WHERE b.endpoint = ''
        RETURNING payable_id, due_fen, credit_id, rest
    )
    SELECT (SELECT count(*) FROM written), jsonb_build_object(
        'rows', count(*), 'due_fen', sum(t.due_fen), 'sha256', encode(sha256(convert_to(
            string_agg(concat_ws('|', t.payable_id, t.due_fen, t.credit_id, t.rest), E'\n'
                       ORDER BY t.payable_id), 'UTF8')), 'hex'))
    INTO v_rows, v_after FROM told t;
    IF (v_after ->> 'rows')::bigint > 0 THEN
        PERFORM audit_draft_v1('told', 'payable', v_told::text, NULL, v_after, '');
    END IF;
    RETURN v_rows;
END $$;

CREATE OR REPLACE FUNCTION payments_import_payables_v1(
    p_bucket smallint, p_biller integer[], p_account text[], p_ref text[], p_title text[],
    p_mode payable_mode[], p_due bigint[], p_min bigint[], p_max bigint[], p_due_on date[],
    p_credit integer[]
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT biller FROM unnest(p_biller) AS u (biller)) b WHERE payments_sole_v1(b.biller)) THEN
        RAISE EXCEPTION 'bills of a biller that a trade keeps alone';
    END IF;
    RETURN payments_keep_payables_v1(p_bucket, p_biller, p_account, p_ref, p_title, p_mode, p_due, p_min, p_max,
                                     p_due_on, p_credit, false);
END $$;

-- What is paid of an account's payables: it stands beside a question to the biller's own system, and an
-- answer that comes after something was booked meanwhile is too old to be kept.
CREATE OR REPLACE FUNCTION payments_paid_mark_v1(p_bucket smallint, p_biller integer, p_account text)
RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(string_agg(y.payable_id || ':' || y.paid_fen, ',' ORDER BY y.payable_id), '')
    FROM payable y
    WHERE y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = p_account AND y.paid_fen > 0
$$;

-- What a biller's own system told of one payer, in the same transaction. Of a biller without a system
-- nothing is written: what it asks for is two people's to say (decision 0017). p_paid: the mark when it
-- was asked. Answers how many payables were written; NULL: what was paid has changed since, ask again.
CREATE OR REPLACE FUNCTION payments_import_reply_v1(
    p_bucket smallint, p_biller integer, p_account text, p_name text, p_ref text[],
    p_title text[], p_mode payable_mode[], p_due bigint[], p_min bigint[], p_max bigint[],
    p_due_on date[], p_paid text
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF payments_is_remote_v1(p_biller) IS NOT TRUE THEN
        RETURN 0;
    END IF;
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    IF payments_paid_mark_v1(p_bucket, p_biller, p_account) <> p_paid THEN
        RETURN NULL;
    END IF;
    PERFORM payments_import_payers_v1(p_bucket, ARRAY[p_biller], ARRAY[p_account], ARRAY[p_name]);
    RETURN payments_import_payables_v1(
        p_bucket, array_fill(p_biller, ARRAY[cardinality(p_ref)]),
        array_fill(p_account, ARRAY[cardinality(p_ref)]), p_ref, p_title, p_mode, p_due, p_min,
        p_max, p_due_on, array_fill(NULL::integer, ARRAY[cardinality(p_ref)]));
END $$;

-- Withdraw one payable that has nothing paid and nothing held; false when it cannot be.
CREATE OR REPLACE FUNCTION payments_withdraw_payable_v1(
    p_bucket smallint, p_biller integer, p_account text, p_ref text
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_payable bigint;
BEGIN
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    UPDATE payable SET state = 'withdrawn'
    WHERE bucket = p_bucket AND biller_id = p_biller AND account_no = p_account AND ref = p_ref
        AND paid_fen = 0 AND held_by IS NULL AND kept_for IS NULL AND coalesce(balance_fen, 0) = 0 AND state <> 'withdrawn' RETURNING payable_id INTO v_payable;
    IF FOUND THEN
        PERFORM audit_draft_v1('told', 'payable_withdrawn', v_payable::text, NULL, NULL, '');
    END IF;
    RETURN FOUND OR EXISTS (
        SELECT FROM payable WHERE bucket = p_bucket AND biller_id = p_biller AND account_no = p_account
            AND ref = p_ref AND state = 'withdrawn');
END $$;

-- What was withdrawn before that was told, once.
SELECT audit_draft_v1('told', 'payable_withdrawn', '', NULL, jsonb_build_object('payables', coalesce((
    SELECT jsonb_agg(payable_id ORDER BY payable_id) FROM payable WHERE state = 'withdrawn'), '[]')), '')
WHERE NOT EXISTS (SELECT FROM audit_entry WHERE subject = 'payable_withdrawn');

-- Keep a quote: what this channel was told of these payables, until p_expires.
CREATE OR REPLACE FUNCTION payments_quote_v1(
    p_bucket smallint, p_quote text, p_channel integer, p_biller integer, p_account text,
    p_refs text[], p_due bigint[], p_expires timestamptz
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT payments_all_at_home_v1(ARRAY[p_biller], ARRAY[p_account], p_bucket);
    INSERT INTO payment_quote VALUES (p_bucket, p_quote, p_channel, p_biller, p_account, p_refs,
                                      p_due, p_expires)
    ON CONFLICT (bucket, quote) DO NOTHING;  -- asked again, for its answer was lost
$$;

CREATE OR REPLACE FUNCTION payments_open_buckets_v1(p_buckets integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO payment_counter (bucket) SELECT generate_series(0, p_buckets - 1)
    ON CONFLICT (bucket) DO NOTHING;
$$;
