-- Billers whose payables are paid oldest first (decision 0037): what a line says once the lines beside it are known.
-- Inside payments_charge_v1.
--
-- Open bills of an account, in the order (due_on, payable_id): a line stands when its own payment covers in full
-- every bill before it. What is open to any amount, such as a balance, comes behind all bills. A bill before it
-- that an undecided payment holds, or that is kept for one, may be paid in a moment: PAYABLE_HELD, which may be sent again. One of an account
-- that an earlier payment of the same call pays waits for the next call: BUSY. Billers with a system of their own judge
-- by themselves.
CREATE OR REPLACE FUNCTION payments_charge_oldest_v1(
    p_bucket smallint, p_biller integer[], p_account text[], l_item integer[], l_amount bigint[],
    l_payables bigint[], l_codes integer[]
) RETURNS integer[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH item AS (
        SELECT u.item, u.biller, u.account_no,
               min(u.item) OVER (PARTITION BY u.biller, u.account_no) < u.item AS waits
        FROM unnest(p_biller, p_account) WITH ORDINALITY AS u (biller, account_no, item)
        JOIN biller b ON b.partner_id = u.biller AND b.oldest_first AND b.endpoint = ''
    ), line AS (
        SELECT u.ord, u.item, u.amount, u.payable, u.code
        FROM unnest(l_item, l_amount, l_payables, l_codes) WITH ORDINALITY AS u (item, amount, payable, code, ord)
    ), bill AS (
        SELECT i.item, y.payable_id, y.held_by IS NOT NULL OR y.kept_for IS NOT NULL AS is_held,
               row_number() OVER (PARTITION BY i.item ORDER BY y.due_on, y.payable_id) AS place,
               y.due_fen - y.paid_fen > coalesce(l.paid, 0) AS is_left
        FROM item i
        JOIN payable y ON y.bucket = p_bucket AND y.biller_id = i.biller AND y.account_no = i.account_no
            AND y.state = 'open' AND y.mode <> 'open'
        LEFT JOIN (SELECT item, payable, sum(amount) AS paid FROM line GROUP BY item, payable) l
            ON l.item = i.item AND l.payable = y.payable_id
    ), left_over AS (
        SELECT item, min(place) FILTER (WHERE NOT is_held) AS free, min(place) AS first
        FROM bill WHERE is_left GROUP BY item
    )
    SELECT array_agg(CASE
        WHEN l.code <> 0 OR i.item IS NULL THEN l.code
        WHEN i.waits THEN @BUSY
        WHEN o.free < coalesce(b.place, o.free + 1) THEN @OLDER_UNPAID
        WHEN o.first < coalesce(b.place, o.first + 1) THEN @PAYABLE_HELD
        ELSE 0 END ORDER BY l.ord)
    FROM line l
    LEFT JOIN item i ON i.item = l.item
    LEFT JOIN bill b ON b.item = l.item AND b.payable_id = l.payable
    LEFT JOIN left_over o ON o.item = l.item
$$;
