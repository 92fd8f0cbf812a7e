-- What `migrate` installs, as this server's catalogue tells it, an object a row with a digest of all that is
-- told of it. What others put beside it too, an extension's members: membership is said in one statement.

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
), space AS (  -- a session's temporary ones are its own
    SELECT oid, nspname, nspowner, nspacl, nspname !~ '^pg_' AND nspname <> 'information_schema' AS made
    FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
), strong AS (
    SELECT * FROM pg_roles WHERE rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication
        OR rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
), partitions AS (  -- of a table: how many, and how each is named, whichever it is
    SELECT count(*) AS count, '\m(partitions\.)?(' || table_name || ')_\d+' AS pattern, table_name || '_N' AS name,
        table_name || '_' AS beginning  -- looked for before the pattern, which takes a hundred times as long
    FROM ledger_partitioned JOIN pg_inherits ON inhparent = table_name::regclass GROUP BY table_name
), relation AS (
    SELECT * FROM pg_class WHERE relnamespace IN ('public'::regnamespace, to_regnamespace('partitions'))
        AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
), routine AS (  -- from 16384 on are numbers of what no server comes with
    SELECT * FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        OR oid >= 16384 AND pronamespace IN (SELECT oid FROM space)
), access (thing, part, owner, acl) AS (
    SELECT 'table ' || relname, '', relowner, relacl FROM relation
    UNION ALL
    SELECT 'table ' || relname, attname, relowner, attacl
    FROM relation JOIN pg_attribute a ON a.attrelid = relation.oid WHERE attacl IS NOT NULL
    UNION ALL
    SELECT 'function ' || oid::regprocedure, '', proowner, coalesce(proacl, acldefault('f', proowner))
    FROM routine
    UNION ALL
    SELECT 'schema ' || nspname, '', nspowner, nspacl FROM space WHERE made
), expression (what, text) AS (
    SELECT 'constraint ' || conname || ' on ' || coalesce(relname, contypid::regtype::text),
        concat(pg_get_constraintdef(c.oid), convalidated)
    FROM pg_constraint c LEFT JOIN pg_class ON pg_class.oid = conrelid
    WHERE connamespace IN ('public'::regnamespace, to_regnamespace('partitions'))
        AND contype <> 'n' AND NOT (contype = 'f' AND conparentid <> 0)
    UNION ALL
    SELECT 'unique index ' || indexrelid::regclass, concat(pg_get_indexdef(indexrelid), indisvalid, indisready)
    FROM relation JOIN pg_index i ON indrelid = relation.oid
    WHERE indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
), database_object (what, told) AS (
    SELECT 'function ' || oid::regprocedure, concat(CASE prokind WHEN 'a' THEN
            (SELECT concat_ws('|', aggtransfn, aggfinalfn, aggtranstype::regtype, agginitval)
             FROM pg_aggregate WHERE aggfnoid = routine.oid)
        ELSE pg_get_functiondef(oid) END, proowner::regrole)
    FROM routine
    UNION ALL
    SELECT 'schema ' || nspname, nspowner::regrole::text FROM space WHERE made
    UNION ALL
    SELECT 'sequence ' || relname, concat_ws(' ', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax,
        seqcache, seqcycle)
    FROM relation JOIN pg_sequence ON seqrelid = relation.oid
    UNION ALL
    SELECT 'type ' || typname, concat_ws('|', typowner::regrole, typtype, format_type(typbasetype, typtypmod),
        typnotnull, typdefault,
        (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
    FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype <> 'c'
        AND NOT EXISTS (SELECT FROM pg_type WHERE typarray = t.oid)
    UNION ALL
    SELECT concat_ws(' ', 'cast', castsource::regtype, 'as', casttarget::regtype),
        concat_ws('|', castfunc::regprocedure, castcontext, castmethod)
    FROM pg_cast WHERE oid >= 16384
    UNION ALL
    SELECT 'operator ' || o.oid::regoperator, concat_ws('|', oprcode, oprowner::regrole, oprcom::regoperator,
        oprnegate::regoperator, oprrest, oprjoin, oprcanmerge, oprcanhash)
    FROM pg_operator o JOIN space ON space.oid = oprnamespace WHERE o.oid >= 16384
    UNION ALL
    SELECT concat('rights by default of ', defaclrole::regrole, ' to ', defaclobjtype, ' in ' || nspname),
        concat((SELECT string_agg(concat_ws(' ', grantee, privilege_type, is_grantable), ',' ORDER BY 1)
                FROM (SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS grantee,
                          privilege_type, is_grantable FROM aclexplode(defaclacl)) given))
    FROM pg_default_acl LEFT JOIN space ON space.oid = defaclnamespace
    UNION ALL
    SELECT CASE rulename WHEN '_RETURN' THEN 'view ' ELSE 'rule ' || rulename || ' on ' END || relname,
        concat(pg_get_ruledef(w.oid), ev_enabled)
    FROM relation JOIN pg_rewrite w ON w.ev_class = relation.oid
    UNION ALL
    SELECT 'table ' || relname, concat_ws('|', relowner::regrole, relkind, relpersistence, relrowsecurity,
        relforcerowsecurity, regexp_replace(regexp_replace(pg_get_expr(relpartbound, oid), 'MINVALUE', '''0000000000000'''),
            concat('\(''', number, '0{12}''\) TO \(''', number + 1, '0{12}''\)'), 'its numbers'), reloptions,
        (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull,
             attidentity, attgenerated, pg_get_expr(d.adbin, d.adrelid)), ',' ORDER BY attname)
         FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
         WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped),
        -- Of foreign keys: their triggers are named by number.
        (SELECT string_agg(concat(tgfoid::regproc, tgenabled), ',' ORDER BY tgfoid::regproc::text, tgenabled)
         FROM pg_trigger WHERE tgrelid = relation.oid AND tgisinternal))
    FROM relation CROSS JOIN LATERAL (SELECT substring(relname FROM '_(\d{1,6})$')::integer AS number) n
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
    FROM pg_event_trigger
    UNION ALL  -- who only reads, and is no process, is no business of ours
    SELECT 'right of ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END || ' to ' || thing,
        string_agg(DISTINCT concat_ws(' ', part, privilege_type, is_grantable), ',')
    FROM access CROSS JOIN aclexplode(acl) CROSS JOIN here
    WHERE grantee <> owner AND (privilege_type <> 'SELECT' OR grantee = ANY (array_append(roles, 0)))
    GROUP BY 1
    UNION ALL
    SELECT 'permission ' || permission || ' of ' || role, '' FROM access_permission
    UNION ALL
    SELECT 'act ' || act, concat_ws(' ', propose, decide, about, level) FROM access_act
    UNION ALL
    SELECT 'migration ' || app || '.' || name, '' FROM django_migrations
), placed AS (  -- with whose partition it is of, if any
    SELECT * FROM database_object LEFT JOIN partitions ON strpos(what, beginning) > 0 AND what ~ pattern
), server_object (what, told) AS (
    SELECT CASE WHEN oid = ANY (roles) THEN 'role ' ELSE 'strong role ' END || rolname, concat_ws(' ', rolsuper,
        rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls)
    FROM pg_roles CROSS JOIN here WHERE oid = ANY (roles) OR oid IN (SELECT oid FROM strong)
    UNION ALL
    SELECT 'member ' || m.member::regrole || ' of ' || m.roleid::regrole,
        string_agg(concat_ws(' ', admin_option, to_jsonb(m) -> 'inherit_option', to_jsonb(m) -> 'set_option'),
                   ',' ORDER BY 1)
    FROM pg_auth_members m CROSS JOIN here
    WHERE member = ANY (roles) OR roleid = ANY (roles) OR roleid IN (SELECT oid FROM strong) GROUP BY 1
    UNION ALL  -- temporary tables hide others
    SELECT 'right of ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END || ' to this database',
        string_agg(privilege_type, ' ' ORDER BY 1)
    FROM pg_database CROSS JOIN aclexplode(coalesce(datacl, acldefault('d', datdba)))
    WHERE datname = current_database() AND grantee <> datdba AND privilege_type <> 'CONNECT' GROUP BY 1
    UNION ALL
    SELECT 'owner of this database', datdba::regrole::text FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT 'setting ' || setting || ' of ' || coalesce(nullif(setrole, 0)::regrole::text, 'everyone'), ''
    FROM pg_db_role_setting CROSS JOIN unnest(setconfig) setting CROSS JOIN here
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND setrole = ANY (array_append(roles, 0)) AND (setting LIKE 'yifen.%%' OR split_part(setting, '=', 1) IN (
            'session_replication_role', 'search_path', 'row_security', 'role', 'local_preload_libraries',
            'session_preload_libraries', 'default_transaction_isolation'))
    UNION ALL
    SELECT 'setting session_replication_role', reset_val FROM pg_settings
    WHERE name = 'session_replication_role'
)
SELECT major || ' ' || what, left(encode(sha256(convert_to(told, 'UTF8')), 'hex'), 32)
FROM (
    SELECT what, told FROM placed WHERE pattern IS NULL
    UNION ALL  -- all partitions have it, and all the same: so the next month's are as they were installed
    SELECT regexp_replace(what, pattern, name, 'g') AS object, concat(string_agg(DISTINCT
        regexp_replace(told, pattern, name, 'g'), ';'), CASE WHEN count(*) <> min(count) THEN ' not all' END)
    FROM placed WHERE pattern IS NOT NULL GROUP BY object
) object CROSS JOIN here
UNION ALL
SELECT server || ' ' || what, left(encode(sha256(convert_to(coalesce(told, ''), 'UTF8')), 'hex'), 32)
FROM server_object CROSS JOIN here

-- name: told
-- What was told of it, in order.
SELECT after::text FROM audit_entry WHERE action = %s AND subject = %s ORDER BY entry_no

-- name: draft
-- An entry that only the owner of the database writes.
SELECT audit_draft_v1(%s, %s, '', NULL, %s::jsonb, '')
