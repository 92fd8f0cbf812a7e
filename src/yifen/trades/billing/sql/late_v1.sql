-- Late fees 违约金: pure functions of a bill's history and a day, however often they were asked before.
--
-- A bill is governed by the rule that was in force when it was due. Days count from the due date's morrow (and once
-- more for the due date where both ends count), less the days of grace, to the day asked for, with it; a day of the
-- due date's year by `rate`, of a later one by `later_rate`, on what was left of the principal when it began. What has
-- grown so is made to fen once for all days together. What was paid counts on the calendar day on which the hub booked
-- it, by which it was quoted; what was reversed never was, what was refunded is owed again from then on.
-- The minimum 最低 1 元 is asked for once for all bills of an account and fee that are collected together: it raises
-- the fee of the oldest one that has any. What was asked for it and paid stays asked for.

-- Permille of days behind p_after up to p_to.
CREATE OR REPLACE FUNCTION billing_late_permille_v1(
    p_rule billing_late_rule, p_due date, p_after date, p_to date, p_frozen datemultirange
) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum(p_rule.rate * greatest(least(upper(r), y.next) - lower(r), 0)
                        + p_rule.later_rate * greatest(upper(r) - greatest(lower(r), y.next), 0)), 0)
    FROM (SELECT make_date(extract(year FROM p_due)::integer + 1, 1, 1) AS next,
                 greatest(p_after + 1, p_due + p_rule.grace_days
                          + CASE WHEN p_rule.count_first THEN 0 ELSE 1 END) AS first) y
    CROSS JOIN LATERAL unnest(datemultirange(daterange(y.first, greatest(p_to + 1, y.first))) - p_frozen) r
$$;

-- The late fee of each of these bills, the oldest first, on a day: all that was asked for until then, less what was
-- waived; `unpaid`: what of it is not paid. p_closed: when a bill was settled; such one is not collected any more. Events (e_…): what was paid, below
-- zero what was refunded, and what was waived; those of later days do not count.
CREATE OR REPLACE FUNCTION billing_late_fees_v1(
    p_principal bigint[], p_due date[], p_rule billing_late_rule[], p_frozen datemultirange[], p_closed date[],
    e_bill integer[], e_day date[], e_fen bigint[], e_waives boolean[], p_on date, OUT fees bigint[], OUT unpaid bigint[]
) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_left bigint[] := p_principal;
    v_grown numeric[] := array_fill(0::numeric, ARRAY[cardinality(p_principal)]);
    v_sum bigint[] := array_fill(0::bigint, ARRAY[cardinality(p_principal)]);     -- grown, in fen
    v_more bigint[] := v_sum;    -- asked for beyond that, by a minimum
    v_paid bigint[] := v_sum;    -- of the fee
    v_waived bigint[] := v_sum;
    v_before date := '-infinity';
    v_day date;
    v_first integer;
    v_total bigint;
    v_top bigint;                -- by which the minimum raises the first one's fee today
    v record;
    v_fee bigint;
BEGIN
    FOR v_day IN SELECT DISTINCT d FROM unnest(e_day || p_on) d WHERE d <= p_on ORDER BY d LOOP
        v_first := NULL; v_total := 0; v_top := 0;
        FOR i IN 1 .. cardinality(p_principal) LOOP
            v_grown[i] := v_grown[i] + v_left[i] / 1000.0 * billing_late_permille_v1(
                p_rule[i], p_due[i], greatest(v_before, p_due[i] - 1), v_day, coalesce(p_frozen[i], '{}'));
            v_sum[i] := least(CASE WHEN p_rule[i].truncated THEN trunc(v_grown[i]) ELSE round(v_grown[i]) END,
                              trunc(p_principal[i] * p_rule[i].cap_permille / 1000.0));
            CONTINUE WHEN v_sum[i] = 0 OR v_day > p_closed[i]
                OR v_left[i] + v_sum[i] + v_more[i] - v_paid[i] - v_waived[i] = 0;
            v_first := coalesce(v_first, i);
            v_total := v_total + v_sum[i] + v_more[i];
        END LOOP;
        IF v_first IS NOT NULL THEN
            v_top := greatest(p_rule[v_first].min_fen - v_total, 0);
        END IF;
        FOR v IN SELECT u.bill AS i, u.fen, u.waives FROM unnest(e_bill, e_day, e_fen, e_waives) WITH ORDINALITY
                     AS u (bill, day, fen, waives, n) WHERE u.day = v_day ORDER BY u.n LOOP
            v_fee := v_sum[v.i] + v_more[v.i] + CASE WHEN v.i = v_first THEN v_top ELSE 0 END
                - v_paid[v.i] - v_waived[v.i];
            IF v.waives THEN
                v_waived[v.i] := v_waived[v.i] + least(v.fen, v_fee);
            ELSE
                v_fee := CASE
                    WHEN v.fen >= 0 AND p_rule[v.i].fee_first THEN greatest(least(v.fen, v_fee), v.fen - v_left[v.i])
                    WHEN v.fen >= 0 THEN greatest(v.fen - v_left[v.i], 0)
                    WHEN p_rule[v.i].fee_first THEN least(v.fen + p_principal[v.i] - v_left[v.i], 0)
                    ELSE greatest(v.fen, -v_paid[v.i]) END;
                v_paid[v.i] := v_paid[v.i] + v_fee;
                v_left[v.i] := v_left[v.i] - (v.fen - v_fee);
            END IF;
            v_fee := greatest(v_paid[v.i] + v_waived[v.i] - v_sum[v.i] - v_more[v.i], 0);
            v_more[v.i] := v_more[v.i] + v_fee;
            v_top := CASE WHEN v.i = v_first THEN greatest(v_top - v_fee, 0) ELSE v_top END;
        END LOOP;
        v_before := v_day;
    END LOOP;
    SELECT array_agg(f.fee ORDER BY i), array_agg(f.fee - v_paid[i] ORDER BY i) INTO fees, unpaid
    FROM generate_series(1, cardinality(p_principal)) i
    CROSS JOIN LATERAL (SELECT v_sum[i] + v_more[i] - v_waived[i] + CASE WHEN i = v_first THEN v_top ELSE 0 END
                            AS fee) f;
END $$;

-- Of one bill that nothing was paid on.
CREATE OR REPLACE FUNCTION billing_late_v1(p_principal bigint, p_due date, p_on date, p_rule billing_late_rule)
RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT fees[1] FROM billing_late_fees_v1(ARRAY[p_principal], ARRAY[p_due], ARRAY[p_rule], '{NULL}', '{NULL}',
                                             '{}', '{}', '{}', '{}', p_on)
$$;

-- Bills of an account that were due before a day and have a rule, with what is left of the bill itself in its payable:
-- what it asks for, and what of that was written off, less the late fees that were booked.
CREATE OR REPLACE FUNCTION billing_overdue_v1(p_bucket smallint, p_biller integer, p_account text, p_on date)
RETURNS TABLE (fee_id integer, n integer, bill_id bigint, owed payable, principal_fen bigint, rule billing_late_rule,
               frozen datemultirange)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.fee_id, row_number() OVER (PARTITION BY s.fee_id ORDER BY y.due_on, y.payable_id)::integer, b.bill_id, y,
           y.due_fen - coalesce((SELECT sum(k.due_fen) FROM billing_booking k WHERE k.bucket = p_bucket
                                 AND k.kind = 'late' AND k.payable_id = y.payable_id), 0)::bigint
               + billing_written_v1(p_bucket, b.bill_id), l.rule,
           coalesce((SELECT range_agg(daterange(f.from_on, f.to_on, '[]')) FROM billing_freeze f WHERE f.bucket = p_bucket
                AND f.biller_id = p_biller AND f.account_no = p_account
                AND coalesce(f.bill_id, b.bill_id) = b.bill_id), '{}')
               + coalesce(billing_written_days_v1(p_bucket, b.bill_id), '{}')
    FROM payable y
    JOIN billing_bill b ON b.bucket = p_bucket
        AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
    JOIN billing_service s ON s.bucket = p_bucket AND s.service_id = b.service_id
    CROSS JOIN LATERAL (SELECT x AS rule FROM billing_late_rule x WHERE x.fee_id = s.fee_id
        AND x.class IN ('', s.class) AND x.valid_from <= y.due_on ORDER BY x.class = '', x.valid_from DESC LIMIT 1) l
    WHERE y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = p_account AND y.state <> 'withdrawn'
        AND y.due_on < p_on
        AND NOT (y.state = 'settled' AND EXISTS (  -- it was cancelled, so that nothing of it was ever due
            SELECT FROM billing_bill x JOIN billing_run r ON r.run_id = x.run_id AND r.kind = 'cancel'
            JOIN billing_booking d ON d.run_id = r.run_id
            WHERE x.bucket = p_bucket AND x.service_id = b.service_id AND x.corrects_id = b.bill_id));
$$;

-- What was paid on these payables of an account and given back, by the calendar day of its booking. What is not in the
-- ledger any more, for it was archived, counts as paid when it was due.
CREATE OR REPLACE FUNCTION billing_history_v1(
    p_bucket smallint, p_biller integer, p_account text, p_payables bigint[]
) RETURNS TABLE (payable_id bigint, day date, fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH event AS (
        SELECT t.detail_id, (h.booked_at AT TIME ZONE k.time_zone)::date AS day,
               CASE WHEN t.reverses_no IS NULL THEN t.amount_fen ELSE -t.amount_fen END AS fen
        FROM payment y
        JOIN partner p ON p.id = y.biller_id
        JOIN ledger_book k ON k.book_id = p.book_id
        JOIN ledger_transfer t ON t.bucket = p_bucket AND t.reference_id = y.payment_id
            AND t.transfer_no >= y.payment_id / 1000000000000 * 1000000000000 AND t.kind IN ('posted', 'post')
            AND t.detail_id = ANY (p_payables)
        JOIN ledger_batch h ON h.bucket = p_bucket AND h.batch_no = t.batch_no
        WHERE y.bucket = p_bucket AND hashtext(y.account_no) = hashtext(p_account) AND y.account_no = p_account
            AND y.biller_id = p_biller AND y.payer_state <> 'returned'
        UNION ALL  -- what went back off a balance paid nothing that the bill asks for, nor is it owed again
        SELECT r.owed_id, (x.at AT TIME ZONE k.time_zone)::date, x.sign * r.amount_fen
        FROM billing_returned r
        JOIN payment y ON y.bucket = p_bucket AND y.payment_id = r.payment_id AND y.payer_state <> 'returned'
        JOIN partner p ON p.id = y.biller_id
        JOIN ledger_book k ON k.book_id = p.book_id
        CROSS JOIN LATERAL (VALUES (y.booked_at, -1), (r.at, 1)) x (at, sign)
        WHERE r.bucket = p_bucket AND r.owed_id = ANY (p_payables)
    ), moved AS (
        SELECT e.detail_id, e.day, sum(e.fen)::bigint AS fen FROM event e GROUP BY 1, 2
    )
    SELECT * FROM moved
    UNION ALL
    SELECT y.payable_id, y.due_on, y.paid_fen - coalesce(m.fen, 0) FROM payable y
    LEFT JOIN (SELECT detail_id, sum(fen)::bigint AS fen FROM moved GROUP BY detail_id) m ON m.detail_id = y.payable_id
    WHERE y.bucket = p_bucket AND y.payable_id = ANY (p_payables) AND y.paid_fen <> coalesce(m.fen, 0);
$$;

-- What each overdue bill of an account asks for on a day: itself and its late fee.
CREATE OR REPLACE FUNCTION billing_late_of_v1(p_bucket smallint, p_biller integer, p_account text, p_on date)
RETURNS TABLE (bill_id bigint, owed payable, principal_fen bigint, fee_fen bigint, unpaid_fen bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v record;
    v_event record;
    v_late record;
BEGIN
    FOR v IN
        SELECT array_agg(o.n ORDER BY o.n) AS ns, array_agg(o.bill_id ORDER BY o.n) AS bills,
               array_agg(o.owed ORDER BY o.n) AS owed, array_agg((o.owed).payable_id ORDER BY o.n) AS payables,
               array_agg((o.owed).state ORDER BY o.n) AS states, array_agg((o.owed).due_on ORDER BY o.n) AS dues,
               array_agg(o.principal_fen ORDER BY o.n) AS principals,
               array_agg(o.rule ORDER BY o.n) AS rules, array_agg(o.frozen ORDER BY o.n) AS frozen
        FROM billing_overdue_v1(p_bucket, p_biller, p_account, p_on) o GROUP BY o.fee_id
    LOOP
        SELECT coalesce(array_agg(e.n ORDER BY e.day, e.waives DESC, e.id), '{}') AS bills,
               coalesce(array_agg(e.day ORDER BY e.day, e.waives DESC, e.id), '{}') AS days,
               coalesce(array_agg(e.fen ORDER BY e.day, e.waives DESC, e.id), '{}') AS fens,
               coalesce(array_agg(e.waives ORDER BY e.day, e.waives DESC, e.id), '{}') AS waives
        INTO v_event
        FROM (SELECT array_position(v.payables, h.payable_id) AS n, h.day, h.fen, false AS waives, h.payable_id AS id
              FROM billing_history_v1(p_bucket, p_biller, p_account, v.payables) h
              UNION ALL
              SELECT array_position(v.bills, w.bill_id), w.waived_on, w.amount_fen, true, w.waiver_id
              FROM billing_waiver w WHERE w.bucket = p_bucket AND w.bill_id = ANY (v.bills)) e;
        v_late := billing_late_fees_v1(v.principals, v.dues, v.rules, v.frozen, ARRAY(
            SELECT CASE WHEN u.state = 'settled' THEN coalesce(greatest((
                SELECT max(e.day) FROM unnest(v_event.bills, v_event.days) AS e (bill, day) WHERE e.bill = u.n),
                (SELECT max(w.written_on) FROM billing_write_off w
                 WHERE w.bucket = p_bucket AND w.bill_id = v.bills[u.n])), u.due) END
            FROM unnest(v.ns, v.states, v.dues) AS u (n, state, due) ORDER BY u.n),
            v_event.bills, v_event.days, v_event.fens, v_event.waives, p_on);
        RETURN QUERY SELECT v.bills[n], v.owed[n], v.principals[n], v_late.fees[n],
                            v_late.unpaid[n]
                     FROM unnest(v.ns) n ORDER BY n;
    END LOOP;
END $$;

-- Bring an account's overdue open bills up to date: each asks for itself and its late fee of today, and the books
-- know of the difference. Answers how many were changed; on the same day nothing is written twice. Of a time before the
-- account's late fees were told last it works as of then, for what was told is not lowered by an old day; of a day to
-- come, by the clock here and the open business day, as of today: whoever passes a time in raises no fee by it.
CREATE OR REPLACE FUNCTION billing_refresh_v1(p_bucket smallint, p_biller integer, p_account text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_on date;
    v record;
    v_what billing_booking;
    v_count integer := 0;
BEGIN
    SELECT least(p_now, (greatest((clock_timestamp() AT TIME ZONE k.time_zone)::date, k.current_day) + 1)::timestamp
                 AT TIME ZONE k.time_zone - interval '1 microsecond') INTO p_now
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_biller;
    p_now := greatest(p_now, (SELECT max(d.at) FROM payable y JOIN billing_booking d ON d.bucket = y.bucket
        AND d.payable_id = y.payable_id AND d.kind = 'late'
        WHERE y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = p_account));
    SELECT (p_now AT TIME ZONE k.time_zone)::date INTO v_on
    FROM billing_biller b JOIN partner p ON p.id = b.biller_id JOIN ledger_book k ON k.book_id = p.book_id
    WHERE b.biller_id = p_biller;
    IF v_on IS NULL OR NOT EXISTS (
        SELECT FROM billing_stale_v1(p_bucket, p_biller, p_account, v_on)) THEN
        RETURN 0;
    END IF;
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    PERFORM billing_paid_v1(p_bucket, p_biller, p_now);
    FOR v IN SELECT s.* FROM billing_stale_v1(p_bucket, p_biller, p_account, v_on) s LOOP
        CONTINUE WHEN payments_import_payables_v1(p_bucket, ARRAY[p_biller], ARRAY[p_account], ARRAY[(v.owed).ref],
            ARRAY[(v.owed).title], ARRAY[(v.owed).mode], ARRAY[v.due_fen], ARRAY[(v.owed).min_fen],
            ARRAY[(v.owed).max_fen], ARRAY[(v.owed).due_on], ARRAY[NULL::integer]) = 0;
        v_what.bucket := p_bucket; v_what.biller_id := p_biller; v_what.kind := 'late';
        v_what.payable_id := (v.owed).payable_id; v_what.due_fen := v.due_fen - (v.owed).due_fen;
        v_what.spent_fen := 0; v_what.paid_fen := 0; v_what.kept_fen := 0;
        PERFORM billing_post_v1(p_now, v_what);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;

-- Open bills that ask for something else than they should on a day.
CREATE OR REPLACE FUNCTION billing_stale_v1(p_bucket smallint, p_biller integer, p_account text, p_on date)
RETURNS TABLE (owed payable, due_fen bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payable y WHERE y.bucket = p_bucket AND y.biller_id = p_biller
                   AND y.account_no = p_account AND y.state = 'open' AND y.due_on < p_on) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT l.owed, w.due_fen
    FROM billing_late_of_v1(p_bucket, p_biller, p_account, p_on) l
    CROSS JOIN LATERAL (SELECT l.principal_fen + l.fee_fen - billing_written_v1(p_bucket, l.bill_id)) AS w (due_fen)
    WHERE (l.owed).state = 'open' AND (l.owed).held_by IS NULL AND (l.owed).kept_for IS NULL AND (l.owed).due_fen <> w.due_fen;
END $$;
