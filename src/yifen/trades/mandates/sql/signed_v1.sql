-- How mandates come, change and end. Lock order: the customer (advisory), the mandate, then the one that replaces it.

-- One at a time of a biller's customer.
CREATE OR REPLACE FUNCTION mandates_lock_v1(p_biller integer, p_customer text) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
    SELECT pg_advisory_xact_lock(9510, hashtext(p_biller || '|' || p_customer));
$$;

-- The first day on which one that is signed on a day may be in force.
CREATE OR REPLACE FUNCTION mandates_starts_v1(p_biller integer, p_day date) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT settlement_workday_v1(p_day, r.start_days) FROM mandate_rule r
                     WHERE r.biller_id = p_biller AND r.start_days > 0), p_day);
$$;

-- The first day on which one that is ended at the counter on a day is over.
CREATE OR REPLACE FUNCTION mandates_ends_v1(p_biller integer, p_day date) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT settlement_workday_v1(p_day, r.end_days) FROM mandate_rule r
                     WHERE r.biller_id = p_biller AND r.end_days > 0), p_day);
$$;

-- Whether these terms may be: code, 0: they may. Both limits are of the biller's rule at most, its dates as the rule has it.
-- Codes: MANDATE_DATES, MANDATE_LIMITS, MANDATE_THERE, CORE_PAIR_MISSING (its core is not where the biller has its accounts),
-- MANDATE_CHANNEL_MISSING.
CREATE OR REPLACE FUNCTION mandates_unfit_v1(v mandate, p_day date) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN v.core_id IS DISTINCT FROM corebank_of_v1(v.institution_id)
            OR NOT EXISTS (SELECT FROM core_pair k WHERE (k.biller_id, k.core_id) = (v.biller_id, v.core_id))
            THEN @CORE_PAIR_MISSING
        WHEN mandates_channel_v1(v.institution_id) IS NULL THEN @MANDATE_CHANNEL_MISSING
        WHEN v.from_on < mandates_starts_v1(v.biller_id, p_day) OR v.until_on < v.from_on THEN @MANDATE_DATES
        WHEN v.month_fen > 0 AND v.once_fen > v.month_fen OR EXISTS (SELECT FROM mandate_rule r WHERE r.biller_id = v.biller_id
                AND r.month_most_fen > 0 AND (v.month_fen = 0 OR v.month_fen > r.month_most_fen)) THEN @MANDATE_LIMITS
        WHEN EXISTS (SELECT FROM mandate m WHERE (m.biller_id, m.customer, m.core_id) = (v.biller_id, v.customer, v.core_id)
                AND m.account_lookup = v.account_lookup AND m.number <> v.number AND m.confirmed_at IS NOT NULL
                AND CASE WHEN least(m.until_on + 1, m.ended_on) <= m.from_on THEN false
                         ELSE daterange(m.from_on, least(m.until_on + 1, m.ended_on)) && daterange(v.from_on, v.until_on + 1) END)
            THEN @MANDATE_THERE
        ELSE 0 END;
$$;

-- A row of its history, with what holds from then on.
CREATE OR REPLACE FUNCTION mandates_tell_v1(p_mandate bigint, p_what text, p_by text, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO mandate_event (mandate_id, at, what, by, terms)
    SELECT m.mandate_id, p_now, p_what, p_by, jsonb_build_object('once_fen', m.once_fen, 'month_fen', m.month_fen, 'batch', m.batch,
        'no_feel', m.no_feel, 'one_tap', m.one_tap, 'rank', m.rank, 'from_on', m.from_on, 'until_on', m.until_on,
        'ended_on', m.ended_on)
    FROM mandate m WHERE m.mandate_id = p_mandate;
$$;

-- The mandate's row out of what was put together for it; sealed parts are base64, hashes hex.
CREATE OR REPLACE FUNCTION mandates_insert_v1(v mandate, p jsonb, p_now timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO mandate (number, biller_id, customer, institution_id, core_id, account_sealed, account_lookup, account_shown, kind,
        holder_sealed, holder_shown, phone_sealed, phone_lookup, once_fen, month_fen, batch, no_feel, one_tap, rank, signed_on, from_on,
        until_on, replaces_id, source, asked_by, confirmed_at, stop_hash, proposal_id, made_at, changed_at)
    VALUES (v.number, v.biller_id, v.customer, v.institution_id, v.core_id, decode(p ->> 'account_sealed', 'base64'),
        v.account_lookup, v.account_shown, v.kind, decode(p ->> 'holder_sealed', 'base64'), v.holder_shown,
        decode(p ->> 'phone_sealed', 'base64'), v.phone_lookup, v.once_fen, v.month_fen, v.batch, v.no_feel, v.one_tap, v.rank,
        v.signed_on, v.from_on, v.until_on, v.replaces_id, v.source, v.asked_by, v.confirmed_at, decode(p ->> 'stop', 'hex'), v.proposal_id, p_now, p_now)
    RETURNING mandate_id;
$$;

-- 4621, as two people decided in this very transaction: `op` add (a new one), account (a new one in the place of another, from
-- its first day on), change (limits, kinds, dates, order), end. The subject is the number of the mandate that it is about.
-- Codes: AUTHORISATION_INVALID, MANDATE_UNKNOWN, MANDATE_ENDED, MANDATE_SAME_ACCOUNT, and as mandates_unfit_v1.
CREATE OR REPLACE FUNCTION mandates_sign_v1(p_number text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_proposal bigint := access_settled_v1('mandates.sign', p_number);
    x access_authorisation;
    p jsonb;
    v mandate;
    m mandate;
    v_day date;
    v_code integer;
    v_by text;
BEGIN
    SELECT * INTO x FROM access_authorisation a WHERE a.id = v_proposal;
    p := x.content;
    IF p ->> 'subject' IS DISTINCT FROM p_number OR (p ->> 'op' IN ('add', 'account', 'change', 'end')) IS NOT TRUE
        OR p ->> 'op' = 'add' AND p ->> 'number' IS DISTINCT FROM p_number THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    v := jsonb_populate_record(NULL::mandate, p - '{account_sealed,holder_sealed,phone_sealed}'::text[]);
    SELECT string_agg(u.login, ' / ' ORDER BY u.id = x.checker_id) INTO v_by FROM access_user u WHERE u.id IN (x.maker_id, x.checker_id);
    IF p ->> 'op' <> 'add' THEN
        SELECT * INTO m FROM mandate y WHERE y.number = p_number;
        IF NOT FOUND THEN
            RETURN @MANDATE_UNKNOWN;
        END IF;
        v.biller_id := m.biller_id;
        v.customer := m.customer;
    END IF;
    PERFORM mandates_lock_v1(v.biller_id, v.customer);
    SELECT * INTO m FROM mandate y WHERE y.number = p_number FOR UPDATE;
    v_day := mandates_day_v1(v.biller_id, p_now);
    p_now := payments_moment_v1(v.biller_id, p_now);
    IF m.ended_on <= v_day OR m.until_on < v_day OR p ->> 'op' IN ('account', 'change') AND m.ended_on IS NOT NULL THEN
        RETURN @MANDATE_ENDED;
    ELSIF p ->> 'op' IN ('account', 'change') AND m.confirmed_at IS NULL THEN
        RETURN @MANDATE_NOT_YET;
    END IF;
    IF p ->> 'op' = 'end' THEN
        UPDATE mandate y SET ended_on = CASE WHEN y.confirmed_at IS NULL THEN v_day
                ELSE least(y.ended_on, mandates_ends_v1(y.biller_id, v_day)) END,
            end_why = 'counter', proposal_id = v_proposal, changed_at = p_now WHERE y.mandate_id = m.mandate_id;
        PERFORM mandates_tell_v1(m.mandate_id, 'ended', v_by, p_now);
        RETURN 0;
    ELSIF p ->> 'op' = 'change' THEN
        m.once_fen := v.once_fen; m.month_fen := v.month_fen;
        m.batch := v.batch; m.no_feel := v.no_feel; m.one_tap := v.one_tap;
        m.rank := v.rank; m.until_on := v.until_on;
        -- what began stays; what is to begin may begin another day
        v.from_on := coalesce(v.from_on, m.from_on);
        IF v.from_on IS DISTINCT FROM m.from_on AND (m.from_on <= v_day OR v.from_on < mandates_starts_v1(m.biller_id, v_day))
            OR m.until_on < v_day THEN
            RETURN @MANDATE_DATES;
        END IF;
        m.from_on := v.from_on;
        v_code := mandates_unfit_v1(m, NULL);  -- of its first day it was decided above
        IF v_code <> 0 THEN
            RETURN v_code;
        END IF;
        UPDATE mandate y SET (once_fen, month_fen, batch, no_feel, one_tap, rank, from_on, until_on)
                = (m.once_fen, m.month_fen, m.batch, m.no_feel, m.one_tap, m.rank, m.from_on, m.until_on),
            proposal_id = v_proposal, changed_at = p_now WHERE y.mandate_id = m.mandate_id;
        PERFORM mandates_tell_v1(m.mandate_id, 'changed', v_by, p_now);
        RETURN 0;
    END IF;
    IF p ->> 'op' = 'account' THEN
        IF (v.core_id, v.account_lookup) = (m.core_id, m.account_lookup) THEN
            RETURN @MANDATE_SAME_ACCOUNT;
        END IF;
        v.replaces_id := m.mandate_id;
        v.rank := m.rank;
    END IF;
    v.signed_on := v_day;
    v.from_on := greatest(v.from_on, mandates_starts_v1(v.biller_id, v_day));
    v.source := 'counter';
    v.asked_by := NULL;
    v.confirmed_at := p_now;
    v.proposal_id := v_proposal;
    v_code := mandates_unfit_v1(v, v_day);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    IF m.mandate_id IS NOT NULL THEN
        UPDATE mandate y SET ended_on = least(v.from_on, y.until_on + 1), end_why = 'replaced', proposal_id = v_proposal,
            changed_at = p_now WHERE y.mandate_id = m.mandate_id;
        PERFORM mandates_tell_v1(m.mandate_id, 'ended', v_by, p_now);
    END IF;
    v.mandate_id := mandates_insert_v1(v, p, p_now);
    INSERT INTO mandate_check (mandate_id, number, sealed, at)
    VALUES (v.mandate_id, v.number, decode(p ->> 'check', 'base64'), p_now);
    PERFORM mandates_tell_v1(v.mandate_id, 'signed', v_by, p_now);
    RETURN 0;
END $$;

-- A mandate that is asked for, by its payer's page (`source` payer) or a partner (`p_word`: its signed word, which the worker read);
-- it is none before its payer's bank has his own word (mandates_confirm_v1). Asked again under its number is the same.
-- Codes: MANDATE_UNKNOWN (a word that is not of this), and as mandates_unfit_v1.
CREATE OR REPLACE FUNCTION mandates_ask_in_v1(p jsonb, p_source text, p_partner integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v mandate := jsonb_populate_record(NULL::mandate, p - '{account_sealed,holder_sealed,phone_sealed}'::text[]);
    v_day date := mandates_day_v1(v.biller_id, p_now);
    v_code integer;
BEGIN
    PERFORM mandates_lock_v1(v.biller_id, v.customer);
    IF EXISTS (SELECT FROM mandate m WHERE m.number = v.number) THEN
        RETURN 0;
    END IF;
    p_now := payments_moment_v1(v.biller_id, p_now);
    v.signed_on := v_day;
    v.from_on := greatest(v.from_on, mandates_starts_v1(v.biller_id, v_day));
    v.source := p_source;
    v.asked_by := p_partner;
    v.confirmed_at := NULL;
    v.replaces_id := NULL;
    v.proposal_id := NULL;
    v_code := mandates_unfit_v1(v, v_day);
    IF v_code = 0 THEN
        v.mandate_id := mandates_insert_v1(v, p, p_now);
        PERFORM mandates_tell_v1(v.mandate_id, 'asked', coalesce((SELECT y.code FROM partner y WHERE y.id = p_partner), 'payer'), p_now);
    END IF;
    RETURN v_code;
END $$;

-- By the payer's own page.
CREATE OR REPLACE FUNCTION mandates_ask_v1(p jsonb, p_now timestamptz) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$ SELECT mandates_ask_in_v1(p, 'payer', NULL, p_now); $$;

-- The core says that its customer agreed to it by his own phone: kept as it signed it, once; the worker reads the signature.
-- Code: MANDATE_UNKNOWN.
CREATE OR REPLACE FUNCTION mandates_agreed_v1(p_number text, p_key text, p_sealed bytea, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m mandate;
BEGIN
    SELECT * INTO m FROM mandate x WHERE x.number = p_number AND x.confirmed_at IS NULL AND x.ended_on IS NULL
        AND x.stop_hash = sha256(convert_to(p_key, 'UTF8')) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN @MANDATE_UNKNOWN;
    END IF;
    INSERT INTO mandate_check (mandate_id, number, sealed, at) VALUES (m.mandate_id, m.number, p_sealed, p_now)
    ON CONFLICT DO NOTHING;
    RETURN 0;
END $$;

-- The worker has read the core's signature under just these terms: it is in force from its first day on; or not (`p_fits`
-- false), and it never will be. Code: MANDATE_UNKNOWN.
CREATE OR REPLACE FUNCTION mandates_confirm_v1(p_number text, p_fits boolean, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m mandate;
    v_day date;
BEGIN
    PERFORM mandates_lock_v1(x.biller_id, x.customer) FROM mandate x WHERE x.number = p_number;
    SELECT * INTO m FROM mandate x WHERE x.number = p_number AND x.confirmed_at IS NULL AND x.ended_on IS NULL FOR UPDATE;
    IF NOT FOUND OR NOT EXISTS (SELECT FROM mandate_check c WHERE c.mandate_id = m.mandate_id) THEN
        RETURN @MANDATE_UNKNOWN;
    END IF;
    v_day := mandates_day_v1(m.biller_id, p_now);
    p_now := payments_moment_v1(m.biller_id, p_now);
    IF p_fits AND mandates_unfit_v1(m, m.signed_on) = 0 THEN
        UPDATE mandate SET confirmed_at = p_now, changed_at = p_now WHERE mandate_id = m.mandate_id;
        PERFORM mandates_tell_v1(m.mandate_id, 'signed', 'payer', p_now);
    ELSE
        UPDATE mandate SET ended_on = v_day, end_why = 'refused', changed_at = p_now WHERE mandate_id = m.mandate_id;
        PERFORM mandates_tell_v1(m.mandate_id, 'ended', 'core', p_now);
    END IF;
    RETURN 0;
END $$;

-- One touch: over at once, by who has the payer's own key (his page, the link in each notice). Again does nothing.
-- Code: MANDATE_UNKNOWN.
CREATE OR REPLACE FUNCTION mandates_stop_v1(p_number text, p_key text, p_why text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m mandate;
BEGIN
    SELECT * INTO m FROM mandate x WHERE x.number = p_number AND x.stop_hash = sha256(convert_to(p_key, 'UTF8')) FOR UPDATE;
    IF NOT FOUND OR p_why NOT IN ('payer', 'link') THEN
        RETURN @MANDATE_UNKNOWN;
    END IF;
    PERFORM mandates_over_v1(m, p_why, p_why, p_now);
    RETURN 0;
END $$;

-- Over from today on, unless it is already.
CREATE OR REPLACE FUNCTION mandates_over_v1(m mandate, p_why text, p_by text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_day date := mandates_day_v1(m.biller_id, p_now);
BEGIN
    p_now := payments_moment_v1(m.biller_id, p_now);
    UPDATE mandate SET ended_on = v_day, end_why = p_why, changed_at = p_now
    WHERE mandate_id = m.mandate_id AND (ended_on IS NULL OR ended_on > v_day);
    IF FOUND THEN
        PERFORM mandates_tell_v1(m.mandate_id, 'ended', p_by, p_now);
    END IF;
END $$;

-- A biller's rule, as two people decided in this very transaction. Code: AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION mandates_rule_v1(p_biller integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_proposal bigint := access_settled_v1('mandates.rule', p_biller::text);
    r mandate_rule := jsonb_populate_record(NULL::mandate_rule, (SELECT content FROM access_authorisation WHERE id = v_proposal));
BEGIN
    IF r.biller_id IS DISTINCT FROM p_biller THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    INSERT INTO mandate_rule VALUES (p_biller, r.start_days, r.end_days, r.once_most_fen, r.month_most_fen, v_proposal, p_now)
    ON CONFLICT (biller_id) DO UPDATE SET (start_days, end_days, once_most_fen, month_most_fen, proposal_id, changed_at)
        = (excluded.start_days, excluded.end_days, excluded.once_most_fen, excluded.month_most_fen, v_proposal, p_now);
    RETURN 0;
END $$;

-- A scanned paper of a mandate, by who may sign where it was signed. Codes: PERMISSION_MISSING (also: there is none),
-- MANDATE_PAPER_THERE.
CREATE OR REPLACE FUNCTION mandates_paper_v1(p_session text, p_number text, p_what text, p_kind text, p_sha256 bytea,
    p_bytes integer, p_body bytea, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m mandate;
    v_login text;
BEGIN
    SELECT * INTO m FROM mandate x WHERE x.number = p_number;
    SELECT u.login INTO v_login FROM access_user u
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'mandates.papers', m.institution_id, NULL);
    IF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    INSERT INTO mandate_paper (mandate_id, what, kind, sha256, bytes, body, by, at)
    VALUES (m.mandate_id, p_what, p_kind, p_sha256, p_bytes, p_body, v_login, p_now) ON CONFLICT DO NOTHING;
    RETURN CASE WHEN FOUND THEN 0 ELSE @MANDATE_PAPER_THERE END;
END $$;
