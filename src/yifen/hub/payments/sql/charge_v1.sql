-- payments_charge_v1: charge 销账 a batch of payments of one bucket, all or none of each one's lines.
-- Item arrays (p_…) hold one element a payment, line arrays (l_…) one a payable; l_item counts from 1.
-- Answers one row a payment. BUSY = it depends on an earlier one of the same call: call again.
-- A serial that lost a race with another bucket raises serialization_failure: call again.
-- Lock order: ledger_head, channel_usage by channel, balances, payment_serial by (partner, serial).
-- Planned once: by its arrays' sizes PostgreSQL holds a plan for each call for cheaper, whose making takes as long as it.
-- Rules: H4, H5, H9, P2, U5; domain.md 1.1 and cases 2, 3, 13; precedence as in kernel/codes.py.

-- What each line says by itself: the payable, the account it credits, and a code.
CREATE OR REPLACE FUNCTION payments_charge_lines_v1(
    p_bucket smallint, p_now timestamptz, p_partner integer[], p_biller integer[],
    p_serial text[], p_account text[], p_quote text[], l_item integer[], l_ref text[], l_amount bigint[],
    OUT payables bigint[], OUT credits integer[], OUT codes integer[]
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off AS $$
DECLARE
    v_in_order boolean;
BEGIN
    SELECT array_agg(p.payable_id ORDER BY l.ord), array_agg(p.credit_id ORDER BY l.ord),
           array_agg(CASE
        WHEN p.payable_id IS NULL THEN @PAYABLE_UNKNOWN
        WHEN p.state = 'withdrawn' THEN @PAYABLE_WITHDRAWN
        WHEN p.state = 'settled' THEN @ALREADY_PAID
        WHEN p.held_by IS NOT NULL OR p.kept_for IS NOT NULL AND p.kept_for <> i.partner || '|' || i.serial
            THEN @PAYABLE_HELD
        -- What is kept for just this payment stays as it is: no quote says more.
        WHEN b.quote_ttl_s IS NOT NULL AND i.quote IS NULL AND p.kept_for IS NULL THEN @QUOTE_REQUIRED
        WHEN i.quote IS NOT NULL AND q.quote IS NULL THEN @QUOTE_MISMATCH
        WHEN q.expires_at <= p_now THEN @QUOTE_EXPIRED
        WHEN q.quote IS NOT NULL AND ((q.channel_id, q.biller_id, q.account_no)
                <> (i.partner, i.biller, i.account_no)
            OR q.due_fen[array_position(q.refs, l.ref)] IS DISTINCT FROM p.due_fen - p.paid_fen)
            THEN @QUOTE_MISMATCH
        WHEN p.mode = 'exact' AND l.amount <> p.due_fen - p.paid_fen THEN @AMOUNT_WRONG
        WHEN p.mode = 'partial' AND NOT l.amount
            BETWEEN least(p.min_fen, p.due_fen - p.paid_fen) AND p.due_fen - p.paid_fen
            THEN @AMOUNT_WRONG
        WHEN p.mode = 'open' AND NOT l.amount BETWEEN p.min_fen AND p.max_fen THEN @AMOUNT_WRONG
        ELSE 0 END ORDER BY l.ord), bool_or(b.oldest_first)
    INTO payables, credits, codes, v_in_order
    FROM (SELECT n AS ord, l_item[n] AS item, l_ref[n] AS ref, l_amount[n] AS amount
          FROM generate_series(1, cardinality(l_item)) n OFFSET 0) l
    CROSS JOIN LATERAL (SELECT p_partner[l.item] AS partner, p_biller[l.item] AS biller, p_serial[l.item] AS serial,
                               p_account[l.item] AS account_no, p_quote[l.item] AS quote) i
    LEFT JOIN biller b ON b.partner_id = i.biller
    LEFT JOIN LATERAL (SELECT * FROM payable x WHERE x.bucket = p_bucket AND x.biller_id = i.biller
                       AND x.account_no = i.account_no AND x.ref = l.ref LIMIT 1) p ON true
    LEFT JOIN LATERAL (SELECT * FROM payment_quote x WHERE i.quote IS NOT NULL
                       AND x.bucket = p_bucket AND x.quote = i.quote LIMIT 1) q ON true;
    IF v_in_order THEN
        codes := payments_charge_oldest_v1(p_bucket, p_biller, p_account, l_item, l_amount, payables, codes);
    END IF;
END $$;

-- May this channel speak to this biller now? Once a pair: a batch has few. A query asks here too. What
-- was paid before may be confirmed and taken back however this stands: it is the payer's.
CREATE OR REPLACE FUNCTION payments_pairs_v1(
    p_now timestamptz, p_partner integer[], p_biller integer[]
) RETURNS TABLE (partner integer, biller integer, code integer, current_day date,
                 clearing_id integer, remote boolean, payment_max bigint, day_max bigint)
LANGUAGE plpgsql STABLE ROWS 10 SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT i.partner, i.biller, CASE
        WHEN c.suspended THEN @PARTNER_SUSPENDED
        WHEN p.suspended AND p.live_at IS NULL THEN @BILLER_UNKNOWN
        WHEN a.id IS NULL OR NOT a.active OR (c.book_id = 900) <> (p.book_id = 900) THEN @NOT_ADMITTED
        WHEN p.suspended THEN @BILLER_SUSPENDED
        WHEN payments_is_closed_v1(h.opens_at, h.closes_at, w.local)
            OR payments_is_closed_v1(h.kind_opens_at, h.kind_closes_at, w.local) THEN @CHANNEL_CLOSED
        WHEN EXISTS (SELECT FROM biller_outage o WHERE o.biller_id = i.biller
                     AND o.starts_at <= p_now AND p_now < o.ends_at) THEN @BILLER_OUTAGE
        ELSE nullif(payments_refuses_v1(i.partner, i.biller, NULL, k.current_day), 0)
        END, k.current_day, a.clearing_id, coalesce(b.endpoint <> '', false), h.payment_fen_max,
        h.day_fen_max
    FROM (SELECT DISTINCT u.partner, u.biller
          FROM unnest(p_partner, p_biller) AS u (partner, biller)) i
    LEFT JOIN biller b ON b.partner_id = i.biller
    LEFT JOIN partner p ON p.id = i.biller
    LEFT JOIN partner c ON c.id = i.partner
    LEFT JOIN ledger_book k ON k.book_id = p.book_id
    LEFT JOIN channel_bounds h ON h.channel_id = i.partner
    LEFT JOIN admission a ON a.channel_id = i.partner AND a.biller_id = i.biller
    CROSS JOIN LATERAL (SELECT (p_now AT TIME ZONE k.time_zone)::time AS local) w;
END $$;

-- What each payment says by itself: a code, and whether its serial was seen before.
CREATE OR REPLACE FUNCTION payments_charge_items_v1(
    p_now timestamptz, p_partner integer[], p_serial text[], p_home smallint[], p_hash uuid[],
    p_biller integer[], p_amount bigint[], p_day date[], l_item integer[], l_codes integer[],
    OUT codes integer[], OUT known boolean[], OUT payments bigint[], OUT clearings integer[],
    OUT days date[], OUT remotes boolean[], OUT day_maxes bigint[]
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off AS $$
DECLARE
    v_worst integer[];
BEGIN
    IF NOT 0 = ALL (l_codes) THEN
        SELECT array_agg(u.code ORDER BY n) INTO v_worst
        FROM generate_series(1, cardinality(p_partner)) n  -- one without lines has a place too
        LEFT JOIN (SELECT l.item, min(nullif(l.code, 0)) AS code
                   FROM unnest(l_item, l_codes) AS l (item, code) GROUP BY l.item) u ON u.item = n;
    END IF;
    SELECT array_agg(CASE
        WHEN s.verb = 'tombstone' THEN @REVERSED_BEFORE_CHARGE
        WHEN s.serial IS NOT NULL AND (s.verb <> 'charge' OR s.content_hash <> i.hash)
            THEN @SERIAL_REUSED
        WHEN s.serial IS NOT NULL THEN s.code
        WHEN w.code IS NOT NULL THEN w.code
        WHEN i.day < w.current_day THEN @DAY_CLOSED
        WHEN i.day > w.current_day THEN @DAY_NOT_OPEN
        WHEN i.worst IS NOT NULL THEN i.worst
        WHEN i.amount > w.payment_max THEN @OVER_PAYMENT_LIMIT
        ELSE 0 END ORDER BY i.item),
        array_agg(s.serial IS NOT NULL ORDER BY i.item),
        array_agg(CASE WHEN s.verb = 'charge' AND s.content_hash = i.hash THEN s.payment_id END
                  ORDER BY i.item),
        array_agg(w.clearing_id ORDER BY i.item), array_agg(w.current_day ORDER BY i.item),
        array_agg(w.remote ORDER BY i.item), array_agg(w.day_max ORDER BY i.item)
    INTO codes, known, payments, clearings, days, remotes, day_maxes
    FROM (SELECT n AS item, p_partner[n] AS partner, p_serial[n] AS serial, p_home[n] AS home,
                 p_hash[n] AS hash, p_biller[n] AS biller, p_amount[n] AS amount, p_day[n] AS day,
                 v_worst[n] AS worst
          FROM generate_series(1, cardinality(p_partner)) n OFFSET 0) i
    JOIN payments_pairs_v1(p_now, p_partner, p_biller) w
        ON w.partner = i.partner AND w.biller = i.biller
    LEFT JOIN LATERAL (SELECT * FROM payment_serial x WHERE x.bucket = i.home
        AND x.partner_id = i.partner AND x.serial = i.serial LIMIT 1) s ON true;
END $$;

-- Payments that need what an earlier one of the call may have taken wait for the next call.
CREATE OR REPLACE FUNCTION payments_charge_clashes_v1(
    p_partner integer[], p_serial text[], p_codes integer[], p_known boolean[],
    l_item integer[], l_payables bigint[]
) RETURNS integer[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(p_partner, p_serial) AS u (partner, serial)
                   GROUP BY u.partner, u.serial HAVING count(*) > 1)
       AND NOT EXISTS (SELECT FROM unnest(l_payables) AS u (payable) WHERE u.payable IS NOT NULL
                       GROUP BY u.payable HAVING count(*) > 1) THEN
        RETURN p_codes;
    END IF;
    RETURN (SELECT array_agg(CASE WHEN i.known THEN i.code
                                  WHEN i.twin > 1 OR i.code = 0 AND c.item IS NOT NULL THEN @BUSY
                                  ELSE i.code END ORDER BY i.item)
        FROM (SELECT *, row_number() OVER (PARTITION BY partner, serial ORDER BY item) AS twin
              FROM unnest(p_partner, p_serial, p_codes, p_known) WITH ORDINALITY
                  AS u (partner, serial, code, known, item)) i
        LEFT JOIN (SELECT DISTINCT f.item FROM (
                SELECT u.item, min(u.item) OVER (PARTITION BY u.payable) AS first
                FROM unnest(l_item, l_payables) AS u (item, payable)
                WHERE p_codes[u.item] = 0 AND NOT p_known[u.item]) f
            WHERE f.first < f.item) c ON c.item = i.item);
END $$;

-- Adds what stands to its channel's day (p_sign 1), or takes it off again (-1); the caller holds the rows.
CREATE OR REPLACE FUNCTION payments_charge_take_v1(
    p_partner integer[], p_amount bigint[], p_days date[], p_day_maxes bigint[],
    p_codes integer[], p_known boolean[], p_sign integer
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE channel_usage x SET taken_fen = x.taken_fen + p_sign * u.amount
    FROM (SELECT i.partner, i.day, sum(i.amount) AS amount
          FROM unnest(p_partner, p_amount, p_days, p_day_maxes, p_codes, p_known)
              AS i (partner, amount, day, day_max, code, known)
          WHERE i.day_max IS NOT NULL AND i.code = 0 AND NOT i.known
          GROUP BY i.partner, i.day) u
    WHERE x.channel_id = u.partner AND x.business_day = u.day;
END $$;

-- The daily limit: takes what fits of each limited channel's day, in order. One channel, as in most calls, and all
-- of it fits: one statement, which locks one row. Else the rows are locked by channel and day first, so that
-- two calls of different buckets never wait for each other in a ring.
CREATE OR REPLACE FUNCTION payments_charge_limits_v1(
    p_partner integer[], p_amount bigint[], p_days date[], p_day_maxes bigint[],
    p_codes integer[], p_known boolean[]
) RETURNS integer[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_use record;
    v_codes integer[];
BEGIN
    SELECT array_agg(u.partner) AS partners, array_agg(u.day) AS days, array_agg(u.total) AS totals,
           array_agg(u.day_max) AS day_maxes
    INTO v_use
    FROM (SELECT u.partner, u.day, u.day_max, sum(u.amount)::bigint AS total
          FROM unnest(p_partner, p_amount, p_days, p_day_maxes, p_codes, p_known)
              AS u (partner, amount, day, day_max, code, known)
          WHERE u.day_max IS NOT NULL AND u.code = 0 AND NOT u.known
          GROUP BY u.partner, u.day, u.day_max ORDER BY u.partner, u.day) u;
    IF v_use.partners IS NULL THEN
        RETURN p_codes;
    END IF;
    IF cardinality(v_use.partners) = 1 THEN
        UPDATE channel_usage x SET taken_fen = x.taken_fen + v_use.totals[1]
        WHERE x.channel_id = v_use.partners[1] AND x.business_day = v_use.days[1]
            AND x.taken_fen + v_use.totals[1] <= v_use.day_maxes[1];
        IF FOUND THEN
            RETURN p_codes;
        END IF;
    END IF;
    INSERT INTO channel_usage (channel_id, business_day)
    SELECT u.partner, u.day FROM unnest(v_use.partners, v_use.days) AS u (partner, day)
    WHERE NOT EXISTS (SELECT FROM channel_usage x
                      WHERE x.channel_id = u.partner AND x.business_day = u.day)
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM channel_usage x JOIN unnest(v_use.partners, v_use.days) AS u (partner, day)
        ON x.channel_id = u.partner AND x.business_day = u.day
    ORDER BY x.channel_id, x.business_day FOR UPDATE OF x;
    SELECT array_agg(CASE
            WHEN NOT i.counts OR x.taken_fen + i.running <= i.day_max THEN i.code
            -- The first of a call is over it also where more was taken than the limit is by now.
            WHEN i.before = 0 OR x.taken_fen + i.before <= i.day_max THEN @OVER_DAY_LIMIT
            ELSE @BUSY END ORDER BY i.item)
    INTO v_codes
    FROM (SELECT *, sum(amount) OVER (PARTITION BY partner, day, counts ORDER BY item) AS running,
                 sum(amount) OVER (PARTITION BY partner, day, counts ORDER BY item) - amount AS before
          FROM (SELECT *, day_max IS NOT NULL AND code = 0 AND NOT known AS counts
                FROM unnest(p_partner, p_amount, p_days, p_day_maxes, p_codes, p_known)
                    WITH ORDINALITY AS u (partner, amount, day, day_max, code, known, item)) v) i
    LEFT JOIN channel_usage x ON x.channel_id = i.partner AND x.business_day = i.day;
    PERFORM payments_charge_take_v1(p_partner, p_amount, p_days, p_day_maxes, v_codes, p_known, 1);
    RETURN v_codes;
END $$;

CREATE OR REPLACE FUNCTION payments_charge_v1(
    p_bucket smallint, p_now timestamptz, p_partner integer[], p_serial text[], p_home smallint[],
    p_hash uuid[], p_biller integer[], p_account text[], p_amount bigint[], p_quote text[],
    p_day date[], p_paid_at timestamptz[], p_operator text[],
    l_item integer[], l_ref text[], l_amount bigint[]
) RETURNS TABLE (item integer, code integer, repeated boolean, payment_id bigint,
                 business_day date, booked_at timestamptz, biller_serial text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_line record;
    v_item record;
    v_codes integer[];
    v_ids bigint[];
    v_base bigint;
    v_post record;
    v_rows integer;
    v_count integer := cardinality(p_partner);
    v_known boolean[];
    v_days date[];
    v_clearings integer[];
    v_remotes boolean[];
    v_credits integer[];
    v_payables bigint[];
    v_seals uuid[];
    v_posted integer[];
    v_before integer[];
BEGIN
    PERFORM payments_at_home_v1(p_partner, p_serial, p_home);
    PERFORM payments_add_up_v1(v_count, p_amount, l_item, l_amount);
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    v_line := payments_charge_lines_v1(p_bucket, p_now, p_partner, p_biller, p_serial, p_account, p_quote,
                                       l_item, l_ref, l_amount);
    v_item := payments_charge_items_v1(p_now, p_partner, p_serial, p_home, p_hash, p_biller,
                                       p_amount, p_day, l_item, v_line.codes);
    v_codes := payments_charge_clashes_v1(p_partner, p_serial, v_item.codes, v_item.known,
                                          l_item, v_line.payables);
    IF num_nonnulls(VARIADIC v_item.day_maxes) > 0 THEN
        v_codes := payments_charge_limits_v1(p_partner, p_amount, v_item.days, v_item.day_maxes,
                                             v_codes, v_item.known);
    END IF;

    -- Number the payments that stand and post their lines, each payment one linked group.
    UPDATE payment_counter c
    SET payment = c.payment + (SELECT count(*) FROM unnest(v_codes, v_item.known) AS u (code, known)
                               WHERE u.code = 0 AND NOT u.known)
    WHERE c.bucket = p_bucket RETURNING c.payment INTO STRICT v_base;
    IF 0 = ALL (v_codes) AND NOT true = ANY (v_item.known) THEN
        SELECT array_agg((v_base - v_count + n) * 1000 + p_bucket ORDER BY n) INTO v_ids
        FROM generate_series(1, v_count) n;
    ELSE
        SELECT array_agg(CASE WHEN r.stands THEN (v_base + 1 - r.rank) * 1000 + p_bucket END
                         ORDER BY r.item)
        INTO v_ids
        FROM (SELECT u.item, u.code = 0 AND NOT u.known AS stands,
                     count(*) FILTER (WHERE u.code = 0 AND NOT u.known) OVER (ORDER BY u.item DESC)
                         AS rank
              FROM unnest(v_codes, v_item.known) WITH ORDINALITY AS u (code, known, item)) r;
    END IF;
    v_known := v_item.known; v_days := v_item.days; v_clearings := v_item.clearings;
    v_remotes := v_item.remotes; v_credits := v_line.credits; v_payables := v_line.payables;
    SELECT array_agg(CASE WHEN v_ids[n] IS NOT NULL THEN payments_charge_seal_v1(p_partner[n], p_biller[n],
               p_account[n], p_serial[n], p_paid_at[n], p_operator[n], p_hash[n]) END ORDER BY n)
    INTO v_seals FROM generate_series(1, v_count) n;

    SELECT array_agg(l.item ORDER BY l.ord) AS items,
           array_agg(CASE WHEN v_remotes[l.item] THEN 'pending' ELSE 'posted' END::ledger_kind
                     ORDER BY l.ord) AS kinds,
           array_agg(v_clearings[l.item] ORDER BY l.ord) AS debits,
           array_agg(v_credits[l.ord] ORDER BY l.ord) AS credits,
           array_agg(l_amount[l.ord] ORDER BY l.ord) AS amounts,
           array_agg(NULL::bigint) AS nones,
           array_agg(v_ids[l.item] ORDER BY l.ord) AS ids,
           array_agg(v_payables[l.ord] ORDER BY l.ord) AS payables,
           array_agg(v_days[l.item] ORDER BY l.ord) AS days,
           array_agg(v_seals[l.item] ORDER BY l.ord) AS seals
    INTO v_post
    FROM (SELECT n AS ord, l_item[n] AS item FROM generate_series(1, cardinality(l_item)) n OFFSET 0) l
    WHERE v_ids[l.item] IS NOT NULL;

    IF v_post.items IS NOT NULL THEN
        SELECT array_agg(p.code ORDER BY p.item) INTO v_posted
        FROM ledger_post_v1(p_bucket, p_now, v_post.items, v_post.kinds, v_post.debits,
            v_post.credits, v_post.amounts, v_post.nones, v_post.nones, v_post.ids,
            v_post.payables, v_post.days, v_post.seals) p;
        IF NOT 0 = ALL (v_posted) THEN
            v_before := v_codes;
            SELECT array_agg(coalesce(r.code, u.code) ORDER BY u.item) INTO v_codes
            FROM unnest(v_codes) WITH ORDINALITY AS u (code, item)
            LEFT JOIN (
                SELECT p.item,
                       min(p.code) FILTER (WHERE p.code NOT IN (0, @LEDGER_LINKED_FAILED)) AS code
                FROM unnest(v_post.items, v_posted) AS p (item, code)
                GROUP BY p.item) r ON r.item = u.item;
            PERFORM payments_charge_take_v1(p_partner, p_amount, v_days, v_item.day_maxes, ARRAY(
                SELECT CASE WHEN u.before = 0 AND u.code <> 0 THEN 0 ELSE 1 END
                FROM unnest(v_before, v_codes) WITH ORDINALITY AS u (before, code, n) ORDER BY n), v_known, -1);
        END IF;

        INSERT INTO payment (bucket, payment_id, channel_id, biller_id, account_no, serial,
            amount_fen, payer_state, biller_state, business_day, paid_at, booked_at, operator)
        SELECT p_bucket, v_ids[n], p_partner[n], p_biller[n], p_account[n], p_serial[n], p_amount[n],
               CASE WHEN v_remotes[n] THEN 'held' ELSE 'taken' END::payer_state,
               CASE WHEN v_remotes[n] THEN 'registered' ELSE 'booked' END::biller_state,
               v_days[n], p_paid_at[n], CASE WHEN v_remotes[n] THEN NULL ELSE p_now END, p_operator[n]
        FROM generate_series(1, v_count) n
        WHERE v_ids[n] IS NOT NULL AND v_codes[n] = 0;

        UPDATE payable y
        SET paid_fen = y.paid_fen + CASE WHEN l.remote OR y.mode = 'open' THEN 0 ELSE l.amount END,
            state = CASE WHEN NOT l.remote AND y.mode <> 'open'
                              AND y.paid_fen + l.amount = y.due_fen
                         THEN 'settled' ELSE y.state END,
            balance_fen = y.balance_fen + CASE WHEN l.remote THEN 0 ELSE l.amount END,
            held_by = CASE WHEN l.remote THEN l.id END
        FROM (SELECT v_payables[n] AS payable, l_amount[n] AS amount, v_ids[l_item[n]] AS id,
                     v_remotes[l_item[n]] AS remote
              FROM generate_series(1, cardinality(l_item)) n
              WHERE v_ids[l_item[n]] IS NOT NULL AND v_codes[l_item[n]] = 0 OFFSET 0) l
        WHERE y.bucket = p_bucket AND y.payable_id = l.payable;

        IF true = ANY (v_item.remotes) THEN
            INSERT INTO biller_call (bucket, payment_id, step, due_at, endpoint, dialect)
            SELECT p_bucket, i.id, 'charge', p_now + interval '30 seconds', b.endpoint, b.dialect
            FROM unnest(v_ids, v_codes, v_item.remotes, p_biller) AS i (id, code, remote, biller)
            JOIN biller b ON b.partner_id = i.biller
            WHERE i.id IS NOT NULL AND i.code = 0 AND i.remote;
        END IF;
    END IF;

    IF true = ANY (v_known) OR true = ANY (v_remotes) OR NOT 0 = ALL (v_codes) THEN
        SELECT array_agg(CASE WHEN u.id IS NOT NULL AND u.code = 0 AND u.remote THEN @PROCESSING
                              ELSE u.code END ORDER BY u.item),
               array_agg(CASE WHEN u.known THEN u.old WHEN u.code = 0 THEN u.id END ORDER BY u.item)
        INTO v_codes, v_ids
        FROM unnest(v_ids, v_codes, v_remotes, v_known, v_item.payments) WITH ORDINALITY
            AS u (id, code, remote, known, old, item);
    END IF;

    INSERT INTO payment_serial
    SELECT p_home[n], u.partner, u.serial, 'charge', p_hash[n], v_codes[n], p_bucket, v_ids[n]
    FROM generate_series(1, v_count) n
    CROSS JOIN LATERAL (SELECT p_partner[n] AS partner, p_serial[n] AS serial OFFSET 0) u
    WHERE NOT v_known[n] AND (v_ids[n] IS NOT NULL OR NOT v_codes[n] = ANY (@RETRYABLE))
    ORDER BY u.partner, u.serial
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF v_rows <> (SELECT count(*) FROM generate_series(1, v_count) n
                  WHERE NOT v_known[n]
                      AND (v_ids[n] IS NOT NULL OR NOT v_codes[n] = ANY (@RETRYABLE))) THEN
        RAISE EXCEPTION 'a serial was taken in another bucket meanwhile'
            USING ERRCODE = 'serialization_failure';
    END IF;

    IF NOT true = ANY (v_known) THEN
        RETURN QUERY
        SELECT n, v_codes[n], false, v_ids[n], v_days[n],
               CASE WHEN v_codes[n] = 0 THEN p_now END, NULL::text
        FROM generate_series(1, v_count) n;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT u.item::integer,
           CASE WHEN u.known AND u.code IN (0, @PROCESSING) AND y.payment_id IS NULL THEN @PAYMENT_ARCHIVED
                ELSE u.code END,
           u.known, u.id, coalesce(y.business_day, u.day),
           CASE WHEN y.payment_id IS NULL AND u.code = 0 THEN p_now ELSE y.booked_at END,
           y.biller_serial
    FROM unnest(v_codes, v_item.known, v_ids, v_item.days) WITH ORDINALITY
        AS u (code, known, id, day, item)
    LEFT JOIN LATERAL (SELECT x.payment_id, x.business_day, x.booked_at, x.biller_serial
                       FROM payment x WHERE u.known AND x.bucket = u.id % 1000
                       AND x.payment_id = u.id LIMIT 1) y ON true;
END $$;
