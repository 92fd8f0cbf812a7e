-- What of a pipe one person changes, and which pipe an act of two people is about. Rule: X2, decisions 0012, 0026.

-- Of a partner of which nothing is real yet, all but mail, to which nobody at its address said yes. Else to switch it
-- off, and a webhook's new secret: it changes nothing about where things go, and the one before counts on beside it.
CREATE OR REPLACE FUNCTION pipes_alone_v1(p_table text, p_old jsonb, p_new jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_off text[] := '{enabled,off_why}';
    v_secret text[] := '{secret,secret_before,before_until}';
BEGIN
    IF p_new -> 'enabled' = 'false' AND p_new - v_off = p_old - v_off
        OR p_new ->> 'kind' = 'webhook' AND p_new - v_secret = p_old - v_secret
            AND p_new ->> 'secret' IS NOT NULL AND p_new -> 'secret_before' = p_old -> 'secret'
            AND (p_old ->> 'secret' IS NULL OR p_new ->> 'before_until' IS NOT NULL)
    THEN
        RETURN true;
    ELSIF p_new ->> 'kind' = 'mail' THEN
        RETURN false;
    END IF;
    PERFORM FROM partner WHERE id::text IN (p_old ->> 'partner_id', p_new ->> 'partner_id')
    ORDER BY id FOR SHARE;
    RETURN (SELECT bool_and(partners_arriving_v1(book_id, suspended, live_at::text)) FROM partner
            WHERE id::text IN (p_old ->> 'partner_id', p_new ->> 'partner_id'));
END $$;

-- The one pipe, and just as it was agreed: a list that holds more than the agreed one is another.
CREATE OR REPLACE FUNCTION pipes_bound_v1(
    p_act text, p_table text, p_old jsonb, p_new jsonb, p_content jsonb
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_old IS NULL
                THEN p_new - '{id,made_at}'::text[] = '{"secret": null}' || (p_content #> '{rows,pipe}')
                ELSE p_new = p_old || (p_content #> '{rows,pipe}') AND p_old -> 'ref' = p_new -> 'ref' END
    WHERE p_table = 'pipe' AND p_content #> '{rows,pipe,ref}' IS NOT NULL;
$$;

-- What an SFTP server is signed in to with is shown to no other: a new user, host, port or host key (or another
-- spelling of it) comes with a new secret, whoever changes it.
CREATE OR REPLACE FUNCTION pipes_secret_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.secret IS NOT NULL AND NEW.secret IS NOT DISTINCT FROM OLD.secret
        AND ((string_to_array(NEW.address, '/'))[1:3] <> (string_to_array(OLD.address, '/'))[1:3]
             OR NEW.settings -> 'host_key' IS DISTINCT FROM OLD.settings -> 'host_key')
    THEN
        RAISE EXCEPTION 'pipe %: another server needs another secret', OLD.ref USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER secret_stays BEFORE UPDATE ON pipe
    FOR EACH ROW WHEN (OLD.kind = 'sftp') EXECUTE FUNCTION pipes_secret_v1();

-- An address in the one spelling in which it is kept: small letters, no default port, no dot behind the host; what
-- follows the host stays. operations/keeping.py says the same.
CREATE OR REPLACE FUNCTION pipes_place_v1(p_address text) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN m IS NULL THEN regexp_replace(p_address, '[^@]*$', '') || lower(substring(p_address FROM '[^@]*$'))
        ELSE lower(m[1]) || '://' || coalesce(m[2], '') || rtrim(lower(m[3]), '.')
            || CASE WHEN coalesce(m[4], '') = '' OR (lower(m[1]), m[4]) IN (('https', '443'), ('http', '80'), ('sftp', '22'))
                    THEN '' ELSE ':' || m[4] END
            || CASE WHEN coalesce(m[5], '') LIKE '/%' THEN '' ELSE '/' END || coalesce(m[5], '') END
    FROM regexp_match(p_address,
        '^([^:/?#]+)://([^/?#]*@)?(\[[^]]*\]|[^/?#@:]*)(?::(?:0*([0-9]+))?)?([/?#].*)?$') AS m;
$$;

-- A partner is told by one way at one address once; of two who add the same, the second waits and finds the first.
CREATE OR REPLACE FUNCTION pipes_once_v1() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_place text := pipes_place_v1(NEW.address);
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.address = OLD.address THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(format('pipe %s %s %s', NEW.partner_id, NEW.kind, v_place), 0));
    IF EXISTS (SELECT FROM pipe WHERE partner_id = NEW.partner_id AND kind = NEW.kind
               AND pipes_place_v1(address) = v_place AND ref <> NEW.ref)
    THEN
        RAISE EXCEPTION 'pipe %: there is one to this address', NEW.ref USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER there_once BEFORE INSERT OR UPDATE OF address ON pipe
    FOR EACH ROW EXECUTE FUNCTION pipes_once_v1();

-- Who makes no deliveries (the pages) sends what has ended again or what waits sooner, and says nothing of what became
-- of it.
CREATE OR REPLACE FUNCTION pipes_again_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF has_table_privilege(current_user, TG_RELID, 'INSERT')
        OR OLD.state <> 'waiting' AND NEW.state = 'waiting' AND NEW.tries = 0 AND NEW.due_at IS NOT NULL
            AND NEW.ended_at IS NULL AND NEW.said = OLD.said
        OR OLD.state = 'waiting' AND NEW.due_at < OLD.due_at
            AND to_jsonb(NEW) - 'due_at'::text = to_jsonb(OLD) - 'due_at'::text
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'delivery %: it is sent again, or sooner, or left as it is', OLD.id USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER sent_again BEFORE UPDATE ON pipe_delivery
    FOR EACH ROW EXECUTE FUNCTION pipes_again_v1();
