-- Views of reconciliation: how each partner is reconciled, and what stands on suspense.

-- The profile in force of every partner: its own (`described`), else the defaults of its side; a
-- partner that is neither channel nor biller has no `party` without one.
CREATE OR REPLACE VIEW recon_profile_in_force AS
SELECT p.id AS partner_id, p.code, p.institution_id, p.book_id, p.suspended, p.live_at, p.encoding,
       r.partner_id IS NOT NULL AS described,
       coalesce(r.party, CASE WHEN b.partner_id IS NOT NULL THEN 'biller'
                              WHEN c.partner_id IS NOT NULL THEN 'channel' END)::text AS party,
       coalesce(r.format, 'hub')::text AS format, r.layout_id,
       coalesce(r.owner, '')::text AS owner, coalesce(r.currency, 'CNY')::text AS currency,
       coalesce(r.truth, CASE WHEN b.partner_id IS NULL THEN 'theirs' ELSE 'ours' END)::text
           AS truth,
       r.cut_off AS own_cut_off, k.cut_off AS book_cut_off, k.time_zone,
       coalesce(r.slack_min, 30)::integer AS slack_min, r.fee_ppm,
       coalesce(r.by_rule, false) AS by_rule,
       coalesce(r.rule_window_min, 60)::integer AS rule_window_min,
       coalesce(r.by_group, false) AS by_group,
       coalesce(r.deadline_days, 3)::integer AS deadline_days,
       r.file_late_after, r.bank_account_id, coalesce(r.parts, '')::text AS parts,
       coalesce(r.whole, false) AS whole
FROM partner p JOIN ledger_book k ON k.book_id = p.book_id
LEFT JOIN recon_profile r ON r.partner_id = p.id
LEFT JOIN biller b ON b.partner_id = p.id
LEFT JOIN channel c ON c.partner_id = p.id;

-- What was put on suspense 2241 or short 1221 挂账, an item a row: it stands there from `since` until
-- before `released_on` (empty: still). `fen` on the account's own side; `clearing_fen` is what the
-- clearing account has more for it, negative: less.
CREATE OR REPLACE VIEW recon_suspense AS
SELECT x.item_id, i.partner_id, i.business_day, a.book_id, a.account_id, a.code AS account,
       CASE a.side WHEN 'liability' THEN 'suspense' ELSE 'short' END AS role,
       CASE WHEN (a.side = 'liability') = (x.credit_id = a.account_id)
            THEN x.amount_fen ELSE -x.amount_fen END AS fen,
       CASE x.credit_id WHEN a.account_id THEN x.debit_id ELSE x.credit_id END AS clearing_id,
       CASE x.credit_id WHEN a.account_id THEN x.amount_fen ELSE -x.amount_fen END AS clearing_fen,
       x.business_day AS since, r.business_day AS released_on
FROM recon_posting x
JOIN recon_item i ON i.item_id = x.item_id
JOIN ledger_account a ON a.account_id IN (x.debit_id, x.credit_id)
    AND a.code IN (ledger_code_v1('suspense', a.book_id, ''), ledger_code_v1('short', a.book_id, ''))
LEFT JOIN recon_posting r ON r.item_id = x.item_id AND r.purpose = 'release'
WHERE x.purpose = 'suspend';

-- Files that count: fetched by the system, or uploaded and agreed to by a second person (act `recon.file`); one that
-- two people withdrew (act `recon.withdraw`) only once it was agreed to after that.
CREATE OR REPLACE VIEW recon_file_agreed AS
SELECT f.file_id, f.partner_id, f.business_day, f.version, f.format, f.name, f.sha256, f.rows, f.amount_fen,
       f.fee_fen, f.received_at, f.received_by, f.uploaded, f.whole, f.replaces
FROM recon_file f
LEFT JOIN LATERAL (
    SELECT x.action FROM access_authorisation x
    WHERE (x.action = 'recon.file' OR x.action = 'recon.withdraw') -- IN is written anew by a dump
        AND x.subject_key = f.file_id::text AND x.granted
    ORDER BY x.id DESC LIMIT 1) a ON true
WHERE coalesce(a.action = 'recon.file', NOT f.uploaded);

-- Files that are a day's evidence: those that count and whose place no later one took.
CREATE OR REPLACE VIEW recon_file_counting AS
SELECT f.* FROM recon_file_agreed f
WHERE NOT EXISTS (SELECT FROM recon_file_agreed g WHERE g.partner_id = f.partner_id
    AND g.business_day = f.business_day AND f.file_id = ANY (g.replaces));

-- Refunds by repair that somebody outside has to give 退款待外部办理: the biller's file took our payment back, and
-- the channel, which is not ours, has the payer's money and no port by which it is asked back. It follows from the books: a return of the item's own
-- number on another leg than the channel's. `closed_at` empty: nobody has seen to it.
CREATE OR REPLACE VIEW recon_outside_due AS
SELECT i.item_id, i.partner_id, y.payment_id, y.channel_id, r.amount_fen, r.booked_at AS since, o.reference,
       o.closed_at, o.closed_by
FROM recon_item i
JOIN payment y ON y.bucket = i.payment_id % 1000 AND y.payment_id = i.payment_id
JOIN payment_return r ON r.bucket = y.bucket AND r.payment_id = y.payment_id AND r.booked_at IS NOT NULL
    AND r.serial ~ ('^RC' || i.item_id || '(-[1-9]\d*)?$')
JOIN channel c ON c.partner_id = y.channel_id AND c.hosted <> 'payer'
LEFT JOIN recon_outside o ON o.item_id = i.item_id
WHERE i.action = 'refund' AND i.partner_id <> y.channel_id
    AND NOT payments_gives_v1(y.channel_id, y.serial);
