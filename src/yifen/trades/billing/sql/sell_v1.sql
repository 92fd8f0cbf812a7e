-- Sales of prepaid services 售电: money on a balance becomes quantity, once, and its books are written.

-- What is asked of a price for each of these hundredths of a unit, its items.
CREATE OR REPLACE FUNCTION billing_asked_each_v1(p_asked billing_asked, p_hundredths bigint[]) RETURNS billing_asked[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(ROW(n, p_asked.price_id, n * 10, NULL, NULL, NULL, p_asked.factor, p_asked.persons, p_asked.month,
                         p_asked.months, p_asked.used_milli, NULL, NULL)::billing_asked)
    FROM unnest(p_hundredths) n;
$$;

-- Near which hundredth of a unit so much money comes to its end: the lines of an endless quantity are the tiers from here
-- up. A guess, for it rounds no line, and a tier without a part is no line.
CREATE OR REPLACE FUNCTION billing_nearly_v1(p_asked billing_asked, p_fen bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    WITH lines AS (
        SELECT l.tier, max(l.qty_milli) AS width, sum(l.price) AS price
        FROM billing_rate_v1(billing_asked_each_v1(p_asked, '{1000000000}')) l GROUP BY l.tier
    ), tiers AS (
        SELECT t.tier, t.width, t.price + coalesce(a.price, 0) AS price
        FROM (SELECT * FROM lines WHERE tier > 0 OR NOT EXISTS (SELECT FROM lines x WHERE x.tier > 0)) t
        LEFT JOIN lines a ON a.tier = 0 AND t.tier > 0
    ), walked AS (
        SELECT t.*, sum(t.width * t.price) OVER (ORDER BY t.tier) - t.width * t.price AS below FROM tiers t
    )
    SELECT floor(coalesce(sum(least(w.width, greatest(0, (p_fen * 10 - w.below) / nullif(w.price, 0)))), 0)
        / coalesce(p_asked.factor, 1) / 10)::bigint FROM walked w;
$$;

-- How much of the meter's quantity so much money buys, the inverse of billing_rate_v1: the most hundredths of a unit
-- whose price, exact and by its rounded lines, is not above it. Searched with the one way to compute there is, many
-- quantities at a time and first near the guess, so it holds for tiers, households, months and factors. NULL: more
-- than 10 million units, as where a price is 0.
CREATE OR REPLACE FUNCTION billing_buys_v1(p_asked billing_asked, p_fen bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_low bigint := 0;            -- hundredths that the money pays
    v_high bigint := 1000000000;  -- that it does not
    v_near bigint := least(billing_nearly_v1(p_asked, p_fen), 1000000000);
    v_tried bigint[] := ARRAY(SELECT generate_series(greatest(v_near - 6, 1), least(v_near + 6, 999999999)));
BEGIN
    LOOP
        SELECT max(s.n) FILTER (WHERE s.pays), min(s.n) FILTER (WHERE NOT s.pays) INTO v_low, v_high
        FROM (SELECT t.n, coalesce(sum(l.amount_fen) <= p_fen AND sum(l.qty_milli * l.price) <= p_fen * 10, true) AS pays
              FROM unnest(v_tried || v_low || v_high) t (n)
              LEFT JOIN billing_rate_v1(billing_asked_each_v1(p_asked, v_tried || v_low || v_high)) l ON l.item = t.n
              GROUP BY t.n) s;
        EXIT WHEN v_high IS NULL OR v_high - v_low = 1;
        v_tried := ARRAY(SELECT generate_series(v_low + greatest(1, (v_high - v_low) / 32), v_high - 1,
                                                greatest(1, (v_high - v_low) / 32)));
    END LOOP;
    RETURN CASE WHEN v_high IS NOT NULL THEN v_low * 10 END;
END $$;

-- What is asked of the price of a prepaid service on a day, but for the quantity. Codes: PRICE_MISSING, SALE_PRICE (a
-- part of it is by the clock, the area or the month, or it has a minimum or a cap: it has no inverse).
CREATE OR REPLACE FUNCTION billing_selling_v1(
    p_service billing_service, p_day date, OUT code integer, OUT asked billing_asked, OUT cycle_on date
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_fee billing_fee;
    v_price billing_price_span;
    v_persons smallint;
BEGIN
    SELECT * INTO STRICT v_fee FROM billing_fee f WHERE f.fee_id = p_service.fee_id;
    SELECT * INTO v_price FROM billing_price_span p
    WHERE p.fee_id = v_fee.fee_id AND p.class = p_service.class AND p.region = p_service.region
        AND p.valid_from <= p_day AND coalesce(p.until, p_day) >= p_day;
    code := CASE
        WHEN v_price.price_id IS NULL THEN @PRICE_MISSING
        WHEN v_price.minimum_fen > 0 OR v_price.cap_price IS NOT NULL OR EXISTS (
            SELECT FROM billing_part t WHERE t.price_id = v_price.price_id AND t.basis <> 'qty') THEN @SALE_PRICE
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    cycle_on := billing_cycle_on_v1(v_fee.cycle, v_fee.cycle_from, p_day);
    SELECT coalesce((SELECT h.persons FROM billing_household h WHERE h.bucket = c.bucket
               AND h.customer_id = c.customer_id AND h.from_on <= p_day ORDER BY h.from_on DESC LIMIT 1), c.persons)
    INTO v_persons FROM billing_customer c
    WHERE c.bucket = p_service.bucket AND c.customer_id = p_service.customer_id;
    asked.item := 1; asked.price_id := v_price.price_id; asked.factor := p_service.factor;
    asked.persons := v_persons; asked.month := extract(month FROM p_day);
    asked.months := billing_months_v1(v_fee.cycle, v_fee.by_months, cycle_on, p_service.from_on, p_day, p_day);
    SELECT coalesce(max(u.used_milli), 0) INTO asked.used_milli FROM billing_used u
    WHERE u.bucket = p_service.bucket AND u.service_id = p_service.service_id
        AND u.cycle_on = billing_selling_v1.cycle_on;
END $$;

-- Write a sale, with its lines, its place in the tiers, what it takes of the balance and its books. The bucket's head
-- is locked, and what was paid is booked. A code of payments_spend_v1, before anything is written.
CREATE OR REPLACE FUNCTION billing_write_sale_v1(p_sale billing_sale, p_lines billing_sale_line[]) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_what billing_booking;
    v_code integer := (payments_spend_v1(p_sale.bucket, ARRAY[p_sale.payable_id], ARRAY[p_sale.amount_fen]))[1];
BEGIN
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    INSERT INTO billing_sale SELECT p_sale.*;
    INSERT INTO billing_sale_line SELECT p_sale.bucket, p_sale.sale_id, l.line_no, l.part_no, l.qty_milli, l.amount_fen
    FROM unnest(p_lines) l;
    INSERT INTO billing_used AS u
    SELECT p_sale.bucket, p_sale.service_id, p_sale.cycle_on, round(p_sale.qty_milli * s.factor)
    FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id AND f.cycle <> 'none'
    WHERE s.bucket = p_sale.bucket AND s.service_id = p_sale.service_id
    ON CONFLICT (bucket, service_id, cycle_on) DO UPDATE SET used_milli = u.used_milli + excluded.used_milli;
    v_what.kind := 'sold'; v_what.bucket := p_sale.bucket; v_what.biller_id := p_sale.biller_id;
    v_what.sale_id := p_sale.sale_id; v_what.sold_fen := p_sale.amount_fen;
    v_what.due_fen := 0; v_what.spent_fen := 0; v_what.paid_fen := 0; v_what.kept_fen := 0;
    PERFORM billing_post_v1(p_sale.sold_at, v_what);
    RETURN 0;
END $$;

-- Turn all that a balance holds into one sale: recharges that came together are one of their sum, and a second call
-- finds nothing left. Under the price of a hundredth of a unit it stays where it is. Not by a day before the account paid or
-- bought last, whatever time was passed in. Locks the bucket's head. Codes, by which
-- money stays untouched and the balance on its list: SALE_SERVICES, SALE_METER, as billing_selling_v1, and of the hub.
CREATE OR REPLACE FUNCTION billing_sell_v1(p_bucket smallint, p_payable bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer;
BEGIN
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    v_code := billing_do_sell_v1(p_bucket, p_payable, p_now);
    IF v_code = 0 THEN
        DELETE FROM billing_unsold u WHERE u.bucket = p_bucket AND u.payable_id = p_payable;
    ELSE
        PERFORM billing_unsold_v1(p_bucket, p_payable, v_code, p_now);
    END IF;
    RETURN v_code;
END $$;
CREATE OR REPLACE FUNCTION billing_do_sell_v1(p_bucket smallint, p_payable bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_balance payable;
    v_services billing_service[];
    v_meters text[];
    v_day date;
    v_price record;
    v_sale billing_sale;
    v_lines billing_sale_line[];
BEGIN
    SELECT * INTO v_balance FROM payable y
    WHERE y.bucket = p_bucket AND y.payable_id = p_payable AND y.ref = 'PREPAID' FOR UPDATE;
    IF coalesce(v_balance.balance_fen, 0) <= 0 THEN
        RETURN 0;
    END IF;
    p_now := greatest(p_now,
        (SELECT max(s.sold_at) FROM billing_sale s WHERE s.bucket = p_bucket AND s.payable_id = p_payable),
        (SELECT max(y.booked_at) FROM payment y WHERE y.bucket = p_bucket AND y.biller_id = v_balance.biller_id
            AND hashtext(y.account_no) = hashtext(v_balance.account_no) AND y.account_no = v_balance.account_no));
    SELECT (p_now AT TIME ZONE k.time_zone)::date INTO STRICT v_day
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = v_balance.biller_id;
    SELECT array_agg(s) INTO v_services FROM billing_customer c
    JOIN billing_service s ON s.bucket = c.bucket AND s.customer_id = c.customer_id AND s.prepaid
        AND s.from_on <= v_day AND coalesce(s.to_on, v_day) >= v_day
    WHERE c.bucket = p_bucket AND c.biller_id = v_balance.biller_id AND c.account_no = v_balance.account_no;
    IF coalesce(cardinality(v_services), 0) <> 1 THEN
        RETURN @SALE_SERVICES;
    END IF;
    SELECT array_agg(m.number) INTO v_meters FROM billing_meter m
    WHERE m.bucket = p_bucket AND m.service_id = v_services[1].service_id AND m.removed_on IS NULL;
    IF coalesce(cardinality(v_meters), 0) <> 1 THEN
        RETURN @SALE_METER;
    END IF;
    SELECT * INTO v_price FROM billing_selling_v1(v_services[1], v_day);
    IF v_price.code <> 0 THEN
        RETURN v_price.code;
    END IF;
    v_sale.qty_milli := billing_buys_v1(v_price.asked, v_balance.balance_fen);
    IF v_sale.qty_milli IS NULL THEN
        RETURN @SALE_PRICE;
    ELSIF v_sale.qty_milli = 0 THEN
        RETURN 0;
    END IF;
    v_sale.sale_id := nextval('billing_sale_no') * 1000 + p_bucket;
    v_price.asked.qty_milli := v_sale.qty_milli;
    SELECT array_agg(ROW(p_bucket, v_sale.sale_id, l.line_no, l.part_no, l.qty_milli, l.amount_fen)::billing_sale_line
           ORDER BY l.line_no), sum(l.amount_fen)
    INTO v_lines, v_sale.amount_fen FROM billing_rate_v1(ARRAY[v_price.asked]) l;
    v_sale.bucket := p_bucket; v_sale.biller_id := v_balance.biller_id; v_sale.payable_id := p_payable;
    v_sale.service_id := v_services[1].service_id; v_sale.account_no := v_balance.account_no;
    v_sale.meter := v_meters[1]; v_sale.price_id := (v_price.asked).price_id; v_sale.cycle_on := v_price.cycle_on;
    v_sale.used_milli := (v_price.asked).used_milli; v_sale.sold_at := p_now; v_sale.token_at := p_now;
    v_sale.token_state := CASE WHEN EXISTS (SELECT FROM billing_vending g WHERE g.biller_id = v_balance.biller_id
        AND g.endpoint <> '') THEN 'wanted' ELSE 'none' END;
    v_sale.token_reason := ''; v_sale.token_tries := 0;
    SELECT h.transfer_no INTO STRICT v_sale.last_no FROM ledger_head h WHERE h.bucket = p_bucket;
    PERFORM billing_paid_v1(p_bucket, v_balance.biller_id, p_now);
    RETURN billing_write_sale_v1(v_sale, v_lines);
END $$;

-- A balance could not be sold: it stays on the list with the reason, and is looked at again later and later.
CREATE OR REPLACE FUNCTION billing_unsold_v1(p_bucket smallint, p_payable bigint, p_code integer, p_now timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE billing_unsold u SET code = p_code, tries = u.tries + 1,
        next_at = p_now + least(interval '10 seconds' * power(2, least(u.tries, 12)), interval '1 hour')
    WHERE u.bucket = p_bucket AND u.payable_id = p_payable;
$$;

-- Note the balances on which money came since the last look, where the account has a prepaid service. Transfers are
-- numbered under the lock of the bucket's head, so none appears behind this.
CREATE OR REPLACE FUNCTION billing_recharged_v1(p_bucket smallint, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_from bigint;
    v_to bigint;
BEGIN
    SELECT h.transfer_no INTO STRICT v_to FROM ledger_head h WHERE h.bucket = p_bucket;
    SELECT s.transfer_no INTO v_from FROM billing_sold_to s WHERE s.bucket = p_bucket FOR UPDATE;
    IF v_from = v_to THEN
        RETURN;
    END IF;
    INSERT INTO billing_unsold AS u (bucket, payable_id, since, next_at)
    SELECT DISTINCT p_bucket, p.payable_id, p_now, p_now FROM billing_payment p
    WHERE p.bucket = p_bucket AND p.transfer_no > coalesce(v_from, 0) AND p.transfer_no <= v_to AND p.kept AND p.fen > 0
        AND EXISTS (SELECT FROM billing_service s WHERE s.prepaid)
        AND EXISTS (SELECT FROM billing_customer c JOIN billing_service s ON s.bucket = c.bucket
            AND s.customer_id = c.customer_id AND s.prepaid
                AND (s.to_on IS NULL OR s.to_on >= (p_now AT TIME ZONE 'Asia/Shanghai')::date)
            WHERE c.bucket = p_bucket AND c.biller_id = p.biller_id AND c.account_no = p.account_no)
    ON CONFLICT (bucket, payable_id) DO UPDATE SET next_at = excluded.next_at;
    INSERT INTO billing_sold_to AS s VALUES (p_bucket, v_to)
    ON CONFLICT (bucket) DO UPDATE SET transfer_no = excluded.transfer_no;
END $$;

-- A balance whose account becomes prepaid with money on it is sold as well.
CREATE OR REPLACE FUNCTION billing_now_prepaid_v1(p_bucket smallint, p_biller integer, p_accounts text[], p_now timestamptz)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO billing_unsold AS u (bucket, payable_id, since, next_at)
    SELECT y.bucket, y.payable_id, p_now, p_now FROM payable y
    WHERE y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = ANY (p_accounts) AND y.ref = 'PREPAID'
        AND y.balance_fen > 0
    ON CONFLICT (bucket, payable_id) DO UPDATE SET next_at = excluded.next_at;
$$;

-- A sale whose token was rejected is taken back, by two people: its money is on the balance again, its quantity no
-- longer in the tiers; `again`: sold anew, by another reference. Locks the bucket's head. Codes: SALE_NOT_AGREED,
-- SALE_TOKEN (its token is there, or under way), and of payments_spend_v1.
CREATE OR REPLACE FUNCTION billing_unsell_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_asked jsonb;
    v_biller integer;
    v_sale billing_sale;
    v_back billing_sale;
    v_code integer;
BEGIN
    SELECT a.content, a.partner_id INTO v_asked, v_biller FROM access_authorisation a
    WHERE a.id = p_proposal AND a.action = 'billing.unsell' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint;  -- an old word is not said again
    PERFORM 1 FROM ledger_head h WHERE h.bucket = (v_asked ->> 'sale')::bigint % 1000 FOR UPDATE;
    SELECT s.* INTO v_sale FROM billing_sale s WHERE s.sale_id = (v_asked ->> 'sale')::bigint AND s.biller_id = v_biller
    FOR UPDATE;
    IF v_sale.sale_id IS NULL THEN
        RETURN @SALE_NOT_AGREED;
    ELSIF v_sale.token_state <> 'rejected' THEN
        RETURN @SALE_TOKEN;
    END IF;
    v_back := v_sale;
    v_back.sale_id := nextval('billing_sale_no') * 1000 + v_sale.bucket;
    v_back.undoes_id := v_sale.sale_id; v_back.qty_milli := -v_sale.qty_milli; v_back.amount_fen := -v_sale.amount_fen;
    v_back.used_milli := v_sale.used_milli; v_back.sold_at := p_now; v_back.token_state := 'undone';
    PERFORM billing_paid_v1(v_sale.bucket, v_biller, p_now);
    v_code := billing_write_sale_v1(v_back, ARRAY(
        SELECT ROW(l.bucket, v_back.sale_id, l.line_no, l.part_no, -l.qty_milli, -l.amount_fen)::billing_sale_line
        FROM billing_sale_line l WHERE l.bucket = v_sale.bucket AND l.sale_id = v_sale.sale_id ORDER BY l.line_no));
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    UPDATE billing_sale s SET token_state = 'undone' WHERE s.bucket = v_sale.bucket AND s.sale_id = v_sale.sale_id;
    IF (v_asked ->> 'again')::boolean THEN
        PERFORM billing_now_prepaid_v1(v_sale.bucket, v_biller, ARRAY[v_sale.account_no], p_now);
    END IF;
    RETURN 0;
END $$;
