-- A second person's word 授权 stays as it was given: decided once, used once, never taken back. So
-- whoever runs SQL as the pages cannot use one twice, nor make a yes of a no.
CREATE FUNCTION access_authorisation_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.used_at IS NULL
        AND (to_jsonb(OLD) - '{checker_id,granted,decided_at,used_at}'::text[])
            = (to_jsonb(NEW) - '{checker_id,granted,decided_at,used_at}'::text[])
        AND (OLD.decided_at IS NULL OR (OLD.checker_id, OLD.granted, OLD.decided_at)
            IS NOT DISTINCT FROM (NEW.checker_id, NEW.granted, NEW.decided_at))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an authorisation is kept as it was given' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON access_authorisation
    FOR EACH ROW EXECUTE FUNCTION access_authorisation_kept();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON access_authorisation
    FOR EACH STATEMENT EXECUTE FUNCTION access_authorisation_kept();
