-- Utilities whose only interface is their own database. No process writes these tables but by the functions.

-- A database by its name in addresses (`db://code`), one a biller. Two people decide it (connector_source_v1).
CREATE TABLE connector_source (
    code       text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
    partner_id integer NOT NULL UNIQUE REFERENCES biller (partner_id),
    kind       text NOT NULL CHECK (kind IN ('postgresql', 'mysql', 'sqlite', 'mssql', 'oracle', 'db2')),
    sealed     bytea NOT NULL,           -- where it is and how we sign in there
    shown      text NOT NULL,            -- the same without passwords, masked
    enabled    boolean NOT NULL
);
-- How bills are read there and payments written. The newest version counts; two people decided each (connector_mapping_v1).
CREATE TABLE connector_mapping (
    code    text NOT NULL REFERENCES connector_source,
    version integer NOT NULL CHECK (version > 0),
    toml    text NOT NULL CHECK (length(toml) BETWEEN 1 AND 40000),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (code, version)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON connector_mapping
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER master_changed AFTER INSERT OR UPDATE OR DELETE ON connector_source
    FOR EACH STATEMENT EXECUTE FUNCTION master_changed();
CREATE TRIGGER master_changed AFTER INSERT ON connector_mapping
    FOR EACH STATEMENT EXECUTE FUNCTION master_changed();
