-- What is owed, kept for lists: worked out anew by the worker, and at once for whom something was done.

-- One customer's debts as of now. Called inside.
CREATE OR REPLACE FUNCTION arrears_keep_v1(p_biller integer, p_bucket smallint, p_customer bigint, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(8660, p_bucket);
    DELETE FROM arrears_debt d WHERE d.bucket = p_bucket AND d.customer_id = p_customer;
    INSERT INTO arrears_debt
    SELECT n.* FROM arrears_next_v1(p_biller, arrears_today_v1(p_biller, p_now), p_bucket, p_customer) n;
END $$;

-- The worker's, a bucket a transaction: whole once an hour and on a new day, else the accounts that paid since; then
-- what was cut off of those whose reason ended. Answers how many accounts it looked at.
CREATE OR REPLACE FUNCTION arrears_refresh_v1(p_bucket smallint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_kept arrears_kept;
    v_last bigint;
    v_count integer := 0;
    v record;
BEGIN
    PERFORM pg_advisory_xact_lock(8660, p_bucket);
    SELECT k.* INTO v_kept FROM arrears_kept k WHERE k.bucket = p_bucket;
    SELECT h.transfer_no INTO STRICT v_last FROM ledger_head h WHERE h.bucket = p_bucket;
    IF v_kept.at IS NULL OR p_now NOT BETWEEN v_kept.at AND v_kept.at + interval '1 hour'
        OR (p_now AT TIME ZONE 'Asia/Shanghai')::date <> (v_kept.at AT TIME ZONE 'Asia/Shanghai')::date THEN
        DELETE FROM arrears_debt d WHERE d.bucket = p_bucket;
        INSERT INTO arrears_debt
        SELECT n.* FROM billing_biller b
        CROSS JOIN LATERAL arrears_next_v1(b.biller_id, arrears_today_v1(b.biller_id, p_now), p_bucket) n;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        INSERT INTO arrears_kept VALUES (p_bucket, p_now, v_last)
        ON CONFLICT (bucket) DO UPDATE SET at = excluded.at, transfer_no = excluded.transfer_no;
    ELSE
        FOR v IN SELECT DISTINCT p.biller_id, c.customer_id FROM billing_payment p
            JOIN billing_customer c ON c.bucket = p.bucket AND c.biller_id = p.biller_id AND c.account_no = p.account_no
            WHERE p.bucket = p_bucket AND p.transfer_no > v_kept.transfer_no AND p.transfer_no <= v_last
        LOOP
            PERFORM arrears_keep_v1(v.biller_id, p_bucket, v.customer_id, p_now);
            v_count := v_count + 1;
        END LOOP;
        UPDATE arrears_kept k SET transfer_no = v_last WHERE k.bucket = p_bucket AND k.transfer_no < v_last;
    END IF;
    PERFORM arrears_mend_v1(p_bucket, p_now);
    PERFORM arrears_restore_v1(c.cut_id, p_now) FROM arrears_cut c WHERE c.bucket = p_bucket AND c.ended_at IS NULL;
    RETURN v_count;
END $$;

-- Why the reason of a cut ended, as the visit that restores says it; NULL: it stands. What counts is the cut's own bill,
-- for of another one no notice was served. Called inside.
CREATE OR REPLACE FUNCTION arrears_cut_over_v1(p_cut arrears_cut, p_why text, p_today date) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN y.state IS DISTINCT FROM 'open' OR y.due_fen <= y.paid_fen THEN CASE
            WHEN (SELECT sum(w.amount_fen) FROM billing_write_off w
                  WHERE w.bucket = p_cut.bucket AND w.bill_id = p_cut.bill_id) > 0 THEN '账单已核销'
            WHEN y.state = 'settled' OR y.due_fen <= y.paid_fen THEN '账单已缴清'
            ELSE '账单已撤销' END
        WHEN arrears_gone_v1(p_cut.bucket, p_cut.customer_id, p_cut.fee_id, p_today) THEN '原用户已停用'
        WHEN p_why = 'plan' THEN '已定分期'
        WHEN arrears_disputed_v1(p_cut.bill_id) THEN '账单有异议' END
    FROM billing_customer c LEFT JOIN payable y ON y.bucket = c.bucket AND y.biller_id = c.biller_id
        AND y.account_no = c.account_no AND y.ref = 'B' || p_cut.bill_id
    WHERE c.bucket = p_cut.bucket AND c.customer_id = p_cut.customer_id;
$$;

-- A cut whose reason ended: nobody goes to cut any more, or somebody goes to restore, within the hours of its rule. Its
-- end is what was found. While a promise or a dispute runs, or his balance is enough, nobody goes to cut; he can be sent
-- again behind it. Called inside.
CREATE OR REPLACE FUNCTION arrears_restore_v1(p_cut bigint, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v arrears_cut;
    v_debt arrears_debt;
    v_cut visit;
    v_restored text;
    v_hours smallint;
    v_today date;
    v_over text;
BEGIN
    SELECT c.* INTO v FROM arrears_cut c WHERE c.cut_id = p_cut AND c.ended_at IS NULL FOR UPDATE;
    p_now := arrears_clock_v1(v.biller_id, p_now);
    v_today := arrears_today_v1(v.biller_id, p_now);
    SELECT x.* INTO v_cut FROM visit x WHERE x.asked_trade = 'arrears' AND x.asked_ref = 'C' || p_cut AND x.kind = 'cut'
    ORDER BY x.visit_id DESC LIMIT 1;
    SELECT x.finding INTO v_restored FROM visit x WHERE x.asked_trade = 'arrears' AND x.asked_ref = 'C' || p_cut
        AND x.kind = 'restore' AND x.done_at IS NOT NULL ORDER BY x.visit_id DESC LIMIT 1;
    IF v.restore_asked_at IS NOT NULL THEN
        IF v_restored = 'ok' THEN
            UPDATE arrears_cut c SET ended_at = p_now WHERE c.cut_id = p_cut;
            PERFORM arrears_keep_v1(v.biller_id, v.bucket, v.customer_id, p_now);
        ELSIF v_restored IS NOT NULL THEN  -- nobody was there: again
            PERFORM visits_ask_v1(v.biller_id, v.bucket, v.customer_id, v.service_id, 'restore', 'arrears', 'C' || p_cut,
                '复供未办成，再次上门', (v.restore_by AT TIME ZONE 'Asia/Shanghai')::date, p_now);
        END IF;
        RETURN;
    END IF;
    SELECT n.* INTO v_debt FROM arrears_next_v1(v.biller_id, v_today, v.bucket, v.customer_id) n
    WHERE n.fee_id = v.fee_id;
    v_over := arrears_cut_over_v1(v, v_debt.why, v_today);
    IF v_over IS NULL OR v_over = '账单有异议' AND v_cut.finding IS DISTINCT FROM 'ok' THEN
        IF v_over IS NOT NULL OR v_debt.why IN ('promised', 'disputed')
            OR arrears_covered_v1(v.biller_id, v.bucket, v_debt.account_no, v_debt.asked_fen) THEN
            PERFORM visits_drop_v1('arrears', 'C' || p_cut, 'cut', p_now);
        END IF;
        RETURN;
    ELSIF v_cut.finding = 'ok' THEN
        SELECT r.restore_hours INTO STRICT v_hours FROM arrears_rule r WHERE r.rule_id = v.rule_id;
        UPDATE arrears_cut c SET restore_asked_at = p_now, restore_by = p_now + v_hours * interval '1 hour'
        WHERE c.cut_id = p_cut RETURNING c.* INTO v;
        PERFORM visits_ask_v1(v.biller_id, v.bucket, v.customer_id, v.service_id, 'restore', 'arrears', 'C' || p_cut,
            v_over || '，' || to_char(v.restore_by AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') || ' 前恢复供应',
            (v.restore_by AT TIME ZONE 'Asia/Shanghai')::date, p_now);
    ELSE
        PERFORM visits_drop_v1('arrears', 'C' || p_cut, 'cut', p_now);
        UPDATE arrears_cut c SET ended_at = p_now WHERE c.cut_id = p_cut;
        PERFORM arrears_keep_v1(v.biller_id, v.bucket, v.customer_id, p_now);
    END IF;
END $$;

-- Where a cut stands: asked, failed (nobody let us, or it was held back), cut, restoring, restored, dropped; with its
-- last visits.
CREATE OR REPLACE VIEW arrears_cut_state AS
SELECT c.*, t.done_at AS cut_at, t.finding, r.done_at AS restored_at, CASE
        WHEN c.ended_at IS NOT NULL THEN CASE WHEN c.restore_asked_at IS NULL THEN 'dropped' ELSE 'restored' END
        WHEN c.restore_asked_at IS NOT NULL THEN 'restoring'
        WHEN t.finding = 'ok' THEN 'cut'
        WHEN t.finding IS NOT NULL OR t.dropped_at IS NOT NULL THEN 'failed'
        ELSE 'asked' END AS state
FROM arrears_cut c
LEFT JOIN LATERAL (SELECT x.* FROM visit x WHERE x.asked_trade = 'arrears' AND x.asked_ref = 'C' || c.cut_id
    AND x.kind = 'cut' ORDER BY x.visit_id DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (SELECT x.* FROM visit x WHERE x.asked_trade = 'arrears' AND x.asked_ref = 'C' || c.cut_id
    AND x.kind = 'restore' AND x.finding = 'ok' ORDER BY x.visit_id DESC LIMIT 1) r ON true;
