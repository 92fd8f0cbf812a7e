-- Both sides of what cards paid, by terminal, batch and trace.

-- What stands of a sale, void or refund at the acquirer, by what we know. `is_open`: nobody knows yet. `said_by`: the code of
-- the acquirer whose answer we have.
CREATE OR REPLACE VIEW pos_entry AS
SELECT 'sale' AS kind, s.terminal_no, s.batch_no, s.trace, s.made_at, split_part(s.answer_by, ':', 1) AS said_by,
    s.state = 'asked' OR u.acquirer_state IS NOT DISTINCT FROM 'due' AS is_open,
    CASE WHEN u.acquirer_state = 'done' THEN 0
        WHEN s.state IN ('booked', 'reversed') OR 'refused' IN (u.hub_state, u.acquirer_state) THEN s.amount_fen
        ELSE 0 END AS fen
FROM pos_sale s LEFT JOIN pos_undo u
    ON (u.terminal_no, u.batch_no, u.trace, u.kind) = (s.terminal_no, s.batch_no, s.trace, 'reversal')
UNION ALL
SELECT u.kind, u.terminal_no, u.batch_no, u.trace, u.made_at, split_part(u.answer_by, ':', 1), u.acquirer_state = 'due',
    CASE u.acquirer_state WHEN 'done' THEN u.amount_fen ELSE 0 END
FROM pos_undo u WHERE u.kind <> 'reversal';

-- What an acquirer's files say of a place: of each kind its newest file counts, and a reversal takes its sale away.
CREATE OR REPLACE VIEW pos_told AS
SELECT x.acquirer, replace(x.kind, 'reversal', 'sale') AS kind, x.terminal_no, x.batch_no, x.trace,
    sum(CASE x.kind WHEN 'reversal' THEN -x.fen ELSE x.fen END)::bigint AS fen, max(x.taken_at) AS taken_at
FROM (
    SELECT DISTINCT ON (f.acquirer, r.kind, r.terminal_no, r.batch_no, r.trace) f.acquirer, r.kind, r.terminal_no, r.batch_no,
        r.trace, f.taken_at, sum(r.amount_fen) AS fen
    FROM pos_file_row r JOIN pos_file f USING (file_id)
    GROUP BY f.acquirer, f.number, f.taken_at, r.kind, r.terminal_no, r.batch_no, r.trace
    ORDER BY f.acquirer, r.kind, r.terminal_no, r.batch_no, r.trace, f.number DESC
) x GROUP BY 1, 2, 3, 4, 5;

-- What a terminal was told and what it uploaded of a batch, by trace; empty: that side lacks it.
CREATE OR REPLACE VIEW pos_item AS
SELECT x.terminal_no, x.batch_no, x.trace, sum(x.ours_fen)::bigint AS ours_fen, sum(x.their_fen)::bigint AS their_fen
FROM (
    SELECT s.terminal_no, s.batch_no, s.trace, s.amount_fen AS ours_fen, NULL::bigint AS their_fen FROM pos_sale s
    WHERE s.state = 'booked' OR s.state = 'reversed'
        AND EXISTS (SELECT FROM pos_undo u WHERE u.sale_id = s.sale_id AND u.kind = 'void' AND u.hub_state = 'done')
    UNION ALL
    SELECT u.terminal_no, u.batch_no, u.trace, u.amount_fen AS ours_fen, NULL::bigint AS their_fen FROM pos_undo u
    WHERE u.kind <> 'reversal' AND u.hub_state = 'done'
    UNION ALL
    SELECT i.terminal_no, i.batch_no, i.trace, NULL::bigint AS ours_fen, i.amount_fen AS their_fen FROM pos_batch_item i
) x GROUP BY 1, 2, 3;
