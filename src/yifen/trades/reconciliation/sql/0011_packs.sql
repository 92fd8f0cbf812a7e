-- Where the lines of large files stand, many in a row: those whose serials fall into one slot, with what they add
-- up to (packs_v1.sql). The marks are the bits of keyed hashes of each line's serial with its fen, and with its
-- fee, XORed.
CREATE TABLE recon_pack (
    file_id  bigint NOT NULL,
    slot     integer NOT NULL CHECK (slot BETWEEN 0 AND 16383),
    rows     integer NOT NULL CHECK (rows > 0 AND rows = cardinality(keys) AND rows = cardinality(places)),
    fen      bigint NOT NULL,        -- net
    fee_fen  bigint NOT NULL,
    mark     bigint NOT NULL,
    fee_mark bigint NOT NULL,
    digest   bytea NOT NULL,         -- SHA-256 of keys and places
    keys     bigint[] NOT NULL,      -- of each line: its number below, 31 bits of its serial's hash above
    places   bigint[] NOT NULL       -- part of the file << 44 | byte in it << 20 | bytes; ~ of that: in recon_text
) WITH (toast_tuple_target = 8160);
ALTER TABLE recon_pack ALTER COLUMN keys SET STORAGE EXTERNAL, ALTER COLUMN places SET STORAGE EXTERNAL;
CREATE INDEX recon_pack_slot ON recon_pack (file_id, slot);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_pack
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
-- Lines that do not stand in their file's bytes as the hub's own daily file writes them are kept so beside them.
CREATE TABLE recon_text (
    file_id bigint NOT NULL,
    part_no integer NOT NULL,
    body    bytea NOT NULL,
    PRIMARY KEY (file_id, part_no)
);
ALTER TABLE recon_text ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_text
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
-- The key of the hashes: no partner knows it, so none can make lines that look like others.
CREATE TABLE recon_seed (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    seed bigint NOT NULL
);
INSERT INTO recon_seed (seed)
SELECT hashtextextended(gen_random_uuid()::text || gen_random_uuid()::text, hashtext(gen_random_uuid()::text));
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_seed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
-- Both compare slots from now on (match_v1.sql).
DROP FUNCTION IF EXISTS recon_find_v1(text, integer, date, bigint[], integer, bigint);
