-- Prepaid services 预付费: money on an account's balance is turned into quantity 售电, handed over as a token 卡密.

DROP VIEW IF EXISTS billing_standing;  -- it has the columns of billing_row, and is made anew behind this
ALTER TABLE billing_service ADD COLUMN prepaid boolean NOT NULL DEFAULT false;  -- bought ahead: no run bills it
CREATE INDEX billing_service_prepaid ON billing_service (fee_id) WHERE prepaid;
ALTER TABLE billing_row ADD COLUMN prepaid boolean;  -- NULL: the file does not say
DROP TRIGGER append_only ON billing_row;
CREATE TRIGGER append_only BEFORE UPDATE OF file_id, piece, line_no, bucket, account_no, marks, place, persons, consent,
    from_on, fee_id, class, region, area_milli, factor, number, register, multiplier, digits, first_milli, prepaid
    OR DELETE OR TRUNCATE ON billing_row
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What was sold of a balance. All but its token stays as it is.
CREATE SEQUENCE billing_sale_no;
CREATE TABLE billing_sale (
    bucket       smallint NOT NULL,
    sale_id      bigint NOT NULL,        -- a number that grows × 1000 + bucket
    biller_id    integer NOT NULL REFERENCES billing_biller,
    service_id   bigint NOT NULL,
    account_no   text NOT NULL,
    payable_id   bigint NOT NULL,        -- the balance that paid it
    last_no      bigint NOT NULL,        -- of the bucket's transfers: those up to it were on the balance
    meter        text NOT NULL,          -- its number
    price_id     integer NOT NULL REFERENCES billing_price,
    qty_milli    bigint NOT NULL CHECK (qty_milli <> 0),   -- of what the meter counts; hundredths of a unit
    used_milli   bigint NOT NULL,        -- of the cycle before it, as it is priced
    cycle_on     date NOT NULL,          -- in which it counts
    amount_fen   bigint NOT NULL CHECK (amount_fen <> 0),  -- its lines
    undoes_id    bigint,                 -- of a sale without a token that was taken back: all signs are the other ones
    sold_at      timestamptz NOT NULL,
    token_state  text NOT NULL CHECK (token_state IN ('none', 'wanted', 'asked', 'given', 'rejected', 'undone')),
    token        text CHECK (token ~ '^[0-9]{20}$'),
    token_reason text NOT NULL DEFAULT '',   -- why it was rejected, in the vending system's words
    token_tries  integer NOT NULL DEFAULT 0,
    token_at     timestamptz NOT NULL,   -- when it is asked for next; then when it came
    PRIMARY KEY (bucket, sale_id),
    CHECK ((token IS NOT NULL) = (token_state = 'given'))
);
CREATE UNIQUE INDEX billing_sale_number ON billing_sale (sale_id);
CREATE UNIQUE INDEX billing_sale_undone ON billing_sale (undoes_id) WHERE undoes_id IS NOT NULL;
CREATE INDEX billing_sale_service ON billing_sale (bucket, service_id);
CREATE INDEX billing_sale_balance ON billing_sale (bucket, payable_id, last_no);
CREATE INDEX billing_sale_due ON billing_sale (token_at) WHERE token_state IN ('wanted', 'asked');
CREATE INDEX billing_sale_waiting ON billing_sale (sale_id) WHERE token_state IN ('wanted', 'asked', 'rejected');
CREATE TABLE billing_sale_line (
    bucket     smallint NOT NULL,
    sale_id    bigint NOT NULL,
    line_no    smallint NOT NULL,
    part_no    smallint NOT NULL,
    qty_milli  bigint NOT NULL,
    amount_fen bigint NOT NULL,
    PRIMARY KEY (bucket, sale_id, line_no)
);
-- Balances whose money is still to be sold, and why it was not yet 待售.
CREATE TABLE billing_unsold (
    bucket     smallint NOT NULL,
    payable_id bigint NOT NULL,
    since      timestamptz NOT NULL,
    next_at    timestamptz NOT NULL,     -- it is looked at again
    tries      integer NOT NULL DEFAULT 0,
    code       integer,                  -- the result code of the last look; NULL: none yet
    PRIMARY KEY (bucket, payable_id)
);
CREATE INDEX billing_unsold_next ON billing_unsold (next_at);
-- Up to which of a bucket's transfers was looked for recharges.
CREATE TABLE billing_sold_to (
    bucket      smallint PRIMARY KEY,
    transfer_no bigint NOT NULL
) WITH (fillfactor = 50);
-- A company's vending system 售电系统, which makes tokens; what two people agreed to.
CREATE TABLE billing_vending (
    biller_id integer PRIMARY KEY REFERENCES billing_biller,
    endpoint  text NOT NULL,             -- empty: none, meters are credited otherwise
    sealed    bytea NOT NULL,            -- the key that both share
    version   integer NOT NULL           -- of the key, counted up by each change
);

ALTER TABLE billing_booking ADD COLUMN sale_id bigint, ADD COLUMN sold_fen bigint NOT NULL DEFAULT 0,  -- prepaid to billed
    DROP CONSTRAINT billing_booking_kind_check,
    ADD CONSTRAINT billing_booking_kind_check CHECK (kind IN ('published', 'late', 'paid', 'sold'));
CREATE UNIQUE INDEX billing_booking_sale ON billing_booking (sale_id) WHERE sale_id IS NOT NULL;

CREATE TRIGGER append_only BEFORE UPDATE OF bucket, sale_id, biller_id, service_id, account_no, payable_id, last_no, meter,
    price_id, qty_milli, used_milli, cycle_on, amount_fen, undoes_id, sold_at OR DELETE OR TRUNCATE ON billing_sale
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_sale_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
