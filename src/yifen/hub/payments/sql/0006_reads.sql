-- Queries that were answered, by the mark of their signature; `answer` is empty while the first is
-- under way. Not logged: it counts for the minutes of the replay window, and is empty after a crash.
CREATE UNLOGGED TABLE signed_read (
    partner_id integer NOT NULL,
    mark       bytea NOT NULL,
    taken_at   timestamptz NOT NULL,
    paid       text NOT NULL,     -- of the account's bills, when it was answered
    answer     bytea,
    PRIMARY KEY (partner_id, mark)
);
CREATE INDEX signed_read_taken ON signed_read (taken_at);
