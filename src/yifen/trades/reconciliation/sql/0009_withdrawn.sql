-- What keeps a closed difference closed lets a withdrawal through, and stands with the functions from now on
-- (withdraw_v1.sql).
DROP TRIGGER closes_once ON recon_item;
DROP FUNCTION recon_item_guard();
