-- Parts of notes are found by an index of their letters and pairs of letters: it needs no
-- extension, and Chinese has no spaces between its words.
CREATE FUNCTION audit_grams(p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(DISTINCT substr(lower(p_text), first, width)), '{}')
    FROM generate_series(1, length(p_text)) first, (VALUES (1), (2)) AS w (width)
    WHERE first + width <= length(p_text) + 1;
$$;

CREATE INDEX audit_entry_note ON audit_entry USING gin (audit_grams(note)) WHERE note <> '';
DROP INDEX audit_entry_noted;
