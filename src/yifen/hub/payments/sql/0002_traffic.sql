-- What passed through the gateways: figures by the minute, and the messages that are kept, masked.
-- Both are written beside the payments, never in their transactions; losing them loses no money.

-- One row a minute, partner, biller (0: the message names none), verb and code. The last columns
-- count the calls by their latency: upto_5 those of at most 5 ms, upto_10 those of more than 5 and
-- at most 10 ms, and so on.
CREATE TABLE traffic_minute (
    minute     timestamptz NOT NULL,
    partner_id integer NOT NULL,     -- 0: nobody we know
    biller_id  integer NOT NULL,
    verb       text NOT NULL,
    code       integer NOT NULL,
    calls      bigint NOT NULL,
    ms_sum     bigint NOT NULL,
    ms_max     integer NOT NULL,
    upto_5     integer NOT NULL,
    upto_10    integer NOT NULL,
    upto_20    integer NOT NULL,
    upto_50    integer NOT NULL,
    upto_100   integer NOT NULL,
    upto_200   integer NOT NULL,
    upto_500   integer NOT NULL,
    upto_1000  integer NOT NULL,
    upto_2000  integer NOT NULL,
    upto_5000  integer NOT NULL,
    over_5000  integer NOT NULL,
    PRIMARY KEY (minute, partner_id, biller_id, verb, code)
) WITH (fillfactor = 70);

-- One exchange with a partner: `in` is a request to us, `out` one of ours to a biller's own system.
-- Masked before it comes here (X3): of an account number the tail and a hash stay, of persons none.
CREATE TABLE wire_message (
    message_no   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at           timestamptz NOT NULL,
    partner_id   integer NOT NULL,
    direction    text NOT NULL CHECK (direction IN ('in', 'out')),
    verb         text NOT NULL,
    serial       text,              -- of the message itself, or the one that it asks about
    original_serial text,           -- of a reversal or refund: what it takes back
    account_tail text,
    account_hash uuid,              -- 128 bits of hash; equal for equal account numbers
    amount_fen   bigint,
    dialect      text NOT NULL,
    encoding     text NOT NULL,
    proved       boolean NOT NULL,  -- false: no signature showed who sent it
    code         integer NOT NULL,
    result       text,              -- what a confirm was told of the original
    ms           integer NOT NULL,
    content_hash uuid,              -- as in payment_serial; empty when it could not be read
    request_bytes integer NOT NULL,
    request      text NOT NULL,
    reply        text NOT NULL
);
CREATE INDEX wire_message_serial ON wire_message (partner_id, serial);
CREATE INDEX wire_message_at ON wire_message USING brin (at) WITH (pages_per_range = 32);
