-- The night: transit accounts at the core end at zero.

-- What stands on a biller's transit account at the core by all moves up to a day: credits less debits, an undo as what it
-- is. `p_lookups`: the account's keyed hashes. `open`: moves of it that nobody knows of.
CREATE OR REPLACE FUNCTION agency_stands_v1(p_biller integer, p_lookups text[], p_day date, OUT fen bigint, OUT open bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(CASE WHEN m.state NOT IN ('done', 'undone') THEN 0
                             WHEN m.credit_lookup = ANY (p_lookups) THEN m.amount_fen ELSE -m.amount_fen END), 0)::bigint,
           count(*) FILTER (WHERE m.state IN ('asked', 'unknown'))
    FROM core_move m
    WHERE m.day <= p_day AND (m.credit_lookup = ANY (p_lookups) OR m.debit_lookup = ANY (p_lookups))
        AND m.core_id = (SELECT p.core_id FROM core_pair p WHERE p.biller_id = p_biller);
$$;

-- Written down before the core hears of it. Codes: SWEEP_SHORT (the hub's settlement account of the biller holds less: the
-- core would pay what nobody collected), SWEEP_PAID_OUT (its agreement pays out through a bank: it would be paid twice),
-- SWEEP_NO_COUNTER. A repeat for the day is the same one.
CREATE OR REPLACE FUNCTION agency_sweep_ask_v1(p_biller integer, p_day date, p_fen bigint, p_now timestamptz,
    OUT code integer, OUT sweep_id bigint, OUT serial text, OUT amount_fen bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_clearing integer;
BEGIN
    PERFORM pg_advisory_xact_lock(8950, p_biller);
    SELECT x.sweep_id, x.serial, x.amount_fen INTO sweep_id, serial, amount_fen FROM agency_sweep x
    WHERE x.biller_id = p_biller AND x.business_day = p_day AND x.state <> 'refused';
    code := 0;
    IF sweep_id IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT a.clearing_id INTO v_clearing FROM admission a
    JOIN channel c ON c.partner_id = a.channel_id AND c.hosted = 'counter' JOIN partner y ON y.id = a.channel_id
    JOIN core_pair p ON p.biller_id = a.biller_id
    WHERE a.biller_id = p_biller AND a.active
        AND (agency_below_v1(p.contracting_id, y.institution_id) OR agency_below_v1(y.institution_id, p.contracting_id))
    ORDER BY agency_below_v1(p.contracting_id, y.institution_id) DESC, a.clearing_id LIMIT 1;
    code := CASE
        WHEN v_clearing IS NULL THEN @SWEEP_NO_COUNTER
        WHEN EXISTS (SELECT FROM settlement s WHERE s.biller_id = p_biller AND s.business_day = p_day
                     AND s.payout_on IS NOT NULL) THEN @SWEEP_PAID_OUT
        WHEN p_fen > (SELECT coalesce(sum(f.free_fen), 0) FROM settlement_free_v1(settlement_account_v1(p_biller, 'settlement')) f)
            THEN @SWEEP_SHORT
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    amount_fen := p_fen;
    sweep_id := nextval(pg_get_serial_sequence('agency_sweep', 'sweep_id'));
    serial := 'ZZ' || to_char(p_day, 'YYYYMMDD') || '-' || sweep_id;
    INSERT INTO agency_sweep (sweep_id, document_id, biller_id, business_day, amount_fen, serial, clearing_id, made_at,
                              changed_at) OVERRIDING SYSTEM VALUE
    VALUES (sweep_id, -nextval('document_no'), p_biller, p_day, p_fen, serial, v_clearing, p_now, p_now);
END $$;

-- By how much `p_fen` is more than the hub's settlement account of a biller can give, and what left that account, or never
-- came to it, without the core: commission taken out of it, parts of a group's others, what a bank was told to pay.
CREATE OR REPLACE FUNCTION agency_short_v1(p_biller integer, p_fen bigint, OUT short_fen bigint, OUT netted_fen bigint,
    OUT passed_fen bigint, OUT paid_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p_fen - (SELECT coalesce(sum(f.free_fen), 0) FROM settlement_free_v1(settlement_account_v1(p_biller, 'settlement')) f)::bigint,
        (SELECT coalesce(sum(c.net_fen), 0) FROM commission c WHERE c.biller_id = p_biller)::bigint,
        (SELECT coalesce(sum(x.amount_fen), 0) FROM settlement s JOIN settlement_part x USING (document_id)
         WHERE s.biller_id = p_biller AND x.biller_id <> p_biller)::bigint,
        (SELECT coalesce(sum(o.amount_fen), 0) FROM payout o WHERE o.biller_id = p_biller AND o.state <> 'returned')::bigint;
$$;

-- Posted at the core: the company has its money, and the hub owes it no longer. From each bucket what it has.
CREATE OR REPLACE FUNCTION agency_sweep_follow_v1(p_sweep bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    w agency_sweep;
    m core_move;
    v_own integer;
    v_day date;
    v_left bigint;
    v record;
BEGIN
    SELECT * INTO w FROM agency_sweep x WHERE x.sweep_id = p_sweep FOR UPDATE;
    SELECT * INTO m FROM core_move x WHERE x.serial = w.serial;
    IF w.state <> 'asked' OR m.state IN ('asked', 'unknown') THEN
        RETURN w.state;
    ELSIF m.state IS DISTINCT FROM 'done' THEN
        UPDATE agency_sweep SET state = 'refused', code = coalesce(m.code, @CORE_NOT_POSTED), changed_at = p_now WHERE sweep_id = p_sweep;
        RETURN 'refused';
    END IF;
    v_own := settlement_account_v1(w.biller_id, 'settlement');
    PERFORM settlement_lock_v1(ARRAY(SELECT f.bucket FROM settlement_free_v1(v_own) f));
    SELECT k.current_day INTO STRICT v_day FROM ledger_book k JOIN partner y USING (book_id) WHERE y.id = w.biller_id;
    v_left := w.amount_fen;
    FOR v IN SELECT f.bucket, f.free_fen FROM settlement_free_v1(v_own) f LOOP
        EXIT WHEN v_left = 0;
        PERFORM settlement_post_v1(v.bucket, p_now, ARRAY['posted']::ledger_kind[], ARRAY[v_own], ARRAY[w.clearing_id],
            ARRAY[least(v.free_fen, v_left)], ARRAY[NULL]::bigint[], ARRAY[NULL]::bigint[], ARRAY[w.document_id],
            ARRAY[0]::bigint[], v_day);
        v_left := v_left - least(v.free_fen, v_left);
    END LOOP;
    IF v_left > 0 THEN
        RAISE EXCEPTION 'biller % was paid % fen more than it has', w.biller_id, v_left USING ERRCODE = 'YF001';
    END IF;
    UPDATE agency_sweep SET state = 'booked', posted_on = v_day, changed_at = p_now WHERE sweep_id = p_sweep;
    RETURN 'booked';
END $$;
