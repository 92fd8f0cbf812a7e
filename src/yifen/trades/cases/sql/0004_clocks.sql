-- Clocks of case money (decision 0044). No process writes these tables but by the functions of clocks_v1.sql.

-- Reasons for which a payout waits 延缓事由.
CREATE TABLE court_pause_reason (
    code  text PRIMARY KEY CHECK (code ~ '^[a-z_]{2,20}$'),
    place smallint NOT NULL UNIQUE,
    zh    text NOT NULL,
    en    text NOT NULL
);
INSERT INTO court_pause_reason VALUES
    ('shared', 1, '需要分配', 'to be distributed'),
    ('held', 2, '被另案保全、冻结或提出异议', 'seized by another case, or objected to'),
    ('not_collected', 3, '已通知，申请执行人未领取', 'told, not collected by the applicant'),
    ('stayed', 4, '案件暂缓、中止执行', 'the case is stayed'),
    ('agreed', 5, '申请执行人书面同意等待', 'the applicant agreed in writing to wait'),
    ('other', 9, '其他', 'other');

-- A pause 延缓 of payouts, by two people: of all that is on the case, of a receipt, or of a part of it.
CREATE TABLE court_pause (
    pause_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES court_case,
    entry_id    bigint REFERENCES court_entry,          -- NULL: all money of the case, what is to come too
    amount_fen  bigint CHECK (amount_fen > 0),          -- that part of the receipt; NULL: all of it
    reason      text NOT NULL REFERENCES court_pause_reason,
    words       text NOT NULL,
    from_on     date NOT NULL,
    until_on    date NOT NULL,                          -- the last day
    ended_on    date,                                   -- ended early: that day counts again
    ended_by    text,
    proposal_id bigint NOT NULL,
    made_at     timestamptz NOT NULL,
    CHECK (from_on <= until_on AND until_on < from_on + 366),
    CHECK (amount_fen IS NULL OR entry_id IS NOT NULL),
    CHECK ((ended_on IS NULL) = (ended_by IS NULL))
);
CREATE INDEX court_pause_case ON court_pause (case_id);

-- Somebody was told of money 到账通知.
CREATE TABLE court_notice (
    notice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id  bigint NOT NULL REFERENCES court_entry,
    kind      text NOT NULL CHECK (kind IN ('arrival', 'amber', 'red')),
    party_id  bigint REFERENCES court_party,            -- NULL: the judge
    channel   text NOT NULL CHECK (channel IN ('page', 'letter', 'visit', 'sms', 'phone')),
    told_at   timestamptz NOT NULL,
    told_by   text NOT NULL,                            -- a login; empty: the worker, by the judge's work list
    words     text NOT NULL,                            -- the number of the letter, who signed for it
    made_at   timestamptz NOT NULL,
    CHECK (kind = 'arrival' OR party_id IS NULL),
    CHECK ((channel = 'page') = (told_by = ''))
);
CREATE INDEX court_notice_entry ON court_notice (entry_id, party_id);
CREATE UNIQUE INDEX court_notice_page ON court_notice (entry_id, kind) WHERE channel = 'page';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_notice
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON court_pause_reason
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF pause_id, case_id, entry_id, amount_fen, reason, words, from_on, until_on,
    proposal_id, made_at OR DELETE OR TRUNCATE ON court_pause FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
