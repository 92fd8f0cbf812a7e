-- Rules; due repayments of a unit made into a voucher by one person, agreed to by another.
--
-- Lock order of every function here: the bureau (advisory 9450), then as the functions of cards.

-- The rule in force on a day.
CREATE OR REPLACE FUNCTION treasury_rule_v1(p_bureau integer, p_day date) RETURNS treasury_rule
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r FROM treasury_rule r WHERE r.bureau_id = p_bureau AND r.valid_from <= p_day ORDER BY r.valid_from DESC LIMIT 1;
$$;

-- What speaks against a rule. Code: TREASURY_RULE_WRONG.
CREATE OR REPLACE FUNCTION treasury_rule_against_v1(p_bureau integer, p_asked jsonb, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
    SELECT CASE WHEN (r.valid_from >= budget_today_v1(p_bureau, p_now) AND r.treasury_no ~ '^[0-9]{10}$'
            AND length(r.purpose) <= 60 AND treasury_unwritable_v1(r.purpose, 199) IS NULL AND r.quota_at_once IS NOT NULL AND r.class_digits IN (3, 5, 7)
            AND EXISTS (SELECT FROM card_bureau b WHERE b.bureau_id = p_bureau)
            AND EXISTS (SELECT FROM bank b WHERE b.partner_id = r.bank_id)
            AND (r.treasury_id IS NULL OR EXISTS (SELECT FROM bank b WHERE b.partner_id = r.treasury_id))) IS NOT TRUE
        OR EXISTS (SELECT FROM treasury_rule x WHERE x.bureau_id = p_bureau AND x.valid_from = r.valid_from)
        THEN @TREASURY_RULE_WRONG ELSE 0 END
    FROM jsonb_populate_record(NULL::treasury_rule, '{"quota_at_once": false}'::jsonb || p_asked) r);
EXCEPTION WHEN data_exception THEN   -- a field of another type
    RETURN @TREASURY_RULE_WRONG;
END $$;

-- A rule by two people; the first one opens the bureau's account. Codes: BUDGET_NOT_AGREED, TREASURY_RULE_WRONG.
CREATE OR REPLACE FUNCTION treasury_keep_rule_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    p partner;
    v_code integer;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('treasury.rule', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @BUDGET_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9450, v.bureau_id);
    v_code := treasury_rule_against_v1(v.bureau_id, v.content, p_now);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    SELECT * INTO STRICT p FROM partner WHERE id = v.bureau_id;
    IF NOT EXISTS (SELECT FROM treasury_bureau b WHERE b.bureau_id = v.bureau_id) THEN
        INSERT INTO treasury_bureau
        SELECT v.bureau_id, ledger_open_kind_v1('treasury_grant', p.book_id, p.code, p.code || ' ' || p.name), p_now;
    END IF;
    PERFORM access_keep_rule_v1('treasury_rule', 'bureau_id', v.bureau_id, p_proposal, '{"quota_at_once": false}'::jsonb || v.content);
    RETURN 0;
END $$;

DROP FUNCTION IF EXISTS treasury_workday_v1(date, integer); -- settlement's is the only one

-- On which day the bank pays what it is told at a moment: behind the cut-off the next working day.
CREATE OR REPLACE FUNCTION treasury_pay_on_v1(p_bureau integer, p_at timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN l.at::time > (budget_rule_v1(p_bureau, l.at::date)).cut_off AND settlement_workday_v1(l.at::date, 0) = l.at::date
        THEN settlement_workday_v1(l.at::date, 1) ELSE settlement_workday_v1(l.at::date, 0) END
    FROM (SELECT p_at AT TIME ZONE k.time_zone AS at FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_bureau) l;
$$;

-- What a message in GBK cannot carry of a text: its first such character, or that it is too long (`p_bytes`); NULL: it can. The database knows
-- a few characters of GBK that its readers elsewhere do not.
CREATE OR REPLACE FUNCTION treasury_unwritable_v1(p_text text, p_bytes integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_char text := (regexp_match(p_text, '[\u0001-\u001f\u007f-\u009f\u20ac\ue000-\uf8ff\ufffe\uffff]'))[1];
BEGIN
    IF v_char IS NOT NULL THEN
        RETURN 'U+' || upper(to_hex(ascii(v_char)));
    END IF;
    BEGIN
        RETURN CASE WHEN octet_length(convert_to(p_text, 'GBK')) > p_bytes THEN '> ' || p_bytes || ' bytes' END;
    EXCEPTION WHEN untranslatable_character OR character_not_in_repertoire THEN
        NULL;
    END;
    FOREACH v_char IN ARRAY regexp_split_to_array(p_text, '') LOOP
        BEGIN
            PERFORM convert_to(v_char, 'GBK');
        EXCEPTION WHEN untranslatable_character OR character_not_in_repertoire THEN
            RETURN v_char;
        END;
    END LOOP;
    RETURN '';
END $$;

-- The first name that a voucher of these repayments could not carry, and the character; NULL: all can be written.
CREATE OR REPLACE FUNCTION treasury_unwritten_v1(p_repayments bigint[]) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.name || ': ' || n.why FROM (
        SELECT x.name, treasury_unwritable_v1(x.name, x.bytes) AS why FROM (
            SELECT DISTINCT p.name, 119 AS bytes FROM card_repayment r JOIN card k USING (card_id) JOIN budget_person p ON p.person_id = k.person_id
            WHERE r.repayment_id = ANY (p_repayments)
            UNION SELECT y.text, 1000 FROM card_repayment r JOIN budget_unit u USING (unit_id) LEFT JOIN budget_unit a ON a.unit_id = u.parent_id
                CROSS JOIN LATERAL (VALUES (u.name), (u.bank_name), (a.name)) AS y (text)
            WHERE r.repayment_id = ANY (p_repayments)) x) n
    WHERE n.why IS NOT NULL ORDER BY 1 LIMIT 1;
$$;

-- The moment of what a cut-off hangs on: the database's clock, whatever a caller says; where the open day is behind it, as far as he
-- can be believed.
CREATE OR REPLACE FUNCTION treasury_clock_v1(p_bureau integer, p_now timestamptz) RETURNS timestamptz
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN k.current_day >= (clock_timestamp() AT TIME ZONE k.time_zone)::date THEN clock_timestamp()
        ELSE least(payments_moment_v1(p_bureau, p_now), clock_timestamp()) END
    FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = p_bureau;
$$;

-- Digest of what a voucher says, whoever reads its rows.
CREATE OR REPLACE FUNCTION treasury_content_v1(p treasury_voucher) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT sha256(convert_to(jsonb_build_array(p.bureau_id, p.unit_id, p.indicator_id, p.bank_id, p.voucher_no, p.amount_fen,
        p.purpose, p.account_no, p.bank_name, p.bank_code, p.made_person, (SELECT jsonb_agg(jsonb_build_array(l.line_no, l.repayment_id,
            l.card_id, l.amount_fen) ORDER BY l.line_no) FROM treasury_line l WHERE l.voucher_id = p.voucher_id))::text, 'UTF8'));
$$;

-- Due repayments of one unit, against one indicator, go into a voucher; its number follows the last one of the bureau's year. Codes:
-- VOUCHER_LINES (none, more than 200, twice, of several units or indicators), PERMISSION_MISSING, TREASURY_UNKNOWN (no rule in
-- force), VOUCHER_ACCOUNT (the unit has no zero-balance account), VOUCHER_WRITING (a name that the bank's message cannot carry), as cards_vouch_v1.
CREATE OR REPLACE FUNCTION treasury_make_v1(
    p_session text, p_repayments bigint[], p_now timestamptz, OUT code integer, OUT voucher_id bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v treasury_voucher;
    u budget_unit;
    r treasury_rule;
    f record;
    v_today date;
BEGIN
    SELECT count(*) AS found, count(DISTINCT (x.unit_id, x.indicator_id)) AS keys, min(x.bureau_id) AS bureau_id,
        min(x.unit_id) AS unit_id, min(x.indicator_id) AS indicator_id, sum(x.amount_fen) AS fen INTO f
    FROM card_repayment x WHERE x.repayment_id = ANY (p_repayments);
    IF f.keys <> 1 OR f.found <> cardinality(p_repayments) OR f.found > 200 THEN
        code := @VOUCHER_LINES;
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(9450, f.bureau_id);
    v.bureau_id := f.bureau_id; v.unit_id := f.unit_id; v.indicator_id := f.indicator_id; v.amount_fen := f.fen;
    v.made_by := budget_who_v1(p_session, 'treasury.make', f.unit_id);
    p_now := payments_moment_v1(f.bureau_id, p_now);
    v_today := budget_today_v1(f.bureau_id, p_now);
    SELECT * INTO STRICT u FROM budget_unit x WHERE x.unit_id = f.unit_id;
    r := treasury_rule_v1(f.bureau_id, v_today);
    code := CASE WHEN v.made_by IS NULL THEN @PERMISSION_MISSING WHEN r.bureau_id IS NULL THEN @TREASURY_UNKNOWN
        WHEN u.account_no = '' THEN @VOUCHER_ACCOUNT
        WHEN treasury_unwritten_v1(p_repayments) IS NOT NULL THEN @VOUCHER_WRITING ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    v.year := extract(year FROM v_today);
    SELECT coalesce(max(x.number), 0) + 1 INTO v.number FROM treasury_voucher x WHERE x.bureau_id = f.bureau_id AND x.year = v.year;
    v.voucher_no := v.year || '-' || lpad(v.number::text, 6, '0');
    code := cards_vouch_v1(p_repayments, v.voucher_no, p_now);
    IF code <> 0 THEN
        RETURN;
    END IF;
    v.purpose := CASE r.purpose WHEN '' THEN (SELECT m.purpose FROM card_repayment x JOIN card_claim m USING (claim_id)
        WHERE x.repayment_id = ANY (p_repayments) ORDER BY x.amount_fen DESC, x.repayment_id LIMIT 1) ELSE r.purpose END;
    IF treasury_unwritable_v1(v.purpose, 1000) IS NOT NULL OR btrim(v.purpose) = '' THEN
        v.purpose := '公务卡还款';   -- what a holder wrote stops no payment
    END IF;
    v.bank_id := r.bank_id; v.account_no := u.account_no; v.bank_name := u.bank_name; v.bank_code := u.bank_code;
    v.made_person := access_person_v1(access_who_v1(p_session)); v.made_at := p_now; v.changed_at := p_now; v.state := 'asked';
    v.tries := 0; v.resent := false; v.reason := ''; v.content := '';
    v.voucher_id := nextval(pg_get_serial_sequence('treasury_voucher', 'voucher_id'));
    INSERT INTO treasury_voucher OVERRIDING SYSTEM VALUE SELECT v.*;
    INSERT INTO treasury_line (voucher_id, line_no, repayment_id, card_id, amount_fen)
    SELECT v.voucher_id, row_number() OVER (ORDER BY x.repayment_id), x.repayment_id, x.card_id, x.amount_fen
    FROM card_repayment x WHERE x.repayment_id = ANY (p_repayments);
    UPDATE treasury_voucher x SET content = treasury_content_v1(x) WHERE x.voucher_id = v.voucher_id;
    voucher_id := v.voucher_id;
END $$;

-- A voucher, its bureau locked.
CREATE OR REPLACE FUNCTION treasury_voucher_v1(p_voucher bigint) RETURNS treasury_voucher
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher;
BEGIN
    PERFORM pg_advisory_xact_lock(9450, x.bureau_id) FROM treasury_voucher x WHERE x.voucher_id = p_voucher;
    SELECT * INTO v FROM treasury_voucher x WHERE x.voucher_id = p_voucher FOR UPDATE;
    RETURN v;
END $$;

-- The second person's word, bound to what was shown (`p_seen`: its content). No: its repayments are due again, its number stays. Codes:
-- VOUCHER_UNKNOWN, VOUCHER_STATE, PERMISSION_MISSING, VOUCHER_SAME_PERSON, VOUCHER_CHANGED, as cards_payable_v1.
CREATE OR REPLACE FUNCTION treasury_agree_v1(p_session text, p_voucher bigint, p_seen bytea, p_yes boolean, p_note text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher := treasury_voucher_v1(p_voucher);
    v_login text := budget_who_v1(p_session, 'treasury.agree', v.unit_id);
    v_person text := access_person_v1(access_who_v1(p_session));
    v_code integer;
BEGIN
    v_code := CASE WHEN v.voucher_id IS NULL THEN @VOUCHER_UNKNOWN WHEN v_login IS NULL OR p_yes IS NULL THEN @PERMISSION_MISSING
        WHEN v.state <> 'asked' THEN @VOUCHER_STATE WHEN v_person = v.made_person THEN @VOUCHER_SAME_PERSON
        WHEN p_yes AND (p_seen = v.content AND v.content = treasury_content_v1(v)) IS NOT TRUE THEN @VOUCHER_CHANGED
        WHEN p_yes THEN cards_payable_v1(ARRAY(SELECT l.repayment_id FROM treasury_line l WHERE l.voucher_id = p_voucher)) ELSE 0 END;
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    p_now := treasury_clock_v1(v.bureau_id, p_now);
    IF NOT p_yes THEN
        PERFORM treasury_drop_v1(v, left(coalesce(p_note, ''), 200), p_now);
    END IF;
    UPDATE treasury_voucher x SET state = CASE WHEN p_yes THEN 'agreed' ELSE 'refused' END, agreed_by = v_login, agreed_person = v_person,
        agreed_at = p_now, pay_on = CASE WHEN p_yes THEN treasury_pay_on_v1(v.bureau_id, p_now) END,
        reason = left(coalesce(p_note, ''), 200), changed_at = p_now
    WHERE x.voucher_id = p_voucher;
    RETURN 0;
END $$;

-- All of its lines are due again. Called inside.
CREATE OR REPLACE FUNCTION treasury_drop_v1(v treasury_voucher, p_reason text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    l record;
    v_code integer;
BEGIN
    FOR l IN SELECT * FROM treasury_line x WHERE x.voucher_id = v.voucher_id AND x.result = 'open' ORDER BY x.line_no LOOP
        v_code := cards_repaid_v1(l.repayment_id, 'failed', p_reason, p_now);
        IF v_code <> 0 THEN
            RAISE EXCEPTION 'line % of voucher % is not due again: %', l.line_no, v.voucher_no, v_code;
        END IF;
    END LOOP;
    UPDATE treasury_line x SET result = 'dropped', reason = p_reason, decided_at = p_now
    WHERE x.voucher_id = v.voucher_id AND x.result = 'open';
END $$;

-- It is printed once more: the count goes on the paper. Codes: VOUCHER_UNKNOWN, PERMISSION_MISSING, VOUCHER_STATE (nobody agreed to it).
CREATE OR REPLACE FUNCTION treasury_print_v1(p_session text, p_voucher bigint, p_form text, p_now timestamptz, OUT code integer, OUT turn integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v treasury_voucher := treasury_voucher_v1(p_voucher);
    v_login text := coalesce(budget_who_v1(p_session, 'treasury.make', v.unit_id), budget_who_v1(p_session, 'treasury.agree', v.unit_id));
BEGIN
    code := CASE WHEN v.voucher_id IS NULL THEN @VOUCHER_UNKNOWN WHEN v_login IS NULL THEN @PERMISSION_MISSING
        WHEN v.state IN ('asked', 'refused') THEN @VOUCHER_STATE ELSE 0 END;
    IF code = 0 THEN
        SELECT count(*) + 1 INTO turn FROM treasury_print x WHERE x.voucher_id = p_voucher AND x.form = p_form;
        INSERT INTO treasury_print (voucher_id, form, turn, login, at)
        VALUES (p_voucher, p_form, turn, v_login, payments_moment_v1(v.bureau_id, p_now));
    END IF;
END $$;
