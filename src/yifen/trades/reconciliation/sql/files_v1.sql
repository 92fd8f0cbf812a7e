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
