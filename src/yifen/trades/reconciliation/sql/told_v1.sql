-- Rows of partners' files are too many to be entries of the trail: a digest of all of a file's is told as it
-- comes in, with its row. An account that is sealed at a bank reads otherwise after a reseal: it is left out.
CREATE OR REPLACE FUNCTION recon_told_v1() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_draft_v1('told', 'recon_row', NEW.file_id::text, NULL, (
        SELECT jsonb_build_object('rows', count(*), 'sha256',
            encode(sha256(coalesce(string_agg(x.line, ''::bytea ORDER BY x.line_no, x.line), '')), 'hex'))
        FROM (SELECT r.line_no, sha256(convert_to(ROW(r.line_no, r.kind, r.amount_fen, r.fee_fen,
                  extract(epoch FROM r.at), r.serial, r.original, r.ref, r.batch,
                  CASE WHEN NOT starts_with(r.account_no, '~') THEN r.account_no END)::text, 'UTF8')) AS line
              FROM recon_row r WHERE r.file_id = NEW.file_id) x), '');
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER told AFTER INSERT ON recon_file FOR EACH ROW EXECUTE FUNCTION recon_told_v1();
