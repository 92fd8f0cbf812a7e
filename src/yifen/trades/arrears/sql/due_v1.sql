-- Who is due which step of dunning, or why not yet: a pure function of bills, rules, acts and a day.

-- The time that a caller passes in, held within what can be so: no later than the day of the clock here or the open
-- business day, whichever is later, and no earlier than the open one's beginning. Whoever passes another shortens no
-- legal day by it, and nothing is written as of then. Of a company that is not there: as it was passed in.
CREATE OR REPLACE FUNCTION arrears_clock_v1(p_biller integer, p_now timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT least(greatest(p_now, least(k.current_day::timestamp AT TIME ZONE k.time_zone, clock_timestamp())),
                     (greatest((clock_timestamp() AT TIME ZONE k.time_zone)::date, k.current_day) + 1)::timestamp
                         AT TIME ZONE k.time_zone - interval '1 microsecond')
        FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_biller), p_now);
$$;

-- The calendar day of a company at a time that was written down.
CREATE OR REPLACE FUNCTION arrears_day_v1(p_biller integer, p_at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (p_at AT TIME ZONE k.time_zone)::date
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_biller;
$$;

-- Its calendar day now.
CREATE OR REPLACE FUNCTION arrears_today_v1(p_biller integer, p_now timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT arrears_day_v1(p_biller, arrears_clock_v1(p_biller, p_now));
$$;

-- Does the company hold so much of his money on his balance?
CREATE OR REPLACE FUNCTION arrears_covered_v1(p_biller integer, p_bucket smallint, p_account text, p_fen bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM payable y WHERE y.bucket = p_bucket AND y.biller_id = p_biller
        AND y.account_no = p_account AND y.state = 'open' AND y.balance_fen >= greatest(p_fen, 1));
$$;

-- Is a customer served with a fee no more on a day? Who lives there then owes nothing of his.
CREATE OR REPLACE FUNCTION arrears_gone_v1(p_bucket smallint, p_customer bigint, p_fee integer, p_today date)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM billing_service s
        JOIN billing_customer c ON c.bucket = s.bucket AND c.customer_id = s.customer_id
        WHERE s.bucket = p_bucket AND s.customer_id = p_customer AND s.fee_id = p_fee
            AND coalesce(s.to_on, 'infinity') >= p_today AND coalesce(c.closed_on, 'infinity') >= p_today);
$$;

-- Open bills of a company with the days since they were due; of one bucket, or of one customer of it.
CREATE OR REPLACE FUNCTION arrears_bills_v1(p_biller integer, p_today date, p_bucket smallint, p_customer bigint)
RETURNS TABLE (bucket smallint, account_no text, bill_id bigint, service_id bigint, days integer, due_on date, fen bigint,
               held boolean, disputed boolean)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    v_account text;
BEGIN
    IF p_customer IS NOT NULL THEN
        SELECT c.account_no INTO v_account FROM billing_customer c
        WHERE c.bucket = p_bucket AND c.customer_id = p_customer AND c.biller_id = p_biller;
        RETURN QUERY SELECT y.bucket, y.account_no, b.bill_id, b.service_id, p_today - y.due_on, y.due_on,
            y.due_fen - y.paid_fen, y.held_by IS NOT NULL, arrears_disputed_v1(b.bill_id)
        FROM payable y JOIN billing_bill b ON b.bucket = p_bucket
            AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
        WHERE y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = v_account AND y.state = 'open'
            AND y.balance_fen IS NULL AND y.due_fen > y.paid_fen;
    ELSE
        RETURN QUERY SELECT y.bucket, y.account_no, b.bill_id, b.service_id, p_today - y.due_on, y.due_on,
            y.due_fen - y.paid_fen, y.held_by IS NOT NULL, d.bill_id IS NOT NULL
        FROM payable y JOIN billing_bill b ON b.bucket = y.bucket
            AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
        LEFT JOIN (SELECT DISTINCT x.bill_id FROM arrears_hold h JOIN arrears_hold_bill x ON x.hold_id = h.hold_id
            WHERE h.bucket = p_bucket AND h.ended_at IS NULL AND h.kind = 'dispute' AND h.biller_id = p_biller
                AND (h.upheld_at IS NULL OR NOT arrears_mended_v1(h, x.bill_id))) d ON d.bill_id = b.bill_id
        WHERE y.bucket = p_bucket AND y.biller_id = p_biller AND y.state = 'open'
            AND y.balance_fen IS NULL AND y.due_fen > y.paid_fen;
    END IF;
END $$;

-- Was a bill of a dispute mended since it was written down? A correction counts once it is published.
CREATE OR REPLACE FUNCTION arrears_mended_v1(p_hold arrears_hold, p_bill bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM billing_bill b JOIN billing_bill x ON x.bucket = b.bucket AND x.service_id = b.service_id
            JOIN billing_run r ON r.run_id = x.run_id AND r.kind IN ('correction', 'cancel')
                AND (r.subject ->> 'bill')::bigint = p_bill
            JOIN billing_booking k ON k.run_id = x.run_id AND k.piece = x.piece AND k.at >= p_hold.made_at
            WHERE b.bucket = p_hold.bucket AND b.bill_id = p_bill)
        OR EXISTS (SELECT FROM billing_waiver w WHERE w.bucket = p_hold.bucket AND w.bill_id = p_bill
            AND w.waived_on >= p_hold.from_on)
        OR NOT EXISTS (SELECT FROM payable y WHERE y.bucket = p_hold.bucket AND y.biller_id = p_hold.biller_id
            AND y.account_no = p_hold.account_no AND y.ref = 'B' || p_bill AND y.state = 'open');
$$;

-- Does a dispute hold this bill: it runs, or it was found right and the bill is not mended yet?
CREATE OR REPLACE FUNCTION arrears_disputed_v1(p_bill bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM arrears_hold_bill x JOIN arrears_hold h ON h.hold_id = x.hold_id
                   WHERE x.bill_id = p_bill AND h.kind = 'dispute' AND h.ended_at IS NULL
                       AND (h.upheld_at IS NULL OR NOT arrears_mended_v1(h, p_bill)));
$$;

-- What was paid on a hold's bills since it was made, up to the end of a day.
CREATE OR REPLACE FUNCTION arrears_paid_by_v1(p_hold arrears_hold, p_day date) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(h.fen), 0)::bigint - p_hold.base_fen
    FROM billing_history_v1(p_hold.bucket, p_hold.biller_id, p_hold.account_no, ARRAY(
        SELECT y.payable_id FROM arrears_hold_bill x JOIN payable y ON y.bucket = p_hold.bucket
            AND y.biller_id = p_hold.biller_id AND y.account_no = p_hold.account_no AND y.ref = 'B' || x.bill_id
        WHERE x.hold_id = p_hold.hold_id)) h
    WHERE h.day <= p_day;
$$;

-- running, kept or broken on a day; of a dispute: running until it is settled, mending while it was found right and its
-- bills are not mended, then as it was settled.
CREATE OR REPLACE FUNCTION arrears_hold_state_v1(p_hold arrears_hold, p_today date) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN p_hold.ended_at IS NOT NULL THEN p_hold.ended_why
        WHEN p_hold.kind = 'dispute' THEN CASE WHEN p_hold.upheld_at IS NULL THEN 'running' ELSE 'mending' END
        WHEN p_hold.kind = 'promise' AND arrears_paid_by_v1(p_hold, least(p_today, p_hold.until_on)) >= p_hold.amount_fen
            THEN 'kept'
        WHEN p_hold.kind = 'promise' AND p_today > p_hold.until_on THEN 'broken'
        WHEN p_hold.kind = 'plan' AND EXISTS (
            SELECT FROM (SELECT w.due_on, sum(w.amount_fen) OVER (ORDER BY w.due_on) AS fen FROM arrears_plan_row w
                         WHERE w.hold_id = p_hold.hold_id) s
            WHERE s.due_on < p_today AND arrears_paid_by_v1(p_hold, s.due_on) < s.fen) THEN 'broken'
        WHEN p_hold.kind = 'plan' AND arrears_paid_by_v1(p_hold, p_today) >= p_hold.amount_fen THEN 'kept'
        ELSE 'running' END;
$$;

-- The rule that counts for a fee and class of a company: the nearest, and of these the newest.
CREATE OR REPLACE FUNCTION arrears_rule_of_v1(p_biller integer, p_fee integer, p_class text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.rule_id FROM arrears_rule r
    WHERE r.biller_id = p_biller AND coalesce(r.fee_id, p_fee) = p_fee AND r.class IN ('', p_class)
    ORDER BY r.fee_id IS NULL, r.class = '', r.rule_id DESC LIMIT 1;
$$;

-- Each account of a company with open bills of a fee; of one bucket (NULL: all), or of one customer of it. `why`:
--   current    nothing is overdue               disputed   all that is overdue is, or it was upheld and is not mended
--   plan, promised  until `next_on`             held       a payment is under way, or his balance here is enough
--   no_rule    of its fee and class             finished   every step was done
--   cut        it is cut off, or shall be       small      it owes less than the step asks
--   unserved   the notice of the cut was not served   waiting    for `next_on`
--   gone       a notice or cut, but the service ended: who lives there now owes nothing of it
-- Water: while fewer than two demands reached him (no phone, nobody answered) a letter beside the rule's steps stands before
-- its notice or cut, numbered -1, -2: as many days behind the demand before as the notice asks for.
CREATE OR REPLACE FUNCTION arrears_next_v1(
    p_biller integer, p_today date, p_bucket smallint DEFAULT NULL, p_customer bigint DEFAULT NULL
) RETURNS SETOF arrears_debt LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH bills AS (
        SELECT x.*, c.customer_id, c.place_id, s.fee_id, s.class, coalesce(x.days > 0, false) AS late,
               coalesce(x.days > 0, false) AND NOT x.disputed AS asked
        FROM ledger_head h CROSS JOIN LATERAL arrears_bills_v1(p_biller, p_today, h.bucket, p_customer) x
        JOIN billing_service s ON s.bucket = x.bucket AND s.service_id = x.service_id
        JOIN billing_customer c ON c.bucket = x.bucket AND c.biller_id = p_biller AND c.account_no = x.account_no
        WHERE h.bucket = coalesce(p_bucket, h.bucket)
    ), debts AS (
        SELECT b.bucket, b.customer_id, b.fee_id, min(b.account_no) AS account_no, min(b.place_id) AS place_id,
               (array_agg(b.service_id ORDER BY b.due_on, b.bill_id))[1] AS service_id,
               (array_agg(b.class ORDER BY b.due_on, b.bill_id))[1] AS class,
               coalesce(sum(b.fen) FILTER (WHERE NOT b.late), 0)::bigint AS current_fen,
               coalesce(sum(b.fen) FILTER (WHERE b.days BETWEEN 1 AND 30), 0)::bigint AS d30_fen,
               coalesce(sum(b.fen) FILTER (WHERE b.days BETWEEN 31 AND 90), 0)::bigint AS d90_fen,
               coalesce(sum(b.fen) FILTER (WHERE b.days BETWEEN 91 AND 180), 0)::bigint AS d180_fen,
               coalesce(sum(b.fen) FILTER (WHERE b.days BETWEEN 181 AND 365), 0)::bigint AS d365_fen,
               coalesce(sum(b.fen) FILTER (WHERE b.days BETWEEN 366 AND 730), 0)::bigint AS y2_fen,
               coalesce(sum(b.fen) FILTER (WHERE b.days > 730), 0)::bigint AS older_fen,
               coalesce(sum(b.fen) FILTER (WHERE b.late), 0)::bigint AS owed_fen,
               coalesce(sum(b.fen) FILTER (WHERE b.asked), 0)::bigint AS asked_fen,
               (array_agg(b.bill_id ORDER BY b.due_on, b.bill_id) FILTER (WHERE b.asked))[1] AS oldest_bill,
               min(b.due_on) FILTER (WHERE b.asked) AS oldest_on, bool_or(b.held) AS held
        FROM bills b GROUP BY 1, 2, 3
    ), rules AS MATERIALIZED (  -- once a fee and class, not once a debt and column
        SELECT k.*, arrears_rule_of_v1(p_biller, k.fee_id, k.class) AS rule_id
        FROM (SELECT DISTINCT d.fee_id, d.class FROM debts d) k
    )
    SELECT d.bucket, d.customer_id, d.fee_id, p_biller, d.account_no, d.service_id, d.class,
           coalesce(l4.place_id, l3.place_id, l2.place_id, l1.place_id),
           CASE 2 WHEN l1.level THEN l1.place_id WHEN l2.level THEN l2.place_id WHEN l3.level THEN l3.place_id END,
           d.current_fen, d.d30_fen, d.d90_fen, d.d180_fen, d.d365_fen, d.y2_fen, d.older_fen, d.owed_fen, d.asked_fen,
           d.oldest_bill, d.oldest_on, r.rule_id, o.step_no, o.kind, o.done_on,
           coalesce(e.step_no, n.step_no), coalesce(e.kind, n.kind),
           CASE WHEN h.kind IS NOT NULL THEN h.until_on + 1 ELSE coalesce(e.next_on, w.next_on) END, CASE
               WHEN d.owed_fen = 0 THEN 'current'
               WHEN d.oldest_bill IS NULL THEN 'disputed'
               WHEN h.kind IS NOT NULL THEN CASE h.kind WHEN 'plan' THEN 'plan' ELSE 'promised' END
               WHEN d.held OR arrears_covered_v1(p_biller, d.bucket, d.account_no, d.asked_fen) THEN 'held'
               WHEN c.cut_id IS NOT NULL THEN 'cut'
               WHEN r.rule_id IS NULL THEN 'no_rule'
               WHEN n.step_no IS NULL THEN 'finished'
               WHEN n.kind IN ('notice', 'cut') AND arrears_gone_v1(d.bucket, d.customer_id, d.fee_id, p_today) THEN 'gone'
               WHEN d.asked_fen < n.least_fen THEN 'small'
               WHEN e.kind IS NULL AND n.kind = 'cut' AND o.served_on IS NULL THEN 'unserved'
               WHEN coalesce(e.next_on, w.next_on) > p_today THEN 'waiting'
               ELSE '' END
    FROM debts d
    JOIN rules r ON r.fee_id = d.fee_id AND r.class = d.class
    LEFT JOIN billing_place l1 ON l1.place_id = d.place_id
    LEFT JOIN billing_place l2 ON l2.place_id = l1.parent_id
    LEFT JOIN billing_place l3 ON l3.place_id = l2.parent_id
    LEFT JOIN billing_place l4 ON l4.place_id = l3.parent_id
    LEFT JOIN LATERAL (SELECT x.step_no, x.kind, x.done_on,
            max(x.done_on) FILTER (WHERE x.kind = 'notice') OVER () AS served_on,
            max(x.done_on + l.cut_days) FILTER (WHERE x.kind = 'notice') OVER () AS told_on,  -- as the notice says
            min(x.step_no) OVER () AS first_no, count(*) FILTER (WHERE x.kind IN ('message', 'call', 'letter')
                AND x.how NOT IN ('no_phone', 'withdrawn', 'unreached')) OVER () AS demands,
            max(x.done_on) FILTER (WHERE x.kind IN ('message', 'call', 'letter')
                AND x.how NOT IN ('no_phone', 'withdrawn', 'unreached')) OVER () AS demanded_on
        FROM arrears_done x LEFT JOIN arrears_letter l ON l.bucket = x.bucket AND l.bill_id = x.bill_id
            AND l.step_no = x.step_no AND l.kind = x.kind
        WHERE x.bucket = d.bucket AND x.bill_id = d.oldest_bill ORDER BY x.step_no DESC LIMIT 1
        ) o ON true
    LEFT JOIN LATERAL (SELECT x.* FROM arrears_step x
        WHERE x.rule_id = r.rule_id AND x.step_no > coalesce(o.step_no, 0) AND d.oldest_bill IS NOT NULL
        ORDER BY x.step_no LIMIT 1) n ON true
    LEFT JOIN LATERAL (SELECT greatest(d.oldest_on + n.overdue_days, o.done_on + n.after_days,
        CASE WHEN n.kind = 'cut' THEN greatest(o.served_on + n.after_days, o.told_on) END) AS next_on) w
        ON n.step_no IS NOT NULL
    LEFT JOIN LATERAL (SELECT (least(o.first_no, 0) - 1)::smallint AS step_no, 'letter'::text AS kind,
            coalesce(o.demanded_on + n.after_days, d.oldest_on + 1) AS next_on
        FROM arrears_rule x WHERE x.rule_id = r.rule_id AND x.law = 'water' AND n.kind IN ('notice', 'cut')
            AND coalesce(o.demands, 0) < 2) e ON true
    LEFT JOIN LATERAL (SELECT x.kind, x.until_on FROM arrears_hold x
        WHERE x.bucket = d.bucket AND x.customer_id = d.customer_id AND x.fee_id = d.fee_id AND x.ended_at IS NULL
            AND x.kind IN ('promise', 'plan') AND x.until_on >= p_today
            AND arrears_hold_state_v1(x, p_today) = 'running'
        ORDER BY x.kind = 'plan' DESC, x.hold_id DESC LIMIT 1) h ON true
    LEFT JOIN LATERAL (SELECT x.cut_id FROM arrears_cut x WHERE x.bucket = d.bucket AND x.customer_id = d.customer_id
        AND x.fee_id = d.fee_id AND x.ended_at IS NULL LIMIT 1) c ON true;
$$;
