-- Watching tables: every changed row of them becomes an entry, whoever changed it.

-- A row as the trail may show it: secrets become '#' and 8 hex digits of their SHA-256, enough to
-- see that they changed; those so short that a hash could be guessed back become '***'.
CREATE OR REPLACE FUNCTION audit_masked_v1(p_row jsonb, p_secret text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_object_agg(key, CASE
        WHEN key <> ALL (p_secret) OR value = 'null' THEN value
        WHEN length(value #>> '{}') < 16 THEN '"***"'
        ELSE to_jsonb('#' || left(encode(sha256(convert_to(value #>> '{}', 'UTF8')), 'hex'), 8))
        END)
    FROM jsonb_each(p_row);
$$;

-- Arguments: key columns, secret columns, columns that are not worth an entry. An update shows
-- only what changed, and none is written when nothing did. UTC, so that a row reads the same
-- whatever the session's time zone.
CREATE OR REPLACE FUNCTION audit_row_v1() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp
SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    v_secret text[] := TG_ARGV[1];
    v_old jsonb;
    v_new jsonb;
    v_row jsonb;
    v_key text := '';
BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
        v_row := to_jsonb(CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END);
        v_key := (SELECT string_agg(v_row ->> k, '|' ORDER BY position)
                  FROM unnest(TG_ARGV[0]::text[]) WITH ORDINALITY AS u (k, position));
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        v_old := to_jsonb(OLD) - TG_ARGV[2]::text[];
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        v_new := to_jsonb(NEW) - TG_ARGV[2]::text[];
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, v_old -> key), jsonb_object_agg(key, value)
        INTO v_old, v_new
        FROM jsonb_each(v_new) WHERE value IS DISTINCT FROM v_old -> key;
        IF v_new IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    PERFORM audit_draft_v1(lower(TG_OP), TG_TABLE_NAME, v_key, audit_masked_v1(v_old, v_secret),
                           audit_masked_v1(v_new, v_secret), '');
    RETURN NULL;
END $$;

-- Puts the triggers on a table, or puts them on again with other columns. A secret column that is
-- not there is refused: one that was renamed must not be shown. p_only: just these columns are
-- watched, and new rows, in which they are empty, are no entries.
DROP FUNCTION IF EXISTS audit_watch_v1(regclass, text[], text[]);
CREATE OR REPLACE FUNCTION audit_watch_v1(
    p_table regclass, p_secret text[] DEFAULT '{}', p_ignored text[] DEFAULT '{}',
    p_only text[] DEFAULT '{}'
) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_key text[];
    v_missing text[];
BEGIN
    SELECT array_agg(c) INTO v_missing FROM unnest(p_secret) c
    WHERE NOT EXISTS (SELECT FROM pg_attribute
                      WHERE attrelid = p_table AND attname = c AND NOT attisdropped);
    IF v_missing IS NOT NULL THEN
        RAISE EXCEPTION '% has no column %', p_table, v_missing;
    END IF;
    SELECT array_agg(a.attname::text ORDER BY k.position) INTO v_key
    FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = p_table AND i.indisprimary;
    IF v_key IS NULL THEN
        RAISE EXCEPTION '% has no primary key', p_table;
    END IF;
    IF p_only <> '{}' THEN
        SELECT array_agg(attname::text ORDER BY attnum) INTO p_ignored FROM pg_attribute
        WHERE attrelid = p_table AND attnum > 0 AND NOT attisdropped AND attname <> ALL (p_only);
    END IF;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_row AFTER %s UPDATE OR DELETE ON %s'
                   ' FOR EACH ROW EXECUTE FUNCTION audit_row_v1(%L, %L, %L)',
                   CASE p_only WHEN '{}' THEN 'INSERT OR' ELSE '' END, p_table, v_key, p_secret,
                   p_ignored);
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_truncate AFTER TRUNCATE ON %s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit_row_v1()', p_table);
END $$;
