-- Refunds of days that were settled: the biller owes them (1221), and its settlement account (2011) pays
-- as far as it goes, at once or at the next settlement. It pays out of any bucket: how many there are
-- must make no difference.
--
-- Lock order: accounts are opened, then ledger_head of all buckets in order, then balances.

-- Lock p_bucket, and all others if one of these payments is of a settled day.
CREATE OR REPLACE FUNCTION payments_lock_v1(p_bucket smallint, p_payments bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT ledger_open_kind_v1('claim', p.book_id, p.code, p.name)
        FROM (SELECT DISTINCT y.biller_id FROM payment y JOIN biller_settled s
                  ON s.biller_id = y.biller_id AND s.business_day = y.business_day
              WHERE y.bucket = p_bucket AND y.payment_id = ANY (p_payments)) b
        JOIN partner p ON p.id = b.biller_id OFFSET 0) THEN
        PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no bucket %', p_bucket USING ERRCODE = 'invalid_parameter_value';
        END IF;
        RETURN;
    END IF;
    PERFORM 1 FROM ledger_head h ORDER BY h.bucket FOR UPDATE;
END $$;

-- What is to be claimed for these amounts of these payments, an array a column; NULLs where there is none.
DROP FUNCTION IF EXISTS payments_claims_v1(smallint, bigint[], date[]);
CREATE OR REPLACE FUNCTION payments_claims_v1(
    p_bucket smallint, p_payments bigint[], p_amounts bigint[],
    OUT items integer[], OUT documents bigint[], OUT billers integer[], OUT debits integer[],
    OUT credits integer[], OUT amounts bigint[], OUT by_claims boolean[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT array_agg(c.item), array_agg(-nextval('document_no')), array_agg(c.biller_id),
           array_agg(c.account_id), array_agg(c.transit_id), array_agg(c.amount),
           array_agg(c.by_claim)
    INTO items, documents, billers, debits, credits, amounts, by_claims
    FROM (SELECT i.item::integer AS item, y.biller_id, a.account_id, b.transit_id, s.by_claim,
                 sum(t.amount_fen)::bigint AS amount
          FROM unnest(p_payments, p_amounts) WITH ORDINALITY AS i (payment, amount, item)
          JOIN payment y ON y.bucket = p_bucket AND y.payment_id = i.payment
          JOIN biller_settled s ON s.biller_id = y.biller_id AND s.business_day = y.business_day
          JOIN biller b ON b.partner_id = y.biller_id
          JOIN partner p ON p.id = y.biller_id
          LEFT JOIN ledger_account a ON a.code = ledger_code_v1('claim', p.book_id, p.code)
          JOIN LATERAL payments_back_parts_v1(p_bucket, ARRAY[i.payment], ARRAY[i.amount]) t
              ON t.credit_id = b.transit_id
          GROUP BY 1, 2, 3, 4, 5 ORDER BY 1) c;
    IF items IS NOT NULL THEN
        PERFORM 1 FROM ledger_head h ORDER BY h.bucket FOR UPDATE NOWAIT;
        IF num_nulls(VARIADIC debits) > 0 THEN
            RAISE EXCEPTION 'the day was settled meanwhile' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION 'the day was settled meanwhile' USING ERRCODE = 'serialization_failure';
END $$;

-- Pay a biller's claims out of its settlement account, the oldest first, as far as it goes. p_all: also
-- those that wait for a settlement. The caller has locked all buckets.
CREATE OR REPLACE FUNCTION payments_collect_claims_v1(
    p_biller integer, p_now timestamptz, p_all boolean
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_way record;
    v record;
BEGIN
    SELECT o.account_id AS own, c.account_id AS claim, k.current_day AS day INTO STRICT v_way
    FROM partner p JOIN ledger_book k USING (book_id)
    LEFT JOIN ledger_account o ON o.code = ledger_code_v1('settlement', p.book_id, p.code)
    LEFT JOIN ledger_account c ON c.code = ledger_code_v1('claim', p.book_id, p.code)
    WHERE p.id = p_biller;
    FOR v IN
        WITH stock AS (
            SELECT f.bucket, f.free, sum(f.free) OVER (ORDER BY f.bucket) - f.free AS start
            FROM (SELECT b.bucket,
                         b.credit_posted_fen - b.debit_posted_fen - b.debit_pending_fen AS free
                  FROM ledger_balance b WHERE b.account_id = v_way.own) f
            WHERE f.free > 0
        ), wanted AS (
            SELECT c.document_id, c.amount_fen - c.paid_fen AS owed,
                   sum(c.amount_fen - c.paid_fen) OVER (ORDER BY c.document_id DESC)
                       - (c.amount_fen - c.paid_fen) AS start
            FROM refund_claim c
            WHERE c.biller_id = p_biller AND c.paid_fen < c.amount_fen AND (p_all OR NOT c.by_claim)
        ), moves AS (
            SELECT s.bucket, w.document_id, (least(s.start + s.free, w.start + w.owed)
                       - greatest(s.start, w.start))::bigint AS amount
            FROM stock s JOIN wanted w ON w.start < s.start + s.free AND s.start < w.start + w.owed
        )
        SELECT m.bucket, array_agg('posted'::ledger_kind) AS kinds, array_agg(v_way.own) AS debits,
               array_agg(v_way.claim) AS credits, array_agg(m.amount) AS amounts,
               array_agg(NULL::bigint) AS nones, array_agg(m.document_id) AS refs,
               array_agg(0::bigint) AS details, array_agg(v_way.day) AS days,
               array_agg(1) AS groups
        FROM moves m GROUP BY m.bucket ORDER BY m.bucket
    LOOP
        IF EXISTS (SELECT FROM ledger_post_v1(v.bucket, p_now, v.groups, v.kinds, v.debits, v.credits,
                v.amounts, v.nones, v.nones, v.refs, v.details, v.days) x WHERE x.code <> 0) THEN
            RAISE EXCEPTION 'claims of biller % could not be paid in bucket %', p_biller, v.bucket;
        END IF;
        UPDATE refund_claim c SET paid_fen = c.paid_fen + u.amount
        FROM (SELECT x.ref, sum(x.amount) AS amount
              FROM unnest(v.refs, v.amounts) AS x (ref, amount) GROUP BY x.ref) u
        WHERE c.document_id = u.ref;
    END LOOP;
END $$;

-- These days of a biller are settled: what is refunded of them is not the transit account's any more.
CREATE OR REPLACE FUNCTION payments_settled_v1(p_biller integer, p_day date, p_by_claim boolean)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO biller_settled VALUES (p_biller, p_day, p_by_claim) ON CONFLICT DO NOTHING;
$$;
