-- Balances of payables (decision 0037): made, spent, and what a return may still take back of them.

-- Payables of a biller that keep a balance, an account each. Answers how many were written.
CREATE OR REPLACE FUNCTION payments_balance_v1(
    p_bucket smallint, p_biller integer, p_account text[], p_ref text[], p_title text, p_min bigint, p_max bigint,
    p_credit integer
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT payments_keep_payables_v1(p_bucket, array_agg(p_biller), array_agg(u.account_no ORDER BY u.n),
        array_agg(u.ref ORDER BY u.n), array_agg(p_title), array_agg('open'::payable_mode), array_agg(0::bigint),
        array_agg(p_min), array_agg(p_max), array_agg(NULL::date), array_agg(p_credit), true)
    FROM unnest(p_account, p_ref) WITH ORDINALITY AS u (account_no, ref, n) HAVING count(*) > 0
$$;

-- Spend amounts of balances; below zero: what was spent comes back. The owner's, called inside functions that
-- write what they spent into a table that their plug names (`spent`). Amounts of one payable stand or fall
-- together. A code each: PAYABLE_UNKNOWN (none, or it keeps no balance), PAYABLE_WITHDRAWN, NOT_ADMITTED (its
-- biller's own system spends), BUSY (a return of it is under way there), BALANCE_SHORT.
CREATE OR REPLACE FUNCTION payments_spend_v1(p_bucket smallint, p_payable bigint[], p_amount bigint[])
RETURNS integer[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_codes integer[];
BEGIN
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    SELECT array_agg(CASE
        WHEN y.balance_fen IS NULL THEN @PAYABLE_UNKNOWN
        WHEN y.state = 'withdrawn' THEN @PAYABLE_WITHDRAWN
        WHEN b.endpoint <> '' THEN @NOT_ADMITTED
        WHEN c.account_no IS NOT NULL THEN @BUSY
        WHEN y.balance_fen < u.total THEN @BALANCE_SHORT
        ELSE 0 END ORDER BY u.n) INTO v_codes
    FROM (SELECT x.payable, x.n, sum(x.amount) OVER (PARTITION BY x.payable) AS total
          FROM unnest(p_payable, p_amount) WITH ORDINALITY AS x (payable, amount, n)) u
    LEFT JOIN payable y ON y.bucket = p_bucket AND y.payable_id = u.payable
    LEFT JOIN biller b ON b.partner_id = y.biller_id
    LEFT JOIN (SELECT DISTINCT q.biller_id, q.account_no FROM biller_call k
               JOIN payment q ON q.bucket = k.bucket AND q.payment_id = k.payment_id
               WHERE k.bucket = p_bucket AND k.step = 'reverse') c
        ON c.biller_id = y.biller_id AND c.account_no = y.account_no;
    UPDATE payable y SET balance_fen = y.balance_fen - u.total
    FROM (SELECT x.payable, sum(x.amount) AS total
          FROM unnest(p_payable, p_amount, v_codes) AS x (payable, amount, code)
          WHERE x.code = 0 GROUP BY x.payable) u
    WHERE y.bucket = p_bucket AND y.payable_id = u.payable;
    RETURN v_codes;
END $$;

-- May these amounts of these payments be given back, as far as balances go? What was moved to one off a payable goes back
-- off the balance (`kept_fen`), once, and what was not moved off the payable; and what a trade keeps stays (`keeps` of its plug).
-- A code each: 0, PREPAID_USED, MONEY_TIED (a trade keeps it), or BUSY where it depends on an earlier one of the call. Called inside. Most accounts have no balance, and nothing more is read.
CREATE OR REPLACE FUNCTION payments_unspent_v1(p_bucket smallint, p_payments bigint[], p_amounts bigint[])
RETURNS integer[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off AS $$
DECLARE
    v_codes integer[];
BEGIN
    IF NOT EXISTS (
        SELECT FROM unnest(p_payments) AS i (payment)
        JOIN payment p ON p.bucket = p_bucket AND p.payment_id = i.payment
        JOIN payable y ON y.bucket = p_bucket AND y.biller_id = p.biller_id AND y.account_no = p.account_no
            AND y.balance_fen IS NOT NULL)
    THEN
        RETURN array_fill(0, ARRAY[cardinality(p_payments)]);
    END IF;
    WITH part AS MATERIALIZED (
        SELECT * FROM payments_back_parts_v1(p_bucket, p_payments, p_amounts)
    ), moved AS MATERIALIZED (
        SELECT m.payable_id, sum(m.fen)::bigint AS fen
        FROM payments_moved_v1(p_bucket, ARRAY(SELECT DISTINCT t.detail_id FROM part t)) m
        GROUP BY m.payable_id HAVING sum(m.fen) > 0
    ), taken AS (
        -- off a balance: what was paid on it, what was moved to it
        SELECT t.item, 'balance' AS bound, y.payable_id AS id, y.balance_fen AS there, x.fen, @PREPAID_USED AS code
        FROM part t CROSS JOIN LATERAL (VALUES (t.detail_id, t.amount_fen), (t.balance_id, t.kept_fen)) x (id, fen)
        JOIN payable y ON y.bucket = p_bucket AND y.payable_id = x.id AND y.balance_fen IS NOT NULL
        UNION ALL SELECT t.item, 'moved', m.payable_id, m.fen, t.kept_fen, @PREPAID_USED
        FROM part t JOIN moved m ON m.payable_id = t.detail_id
        UNION ALL SELECT t.item, 'stayed', m.payable_id, greatest(y.paid_fen - m.fen, 0), t.amount_fen - t.kept_fen, @PREPAID_USED
        FROM part t JOIN moved m ON m.payable_id = t.detail_id
        JOIN payable y ON y.bucket = p_bucket AND y.payable_id = m.payable_id
        UNION ALL SELECT i.item::integer, k.bound, k.id, k.fen, i.fen, @MONEY_TIED
        FROM payments_keeps_v1(p_bucket, p_payments) k
        JOIN unnest(p_payments, p_amounts) WITH ORDINALITY AS i (payment, fen, item) ON i.payment = k.payment_id
    ), summed AS (
        SELECT t.item, t.bound, t.id, t.there, t.code, sum(t.fen) AS fen FROM taken t WHERE t.fen > 0
        GROUP BY t.item, t.bound, t.id, t.there, t.code
    ), bounded AS (
        SELECT s.item, max(CASE WHEN s.running <= s.there THEN 0 WHEN s.first = s.item THEN s.code
                                ELSE @BUSY END) AS code
        FROM (SELECT x.*, min(x.item) OVER (PARTITION BY x.bound, x.id) AS first,
                     sum(x.fen) OVER (PARTITION BY x.bound, x.id ORDER BY x.item) AS running FROM summed x) s
        GROUP BY s.item
    )
    SELECT array_agg(coalesce(b.code, 0) ORDER BY i.item) INTO v_codes
    FROM generate_series(1, cardinality(p_payments)) AS i (item) LEFT JOIN bounded b ON b.item = i.item;
    RETURN v_codes;
END $$;

-- The most of a payment that may be given back, as far as balances go, of what is left of it. For pages: a return looks itself.
CREATE OR REPLACE FUNCTION payments_may_return_v1(p_payment bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_bucket smallint := p_payment % 1000;
    v_may bigint := 0;
    v_above bigint;
    v_fen bigint;
BEGIN
    SELECT y.amount_fen - coalesce(sum(r.amount_fen), 0) + 1 INTO v_above FROM payment y
    LEFT JOIN payment_return r ON r.bucket = y.bucket AND r.payment_id = y.payment_id AND r.booked_at IS NOT NULL
    WHERE y.bucket = v_bucket AND y.payment_id = p_payment GROUP BY y.amount_fen;
    v_fen := v_above - 1;
    WHILE v_above - v_may > 1 LOOP  -- what is more may be given back only where what is less may
        IF payments_unspent_v1(v_bucket, ARRAY[p_payment], ARRAY[v_fen]) = '{0}' THEN
            v_may := v_fen;
        ELSE
            v_above := v_fen;
        END IF;
        v_fen := (v_may + v_above) / 2;
    END LOOP;
    RETURN v_may;
END $$;

-- Of payments that a biller's own system is to give back, those that it may not be asked for.
CREATE OR REPLACE FUNCTION payments_remote_unspent_v1(
    p_bucket smallint, p_payments bigint[], p_amounts bigint[], p_codes integer[], p_known boolean[],
    p_remotes boolean[]
) RETURNS TABLE (item integer, code integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.items[n], (payments_unspent_v1(p_bucket, a.payments, a.amounts))[n]
    FROM (SELECT array_agg(u.item::integer ORDER BY u.item) AS items, array_agg(u.payment ORDER BY u.item) AS payments,
                 array_agg(u.amount ORDER BY u.item) AS amounts
          FROM unnest(p_payments, p_amounts, p_codes, p_known, p_remotes) WITH ORDINALITY
              AS u (payment, amount, code, known, remote, item)
          WHERE u.code = 0 AND NOT u.known AND u.remote) a
    CROSS JOIN LATERAL generate_series(1, cardinality(a.items)) n
$$;

-- Contra transfers of those that may be given back; the others keep the code that says why not.
CREATE OR REPLACE FUNCTION payments_contra_some_v1(
    p_bucket smallint, p_now timestamptz, p_payments bigint[], p_amounts bigint[], p_days date[],
    p_seals uuid[], p_codes integer[]
) RETURNS integer[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_codes integer[];
BEGIN
    SELECT array_agg(n) AS items, array_agg(p_payments[n] ORDER BY n) AS payments,
           array_agg(p_amounts[n] ORDER BY n) AS amounts, array_agg(p_days[n] ORDER BY n) AS days,
           array_agg(p_seals[n] ORDER BY n) AS seals
    INTO v FROM generate_series(1, cardinality(p_codes)) n WHERE p_codes[n] = 0;
    IF v.items IS NULL THEN
        RETURN p_codes;
    END IF;
    v_codes := payments_contra_v1(p_bucket, p_now, v.payments, v.amounts, v.days, v.seals);
    RETURN (SELECT array_agg(coalesce(c.code, u.code) ORDER BY u.item)
            FROM unnest(p_codes) WITH ORDINALITY AS u (code, item)
            LEFT JOIN unnest(v.items, v_codes) AS c (item, code) ON c.item = u.item);
END $$;
