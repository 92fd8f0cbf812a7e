-- Postings asked for at once. A pack is committed with its moves before the core hears of it; it is sent and asked about as
-- one, and its answer decides all of them.
CREATE TABLE core_pack (
    serial     text PRIMARY KEY CHECK (serial ~ '^[0-9A-Za-z-]{4,40}$'),
    core_id    integer NOT NULL REFERENCES core_bank,
    items      integer NOT NULL CHECK (items BETWEEN 1 AND 1000),
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'unknown', 'done')),
    code       integer,                       -- why it is not known
    made_at    timestamptz NOT NULL,
    sent_at    timestamptz,
    changed_at timestamptz NOT NULL,
    settle_at  timestamptz,
    tries      integer NOT NULL DEFAULT 0,
    CHECK (state <> 'done' OR settle_at IS NULL)
);
CREATE INDEX core_pack_settle ON core_pack (settle_at) WHERE settle_at IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OF serial, core_id, items, amount_fen, made_at OR DELETE OR TRUNCATE ON core_pack
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What the core said of a pack, as it signed it: once, of all its items.
CREATE TABLE core_pack_answer (
    serial  text PRIMARY KEY REFERENCES core_pack,
    version integer NOT NULL,
    status  integer NOT NULL,
    headers jsonb NOT NULL,
    body    text NOT NULL,
    at      timestamptz NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_pack_answer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

ALTER TABLE core_move ADD COLUMN pack text REFERENCES core_pack,
    ADD COLUMN pack_no smallint,             -- its place there
    ADD CHECK ((pack IS NULL) = (pack_no IS NULL)),
    ADD CHECK (pack IS NULL OR undoes IS NULL AND NOT needs_pin AND settle_at IS NULL);
CREATE UNIQUE INDEX core_move_pack ON core_move (pack, pack_no) WHERE pack IS NOT NULL;
CREATE TRIGGER pack_once BEFORE UPDATE OF pack, pack_no ON core_move FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
-- One move at a time.
DROP FUNCTION IF EXISTS corebank_ask_v1(jsonb, bytea, bytea, bytea, timestamptz, timestamptz);
DROP FUNCTION IF EXISTS corebank_said_v1(text, integer, jsonb, timestamptz);
