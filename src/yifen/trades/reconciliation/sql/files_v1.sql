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

-- Are its rows those that it came with? Whoever could add a line to a file moved money by it.
CREATE OR REPLACE FUNCTION recon_whole_v1(p_file bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (f.rows, f.amount_fen, f.fee_fen) = (
        SELECT coalesce(sum(a.rows), 0), coalesce(sum(a.fen), 0), coalesce(sum(a.fee_fen), 0)
        FROM (SELECT p.rows, p.fen, p.fee_fen FROM recon_pack p WHERE p.file_id = f.file_id
              UNION ALL
              SELECT 1, CASE WHEN r.kind IN ('sale', 'in') THEN r.amount_fen ELSE -r.amount_fen END, r.fee_fen
              FROM recon_row r WHERE r.file_id = f.file_id) a)
    FROM recon_file f WHERE f.file_id = p_file;
$$;

-- A file's row comes last, in the transaction that read it, and is refused unless its rows are those it counts.
-- From then on it is closed. Who still adds rows under its number is waited for, so that his count too.
CREATE OR REPLACE FUNCTION recon_whole_only_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('recon_rows', NEW.file_id));
    IF NOT recon_whole_v1(NEW.file_id) THEN
        RAISE EXCEPTION 'file % does not have the rows it counts', NEW.file_id
            USING ERRCODE = 'restrict_violation';
    ELSIF NEW.rows > 0 AND NOT EXISTS (SELECT FROM recon_file_part p WHERE p.file_id = NEW.file_id) THEN
        RAISE EXCEPTION 'file % has rows and no bytes', NEW.file_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER whole_only AFTER INSERT ON recon_file
    FOR EACH ROW EXECUTE FUNCTION recon_whole_only_v1();

-- Of rows and parts that are added: none is of a file that is in.
CREATE OR REPLACE FUNCTION recon_closed_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    v_files bigint[];
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(DISTINCT a.file_id ORDER BY a.file_id) INTO v_files FROM added a;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('recon_rows', n)) FROM unnest(v_files) n;
    IF EXISTS (SELECT FROM recon_file f WHERE f.file_id = ANY (v_files)) THEN
        RAISE EXCEPTION 'file % is closed', array_to_string(v_files, ', ')
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER closed AFTER INSERT ON recon_row REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION recon_closed_v1();
CREATE OR REPLACE TRIGGER closed AFTER INSERT ON recon_file_part REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION recon_closed_v1();
CREATE OR REPLACE TRIGGER closed AFTER INSERT ON recon_pack REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION recon_closed_v1();
CREATE OR REPLACE TRIGGER closed AFTER INSERT ON recon_text REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION recon_closed_v1();

-- A pattern of names as LIKE takes it: * is any text, ? one character.
CREATE OR REPLACE FUNCTION recon_like_v1(p_pattern text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT translate(replace(replace(replace(p_pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*?', '%_')
$$;

-- The declared part of a day that a name is: the first pattern that fits. NULL: none.
CREATE OR REPLACE FUNCTION recon_part_v1(p_parts text, p_name text) RETURNS text
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p FROM regexp_split_to_table(trim(p_parts), '\s+') WITH ORDINALITY AS s (p, n)
    WHERE p <> '' AND p_name LIKE recon_like_v1(p) ORDER BY n LIMIT 1
$$;

-- What a day of a partner still lacks: the declared parts without a file; `*` where none is declared and there
-- is no file at all.
CREATE OR REPLACE FUNCTION recon_missing_v1(p_partner bigint, p_day date) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(s.part ORDER BY s.n), '{}')
    FROM recon_profile_in_force p
    CROSS JOIN LATERAL regexp_split_to_table(CASE trim(p.parts) WHEN '' THEN '*' ELSE trim(p.parts) END, '\s+')
        WITH ORDINALITY AS s (part, n)
    WHERE p.partner_id = p_partner AND NOT EXISTS (
        SELECT FROM recon_file_counting f WHERE f.partner_id = p_partner AND f.business_day = p_day
            AND (trim(p.parts) = '' OR recon_part_v1(p.parts, f.name) = s.part));
$$;

-- Was the day compared, with no part of it missing?
CREATE OR REPLACE FUNCTION recon_compared_v1(p_partner bigint, p_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT recon_missing_v1(p_partner, p_day) = '{}' AND EXISTS (
        SELECT FROM recon_run r WHERE r.partner_id = p_partner AND r.business_day = p_day
            AND r.ended_at IS NOT NULL AND r.void_at IS NULL);
$$;

-- Was a day that is closed compared by just the files that count? Then nobody compares it anew alone: two people
-- withdraw one of them, or agree to another.
CREATE OR REPLACE FUNCTION recon_final_v1(p_partner integer, p_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(EXISTS (
            SELECT FROM partner p JOIN eod_run e ON e.book_id = p.book_id
            WHERE p.id = p_partner AND e.business_day = p_day AND e.ended_at IS NOT NULL)
        AND (SELECT array_agg(f.file_id ORDER BY f.file_id) FROM recon_file_counting f
             WHERE f.partner_id = p_partner AND f.business_day = p_day)
            = (SELECT r.files FROM recon_run r WHERE r.partner_id = p_partner AND r.business_day = p_day
                   AND r.ended_at IS NOT NULL AND r.void_at IS NULL ORDER BY r.run_id DESC LIMIT 1), false);
$$;

-- Is all that a partner has to say of a day known to be here, and compared? Then, and only then, does it say
-- something that a line is missing. The hub's own format is a day a file and ends in its totals; of others
-- the profile says what a day is: its parts, or that one file is it.
CREATE OR REPLACE FUNCTION recon_day_whole_v1(p_partner bigint, p_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT recon_missing_v1(p_partner, p_day) = '{}' AND coalesce((
        SELECT (p.whole OR trim(p.parts) <> '' OR bool_and(f.format = 'hub')) AND bool_and(f.whole OR p.whole)
            AND array_agg(f.file_id ORDER BY f.file_id) = (
                SELECT r.files FROM recon_run r WHERE r.partner_id = p_partner
                    AND r.business_day = p_day AND r.ended_at IS NOT NULL AND r.void_at IS NULL
                ORDER BY r.run_id DESC LIMIT 1)
        FROM recon_profile_in_force p JOIN recon_file_counting f ON f.partner_id = p.partner_id
        WHERE p.partner_id = p_partner AND f.business_day = p_day
        GROUP BY p.whole, p.parts), false);
$$;
