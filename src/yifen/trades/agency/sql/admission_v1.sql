-- Merchants and admissions, as two people decided in this very transaction; and who may collect for whom by them.

-- A merchant of the province. Code: AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION agency_merchant_v1(p_code text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('agency.merchant', p_code));
BEGIN
    IF v ->> 'code' IS DISTINCT FROM p_code THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    INSERT INTO agency_merchant VALUES (p_code, v ->> 'name', v ->> 'industry', (v ->> 'suspended')::boolean)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, industry = excluded.industry, suspended = excluded.suspended;
    RETURN 0;
END $$;

-- An admission. Asked by one of the county itself, agreed by one of the province. Codes: AUTHORISATION_INVALID,
-- AGENCY_LEVEL_WRONG.
CREATE OR REPLACE FUNCTION agency_admission_v1(p_subject text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_id bigint := access_settled_v1('agency.admission', p_subject);
    v jsonb := (SELECT content FROM access_authorisation WHERE id = v_id);
    a agency_admission := jsonb_populate_record(NULL::agency_admission, v);
BEGIN
    IF v IS NULL OR p_subject IS DISTINCT FROM
            concat_ws(':', a.institution_id, a.merchant, a.product, a.channel, a.region) THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT EXISTS (SELECT FROM access_authorisation x
            JOIN access_user m ON m.id = x.maker_id AND m.institution_id = a.institution_id
            JOIN institution c ON c.id = a.institution_id AND c.level = 'county'
            JOIN access_user k ON k.id = x.checker_id
            JOIN institution u ON u.id = k.institution_id AND u.level = 'union'
            WHERE x.id = v_id) THEN
        RETURN @AGENCY_LEVEL_WRONG;
    END IF;
    INSERT INTO agency_admission (institution_id, merchant, product, channel, region, mode, valid_from, valid_until, state,
                                  changed_at)
    VALUES (a.institution_id, a.merchant, a.product, a.channel, a.region, a.mode, a.valid_from, a.valid_until, a.state, p_now)
    ON CONFLICT (institution_id, merchant, product, channel, region) DO UPDATE SET mode = excluded.mode,
        valid_from = excluded.valid_from, valid_until = excluded.valid_until, state = excluded.state,
        changed_at = excluded.changed_at;
    RETURN 0;
END $$;

-- Is this institution the other one, or below it?
CREATE OR REPLACE FUNCTION agency_below_v1(p_institution bigint, p_top bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT id, parent_id FROM institution WHERE id = p_institution
        UNION ALL
        SELECT i.id, i.parent_id FROM institution i JOIN above a ON i.id = a.parent_id
    )
    SELECT EXISTS (SELECT FROM above WHERE id = p_top);
$$;

-- Why a biller of a merchant may not be collected for: by this channel, at this institution (NULL: the channel's own), on
-- this day; 0: it may, or it is of none. Its customers pay at the counters of the county that its pair names (P3), and
-- by each kind of self-service channel that this county was admitted for, wherever that stands. A counter's channel may
-- be of an institution above: the desk asks again for its own.
-- Codes: AGENCY_SUSPENDED, AGENCY_NOT_ADMITTED, AGENCY_ELSEWHERE.
CREATE OR REPLACE FUNCTION agency_refuses_v1(p_channel integer, p_biller integer, p_institution bigint, p_day date)
RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p core_pair;
    v_kind text;
    v_institution bigint := p_institution;
BEGIN
    SELECT * INTO p FROM core_pair x WHERE x.biller_id = p_biller AND x.merchant <> '';
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    SELECT CASE c.hosted WHEN 'counter' THEN 'counter' ELSE c.kind END, coalesce(p_institution, y.institution_id)
    INTO v_kind, v_institution
    FROM channel c JOIN partner y ON y.id = c.partner_id WHERE c.partner_id = p_channel;
    RETURN CASE
        WHEN NOT EXISTS (SELECT FROM agency_merchant m WHERE m.code = p.merchant AND NOT m.suspended)
            THEN @AGENCY_SUSPENDED
        WHEN NOT EXISTS (SELECT FROM agency_admission a WHERE a.institution_id = p.contracting_id
                AND a.merchant = p.merchant AND a.channel = v_kind AND a.state = 'open'
                AND p_day BETWEEN a.valid_from AND coalesce(a.valid_until, 'infinity'))
            THEN @AGENCY_NOT_ADMITTED
        WHEN v_kind = 'counter' AND NOT agency_below_v1(v_institution, p.contracting_id)
                AND NOT (p_institution IS NULL AND agency_below_v1(p.contracting_id, v_institution))
            THEN @AGENCY_ELSEWHERE
        ELSE 0 END;
END $$;

-- A pair names a merchant that is there.
CREATE OR REPLACE FUNCTION agency_pair_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM agency_merchant m WHERE m.code = NEW.merchant) THEN
        RAISE EXCEPTION 'there is no merchant %', NEW.merchant USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER merchant_known BEFORE INSERT OR UPDATE OF merchant ON core_pair
    FOR EACH ROW WHEN (NEW.merchant <> '') EXECUTE FUNCTION agency_pair_v1();
