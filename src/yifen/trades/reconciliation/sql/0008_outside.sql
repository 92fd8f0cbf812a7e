-- Refunds by repair whose money the hub cannot give: that a person saw to it, and by which number of the channel.
CREATE TABLE recon_outside (
    item_id   bigint PRIMARY KEY REFERENCES recon_item,
    reference text NOT NULL CHECK (reference <> ''),  -- the channel's own number of the refund
    closed_at timestamptz NOT NULL,
    closed_by text NOT NULL                           -- a login
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recon_outside
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE INDEX recon_item_refund ON recon_item (item_id) WHERE action = 'refund';
