-- A file that a person uploaded moves nothing until a second person agreed: files_v1.sql.
ALTER TABLE recon_file ADD COLUMN uploaded boolean NOT NULL DEFAULT false;
CREATE INDEX access_authorisation_subject ON access_authorisation (action, subject_key);
