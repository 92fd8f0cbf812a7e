-- A line, as two people decided in this very transaction. An empty key: that of now stays. Code: AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION tcp_line_v1(p_partner integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('tcp.line', p_partner::text));
    t tcp_line := jsonb_populate_record(NULL::tcp_line, v - 'sealed');
BEGIN
    t.sealed := coalesce(decode(v ->> 'sealed', 'base64'), (SELECT l.sealed FROM tcp_line l WHERE l.partner_id = p_partner));
    IF t.partner_id IS DISTINCT FROM p_partner OR t.sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    INSERT INTO tcp_line SELECT t.* ON CONFLICT (partner_id) DO UPDATE SET inst_id = t.inst_id,
        algorithm = t.algorithm, sealed = t.sealed, is_yuan = t.is_yuan, enabled = t.enabled;
    RETURN 0;
END $$;

CREATE OR REPLACE FUNCTION tcp_about_v1(p access_authorisation) RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id FROM partner y WHERE p.action = 'tcp.line' AND y.id::text = p.subject_key;
$$;

-- What a partner told, once.
CREATE OR REPLACE FUNCTION tcp_noticed_v1(p_partner integer, p_kind text, p_said text, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO tcp_notice (partner_id, kind, said, at) SELECT p_partner, p_kind, p_said, p_now
    WHERE EXISTS (SELECT FROM tcp_line l WHERE l.partner_id = p_partner AND l.enabled) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

-- A biller that is away by its own word, from now or later; told again is the same outage. Only a biller that has a line.
CREATE OR REPLACE FUNCTION tcp_away_v1(
    p_partner integer, p_said text, p_starts timestamptz, p_ends timestamptz, p_reason text, p_now timestamptz
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p_ends <= greatest(p_starts, p_now) OR p_ends > p_starts + interval '366 days'
        OR NOT EXISTS (SELECT FROM biller b WHERE b.partner_id = p_partner) THEN
        RETURN false;
    END IF;
    IF tcp_noticed_v1(p_partner, 'outage', p_said, p_now) THEN
        INSERT INTO biller_outage (biller_id, starts_at, ends_at, reason)
        VALUES (p_partner, p_starts, p_ends, left(p_reason, 100));
    END IF;
    RETURN EXISTS (SELECT FROM biller_outage o
                   WHERE (o.biller_id, o.starts_at, o.ends_at) = (p_partner, p_starts, p_ends));
END $$;
