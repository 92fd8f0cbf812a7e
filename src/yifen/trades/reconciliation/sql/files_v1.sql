-- Partners' files: which of them count.

-- What another process than the night's adds, a person uploaded, whatever the row says; the night fetches by
-- the partner's own pipe.
CREATE OR REPLACE FUNCTION recon_uploaded_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    NEW.uploaded := NOT pg_has_role(current_user, 'yifen_night', 'USAGE')
        AND NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE');
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER uploaded BEFORE INSERT ON recon_file
    FOR EACH ROW EXECUTE FUNCTION recon_uploaded_v1();

-- Are its rows those that it came with? Of what two people saw, no line may be added by another way.
CREATE OR REPLACE FUNCTION recon_whole_v1(p_file bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (f.rows, f.amount_fen) = (
        SELECT count(*), coalesce(sum(CASE WHEN r.kind IN ('sale', 'in') THEN r.amount_fen
                                           ELSE -r.amount_fen END), 0)
        FROM recon_row r WHERE r.file_id = f.file_id)
    FROM recon_file f WHERE f.file_id = p_file;
$$;
