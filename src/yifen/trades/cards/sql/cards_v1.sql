-- Cards as their bank tells of them; units confirm them, leavers are stopped until all is settled.
--
-- Lock order of every function here: the bureau's cards (advisory 9350), then as budget's functions say.

-- Which bank's word about a bureau's cards would count? Code: CARD_ISSUER_WRONG.
CREATE OR REPLACE FUNCTION cards_issuer_against_v1(p_bureau integer, p_bank integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM budget_bureau u JOIN partner p ON p.id = u.bureau_id
                JOIN partner b ON b.id = p_bank AND b.book_id = p.book_id JOIN bank k ON k.partner_id = b.id
                WHERE u.bureau_id = p_bureau)
            AND NOT EXISTS (SELECT FROM card_issuer i WHERE i.bureau_id = p_bureau AND i.bank_id = p_bank)
        THEN 0 ELSE @CARD_ISSUER_WRONG END;
$$;

-- A bank becomes an issuer, by two people of the bureau; the first one opens the bureau's accounts. Codes: CARD_NOT_AGREED,
-- CARD_ISSUER_WRONG.
CREATE OR REPLACE FUNCTION cards_issuer_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    p partner;
    v_bank integer;
    v_whose text;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('cards.issuer', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @CARD_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9350, v.bureau_id);
    v_bank := (v.content ->> 'bank_id')::integer;
    IF cards_issuer_against_v1(v.bureau_id, v_bank) <> 0 THEN
        RETURN @CARD_ISSUER_WRONG;
    END IF;
    SELECT * INTO STRICT p FROM partner WHERE id = v.bureau_id;
    v_whose := p.code || ' ' || p.name;
    IF NOT EXISTS (SELECT FROM card_bureau b WHERE b.bureau_id = v.bureau_id) THEN
        INSERT INTO card_bureau
        SELECT v.bureau_id, ledger_open_kind_v1('card_spending', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('card_owed', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('card_advanced', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('card_lent', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('card_back', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('card_prior', p.book_id, p.code, v_whose), p_now;
    END IF;
    INSERT INTO card_issuer VALUES (v.bureau_id, v_bank, p_proposal, p_now);
    RETURN 0;
END $$;

-- A card and all that it continues or is continued by: one holder's, under several numbers.
CREATE OR REPLACE FUNCTION cards_chain_v1(p_card bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE before AS (
        SELECT c.card_id, c.continues_id FROM card c WHERE c.card_id = p_card
        UNION SELECT c.card_id, c.continues_id FROM card c JOIN before b ON c.card_id = b.continues_id),
    behind AS (
        SELECT p_card AS card_id UNION SELECT c.card_id FROM card c JOIN behind b ON c.continues_id = b.card_id)
    SELECT b.card_id FROM before b UNION SELECT b.card_id FROM behind b;
$$;

-- The newest card of a chain.
CREATE OR REPLACE FUNCTION cards_newest_v1(p_card bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c FROM cards_chain_v1(p_card) c WHERE NOT EXISTS (SELECT FROM card n WHERE n.continues_id = c);
$$;

-- What a card is while its bank has nothing against it: a unit has confirmed it, or none yet.
CREATE OR REPLACE FUNCTION cards_live_v1(p_card bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM card_place l WHERE l.card_id = p_card AND l.state = 'confirmed')
        THEN 'active' ELSE 'waiting' END;
$$;

-- A change written down.
CREATE OR REPLACE FUNCTION cards_event_v1(
    p card, p_kind text, p_unit bigint, p_state text, p_said timestamptz, p_word bigint, p_row integer, p_login text, p_now timestamptz
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO card_event (card_id, kind, unit_id, was, state, said_at, word_id, row_no, by_login, at)
    VALUES (p.card_id, p_kind, p_unit, p.state, p_state, p_said, p_word, p_row, p_login, p_now);
$$;

-- A card's registration in a unit, which confirms it.
CREATE OR REPLACE FUNCTION cards_place_v1(p_card bigint, p_unit bigint, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO card_place AS l (card_id, unit_id, state, made_at) VALUES (p_card, p_unit, 'waiting', p_now)
    ON CONFLICT (card_id, unit_id) DO UPDATE SET state = 'waiting', made_at = p_now, decided_at = NULL, decided_by = NULL
        WHERE l.state IN ('refused', 'ended');
$$;

-- One row of a word about a card. Nothing is written where a code is answered; what was said alike before is 0. In this order:
-- the row's own fault, CARD_FIELDS, CARD_UNKNOWN, CARD_OTHERWISE, CARD_PERSON_UNKNOWN, CARD_UNIT_UNKNOWN, CARD_WORD_LATE,
-- CARD_STATE_WRONG, CARD_REISSUE_TAKEN.
CREATE OR REPLACE FUNCTION cards_card_v1(w card_word, p_bureau integer, p_row integer, p jsonb, p_now timestamptz, OUT code integer,
    OUT card_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c card;
    o card;
    v_kind text := p ->> 'kind';
    v_at timestamptz := (p ->> 'at')::timestamptz;
    v_whole boolean := 'file' IN (w.kind, w.signed ->> 'form');      -- a file says the day alone
    v_person bigint;
    v_unit bigint;
    v_state text;
BEGIN
    SELECT * INTO c FROM card x WHERE x.bank_id = w.bank_id AND x.lookup IN (SELECT jsonb_array_elements_text(p -> 'lookups'));
    card_id := c.card_id;
    SELECT s.person_id INTO v_person FROM budget_person s WHERE s.bureau_id = p_bureau
        AND lower(s.staff_no) = lower(p ->> 'staff_no') AND p ->> 'name' IN ('', s.name);
    SELECT u.unit_id INTO v_unit FROM budget_unit u WHERE u.bureau_id = p_bureau AND u.code = p ->> 'unit'
        AND (u.until_on IS NULL OR u.until_on >= budget_today_v1(p_bureau, p_now));
    IF v_whole AND c.told_at IS NOT NULL AND cards_day_v1(p_bureau, v_at) = cards_day_v1(p_bureau, c.told_at) THEN
        v_at := greatest(v_at, c.told_at + interval '1 microsecond');
    END IF;
    code := CASE
        WHEN (p ->> 'code')::integer <> 0 THEN (p ->> 'code')::integer
        WHEN v_at > p_now + interval '1 day' THEN @CARD_FIELDS
        WHEN c.card_id IS NULL AND v_kind <> 'new' THEN @CARD_UNKNOWN
        WHEN c.bureau_id <> p_bureau THEN @CARD_OTHERWISE
        WHEN v_kind = 'new' AND v_person IS NULL THEN @CARD_PERSON_UNKNOWN
        WHEN v_kind IN ('new', 'place', 'unplace') AND v_unit IS NULL THEN @CARD_UNIT_UNKNOWN
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    IF v_kind = 'new' THEN
        IF c.card_id IS NOT NULL THEN
            code := CASE WHEN c.person_id = v_person AND EXISTS (SELECT FROM card_event e WHERE e.card_id = c.card_id
                    AND e.kind = 'new' AND e.unit_id = v_unit) THEN 0 ELSE @CARD_OTHERWISE END;
            RETURN;
        END IF;
        INSERT INTO card (bureau_id, bank_id, person_id, lookup, number, tail, state, limit_fen, expires, told_at, made_at)
        VALUES (p_bureau, w.bank_id, v_person, p -> 'lookups' ->> 0, decode(p ->> 'number', 'hex'), p ->> 'tail', 'waiting',
                (p ->> 'limit_fen')::bigint, p ->> 'expires', v_at, p_now) RETURNING * INTO c;
        card_id := c.card_id;
        PERFORM cards_place_v1(c.card_id, v_unit, p_now),
            cards_event_v1(c, 'new', v_unit, 'waiting', v_at, w.word_id, p_row, '', p_now);
        RETURN;
    END IF;
    -- Said alike before: nothing happens.
    IF v_kind = 'reissued' THEN
        SELECT * INTO o FROM card x WHERE x.bank_id = w.bank_id
            AND x.lookup IN (SELECT jsonb_array_elements_text(p -> 'new_lookups'));
        IF o.continues_id = c.card_id THEN
            RETURN;
        END IF;
    ELSIF EXISTS (SELECT FROM card_event e WHERE e.card_id = c.card_id AND e.kind = v_kind
            AND e.unit_id IS NOT DISTINCT FROM CASE WHEN v_kind IN ('place', 'unplace') THEN v_unit END
            AND e.said_at = (p ->> 'at')::timestamptz) THEN
        RETURN;
    END IF;
    IF v_kind IN ('place', 'unplace') THEN
        IF EXISTS (SELECT FROM card_event e WHERE e.card_id = c.card_id AND e.unit_id = v_unit AND e.word_id IS NOT NULL
                AND e.said_at >= v_at) THEN
            code := @CARD_WORD_LATE;
        ELSIF c.state IN ('cancelled', 'reissued') OR (v_kind = 'unplace') <> EXISTS (SELECT FROM card_place l
                WHERE l.card_id = c.card_id AND l.unit_id = v_unit AND l.state IN ('waiting', 'confirmed')) THEN
            code := @CARD_STATE_WRONG;
        ELSIF v_kind = 'place' THEN
            PERFORM cards_place_v1(c.card_id, v_unit, p_now);
        ELSE
            UPDATE card_place l SET state = 'ended', decided_at = p_now, decided_by = ''
            WHERE l.card_id = c.card_id AND l.unit_id = v_unit;
        END IF;
        IF code = 0 THEN
            v_state := CASE WHEN c.state IN ('waiting', 'active') THEN cards_live_v1(c.card_id) ELSE c.state END;
            PERFORM cards_event_v1(c, v_kind, v_unit, v_state, v_at, w.word_id, p_row, '', p_now);
            UPDATE card x SET state = v_state WHERE x.card_id = c.card_id;
        END IF;
        RETURN;
    END IF;
    code := CASE
        WHEN v_at <= c.told_at THEN @CARD_WORD_LATE
        WHEN NOT CASE v_kind WHEN 'found' THEN c.state = 'lost' WHEN 'resumed' THEN c.state = 'stopped'
                WHEN 'lost' THEN c.state IN ('waiting', 'active', 'stopped') WHEN 'stopped' THEN c.state IN ('waiting', 'active')
                ELSE c.state NOT IN ('cancelled', 'reissued') END THEN @CARD_STATE_WRONG
        WHEN o.card_id IS NOT NULL THEN @CARD_REISSUE_TAKEN
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    v_state := CASE WHEN v_kind IN ('found', 'resumed') THEN cards_live_v1(c.card_id) ELSE v_kind END;
    PERFORM cards_event_v1(c, v_kind, NULL, v_state, v_at, w.word_id, p_row, '', p_now);
    UPDATE card x SET state = v_state, told_at = v_at WHERE x.card_id = c.card_id;
    IF v_kind = 'reissued' THEN
        INSERT INTO card (bureau_id, bank_id, person_id, lookup, number, tail, state, limit_fen, expires, continues_id, told_at,
            left_at, made_at)
        VALUES (c.bureau_id, c.bank_id, c.person_id, p -> 'new_lookups' ->> 0, decode(p ->> 'new_number', 'hex'), p ->> 'new_tail',
            'waiting', coalesce(nullif((p ->> 'limit_fen')::bigint, 0), c.limit_fen), p ->> 'expires', c.card_id, v_at, c.left_at,
            p_now)
        RETURNING * INTO o;
        INSERT INTO card_place (card_id, unit_id, state, made_at, decided_at, decided_by)
        SELECT o.card_id, l.unit_id, l.state, l.made_at, l.decided_at, l.decided_by
        FROM card_place l WHERE l.card_id = c.card_id;
        v_state := cards_live_v1(o.card_id);
        PERFORM cards_event_v1(o, 'issued', NULL, v_state, v_at, w.word_id, p_row, '', p_now);
        UPDATE card x SET state = v_state WHERE x.card_id = o.card_id;
        card_id := o.card_id;
    END IF;
END $$;

-- The day of a moment by a bureau's clock.
CREATE OR REPLACE FUNCTION cards_day_v1(p_bureau integer, p_at timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (p_at AT TIME ZONE k.time_zone)::date FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = p_bureau;
$$;

-- All rows of a word, each whole or not at all, by the worker, who asked whether the signature is the bank's. Asked again it
-- answers as before. A file by hand is proved by two people, an answer has to be one to what was asked. Rows that were refused are kept for the bureau; of swipes that were taken in none is, for their rows would
-- tell of private ones. Codes: CARD_WORD_UNPROVED, CARD_ISSUER_UNKNOWN, CARD_ANSWER_OTHER, or p_code: why nobody could read it.
CREATE OR REPLACE FUNCTION cards_take_v1(
    p_word bigint, p_proved boolean, p_code integer, p_bureau text, p_cards jsonb, p_swipes jsonb, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    w card_word;
    r card_word_row;
    v record;
    v_code integer;
    v_bureau integer;
BEGIN
    SELECT * INTO w FROM card_word x WHERE x.word_id = p_word;
    SELECT i.bureau_id INTO v_bureau FROM budget_bureau b JOIN card_issuer i USING (bureau_id)
    WHERE b.code = p_bureau AND i.bank_id = w.bank_id;
    PERFORM pg_advisory_xact_lock(9350, coalesce(v_bureau, 0));
    SELECT d.code INTO v_code FROM card_word_end d WHERE d.word_id = p_word;
    IF FOUND OR w.word_id IS NULL THEN
        RETURN v_code;
    END IF;
    v_code := CASE
        WHEN CASE w.kind WHEN 'hand' THEN EXISTS (SELECT FROM card_word_agreed a WHERE a.word_id = p_word AND a.bureau_id = v_bureau)
            ELSE p_proved END IS NOT TRUE THEN @CARD_WORD_UNPROVED
        WHEN p_code <> 0 THEN p_code WHEN v_bureau IS NULL THEN @CARD_ISSUER_UNKNOWN
        ELSE cards_answer_against_v1(w, v_bureau, p_cards, p_swipes) END;
    p_now := coalesce(payments_moment_v1(v_bureau, p_now), p_now);
    IF v_code = 0 THEN
        FOR v IN SELECT 'card' AS about, x.said FROM jsonb_array_elements(p_cards) WITH ORDINALITY AS x (said, n)
                 UNION ALL SELECT 'swipe', x.said FROM jsonb_array_elements(p_swipes) WITH ORDINALITY AS x (said, n) LOOP
            r := NULL;
            r.word_id := p_word; r.about := v.about; r.kind := v.said ->> 'kind'; r.tail := v.said ->> 'tail';
            r.row_no := (v.said ->> 'row')::integer; r.number := coalesce(v.said ->> 'number_no', ''); r.bureau_id := v_bureau;
            r.at := p_now;
            IF v.about = 'card' THEN
                SELECT x.code, x.card_id INTO r.code, r.card_id FROM cards_card_v1(w, v_bureau, r.row_no, v.said, p_now) x;
            ELSE
                SELECT x.code, x.card_id INTO r.code, r.card_id FROM cards_swipe_v1(w, v_bureau, r.row_no, v.said, p_now) x;
            END IF;
            IF v.about = 'card' OR r.code <> 0 THEN
                INSERT INTO card_word_row (word_id, row_no, about, kind, tail, number, code, card_id, bureau_id, at)
                VALUES (r.word_id, r.row_no, r.about, r.kind, r.tail, r.number, r.code, r.card_id, r.bureau_id, r.at);
            END IF;
        END LOOP;
    END IF;
    INSERT INTO card_word_end VALUES (p_word, v_code, p_now);
    PERFORM cards_answered_v1(w, v_code, jsonb_array_length(p_swipes), p_now);
    UPDATE card_word x SET taken_at = p_now WHERE x.word_id = p_word;
    RETURN v_code;
END $$;

-- A unit's word about a card that is registered in it; never its holder's own. Codes: CARD_PLACE_STATE, PERMISSION_MISSING,
-- CARD_SAME_PERSON.
CREATE OR REPLACE FUNCTION cards_confirm_v1(p_session text, p_card bigint, p_unit bigint, p_yes boolean, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c card;
    v_login text := budget_who_v1(p_session, 'cards.check', p_unit);
    v_state text;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, x.bureau_id) FROM card x WHERE x.card_id = p_card;
    SELECT * INTO c FROM card x WHERE x.card_id = p_card FOR UPDATE;
    IF v_login IS NULL OR p_yes IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF NOT EXISTS (SELECT FROM card_place l WHERE l.card_id = p_card AND l.unit_id = p_unit AND l.state = 'waiting') THEN
        RETURN @CARD_PLACE_STATE;
    ELSIF budget_me_v1(p_session) = c.person_id THEN
        RETURN @CARD_SAME_PERSON;
    END IF;
    p_now := payments_moment_v1(c.bureau_id, p_now);
    UPDATE card_place l SET state = CASE WHEN p_yes THEN 'confirmed' ELSE 'refused' END, decided_at = p_now, decided_by = v_login
    WHERE l.card_id = p_card AND l.unit_id = p_unit;
    v_state := CASE WHEN c.state IN ('waiting', 'active') THEN cards_live_v1(p_card) ELSE c.state END;
    PERFORM cards_event_v1(c, CASE WHEN p_yes THEN 'confirmed' ELSE 'refused' END, p_unit, v_state, p_now, NULL, NULL, v_login,
                           p_now);
    UPDATE card x SET state = v_state WHERE x.card_id = p_card;
    RETURN 0;
END $$;

-- Has its holder swipes or claims of this card that are not settled yet, in a unit or (NULL) anywhere?
CREATE OR REPLACE FUNCTION cards_open_v1(p_card bigint, p_unit bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM card_official o WHERE o.card_id = p_card AND (p_unit IS NULL OR o.unit_id = p_unit) AND o.left_fen > 0)
        OR EXISTS (SELECT FROM card_claim_line n JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
            WHERE n.card_id = p_card AND (p_unit IS NULL OR m.unit_id = p_unit)
                AND (m.state = 'asked' OR r.state IN ('due', 'vouched')));
$$;

-- Who has no running post any more: what is settled of his card ends, unit by unit; while something is open his card is stopped
-- (`left_at`); who came back goes on. The worker's. Answers how many cards changed.
CREATE OR REPLACE FUNCTION cards_leavers_v1(p_bureau integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c card;
    v record;
    v_count integer := 0;
    v_is_gone boolean;
    v_today date;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, p_bureau);
    p_now := payments_moment_v1(p_bureau, p_now);
    v_today := budget_today_v1(p_bureau, p_now);
    FOR c IN SELECT x.* FROM card x WHERE x.bureau_id = p_bureau AND x.state NOT IN ('cancelled', 'reissued')
             AND EXISTS (SELECT FROM card_place l WHERE l.card_id = x.card_id AND l.state IN ('waiting', 'confirmed')
                 AND (x.left_at IS NOT NULL OR NOT EXISTS (SELECT FROM budget_post t WHERE t.person_id = x.person_id
                     AND t.unit_id = l.unit_id AND v_today BETWEEN t.from_on AND coalesce(t.until_on, 'infinity'))))
             ORDER BY x.card_id FOR UPDATE LOOP
        v_is_gone := NOT EXISTS (SELECT FROM budget_post t WHERE t.person_id = c.person_id
            AND v_today BETWEEN t.from_on AND coalesce(t.until_on, 'infinity'));
        FOR v IN SELECT l.unit_id FROM card_place l WHERE l.card_id = c.card_id AND l.state IN ('waiting', 'confirmed')
                AND NOT EXISTS (SELECT FROM budget_post t WHERE t.person_id = c.person_id AND t.unit_id = l.unit_id
                    AND v_today BETWEEN t.from_on AND coalesce(t.until_on, 'infinity')) LOOP
            CONTINUE WHEN cards_chain_open_v1(c.card_id, v.unit_id);
            UPDATE card_place l SET state = 'ended', decided_at = p_now, decided_by = ''
            WHERE l.card_id = c.card_id AND l.unit_id = v.unit_id;
            PERFORM cards_event_v1(c, 'ended', v.unit_id, cards_live_v1(c.card_id), p_now, NULL, NULL, '', p_now);
            UPDATE card x SET state = cards_live_v1(c.card_id) WHERE x.card_id = c.card_id AND x.state IN ('waiting', 'active');
            v_count := v_count + 1;
        END LOOP;
        IF v_is_gone AND c.left_at IS NULL AND cards_chain_open_v1(c.card_id, NULL) THEN
            PERFORM cards_event_v1(c, 'left', NULL, c.state, p_now, NULL, NULL, '', p_now);
            UPDATE card x SET left_at = p_now WHERE x.card_id = c.card_id;
            v_count := v_count + 1;
        ELSIF c.left_at IS NOT NULL AND (NOT v_is_gone OR NOT cards_chain_open_v1(c.card_id, NULL)) THEN
            PERFORM cards_event_v1(c, CASE WHEN v_is_gone THEN 'settled' ELSE 'back' END, NULL, c.state, p_now, NULL, NULL, '', p_now);
            UPDATE card x SET left_at = NULL WHERE x.card_id = c.card_id;
            v_count := v_count + 1;
        END IF;
    END LOOP;
    RETURN v_count;
END $$;

-- The same of a card under all its numbers.
CREATE OR REPLACE FUNCTION cards_chain_open_v1(p_card bigint, p_unit bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(bool_or(cards_open_v1(c, p_unit)), false) FROM cards_chain_v1(p_card) c;
$$;

-- A refused row is dealt with, by somebody of the bureau. Codes: CARD_WORD_UNREADABLE (there is none), PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION cards_settle_row_v1(p_session text, p_row bigint, p_note text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r card_word_row;
    v_login text;
BEGIN
    SELECT * INTO r FROM card_word_row x WHERE x.row_id = p_row AND x.code <> 0 FOR UPDATE;
    SELECT budget_who_v1(p_session, 'cards.bureau', u.unit_id) INTO v_login FROM budget_unit u
    WHERE u.bureau_id = r.bureau_id AND u.parent_id IS NULL;
    IF v_login IS NULL OR coalesce(p_note, '') = '' THEN
        RETURN @PERMISSION_MISSING;
    ELSIF r.settled_at IS NULL THEN
        UPDATE card_word_row x SET settled_at = payments_moment_v1(r.bureau_id, p_now), settled_by = v_login, note = left(p_note, 200)
        WHERE x.row_id = p_row;
    END IF;
    RETURN 0;
END $$;
