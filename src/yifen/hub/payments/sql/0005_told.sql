-- What a hosted biller told of each payable, each time: the trail holds a digest of every time's rows,
-- so what is due now can be compared. `rest`: 128 bits of SHA-256 over what else was told.
CREATE TABLE payable_told (
    told_no    bigint NOT NULL,
    bucket     smallint NOT NULL,
    payable_id bigint NOT NULL,
    due_fen    bigint NOT NULL,
    credit_id  integer NOT NULL,
    rest       uuid NOT NULL,
    PRIMARY KEY (told_no, payable_id)
);
CREATE SEQUENCE payable_told_no;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payable_told
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- What was there before is told as it stands, a bucket a time.
WITH times AS (
    SELECT bucket, nextval('payable_told_no') AS told_no
    FROM (SELECT DISTINCT bucket FROM payable) p
), told AS (
    INSERT INTO payable_told
    SELECT t.told_no, p.bucket, p.payable_id, p.due_fen, p.credit_id,
           encode(substr(sha256(convert_to(concat_ws('|', p.biller_id, length(p.account_no),
               p.account_no, length(p.ref), p.ref, length(p.title), p.title, p.mode, p.min_fen,
               p.max_fen, p.due_on - DATE '1970-01-01'), 'UTF8')), 1, 16), 'hex')::uuid
    FROM payable p JOIN times t USING (bucket) JOIN biller b ON b.partner_id = p.biller_id
    WHERE b.endpoint = '' RETURNING *
)
INSERT INTO audit_draft (db_role, actor, address, request, action, subject, subject_key, after, note)
SELECT session_user, '', '', '', 'told', 'payable', told_no::text, jsonb_build_object(
    'rows', count(*), 'due_fen', sum(due_fen), 'sha256', encode(sha256(convert_to(string_agg(
        concat_ws('|', payable_id, due_fen, credit_id, rest), E'\n' ORDER BY payable_id), 'UTF8')),
        'hex')), ''
FROM told GROUP BY told_no;
