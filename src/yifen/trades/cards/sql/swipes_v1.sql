-- Swipes: told by the bank, marked by their holder; a unit sees what he says is official, and nothing else.

-- One row of a word about a swipe. Nothing is written where a code is answered; what was said alike before is 0, under whichever
-- number of a reissued card. Authorisation, clearing and refund belong together by the bank's reference, in whatever order they
-- come; a refund goes over several clearings of it, and waits for what is not cleared yet. In this order: the row's own fault, SWIPE_FIELDS (of tomorrow, or of another century), CARD_UNKNOWN, SWIPE_OTHERWISE, SWIPE_REFUND_TOO_MUCH.
CREATE OR REPLACE FUNCTION cards_swipe_v1(w card_word, p_bureau integer, p_row integer, p jsonb, p_now timestamptz, OUT code integer,
    OUT card_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c card;
    s card_swipe;
    k card_swipe;
    v_chain bigint[];
    f record;
BEGIN
    SELECT * INTO c FROM card x WHERE x.bank_id = w.bank_id AND x.bureau_id = p_bureau
        AND x.lookup IN (SELECT jsonb_array_elements_text(p -> 'lookups'));
    card_id := c.card_id;
    code := CASE WHEN (p ->> 'code')::integer <> 0 THEN (p ->> 'code')::integer
        WHEN ((p ->> 'swiped_at')::timestamptz BETWEEN '2000-01-01' AND p_now + interval '1 day' AND coalesce((p ->> 'posted_on')::date,
            '2000-01-01') BETWEEN '2000-01-01' AND (p_now + interval '31 days')::date) IS NOT TRUE THEN @SWIPE_FIELDS
        WHEN c.card_id IS NULL THEN @CARD_UNKNOWN ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    v_chain := ARRAY(SELECT cards_chain_v1(c.card_id));
    s.card_id := c.card_id; s.person_id := c.person_id; s.bureau_id := p_bureau; s.number := p ->> 'number_no';
    s.kind := p ->> 'kind'; s.swiped_at := (p ->> 'swiped_at')::timestamptz; s.posted_on := (p ->> 'posted_on')::date;
    s.amount_fen := (p ->> 'amount_fen')::bigint; s.currency := p ->> 'currency'; s.foreign_amount := (p ->> 'foreign')::bigint;
    s.reference := p ->> 'reference'; s.auth_code := p ->> 'auth_code'; s.merchant_no := p ->> 'merchant_no';
    s.merchant := p ->> 'merchant'; s.mcc := p ->> 'mcc'; s.terminal := p ->> 'terminal'; s.remark := p ->> 'remark';
    s.word_id := w.word_id; s.row_no := p_row; s.made_at := p_now;
    SELECT * INTO k FROM card_swipe x WHERE x.card_id = ANY (v_chain) AND x.number = s.number;
    IF k.swipe_id IS NOT NULL THEN
        code := CASE WHEN (k.kind, k.swiped_at, k.amount_fen, k.currency, k.foreign_amount, k.reference)
                = (s.kind, s.swiped_at, s.amount_fen, s.currency, s.foreign_amount, s.reference)
            AND k.posted_on IS NOT DISTINCT FROM s.posted_on THEN 0 ELSE @SWIPE_OTHERWISE END;
        RETURN;
    END IF;
    IF s.kind = 'refund' THEN
        SELECT coalesce(sum(x.amount_fen) FILTER (WHERE x.kind = 'cleared'), 0) AS cleared,
            coalesce(sum(x.amount_fen) FILTER (WHERE x.kind = 'auth'), 0) AS authorised,
            coalesce(sum(x.amount_fen) FILTER (WHERE x.kind = 'refund'), 0) AS back INTO f
        FROM card_swipe x WHERE x.card_id = ANY (v_chain) AND x.reference = s.reference;
        IF f.cleared > 0 AND f.back + s.amount_fen > greatest(f.cleared, f.authorised) THEN
            code := @SWIPE_REFUND_TOO_MUCH;
            RETURN;
        END IF;
    ELSIF s.kind = 'cleared' THEN
        SELECT min(x.swipe_id) INTO s.of_id FROM card_swipe x
        WHERE x.card_id = ANY (v_chain) AND x.reference = s.reference AND x.kind = 'auth'
            AND NOT EXISTS (SELECT FROM card_swipe y WHERE y.of_id = x.swipe_id);
    END IF;
    s.swipe_id := nextval(pg_get_serial_sequence('card_swipe', 'swipe_id'));
    INSERT INTO card_swipe OVERRIDING SYSTEM VALUE SELECT s.*;
    IF s.kind IN ('cleared', 'refund') THEN
        PERFORM cards_share_refunds_v1(v_chain, s.reference);
    ELSIF s.kind = 'auth' THEN
        UPDATE card_swipe x SET of_id = s.swipe_id WHERE x.swipe_id = (SELECT min(y.swipe_id) FROM card_swipe y
            WHERE y.card_id = ANY (v_chain) AND y.reference = s.reference AND y.kind = 'cleared' AND y.of_id IS NULL);
    END IF;
END $$;

-- What was given back under a reference goes to its clearings, the oldest refund first: to one that holds all of it, else part by part.
-- What is more than they hold waits for the next one.
CREATE OR REPLACE FUNCTION cards_share_refunds_v1(p_chain bigint[], p_reference text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r record;
    k record;
BEGIN
    FOR r IN SELECT x.swipe_id, x.amount_fen - coalesce((SELECT sum(p.amount_fen) FROM card_refund_part p
                WHERE p.refund_id = x.swipe_id), 0) AS rest
            FROM card_swipe x WHERE x.card_id = ANY (p_chain) AND x.reference = p_reference AND x.kind = 'refund' ORDER BY 1 LOOP
        FOR k IN SELECT x.swipe_id, x.amount_fen - cards_refunded_v1(x.swipe_id) AS free FROM card_swipe x
                WHERE x.card_id = ANY (p_chain) AND x.reference = p_reference AND x.kind = 'cleared'
                ORDER BY x.amount_fen - cards_refunded_v1(x.swipe_id) >= r.rest DESC, x.swipe_id LOOP
            CONTINUE WHEN least(r.rest, k.free) <= 0;
            INSERT INTO card_refund_part (refund_id, swipe_id, amount_fen) VALUES (r.swipe_id, k.swipe_id, least(r.rest, k.free));
            UPDATE card_swipe x SET of_id = k.swipe_id WHERE x.swipe_id = r.swipe_id AND x.of_id IS NULL;
            r.rest := r.rest - least(r.rest, k.free);
        END LOOP;
    END LOOP;
END $$;

-- What was given back of a swipe by its merchant.
CREATE OR REPLACE FUNCTION cards_refunded_v1(p_swipe bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(x.amount_fen), 0)::bigint FROM card_refund_part x WHERE x.swipe_id = p_swipe;
$$;

-- What of a swipe is claimed: by claims that stand, less what came back of their repayments.
CREATE OR REPLACE FUNCTION cards_claimed_v1(p_swipe bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(n.amount_fen - coalesce(r.returned_fen, 0)), 0)::bigint FROM card_claim_line n
    JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
    WHERE n.swipe_id = p_swipe AND m.state IN ('asked', 'approved');
$$;

-- The newest mark of a swipe; of a refund or an authorisation, that of its swipe. NULL: nobody said anything, it is private.
CREATE OR REPLACE FUNCTION cards_marked_v1(p card_swipe) RETURNS card_mark
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k FROM card_mark k WHERE k.swipe_id = CASE p.kind WHEN 'cleared' THEN p.swipe_id WHEN 'refund' THEN p.of_id
        ELSE (SELECT min(x.swipe_id) FROM card_swipe x WHERE x.of_id = p.swipe_id AND x.kind = 'cleared') END
    ORDER BY k.turn DESC LIMIT 1;
$$;

-- A holder's own swipes while he has a post, the newest first, or one of them; nobody else's, whoever asks.
CREATE OR REPLACE FUNCTION cards_mine_v1(p_session text, p_swipe bigint, p_before bigint, p_most integer)
RETURNS TABLE (swipe_id bigint, card_id bigint, tail text, kind text, swiped_at timestamptz, posted_on date, amount_fen bigint,
    currency text, foreign_amount bigint, merchant text, mcc text, remark text, of_id bigint, mark text, unit_id bigint,
    refunded_fen bigint, claimed_fen bigint, left_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.swipe_id, s.card_id, c.tail, s.kind, s.swiped_at, s.posted_on, s.amount_fen, s.currency, s.foreign_amount, s.merchant,
        s.mcc, s.remark, s.of_id, k.mark, k.unit_id, b.refunded, b.claimed,
        CASE s.kind WHEN 'cleared' THEN s.amount_fen - b.refunded - b.claimed ELSE 0 END
    FROM access_user u JOIN partner p ON p.id = u.partner_id JOIN card_swipe s ON s.person_id = budget_me_v1(p_session)
    JOIN card c USING (card_id) CROSS JOIN LATERAL cards_marked_v1(s) k
    CROSS JOIN LATERAL (SELECT cards_refunded_v1(s.swipe_id) AS refunded, cards_claimed_v1(s.swipe_id) AS claimed) b
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'cards.mine', p.institution_id, p.id)
        AND (p_swipe IS NULL OR s.swipe_id = p_swipe) AND (p_before IS NULL OR (s.swiped_at, s.swipe_id) < (SELECT x.swiped_at, x.swipe_id FROM card_swipe x
            WHERE x.swipe_id = p_before AND x.person_id = s.person_id))
        AND NOT (s.kind = 'auth' AND EXISTS (SELECT FROM card_swipe x WHERE x.of_id = s.swipe_id))
    ORDER BY s.swiped_at DESC, s.swipe_id DESC LIMIT least(coalesce(p_most, 1), 200);
$$;

-- Had he a post at the unit, or above it, on a day?
CREATE OR REPLACE FUNCTION cards_stood_v1(p_person bigint, p_unit bigint, p_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM budget_post t WHERE t.person_id = p_person AND t.unit_id IN (SELECT budget_above_v1(p_unit))
        AND p_day BETWEEN t.from_on AND coalesce(t.until_on, 'infinity'));
$$;

-- May a swipe of that moment be official of a unit where its card is registered? Not of a day when he stood elsewhere: where he stood
-- that day pays, also when he has moved on since and his registration there has ended.
CREATE OR REPLACE FUNCTION cards_pays_v1(p_person bigint, l card_place, p_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (l.state = 'confirmed' OR l.state = 'ended' AND NOT cards_stood_v1(p_person, l.unit_id, budget_clock_v1(s.bureau_id)))
        AND (cards_stood_v1(p_person, l.unit_id, d.day) OR NOT EXISTS (SELECT FROM budget_post t WHERE t.person_id = p_person
            AND d.day BETWEEN t.from_on AND coalesce(t.until_on, 'infinity')))
    FROM budget_person s CROSS JOIN LATERAL (SELECT cards_day_v1(s.bureau_id, p_at) AS day) d WHERE s.person_id = p_person;
$$;

-- Its holder says what a swipe was: official (of which unit, as cards_pays_v1), private, disputed; again, as long as
-- nothing of it is claimed. Codes: SWIPE_UNKNOWN, SWIPE_NOT_HIS, SWIPE_NOT_POSTED, SWIPE_MARK_WRONG, SWIPE_CLAIMED.
CREATE OR REPLACE FUNCTION cards_mark_v1(p_session text, p_swipe bigint, p_mark text, p_unit bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    s card_swipe;
    k card_mark;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, x.bureau_id) FROM card_swipe x WHERE x.swipe_id = p_swipe;
    SELECT * INTO s FROM card_swipe x WHERE x.swipe_id = p_swipe;
    IF s.swipe_id IS NULL THEN
        RETURN @SWIPE_UNKNOWN;
    ELSIF NOT EXISTS (SELECT FROM cards_mine_v1(p_session, p_swipe, NULL, 1)) THEN
        RETURN CASE WHEN s.kind = 'auth' AND budget_servant_v1(access_who_v1(p_session)) = s.person_id THEN @SWIPE_NOT_POSTED
                    ELSE @SWIPE_NOT_HIS END;
    ELSIF s.kind <> 'cleared' THEN
        RETURN @SWIPE_NOT_POSTED;
    ELSIF (p_mark IN ('official', 'private', 'disputed') AND (p_unit IS NOT NULL) = (p_mark = 'official')
           AND (p_unit IS NULL OR EXISTS (SELECT FROM card_place l WHERE l.unit_id = p_unit AND cards_pays_v1(s.person_id, l, s.swiped_at)
               AND l.card_id IN (SELECT cards_chain_v1(s.card_id))))) IS NOT TRUE THEN
        RETURN @SWIPE_MARK_WRONG;
    ELSIF cards_claimed_v1(p_swipe) > 0 THEN
        RETURN @SWIPE_CLAIMED;
    END IF;
    SELECT * INTO k FROM cards_marked_v1(s);
    IF k.mark IS DISTINCT FROM p_mark OR k.unit_id IS DISTINCT FROM p_unit THEN
        INSERT INTO card_mark SELECT p_swipe, coalesce(k.turn, 0) + 1, p_mark, p_unit, u.login, payments_moment_v1(s.bureau_id, p_now)
        FROM access_user u WHERE u.id = access_who_v1(p_session);
        IF p_mark = 'official' THEN
            PERFORM cards_watch_mark_v1(s.bureau_id, p_swipe, p_now);
        END IF;
    END IF;
    RETURN 0;
END $$;
