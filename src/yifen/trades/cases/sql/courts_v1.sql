-- Courts and their rules, cases, sub-accounts, parties and payees.
--
-- Lock order of every function here: the court (advisory), ledger_head in bucket order, balances.

-- Who acts for a court: the login behind the session, NULL: he may not.
CREATE OR REPLACE FUNCTION cases_who_v1(p_session text, p_permission text, p_court integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.login FROM access_user u JOIN partner p ON p.id = p_court
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, p_permission, p.institution_id, p.id);
$$;

-- What two people agreed to in this very transaction, of the proposal's own court; NULL: nobody did, or it is done already.
CREATE OR REPLACE FUNCTION cases_agreed_v1(p_act text, p_proposal bigint, OUT content jsonb, OUT court_id integer)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.content, a.partner_id FROM access_use_v1(p_act, p_proposal) a;
$$;

-- The day that it is at a court.
CREATE OR REPLACE FUNCTION cases_today_v1(p_court integer, p_now timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (payments_moment_v1(p_court, p_now) AT TIME ZONE k.time_zone)::date
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_court;
$$;

-- On which day something was, by a court's clock.
CREATE OR REPLACE FUNCTION cases_day_v1(p_court integer, p_at timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (p_at AT TIME ZONE k.time_zone)::date FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_court;
$$;

-- The rule in force on a day.
CREATE OR REPLACE FUNCTION cases_rule_v1(p_court integer, p_day date) RETURNS court_rule
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r FROM court_rule r WHERE r.court_id = p_court AND r.valid_from <= p_day ORDER BY r.valid_from DESC LIMIT 1;
$$;

DROP FUNCTION IF EXISTS cases_working_v1(date); -- settlement's is the only one
-- The last day of a clock that begins on a day: so many days later, working ones or all; of all days, one that ends on no working
-- day ends on the next one (民事诉讼法第八十五条). NULL: that is no clock, of ten years at most.
CREATE OR REPLACE FUNCTION cases_due_v1(p_from date, p_days integer, p_working boolean) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN (isfinite(p_from) AND p_days BETWEEN 0 AND 3660) IS NOT TRUE THEN NULL
        WHEN p_days = 0 THEN p_from WHEN p_working THEN settlement_workday_v1(p_from, p_days)
        ELSE settlement_workday_v1(p_from + p_days, 0) END;
$$;

-- Numbers of two courts in one book are never mistaken for each other; a sandbox has a book of its own.
CREATE OR REPLACE FUNCTION cases_same_book_v1(p_court integer, p_other integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.book_id = o.book_id FROM partner p, partner o WHERE p.id = p_court AND o.id = p_other;
$$;

-- Is a number no sub-account's of this court: another one has it, its bank made it, it begins as that court's numbers do, or it
-- is a main account's, of this court too?
CREATE OR REPLACE FUNCTION cases_foreign_v1(p_court integer, p_number text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM cases_numbers_had x WHERE x.account_no = p_number AND x.court_id <> p_court
            AND cases_same_book_v1(p_court, x.court_id))
        OR EXISTS (SELECT FROM court_rule r WHERE cases_same_book_v1(p_court, r.court_id)
            AND (r.court_id <> p_court AND starts_with(p_number, r.prefix) OR r.main_no = p_number));
$$;

-- Is it a court? What is paid to it is a case's, and comes by no bill (`sole` of the plug).
CREATE OR REPLACE FUNCTION cases_sole_v1(p_biller integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM court c WHERE c.court_id = p_biller);
$$;

-- What speaks against a rule. No other court has its main account, or numbers that begin alike. Codes: COURT_REMOTE,
-- COURT_RULE_DAY, COURT_RULE_CODE, COURT_RULE_MAIN, COURT_RULE_PREFIX, COURT_RULE_WRONG, COURT_RULE_MAIL, CASE_LEVELS_WRONG (who agrees to payouts).
CREATE OR REPLACE FUNCTION cases_rule_against_v1(p_court integer, p_asked jsonb, p_now timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM biller b WHERE b.partner_id = p_court AND b.endpoint = '') THEN @COURT_REMOTE
        WHEN (r.valid_from >= cases_today_v1(p_court, p_now)) IS NOT TRUE
            OR EXISTS (SELECT FROM court_rule x WHERE x.court_id = p_court AND x.valid_from = r.valid_from) THEN @COURT_RULE_DAY
        WHEN (p_asked ->> 'code' ~ '^[一-龥]{1,3}([0-9]{2}){0,2}$') IS NOT TRUE
            OR EXISTS (SELECT FROM court c WHERE (c.court_id = p_court) <> (c.code = p_asked ->> 'code')) THEN @COURT_RULE_CODE
        WHEN (r.main_no ~ '^[0-9]{6,30}$') IS NOT TRUE
            OR EXISTS (SELECT FROM court_rule x WHERE x.court_id <> p_court AND cases_same_book_v1(p_court, x.court_id)
                AND x.main_no = r.main_no)
            OR EXISTS (SELECT FROM cases_numbers_had x WHERE cases_same_book_v1(p_court, x.court_id) AND x.account_no = r.main_no)
            THEN @COURT_RULE_MAIN
        WHEN (r.prefix ~ '^[0-9]{1,24}$' AND r.width BETWEEN 3 AND 10 AND length(r.prefix) + r.width <= 28) IS NOT TRUE
            OR EXISTS (SELECT FROM court_rule x WHERE x.court_id <> p_court AND cases_same_book_v1(p_court, x.court_id)
                AND (starts_with(x.prefix, r.prefix) OR starts_with(r.prefix, x.prefix)))
            OR EXISTS (SELECT FROM cases_numbers_had x WHERE cases_same_book_v1(p_court, x.court_id)
                AND x.court_id <> p_court AND starts_with(x.account_no, r.prefix)) THEN @COURT_RULE_PREFIX
        WHEN (r.method IN ('none', 'luhn', 'mod97')
              AND r.claim_days BETWEEN 0 AND 365 AND r.notice_days BETWEEN 0 AND 365 AND r.payout_days BETWEEN 0 AND 365
              AND coalesce(r.objection_days, 15) BETWEEN 0 AND 365 AND coalesce(r.beyond_percent, 100) BETWEEN 0 AND 1000
              AND coalesce(r.comply_days, 1) BETWEEN 1 AND 365
              AND length(coalesce(r.account_bank, '')) <= 100 AND coalesce(r.phone, '') ~ '^[-0-9 ()+转、,]{0,60}$'
              AND (r.bank_id IS NULL OR EXISTS (SELECT FROM bank b WHERE b.partner_id = r.bank_id))
              AND num_nulls(r.beyond, r.claim_working, r.notice_working, r.payout_working) = 0) IS NOT TRUE
            THEN @COURT_RULE_WRONG
        WHEN (coalesce(r.mail_to, '') ~ '^([^[:space:]@]+@[^[:space:]@]+( (?=.)|$)){0,5}$' AND length(coalesce(r.mail_to, '')) <= 1000)
            IS NOT TRUE THEN @COURT_RULE_MAIL
        WHEN r.levels IS NOT NULL AND cases_levels_fit_v1(r.levels) IS NOT TRUE THEN @CASE_LEVELS_WRONG
        ELSE 0 END
    FROM jsonb_populate_record(NULL::court_rule, p_asked) r;
$$;

-- A rule of a court by two people; the first one makes it a court here. Codes: CASE_NOT_AGREED, as cases_rule_against_v1.
CREATE OR REPLACE FUNCTION cases_keep_rule_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    p partner;
    v_code integer;
    v_whose text;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.rule', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, 0), pg_advisory_xact_lock(9010, v.court_id);   -- 0: numbers of all courts
    v_code := cases_rule_against_v1(v.court_id, v.content, p_now);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    SELECT * INTO STRICT p FROM partner WHERE id = v.court_id;
    v_whose := p.code || ' ' || p.name;
    IF NOT EXISTS (SELECT FROM court c WHERE c.court_id = v.court_id) THEN
        INSERT INTO court
        SELECT v.court_id, v.content ->> 'code', ledger_open_kind_v1('court_main', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('court_coming', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('court_money', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('court_unknown', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('court_interest', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('court_fee', p.book_id, p.code, v_whose), p_now;
    END IF;
    PERFORM access_keep_rule_v1('court_rule', 'court_id', v.court_id, p_proposal,
        '{"objection_days": 15, "beyond_percent": 100, "account_bank": "", "phone": "", "mail_to": "", "share_interest": false, "levels": [["check", 0], ["bureau", 0], ["head", 10000000]]}'
        || jsonb_strip_nulls(v.content));
    RETURN 0;
END $$;

-- A number with its check digit, or digits; cases.rules.with_check is the same.
CREATE OR REPLACE FUNCTION cases_with_check_v1(p_digits text, p_method text) RETURNS text
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p_digits || CASE p_method
        WHEN 'luhn' THEN (SELECT ((10 - sum(CASE WHEN x.place % 2 = 0 THEN x.digit
                                                 ELSE x.digit * 2 - CASE WHEN x.digit > 4 THEN 9 ELSE 0 END END) % 10) % 10)::text
            FROM (SELECT n AS place, substr(reverse(p_digits), n, 1)::integer AS digit
                  FROM generate_series(1, length(p_digits)) n) x)
        WHEN 'mod97' THEN lpad((98 - p_digits::numeric * 100 % 97)::text, 2, '0')
        ELSE '' END;
$$;

-- The number that the next case will have: the lowest that the bank made, else the next by the rule behind those that the rule
-- made, the bank's apart, that nobody has. NULL: no rule, or all its numbers are had.
CREATE OR REPLACE FUNCTION cases_next_account_v1(p_court integer, p_now timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r court_rule := cases_rule_v1(p_court, cases_today_v1(p_court, p_now));
    v_next bigint;
    v_number text;
    v_length integer;
    v_made text := (SELECT n.account_no FROM court_number n WHERE n.court_id = p_court AND NOT EXISTS (
        SELECT FROM court_account a WHERE a.court_id = n.court_id AND a.account_no = n.account_no)
        ORDER BY n.account_no LIMIT 1);
BEGIN
    IF v_made IS NOT NULL OR r.court_id IS NULL THEN
        RETURN v_made;
    END IF;
    v_length := length(cases_with_check_v1(r.prefix || lpad('1', r.width, '0'), r.method));
    SELECT substr(a.account_no, length(r.prefix) + 1, r.width)::bigint INTO v_next FROM court_account a
    WHERE a.court_id = p_court AND a.account_no >= r.prefix AND a.account_no < r.prefix || ':' AND length(a.account_no) = v_length
        AND NOT EXISTS (SELECT FROM court_number n WHERE n.court_id = p_court AND n.account_no = a.account_no)
    ORDER BY a.account_no DESC LIMIT 1;          -- of one length the highest number stands last
    v_next := coalesce(v_next, 0);
    LOOP
        v_next := v_next + 1;
        IF length(v_next::text) > r.width THEN
            RETURN NULL;
        END IF;
        v_number := cases_with_check_v1(r.prefix || lpad(v_next::text, r.width, '0'), r.method);
        IF NOT EXISTS (SELECT FROM cases_numbers_had x WHERE x.court_id = p_court AND x.account_no = v_number) THEN
            RETURN v_number;
        END IF;
    END LOOP;
END $$;

-- Where the payable of an account lives.
CREATE OR REPLACE FUNCTION cases_bucket_v1(p_court integer, p_account text) RETURNS smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (payments_crc_v1(convert_to(p_court || '|' || p_account, 'UTF8')) % (SELECT count(*) FROM ledger_head))::smallint;
$$;

-- The payable's ref 应缴项编号 of an opening.
CREATE OR REPLACE FUNCTION cases_ref_v1(p_opening smallint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'CASE' || CASE WHEN p_opening > 1 THEN p_opening::text ELSE '' END;
$$;

-- Tell channels what is owed on a sub-account now: what is to be enforced, less what came; and what is taken at most, with what the
-- rule takes beyond (without an amount to be enforced there is no bound).
CREATE OR REPLACE FUNCTION cases_tell_v1(p_court integer, p_account text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_left bigint;
    v_most bigint := 999999999999999;
BEGIN
    SELECT a.bucket, a.opening, c.number, c.due_fen, coalesce((SELECT CASE WHEN r.beyond THEN r.beyond_percent ELSE 0 END
        FROM cases_rule_v1(p_court, cases_today_v1(p_court, p_now)) r), 100) AS beyond
    INTO v FROM court_account a JOIN court_case c USING (case_id)
    WHERE a.court_id = p_court AND a.account_no = p_account AND a.state = 'open';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT v.due_fen - coalesce(sum(CASE
        WHEN e.kind IN ('collected', 'transfer', 'announced', 'claimed', 'moved_in') THEN e.amount_fen
        WHEN e.kind IN ('given_back', 'unclaimed', 'recalled', 'moved_out') THEN -e.amount_fen ELSE 0 END), 0) INTO v_left
    FROM court_entry e WHERE e.court_id = p_court AND e.account_no = p_account;
    v_most := CASE v.due_fen WHEN 0 THEN v_most ELSE greatest(1, least(v_most, v_left + v.due_fen::numeric * v.beyond / 100)) END;
    v_left := greatest(0, v_left);
    IF NOT EXISTS (SELECT FROM payable y WHERE y.bucket = v.bucket AND y.biller_id = p_court AND y.account_no = p_account
            AND y.ref = cases_ref_v1(v.opening) AND (y.due_fen, y.max_fen) = (v_left, v_most)) THEN
        PERFORM payments_keep_payables_v1(v.bucket, ARRAY[p_court], ARRAY[p_account], ARRAY[cases_ref_v1(v.opening)],
            ARRAY['执行案款 ' || v.number], ARRAY['open']::payable_mode[], ARRAY[v_left], ARRAY[1]::bigint[],
            ARRAY[v_most], ARRAY[NULL]::date[], ARRAY[NULL]::integer[], true);
    END IF;
END $$;
