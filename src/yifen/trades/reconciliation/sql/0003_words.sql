-- Who decided is found in the proposal, not told by the caller: decide_v1.sql, post_v1.sql.
DROP FUNCTION IF EXISTS recon_post_v1(bigint, text, timestamptz, text, text);
DROP FUNCTION IF EXISTS recon_may_post_v1(recon_item, text, text, text);
