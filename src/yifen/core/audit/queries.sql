-- Statements of the audit trail.

-- name: entries
-- A piece of the trail for the replay, in the order in which it was written.
COPY (SELECT entry_no, (extract(epoch FROM at) * 1000000)::bigint, db_role, actor,
    actor_id, institution_id, address, request, action, subject, subject_key, before, after, note,
    encode(digest, 'hex') FROM audit_entry WHERE entry_no > {{after}} AND entry_no <= {{until}}
ORDER BY entry_no) TO STDOUT

-- name: head
-- Where the chain ends.
SELECT entry_no, hash FROM audit_head

-- name: day_heads
-- The heads that each cut kept.
SELECT entry_no, book_id::text, business_day::text, encode(hash, 'hex') FROM audit_day_head
WHERE entry_no > %s

-- name: triggers_off
-- Triggers that ought to be on a table that is there, and are not.
SELECT u.t, u.g FROM unnest(%s::text[], %s::text[]) AS u (t, g)
WHERE to_regclass('public.' || u.t) IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = to_regclass('public.' || u.t) AND tgname = u.g
        AND tgenabled IN ('O', 'A'))
ORDER BY 1, 2

-- name: unsealed
-- An act that was drafted and never sealed.
SELECT count(*) FROM audit_draft

-- name: watch
-- Put the triggers of the trail on one table.
SELECT audit_watch_v1(%s::regclass, %s::text[], %s::text[], %s::text[])

-- name: append
-- A named act, into the trail of this transaction.
SELECT audit_append_v1(%s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s::bigint, %s::bigint,
    %s, %s)

-- name: tell
-- Settings that end with the transaction; triggers read them.
SELECT set_config('yifen.actor', %s, true), set_config('yifen.actor_id', %s, true),
    set_config('yifen.institution_id', %s, true), set_config('yifen.address', %s, true),
    set_config('yifen.request', %s, true), set_config('yifen.session', %s, true)

-- name: columns
-- An entry as it is told: images as text, decoded outside.
entry_no, at, db_role, actor, actor_id, institution_id, address, request, action, subject,
subject_key, before::text, after::text, note

-- name: noted
-- Entries whose note has this text anywhere, by its grams.
SELECT audit_noted_v1(%(text)s, %(low)s, %(high)s, %(actor_id)s::bigint, %(action)s,
    %(subject)s, %(institutions)s::bigint[], %(upwards)s, %(limit)s)

-- name: subjects
-- Each subject that the trail knows, once: from one to the next along the index of histories.
WITH RECURSIVE found AS (
    (SELECT subject FROM audit_entry ORDER BY subject LIMIT 1)
    UNION ALL
    SELECT (SELECT e.subject FROM audit_entry e WHERE e.subject > f.subject
            ORDER BY e.subject LIMIT 1)
    FROM found f WHERE f.subject IS NOT NULL
)
SELECT subject FROM found WHERE subject IS NOT NULL

-- name: things
-- Entries of each of these things, by the index of histories.
SELECT e.entry_no FROM unnest(%(things)s::text[], %(things_keys)s::text[]) AS u (subject, key)
CROSS JOIN LATERAL ({{entries}}) e

-- name: number_before
-- A time as an entry number, which every index ends with.
SELECT audit_number_before_v1(%s)

-- name: shapes
-- Of watched tables that are there: the key, and the columns that may be read, with their types.
SELECT t.name, (SELECT array_agg(a.attname::text ORDER BY k.place)
    FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = to_regclass('public.' || t.name) AND i.indisprimary),
    (SELECT jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) FROM pg_attribute a
     WHERE a.attrelid = to_regclass('public.' || t.name) AND a.attnum > 0 AND NOT a.attisdropped
         AND has_column_privilege(a.attrelid, a.attnum, 'SELECT'))
FROM unnest(%s::text[]) AS t (name) WHERE to_regclass('public.' || t.name) IS NOT NULL

-- name: rows_now
-- A watched table as its triggers would tell it, secrets not yet masked.
COPY (SELECT to_jsonb(r) FROM (SELECT {{columns}} FROM {{table}}) r) TO STDOUT

-- name: as_triggers
-- A row reads the same whatever the session's settings are; until the transaction ends.
SELECT set_config('timezone', 'UTC', true), set_config('bytea_output', 'hex', true)

-- name: changes_told
-- What the trail tells of watched tables, in the order in which it was told.
SELECT action, subject, subject_key, after::text FROM audit_entry
WHERE subject = ANY (%s) AND action = ANY (%s) ORDER BY entry_no

-- name: marks_told
-- Which tables and columns a baseline names already.
SELECT after::text FROM audit_entry WHERE subject = %s AND action = %s ORDER BY entry_no

-- name: draft
-- An entry that only the owner of the database writes.
SELECT audit_draft_v1(%s, %s, '', NULL, %s::jsonb, '')

-- name: following
-- The entries behind one that are about these things; numbered as they were committed, so none comes later.
SELECT at, action, subject, subject_key, after FROM audit_entry
WHERE entry_no > %(after)s AND entry_no <= %(upto)s AND subject = ANY (%(subjects)s)
ORDER BY entry_no
