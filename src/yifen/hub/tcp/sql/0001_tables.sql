-- Lines of the TCP dialect. No process writes these tables but by the functions.

-- A partner's line 专线. Two people decide it (tcp_line_v1).
CREATE TABLE tcp_line (
    partner_id integer PRIMARY KEY REFERENCES partner,
    inst_id    text NOT NULL UNIQUE CHECK (inst_id ~ '^[0-9A-Za-z]{1,15}$'),  -- its number in the messages
    algorithm  text NOT NULL CHECK (algorithm IN ('sm4-cbc', 'des-x919')),
    sealed     bytea NOT NULL,           -- the master key: 16 bytes
    is_yuan    boolean NOT NULL,         -- amounts in yuan; else fen with two decimals, as the dialect has it
    enabled    boolean NOT NULL
);
CREATE TRIGGER master_changed AFTER INSERT OR UPDATE OR DELETE ON tcp_line
    FOR EACH STATEMENT EXECUTE FUNCTION master_changed();

-- What a partner told by its line: its file of a day is ready, or it is away. The same again is the same row.
CREATE TABLE tcp_notice (
    notice_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partner_id integer NOT NULL REFERENCES partner,
    kind       text NOT NULL CHECK (kind IN ('file', 'outage')),
    said       text NOT NULL CHECK (length(said) BETWEEN 1 AND 1000),
    at         timestamptz NOT NULL,
    UNIQUE (partner_id, kind, said)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tcp_notice
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
