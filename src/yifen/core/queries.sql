-- Statements of the schema: what is put right in the catalogue when a database is brought up.

-- name: open_paths
-- A function with the owner's rights finds tables in `public` and never in somebody's temporary schema,
-- which comes first where the path does not name it. Those of old migrations and of packages too.
SELECT format('ALTER FUNCTION %s SET search_path = public, pg_temp', p.oid::regprocedure)
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
    AND (p.prosecdef OR p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype))
    AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=public, pg_temp']

-- name: lock_migrate
-- Of this session; false: another has it.
SELECT pg_try_advisory_lock(hashtextextended('migrate', 0))

-- name: roles_missing
-- Roles of processes that the server does not know.
SELECT name FROM unnest(%s::text[]) WITH ORDINALITY AS u (name, place)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) ORDER BY place

-- name: actors
-- Who may write or call anything here by a right of their own: the roles of processes, and whoever
-- could before there were such roles. Who only reads is no business of ours.
SELECT DISTINCT r.rolname
FROM (SELECT (aclexplode(relacl)).*, relowner AS owner FROM pg_class
      WHERE relnamespace = 'public'::regnamespace
      UNION ALL
      SELECT (aclexplode(proacl)).*, proowner FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace) a
JOIN pg_roles r ON r.oid = a.grantee
WHERE a.grantee <> a.owner AND (a.privilege_type <> 'SELECT' OR r.rolname = ANY (%s))

-- name: reader
-- Whether the server knows the role of who reads figures.
SELECT FROM pg_roles WHERE rolname = %s

-- name: reader_enters
-- Who reads figures finds them.
GRANT USAGE ON SCHEMA public TO {{reader}}

-- name: reader_reads
-- One view of figures.
GRANT SELECT ON {{view}} TO {{reader}}

-- name: columns
-- A table's columns but for these.
SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0
    AND NOT attisdropped AND attname <> ALL (%s) ORDER BY attnum

-- name: standing_of_role
-- Who we are here, and what we may that no process may: superuser, maker of roles or databases or
-- past row security, owner of anything of ours, member of another role.
SELECT r.rolname, r.rolsuper, r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls,
    EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner = r.oid)
        OR EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = r.oid),
    (SELECT min(g.rolname) FROM pg_roles g WHERE g.oid <> r.oid AND g.rolname <> %(role)s
        AND pg_has_role(r.oid, g.oid, 'MEMBER'))
FROM pg_roles r WHERE r.rolname = session_user

-- name: owns
-- Who we are here, and whether we may what the owner of the tables may; no row: there are none.
SELECT session_user, pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('public.ledger_head')

-- name: blockers
-- Whom sessions of this name wait for here; `queues`: for a table, and whoever comes later waits behind
-- us. Since when is told to members of the other's role, or of pg_read_all_stats.
SELECT w.pid, l.locktype = 'relation', extract(epoch FROM clock_timestamp() - l.waitstart),
    b.pid, coalesce(b.usename, ''), coalesce(b.application_name, ''), b.xact_start
FROM pg_stat_activity w
JOIN pg_locks l ON l.pid = w.pid AND NOT l.granted
CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS h (pid)
JOIN pg_stat_activity b ON b.pid = h.pid
WHERE w.datname = current_database() AND w.application_name = %s

-- name: cancel
-- What a session does now; it may try again.
SELECT pg_cancel_backend(%s)

-- name: chart
-- The chart of accounts 会计科目, made of what the plugs name (`accounts`): which kinds there are, how they are numbered,
-- named and limited.
CREATE OR REPLACE FUNCTION ledger_chart_v1()
RETURNS TABLE (kind text, number text, title text, side text, limited ledger_limit)
LANGUAGE sql IMMUTABLE AS $$ VALUES {{rows}} $$

-- name: chart_row
-- One kind.
({{kind}}, {{number}}, {{title}}, {{side}}, {{limited}}::ledger_limit)

-- name: asked
-- Made of what the plugs name (`asked`): did people or the night here ask for this return, or its channel by itself?
CREATE OR REPLACE FUNCTION payments_asked_v1(p payment_return) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN RETURN false {{calls}}; END $$

-- name: asked_call
-- One of them.
OR {{function}}(p)

-- name: gives
-- Made of what the plugs name (`gives`): is what is taken back of this payment given to its payer by itself?
CREATE OR REPLACE FUNCTION payments_gives_v1(p_channel integer, p_serial text) RETURNS boolean LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN RETURN false {{calls}}; END $$

-- name: gives_call
-- One of them.
OR {{function}}(p_channel, p_serial)

-- name: held
-- Made of what the plugs name (`held`): of these payments, those that nobody reverses any more.
CREATE OR REPLACE FUNCTION payments_held_v1(p_bucket smallint, p_payments bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN {{calls}} END $$

-- name: held_call
-- One of them.
RETURN QUERY SELECT * FROM {{function}}(p_bucket, p_payments);

-- name: keeps
-- Made of what the plugs name (`keeps`): of what (`bound`, `id`) each of these payments is given back, and how much there is of it.
CREATE OR REPLACE FUNCTION payments_keeps_v1(p_bucket smallint, p_payments bigint[])
RETURNS TABLE (payment_id bigint, bound text, id bigint, fen bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN {{calls}} END $$

-- name: keeps_call
-- One of them.
RETURN QUERY SELECT * FROM {{function}}(p_bucket, p_payments);

-- name: refuses
-- Made of what the plugs name (`refuses`): why a channel, at an institution (NULL: its own), may not collect for a biller
-- on a day; 0: it may.
CREATE OR REPLACE FUNCTION payments_refuses_v1(p_channel integer, p_biller integer, p_institution bigint, p_day date)
RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN RETURN coalesce({{calls}} 0); END $$

-- name: refuses_call
-- One of them.
nullif({{function}}(p_channel, p_biller, p_institution, p_day), 0),

-- name: sole
-- Made of what the plugs name (`sole`): is what is paid to a biller one trade's matter alone?
CREATE OR REPLACE FUNCTION payments_sole_v1(p_biller integer) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN RETURN false {{calls}}; END $$

-- name: sole_call
-- One of them.
OR coalesce({{function}}(p_biller), false)

-- name: moves
-- Made of what the plugs name (`moves`): does the document of a move at a core ask for just this move, or for its undo?
CREATE OR REPLACE FUNCTION corebank_fits_v1(p core_move) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN RETURN false {{calls}}; END $$

-- name: moves_call
-- One of them.
OR coalesce({{function}}(p), false)

-- name: stays
-- Made of what the plugs name (`stays`): why a teller may not leave his branch; 0: he may.
CREATE OR REPLACE FUNCTION access_stays_v1(p_user bigint)
RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN RETURN coalesce({{calls}} 0); END $$

-- name: stays_call
-- One of them.
nullif({{function}}(p_user), 0),

-- name: cash
-- Made of what the plugs name (`cash`): cash that went through the drawer of a shift; NULL: of some of it nobody knows yet.
CREATE OR REPLACE FUNCTION desk_cash_v1(p_shift bigint)
RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN RETURN 0 {{calls}}; END $$

-- name: cash_call
-- One of them.
+ {{function}}(p_shift)

-- name: fresh
-- Made of what the plugs name (`fresh`): brings an account of a hosted biller up to date before it is told.
CREATE OR REPLACE FUNCTION payments_fresh_v1(p_bucket smallint, p_biller integer, p_account text, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN {{calls}} END $$

-- name: fresh_call
-- One of them.
PERFORM {{function}}(p_bucket, p_biller, p_account, p_now);

-- name: moved
-- Made of what the plugs name (`moved`): what of the money paid on payables was moved to a balance since.
CREATE OR REPLACE FUNCTION payments_moved_v1(p_bucket smallint, p_payables bigint[])
RETURNS TABLE (payable_id bigint, fen bigint, balance_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NULL::bigint, NULL::bigint, NULL::bigint WHERE false {{calls}} $$

-- name: moved_call
-- One of them.
UNION ALL SELECT * FROM {{function}}(p_bucket, p_payables)

-- name: moved_before
-- It said less before.
DROP FUNCTION IF EXISTS payments_moved_v1(smallint, bigint[])

-- name: moved_back
-- Made of what the plugs name (`moved_back`): what was moved off payables goes back to its payer with a return of these
-- payments, off the balance; the payables ask for less.
CREATE OR REPLACE FUNCTION payments_moved_back_v1(
    p_bucket smallint, p_payments bigint[], p_payables bigint[], p_fen bigint[], p_now timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN {{calls}} END $$

-- name: moved_back_call
-- One of them.
PERFORM {{function}}(p_bucket, p_payments, p_payables, p_fen, p_now);

-- name: unbounded
-- Of tables that one of these roles writes: its columns of these types that no check bounds yet.
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum), array_agg(format_type(a.atttypid, NULL) ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND EXISTS (SELECT FROM unnest(%s::text[]) role WHERE has_column_privilege(role, c.oid, a.attnum, 'INSERT, UPDATE'))
    AND format_type(a.atttypid, NULL) = ANY (%s)
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.conname = 'within_' || a.attname)
GROUP BY c.relname ORDER BY c.relname

-- name: bound
-- A table's checks, all at once.
ALTER TABLE {{table}} {{checks}}

-- name: within
-- One of them; what stands already is not looked at.
ADD CONSTRAINT {{name}} CHECK ({{column}} >= {{least}} AND {{column}} < {{most}}) NOT VALID
