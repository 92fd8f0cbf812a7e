-- Lines of partners' files, wherever they lie: rows of `recon_row`, or packed by slots.

-- The hash of a serial. Its last 14 bits are the slot, its first 31 stand in the line's key.
CREATE OR REPLACE FUNCTION recon_hash_v1(p_serial text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT hashtextextended(p_serial, s.seed) FROM recon_seed s
$$;

-- A cell of a kept line whose % begin escapes.
CREATE OR REPLACE FUNCTION recon_unescaped_v1(p_cell text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT string_agg(CASE WHEN n = 1 THEN c ELSE chr(('x' || left(c, 2))::bit(8)::integer) || substr(c, 3) END,
                      '' ORDER BY n)
    FROM string_to_table(p_cell, '%') WITH ORDINALITY AS s (c, n)
$$;

-- NULL where it is empty. Without settings of its own, so that it is put in where it is called.
CREATE OR REPLACE FUNCTION recon_cell_v1(p_cell text, p_escaped boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_escaped THEN recon_unescaped_v1(nullif(p_cell, '')) ELSE nullif(p_cell, '') END
$$;

-- Lines of files in some slots; where hashes are given, of those serials alone. A part of a file is fetched once,
-- or where few of its lines are asked for, line by line. The form of a kept line: readers/block.py.
CREATE OR REPLACE FUNCTION recon_lines_v1(p_files bigint[], p_slots integer[], p_hashes bigint[])
RETURNS SETOF recon_row LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.* FROM recon_row r CROSS JOIN recon_seed s
    WHERE r.file_id = ANY (p_files)
        AND (cardinality(p_slots) = 16384 OR (hashtextextended(r.serial, s.seed) & 16383)::integer = ANY (p_slots))
        AND (p_hashes IS NULL OR hashtextextended(r.serial, s.seed) = ANY (p_hashes))
    UNION ALL
    SELECT c.file_id, c.line_no,
           (CASE c.cells[2] WHEN 'charge' THEN 'sale' WHEN 'reverse' THEN 'void' ELSE c.cells[2] END)::recon_kind,
           c.cells[8]::bigint, coalesce(c.cells[12], '0')::bigint,
           CASE length(c.cells[9]) WHEN 0 THEN NULL WHEN 14 THEN overlay(c.cells[9] PLACING 'T' FROM 9 FOR 0)::timestamp
                                   ELSE c.cells[9]::timestamp END,
           recon_cell_v1(c.cells[3], c.escaped), recon_cell_v1(c.cells[4], c.escaped),
           recon_cell_v1(c.cells[5], c.escaped), recon_cell_v1(c.cells[7], c.escaped), recon_cell_v1(c.cells[13], c.escaped)
    FROM (SELECT k.file_id, k.line_no, string_to_array(k.line, '|') AS cells, strpos(k.line, '%') > 0 AS escaped
          FROM (SELECT t.file_id, (l.key & 4294967295)::integer AS line_no, convert_from(substring(
                    t.body FROM ((l.place >> 20) & 16777215)::integer + 1 FOR (l.place & 1048575)::integer),
                    'UTF8') AS line
                FROM (SELECT g.file_id, g.keys, g.places,
                             CASE WHEN cardinality(g.keys) > 400 THEN b.body || ''::bytea ELSE b.body END AS body
                      FROM (SELECT p.file_id, l.place < 0 AS beside,
                                   abs(l.place + (l.place < 0)::integer) >> 44 AS part_no,
                                   array_agg(l.key) AS keys,
                                   array_agg(abs(l.place + (l.place < 0)::integer)) AS places
                            FROM recon_pack p CROSS JOIN LATERAL unnest(p.keys, p.places) AS l (key, place)
                            WHERE p.file_id = ANY (p_files) AND p.slot = ANY (p_slots) AND (p_hashes IS NULL
                                OR l.key >> 32 IN (SELECT (h >> 33) & 2147483647 FROM unnest(p_hashes) h))
                            GROUP BY 1, 2, 3) g
                      JOIN (SELECT false AS beside, file_id, part_no, body FROM recon_file_part
                            WHERE file_id = ANY (p_files)
                            UNION ALL
                            SELECT true, file_id, part_no, body FROM recon_text WHERE file_id = ANY (p_files)) b
                          USING (beside, file_id, part_no) OFFSET 0) t
                CROSS JOIN LATERAL unnest(t.keys, t.places) AS l (key, place) OFFSET 0) k OFFSET 0) c
$$;

-- One line, by the serial that it has.
CREATE OR REPLACE FUNCTION recon_line_v1(p_file bigint, p_serial text, p_line integer) RETURNS SETOF recon_row
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.* FROM recon_hash_v1(p_serial) h
    CROSS JOIN LATERAL recon_lines_v1(ARRAY[p_file], ARRAY[(h & 16383)::integer], ARRAY[h]) l WHERE l.line_no = p_line
$$;

-- What the lines of files add up to, slot by slot.
CREATE OR REPLACE FUNCTION recon_slots_v1(p_files bigint[])
RETURNS TABLE (slot integer, rows bigint, fen bigint, mark bigint, fee_mark bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.slot, sum(s.rows)::bigint, sum(s.fen)::bigint, bit_xor(s.mark), bit_xor(s.fee_mark)
    FROM (SELECT p.slot, p.rows, p.fen, p.mark, p.fee_mark FROM recon_pack p WHERE p.file_id = ANY (p_files)
          UNION ALL
          SELECT (r.hash & 16383)::integer, 1, r.fen, hashint8extended(r.fen, r.hash),
                 hashint8extended(r.fee_fen, r.hash)
          FROM (SELECT hashtextextended(x.serial, (SELECT seed FROM recon_seed)) AS hash, x.fee_fen,
                       CASE WHEN x.kind IN ('sale', 'in') THEN x.amount_fen ELSE -x.amount_fen END AS fen
                FROM recon_row x WHERE x.file_id = ANY (p_files) OFFSET 0) r) s
    GROUP BY s.slot
$$;

-- How many lines a file has, and a digest of them all, which is told when it comes in. Of packs it is theirs and that
-- of what is kept beside the bytes, whose own digest is told with the file. An account that is sealed at
-- a bank reads otherwise after a reseal: it is left out.
CREATE OR REPLACE FUNCTION recon_digest_v1(p_file bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM recon_pack p WHERE p.file_id = p_file) THEN (
        SELECT jsonb_build_object('rows', sum(p.rows), 'sha256', encode(sha256(
            string_agg(p.digest, ''::bytea ORDER BY p.slot, p.keys[1] & 4294967295)
            || coalesce((SELECT string_agg(sha256(t.body), ''::bytea ORDER BY t.part_no) FROM recon_text t
                         WHERE t.file_id = p_file), '')), 'hex'))
        FROM recon_pack p WHERE p.file_id = p_file)
    ELSE (
        SELECT jsonb_build_object('rows', count(*),
                   'sha256', encode(sha256(coalesce(string_agg(x.line, ''::bytea ORDER BY x.line_no, x.line), '')),
                                    'hex'))
        FROM (SELECT r.line_no, sha256(convert_to(ROW(r.line_no, r.kind, r.amount_fen, r.fee_fen,
                  extract(epoch FROM r.at), r.serial, r.original, r.ref, r.batch,
                  CASE WHEN NOT starts_with(r.account_no, '~') THEN r.account_no END)::text, 'UTF8')) AS line
              FROM recon_row r WHERE r.file_id = p_file) x) END
$$;
