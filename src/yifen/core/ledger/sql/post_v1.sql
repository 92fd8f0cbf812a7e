-- ledger_post_v1: book transfers of one bucket, all in one sealed batch.
--
-- Arrays hold one element a transfer; transfers of one p_group are linked 关联: all or none.
-- Answers one row a transfer: code, and its number when it was booked. A transfer that depends on
-- one of the same call that is, or may be, refused gets BUSY: call again with it.
-- Lock order: ledger_head, then balances by account. Rule: design decision 3, X4.

CREATE OR REPLACE FUNCTION ledger_check_v1(
    p_bucket smallint, p_group integer[], p_kind ledger_kind[], p_debit integer[],
    p_credit integer[], p_amount bigint[], p_pending bigint[], p_reverses bigint[], p_day date[]
) RETURNS integer[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT array_agg(CASE
        WHEN i.amount IS NULL OR i.amount NOT BETWEEN 1 AND 999999999999999
            THEN @LEDGER_AMOUNT_INVALID
        WHEN i.debit = i.credit THEN @LEDGER_SAME_ACCOUNT
        WHEN d.account_id IS NULL OR c.account_id IS NULL THEN @LEDGER_ACCOUNT_UNKNOWN
        WHEN (d.closed OR c.closed) AND i.pending IS NULL THEN @LEDGER_ACCOUNT_CLOSED
        WHEN d.book_id <> c.book_id THEN @LEDGER_BOOKS_DIFFER
        WHEN i.day IS DISTINCT FROM k.current_day THEN @LEDGER_DAY_CLOSED
        ELSE 0 END ORDER BY i.item)
    FROM (SELECT n AS item, p_debit[n] AS debit, p_credit[n] AS credit, p_amount[n] AS amount,
                 p_pending[n] AS pending, p_day[n] AS day
          FROM generate_series(1, cardinality(p_debit)) n OFFSET 0) i
    LEFT JOIN ledger_account d ON d.account_id = i.debit
    LEFT JOIN ledger_account c ON c.account_id = i.credit
    LEFT JOIN ledger_book k ON k.book_id = d.book_id);
END $$;

-- Post, void and contra transfers must name a transfer that is there, fits, and is still open; the contras
-- of one may be in parts, which never exceed it.
CREATE OR REPLACE FUNCTION ledger_check_links_v1(
    p_bucket smallint, p_kind ledger_kind[], p_debit integer[], p_credit integer[],
    p_amount bigint[], p_pending bigint[], p_reverses bigint[], p_codes integer[]
) RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT array_agg(CASE
        WHEN i.code <> 0 THEN i.code
        WHEN (i.kind IN ('post', 'void')) <> (i.pending IS NOT NULL) THEN @LEDGER_PENDING_UNKNOWN
        WHEN i.pending IS NOT NULL AND (h.kind IS DISTINCT FROM 'pending'
            OR (h.debit_id, h.credit_id, h.amount_fen) <> (i.debit, i.credit, i.amount))
            THEN @LEDGER_PENDING_UNKNOWN
        WHEN i.pending IS NOT NULL AND EXISTS (
                SELECT FROM ledger_transfer x
                WHERE x.bucket = p_bucket AND x.pending_no = i.pending AND x.transfer_no > i.pending)
            THEN @LEDGER_PENDING_RESOLVED
        WHEN i.reverses IS NOT NULL AND (i.kind <> 'posted' OR o.kind IS NULL
            OR o.kind NOT IN ('posted', 'post')
            OR (o.credit_id, o.debit_id) <> (i.debit, i.credit) OR o.amount_fen < i.amount)
            THEN @LEDGER_ORIGINAL_UNKNOWN
        WHEN i.reverses IS NOT NULL AND o.amount_fen - i.amount < (
                SELECT coalesce(sum(x.amount_fen), 0) FROM ledger_transfer x
                WHERE x.bucket = p_bucket AND x.reverses_no = i.reverses AND x.transfer_no > i.reverses)
            THEN @LEDGER_ALREADY_REVERSED
        WHEN i.pending IS NOT NULL AND i.pending_rank > 1
            OR i.reverses IS NOT NULL AND i.reverses_rank > 1 THEN @BUSY
        ELSE 0 END ORDER BY i.item)
    FROM (SELECT *, row_number() OVER (PARTITION BY pending ORDER BY item) AS pending_rank,
                 row_number() OVER (PARTITION BY reverses ORDER BY item) AS reverses_rank
          FROM unnest(p_kind, p_debit, p_credit, p_amount, p_pending, p_reverses, p_codes)
              WITH ORDINALITY
              AS u (kind, debit, credit, amount, pending, reverses, code, item)) i
    LEFT JOIN ledger_transfer h ON h.bucket = p_bucket AND h.transfer_no = i.pending
    LEFT JOIN ledger_transfer o ON o.bucket = p_bucket AND o.transfer_no = i.reverses;
$$;

-- Limits: in the order of the call, what is free on each limited account after every transfer.
-- The first group that would overdraw is refused; groups that reach past its first transfer, where
-- what it would have moved was counted on, get BUSY if they touch a limited account.
CREATE OR REPLACE FUNCTION ledger_check_limits_v1(
    p_bucket smallint, p_group integer[], p_kind ledger_kind[], p_debit integer[],
    p_credit integer[], p_amount bigint[], p_codes integer[]
) RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH touched AS (
        SELECT i.item, i.grp, a.account_id, sum(CASE
                WHEN (a.limited = 'credit_covers_debit') = (s.leg = 'debit')
                    THEN CASE i.kind WHEN 'post' THEN 0 WHEN 'void' THEN i.amount
                                     ELSE -i.amount END
                WHEN i.kind IN ('posted', 'post') THEN i.amount ELSE 0 END)
            OVER (PARTITION BY a.account_id ORDER BY i.item) + CASE a.limited
                WHEN 'credit_covers_debit'
                    THEN b.credit_posted_fen - b.debit_posted_fen - b.debit_pending_fen
                ELSE b.debit_posted_fen - b.credit_posted_fen - b.credit_pending_fen END AS free
        FROM unnest(p_group, p_kind, p_debit, p_credit, p_amount, p_codes) WITH ORDINALITY
            AS i (grp, kind, debit, credit, amount, code, item)
        CROSS JOIN LATERAL (VALUES ('debit', i.debit), ('credit', i.credit)) s (leg, account_id)
        JOIN ledger_account a ON a.account_id = s.account_id AND a.limited <> 'none'
        JOIN ledger_balance b ON b.bucket = p_bucket AND b.account_id = s.account_id
        WHERE i.code = 0
    ), short AS (
        SELECT item, grp, (SELECT min(t.item) FROM touched t WHERE t.grp = s.grp) AS first_item
        FROM touched s WHERE free < 0 ORDER BY item LIMIT 1
    )
    SELECT array_agg(CASE
        WHEN i.code <> 0 THEN i.code
        WHEN i.item = (SELECT item FROM short) THEN @BALANCE_SHORT
        WHEN i.item > (SELECT first_item FROM short) AND i.grp <> (SELECT grp FROM short)
            AND EXISTS (SELECT FROM touched t WHERE t.grp = i.grp) THEN @BUSY
        ELSE 0 END ORDER BY i.item)
    FROM unnest(p_group, p_codes) WITH ORDINALITY AS i (grp, code, item);
$$;

-- A group with one refused transfer is refused whole.
CREATE OR REPLACE FUNCTION ledger_link_codes_v1(p_group integer[], p_codes integer[])
RETURNS integer[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(CASE WHEN code = 0 AND worst <> 0 THEN @LEDGER_LINKED_FAILED ELSE code END
                     ORDER BY item)
    FROM (SELECT item, code, max(code) OVER (PARTITION BY grp) AS worst
          FROM unnest(p_group, p_codes) WITH ORDINALITY AS u (grp, code, item)) i;
$$;

-- p_seal: of each transfer's document what the transfer itself does not say (a payment's account,
-- channel, serial), as 128 bits of SHA-256; it is part of the digest.
DROP FUNCTION IF EXISTS ledger_post_v1(smallint, timestamptz, integer[], ledger_kind[], integer[],
    integer[], bigint[], bigint[], bigint[], bigint[], bigint[], date[]);
CREATE OR REPLACE FUNCTION ledger_post_v1(
    p_bucket smallint, p_now timestamptz, p_group integer[], p_kind ledger_kind[],
    p_debit integer[], p_credit integer[], p_amount bigint[], p_pending bigint[],
    p_reverses bigint[], p_reference bigint[], p_detail bigint[], p_day date[],
    p_seal uuid[] DEFAULT NULL
) RETURNS TABLE (item integer, code integer, transfer_no bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_head ledger_head;
    v_codes integer[];
    v_nos bigint[];
    v_digests bytea[];
    v_count integer;
    v_rows integer;
BEGIN
    SELECT * INTO STRICT v_head FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    IF v_head.batch_no < v_head.partition_no * 1000000000000 THEN  -- a part's first batch, its first numbers
        v_head.batch_no := v_head.partition_no * 1000000000000;
        v_head.transfer_no := v_head.batch_no;
    END IF;
    v_codes := ledger_check_v1(p_bucket, p_group, p_kind, p_debit, p_credit, p_amount,
                               p_pending, p_reverses, p_day);
    IF num_nonnulls(VARIADIC p_pending) + num_nonnulls(VARIADIC p_reverses) > 0
       OR 'post' = ANY (p_kind) OR 'void' = ANY (p_kind) THEN
        v_codes := ledger_check_links_v1(p_bucket, p_kind, p_debit, p_credit, p_amount,
                                         p_pending, p_reverses, v_codes);
    END IF;
    IF NOT 0 = ALL (v_codes) THEN
        v_codes := ledger_link_codes_v1(p_group, v_codes);
    END IF;
    -- Only a debit of an account that credits must cover, or the mirror of it, can overdraw.
    IF EXISTS (SELECT FROM ledger_account a
               WHERE a.account_id = ANY (p_debit) AND a.limited = 'credit_covers_debit'
                  OR a.account_id = ANY (p_credit) AND a.limited = 'debit_covers_credit') THEN
        v_codes := ledger_link_codes_v1(p_group, ledger_check_limits_v1(
            p_bucket, p_group, p_kind, p_debit, p_credit, p_amount, v_codes));
    END IF;

    -- Number and digest the transfers that stand; the text is rebuilt by yifen.ledger.chain.
    IF 0 = ALL (v_codes) THEN
        v_count := cardinality(v_codes);
        SELECT array_agg(v_head.transfer_no + n ORDER BY n) INTO v_nos FROM generate_series(1, v_count) n;
    ELSE
        SELECT array_agg(u.no ORDER BY u.item), count(u.no) INTO v_nos, v_count
        FROM (SELECT i.item, CASE WHEN i.code = 0 THEN v_head.transfer_no
                     + count(*) FILTER (WHERE i.code = 0) OVER (ORDER BY i.item) END AS no
              FROM unnest(v_codes) WITH ORDINALITY AS i (code, item)) u;
    END IF;
    SELECT array_agg(sha256(convert_to(concat_ws('|', p_bucket, v_nos[n], v_head.batch_no + 1, p_kind[n],
               p_debit[n], p_credit[n], p_amount[n], coalesce(p_pending[n], 0), coalesce(p_reverses[n], 0),
               p_reference[n], p_detail[n], p_day[n] - DATE '1970-01-01', p_seal[n]), 'UTF8')) ORDER BY n)
    INTO v_digests
    FROM generate_series(1, cardinality(v_codes)) n WHERE v_nos[n] IS NOT NULL;
    IF v_count > 0 THEN
        INSERT INTO ledger_transfer
        SELECT p_bucket, v_nos[n], v_head.batch_no + 1, p_kind[n], p_debit[n], p_credit[n], p_amount[n],
               p_pending[n], p_reverses[n], p_reference[n], p_detail[n], p_day[n],
               v_digests[v_nos[n] - v_head.transfer_no], p_seal[n]
        FROM generate_series(1, cardinality(v_codes)) n
        WHERE v_nos[n] IS NOT NULL;

        -- First by pair of accounts, which are few in a batch, then by account.
        WITH pairs AS (
            SELECT u.debit, u.credit,
                   sum(CASE u.kind WHEN 'pending' THEN u.amount WHEN 'posted' THEN 0
                                   ELSE -u.amount END) AS pending,
                   sum(CASE WHEN u.kind IN ('posted', 'post') THEN u.amount ELSE 0 END) AS posted
            FROM (SELECT p_kind[n] AS kind, p_debit[n] AS debit, p_credit[n] AS credit,
                         p_amount[n] AS amount
                  FROM generate_series(1, cardinality(v_codes)) n
                  WHERE v_nos[n] IS NOT NULL OFFSET 0) u
            GROUP BY u.debit, u.credit
        ), moves AS (
            SELECT l.account_id, sum(l.dpe) AS dpe, sum(l.dpo) AS dpo, sum(l.cpe) AS cpe,
                   sum(l.cpo) AS cpo
            FROM (SELECT debit AS account_id, pending AS dpe, posted AS dpo, 0 AS cpe, 0 AS cpo
                  FROM pairs
                  UNION ALL SELECT credit, 0, 0, pending, posted FROM pairs) l
            GROUP BY l.account_id
        ), moved AS (
            UPDATE ledger_balance b
            SET debit_pending_fen = b.debit_pending_fen + m.dpe,
                debit_posted_fen = b.debit_posted_fen + m.dpo,
                credit_pending_fen = b.credit_pending_fen + m.cpe,
                credit_posted_fen = b.credit_posted_fen + m.cpo
            FROM moves m WHERE b.bucket = p_bucket AND b.account_id = m.account_id
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM moves) - (SELECT count(*) FROM moved) INTO v_rows;
        IF v_rows <> 0 THEN
            RAISE EXCEPTION 'an account has no balance row in bucket %', p_bucket;
        END IF;

        v_head.batch_no := v_head.batch_no + 1;
        v_head.hash := sha256(v_head.hash || convert_to(
            p_bucket || '|' || v_head.batch_no || '|' || v_head.transfer_no + 1 || '|'
            || v_head.transfer_no + v_count || '|'
            || (extract(epoch FROM p_now) * 1000000)::bigint, 'UTF8')
            || (SELECT string_agg(d, ''::bytea ORDER BY n)
                FROM unnest(v_digests) WITH ORDINALITY AS x (d, n)));
        INSERT INTO ledger_batch VALUES (p_bucket, v_head.batch_no, v_head.transfer_no + 1,
                                         v_head.transfer_no + v_count, p_now, v_head.hash);
        UPDATE ledger_head h
        SET transfer_no = v_head.transfer_no + v_count, batch_no = v_head.batch_no,
            hash = v_head.hash
        WHERE h.bucket = p_bucket;
    END IF;
    RETURN QUERY SELECT u.item::integer, u.code, u.no
                 FROM unnest(v_codes, v_nos) WITH ORDINALITY AS u (code, no, item);
END $$;
