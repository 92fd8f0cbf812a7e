-- What `migrate` installs, as this server's catalogue tells it, an object a row with a digest of all that is
-- told of it. Of public alone, and not of other people's extensions.

-- name: plain_names
-- Names and expressions read the same whatever the session's settings are, until the transaction ends; and
-- whether there is anything to read.
SELECT to_regclass('public.access_act') IS NOT NULL AND '' <> concat(
    set_config('search_path', 'public, pg_temp', true), set_config('quote_all_identifiers', 'off', true))

-- name: here
-- What objects of this version of PostgreSQL, and roles of this very server, begin with.
SELECT current_setting('server_version_num')::integer / 10000 || ' ',
    (SELECT system_identifier FROM pg_control_system()) || ' '

-- name: standing
-- A `what` begins with the major version of PostgreSQL, which writes expressions its own way, or with the
-- server's identifier, which has roles of its own. Casts that a dump writes anew are not compared.
WITH here AS (
    SELECT current_setting('server_version_num')::integer / 10000 AS major,
        (SELECT system_identifier FROM pg_control_system()) AS server,
        ARRAY(SELECT oid FROM pg_roles WHERE rolname = ANY (%(roles)s)) AS roles
), foreigner AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), relation AS (
    SELECT * FROM pg_class c WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p', 'v', 'm', 'S')
        AND (c.tableoid, c.oid) NOT IN (SELECT classid, objid FROM foreigner)
), routine AS (
    SELECT * FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a'
        AND (p.tableoid, p.oid) NOT IN (SELECT classid, objid FROM foreigner)
), access (thing, part, owner, acl) AS (
    SELECT 'table ' || relname, '', relowner, relacl FROM relation
    UNION ALL
    SELECT 'table ' || relname, attname, relowner, attacl
    FROM relation JOIN pg_attribute a ON a.attrelid = relation.oid WHERE attacl IS NOT NULL
    UNION ALL
    SELECT 'function ' || oid::regprocedure, '', proowner, coalesce(proacl, acldefault('f', proowner))
    FROM routine
    UNION ALL
    SELECT 'schema public', '', nspowner, nspacl FROM pg_namespace WHERE nspname = 'public'
), expression (what, text) AS (
    SELECT 'constraint ' || conname || ' on ' || coalesce(relname, contypid::regtype::text),
        concat(pg_get_constraintdef(c.oid), convalidated)
    FROM pg_constraint c LEFT JOIN relation ON relation.oid = conrelid
    WHERE connamespace = 'public'::regnamespace AND (relation.oid IS NOT NULL OR contypid <> 0)
        AND contype <> 'n' AND NOT (contype = 'f' AND conparentid <> 0)
    UNION ALL
    SELECT 'unique index ' || indexrelid::regclass, concat(pg_get_indexdef(indexrelid), indisvalid, indisready)
    FROM relation JOIN pg_index i ON indrelid = relation.oid
    WHERE indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
), database_object (what, told) AS (
    SELECT 'function ' || oid::regprocedure, concat(pg_get_functiondef(oid), proowner::regrole) FROM routine
    UNION ALL
    SELECT CASE rulename WHEN '_RETURN' THEN 'view ' ELSE 'rule ' || rulename || ' on ' END || relname,
        concat(pg_get_ruledef(w.oid), ev_enabled)
    FROM relation JOIN pg_rewrite w ON w.ev_class = relation.oid
    UNION ALL
    SELECT 'table ' || relname, concat_ws('|', relowner::regrole, relkind, relpersistence, relrowsecurity,
        relforcerowsecurity, pg_get_expr(relpartbound, oid), reloptions,
        (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull,
             attidentity, attgenerated, pg_get_expr(d.adbin, d.adrelid)), ',' ORDER BY attname)
         FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
         WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped),
        -- Of foreign keys: their triggers are named by number.
        (SELECT string_agg(concat(tgfoid::regproc, tgenabled), ',' ORDER BY tgfoid::regproc::text, tgenabled)
         FROM pg_trigger WHERE tgrelid = relation.oid AND tgisinternal))
    FROM relation
    UNION ALL
    SELECT 'trigger ' || tgname || ' on ' || relname, concat(pg_get_triggerdef(g.oid), tgenabled)
    FROM relation JOIN pg_trigger g ON g.tgrelid = relation.oid WHERE NOT tgisinternal
    UNION ALL
    SELECT what, regexp_replace(regexp_replace(regexp_replace(
        text, '::[a-z ]+(\(\d+\))?(\[\])?', '', 'g'),
        '\((''[^'']*'')\)', '\1', 'g'), '\(\((ARRAY\[[^]]*\])\)\)', '(\1)', 'g') FROM expression
    UNION ALL
    SELECT 'policy ' || policyname || ' on ' || tablename, p::text FROM pg_policies p
    WHERE schemaname = 'public'
    UNION ALL
    SELECT 'event trigger ' || evtname, concat_ws('|', evtevent, evtfoid::regproc, evtenabled, evttags)
    FROM pg_event_trigger WHERE (tableoid, oid) NOT IN (SELECT classid, objid FROM foreigner)
    UNION ALL  -- who only reads, and is no process, is no business of ours
    SELECT 'right of ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END || ' to ' || thing,
        string_agg(DISTINCT concat_ws(' ', part, privilege_type, is_grantable), ',')
    FROM access CROSS JOIN aclexplode(acl) CROSS JOIN here
    WHERE grantee <> owner AND (privilege_type <> 'SELECT' OR grantee = ANY (array_append(roles, 0)))
    GROUP BY 1
    UNION ALL
    SELECT 'permission ' || permission || ' of ' || role, '' FROM access_permission
    UNION ALL
    SELECT 'act ' || act, propose || ' ' || decide FROM access_act
    UNION ALL
    SELECT 'migration ' || app || '.' || name, '' FROM django_migrations
), server_object (what, told) AS (
    SELECT 'role ' || rolname, concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
        rolreplication, rolbypassrls)
    FROM pg_roles JOIN here ON oid = ANY (roles)
    UNION ALL
    SELECT 'member ' || m.member::regrole || ' of ' || m.roleid::regrole,
        string_agg(concat_ws(' ', admin_option, to_jsonb(m) -> 'inherit_option', to_jsonb(m) -> 'set_option'),
                   ',' ORDER BY 1)
    FROM pg_auth_members m JOIN here ON member = ANY (roles) OR roleid = ANY (roles) GROUP BY 1
    UNION ALL  -- temporary tables hide others
    SELECT 'right of ' || grantee::regrole || ' to this database', string_agg(privilege_type, ' ' ORDER BY 1)
    FROM pg_database CROSS JOIN aclexplode(datacl)
    WHERE datname = current_database() AND grantee NOT IN (0, datdba) AND privilege_type <> 'CONNECT' GROUP BY 1
    UNION ALL
    SELECT 'setting ' || setting || ' of ' || coalesce(nullif(setrole, 0)::regrole::text, 'everyone'), ''
    FROM pg_db_role_setting CROSS JOIN unnest(setconfig) setting CROSS JOIN here
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND setrole = ANY (array_append(roles, 0)) AND split_part(setting, '=', 1) IN (
            'session_replication_role', 'search_path', 'row_security', 'role', 'local_preload_libraries',
            'session_preload_libraries', 'default_transaction_isolation')
    UNION ALL
    SELECT 'setting session_replication_role', reset_val FROM pg_settings
    WHERE name = 'session_replication_role'
)
SELECT major || ' ' || what, left(encode(sha256(convert_to(told, 'UTF8')), 'hex'), 32)
FROM database_object CROSS JOIN here
UNION ALL
SELECT server || ' ' || what, left(encode(sha256(convert_to(coalesce(told, ''), 'UTF8')), 'hex'), 32)
FROM server_object CROSS JOIN here

-- name: told
-- What was told of it, in order.
SELECT after::text FROM audit_entry WHERE action = %s AND subject = %s ORDER BY entry_no

-- name: draft
-- An entry that only the owner of the database writes.
SELECT audit_draft_v1(%s, %s, '', NULL, %s::jsonb, '')
