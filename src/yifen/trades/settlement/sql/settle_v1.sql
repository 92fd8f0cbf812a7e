-- settlement_settle_v1: a biller's closed day: transit → settlement account, commission, parts.
--
-- One row a biller and day, whatever is due; a repeat finds it and moves nothing. Who gets what is
-- worked out by yifen.settlement.rules between settlement_open_v1, which locks and says what can be
-- moved, and settlement_settle_v1, which books it if its own sums (agreed_v1.sql) say the same; both in
-- one transaction.
-- Rules: P10, P11, H7; domain.md 1.1, case 20.

-- Why a closed day of a biller is not proved 对平: a leg with a profile that was not compared
-- or lacks a part, or an
-- open difference of the biller, or of its payments. A row that waits for the next file is none.
CREATE OR REPLACE FUNCTION settlement_unproved_v1(p_biller integer, p_day date)
RETURNS TABLE (business_day date, partner_id integer, item_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH days AS (
        SELECT h.business_day
        FROM partner p JOIN (SELECT DISTINCT book_id, business_day FROM ledger_day_head) h
            ON h.book_id = p.book_id
        WHERE p.id = p_biller AND h.business_day <= p_day
            AND (h.business_day = p_day OR NOT EXISTS (
                SELECT FROM settlement s WHERE s.biller_id = p_biller))
            AND (h.business_day = p_day OR EXISTS (
                SELECT FROM ledger_day_balance d JOIN biller b ON b.transit_id = d.account_id
                WHERE b.partner_id = p_biller AND d.business_day = h.business_day
                    AND d.credit_posted_fen > 0))
    ), legs AS (
        SELECT f.partner_id FROM recon_profile f
        WHERE f.partner_id = p_biller OR f.partner_id IN (
            SELECT a.channel_id FROM admission a WHERE a.biller_id = p_biller AND a.active)
    )
    SELECT d.business_day, l.partner_id, NULL::bigint FROM days d CROSS JOIN legs l
    WHERE NOT recon_compared_v1(l.partner_id, d.business_day)
    UNION ALL
    SELECT i.business_day, i.partner_id, i.item_id FROM recon_item i
    LEFT JOIN payment y ON y.bucket = i.payment_id % 1000 AND y.payment_id = i.payment_id
    WHERE i.state <> 'closed' AND i.state <> 'waiting' AND i.business_day <= p_day
        AND p_biller IN (i.partner_id, y.biller_id)
    ORDER BY 1, 2, 3;
$$;

-- What of the day-end balance of the transit account is still the day's, and what is free, a bucket
-- a row. Since the cut, earlier days may have been settled and payments up to the day taken back.
CREATE OR REPLACE FUNCTION settlement_due_v1(p_biller integer, p_day date)
RETURNS TABLE (bucket smallint, due_fen bigint, moved_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH since AS (
        SELECT t.bucket, t.amount_fen
        FROM (SELECT DISTINCT x.bucket, x.payment_id FROM payment_return x
              WHERE x.booked_at IS NOT NULL AND x.business_day > p_day) r
        JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
        JOIN biller b ON b.partner_id = y.biller_id
        JOIN ledger_transfer t ON t.bucket = r.bucket AND t.reference_id = r.payment_id
            AND t.reverses_no IS NOT NULL AND t.debit_id = b.transit_id
        JOIN ledger_transfer o ON o.bucket = t.bucket AND o.transfer_no = t.reverses_no
        WHERE y.biller_id = p_biller AND t.business_day > p_day AND o.business_day <= p_day
            AND NOT EXISTS (SELECT FROM refund_claim c  -- the settlement account's, not this one's
                            JOIN ledger_transfer g ON g.bucket = c.bucket
                                AND g.reference_id = c.document_id AND g.batch_no = t.batch_no
                            WHERE c.bucket = r.bucket AND c.payment_id = r.payment_id)
        UNION ALL
        SELECT t.bucket, t.amount_fen
        FROM settlement s JOIN biller b ON b.partner_id = s.biller_id
        CROSS JOIN ledger_head h
        JOIN ledger_transfer t ON t.bucket = h.bucket AND t.reference_id = s.document_id
            AND t.debit_id = b.transit_id
        WHERE s.biller_id = p_biller AND s.posted_on > p_day
    ), stood AS (
        SELECT d.bucket, d.account_id, greatest(0, d.credit_posted_fen - d.debit_posted_fen
            - coalesce((SELECT sum(x.amount_fen) FROM since x WHERE x.bucket = d.bucket), 0)
            )::bigint AS due
        FROM ledger_day_balance d JOIN biller b ON b.transit_id = d.account_id
        WHERE b.partner_id = p_biller AND d.business_day = p_day
    )
    SELECT s.bucket, s.due, greatest(0, least(s.due,
        b.credit_posted_fen - b.debit_posted_fen - b.debit_pending_fen))
    FROM stood s JOIN ledger_balance b ON b.bucket = s.bucket AND b.account_id = s.account_id
    WHERE s.due > 0 ORDER BY s.bucket;
$$;

-- May this day be settled, and with how much? owed_fen: for refunds of days that were settled. Locks the biller, and the buckets with its money.
-- p_receivers: those who may get a part; their accounts are opened before the ledger is locked.
DROP FUNCTION IF EXISTS settlement_open_v1(integer, date, text, integer[]);
CREATE OR REPLACE FUNCTION settlement_open_v1(
    p_biller integer, p_day date, p_signed_by text, p_receivers integer[],
    OUT code integer, OUT document_id bigint, OUT book_id integer, OUT open_day date,
    OUT due_fen bigint, OUT moved_fen bigint, OUT owed_fen bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_last date;
BEGIN
    PERFORM pg_advisory_xact_lock(8401, p_biller);
    SELECT p.book_id INTO book_id FROM biller b JOIN partner p ON p.id = b.partner_id
    WHERE b.partner_id = p_biller;
    SELECT s.document_id INTO document_id FROM settlement s
    WHERE s.biller_id = p_biller AND s.business_day = p_day;
    SELECT max(s.business_day) INTO v_last FROM settlement s WHERE s.biller_id = p_biller;
    code := CASE
        WHEN book_id IS NULL THEN @BILLER_UNKNOWN
        WHEN document_id IS NOT NULL THEN 0
        WHEN NOT EXISTS (SELECT FROM ledger_day_head h
                         WHERE h.book_id = settlement_open_v1.book_id AND h.business_day = p_day)
            THEN @DAY_NOT_PROVED
        WHEN p_day < v_last OR EXISTS (
                SELECT FROM ledger_day_head h WHERE h.book_id = settlement_open_v1.book_id
                    AND h.business_day > v_last AND h.business_day < p_day)
            THEN @EARLIER_DAY_UNSETTLED
        WHEN CASE WHEN p_signed_by IS NULL THEN EXISTS (SELECT FROM settlement_unproved_v1(p_biller, p_day))
                  ELSE NOT settlement_signed_v1(book_id, p_day, p_signed_by) END
            THEN @DAY_NOT_PROVED
        ELSE 0 END;
    IF code <> 0 OR document_id IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM settlement_account_v1(u.r, 'settlement')
    FROM (SELECT DISTINCT r FROM unnest(p_receivers || p_biller) r ORDER BY r) u;
    PERFORM settlement_account_v1(p_biller, 'income'), settlement_account_v1(p_biller, 'receivable');
    PERFORM settlement_lock_v1(ARRAY(
        SELECT d.bucket FROM settlement_due_v1(p_biller, p_day) d
        UNION SELECT h.bucket FROM ledger_head h WHERE EXISTS (
            SELECT FROM refund_claim c WHERE c.biller_id = p_biller AND c.paid_fen < c.amount_fen)));
    SELECT k.current_day INTO open_day FROM ledger_book k
    WHERE k.book_id = settlement_open_v1.book_id;
    SELECT coalesce(sum(d.due_fen), 0), coalesce(sum(d.moved_fen), 0) INTO due_fen, moved_fen
    FROM settlement_due_v1(p_biller, p_day) d;
    SELECT coalesce(sum(c.amount_fen - c.paid_fen), 0) INTO owed_fen FROM refund_claim c
    WHERE c.biller_id = p_biller AND c.paid_fen < c.amount_fen;
END $$;

-- The transfers of a settlement: first into the settlement account, then out of it in the order of
-- the parts, each taken from the buckets in turn; p_extra (debit, credit, fen, document) in the home
-- bucket is what is owed, or given back, of the commission.
CREATE OR REPLACE FUNCTION settlement_move_v1(
    p_biller integer, p_day date, p_now timestamptz, p_open_day date, p_document bigint,
    p_credit integer[], p_amount bigint[], p_reference bigint[], p_extra bigint[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_own integer := settlement_account_v1(p_biller, 'settlement');
    v record;
BEGIN
    FOR v IN
        WITH stock AS (
            SELECT d.bucket, d.moved_fen AS amount,
                   sum(d.moved_fen) OVER (ORDER BY d.bucket) - d.moved_fen AS start
            FROM settlement_due_v1(p_biller, p_day) d WHERE d.moved_fen > 0
        ), wanted AS (
            SELECT u.item, u.credit, u.amount, u.reference,
                   sum(u.amount) OVER (ORDER BY u.item) - u.amount AS start
            FROM unnest(p_credit, p_amount, p_reference) WITH ORDINALITY
                AS u (credit, amount, reference, item)
        ), moves AS (
            SELECT m.bucket, 0 AS item, b.transit_id AS debit, v_own AS credit, m.amount,
                   p_document AS reference
            FROM stock m JOIN biller b ON b.partner_id = p_biller
            UNION ALL
            SELECT m.bucket, w.item, v_own, w.credit,
                   least(m.start + m.amount, w.start + w.amount) - greatest(m.start, w.start),
                   w.reference
            FROM stock m JOIN wanted w
                ON w.start < m.start + m.amount AND m.start < w.start + w.amount
            WHERE w.credit <> v_own
            UNION ALL
            SELECT settlement_home_v1(), cardinality(p_credit) + 1, p_extra[1]::integer,
                   p_extra[2]::integer, p_extra[3], p_extra[4]
            WHERE p_extra[3] > 0
        )
        SELECT m.bucket, array_agg('posted'::ledger_kind) AS kinds,
               array_agg(m.debit ORDER BY m.item) AS debits,
               array_agg(m.credit ORDER BY m.item) AS credits,
               array_agg(m.amount::bigint ORDER BY m.item) AS amounts,
               array_agg(NULL::bigint) AS nones,
               array_agg(m.reference ORDER BY m.item) AS refs,
               array_agg(m.item::bigint ORDER BY m.item) AS details
        FROM moves m GROUP BY m.bucket ORDER BY m.bucket
    LOOP
        PERFORM settlement_post_v1(v.bucket, p_now, v.kinds, v.debits, v.credits, v.amounts,
                                   v.nones, v.nones, v.refs, v.details, p_open_day);
    END LOOP;
END $$;

-- p_fee: the commission of the day, negative to give back; with mode net it is taken out of what is
-- moved as far as that goes, the rest is owed (1122); p_measure and p_period_fen: of its period so
-- far, this day included. No agreement: p_measure is null, and there is no commission row.
-- p_part_…: who gets what of the rest, and when it may be paid on. Codes: those of settlement_open_v1, the
-- ledger's, FIGURES_WRONG (any of it is not what books and agreements say), with nothing done.
CREATE OR REPLACE FUNCTION settlement_settle_v1(
    p_biller integer, p_day date, p_now timestamptz, p_signed_by text, p_mode text,
    p_payments bigint, p_amount bigint, p_fee bigint, p_measure bigint, p_period_fen bigint,
    p_payout_on date, p_part_biller integer[], p_part_reason text[], p_part_fen bigint[],
    p_part_payout_on date[], OUT code integer, OUT document_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v record;
    v_day record;
    v_net bigint;
    v_commission bigint := -nextval('document_no');
    v_income integer;
    v_text text;
BEGIN
    SELECT * INTO v FROM settlement_open_v1(p_biller, p_day, p_signed_by, p_part_biller);
    code := v.code;
    document_id := v.document_id;
    IF code <> 0 OR document_id IS NOT NULL THEN
        RETURN;
    END IF;
    v_net := CASE WHEN p_mode = 'gross' THEN 0 ELSE least(p_fee, v.moved_fen) END;
    SELECT f.payments, f.amount_fen INTO v_day FROM settlement_figures_v1(p_biller, p_day) f;
    IF (p_payments, p_amount, p_payout_on) IS DISTINCT FROM
            (v_day.payments, v_day.amount_fen, settlement_payout_on_v1(p_biller, p_day))
        OR (p_mode, p_fee, p_measure, p_period_fen) IS DISTINCT FROM (
            SELECT ROW(coalesce(max(f.mode), 'net'), coalesce(max(f.fee_fen), 0), max(f.measure),
                       max(f.period_fen))
            FROM settlement_fee_v1(p_biller, p_day, false) f)
        OR (p_part_biller, p_part_reason, p_part_fen, p_part_payout_on) IS DISTINCT FROM (
            SELECT ROW(x.who, x.reason, x.fen, x.payout_on)
            FROM settlement_parts_v1(p_biller, p_day, v.moved_fen, greatest(v_net, 0), v.owed_fen) x)
    THEN
        code := @FIGURES_WRONG;
        RETURN;
    END IF;
    document_id := -nextval('document_no');
    v_income := settlement_account_v1(p_biller, 'income');
    PERFORM settlement_move_v1(p_biller, p_day, p_now, v.open_day, document_id,
        array_prepend(v_income, ARRAY(
            SELECT settlement_account_v1(u.who, 'settlement')
            FROM unnest(p_part_biller) WITH ORDINALITY AS u (who, item) ORDER BY u.item)),
        array_prepend(greatest(v_net, 0), p_part_fen),
        array_prepend(v_commission, array_fill(document_id, ARRAY[cardinality(p_part_fen)])),
        CASE WHEN p_fee > v_net THEN
                ARRAY[settlement_account_v1(p_biller, 'receivable'), v_income, p_fee - v_net]
             WHEN p_fee < 0 THEN ARRAY[v_income, settlement_account_v1(p_biller,
                CASE p_mode WHEN 'gross' THEN 'receivable' ELSE 'settlement' END), -p_fee]
             ELSE ARRAY[0, 0, 0] END || v_commission);
    INSERT INTO settlement VALUES (document_id, v.book_id, p_biller, p_day, v.open_day, v.due_fen,
        v.moved_fen, p_payments, p_amount, p_fee, p_mode, p_payout_on, p_signed_by, p_now);
    INSERT INTO settlement_part
    SELECT document_id, u.who, u.reason, sum(u.fen), u.payout_on
    FROM unnest(p_part_biller || p_biller, p_part_reason || 'commission'::text,
                p_part_fen || greatest(v_net, 0), p_part_payout_on || NULL::date)
        AS u (who, reason, fen, payout_on)
    WHERE u.fen > 0 GROUP BY u.who, u.reason, u.payout_on;
    IF p_measure IS NOT NULL THEN
        INSERT INTO commission VALUES (v_commission, p_biller, p_day, 'day', p_measure, p_fee,
            v_net, p_period_fen, p_mode, p_now);
    END IF;
    PERFORM payments_settled_v1(p_biller, p_day, coalesce((
        SELECT a.refunds = 'claim' FROM agreement a JOIN agreement_in_force f ON f.agreement_id = a.id
        WHERE f.biller_id = p_biller AND f.valid_from <= p_day
            AND (f.next_valid_from IS NULL OR f.next_valid_from > p_day)), false));
    IF v.owed_fen > 0 THEN
        PERFORM payments_collect_claims_v1(p_biller, p_now, true);
    END IF;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    GET STACKED DIAGNOSTICS v_text = MESSAGE_TEXT;
    code := v_text::integer;
    document_id := NULL;
END $$;
