-- The audit trail 审计轨迹: who did what, when, from where; one chain over all of it (X2).
-- Only the functions beside this file write here.

CREATE TABLE audit_entry (
    entry_no       bigint PRIMARY KEY,   -- without gaps, so that a missing entry shows
    at             timestamptz NOT NULL, -- when it was sealed; never before the entry before it
    db_role        text NOT NULL,        -- the database role that was signed in; no setting forges it
    actor          text NOT NULL,        -- login; '' is the system, or somebody at the database
    actor_id       bigint,
    institution_id bigint,               -- the actor's
    address        text NOT NULL,        -- IP address
    request        text NOT NULL,        -- request id
    action         text NOT NULL CHECK (action <> ''),
    subject        text NOT NULL,        -- a table, or a thing
    subject_key    text NOT NULL,
    before         jsonb,
    after          jsonb,
    note           text NOT NULL,
    digest         bytea NOT NULL        -- SHA-256(digest of the entry before, canonical text)
);
CREATE INDEX audit_entry_actor ON audit_entry (actor, entry_no);
CREATE INDEX audit_entry_actor_id ON audit_entry (actor_id, entry_no);
CREATE INDEX audit_entry_institution ON audit_entry (institution_id, entry_no);
CREATE INDEX audit_entry_action ON audit_entry (action, entry_no);
CREATE INDEX audit_entry_subject ON audit_entry (subject, subject_key, entry_no);
CREATE INDEX audit_entry_key ON audit_entry (subject_key, entry_no);
CREATE INDEX audit_entry_noted ON audit_entry (entry_no) WHERE note <> '';

-- What a running transaction did. It is sealed and gone when the transaction commits, so nobody
-- else ever sees a row here, and a crash has nothing to lose: hence unlogged.
CREATE UNLOGGED TABLE audit_draft (
    draft_no       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    db_role        text NOT NULL,
    actor          text NOT NULL,
    actor_id       bigint,
    institution_id bigint,
    address        text NOT NULL,
    request        text NOT NULL,
    action         text NOT NULL CHECK (action <> ''),
    subject        text NOT NULL,
    subject_key    text NOT NULL,
    before         jsonb,
    after          jsonb,
    note           text NOT NULL
);

-- The end of the chain; its row lock orders all writers.
CREATE TABLE audit_head (
    one_row  boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    entry_no bigint NOT NULL DEFAULT 0,
    hash     bytea NOT NULL DEFAULT sha256('yifen audit'::bytea)
);
INSERT INTO audit_head DEFAULT VALUES;

-- The entry that each cut 日切 wrote; the day's files carry its hash, so that a trail rewritten
-- later no longer fits what partners hold.
CREATE TABLE audit_day_head (
    book_id      integer NOT NULL,
    business_day date NOT NULL,
    entry_no     bigint NOT NULL UNIQUE,
    hash         bytea NOT NULL,
    PRIMARY KEY (book_id, business_day)
);

CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_day_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
