-- A number that grows with every change of the master data: gateways read the roster again.
CREATE TABLE master_version (version bigint NOT NULL);
INSERT INTO master_version VALUES (1);

CREATE FUNCTION master_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE master_version SET version = version + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER master_changed AFTER INSERT OR UPDATE OR DELETE ON partner
    FOR EACH STATEMENT EXECUTE FUNCTION master_changed();
CREATE TRIGGER master_changed AFTER INSERT OR UPDATE OR DELETE ON partner_key
    FOR EACH STATEMENT EXECUTE FUNCTION master_changed();
CREATE TRIGGER master_changed AFTER INSERT OR UPDATE OR DELETE ON channel
    FOR EACH STATEMENT EXECUTE FUNCTION master_changed();
CREATE TRIGGER master_changed AFTER INSERT OR UPDATE OR DELETE ON biller
    FOR EACH STATEMENT EXECUTE FUNCTION master_changed();
CREATE TRIGGER master_changed AFTER INSERT OR UPDATE OR DELETE ON biller_error_code
    FOR EACH STATEMENT EXECUTE FUNCTION master_changed();
