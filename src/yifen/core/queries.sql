-- Statements of the schema: what is put right in the catalogue when a database is brought up.

-- name: open_paths
-- A function with the owner's rights finds tables in `public` and never in somebody's temporary schema,
-- which comes first where the path does not name it. Those of old migrations and of packages too.
SELECT format('ALTER FUNCTION %s SET search_path = public, pg_temp', p.oid::regprocedure)
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
    AND (p.prosecdef OR p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype))
    AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=public, pg_temp']
