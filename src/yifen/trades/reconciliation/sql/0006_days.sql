-- The same bytes may be the file of several days: a file without rows, a file of statements day by day.
ALTER TABLE recon_file DROP CONSTRAINT recon_file_partner_id_sha256_key;
ALTER TABLE recon_file ADD CONSTRAINT recon_file_once UNIQUE (partner_id, sha256, business_day);
