-- The money of a difference, moved between clearing and suspense 挂账, once each way.
--
-- What an item means for the channel's money is worked out here from the item itself; no caller
-- names an amount. Accounts: 2241.<book>.SUSPENSE 待查长款 holds what the channel has and we cannot
-- place, 1221.<book>.SHORT 应收短款 what it lacks and owes.
-- Lock order: the item, ledger_head, balances. Rules: domain.md case 8, X4.

-- The clearing account on which the money of an item stands, and its book: the one of the payment's
-- biller, else the first of the channel, its own book before others. No row: not a channel.
CREATE OR REPLACE FUNCTION recon_clearing_v1(
    p_item recon_item, OUT account integer, OUT book integer, OUT day date
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.account_id, l.book_id, k.current_day
    FROM admission a
    JOIN ledger_account l ON l.account_id = a.clearing_id
    JOIN ledger_book k ON k.book_id = l.book_id
    JOIN partner p ON p.id = a.channel_id
    LEFT JOIN payment y ON y.bucket = p_item.payment_id % 1000
        AND y.payment_id = p_item.payment_id
    WHERE a.channel_id = p_item.partner_id
    ORDER BY (a.biller_id = y.biller_id) DESC NULLS LAST, (l.book_id = p.book_id) DESC, a.id
    LIMIT 1;
$$;

-- May this be moved now? 0, or why not.
CREATE OR REPLACE FUNCTION recon_may_move_v1(p_item recon_item, p_purpose text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN p_item.item_id IS NULL THEN @ITEM_UNKNOWN
        WHEN EXISTS (SELECT FROM recon_posting x
                     WHERE x.item_id = p_item.item_id AND x.purpose = p_purpose)
            THEN @REPAIR_DONE_BEFORE
        WHEN p_purpose = 'suspend' AND p_item.state = 'closed' THEN @ITEM_CLOSED
        WHEN p_purpose = 'suspend' AND p_item.state <> 'doing' THEN @REPAIR_NOT_DECIDED
        WHEN p_purpose = 'suspend' AND (p_item.action NOT IN ('suspend', 'book')
            OR recon_difference_v1(p_item) = 0) THEN @ACTION_NOT_POSSIBLE
        -- The same line of the same file found again by another run: its money stands there already.
        WHEN p_purpose = 'suspend' AND EXISTS (
                SELECT FROM recon_item i JOIN recon_posting x USING (item_id)
                WHERE i.partner_id = p_item.partner_id AND i.business_day = p_item.business_day
                    AND i.serial = p_item.serial AND i.class = p_item.class
                    AND i.nth = p_item.nth AND x.purpose = 'suspend'
                    AND NOT EXISTS (SELECT FROM recon_posting r
                                    WHERE r.item_id = i.item_id AND r.purpose = 'release'))
            THEN @REPAIR_DONE_BEFORE
        WHEN p_purpose = 'suspend' AND NOT CASE WHEN p_item.proposed_by IS NULL
                THEN recon_goes_alone_v1(p_item) ELSE recon_agreed_v1(p_item) END
            THEN @REPAIR_NOT_DECIDED
        WHEN p_purpose = 'release' AND NOT EXISTS (
                SELECT FROM recon_posting x
                WHERE x.item_id = p_item.item_id AND x.purpose = 'suspend')
            THEN @ACTION_NOT_POSSIBLE
        ELSE 0 END;
$$;

-- Answers 0, or the code that refuses it with nothing moved. A step of the two functions behind it, which
-- find out who decided.
CREATE OR REPLACE FUNCTION recon_move_v1(
    p_item bigint, p_purpose text, p_now timestamptz, p_maker text, p_checker text
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_item recon_item;
    v_place record;
    v_old recon_posting;
    v_difference bigint;
    v_bucket smallint;
    v_debit integer;
    v_credit integer;
    v_document bigint;
    v_code integer;
BEGIN
    SELECT * INTO v_item FROM recon_item WHERE item_id = p_item FOR UPDATE;
    v_code := recon_may_move_v1(v_item, p_purpose);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    SELECT * INTO v_place FROM recon_clearing_v1(v_item);
    IF v_place.account IS NULL THEN
        RETURN @ACTION_NOT_POSSIBLE;
    END IF;
    v_bucket := p_item % (SELECT count(*) FROM ledger_head);
    PERFORM 1 FROM ledger_head h WHERE h.bucket = v_bucket FOR UPDATE;
    v_difference := recon_difference_v1(v_item);
    IF p_purpose = 'release' THEN
        SELECT * INTO STRICT v_old FROM recon_posting
        WHERE item_id = p_item AND purpose = 'suspend';
        v_debit := v_old.credit_id;
        v_credit := v_old.debit_id;
        SELECT k.current_day INTO v_place.day
        FROM ledger_account a JOIN ledger_book k USING (book_id) WHERE a.account_id = v_debit;
    ELSIF v_difference > 0 THEN
        v_debit := v_place.account;
        v_credit := ledger_open_kind_v1('suspense', v_place.book, '', '');
    ELSE
        v_debit := ledger_open_kind_v1('short', v_place.book, '', '');
        v_credit := v_place.account;
    END IF;
    v_document := -nextval('document_no');
    SELECT code INTO STRICT v_code FROM ledger_post_v1(
        v_bucket, p_now, ARRAY[1], ARRAY['posted']::ledger_kind[], ARRAY[v_debit],
        ARRAY[v_credit], ARRAY[abs(v_difference)], ARRAY[NULL]::bigint[], ARRAY[NULL]::bigint[],
        ARRAY[v_document], ARRAY[p_item], ARRAY[v_place.day]);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    INSERT INTO recon_posting VALUES (
        v_document, p_item, p_purpose, v_bucket, v_debit, v_credit, abs(v_difference),
        v_place.day, p_now, p_maker, p_checker);
    RETURN 0;
END $$;

-- Onto suspense 挂账: of an item that is being carried out, as two people decided or as the policy lets it
-- go by itself. Codes: ITEM_UNKNOWN, REPAIR_DONE_BEFORE, ITEM_CLOSED, REPAIR_NOT_DECIDED,
-- ACTION_NOT_POSSIBLE.
CREATE OR REPLACE FUNCTION recon_suspend_v1(p_item bigint, p_now timestamptz) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT recon_move_v1(p_item, 'suspend', p_now,
        coalesce((SELECT i.proposed_by FROM recon_item i WHERE i.item_id = p_item), 'repair'),
        (SELECT i.decided_by FROM recon_item i WHERE i.item_id = p_item));
$$;

-- Back to clearing 销账, as two people decided in this very transaction. Codes: AUTHORISATION_INVALID
-- (nobody did), ITEM_UNKNOWN, ACTION_NOT_POSSIBLE, REPAIR_DONE_BEFORE.
CREATE OR REPLACE FUNCTION recon_release_v1(p_item bigint, p_now timestamptz) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT recon_move_v1(p_item, 'release', p_now, m.login, c.login)
        FROM access_authorisation a
        JOIN access_user m ON m.id = a.maker_id JOIN access_user c ON c.id = a.checker_id
        WHERE a.id = access_settled_v1('repair.release', p_item::text)), @AUTHORISATION_INVALID);
$$;
