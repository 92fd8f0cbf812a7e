-- Acquirers, terminals and exceptions, as two people decided in this very transaction.

-- An acquirer of an institution. An empty key: that of now stays. Code: AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION pos_acquirer_v1(p_code text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('pos.acquirer', p_code));
    v_sealed bytea := decode(v ->> 'sealed', 'base64');
BEGIN
    IF v ->> 'code' IS DISTINCT FROM p_code THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    UPDATE pos_acquirer a SET name = v ->> 'name', host = v ->> 'host', port = (v ->> 'port')::integer,
        version = a.version + CASE WHEN v_sealed IS NULL AND v ->> 'algorithm' = a.algorithm THEN 0 ELSE 1 END,
        algorithm = v ->> 'algorithm', sealed = coalesce(v_sealed, a.sealed), timeout_s = (v ->> 'timeout_s')::integer,
        enabled = (v ->> 'enabled')::boolean
    WHERE a.code = p_code AND a.institution_id = (v ->> 'institution')::bigint;
    IF NOT FOUND AND v_sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT FOUND THEN
        INSERT INTO pos_acquirer (code, institution_id, name, host, port, algorithm, sealed, timeout_s, enabled)
        VALUES (p_code, (v ->> 'institution')::bigint, v ->> 'name', v ->> 'host', (v ->> 'port')::integer, v ->> 'algorithm',
                v_sealed, (v ->> 'timeout_s')::integer, (v ->> 'enabled')::boolean);
    END IF;
    RETURN 0;
END $$;

-- A key that an acquirer has is kept for ever, by which its old words are read again.
CREATE OR REPLACE FUNCTION pos_acquirer_key_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO pos_acquirer_key (code, version, algorithm, sealed) VALUES (NEW.code, NEW.version, NEW.algorithm, NEW.sealed)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER keys_kept AFTER INSERT OR UPDATE OF version ON pos_acquirer
    FOR EACH ROW EXECUTE FUNCTION pos_acquirer_key_v1();

-- A terminal, with or without a new master key; with one, or blacklisted, its working keys are void. Whose money it takes
-- changes only where nothing of it is open. Codes: AUTHORISATION_INVALID, POS_ORIGINAL_UNFIT (something is open).
CREATE OR REPLACE FUNCTION pos_terminal_v1(p_terminal text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('pos.terminal', p_terminal));
    t pos_terminal := jsonb_populate_record(NULL::pos_terminal, v - 'sealed');
    v_sealed bytea := decode(v ->> 'sealed', 'base64');
    o pos_terminal;
BEGIN
    IF t.terminal_no IS DISTINCT FROM p_terminal THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    PERFORM FROM pos_session s WHERE s.terminal_no = p_terminal FOR UPDATE;
    SELECT * INTO o FROM pos_terminal x WHERE x.terminal_no = p_terminal FOR UPDATE;
    IF o.terminal_no IS NULL AND v_sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF (o.biller_id, o.channel_id, o.acquirer_id) <> (t.biller_id, t.channel_id, t.acquirer_id) AND EXISTS (
            SELECT FROM pos_sale s WHERE s.terminal_no = p_terminal AND s.state = 'asked'
            UNION ALL SELECT FROM pos_undo u WHERE u.terminal_no = p_terminal AND u.settle_at IS NOT NULL) THEN
        RETURN @POS_ORIGINAL_UNFIT;
    END IF;
    t.sealed := coalesce(v_sealed, o.sealed);
    t.version := coalesce(o.version, 0) + 1;
    INSERT INTO pos_terminal SELECT t.* ON CONFLICT (terminal_no) DO UPDATE SET merchant_no = t.merchant_no,
        merchant_name = t.merchant_name, channel_id = t.channel_id, biller_id = t.biller_id, acquirer_id = t.acquirer_id,
        algorithm = t.algorithm, account_in = t.account_in, sealed = t.sealed, state = t.state, version = t.version;
    IF v_sealed IS NOT NULL OR t.state <> 'in_use' OR t.algorithm <> o.algorithm THEN
        UPDATE pos_session SET sealed = NULL, next_sealed = NULL WHERE terminal_no = p_terminal;
    END IF;
    RETURN 0;
END $$;

-- An exception that was seen to. Codes: AUTHORISATION_INVALID, POS_EXCEPTION_CLOSED.
CREATE OR REPLACE FUNCTION pos_close_v1(p_exception bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('pos.close', p_exception::text));
BEGIN
    IF (v ->> 'exception_id')::bigint IS DISTINCT FROM p_exception THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    UPDATE pos_exception SET closed_at = p_now, note = v ->> 'note' WHERE exception_id = p_exception AND closed_at IS NULL;
    RETURN CASE WHEN FOUND THEN 0 ELSE @POS_EXCEPTION_CLOSED END;
END $$;

-- Whose it is: an acquirer its institution's; a terminal its biller's and its channel's, as it is and as it will be;
-- an exception its terminal's biller's.
CREATE OR REPLACE FUNCTION pos_about_v1(p access_authorisation) RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (p.content ->> 'institution')::bigint, NULL::bigint WHERE p.action = 'pos.acquirer'
    UNION ALL SELECT a.institution_id, NULL FROM pos_acquirer a WHERE p.action = 'pos.acquirer' AND a.code = p.subject_key
    UNION ALL SELECT y.institution_id, y.id FROM partner y WHERE p.action = 'pos.terminal'
        AND y.id IN ((p.content ->> 'biller_id')::bigint, (p.content ->> 'channel_id')::bigint)
    UNION ALL SELECT y.institution_id, y.id FROM pos_terminal t JOIN partner y ON y.id IN (t.biller_id, t.channel_id)
        WHERE p.action = 'pos.terminal' AND t.terminal_no = p.subject_key
    UNION ALL SELECT y.institution_id, y.id FROM pos_exception e JOIN pos_terminal t USING (terminal_no)
        JOIN partner y ON y.id = t.biller_id WHERE p.action = 'pos.close' AND e.exception_id::text = p.subject_key;
$$;
