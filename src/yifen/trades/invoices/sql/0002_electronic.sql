-- Electronic invoices 数电票: who issues them and by which rates, and what was asked of tax platforms. Decision 0040.

-- The seller 销售方: a company, its tax platform, its tax number. Two people decide it (invoices_issuer_v1).
CREATE TABLE invoice_issuer (
    biller_id integer PRIMARY KEY REFERENCES biller (partner_id),
    seller    text NOT NULL CHECK (seller <> ''),
    tax_no    text NOT NULL CHECK (tax_no ~ '^[0-9A-Z]{15,20}$'),
    platform  text NOT NULL CHECK (platform ~ '^[A-Z0-9]{2,16}$'),  -- the code under which both sign
    endpoint  text NOT NULL,
    sealed    bytea NOT NULL,            -- the key that both share
    version   integer NOT NULL,          -- of the key, counted up by each change
    enabled   boolean NOT NULL
);

-- What a line carries, by how its bill's title begins ('': any), the customer's class ('': any) and the day: the newest of
-- the nearest counts. Exempt 免税: no tax for that term.
CREATE TABLE invoice_rate (
    biller_id     integer NOT NULL REFERENCES invoice_issuer ON DELETE CASCADE,
    fee           text NOT NULL,
    class         text NOT NULL,
    goods_code    text NOT NULL CHECK (goods_code ~ '^[0-9]{19}$'),
    goods_name    text NOT NULL CHECK (goods_name <> ''),
    rate_permille smallint NOT NULL CHECK (rate_permille BETWEEN 0 AND 200),
    exempt        boolean NOT NULL,
    from_on       date NOT NULL,
    to_on         date CHECK (to_on >= from_on),  -- the last day
    PRIMARY KEY (biller_id, fee, class, from_on),
    CHECK (NOT exempt OR rate_permille = 0)
);

-- One order at a tax platform by a serial of its own, committed before the platform hears of it: an invoice 蓝票, a red
-- confirmation sheet 红字确认单, a red invoice 红票. Nothing of it is ever removed. Lines: [{no, payable, title, code, name,
-- permille, exempt, fen, net, tax}], amounts with tax inside, in fen.
CREATE TABLE invoice_electronic (
    order_no       text PRIMARY KEY CHECK (order_no ~ '^[ESR][0-9]{1,19}-[0-9]{1,4}$'),
    kind           text NOT NULL CHECK (kind IN ('blue', 'sheet', 'red')),
    payment_id     bigint NOT NULL,
    biller_id      integer NOT NULL REFERENCES invoice_issuer,
    institution_id bigint NOT NULL REFERENCES institution,  -- where it was asked for
    asked_by       bigint NOT NULL,
    asked_at       timestamptz NOT NULL,
    buyer_sealed   bytea NOT NULL,
    buyer_shown    text NOT NULL,            -- masked
    lines          jsonb NOT NULL,
    total_fen      bigint NOT NULL CHECK (total_fen > 0),
    tax_fen        bigint NOT NULL CHECK (tax_fen >= 0),
    blue           text REFERENCES invoice_electronic,   -- which one a sheet and a red invoice are about
    return_serial  text,                     -- the reversal or refund that they follow
    sheet          text REFERENCES invoice_electronic,   -- by which sheet a red invoice is issued
    follows        text UNIQUE REFERENCES invoice_electronic,  -- the failed one that it takes the place of
    state          text NOT NULL CHECK (state IN ('waiting', 'asked', 'issuing', 'signing', 'confirming', 'unknown', 'done',
                                                  'failed', 'replaced', 'dropped')),
    platform_state text NOT NULL DEFAULT '',  -- as the platform numbers it
    code           integer,                  -- why it failed
    reason         text NOT NULL DEFAULT '', -- in the platform's words, or why it was given up
    number         text UNIQUE CHECK (number ~ '^[0-9]{20}$'),
    sheet_no       text UNIQUE CHECK (sheet_no <> ''),
    issued_at      timestamptz,
    ended_by       bigint,                   -- who sent it again or gave it up
    sent_at        timestamptz,              -- the last time; empty: never yet
    look_at        timestamptz,              -- when the worker looks at it next; empty: never
    tries          integer NOT NULL DEFAULT 0,
    changed_at     timestamptz NOT NULL,
    CHECK ((kind = 'blue') = (blue IS NULL) AND (kind = 'blue') = (return_serial IS NULL)),
    CHECK ((kind = 'red') = (sheet IS NOT NULL)),
    CHECK ((number IS NOT NULL) = (state = 'done' AND kind <> 'sheet') AND (number IS NULL) = (issued_at IS NULL)),
    CHECK ((sheet_no IS NOT NULL) = (state = 'done' AND kind = 'sheet')),
    CHECK (state NOT IN ('waiting', 'done', 'failed', 'replaced', 'dropped') OR look_at IS NULL),
    CHECK ((state = 'failed') <= (code IS NOT NULL))
);
-- A payment has one living invoice, a return one living sheet and one living red invoice.
CREATE UNIQUE INDEX invoice_electronic_living ON invoice_electronic (payment_id, kind, coalesce(return_serial, ''))
    WHERE state NOT IN ('replaced', 'dropped');
CREATE INDEX invoice_electronic_payment ON invoice_electronic (payment_id);
CREATE INDEX invoice_electronic_blue ON invoice_electronic (blue);
CREATE INDEX invoice_electronic_look ON invoice_electronic (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX invoice_electronic_open ON invoice_electronic (asked_at) WHERE state NOT IN ('done', 'replaced', 'dropped');
CREATE INDEX invoice_electronic_issued ON invoice_electronic (biller_id, issued_at) WHERE number IS NOT NULL;
CREATE INDEX invoice_electronic_asked ON invoice_electronic (asked_at);
CREATE TRIGGER append_only BEFORE UPDATE OF order_no, kind, payment_id, biller_id, institution_id, asked_by, asked_at, lines,
    total_fen, tax_fen, return_serial, sheet, follows OR DELETE OR TRUNCATE
    ON invoice_electronic FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
