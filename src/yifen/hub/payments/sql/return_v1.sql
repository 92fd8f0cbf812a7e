-- payments_return_v1: take payments back: reverse 冲正 (same business day, whole) or refund 退款 (later, whole
-- or in parts, up to what is left).
-- Lock order: ledger_head (of all buckets in order when a settled day is refunded), channel_usage, balances,
-- payment_serial.
--
-- All originals of one call live in p_bucket (an unknown original: any bucket); one row each.
-- BUSY = it names a serial that an earlier one of the call names, as its own or its original, or it
-- depends on an earlier one's money: call again.
-- A reversal of an unknown original leaves a tombstone, so that the late original is refused.
-- What was booked here is decided here; what a biller's own system was asked to book is PROCESSING, and
-- the call to it is put in the outbox. What a trade holds (`held` of its plug) is not reversed, whoever asks. A refund takes an undecided payment back too, after the cut. Rules: H4; domain.md cases 3, 4, 16;
-- decision 0020.

DROP FUNCTION IF EXISTS payments_return_items_v1(smallint, integer[], text[], smallint[], uuid[],
    serial_verb[], text[], smallint[], bigint[]);
CREATE OR REPLACE FUNCTION payments_return_items_v1(
    p_bucket smallint, p_partner integer[], p_serial text[], p_home smallint[], p_hash uuid[],
    p_verb serial_verb[], p_original text[], p_original_home smallint[], p_amount bigint[],
    OUT codes integer[], OUT known boolean[], OUT payments bigint[], OUT remotes boolean[],
    OUT days date[], OUT unseen boolean[], OUT lefts bigint[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    SELECT array_agg(CASE
        WHEN s.serial IS NOT NULL AND (s.verb <> i.verb OR s.content_hash <> i.hash)
            THEN @SERIAL_REUSED
        WHEN s.serial IS NOT NULL THEN s.code
        WHEN i.waits THEN @BUSY
        WHEN i.serial = i.original THEN @SERIAL_REUSED
        WHEN o.serial IS NULL AND i.verb = 'refund' THEN @SERIAL_UNKNOWN
        WHEN o.serial IS NULL OR o.verb = 'tombstone' THEN @ORIGINAL_UNKNOWN_BLOCKED
        WHEN o.verb <> 'charge' OR o.payment_id IS NULL OR o.code NOT IN (0, @PROCESSING)
            THEN @ORIGINAL_NOT_BOOKED
        WHEN o.payment_id < (SELECT frozen FROM ledger_archived) THEN @PAYMENT_ARCHIVED
        WHEN o.target_bucket <> p_bucket THEN @ORIGINAL_PROCESSING
        WHEN coalesce(i.amount NOT BETWEEN 1 AND y.amount_fen
                      OR i.verb = 'reverse' AND i.amount < y.amount_fen, true) THEN @ORIGINAL_MISMATCH
        WHEN y.payer_state IN ('returned', 'refunded') THEN @ALREADY_REVERSED
        WHEN y.biller_state = 'reversing' THEN @ORIGINAL_PROCESSING
        WHEN i.verb = 'reverse' AND y.business_day <> k.current_day THEN @DAY_CLOSED_USE_REFUND
        WHEN i.verb = 'refund' AND y.business_day = k.current_day THEN @DAY_OPEN_USE_REVERSE
        WHEN i.verb = 'reverse' AND EXISTS (SELECT FROM payments_held_v1(p_bucket, ARRAY[y.payment_id]))
            THEN @REVERSAL_BARRED
        -- A biller's own system gives back whole.
        WHEN i.amount < y.amount_fen AND h.remote THEN @REFUND_WHOLE_ONLY
        WHEN i.amount > y.amount_fen - g.given THEN @AMOUNT_ABOVE_LEFT
        ELSE 0 END ORDER BY i.item),
        array_agg(s.serial IS NOT NULL ORDER BY i.item),
        -- A known serial names its payment wherever that is: the first call may have gone elsewhere.
        array_agg(CASE WHEN s.serial IS NULL THEN y.payment_id ELSE s.payment_id END ORDER BY i.item),
        -- What was held for a biller's own system is taken back there, whatever the biller is by now.
        array_agg(h.remote ORDER BY i.item),
        array_agg(k.current_day ORDER BY i.item),
        array_agg(s.serial IS NULL AND o.serial IS NULL ORDER BY i.item),
        array_agg(y.amount_fen - g.given - i.amount ORDER BY i.item)
    FROM (SELECT u.*, f.first < u.item AS waits
          FROM unnest(p_partner, p_serial, p_home, p_hash, p_verb, p_original, p_original_home,
                      p_amount) WITH ORDINALITY
              AS u (partner, serial, home, hash, verb, original, original_home, amount, item)
          JOIN (SELECT n.item, min(n.first) AS first
                FROM (SELECT x.item, min(x.item) OVER (PARTITION BY x.partner, y.serial) AS first
                      FROM unnest(p_partner, p_serial, p_original) WITH ORDINALITY
                          AS x (partner, serial, original, item)
                      CROSS JOIN LATERAL (VALUES (x.serial), (x.original)) y (serial)) n
                GROUP BY n.item) f ON f.item = u.item) i
    LEFT JOIN LATERAL (SELECT * FROM payment_serial x WHERE x.bucket = i.home
        AND x.partner_id = i.partner AND x.serial = i.serial LIMIT 1) s ON true
    LEFT JOIN LATERAL (SELECT * FROM payment_serial x WHERE x.bucket = i.original_home
        AND x.partner_id = i.partner AND x.serial = i.original LIMIT 1) o ON true
    LEFT JOIN LATERAL (SELECT * FROM payment x WHERE x.bucket = p_bucket
        AND x.payment_id = CASE WHEN s.serial IS NULL THEN o.payment_id ELSE s.payment_id END
        LIMIT 1) y ON true
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM ledger_transfer t WHERE t.bucket = p_bucket
        AND t.reference_id = y.payment_id AND t.kind = 'pending'
        AND t.transfer_no >= y.payment_id / 1000000000000 * 1000000000000) AS remote) h  -- of its month and later
    CROSS JOIN LATERAL (SELECT coalesce(sum(r.amount_fen), 0)::bigint AS given FROM payment_return r
        WHERE r.bucket = p_bucket AND r.payment_id = y.payment_id AND r.booked_at IS NOT NULL) g
    LEFT JOIN partner p ON p.id = y.biller_id
    LEFT JOIN ledger_book k ON k.book_id = p.book_id;
$$;

-- Of these payments, what of each of their lines is taken back for so much: a line each. What of a line was moved to a
-- balance since, and is still there, goes first (`kept_fen`, off `balance_id`); then the last line first, as far as it was
-- not taken back before.
DROP FUNCTION IF EXISTS payments_back_lines_v1(smallint, bigint[], bigint[]);
CREATE OR REPLACE FUNCTION payments_back_parts_v1(
    p_bucket smallint, p_payments bigint[], p_amounts bigint[]
) RETURNS TABLE (item integer, transfer_no bigint, debit_id integer, credit_id integer,
                 detail_id bigint, amount_fen bigint, balance_id bigint, kept_fen bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_kept boolean := EXISTS (  -- most accounts have no balance, and nothing more is read
        SELECT FROM unnest(p_payments) AS i (payment)
        JOIN payment p ON p.bucket = p_bucket AND p.payment_id = i.payment
        JOIN payable y ON y.bucket = p_bucket AND y.biller_id = p.biller_id AND y.account_no = p.account_no
            AND y.balance_fen > 0);
BEGIN
    RETURN QUERY WITH line AS MATERIALIZED (
        SELECT o.* FROM (
            SELECT i.item::integer, i.wanted, t.transfer_no, t.debit_id, t.credit_id, t.detail_id,
                   (t.amount_fen - coalesce((
                       SELECT sum(x.amount_fen) FROM ledger_transfer x
                       WHERE x.bucket = p_bucket AND x.reverses_no = t.transfer_no
                           AND x.transfer_no > t.transfer_no), 0))::bigint AS rest
            FROM unnest(p_payments, p_amounts) WITH ORDINALITY AS i (payment, wanted, item)
            JOIN ledger_transfer t ON t.bucket = p_bucket AND t.reference_id = i.payment
                AND t.transfer_no >= i.payment / 1000000000000 * 1000000000000
                AND t.kind IN ('posted', 'post') AND t.reverses_no IS NULL) o
        WHERE o.rest > 0
    ), there AS (
        SELECT l.item, l.transfer_no, b.payable_id, b.balance_fen, least(l.rest, m.fen) AS fen
        FROM payments_moved_v1(p_bucket, ARRAY(SELECT DISTINCT l.detail_id FROM line l WHERE v_kept)) m
        JOIN line l ON l.detail_id = m.payable_id
        JOIN payable b ON b.bucket = p_bucket AND b.payable_id = m.balance_id
        WHERE v_kept
    ), kept AS (
        SELECT h.item, h.transfer_no, h.payable_id, greatest(0, least(h.fen, h.balance_fen - h.before)) AS fen
        FROM (SELECT x.*, sum(x.fen) OVER (PARTITION BY x.item, x.payable_id ORDER BY x.transfer_no DESC) - x.fen
                  AS before FROM there x) h
    ), part AS (
        SELECT l.*, k.payable_id AS balance_id, p.place, p.fen,
               sum(p.fen) OVER (PARTITION BY l.item ORDER BY p.place, l.transfer_no DESC) - p.fen AS before
        FROM line l LEFT JOIN kept k ON k.item = l.item AND k.transfer_no = l.transfer_no
        CROSS JOIN LATERAL (VALUES (0, coalesce(k.fen, 0)), (1, l.rest - coalesce(k.fen, 0))) p (place, fen)
        WHERE p.fen > 0
    )
    SELECT p.item, p.transfer_no, p.debit_id, p.credit_id, p.detail_id, sum(least(p.fen, p.wanted - p.before))::bigint,
           max(p.balance_id) FILTER (WHERE p.place = 0),
           coalesce(sum(least(p.fen, p.wanted - p.before)) FILTER (WHERE p.place = 0), 0)::bigint
    FROM part p WHERE p.before < p.wanted
    GROUP BY p.item, p.transfer_no, p.debit_id, p.credit_id, p.detail_id;
END $$;

-- Write the contra transfers of these amounts of these payments, give the payables back what was paid on
-- them (what lay on a balance is taken there), and the channel its daily limit; what was settled is claimed from the biller in the same group of transfers; p_days holds the open business day, p_seals what the return says.
-- Answers a code a payment.
DROP FUNCTION IF EXISTS payments_contra_v1(smallint, timestamptz, bigint[], date[], uuid[]);
CREATE OR REPLACE FUNCTION payments_contra_v1(
    p_bucket smallint, p_now timestamptz, p_payments bigint[], p_amounts bigint[], p_days date[],
    p_seals uuid[]
) RETURNS integer[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_post record;
    v_claim record;
    v_codes integer[] := payments_unspent_v1(p_bucket, p_payments, p_amounts);
BEGIN
    IF NOT 0 = ALL (v_codes) THEN
        RETURN payments_contra_some_v1(p_bucket, p_now, p_payments, p_amounts, p_days, p_seals, v_codes);
    END IF;
    v_claim := payments_claims_v1(p_bucket, p_payments, p_amounts);
    SELECT array_agg(l.item ORDER BY l.ord, l.item) AS items,
           array_agg('posted'::ledger_kind) AS kinds,
           array_agg(l.debit ORDER BY l.ord, l.item) AS debits,
           array_agg(l.credit ORDER BY l.ord, l.item) AS credits,
           array_agg(l.amount ORDER BY l.ord, l.item) AS amounts,
           array_agg(NULL::bigint) AS nones,
           array_agg(nullif(l.ord, 0) ORDER BY l.ord, l.item) AS reverses,
           array_agg(l.id ORDER BY l.ord, l.item) AS ids,
           array_agg(l.payable ORDER BY l.ord, l.item) AS payables,
           array_agg(p_days[l.item] ORDER BY l.ord, l.item) AS days,
           array_agg(l.seal ORDER BY l.ord, l.item) AS seals,
           array_agg(l.kept ORDER BY l.ord, l.item) AS kept
    INTO v_post
    FROM (SELECT c.item, 0 AS ord, c.debit, c.credit, c.amount, c.id, 0 AS payable, NULL::uuid AS seal, 0 AS kept
          FROM unnest(v_claim.items, v_claim.debits, v_claim.credits, v_claim.amounts,
                      v_claim.documents) AS c (item, debit, credit, amount, id)
          UNION ALL
          SELECT t.item, t.transfer_no, t.credit_id, t.debit_id, t.amount_fen, p_payments[t.item],
                 t.detail_id, p_seals[t.item], t.kept_fen
          FROM payments_back_parts_v1(p_bucket, p_payments, p_amounts) t) l;
    IF v_post.items IS NULL THEN
        RETURN array_fill(0, ARRAY[cardinality(p_payments)]);
    END IF;
    SELECT array_agg(coalesce(r.code, 0) ORDER BY i.item) INTO v_codes
    FROM generate_series(1, cardinality(p_payments)) AS i (item)
    LEFT JOIN (SELECT v_post.items[p.item] AS item,
                      min(p.code) FILTER (WHERE p.code NOT IN (0, @LEDGER_LINKED_FAILED)) AS code
               FROM ledger_post_v1(p_bucket, p_now, v_post.items, v_post.kinds, v_post.debits,
                   v_post.credits, v_post.amounts, v_post.nones, v_post.reverses, v_post.ids,
                   v_post.payables, v_post.days, v_post.seals) p
               GROUP BY v_post.items[p.item]) r ON r.item = i.item;
    IF v_claim.items IS NOT NULL THEN
        INSERT INTO refund_claim (document_id, bucket, payment_id, biller_id, amount_fen, by_claim,
                                  business_day, made_at)
        SELECT c.document, p_bucket, p_payments[c.item], c.biller, c.amount, c.by_claim,
               p_days[c.item], p_now
        FROM unnest(v_claim.items, v_claim.documents, v_claim.billers, v_claim.amounts,
                    v_claim.by_claims) AS c (item, document, biller, amount, by_claim)
        WHERE v_codes[c.item] = 0;
        PERFORM payments_collect_claims_v1(u.biller, p_now, false)
        FROM (SELECT DISTINCT biller FROM unnest(v_claim.billers) AS x (biller) ORDER BY 1) u;
    END IF;
    UPDATE payable y
    SET paid_fen = y.paid_fen - CASE WHEN y.mode = 'open' THEN 0 ELSE l.amount END,
        state = CASE WHEN y.state = 'settled' THEN 'open' ELSE y.state END,
        balance_fen = y.balance_fen - l.amount
    FROM (SELECT u.payable, sum(u.amount) AS amount
          FROM unnest(v_post.items, v_post.payables, v_post.amounts) AS u (item, payable, amount)
          WHERE v_codes[u.item] = 0 GROUP BY u.payable) l
    WHERE y.bucket = p_bucket AND y.payable_id = l.payable;
    PERFORM payments_moved_back_v1(p_bucket, array_agg(u.id), array_agg(u.payable), array_agg(u.kept), p_now)
    FROM unnest(v_post.items, v_post.ids, v_post.payables, v_post.kept) AS u (item, id, payable, kept)
    WHERE v_codes[u.item] = 0 AND u.kept > 0 HAVING count(*) > 0;
    UPDATE channel_usage x SET taken_fen = x.taken_fen - u.amount
    FROM (SELECT y.channel_id, y.business_day, sum(y.amount_fen) AS amount
          FROM unnest(p_payments, p_days, v_codes) AS i (payment, day, code)
          JOIN payment y ON y.bucket = p_bucket AND y.payment_id = i.payment
          WHERE i.code = 0 AND y.business_day = i.day GROUP BY 1, 2) u
    WHERE x.channel_id = u.channel_id AND x.business_day = u.business_day;
    RETURN v_codes;
END $$;

CREATE OR REPLACE FUNCTION payments_return_v1(
    p_bucket smallint, p_now timestamptz, p_partner integer[], p_serial text[], p_home smallint[],
    p_hash uuid[], p_verb serial_verb[], p_original text[], p_original_home smallint[],
    p_amount bigint[], p_reason text[]
) RETURNS TABLE (item integer, code integer, repeated boolean, payment_id bigint,
                 business_day date, booked_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_item record;
    v_codes integer[];
    v_local record;
    v_contra integer[];
    v_lost integer;
BEGIN
    PERFORM payments_at_home_v1(p_partner, p_serial, p_home);
    PERFORM payments_at_home_v1(p_partner, p_original, p_original_home);
    PERFORM payments_lock_v1(p_bucket, CASE WHEN 'refund' = ANY (p_verb) THEN ARRAY(
        SELECT o.payment_id FROM unnest(p_partner, p_original, p_original_home) AS u (partner, serial, home)
        JOIN LATERAL (SELECT x.payment_id FROM payment_serial x WHERE x.bucket = u.home
            AND x.partner_id = u.partner AND x.serial = u.serial LIMIT 1) o ON true) END);
    v_item := payments_return_items_v1(p_bucket, p_partner, p_serial, p_home, p_hash, p_verb,
                                       p_original, p_original_home, p_amount);
    -- What a biller's own system is to give back is looked at before it is asked.
    v_codes := v_item.codes;
    IF true = ANY (v_item.remotes) THEN
        SELECT array_agg(coalesce(s.code, u.code) ORDER BY u.item) INTO v_codes
        FROM unnest(v_codes) WITH ORDINALITY AS u (code, item)
        LEFT JOIN payments_remote_unspent_v1(p_bucket, v_item.payments, p_amount, v_codes, v_item.known,
                                             v_item.remotes) s ON s.item = u.item;
    END IF;
    PERFORM 1 FROM channel_usage x WHERE x.channel_id = ANY (p_partner)
        AND x.business_day = ANY (v_item.days)
    ORDER BY x.channel_id, x.business_day FOR UPDATE;

    -- Hosted billers: the contra is written now.
    SELECT array_agg(u.item) AS items, array_agg(u.payment ORDER BY u.item) AS payments,
           array_agg(u.amount ORDER BY u.item) AS amounts,
           array_agg(u.day ORDER BY u.item) AS days,
           array_agg(payments_return_seal_v1(u.verb, u.partner, u.serial, u.reason, u.hash)
                     ORDER BY u.item) AS seals
    INTO v_local
    FROM unnest(v_codes, v_item.known, v_item.remotes, v_item.payments, v_item.days, p_verb,
                p_partner, p_serial, p_amount, p_reason, p_hash) WITH ORDINALITY
        AS u (code, known, remote, payment, day, verb, partner, serial, amount, reason, hash, item)
    WHERE u.code = 0 AND NOT u.known AND NOT u.remote;
    IF v_local.items IS NOT NULL THEN
        v_contra := payments_contra_v1(p_bucket, p_now, v_local.payments, v_local.amounts,
                                       v_local.days, v_local.seals);
        SELECT array_agg(coalesce(c.code, u.code) ORDER BY u.item) INTO v_codes
        FROM unnest(v_codes) WITH ORDINALITY AS u (code, item)
        LEFT JOIN unnest(v_local.items, v_contra) AS c (item, code) ON c.item = u.item;
    END IF;

    -- What is given back in part stays taken until all is.
    UPDATE payment y
    SET payer_state = CASE WHEN u.remote THEN y.payer_state WHEN u.verb = 'refund'
                           THEN 'refunded' ELSE 'returned' END::payer_state,
        biller_state = CASE WHEN u.remote THEN 'reversing' ELSE 'reversed' END::biller_state
    FROM unnest(v_codes, v_item.known, v_item.payments, v_item.remotes, v_item.lefts, p_verb)
        AS u (code, known, payment, remote, rest, verb)
    WHERE u.code = 0 AND NOT u.known AND u.rest = 0 AND y.bucket = p_bucket
        AND y.payment_id = u.payment;
    -- An undecided charge keeps its payment out of the charge ladder: only the reversal counts now.
    INSERT INTO biller_call AS c (bucket, payment_id, step, due_at)
    SELECT p_bucket, u.payment, 'reverse', p_now
    FROM unnest(v_codes, v_item.known, v_item.payments, v_item.remotes)
        AS u (code, known, payment, remote)
    WHERE u.code = 0 AND NOT u.known AND u.remote
    ON CONFLICT (bucket, payment_id) DO UPDATE
    SET step = 'reverse', tries = 0, due_at = excluded.due_at;
    DELETE FROM payment_return r USING unnest(v_codes, v_item.known, v_item.payments)
        AS u (code, known, payment)
    WHERE u.code = 0 AND NOT u.known AND r.bucket = p_bucket AND r.payment_id = u.payment
        AND r.booked_at IS NULL;
    INSERT INTO payment_return
    SELECT p_bucket, u.payment, u.verb, u.partner, u.serial, u.amount, u.reason, u.day,
           CASE WHEN u.remote THEN NULL ELSE p_now END, u.rest
    FROM unnest(v_codes, v_item.known, v_item.payments, v_item.remotes, v_item.days, v_item.lefts,
                p_verb, p_partner, p_serial, p_amount, p_reason)
        AS u (code, known, payment, remote, day, rest, verb, partner, serial, amount, reason)
    WHERE u.code = 0 AND NOT u.known;
    INSERT INTO payment_event (bucket, payment_id, at, payer_state, biller_state, note)
    SELECT p_bucket, y.payment_id, p_now, y.payer_state, y.biller_state, u.verb::text
    FROM unnest(v_codes, v_item.known, v_item.payments, p_verb) AS u (code, known, payment, verb)
    JOIN payment y ON y.bucket = p_bucket AND y.payment_id = u.payment
    WHERE u.code = 0 AND NOT u.known;

    SELECT array_agg(CASE WHEN u.code = 0 AND u.remote AND NOT u.known THEN @PROCESSING
                          ELSE u.code END ORDER BY u.item)
    INTO v_codes
    FROM unnest(v_codes, v_item.remotes, v_item.known) WITH ORDINALITY
        AS u (code, remote, known, item);

    -- Own serials and tombstones in one ordered insert; who loses a race must look again.
    WITH wanted AS (
        SELECT u.home AS home, u.partner, u.serial, u.verb, u.hash, u.code,
               CASE WHEN u.code IN (0, @PROCESSING) THEN u.payment END AS payment
        FROM unnest(p_home, p_partner, p_serial, p_verb, p_hash, v_codes, v_item.payments,
                    v_item.known) AS u (home, partner, serial, verb, hash, code, payment, known)
        WHERE NOT u.known AND (u.code = @PROCESSING OR NOT u.code = ANY (@RETRYABLE))
        UNION ALL
        SELECT u.home, u.partner, u.original, 'tombstone', u.hash, @REVERSED_BEFORE_CHARGE, NULL
        FROM unnest(p_original_home, p_partner, p_original, p_hash, v_codes, v_item.unseen)
            AS u (home, partner, original, hash, code, unseen)
        WHERE u.unseen AND u.code = @ORIGINAL_UNKNOWN_BLOCKED
    ), written AS (
        INSERT INTO payment_serial
        SELECT home, partner, serial, verb, hash, code, p_bucket, payment
        FROM wanted ORDER BY partner, serial ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM written) INTO v_lost;
    IF v_lost > 0 THEN
        RAISE EXCEPTION 'a serial was taken in another bucket meanwhile'
            USING ERRCODE = 'serialization_failure';
    END IF;

    RETURN QUERY
    SELECT u.item::integer, u.code, u.known, u.payment, coalesce(r.business_day, u.day),
           r.booked_at
    FROM unnest(v_codes, v_item.known, v_item.payments, v_item.days, p_serial) WITH ORDINALITY
        AS u (code, known, payment, day, serial, item)
    LEFT JOIN LATERAL (SELECT x.business_day, x.booked_at FROM payment_return x
                       WHERE x.bucket = u.payment % 1000 AND x.payment_id = u.payment
                           AND x.serial = u.serial LIMIT 1) r ON true;
END $$;
