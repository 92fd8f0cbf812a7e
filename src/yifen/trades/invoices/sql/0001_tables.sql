-- Controlled blanks 重要空白凭证: kinds, ranges of numbers in hands, the register of acts, papers printed, counts.
-- Decision 0040.

-- A kind of paper of a company 发票种类: its prefix (发票代码) and how many digits a number has.
CREATE TABLE invoice_kind (
    kind_id   integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id integer NOT NULL,
    name      text NOT NULL CHECK (name <> ''),
    prefix    text NOT NULL CHECK (prefix ~ '^[0-9A-Z]{0,20}$'),
    digits    smallint NOT NULL CHECK (digits BETWEEN 4 AND 12),
    layout    text NOT NULL CHECK (layout IN ('a5', 'a4', 'slip')),
    active    boolean NOT NULL DEFAULT true,
    made_by   bigint NOT NULL,
    made_at   timestamptz NOT NULL,
    UNIQUE (biller_id, prefix)
);

-- A hand-over 交接: offered, until the receiver takes it, refuses it, or the giver takes it back. Its numbers are in
-- transit meanwhile. `to_user` NULL: any keeper of the institution.
CREATE TABLE invoice_transfer (
    transfer_id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind_id          integer NOT NULL REFERENCES invoice_kind,
    first_no         bigint NOT NULL,
    last_no          bigint NOT NULL CHECK (last_no >= first_no),
    is_void          boolean NOT NULL,
    from_institution bigint NOT NULL,
    from_user        bigint,
    to_institution   bigint NOT NULL,
    to_user          bigint,
    given_by         bigint NOT NULL,
    given_at         timestamptz NOT NULL,
    state            text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'taken', 'refused', 'withdrawn')),
    decided_by       bigint,
    decided_at       timestamptz,
    reason           text NOT NULL DEFAULT '',
    CHECK ((state = 'offered') = (decided_by IS NULL) AND (state = 'offered') = (decided_at IS NULL)),
    CHECK (state <> 'taken' OR decided_by <> given_by),  -- both sign
    CHECK ((from_institution, coalesce(from_user, 0)) <> (to_institution, coalesce(to_user, 0)))
);
CREATE INDEX invoice_transfer_to ON invoice_transfer (to_institution) WHERE state = 'offered';
CREATE INDEX invoice_transfer_from ON invoice_transfer (from_institution) WHERE state = 'offered';

-- Numbers of a kind in one hand and one state. A number lies in exactly one range at any moment; acts split ranges, and
-- none is ever removed. `user_id` NULL: the institution's own store. In transit it is the giver's still. Used: one
-- number a row.
CREATE TABLE invoice_range (
    range_id       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind_id        integer NOT NULL REFERENCES invoice_kind,
    first_no       bigint NOT NULL CHECK (first_no >= 0),
    last_no        bigint NOT NULL CHECK (last_no >= first_no AND last_no < 1000000000000),
    state          text NOT NULL CHECK (state IN ('hand', 'blocked', 'transit', 'void_transit', 'used', 'void',
                                                  'destroyed')),
    institution_id bigint NOT NULL,
    user_id        bigint,
    transfer_id    bigint REFERENCES invoice_transfer,
    since          timestamptz NOT NULL,
    span           int8range GENERATED ALWAYS AS (
        int8range(kind_id * 1000000000000 + first_no, kind_id * 1000000000000 + last_no, '[]')) STORED,
    CONSTRAINT invoice_number_once EXCLUDE USING gist (span WITH &&),
    CHECK ((state IN ('transit', 'void_transit')) = (transfer_id IS NOT NULL)),
    CHECK (state <> 'used' OR first_no = last_no)
);
CREATE INDEX invoice_range_hand ON invoice_range (user_id, kind_id, first_no) WHERE state = 'hand';
CREATE INDEX invoice_range_held ON invoice_range (institution_id, kind_id, state);
CREATE INDEX invoice_range_transfer ON invoice_range (transfer_id) WHERE transfer_id IS NOT NULL;

-- The register 单证交接登记簿: each act, and both who signed.
CREATE TABLE invoice_act (
    act_id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind_id          integer NOT NULL REFERENCES invoice_kind,
    first_no         bigint NOT NULL,
    last_no          bigint NOT NULL CHECK (last_no >= first_no),
    act              text NOT NULL CHECK (act IN ('receive', 'faulty', 'give', 'take', 'refuse', 'withdraw', 'use',
                                                  'void', 'undo', 'lost', 'found', 'destroy')),
    is_void          boolean NOT NULL DEFAULT false,  -- what was handed over is void paper
    from_institution bigint,
    from_user        bigint,
    to_institution   bigint,
    to_user          bigint,
    signed_by        bigint,          -- NULL: the hub, by a return that was not asked for here
    second_by        bigint,
    transfer_id      bigint REFERENCES invoice_transfer,
    proposal_id      bigint,
    payment_id       bigint,
    reason           text NOT NULL DEFAULT '',
    at               timestamptz NOT NULL
);
CREATE INDEX invoice_act_kind ON invoice_act (kind_id, first_no);
CREATE INDEX invoice_act_from ON invoice_act (from_institution, at);
CREATE INDEX invoice_act_to ON invoice_act (to_institution, at);
CREATE UNIQUE INDEX invoice_act_received ON invoice_act (proposal_id) WHERE act = 'receive';

-- One paper: its number, its payment. The first; 重打 on its day, by a supervisor's word; 补打, twice at most.
CREATE TABLE invoice_print (
    print_id       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    payment_id     bigint NOT NULL,
    kind_id        integer NOT NULL REFERENCES invoice_kind,
    number         bigint NOT NULL,
    what           text NOT NULL CHECK (what IN ('first', 'reprint', 'supplementary')),
    copy_no        smallint NOT NULL CHECK (copy_no >= 1),
    institution_id bigint NOT NULL,
    teller_id      bigint NOT NULL,
    printed_at     timestamptz NOT NULL,
    proposal_id    bigint,
    voided_at      timestamptz,
    CONSTRAINT invoice_printed_once UNIQUE (kind_id, number),
    CONSTRAINT invoice_copies UNIQUE (payment_id, what, copy_no),
    CONSTRAINT invoice_copies_max CHECK (copy_no <= CASE what WHEN 'first' THEN 1 WHEN 'supplementary' THEN 2
                                                    ELSE 20 END),
    CHECK ((what = 'reprint') = (proposal_id IS NOT NULL))
);
CREATE INDEX invoice_print_teller ON invoice_print (teller_id, printed_at);

-- A count 盘点 of what one holder has in hand: the book then, what was counted, and what differs, as multiranges.
CREATE TABLE invoice_count (
    count_id       bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind_id        integer NOT NULL REFERENCES invoice_kind,
    institution_id bigint NOT NULL,
    user_id        bigint,
    cadence        text NOT NULL CHECK (cadence IN ('day', 'week', 'month')),
    counted_by     bigint NOT NULL,
    counted_at     timestamptz NOT NULL,
    last_act       bigint NOT NULL,   -- the register as it stood
    book           int8multirange NOT NULL,
    counted        int8multirange NOT NULL,
    missing        int8multirange GENERATED ALWAYS AS (book - counted) STORED,
    surplus        int8multirange GENERATED ALWAYS AS (counted - book) STORED
);
CREATE INDEX invoice_count_held ON invoice_count (institution_id, user_id, kind_id, count_id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoice_act
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoice_count
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON invoice_range FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON invoice_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON invoice_print FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER printed BEFORE UPDATE ON invoice_print FOR EACH ROW
    WHEN (OLD.voided_at IS NOT NULL OR OLD.payment_id <> NEW.payment_id OR OLD.kind_id <> NEW.kind_id
          OR OLD.number <> NEW.number OR OLD.what <> NEW.what OR OLD.copy_no <> NEW.copy_no)
    EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ended BEFORE UPDATE ON invoice_transfer FOR EACH ROW WHEN (OLD.state <> 'offered')
    EXECUTE FUNCTION ledger_append_only();
-- Void numbers are only handed over or destroyed, used ones only made void, destroyed ones stay.
CREATE TRIGGER never_again BEFORE UPDATE ON invoice_range FOR EACH ROW
    WHEN (OLD.kind_id <> NEW.kind_id OR OLD.state = 'destroyed' OR OLD.state = 'used' AND NEW.state NOT IN ('used', 'void')
          OR OLD.state IN ('void', 'void_transit') AND NEW.state NOT IN ('void', 'void_transit', 'destroyed'))
    EXECUTE FUNCTION ledger_append_only();
