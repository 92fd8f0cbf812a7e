-- Runs of bills 出账: begun, made piece by piece, given up, or published by two people's word (publish_v1.sql).

-- Pieces of at most this many services, each of one bucket.
CREATE OR REPLACE FUNCTION billing_piece_size_v1() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2000';

-- Is a run of the fee not finished yet, which the tiers of this service (NULL: of any) wait for?
CREATE OR REPLACE FUNCTION billing_is_open_v1(p_fee integer, p_service bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM billing_run r
        WHERE r.fee_id = p_fee AND r.published_at IS NULL AND r.dropped_at IS NULL
            AND (p_service IS NULL OR r.kind IN ('period', 'past') OR (r.subject ->> 'service')::bigint = p_service));
$$;

-- Begin a run of a fee and a period, of one service (its final bill, one that was left out) or of all (NULL), by who is
-- signed in. Codes: FEE_UNKNOWN, PERMISSION_MISSING, and as billing_begin_by_v1.
CREATE OR REPLACE FUNCTION billing_begin_v1(
    p_session text, p_fee integer, p_service bigint, p_from date, p_to date, p_due date, p_now timestamptz,
    OUT code integer, OUT run_id integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer;
    v_by text;
BEGIN
    SELECT f.biller_id INTO v_biller FROM billing_fee f WHERE f.fee_id = p_fee;
    v_by := billing_who_v1(p_session, 'billing.run', v_biller);
    code := CASE WHEN v_biller IS NULL THEN @FEE_UNKNOWN ELSE @PERMISSION_MISSING END;
    IF v_by IS NOT NULL THEN
        SELECT b.code, b.run_id INTO billing_begin_v1.code, billing_begin_v1.run_id
        FROM billing_begin_by_v1(p_fee, p_service, p_from, p_to, p_due, v_by, p_now) b;
    END IF;
END $$;
-- In this name, as the sample does: no process calls it.
-- Prepaid services are in no run. Codes: FEE_UNKNOWN, PERIOD_WRONG, RUN_OPEN (another run that its tiers depend on is not
-- finished), SERVICE_UNKNOWN, SERVICE_PREPAID, RUN_EMPTY (nobody has it in that period).
CREATE OR REPLACE FUNCTION billing_begin_by_v1(
    p_fee integer, p_service bigint, p_from date, p_to date, p_due date, p_by text, p_now timestamptz,
    OUT code integer, OUT run_id integer
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_biller integer;
BEGIN
    PERFORM pg_advisory_xact_lock(8850, p_fee);
    SELECT f.biller_id INTO v_biller FROM billing_fee f WHERE f.fee_id = p_fee;
    code := CASE
        WHEN v_biller IS NULL THEN @FEE_UNKNOWN
        WHEN p_from > p_to OR p_due < p_from OR p_to - p_from > 400 OR p_due < p_to AND EXISTS (
            SELECT FROM billing_fee f WHERE f.fee_id = p_fee AND f.metered) THEN @PERIOD_WRONG
        WHEN billing_is_open_v1(p_fee, p_service) THEN @RUN_OPEN
        WHEN p_service IS NOT NULL AND NOT EXISTS (SELECT FROM billing_service s WHERE s.bucket = p_service % 1000
            AND s.service_id = p_service AND s.fee_id = p_fee) THEN @SERVICE_UNKNOWN
        WHEN EXISTS (SELECT FROM billing_service s WHERE s.bucket = p_service % 1000 AND s.service_id = p_service
            AND s.prepaid) THEN @SERVICE_PREPAID
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, subject, begun_at, begun_by)
    VALUES (v_biller, p_fee, CASE WHEN p_service IS NULL THEN 'period' ELSE 'single' END, p_from, p_to, p_due,
            jsonb_strip_nulls(jsonb_build_object('service', p_service)), p_now, p_by)
    RETURNING billing_run.run_id INTO billing_begin_by_v1.run_id;
    INSERT INTO billing_piece (run_id, piece, bucket, first_id, last_id, services)
    SELECT billing_begin_by_v1.run_id, row_number() OVER (ORDER BY g.bucket, g.part) - 1, g.bucket, g.first_id,
           g.last_id, g.services
    FROM (SELECT n.bucket, n.part, min(n.service_id) AS first_id, max(n.service_id) AS last_id,
                 count(*) AS services
          FROM (SELECT s.bucket, s.service_id, (row_number() OVER (PARTITION BY s.bucket ORDER BY s.service_id) - 1)
                       / billing_piece_size_v1() AS part
                FROM billing_service s
                WHERE s.fee_id = p_fee AND NOT s.prepaid AND s.from_on <= p_to AND coalesce(s.to_on, p_from) >= p_from
                    AND (p_service IS NULL OR s.bucket = p_service % 1000 AND s.service_id = p_service)) n
          GROUP BY n.bucket, n.part) g;
    IF NOT FOUND THEN  -- it could neither be published nor given up
        DELETE FROM billing_run r WHERE r.run_id = billing_begin_by_v1.run_id;
        code := @RUN_EMPTY;
        billing_begin_by_v1.run_id := NULL;
    END IF;
END $$;

-- 期初: a run of which nothing is made yet tells of a time before the company billed here. Its bills count for
-- tiers, comparisons and what customers see; nobody is asked for them, for they were paid elsewhere. Codes: RUN_UNKNOWN,
-- PERMISSION_MISSING, PAST_LATER (bills of the fee that are asked for here are not all behind it).
DROP FUNCTION IF EXISTS billing_past_v1(integer);  -- it believed whoever called
CREATE OR REPLACE FUNCTION billing_past_v1(p_session text, p_run integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer := (SELECT r.biller_id FROM billing_run r WHERE r.run_id = p_run);
BEGIN
    IF v_biller IS NOT NULL AND billing_who_v1(p_session, 'billing.run', v_biller) IS NULL THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    RETURN billing_past_run_v1(p_run);
END $$;
-- As the sample does: no process calls it.
CREATE OR REPLACE FUNCTION billing_past_run_v1(p_run integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v billing_run;
BEGIN
    SELECT r.* INTO v FROM billing_run r
    WHERE r.run_id = p_run AND r.kind = 'period' AND r.dropped_at IS NULL
        AND NOT EXISTS (SELECT FROM billing_piece k WHERE k.run_id = r.run_id AND k.made_at IS NOT NULL) FOR UPDATE;
    IF v.run_id IS NULL THEN
        RETURN @RUN_UNKNOWN;
    ELSIF EXISTS (SELECT FROM billing_run r WHERE r.fee_id = v.fee_id AND r.run_id <> p_run AND r.kind <> 'past'
                  AND r.dropped_at IS NULL AND r.from_on <= v.to_on) THEN
        RETURN @PAST_LATER;
    END IF;
    UPDATE billing_run SET kind = 'past' WHERE run_id = p_run;
    RETURN 0;
END $$;

-- The first day of the cycle of tiers that a day belongs to; without tiers the epoch.
CREATE OR REPLACE FUNCTION billing_cycle_on_v1(p_cycle text, p_from smallint, p_day date) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_cycle
        WHEN 'month' THEN date_trunc('month', p_day::timestamp)::date
        WHEN 'year' THEN (date_trunc('month', p_day::timestamp) - make_interval(months =>
            ((extract(month FROM p_day)::integer - p_from) % 12 + 12) % 12))::date
        ELSE DATE '1970-01-01' END;
$$;

-- How many months' limits count for a use that ends on a day 阶梯按用电月份核减: where the fee counts months, those
-- since the cycle, or the contract, began, a part for a whole (Shandong 2019-509); else the whole cycle's.
CREATE OR REPLACE FUNCTION billing_months_v1(
    p_cycle text, p_by_months boolean, p_cycle_on date, p_since date, p_from date, p_to date
) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_cycle <> 'year' THEN CASE WHEN p_by_months THEN greatest(1, round((p_to - p_from + 1) / 30.4375)) ELSE 1 END
        WHEN NOT p_by_months THEN 12
        ELSE least(12, 1 + (extract(year FROM p_to) - extract(year FROM greatest(p_cycle_on, p_since))) * 12
            + extract(month FROM p_to) - extract(month FROM greatest(p_cycle_on, p_since))) END::numeric;
$$;

-- What of a whole falls on its days from d0, counted from 0, to d1: each end rounded by itself, so the parts are the whole.
CREATE OR REPLACE FUNCTION billing_days_v1(p_whole bigint, p_d0 integer, p_d1 integer, p_days integer) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT (round(p_whole::numeric * p_d1 / p_days) - round(p_whole::numeric * p_d0 / p_days))::bigint;
$$;

-- What of a piece is to be billed: a row for each use, or period, and price that was in force in it; `is_first` once a bill.
-- `used_milli`: what the cycle had before. A use over a change of price is divided by days; its last part takes what is
-- left. What began before the first price has no row. A share 份额 counts for the days it has. Each table is read once, by the
-- piece's keys; what is whole is not multiplied by one: half of making was that.
DROP FUNCTION IF EXISTS billing_due_v1(billing_run, smallint, bigint, bigint);
CREATE FUNCTION billing_due_v1(p_run billing_run, p_bucket smallint, p_first bigint, p_last bigint)
RETURNS TABLE (item bigint, is_first boolean, service_id bigint, account_no text, from_on date, to_on date, qty_milli bigint,
               used_milli bigint, asked billing_asked)
LANGUAGE sql STABLE AS $$
    WITH fee AS (SELECT * FROM billing_fee f WHERE f.fee_id = p_run.fee_id),
    services AS (
        SELECT s.service_id, s.customer_id, s.class, s.region, s.area_milli, s.factor,
               coalesce(s.tiers_from, s.from_on) AS since, greatest(s.from_on, p_run.from_on) AS lives_from,
               least(coalesce(s.to_on, p_run.to_on), p_run.to_on) AS lives_to
        FROM billing_service s
        WHERE s.bucket = p_bucket AND s.service_id BETWEEN p_first AND p_last AND s.fee_id = p_run.fee_id
            AND NOT s.prepaid AND s.from_on <= p_run.to_on AND coalesce(s.to_on, p_run.from_on) >= p_run.from_on
    ), uses AS (
        SELECT s.*, u.from_on AS use_from, u.to_on AS use_to,
               CASE WHEN s.factor = 1 THEN u.qty_milli ELSE round(u.qty_milli * s.factor)::bigint END AS qty_milli,
               CASE WHEN s.factor = 1 THEN u.peak_milli ELSE round(u.peak_milli * s.factor)::bigint END AS peak_milli,
               CASE WHEN s.factor = 1 THEN u.valley_milli ELSE round(u.valley_milli * s.factor)::bigint END AS valley_milli,
               1::numeric AS alive
        FROM fee f CROSS JOIN services s
        JOIN billing_usage u ON u.bucket = p_bucket AND u.service_id = s.service_id
            AND u.service_id BETWEEN p_first AND p_last AND u.to_on BETWEEN p_run.from_on AND p_run.to_on
        WHERE f.metered
        UNION ALL
        SELECT s.*, s.lives_from, s.lives_to, 0, 0, 0,
               (s.lives_to - s.lives_from + 1)::numeric / (p_run.to_on - p_run.from_on + 1)
        FROM fee f CROSS JOIN services s WHERE NOT f.metered
    ), counted AS MATERIALIZED (
        SELECT o.*, billing_cycle_on_v1(f.cycle, f.cycle_from, o.use_to) AS cycle_on, f.cycle, f.by_months,
               sum(o.qty_milli) OVER (PARTITION BY o.service_id, billing_cycle_on_v1(f.cycle, f.cycle_from, o.use_to)
                   ORDER BY o.use_from) - o.qty_milli AS before_milli
        FROM uses o CROSS JOIN fee f
        WHERE NOT EXISTS (
            SELECT FROM billing_bill_counting b
            WHERE b.bucket = p_bucket AND b.service_id = o.service_id AND b.service_id BETWEEN p_first AND p_last
                AND b.kind IN ('period', 'single', 'past') AND b.from_on <= o.use_to AND b.to_on >= o.use_from
                AND NOT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = b.bucket
                                AND x.service_id = b.service_id AND x.kind = 'cancel' AND x.corrects_id = b.bill_id))
    )
    SELECT row_number() OVER (), d.d0 = 0, c.service_id, n.account_no, c.use_from, c.use_to, c.qty_milli,
           (coalesce(w.used_milli, 0) + c.before_milli)::bigint,
           ROW(row_number() OVER (), p.price_id, v.qty, v.peak, v.valley, c.area_milli, NULL,
               coalesce(h.persons, n.persons), extract(month FROM c.use_to)::smallint,
               billing_months_v1(c.cycle, c.by_months, c.cycle_on, c.since, c.use_from, c.use_to),
               coalesce(w.used_milli, 0) + c.before_milli + v.used,
               CASE WHEN d.whole AND z.less IS NULL THEN c.alive
                   ELSE c.alive * (d.d1 - d.d0 - coalesce(z.less, 0)) / d.days END,
               greatest(1, round((p_run.to_on - p_run.from_on + 1) / 30.4375)))::billing_asked
    FROM counted c
    JOIN (SELECT x.*, min(x.valid_from) OVER (PARTITION BY x.class, x.region) AS begins
          FROM billing_price_span x WHERE x.fee_id = p_run.fee_id OFFSET 0) p
        ON p.class = c.class AND p.region = c.region AND p.begins <= c.use_from AND p.valid_from <= c.use_to
        AND coalesce(p.until, c.use_to) >= c.use_from
    JOIN billing_customer n ON n.bucket = p_bucket AND n.customer_id = c.customer_id
    CROSS JOIN LATERAL (SELECT g.d0, g.d1, g.days, g.d0 = 0 AND g.d1 = g.days AS whole
        FROM (SELECT greatest(p.valid_from, c.use_from) - c.use_from AS d0,
                     least(coalesce(p.until, c.use_to), c.use_to) - c.use_from + 1 AS d1,
                     c.use_to - c.use_from + 1 AS days) g) d
    CROSS JOIN LATERAL (SELECT
        CASE WHEN d.whole THEN c.qty_milli ELSE billing_days_v1(c.qty_milli, d.d0, d.d1, d.days) END AS qty,
        CASE WHEN d.whole THEN c.peak_milli ELSE billing_days_v1(c.peak_milli, d.d0, d.d1, d.days) END AS peak,
        CASE WHEN d.whole THEN c.valley_milli ELSE billing_days_v1(c.valley_milli, d.d0, d.d1, d.days) END AS valley,
        CASE WHEN d.whole THEN 0 ELSE billing_days_v1(c.qty_milli, 0, d.d0, d.days) END AS used) v
    LEFT JOIN LATERAL (SELECT sum((least(x.to_on, c.use_from + d.d1 - 1)  -- days that shares 份额 take off
            - greatest(x.from_on, c.use_from + d.d0) + 1) * (1 - x.share)) AS less
        FROM billing_share x WHERE x.bucket = p_bucket AND x.service_id = c.service_id
            AND x.from_on < c.use_from + d.d1 AND x.to_on >= c.use_from + d.d0) z ON true
    LEFT JOIN billing_used w ON w.bucket = p_bucket AND w.service_id = c.service_id AND w.cycle_on = c.cycle_on
        AND w.service_id BETWEEN p_first AND p_last
    LEFT JOIN LATERAL (SELECT x.persons FROM billing_household x WHERE x.bucket = p_bucket
        AND x.customer_id = c.customer_id AND x.from_on <= c.use_from ORDER BY x.from_on DESC LIMIT 1) h ON true;
$$;

-- Services of a piece that live in the period and have no bill that counts in it: before a piece is made all of them,
-- behind it those whose use, or price, is missing 漏抄、无价.
CREATE OR REPLACE FUNCTION billing_missing_v1(p_run billing_run, p_bucket smallint, p_first bigint, p_last bigint)
RETURNS TABLE (service_id bigint, customer_id bigint)
LANGUAGE sql STABLE AS $$
    SELECT s.service_id, s.customer_id FROM billing_service s
    WHERE s.bucket = p_bucket AND s.service_id BETWEEN p_first AND p_last AND s.fee_id = p_run.fee_id
        AND NOT s.prepaid AND s.from_on <= p_run.to_on AND coalesce(s.to_on, p_run.from_on) >= p_run.from_on
        AND NOT EXISTS (SELECT FROM billing_bill_counting b WHERE b.bucket = p_bucket AND b.service_id = s.service_id
            AND b.service_id BETWEEN p_first AND p_last AND b.kind IN ('period', 'single', 'past')
            AND b.from_on <= p_run.to_on AND b.to_on >= p_run.from_on
            AND NOT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = b.bucket
                            AND x.service_id = b.service_id AND x.kind = 'cancel' AND x.corrects_id = b.bill_id));
$$;

-- The bills of services of a piece, both ends; how many, what they ask for and give, of how many services. Called inside.
-- Raises what their data do, and numeric_value_out_of_range of a bill that no payable can ask for.
CREATE OR REPLACE FUNCTION billing_make_range_v1(
    p_run billing_run, p_piece billing_piece, p_first bigint, p_last bigint, p_whole_yuan boolean,
    OUT bills bigint, OUT asked bigint, OUT given bigint, OUT services bigint
) LANGUAGE plpgsql SET enable_seqscan = off SET enable_material = off AS $$
#variable_conflict use_column
DECLARE
    v_most bigint;
BEGIN
    WITH due AS MATERIALIZED (
        SELECT * FROM billing_due_v1(p_run, p_piece.bucket, p_first, p_last)
    ), lines AS MATERIALIZED (
        SELECT l.*, d.service_id, d.from_on
        FROM billing_rate_v1(ARRAY(SELECT d.asked FROM due d)) l JOIN due d ON d.item = l.item
    ), bills AS MATERIALIZED (
        SELECT nextval('billing_bill_no') * 1000 + p_piece.bucket AS bill_id, d.*, coalesce(a.fen, 0)::bigint AS fen,
               coalesce(c.carry_fen, 0) AS carried, coalesce(a.fen, 0)::bigint + CASE WHEN p_whole_yuan
                   THEN billing_carried_v1(coalesce(a.fen, 0)::bigint, coalesce(c.carry_fen, 0)) - coalesce(c.carry_fen, 0)
                   ELSE 0 END AS amount
        FROM due d
        LEFT JOIN (SELECT l.service_id, l.from_on, sum(l.amount_fen) AS fen FROM lines l GROUP BY 1, 2) a
            ON a.service_id = d.service_id AND a.from_on = d.from_on
        LEFT JOIN LATERAL (SELECT b.carry_fen FROM billing_bill_counting b WHERE p_whole_yuan
            AND b.bucket = p_piece.bucket AND b.service_id = d.service_id ORDER BY b.bill_id DESC LIMIT 1) c ON true
        WHERE d.is_first
    ), written AS (
        INSERT INTO billing_bill (bucket, bill_id, run_id, piece, service_id, account_no, from_on, to_on, qty_milli,
                                  used_milli, carried_fen, carry_fen, amount_fen)
        SELECT p_piece.bucket, b.bill_id, p_run.run_id, p_piece.piece, b.service_id, b.account_no, b.from_on, b.to_on,
               b.qty_milli, b.used_milli, b.carried, b.amount - (b.fen - b.carried), b.amount
        FROM bills b RETURNING amount_fen
    ), lined AS (
        INSERT INTO billing_line
        SELECT p_piece.bucket, b.bill_id, row_number() OVER (PARTITION BY b.bill_id ORDER BY l.item, l.line_no),
               l.price_id, l.part_no, l.qty_milli, l.amount_fen
        FROM lines l JOIN bills b ON b.service_id = l.service_id AND b.from_on = l.from_on
    )
    SELECT count(*), coalesce(sum(w.amount_fen) FILTER (WHERE w.amount_fen > 0), 0),
           coalesce(-sum(w.amount_fen) FILTER (WHERE w.amount_fen < 0), 0), max(abs(w.amount_fen)),
           (SELECT count(DISTINCT b.service_id) FROM bills b)
    INTO billing_make_range_v1.bills, billing_make_range_v1.asked, billing_make_range_v1.given, v_most,
         billing_make_range_v1.services
    FROM written w;
    IF v_most > 999999999999999 THEN
        RAISE numeric_value_out_of_range USING MESSAGE = format('a bill of %s fen', v_most);
    END IF;
END $$;

-- As billing_make_range_v1; what fails by its data is sought by halves and left out, with its reason in billing_failed.
CREATE OR REPLACE FUNCTION billing_make_within_v1(
    p_run billing_run, p_piece billing_piece, p_first bigint, p_last bigint, p_whole_yuan boolean,
    OUT bills bigint, OUT asked bigint, OUT given bigint, OUT services bigint
) LANGUAGE plpgsql AS $$
DECLARE
    v_why text;
    v_ids bigint[];
    v_middle bigint;
BEGIN
    BEGIN
        SELECT m.* INTO bills, asked, given, services
        FROM billing_make_range_v1(p_run, p_piece, p_first, p_last, p_whole_yuan) m;
        RETURN;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
        v_why := SQLERRM;
    END;
    v_ids := ARRAY(SELECT s.service_id FROM billing_service s WHERE s.bucket = p_piece.bucket
        AND s.service_id BETWEEN p_first AND p_last AND s.fee_id = p_run.fee_id ORDER BY s.service_id);
    IF cardinality(v_ids) <= 1 THEN
        INSERT INTO billing_failed VALUES (p_run.run_id, p_piece.piece, v_ids[1], v_why);
        bills := 0; asked := 0; given := 0; services := 0;
        RETURN;
    END IF;
    v_middle := v_ids[cardinality(v_ids) / 2];
    SELECT sum(m.bills), sum(m.asked), sum(m.given), sum(m.services) INTO bills, asked, given, services FROM (
        SELECT * FROM billing_make_within_v1(p_run, p_piece, p_first, v_middle, p_whole_yuan)
        UNION ALL
        SELECT * FROM billing_make_within_v1(p_run, p_piece, v_middle + 1, p_last, p_whole_yuan)) m;
END $$;

-- Make the bills of one piece; a piece that is made stays as it is. Answers how many it has.
-- Its plan is made when the tables may be empty and kept while they fill: so by keys, whatever their size is then.
CREATE OR REPLACE FUNCTION billing_make_v1(p_run integer, p_piece integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET enable_material = off AS $$
DECLARE
    v_run billing_run;
    v_piece billing_piece;
    v_whole_yuan boolean;
    v_made record;
    v_unbilled bigint;
BEGIN
    SELECT * INTO STRICT v_piece FROM billing_piece k WHERE k.run_id = p_run AND k.piece = p_piece FOR UPDATE;
    SELECT * INTO STRICT v_run FROM billing_run r WHERE r.run_id = p_run FOR SHARE;
    IF v_piece.made_at IS NOT NULL OR v_run.dropped_at IS NOT NULL THEN
        RETURN v_piece.bills;
    END IF;
    SELECT f.whole_yuan INTO STRICT v_whole_yuan FROM billing_fee f WHERE f.fee_id = v_run.fee_id;
    SELECT count(*) INTO v_unbilled
    FROM billing_missing_v1(v_run, v_piece.bucket, v_piece.first_id, v_piece.last_id);
    SELECT * INTO v_made
    FROM billing_make_within_v1(v_run, v_piece, v_piece.first_id, v_piece.last_id, v_whole_yuan);
    UPDATE billing_piece k SET made_at = p_now, bills = v_made.bills, asked_fen = v_made.asked,
        given_fen = v_made.given, missing = v_unbilled - v_made.services,
        bills_upto = (SELECT n.last_value * 1000 + 999 FROM billing_bill_no n)
    WHERE k.run_id = p_run AND k.piece = p_piece
    RETURNING k.bills INTO v_piece.bills;
    RETURN v_piece.bills;
END $$;

-- The bills of a run that is made that differ most from the one before of the same service, a first one by all that it asks
-- for: kept once, for among a million bills they are looked for longer than a page may take.
CREATE OR REPLACE FUNCTION billing_outliers_v1(p_run integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO billing_outlier
    SELECT p_run, row_number() OVER (ORDER BY o.apart DESC, o.bill_id), o.bill_id
    FROM (SELECT b.bill_id, abs(b.amount_fen - coalesce(o.amount_fen, 0)) AS apart
          FROM billing_bill b
          LEFT JOIN LATERAL (SELECT x.amount_fen FROM billing_bill_counting x
              WHERE x.bucket = b.bucket AND x.service_id = b.service_id AND x.bill_id < b.bill_id
                  AND x.kind IN ('period', 'single', 'past')
              ORDER BY x.bill_id DESC LIMIT 1) o ON true
          WHERE b.run_id = p_run
              AND NOT EXISTS (SELECT FROM billing_piece k WHERE k.run_id = p_run AND k.made_at IS NULL)
          ORDER BY apart DESC, b.bill_id LIMIT 20) o
    ON CONFLICT DO NOTHING;
$$;

-- Before a first run is made: tables that nobody ever counted are counted, for plans by guesses take a hundred times as
-- long. Later on the server counts by itself.
CREATE OR REPLACE FUNCTION billing_counted_v1() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_table regclass;
BEGIN
    FOR v_table IN SELECT c.oid FROM pg_class c WHERE c.reltuples < 0 AND c.relpages + pg_relation_size(c.oid) > 0
        AND c.oid = ANY ('{billing_service,billing_usage,billing_bill,billing_used,billing_customer,billing_household}'::regclass[])
    LOOP
        EXECUTE format('ANALYZE %s', v_table);
    END LOOP;
END $$;
