-- Tellers who change their branch 调动, and those who stand in for others 顶岗: for good, or for some days.
CREATE TABLE access_move (
    move_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      bigint NOT NULL REFERENCES access_user,
    kind         text NOT NULL CHECK (kind IN ('move', 'substitute')),
    from_id      bigint NOT NULL REFERENCES institution,
    to_id        bigint NOT NULL REFERENCES institution CHECK (to_id <> from_id),
    from_on      date NOT NULL,
    until_on     date CHECK (until_on >= from_on),       -- a substitute's last day there
    state        text NOT NULL CHECK (state IN ('agreed', 'there', 'ended')),
    successor_id bigint UNIQUE REFERENCES access_user,   -- of a move: the number that he has from then on
    proposal_id  bigint NOT NULL UNIQUE REFERENCES access_authorisation,
    changed_at   timestamptz NOT NULL,
    CHECK ((kind = 'substitute') = (until_on IS NOT NULL)),
    CHECK ((kind = 'move') = (successor_id IS NOT NULL)),
    CHECK (kind = 'substitute' OR state = 'ended')
);
CREATE UNIQUE INDEX access_move_once ON access_move (user_id) WHERE state <> 'ended';
CREATE UNIQUE INDEX access_move_gone ON access_move (user_id) WHERE kind = 'move';
CREATE INDEX access_move_of ON access_move (user_id, move_id);
