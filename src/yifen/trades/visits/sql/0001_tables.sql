-- 外勤: somebody goes to a door, sees, and says so with time, place and picture.

-- A visit. Another trade asks for it (visits_ask_v1), or a clerk: then it is his own (`asked_trade` visits). It ends once:
-- it is done, with what was found, or dropped, for its reason is gone.
CREATE TABLE visit (
    visit_id    bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    biller_id   integer NOT NULL,
    bucket      smallint NOT NULL,
    customer_id bigint NOT NULL,
    service_id  bigint,                  -- NULL: the whole account
    kind        text NOT NULL CHECK (kind IN ('inspect', 'check', 'cut', 'restore', 'collect')),
    asked_trade text NOT NULL,           -- with asked_ref: what it is for, as that trade knows it
    asked_ref   text NOT NULL,
    why         text NOT NULL,           -- what to look at, for who goes there
    due_on      date NOT NULL,           -- until when
    assignee_id bigint,                  -- who goes there; NULL: nobody yet
    asked_at    timestamptz NOT NULL,
    dropped_at  timestamptz,
    done_at     timestamptz,
    done_by     text,                    -- a login
    finding     text CHECK (finding IN ('ok', 'differs', 'warm', 'cold', 'no_access', 'refused')),
    note        text NOT NULL DEFAULT '',
    latitude    numeric(9, 6) CHECK (latitude BETWEEN -90 AND 90),  -- as his phone says, if he let it
    longitude   numeric(9, 6) CHECK (longitude BETWEEN -180 AND 180),
    accuracy_m  integer CHECK (accuracy_m >= 0),
    CHECK (dropped_at IS NULL OR done_at IS NULL),
    CHECK ((done_at IS NULL) = (done_by IS NULL) AND (done_at IS NULL) = (finding IS NULL)),
    CHECK ((latitude IS NULL) = (longitude IS NULL) AND (accuracy_m IS NULL OR latitude IS NOT NULL)),
    CHECK (latitude IS NULL OR done_at IS NOT NULL)
);
CREATE UNIQUE INDEX visit_open ON visit (asked_trade, asked_ref, kind) WHERE done_at IS NULL AND dropped_at IS NULL;
CREATE INDEX visit_waiting ON visit (biller_id, due_on) WHERE done_at IS NULL AND dropped_at IS NULL;
CREATE INDEX visit_mine ON visit (assignee_id, due_on) WHERE done_at IS NULL AND dropped_at IS NULL;
CREATE INDEX visit_customer ON visit (bucket, customer_id);

-- A picture of what was seen.
CREATE TABLE visit_photo (
    visit_id bigint NOT NULL REFERENCES visit,
    photo_no smallint NOT NULL CHECK (photo_no BETWEEN 1 AND 3),
    kind     text NOT NULL CHECK (kind IN ('image/jpeg', 'image/png')),
    sha256   bytea NOT NULL,             -- of the bytes as they came
    bytes    integer NOT NULL CHECK (bytes BETWEEN 1 AND 4194304),
    body     bytea NOT NULL,             -- sealed: it may show a person or his home
    PRIMARY KEY (visit_id, photo_no)
);
ALTER TABLE visit_photo ALTER COLUMN body SET STORAGE EXTERNAL;

-- What ended never changes.
CREATE TRIGGER ended BEFORE UPDATE ON visit FOR EACH ROW
    WHEN (OLD.done_at IS NOT NULL OR OLD.dropped_at IS NOT NULL) EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON visit FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON visit_photo FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
