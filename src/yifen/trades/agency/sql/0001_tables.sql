-- The agency 银电通. No process writes these tables but by the functions beside this file; a slip is only added.

-- A group of companies 商户 by its code; the province keeps it, two people there decide.
CREATE TABLE agency_merchant (
    code      text PRIMARY KEY CHECK (code ~ '^[0-9]{4}$'),
    name      text NOT NULL CHECK (name <> ''),
    industry  text NOT NULL CHECK (industry <> ''),   -- 商户行业
    suspended boolean NOT NULL
);

-- 4690 准入: an institution may collect for a merchant by a channel. The county asks, the province agrees; what there is
-- for institution, merchant, product, channel and region is one row, and its history is the trail's.
CREATE TABLE agency_admission (
    admission_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    institution_id bigint NOT NULL REFERENCES institution,
    merchant       text NOT NULL REFERENCES agency_merchant,
    product        text NOT NULL CHECK (product IN ('collect', 'debit')),  -- 业务种类: 代收, 批量代扣
    channel        text NOT NULL,                -- kind of channel: counter, kiosk, webbank …
    region         text NOT NULL,                -- 地区码
    mode           smallint NOT NULL CHECK (mode BETWEEN 1 AND 3),  -- 业务方式: 1 联机 2 批量 3 两者都有
    valid_from     date NOT NULL,
    valid_until    date CHECK (valid_until >= valid_from),          -- its last day; empty: until further notice
    state          text NOT NULL CHECK (state IN ('open', 'closed')),
    changed_at     timestamptz NOT NULL,
    UNIQUE (institution_id, merchant, product, channel, region)
);

-- What a company says that its people bring 缴款单: by accounting unit and number, from the files that it sends.
CREATE TABLE agency_slip (
    biller_id   integer NOT NULL REFERENCES biller (partner_id),
    unit        text NOT NULL CHECK (unit <> ''),     -- 核算单位
    number      text NOT NULL CHECK (number <> ''),   -- 缴款编号
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    payer       text NOT NULL,                        -- who brings it, as the company says
    file_sha256 bytea NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (biller_id, unit, number)
);

-- A session of the local exchange 同城交换场次 of a county, closed by a person when its returns are in.
CREATE TABLE agency_session (
    institution_id bigint NOT NULL REFERENCES institution,
    day            date NOT NULL,
    number         smallint NOT NULL CHECK (number BETWEEN 1 AND 9),
    closed_at      timestamptz NOT NULL,
    closed_by      bigint NOT NULL,
    PRIMARY KEY (institution_id, day, number)
);

-- A cheque of another bank. Its receipt is stamped and nothing is booked. When the session after the one in which it was
-- presented closed without its return, clearing → 其他应解汇款; then 4628 applies it.
CREATE TABLE agency_cheque (
    cheque_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    biller_id      integer NOT NULL,
    unit           text NOT NULL,
    number         text NOT NULL,
    institution_id bigint NOT NULL REFERENCES institution,   -- whose counter took it
    exchange_id    bigint NOT NULL REFERENCES institution,   -- the county that presents it
    drawer_bank    text NOT NULL CHECK (drawer_bank <> ''),
    drawer         text NOT NULL CHECK (drawer <> ''),
    cheque_no      text NOT NULL CHECK (cheque_no ~ '^[0-9]{8,16}$'),
    written_on     date NOT NULL,
    amount_fen     bigint NOT NULL CHECK (amount_fen > 0),
    state          text NOT NULL DEFAULT 'accepted' CHECK (state IN (
        'accepted', 'presented', 'collecting', 'collected', 'applied', 'returned', 'refunding', 'refunded', 'exception')),
    session_day    date,
    session_no     smallint,
    reason         text NOT NULL DEFAULT '',     -- of the return 退票理由
    serial         text UNIQUE,                  -- of the move that collected it
    accepted_at    timestamptz NOT NULL,
    accepted_by    bigint NOT NULL,
    changed_at     timestamptz NOT NULL,
    FOREIGN KEY (biller_id, unit, number) REFERENCES agency_slip,
    CHECK ((state = 'accepted') = (session_day IS NULL)),
    CHECK (state NOT IN ('returned', 'refunding', 'refunded', 'exception') OR reason <> '')
);
CREATE UNIQUE INDEX agency_cheque_once ON agency_cheque (drawer_bank, cheque_no)
    WHERE state NOT IN ('returned', 'refunded');
CREATE UNIQUE INDEX agency_cheque_slip ON agency_cheque (biller_id, unit, number)
    WHERE state NOT IN ('returned', 'refunded');

-- 4628: a company's deposit. Asked of the core under its serial, booked here when the core has posted it; 4629 takes it
-- back on its day. Its document credits the biller's transit account, so that it is in the night's sum.
CREATE TABLE agency_deposit (
    deposit_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id    bigint NOT NULL UNIQUE CHECK (document_id < 0),
    biller_id      integer NOT NULL,
    unit           text NOT NULL,
    number         text NOT NULL,
    amount_fen     bigint NOT NULL CHECK (amount_fen > 0),
    means          text NOT NULL CHECK (means IN ('cash', 'cheque', 'internal')),
    cheque_id      bigint REFERENCES agency_cheque,
    serial         text NOT NULL UNIQUE,
    institution_id bigint NOT NULL REFERENCES institution,
    channel_id     integer NOT NULL REFERENCES channel,
    shift_id       bigint NOT NULL,
    teller_id      bigint NOT NULL,
    state          text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'booked', 'refused', 'reversed')),
    code           integer,                      -- why it is refused
    business_day   date,                         -- on which it is booked
    debit_id       integer,
    credit_id      integer,
    back_shift_id  bigint,                       -- the shift whose drawer gave cash back
    proposal_id    bigint,                       -- by which two people took it back
    made_at        timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    FOREIGN KEY (biller_id, unit, number) REFERENCES agency_slip,
    CHECK ((means = 'internal') = (cheque_id IS NOT NULL)),
    CHECK ((state IN ('booked', 'reversed')) = (business_day IS NOT NULL)),
    CHECK ((state = 'reversed') = (back_shift_id IS NOT NULL))
);
CREATE UNIQUE INDEX agency_deposit_once ON agency_deposit (biller_id, unit, number) WHERE state IN ('asked', 'booked');
CREATE INDEX agency_deposit_shift ON agency_deposit (shift_id);
CREATE INDEX agency_deposit_back ON agency_deposit (back_shift_id) WHERE back_shift_id IS NOT NULL;
CREATE INDEX agency_deposit_open ON agency_deposit (made_at) WHERE state = 'asked';

-- 1078: the commission of an agreement and month, as settlement reckoned it, taken from the company's account.
CREATE TABLE agency_charge (
    charge_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id    bigint NOT NULL UNIQUE CHECK (document_id < 0),
    biller_id      integer NOT NULL REFERENCES biller (partner_id),
    agreement_id   bigint NOT NULL REFERENCES agreement,
    month          date NOT NULL CHECK (extract(day FROM month) = 1),
    amount_fen     bigint NOT NULL CHECK (amount_fen > 0),
    serial         text NOT NULL UNIQUE,
    institution_id bigint NOT NULL REFERENCES institution,
    channel_id     integer NOT NULL REFERENCES channel,
    teller_id      bigint NOT NULL,
    state          text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'booked', 'refused', 'reversed')),
    code           integer,
    business_day   date,
    debit_id       integer,
    credit_id      integer,
    proposal_id    bigint,
    made_at        timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    CHECK ((state IN ('booked', 'reversed')) = (business_day IS NOT NULL))
);
CREATE UNIQUE INDEX agency_charge_once ON agency_charge (agreement_id, month) WHERE state IN ('asked', 'booked');

-- The night: what stands on a biller's transit account at the core goes to its settlement account, in one sum.
CREATE TABLE agency_sweep (
    sweep_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id  bigint NOT NULL UNIQUE CHECK (document_id < 0),
    biller_id    integer NOT NULL REFERENCES biller (partner_id),
    business_day date NOT NULL,                  -- the day that it ends
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    serial       text NOT NULL UNIQUE,
    clearing_id  integer NOT NULL,               -- the counter's clearing account, from which the company is paid
    state        text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'booked', 'refused')),
    code         integer,
    posted_on    date,
    made_at      timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    CHECK ((state = 'booked') = (posted_on IS NOT NULL))
);
CREATE UNIQUE INDEX agency_sweep_once ON agency_sweep (biller_id, business_day) WHERE state <> 'refused';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agency_slip
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agency_session
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF deposit_id, document_id, biller_id, unit, number, amount_fen, means, cheque_id,
    serial, institution_id, channel_id, shift_id, teller_id, made_at OR DELETE OR TRUNCATE ON agency_deposit
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF charge_id, document_id, biller_id, agreement_id, month, amount_fen, serial,
    institution_id, channel_id, teller_id, made_at OR DELETE OR TRUNCATE ON agency_charge
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF sweep_id, document_id, biller_id, business_day, amount_fen, serial, clearing_id,
    made_at OR DELETE OR TRUNCATE ON agency_sweep
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF cheque_id, biller_id, unit, number, institution_id, exchange_id, drawer_bank,
    drawer, cheque_no, written_on, amount_fen, accepted_at, accepted_by OR DELETE OR TRUNCATE ON agency_cheque
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
