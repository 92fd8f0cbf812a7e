-- Claims: asked for by a holder, their quota held at once, agreed to level by level, owed to his card then.

-- An invoice's number in its one form: letters and digits alone, whoever typed it, however it was read, whatever stands between them.
CREATE OR REPLACE FUNCTION cards_key_v1(p_number text) RETURNS text
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT upper(regexp_replace(normalize(p_number, NFKC), '[^0-9A-Za-z]', '', 'g'));
$$;

-- One line as it was asked for.
CREATE OR REPLACE FUNCTION cards_lines_v1(p_lines jsonb)
RETURNS TABLE (line_no smallint, swipe_id bigint, card_id bigint, item text, exemption text, indicator_id bigint, amount_fen bigint,
    invoice text, gross_fen bigint, seller text, issued_on date, words text, of_line smallint, file_says jsonb)
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT x.n::smallint, t.swipe, t.card, coalesce(t.item, ''), nullif(t.exemption, ''), t.indicator, t.fen,
        nullif(cards_key_v1(t.invoice), ''), t.gross_fen, coalesce(t.seller, ''), t.issued_on, coalesce(t.words, ''), t.of_line,
        CASE WHEN jsonb_typeof(t.file_says) = 'object' AND length(t.file_says::text) <= 400 THEN t.file_says ELSE '{}' END
    FROM jsonb_array_elements(p_lines) WITH ORDINALITY AS x (said, n)
    CROSS JOIN LATERAL jsonb_to_record(x.said) AS t (swipe bigint, card bigint, item text, exemption text, indicator bigint, fen bigint,
        invoice text, gross_fen bigint, seller text, issued_on date, words text, of_line smallint, file_says jsonb);
$$;

-- What of an advance's line is not settled yet.
CREATE OR REPLACE FUNCTION cards_lent_v1(p_claim bigint, p_line smallint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.amount_fen - coalesce(r.returned_fen, 0) - coalesce((SELECT sum(x.amount_fen) FROM card_claim_line x
        JOIN card_claim m USING (claim_id) WHERE m.of_id = p_claim AND x.of_line = p_line AND m.state IN ('asked', 'approved')), 0)::bigint
    FROM card_claim_line n JOIN card_claim a USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
    WHERE n.claim_id = p_claim AND n.line_no = p_line AND a.kind = 'advance' AND a.state = 'approved';
$$;

-- The limit that a reason's own words set: 单笔 200 元以下 is 20,000 fen and less. NULL: none.
CREATE OR REPLACE FUNCTION cards_words_limit_v1(p_name text) RETURNS bigint
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (substring(p_name FROM '单笔\s*([0-9]{1,9}(?:\.[0-9]{1,2})?)\s*元(?:以下|以内)')::numeric * 100)::bigint;
$$;

-- What speaks against one line, before it is written; its claim's other lines above it are there already.
CREATE OR REPLACE FUNCTION cards_line_against_v1(m card_claim, n card_claim_line, p_today date) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o record;
    c card;
    v_rule budget_rule := budget_rule_v1(m.bureau_id, p_today);
    v_day date := p_today;
    v_all bigint := n.amount_fen;
BEGIN
    SELECT * INTO c FROM card x WHERE x.card_id = n.card_id;
    IF m.kind NOT IN ('claim', 'advance') AND n.swipe_id IS NOT NULL THEN
        RETURN @CARD_CLAIM_SWIPE;                -- what does not count against a swipe does not name one
    ELSIF (n.of_line IS NOT NULL) <> (m.kind = 'settle') THEN
        RETURN @CARD_CLAIM_FIELDS;
    ELSIF m.kind IN ('claim', 'advance') THEN
        SELECT * INTO o FROM card_official x WHERE x.swipe_id = n.swipe_id AND x.unit_id = m.unit_id AND x.person_id = m.person_id;
        IF o.swipe_id IS NULL THEN
            RETURN @CARD_CLAIM_SWIPE;
        ELSIF n.amount_fen > o.left_fen THEN
            RETURN @CARD_CLAIM_OVER;
        END IF;
        v_day := cards_day_v1(m.bureau_id, o.swiped_at);
        v_all := o.amount_fen - o.refunded_fen;      -- the whole swipe, so that none is left half claimed
    ELSIF m.kind = 'cash' AND (c.person_id = m.person_id AND c.state = 'active' AND c.left_at IS NULL AND EXISTS (SELECT
            FROM card_place l WHERE l.card_id = c.card_id AND l.unit_id = m.unit_id AND l.state = 'confirmed')) IS NOT TRUE THEN
        RETURN @CARD_CLAIM_CARD;
    ELSIF m.kind = 'settle' AND EXISTS (SELECT FROM card_claim_line x LEFT JOIN card_repayment r USING (claim_id, line_no)
            WHERE x.claim_id = m.of_id AND x.line_no = n.of_line AND r.paid_at IS NULL) THEN
        RETURN @CARD_ADVANCE_UNPAID;
    ELSIF m.kind = 'settle' AND n.amount_fen <= cards_lent_v1(m.of_id, n.of_line) IS NOT TRUE THEN
        RETURN @CARD_CLAIM_OVER;
    END IF;
    RETURN CASE
        WHEN v_all > v_rule.buy_fen OR c.limit_fen > 0 AND v_all > c.limit_fen OR m.kind = 'cash' AND v_all > (SELECT
            cards_words_limit_v1(e.name) FROM cards_exemptions_v1(m.bureau_id, v_day) e WHERE e.code = n.exemption) THEN @CARD_CLAIM_LIMIT
        WHEN NOT EXISTS (SELECT FROM cards_items_v1(m.bureau_id, v_day) i WHERE i.code = n.item) THEN @CARD_ITEM_UNKNOWN
        WHEN (n.exemption IS NOT NULL) <> (m.kind = 'cash') OR m.kind = 'cash' AND (n.words = '' OR NOT EXISTS (SELECT
            FROM cards_exemptions_v1(m.bureau_id, v_day) e WHERE e.code = n.exemption))
            THEN @CARD_EXEMPTION_NEEDED
        ELSE 0 END;
END $$;

-- An invoice by its key: the one that is there, or a new one. Its total is what claims that stand say of it; where none stands it is
-- told anew, and a file's word (`p_says`) counts more than what was typed. A refusal is raised as YF001: CARD_INVOICE_WRONG (a number
-- has 20 digits, an old one 10 or 12 of its code and 8), CARD_INVOICE_FILE, CARD_INVOICE_OTHERWISE, CARD_INVOICE_USED_UP.
DROP FUNCTION IF EXISTS cards_invoice_v1(text, bigint, text, date, bigint, text, timestamptz);
CREATE OR REPLACE FUNCTION cards_invoice_v1(p_key text, p_gross bigint, p_seller text, p_on date, p_says jsonb, p_fen bigint,
    p_login text, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v card_invoice;
    v_said boolean := cards_key_v1(p_says ->> 'number') <> '';
    s record;
    v_code integer;
BEGIN
    v_code := CASE WHEN (p_key ~ '^([0-9]{18}|[0-9]{20})$' AND p_gross BETWEEN 1 AND 9999999999999 AND length(p_seller) <= 100
            AND coalesce(p_on, '2020-01-01') BETWEEN '2000-01-01' AND '2099-12-31') IS NOT TRUE THEN @CARD_INVOICE_WRONG
        WHEN v_said AND cards_key_v1(p_says ->> 'number') <> p_key
            OR jsonb_typeof(p_says -> 'gross_fen') = 'number' AND p_says -> 'gross_fen' <> to_jsonb(p_gross) THEN @CARD_INVOICE_FILE
        ELSE 0 END;
    IF v_code <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = v_code::text;
    END IF;
    PERFORM pg_advisory_xact_lock(9351, hashtext(p_key));       -- another bureau may claim of it just now
    SELECT * INTO v FROM card_invoice x WHERE replace(x.key, '-', '') = p_key;
    SELECT count(*) AS count, coalesce(bool_or(cards_key_v1(n.file_says ->> 'number') <> ''), false) AS said,
        coalesce(sum(n.amount_fen - coalesce(r.returned_fen, 0)), 0) AS fen INTO s
    FROM card_claim_line n JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
    WHERE n.invoice_id = v.invoice_id AND m.state IN ('asked', 'approved');
    IF v.invoice_id IS NULL THEN
        INSERT INTO card_invoice (key, gross_fen, seller, issued_on, made_at, made_by)
        VALUES (p_key, p_gross, p_seller, p_on, p_now, p_login) RETURNING * INTO v;
    ELSIF s.count = 0 OR v_said AND NOT s.said THEN
        UPDATE card_invoice x SET gross_fen = p_gross, seller = p_seller, issued_on = p_on, made_at = p_now, made_by = p_login
        WHERE x.invoice_id = v.invoice_id AND (x.gross_fen, x.seller, x.issued_on) IS DISTINCT FROM (p_gross, p_seller, p_on);
    ELSIF v.gross_fen <> p_gross THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = @CARD_INVOICE_OTHERWISE::text;
    END IF;
    IF p_fen + s.fen > p_gross THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = @CARD_INVOICE_USED_UP::text;
    END IF;
    RETURN v.invoice_id;
END $$;

-- Digest of what a claim asks for, whoever reads its rows.
CREATE OR REPLACE FUNCTION cards_content_v1(p card_claim) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT sha256(convert_to(jsonb_build_array(p.bureau_id, p.unit_id, p.person_id, p.kind, p.of_id, p.year, p.purpose, p.amount_fen,
        p.rule_from, p.levels, p.asked_person, (SELECT jsonb_agg(jsonb_build_array(n.line_no, n.swipe_id, n.card_id, n.item, n.exemption,
            n.indicator_id, n.amount_fen, i.key, n.words, n.of_line, n.hold_id)
            || CASE WHEN n.file_says = '{}' THEN '[]' ELSE jsonb_build_array(n.file_says) END ORDER BY n.line_no)
            FROM card_claim_line n LEFT JOIN card_invoice i USING (invoice_id) WHERE n.claim_id = p.claim_id))::text, 'UTF8'));
$$;

-- Digest of what is shown to who decides: what is asked for, its papers, what is left of its swipes, what was said of it.
CREATE OR REPLACE FUNCTION cards_shown_v1(p_claim bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT sha256(m.content || convert_to(concat_ws('|', m.state,
        (SELECT string_agg(concat_ws(':', encode(y.sha256, 'hex'), (SELECT string_agg(DISTINCT z.claim_id::text, '.' ORDER BY z.claim_id::text)
            FROM card_paper z JOIN card_claim o ON o.claim_id = z.claim_id AND o.state IN ('asked', 'approved')
            WHERE z.sha256 = y.sha256 AND z.claim_id <> y.claim_id)), ',' ORDER BY y.paper_id)
         FROM card_paper y WHERE y.claim_id = m.claim_id),
        (SELECT string_agg(o.left_fen::text, ',' ORDER BY o.swipe_id) FROM card_official o
         WHERE o.swipe_id IN (SELECT n.swipe_id FROM card_claim_line n WHERE n.claim_id = m.claim_id)),
        (SELECT count(*) FROM card_signature g WHERE g.claim_id = m.claim_id)), 'UTF8'))
    FROM card_claim m WHERE m.claim_id = p_claim;
$$;

-- Ask for a claim: all of it is held, or nothing, and why. `person`: whose it is, NULL: who asks; another's only by the unit's
-- cashier, when he has left the bureau or this unit, and no cash. A line without an indicator takes the only one that fits, or is told why none does. `line_no`,
-- `left_fen`: where it failed, and what is there. Codes: CARD_CLAIM_FIELDS, PERMISSION_MISSING, as cards_line_against_v1,
-- budget_match_v1, CARD_INDICATOR, CARD_ITEM_CLASS, as cards_invoice_v1, budget_hold_v1.
CREATE OR REPLACE FUNCTION cards_ask_v1(
    p_session text, p_unit bigint, p_person bigint, p_kind text, p_of bigint, p_purpose text, p_lines jsonb, p_now timestamptz,
    OUT code integer, OUT claim_id bigint, OUT line_no smallint, OUT left_fen bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    m card_claim;
    a card_claim;
    n card_claim_line;
    r budget_rule;
    t record;
    v record;
    v_today date;
    v_day date;
    v_chain bigint;
    v_at smallint;
    v_left bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, u.bureau_id) FROM budget_unit u WHERE u.unit_id = p_unit;
    SELECT b.bureau_id INTO m.bureau_id FROM budget_unit u JOIN card_bureau b USING (bureau_id) WHERE u.unit_id = p_unit;
    m.person_id := coalesce(p_person, budget_me_v1(p_session));
    m.asked_by := budget_who_v1(p_session, CASE WHEN m.person_id = budget_me_v1(p_session) THEN 'cards.mine' ELSE 'cards.check' END, p_unit);
    IF m.person_id <> budget_me_v1(p_session) AND (p_kind = 'cash' OR NOT EXISTS (SELECT FROM card c WHERE c.person_id = m.person_id
            AND c.bureau_id = m.bureau_id AND (c.left_at IS NOT NULL
                OR NOT cards_stood_v1(m.person_id, p_unit, budget_clock_v1(m.bureau_id))))) THEN
        m.asked_by := NULL;
    END IF;
    p_now := payments_moment_v1(m.bureau_id, p_now);
    v_today := budget_today_v1(m.bureau_id, p_now);
    r := budget_rule_v1(m.bureau_id, v_today);
    SELECT * INTO a FROM card_claim x WHERE x.claim_id = p_of AND x.kind = 'advance' AND x.unit_id = p_unit
        AND x.person_id = m.person_id;
    code := CASE
        WHEN m.asked_by IS NULL THEN @PERMISSION_MISSING
        WHEN (p_kind IN ('claim', 'cash', 'advance', 'settle') AND (p_kind = 'settle') = (p_of IS NOT NULL)
              AND (p_of IS NULL OR a.claim_id IS NOT NULL) AND length(btrim(p_purpose)) BETWEEN 1 AND 200
              AND jsonb_typeof(p_lines) = 'array' AND jsonb_array_length(p_lines) BETWEEN 1 AND 50
              AND (SELECT bool_and(x.amount_fen BETWEEN 1 AND 9999999999999) FROM cards_lines_v1(p_lines) x)) IS NOT TRUE
            OR r.bureau_id IS NULL THEN @CARD_CLAIM_FIELDS
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    m.claim_id := nextval(pg_get_serial_sequence('card_claim', 'claim_id'));
    m.unit_id := p_unit; m.kind := p_kind; m.of_id := p_of; m.purpose := btrim(p_purpose); m.rule_from := r.valid_from;
    m.state := 'asked'; m.asked_person := access_person_v1(access_who_v1(p_session)); m.asked_at := p_now; m.changed_at := p_now;
    m.year := extract(year FROM v_today);
    SELECT sum(x.amount_fen) INTO m.amount_fen FROM cards_lines_v1(p_lines) x;
    m.levels := '{}'; m.content := '';
    PERFORM budget_lock_v1(ARRAY(SELECT i.indicator_id FROM budget_indicator i WHERE i.unit_id = p_unit AND i.year = m.year));
    INSERT INTO card_claim OVERRIDING SYSTEM VALUE SELECT m.*;
    FOR t IN SELECT * FROM cards_lines_v1(p_lines) x ORDER BY x.line_no LOOP
        v_at := t.line_no; v_left := NULL;
        n := NULL;
        n.claim_id := m.claim_id; n.line_no := t.line_no; n.swipe_id := t.swipe_id; n.item := t.item; n.exemption := t.exemption;
        n.amount_fen := t.amount_fen; n.words := left(t.words, 200); n.of_line := t.of_line; n.file_says := t.file_says;
        SELECT coalesce(cards_newest_v1(s.card_id), o.card_id, t.card_id), coalesce(o.indicator_id, t.indicator_id),
            coalesce(cards_day_v1(m.bureau_id, s.swiped_at), v_today)
        INTO n.card_id, n.indicator_id, v_day FROM (SELECT) one
        LEFT JOIN card_swipe s ON s.swipe_id = t.swipe_id
        LEFT JOIN card_claim_line o ON o.claim_id = p_of AND o.line_no = t.of_line;
        code := cards_line_against_v1(m, n, v_today);
        IF code = 0 AND p_kind <> 'settle' THEN
            IF n.indicator_id IS NULL THEN
                SELECT x.* INTO v FROM cards_items_v1(m.bureau_id, v_day) i CROSS JOIN LATERAL budget_match_v1(p_unit, m.year, NULL,
                    NULL, nullif(array_to_string(i.dep_codes, ','), ''), NULL, NULL, n.amount_fen) x WHERE i.code = n.item;
                code := v.code; v_left := CASE WHEN v.code IN (@BUDGET_SHORT, @BUDGET_NOT_ARRIVED) THEN v.quota_fen END;
                n.indicator_id := v.indicator_id;
            ELSIF NOT EXISTS (SELECT FROM budget_indicator i WHERE i.indicator_id = n.indicator_id AND i.unit_id = p_unit
                    AND i.year = m.year) THEN
                code := @CARD_INDICATOR;
            END IF;
            IF code = 0 AND NOT cards_class_fits_v1(n.indicator_id, n.item, v_day) THEN
                code := @CARD_ITEM_CLASS;
            END IF;
        END IF;
        IF code = 0 AND coalesce(t.invoice, nullif(cards_key_v1(t.file_says ->> 'number'), '')) IS NOT NULL THEN
            n.invoice_id := cards_invoice_v1(t.invoice, t.gross_fen, t.seller, t.issued_on, t.file_says, n.amount_fen, m.asked_by, p_now);
        END IF;
        IF code = 0 AND p_kind <> 'settle' THEN
            SELECT * INTO v FROM budget_hold_v1(m.bureau_id, n.indicator_id, n.amount_fen, m.purpose,
                                                'card_claim:' || m.claim_id || ':' || n.line_no, p_now);
            code := v.code; v_left := v.left_fen; n.hold_id := v.hold_id;
        END IF;
        IF code <> 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = code::text;
        END IF;
        INSERT INTO card_claim_line SELECT n.*;
    END LOOP;
    -- Parts need whom the whole needs: of swipes what was swiped, of an advance all of it, of cash what its holder asks for in a month.
    SELECT greatest(m.amount_fen, CASE p_kind
        WHEN 'cash' THEN (SELECT sum(x.amount_fen) FROM card_claim x WHERE x.person_id = m.person_id AND x.kind = 'cash'
            AND x.state IN ('asked', 'approved')
            AND date_trunc('month', cards_day_v1(x.bureau_id, x.asked_at)) = date_trunc('month', v_today))
        WHEN 'settle' THEN a.amount_fen
        ELSE (SELECT sum(o.amount_fen - o.refunded_fen) FROM card_official o WHERE o.swipe_id IN (SELECT x.swipe_id
            FROM card_claim_line x WHERE x.claim_id = m.claim_id)) END) INTO v_chain;
    m.levels := budget_levels_v1(r.levels, CASE p_kind WHEN 'settle' THEN 'claim' ELSE p_kind END, v_chain);
    UPDATE card_claim x SET levels = m.levels, content = cards_content_v1(m) WHERE x.claim_id = m.claim_id;
    claim_id := m.claim_id;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    code := SQLERRM::integer; claim_id := NULL; line_no := v_at; left_fen := v_left;
WHEN data_exception OR integrity_constraint_violation THEN
    code := @CARD_CLAIM_FIELDS; claim_id := NULL; line_no := v_at;     -- numbers and days that no table holds
END $$;

-- A claim, its bureau locked.
CREATE OR REPLACE FUNCTION cards_claim_v1(p_claim bigint) RETURNS card_claim
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m card_claim;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, x.bureau_id) FROM card_claim x WHERE x.claim_id = p_claim;
    SELECT * INTO m FROM card_claim x WHERE x.claim_id = p_claim FOR UPDATE;
    PERFORM budget_lock_v1(ARRAY(SELECT n.indicator_id FROM card_claim_line n WHERE n.claim_id = p_claim));
    RETURN m;
END $$;

-- The permission that a level takes.
CREATE OR REPLACE FUNCTION cards_level_v1(p_level text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_level WHEN 'cashier' THEN 'cards.check' WHEN 'head' THEN 'cards.approve' WHEN 'bureau' THEN 'cards.bureau' END;
$$;

-- What is held for a claim is quota again.
CREATE OR REPLACE FUNCTION cards_free_v1(p_claim bigint, p_state text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM budget_release_v1(n.hold_id, p_now) FROM card_claim_line n WHERE n.claim_id = p_claim AND n.hold_id IS NOT NULL;
    UPDATE card_claim x SET state = p_state, changed_at = p_now WHERE x.claim_id = p_claim;
END $$;

-- One level's word, of who stands there or of his deputy (cards_deputed_v1). `p_shown`: the digest of what its page showed; a yes to what is otherwise by now does not count. A no frees the
-- quota; the last yes posts the claim and owes each line to its card. Codes: CARD_CLAIM_UNKNOWN, CARD_CLAIM_STATE,
-- PERMISSION_MISSING, CARD_SAME_PERSON, CARD_NO_WORDS (a no needs its reason), CARD_CLAIM_CHANGED, CARD_CLAIM_OVER (its merchant gave
-- back what is claimed).
CREATE OR REPLACE FUNCTION cards_sign_v1(
    p_session text, p_claim bigint, p_shown bytea, p_yes boolean, p_note text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m card_claim := cards_claim_v1(p_claim);
    s card_signature;
    d card_deputy;
    v_code integer;
BEGIN
    SELECT count(*) + 1 INTO s.step FROM card_signature x WHERE x.claim_id = p_claim;
    s.level := m.levels[s.step];
    s.login := budget_who_v1(p_session, cards_level_v1(s.level), m.unit_id);
    s.person := access_person_v1(access_who_v1(p_session));
    IF s.login IS NULL THEN
        d := cards_deputed_v1(p_session, m.unit_id, s.level);
        s.deputy_id := d.deputy_id;
        SELECT u.login INTO s.login FROM access_user u WHERE u.id = access_who_v1(p_session) AND d.deputy_id IS NOT NULL;
    END IF;
    v_code := CASE WHEN m.claim_id IS NULL THEN @CARD_CLAIM_UNKNOWN WHEN m.state <> 'asked' THEN @CARD_CLAIM_STATE
        WHEN s.login IS NULL OR p_yes IS NULL THEN @PERMISSION_MISSING
        WHEN s.person = m.asked_person OR budget_me_v1(p_session) = m.person_id OR EXISTS (SELECT FROM card_signature x
            WHERE x.claim_id = p_claim AND x.person = s.person) OR cards_took_part_v1(m, d.for_id) OR cards_took_part_v1(m,
            budget_me_v1(p_session)) THEN @CARD_SAME_PERSON
        WHEN NOT p_yes THEN CASE WHEN length(btrim(coalesce(p_note, ''))) >= 2 THEN 0 ELSE @CARD_NO_WORDS END
        WHEN p_shown IS DISTINCT FROM cards_shown_v1(p_claim) OR m.content <> cards_content_v1(m) THEN @CARD_CLAIM_CHANGED
        WHEN EXISTS (SELECT FROM card_official o JOIN card_claim_line n USING (swipe_id)
            WHERE n.claim_id = p_claim AND o.left_fen < 0) OR EXISTS (SELECT FROM card_claim_line n WHERE n.claim_id = p_claim
            AND cards_lent_v1(m.of_id, n.of_line) < 0) THEN @CARD_CLAIM_OVER
        ELSE 0 END;
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    p_now := payments_moment_v1(m.bureau_id, p_now);
    INSERT INTO card_signature VALUES (p_claim, s.step, s.level, s.login, s.person, p_yes, left(coalesce(p_note, ''), 200), m.content,
                                       p_now, s.deputy_id);
    IF NOT p_yes THEN
        PERFORM cards_free_v1(p_claim, 'refused', p_now);
    ELSIF s.step = cardinality(m.levels) THEN
        UPDATE card_claim x SET state = 'approved', changed_at = p_now WHERE x.claim_id = p_claim;
        PERFORM cards_approve_v1(m, p_now);
    END IF;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;

-- Is this who asked for it, of its bureau, with a running post there still?
CREATE OR REPLACE FUNCTION cards_asked_it_v1(p_session text, m card_claim) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (access_person_v1(access_who_v1(p_session)) = m.asked_person AND coalesce(budget_who_v1(p_session, 'cards.mine', m.unit_id),
        budget_who_v1(p_session, 'cards.check', m.unit_id)) IS NOT NULL) IS TRUE;
$$;

-- Taken back by who asked, until it is approved. Codes: CARD_CLAIM_UNKNOWN, PERMISSION_MISSING, CARD_CLAIM_STATE.
CREATE OR REPLACE FUNCTION cards_withdraw_v1(p_session text, p_claim bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m card_claim := cards_claim_v1(p_claim);
BEGIN
    IF m.claim_id IS NULL THEN
        RETURN @CARD_CLAIM_UNKNOWN;
    ELSIF NOT cards_asked_it_v1(p_session, m) THEN
        RETURN @PERMISSION_MISSING;
    ELSIF m.state <> 'asked' THEN
        RETURN @CARD_CLAIM_STATE;
    END IF;
    PERFORM cards_free_v1(p_claim, 'withdrawn', payments_moment_v1(m.bureau_id, p_now));
    RETURN 0;
END $$;

-- A paper of a claim, by who asked for it, until somebody signed; sealed by its page. Codes: CARD_CLAIM_UNKNOWN,
-- PERMISSION_MISSING, CARD_PAPER_KIND, CARD_CLAIM_STATE, CARD_INVOICE_NUMBER (a picture whose line has no number and does not say
-- that there is none).
CREATE OR REPLACE FUNCTION cards_paper_v1(
    p_session text, p_claim bigint, p_line smallint, p_name text, p_kind text, p_sha256 bytea, p_body bytea, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m card_claim := cards_claim_v1(p_claim);
BEGIN
    IF NOT EXISTS (SELECT FROM card_claim_line n WHERE n.claim_id = p_claim AND n.line_no = p_line) THEN
        RETURN @CARD_CLAIM_UNKNOWN;
    ELSIF NOT cards_asked_it_v1(p_session, m) THEN
        RETURN @PERMISSION_MISSING;
    ELSIF (p_kind IN ('jpg', 'png', 'pdf', 'ofd', 'xml') AND length(p_name) BETWEEN 1 AND 100 AND length(p_sha256) = 32
           AND p_body IS NOT NULL) IS NOT TRUE THEN
        RETURN @CARD_PAPER_KIND;
    ELSIF m.state <> 'asked' OR EXISTS (SELECT FROM card_signature g WHERE g.claim_id = p_claim)
        OR (SELECT count(*) >= 60 FROM card_paper y WHERE y.claim_id = p_claim) THEN
        RETURN @CARD_CLAIM_STATE;
    END IF;
    IF p_kind <> 'xml' AND EXISTS (SELECT FROM card_claim_line n WHERE n.claim_id = p_claim AND n.line_no = p_line AND n.invoice_id IS NULL
            AND n.file_says -> 'no_number' IS DISTINCT FROM 'true') THEN
        RETURN @CARD_INVOICE_NUMBER;          -- what nobody reads is claimed twice by its picture
    END IF;
    INSERT INTO card_paper (claim_id, line_no, name, kind, sha256, body, made_at)
    VALUES (p_claim, p_line, p_name, p_kind, p_sha256, p_body, payments_moment_v1(m.bureau_id, p_now));
    RETURN 0;
END $$;
