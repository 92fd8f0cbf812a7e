-- Kinds, papers and contracts, as two people decided in this very transaction.

-- A kind's rule from a day on. Codes: AUTHORISATION_INVALID, COLLECTION_KIND (there is one of that day, or the day is past).
CREATE OR REPLACE FUNCTION collection_kind_v1(p_kind text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('collection.kind', p_kind));
    k collection_kind := jsonb_populate_record(NULL::collection_kind, v);
BEGIN
    IF v IS NULL OR k.kind IS DISTINCT FROM p_kind THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF k.valid_from <= (SELECT min(b.current_day) FROM ledger_book b WHERE b.book_id <> 900) THEN
        RETURN @COLLECTION_KIND;
    END IF;
    INSERT INTO collection_kind SELECT k.* ON CONFLICT DO NOTHING;
    RETURN CASE WHEN FOUND THEN 0 ELSE @COLLECTION_KIND END;
END $$;

-- A paper with a seal is kept by one of the bank; again it is the same. Code: PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION collection_paper_v1(p_session text, p_biller integer, p_sha256 bytea, p_kind text, p_sealed bytea,
    p_now timestamptz) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_login text := (SELECT u.login FROM access_user u JOIN partner y ON y.id = p_biller
        WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'collection.bank', y.institution_id, y.id));
BEGIN
    IF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    INSERT INTO collection_paper VALUES (p_biller, p_sha256, p_kind, p_sealed, v_login, payments_moment_v1(p_biller, p_now))
    ON CONFLICT DO NOTHING;
    RETURN 0;
END $$;

-- Signed: its number is new, its core the biller's, its paper kept. One that was in force for the same account with the biller ends where
-- this begins. Codes: AUTHORISATION_INVALID, COLLECTION_NUMBER_TAKEN, COLLECTION_PAPER, CORE_PAIR_MISSING, COLLECTION_KIND.
CREATE OR REPLACE FUNCTION collection_contract_v1(p_subject text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_id bigint := access_settled_v1('collection.contract', p_subject);
    v jsonb := (SELECT content FROM access_authorisation WHERE id = v_id);
    c collection_contract := jsonb_populate_record(NULL::collection_contract, v - 'biller');
BEGIN
    c.biller_id := (v ->> 'biller')::integer;
    IF v IS NULL OR p_subject IS DISTINCT FROM c.biller_id || ':' || c.number THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    p_now := payments_moment_v1(c.biller_id, p_now);
    PERFORM pg_advisory_xact_lock(9640, c.biller_id);
    IF EXISTS (SELECT FROM collection_contract x WHERE (x.biller_id, x.number) = (c.biller_id, c.number)) THEN
        RETURN @COLLECTION_NUMBER_TAKEN;
    ELSIF NOT EXISTS (SELECT FROM collection_paper x WHERE x.biller_id = c.biller_id AND x.sha256 = decode(v ->> 'sha256', 'hex')) THEN
        RETURN @COLLECTION_PAPER;
    ELSIF c.core_id IS DISTINCT FROM (SELECT core_id FROM collection_place_v1(c.biller_id)) THEN
        RETURN @CORE_PAIR_MISSING;
    ELSIF (collection_rule_v1(c.kind, c.valid_from)).kind IS NULL THEN
        RETURN @COLLECTION_KIND;
    END IF;
    UPDATE collection_contract x SET ended_on = greatest(x.valid_from, c.valid_from)
    WHERE (x.biller_id, x.account_no) = (c.biller_id, c.account_no) AND coalesce(x.ended_on, c.valid_from + 1) > c.valid_from;
    INSERT INTO collection_contract (biller_id, number, account_no, payer, kind, core_id, account_sealed, account_lookup, account_shown,
        medium, to_sealed, paper, valid_from, valid_until, proposal_id, made_at)
    VALUES (c.biller_id, c.number, c.account_no, c.payer, c.kind, c.core_id, decode(v ->> 'sealed', 'base64'), c.account_lookup,
        c.account_shown, c.medium, decode(v ->> 'to', 'base64'), decode(v ->> 'sha256', 'hex'), c.valid_from, c.valid_until, v_id, p_now);
    RETURN 0;
END $$;

-- Ended, from this day on; what is out by then goes its way. Codes: AUTHORISATION_INVALID, COLLECTION_NO_CONTRACT.
CREATE OR REPLACE FUNCTION collection_end_v1(p_subject text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('collection.end', p_subject));
    v_biller integer := (v ->> 'biller')::integer;
BEGIN
    IF v IS NULL OR p_subject IS DISTINCT FROM (v ->> 'biller') || ':' || (v ->> 'number') THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    UPDATE collection_contract c
    SET ended_on = greatest(c.valid_from, collection_local_v1(v_biller, payments_moment_v1(v_biller, p_now))::date)
    WHERE (c.biller_id, c.number) = (v_biller, v ->> 'number') AND c.ended_on IS NULL;
    RETURN CASE WHEN FOUND THEN 0 ELSE @COLLECTION_NO_CONTRACT END;
END $$;
