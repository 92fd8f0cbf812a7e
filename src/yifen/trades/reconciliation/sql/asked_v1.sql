-- The night's process has a hub in it for repairs alone: a payment that it books, takes back or decides
-- is one that a difference asks for, as two people agreed or as the partner's own policy lets it go by
-- itself. Asked here, where the money moves, of the rows that would say so.

-- What an action by itself rests on: the partner's policy of the class, its own or the default, as
-- repair/rules.py has it; no `action`: it is for people. `fen_max` empty: the bounds of recon_within_v1.
CREATE OR REPLACE FUNCTION recon_policy_v1(
    p_item recon_item, OUT party text, OUT action text, OUT automatic boolean, OUT fen_max bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.party, d.action, d.automatic, d.fen_max
    FROM recon_profile_in_force f
    LEFT JOIN recon_policy p
        ON p.profile_id = f.partner_id AND p.difference_class = p_item.class::text
    LEFT JOIN LATERAL (
        SELECT p.action, p.automatic, p.automatic_fen_max WHERE p.action IS NOT NULL
        UNION ALL
        SELECT CASE p_item.class WHEN 'theirs_only' THEN 'book' WHEN 'ours_only' THEN 'refund'
                   WHEN 'status' THEN 'refund' WHEN 'fee' THEN 'accept' ELSE 'suspend' END, true,
               CASE WHEN p_item.class IN ('ours_only', 'status') THEN 100000 END
        WHERE p.action IS NULL AND f.party = 'channel' AND f.truth = 'theirs'
    ) d (action, automatic, fen_max) ON true
    WHERE f.partner_id = p_item.partner_id;
$$;

-- What all differences of a partner's day and class share: is the day whole, how many are they, of how much.
CREATE OR REPLACE FUNCTION recon_alike_v1(
    p_partner bigint, p_day date, p_class recon_class, OUT whole boolean, OUT alike bigint, OUT alike_fen bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    whole := recon_day_whole_v1(p_partner, p_day);
    SELECT count(*), coalesce(sum(greatest(x.ours_fen, x.theirs_fen)), 0) INTO alike, alike_fen
    FROM recon_item x WHERE x.partner_id = p_partner AND x.business_day = p_day
        AND x.class = p_class AND x.closed_by IS DISTINCT FROM 'gone';
END $$;

-- Within what may be booked or taken back by itself: of an item, in number and in sum of the partner's day and
-- class. As repair/rules.py bounds it.
DROP FUNCTION IF EXISTS recon_within_v1(recon_item, bigint, bigint);
CREATE OR REPLACE FUNCTION recon_within_v1(
    p_item recon_item, p_fen bigint, p_fen_max bigint, p_alike bigint, p_alike_fen bigint
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p_fen <= coalesce(p_fen_max, 100000) AND p_alike <= coalesce(min(p.automatic_items_max), 20)
        AND p_alike_fen <= coalesce(min(p.automatic_sum_fen_max), 500000)
    FROM recon_policy p
    WHERE p.profile_id = p_item.partner_id AND p.difference_class = p_item.class::text;
$$;

-- Is this action of this item decided, by two people or by policy up to so much? The rest is of recon_alike_v1.
CREATE OR REPLACE FUNCTION recon_decided_v1(
    p_item recon_item, p_action text, p_fen bigint, p_whole boolean, p_alike bigint, p_alike_fen bigint
) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_policy record;
BEGIN
    IF p_item.state IS DISTINCT FROM 'doing' OR p_item.action IS DISTINCT FROM p_action THEN
        RETURN false;
    ELSIF p_item.proposed_by IS NOT NULL THEN
        RETURN recon_agreed_v1(p_item);
    END IF;
    v_policy := recon_policy_v1(p_item);
    RETURN coalesce(CASE p_action
        WHEN 'resolve' THEN v_policy.party = 'biller' AND (p_item.theirs_kind IS NOT NULL OR p_whole)
        WHEN 'book' THEN v_policy.automatic AND v_policy.action = 'book' AND p_whole
            AND recon_within_v1(p_item, p_fen, v_policy.fen_max, p_alike, p_alike_fen)
        WHEN 'refund' THEN v_policy.automatic AND v_policy.action IN ('refund', 'book')
            AND (p_item.theirs_kind IS NOT NULL OR p_whole)
            AND recon_within_v1(p_item, p_fen,
                CASE v_policy.action WHEN 'refund' THEN v_policy.fen_max END, p_alike, p_alike_fen)
        ELSE false END, false);
END $$;

-- The same of one item.
CREATE OR REPLACE FUNCTION recon_decided_v1(p_item recon_item, p_action text, p_fen bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p_item.state IS DISTINCT FROM 'doing' OR p_item.action IS DISTINCT FROM p_action THEN
        RETURN false;
    END IF;
    RETURN (SELECT recon_decided_v1(p_item, p_action, p_fen, d.whole, d.alike, d.alike_fen)
            FROM recon_alike_v1(p_item.partner_id, p_item.business_day, p_item.class) d);
END $$;

-- Which of these items decide this action, each up to so much. What they share is asked once, not by each.
CREATE OR REPLACE FUNCTION recon_decide_v1(p_action text, p_items bigint[], p_fens bigint[])
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT i AS item, i.item_id, i.partner_id, i.business_day, i.class, a.fen
        FROM unnest(p_items, p_fens) a (item, fen) JOIN recon_item i ON i.item_id = a.item),
    days AS MATERIALIZED (
        SELECT * FROM (SELECT DISTINCT f.partner_id, f.business_day, f.class FROM found f) d
        CROSS JOIN LATERAL recon_alike_v1(d.partner_id, d.business_day, d.class))
    SELECT f.item_id FROM found f JOIN days d USING (partner_id, business_day, class)
    WHERE recon_decided_v1(f.item, p_action, f.fen, d.whole, d.alike, d.alike_fen);
END $$;

-- What the item's own line says of our payment: that it is to be given back.
CREATE OR REPLACE FUNCTION recon_lacks_v1(p_item recon_item, p_fen bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(CASE WHEN p_item.class = 'theirs_only'
        THEN p_item.theirs_kind IN ('refund', 'void') AND p_item.theirs_fen = p_fen
        ELSE (p_item.class = 'ours_only'
              OR p_item.class = 'status' AND p_item.theirs_kind IN ('refund', 'void'))
            AND p_item.ours_kind = 'sale' AND p_item.ours_fen = p_fen END, false);
$$;

CREATE OR REPLACE FUNCTION recon_unasked_v1(p_what text, p_payment bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'no difference asks that payment % is %', p_payment, p_what
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- Booked: a sale of the channel's file that we lack, in its amount, of its account.
CREATE OR REPLACE FUNCTION recon_books_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM recon_unasked_v1('booked', u.payment_id) FROM (
        WITH asks AS MATERIALIZED (
            SELECT n.payment_id, n.amount_fen, i.item_id
            FROM added n JOIN recon_item i ON i.partner_id = n.channel_id AND i.serial = n.serial
            WHERE i.class = 'theirs_only' AND i.theirs_kind = 'sale' AND i.theirs_fen = n.amount_fen
                AND i.account_no = n.account_no)
        SELECT n.payment_id FROM added n
        WHERE NOT EXISTS (
            SELECT FROM asks a JOIN recon_decide_v1('book', ARRAY(SELECT item_id FROM asks),
                                                    ARRAY(SELECT amount_fen FROM asks)) d ON d = a.item_id
            WHERE a.payment_id = n.payment_id)) u;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER recon_books AFTER INSERT ON payment REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT WHEN (session_user = 'yifen_night') EXECUTE FUNCTION recon_books_v1();

-- Has this item taken the payment back, or asked its biller to, under whatever serial of its number but this one?
CREATE OR REPLACE FUNCTION recon_took_back_v1(p_item bigint, p_payment bigint, p_but text DEFAULT '')
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM payment_return r WHERE r.bucket = p_payment % 1000 AND r.payment_id = p_payment
            AND r.serial <> p_but
            AND (r.booked_at IS NOT NULL OR EXISTS (SELECT FROM payment y WHERE y.bucket = r.bucket
                AND y.payment_id = r.payment_id AND y.biller_state = 'reversing'))
            AND r.serial ~ ('^RC' || p_item || '(-[1-9]\d*)?$'));
END $$;

-- Taken back: by the item whose number the return's serial carries, once, however often that was tried; or by a
-- chargeback that two people agreed to.
CREATE OR REPLACE FUNCTION recon_returns_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM recon_unasked_v1('taken back', u.payment_id) FROM (
        WITH asks AS MATERIALIZED (
            SELECT n.payment_id, n.serial, n.amount_fen, i.item_id
            FROM added n
            JOIN recon_item i ON i.item_id = substring(n.serial FROM '^RC([1-9]\d{0,17})(?:-[1-9]\d*)?$')::bigint
            LEFT JOIN LATERAL (SELECT x.payment_id FROM ledger_head h
                CROSS JOIN LATERAL (SELECT * FROM payment_serial y WHERE y.bucket = h.bucket
                    AND y.partner_id = i.partner_id AND y.serial = i.original LIMIT 1) x
                WHERE i.payment_id IS NULL LIMIT 1) s ON true
            WHERE coalesce(i.payment_id, s.payment_id) = n.payment_id AND recon_lacks_v1(i, n.amount_fen)
                AND NOT recon_took_back_v1(i.item_id, n.payment_id, n.serial))
        SELECT n.payment_id FROM added n
        WHERE NOT EXISTS (
            SELECT FROM asks a JOIN recon_decide_v1('refund', ARRAY(SELECT item_id FROM asks),
                                                    ARRAY(SELECT amount_fen FROM asks)) d ON d = a.item_id
            WHERE a.payment_id = n.payment_id AND a.serial = n.serial)
            AND NOT recon_chargeback_asks_v1(n.payment_id, n.channel_id, n.verb::text, n.serial, n.amount_fen)) u;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER recon_returns AFTER INSERT ON payment_return REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT WHEN (session_user = 'yifen_night') EXECUTE FUNCTION recon_returns_v1();

-- A difference that moved money stays in doing till it is closed: no run may find it gone, so that it counts no longer.
CREATE OR REPLACE FUNCTION recon_moved_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger_head h
        CROSS JOIN LATERAL (SELECT * FROM payment_serial x WHERE x.bucket = h.bucket
            AND x.partner_id = OLD.partner_id AND x.serial IN (OLD.serial, OLD.original)) s
        JOIN payment y ON y.bucket = s.payment_id % 1000 AND y.payment_id = s.payment_id
        WHERE s.verb = 'charge' AND s.serial = OLD.serial AND OLD.class = 'theirs_only' AND OLD.theirs_kind = 'sale'
            AND (y.amount_fen, y.account_no) = (OLD.theirs_fen, OLD.account_no)
            AND y.payer_state IN ('held', 'taken') AND y.biller_state <> 'rejected'
            OR s.serial = OLD.original AND OLD.payment_id IS NULL AND recon_took_back_v1(OLD.item_id, y.payment_id))
        OR recon_took_back_v1(OLD.item_id, OLD.payment_id)
    THEN
        RAISE EXCEPTION 'item % moved money', OLD.item_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER moved BEFORE UPDATE ON recon_item FOR EACH ROW
    WHEN (OLD.state = 'doing' AND OLD.action IN ('book', 'refund')
          AND (NEW.state NOT IN ('doing', 'closed') OR NEW.action IS DISTINCT FROM OLD.action))
    EXECUTE FUNCTION recon_moved_v1();

-- Nobody asks the biller of this payment any more, and its day is closed: what comes now is no answer.
CREATE OR REPLACE FUNCTION recon_silent_v1(p_payment payment) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM biller_call c JOIN partner p ON p.id = p_payment.biller_id JOIN ledger_book k USING (book_id)
        WHERE (c.bucket, c.payment_id) = (p_payment.bucket, p_payment.payment_id) AND c.due_at IS NULL
            AND p_payment.business_day < k.current_day);
$$;

-- Decided for a biller that did not: as its file says; or what it answers to a repair's own message; or by the word
-- of two people (recon_end_v1). Asked of the night always, and of every process once nobody asks the biller.
CREATE OR REPLACE FUNCTION recon_resolves_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    v_return payment_return;
    v_back boolean := OLD.biller_state = 'reversing';
BEGIN
    IF session_user <> 'yifen_night'
        AND (pg_has_role(session_user, current_user, 'MEMBER') OR NOT recon_silent_v1(OLD))
    THEN
        RETURN NEW;
    END IF;
    SELECT * INTO v_return FROM payment_return r
    WHERE (r.bucket, r.payment_id) = (NEW.bucket, NEW.payment_id);
    IF NOT EXISTS (
        SELECT FROM recon_item i
        WHERE i.payment_id = NEW.payment_id AND recon_decided_v1(i, 'resolve', NEW.amount_fen)
            AND (i.theirs_fen IS NULL OR i.theirs_fen = NEW.amount_fen)
            AND CASE WHEN NOT v_back THEN NEW.biller_state
                    = CASE i.theirs_kind WHEN 'sale' THEN 'booked' ELSE 'rejected' END::biller_state
                WHEN i.ours_kind IN ('refund', 'void')
                    THEN (NEW.biller_state = 'reversed') = coalesce(i.theirs_kind IN ('refund', 'void'), false)
                ELSE (NEW.biller_state = 'reversed') = (i.theirs_kind IS DISTINCT FROM 'sale') END)
        AND NOT EXISTS (
            SELECT FROM recon_item i
            WHERE (i.partner_id, i.serial) = (NEW.channel_id, NEW.serial)
                AND recon_decided_v1(i, 'book', NEW.amount_fen))
        AND NOT EXISTS (
            SELECT FROM recon_item i
            WHERE i.item_id = substring(v_return.serial FROM '^RC([1-9]\d{0,17})(?:-[1-9]\d*)?$')::bigint
                AND recon_decided_v1(i, 'refund', NEW.amount_fen))
        AND recon_chargeback_asks_v1(v_return.payment_id, v_return.channel_id, v_return.verb::text, v_return.serial,
                                     v_return.amount_fen) IS NOT TRUE
        AND NOT EXISTS (
            SELECT FROM access_authorisation a
            WHERE a.id = access_settled_v1('repair.undecided', NEW.payment_id::text)
                AND (a.content ->> 'word' = NEW.biller_state::text
                     OR a.content ->> 'word' = 'reverse_refused' AND v_back
                        AND NEW.biller_state IN ('booked', 'unknown')))
        -- Our own return of a hosted biller's payment, whose row follows in the same call.
        AND NOT (NEW.biller_state IN ('reversed', 'reversing') AND OLD.biller_state <> 'reversing')
    THEN
        PERFORM recon_unasked_v1('decided', NEW.payment_id);
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER recon_resolves BEFORE UPDATE OF biller_state ON payment FOR EACH ROW
    WHEN (session_user = 'yifen_night' AND OLD.biller_state IS DISTINCT FROM NEW.biller_state
          OR session_user <> 'yifen_night' AND OLD.biller_state IN ('registered', 'sent', 'unknown', 'reversing'))
    EXECUTE FUNCTION recon_resolves_v1();
