-- Files of a day are parts beside each other; one takes the place of another only by the same name, the same
-- declared part, or because two people said so. Until now the newest file of a day took that of all others.
ALTER TABLE recon_file ADD COLUMN whole boolean NOT NULL DEFAULT false, -- its own totals stand and agree
    ADD COLUMN replaces bigint[] NOT NULL DEFAULT '{}';                 -- the files whose place it takes
ALTER TABLE recon_run ADD COLUMN files bigint[] NOT NULL DEFAULT '{}',  -- all that it compared
    ADD COLUMN void_at timestamptz;                                     -- since one of them was withdrawn
ALTER TABLE recon_file DISABLE TRIGGER append_only;
UPDATE recon_file f SET replaces = ARRAY(
    SELECT o.file_id FROM recon_file o WHERE o.partner_id = f.partner_id
        AND o.business_day = f.business_day AND o.version < f.version ORDER BY o.file_id)
WHERE f.version > 1;
ALTER TABLE recon_file ENABLE TRIGGER append_only;
UPDATE recon_run SET files = ARRAY[file_id];
CREATE INDEX recon_item_day ON recon_item (partner_id, business_day, class);
-- Both take all files of a day from now on (match_v1.sql, run_v1.sql).
DROP FUNCTION IF EXISTS recon_find_v1(text, integer, date, bigint, integer, bigint);
DROP FUNCTION IF EXISTS recon_keep_items_v1(bigint, integer, date, bigint, timestamp, integer, timestamptz);
