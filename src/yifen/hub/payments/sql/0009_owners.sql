-- Who took a call or claimed its one re-send, and who answers a signed query: asked again in the same
-- name, for the first answer was lost, he is told the same. `endpoint`, `dialect`: where the biller was
-- asked; the re-query goes there, also when the biller has moved meanwhile.
ALTER TABLE biller_call
    ADD COLUMN taken_by uuid,
    ADD COLUMN resent_by uuid,
    ADD COLUMN endpoint text,
    ADD COLUMN dialect text;
CREATE INDEX biller_call_taken ON biller_call (taken_by) WHERE taken_by IS NOT NULL;
ALTER TABLE signed_read ADD COLUMN taken_by uuid;
