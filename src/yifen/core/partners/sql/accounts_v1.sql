-- The accounts through which a partner's money goes are its own: the one of its kind that has its code, in the
-- biller's book. Whoever brings a partner in alone could else name another's; what stands there no process changes. Not asked: the owner.
CREATE OR REPLACE FUNCTION partners_own_account_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    v_kind text := TG_ARGV[0];
    v_row jsonb := to_jsonb(NEW);
    v_book integer;
    v_key text;
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN NEW;
    END IF;
    SELECT book_id INTO v_book FROM partner
    WHERE id = coalesce(v_row ->> 'biller_id', v_row ->> 'partner_id')::bigint;
    SELECT code INTO v_key FROM partner
    WHERE id = coalesce(v_row ->> 'channel_id', v_row ->> 'partner_id')::bigint;
    IF NOT EXISTS (SELECT FROM ledger_account a WHERE a.account_id = (v_row ->> (v_kind || '_id'))::integer
            AND a.book_id = v_book AND a.code = ledger_code_v1(v_kind, v_book, v_key)) THEN
        RAISE EXCEPTION '% of %: account % is not its own', TG_TABLE_NAME, v_key, v_row ->> (v_kind || '_id')
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER whose_account BEFORE INSERT ON biller
    FOR EACH ROW EXECUTE FUNCTION partners_own_account_v1('transit');
CREATE OR REPLACE TRIGGER whose_account BEFORE INSERT ON admission
    FOR EACH ROW EXECUTE FUNCTION partners_own_account_v1('clearing');
