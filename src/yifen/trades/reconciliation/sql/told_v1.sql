-- Lines of partners' files are too many to be entries of the trail: a digest of all of a file's is told as it
-- comes in, with its row.
CREATE OR REPLACE FUNCTION recon_told_v1() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF recon_whole_v1(NEW.file_id) THEN  -- only the owner's may be otherwise
        PERFORM audit_draft_v1('told', 'recon_row', NEW.file_id::text, NULL, recon_digest_v1(NEW.file_id), '');
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER told AFTER INSERT ON recon_file FOR EACH ROW EXECUTE FUNCTION recon_told_v1();
