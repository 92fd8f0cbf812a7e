-- Requests that come as a file 报停报开文件, as it came; taken in when two people agreed to it, whole or not at all. And
-- stops that were warm and are not charged again 不追收.

CREATE TABLE heating_file (
    file_id     bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    season_id   integer NOT NULL REFERENCES heating_season,
    biller_id   integer NOT NULL,
    name        text NOT NULL,
    sha256      bytea NOT NULL,      -- of the bytes as received
    rows        integer NOT NULL,
    wrong       integer NOT NULL,    -- rows in error; with any, the file is refused whole
    lines       jsonb NOT NULL,      -- its rows as they were read; none where one is wrong
    received_at timestamptz NOT NULL,
    received_by text NOT NULL        -- a login
);
CREATE UNIQUE INDEX heating_file_once ON heating_file (season_id, sha256) WHERE wrong = 0;
CREATE TABLE heating_file_body (
    file_id bigint PRIMARY KEY REFERENCES heating_file,
    body    bytea NOT NULL           -- sealed
);
-- Which request a row became.
CREATE TABLE heating_filed (
    file_id    bigint NOT NULL REFERENCES heating_file,
    line_no    integer NOT NULL,
    request_id bigint NOT NULL UNIQUE REFERENCES heating_request,
    PRIMARY KEY (file_id, line_no)
);

-- A stop that was found warm by then, and stays as it is; what is found later counts.
CREATE TABLE heating_spared (
    proposal    bigint PRIMARY KEY,
    share_id    bigint NOT NULL,
    warm_visits integer NOT NULL,    -- that found it so
    moved_milli bigint NOT NULL,     -- by how much its meter had moved
    made_at     timestamptz NOT NULL
);
CREATE INDEX heating_spared_share ON heating_spared (share_id);

DO $do$ DECLARE v_table text; BEGIN
    FOREACH v_table IN ARRAY '{heating_file,heating_filed,heating_spared}'::text[] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', v_table);
    END LOOP;
END $do$;
CREATE TRIGGER append_only BEFORE UPDATE OF file_id OR DELETE OR TRUNCATE ON heating_file_body
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
