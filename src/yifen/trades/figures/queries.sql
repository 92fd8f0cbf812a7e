-- Statements of figures.

-- name: told
-- Sums of a view by what was asked, with the totals of each column and of all (`level` above zero); of the finest no more
-- than are wanted, in the order of their names.
SELECT * FROM (
    SELECT {{keys}}, {{level}} AS level, {{sums}}, row_number() OVER (PARTITION BY {{level}} = 0 ORDER BY {{order}}) AS place
    FROM (SELECT {{dimensions}}, {{reads}} FROM {{view}} x WHERE ({{scope}}) AND {{day}} BETWEEN %(since)s AND %(until)s {{filters}}) z
    GROUP BY GROUPING SETS ({{sets}})) w
WHERE w.level > 0 OR w.place <= %(most)s

-- name: seasons
-- Of the companies in reach that heat: from the day behind the heat of the season before, a year at most, to the last day of
-- heat.
SELECT DISTINCT greatest(lag(s.heated_to) OVER w + 1, (s.heated_to - interval '1 year')::date + 1), s.heated_to
FROM heating_season s WHERE (%(all)s OR s.biller_id = ANY (%(partners)s::integer[]))
    AND s.biller_id <> ALL (%(sandboxes)s::integer[])
WINDOW w AS (PARTITION BY s.fee_id ORDER BY s.from_on)

-- name: users
-- What tellers and collectors are called, of those in reach; of all others where they work alone.
SELECT t.id::text, CASE WHEN {user_reach} THEN t.login || ' ' || t.name END, i.name
FROM access_user t JOIN institution i ON i.id = t.institution_id WHERE t.id = ANY (%(users)s::bigint[])

-- name: user_said
-- Which user in reach is meant: by his login, whatever stands behind it.
SELECT t.id::text FROM access_user t WHERE upper(t.login) = upper(split_part(%(said)s, ' ', 1)) AND {user_reach}

-- name: value_is_known
-- Is a word, that a dimension's values have no list of, one of its values anywhere? Of a time any word is.
SELECT CASE %(name)s
    WHEN 'biller' THEN EXISTS (SELECT FROM partner p WHERE p.code || ' ' || p.name = %(said)s)
    WHEN 'fee' THEN EXISTS (SELECT FROM billing_fee f WHERE f.name = %(said)s)
    WHEN 'community' THEN EXISTS (SELECT FROM billing_place p WHERE p.level = 1 AND p.name = %(said)s)
    WHEN 'building' THEN EXISTS (SELECT FROM billing_place u JOIN billing_place p ON p.parent_id = u.place_id
        WHERE u.level = 1 AND starts_with(%(said)s, u.name || ' ') AND u.name || ' ' || p.name = %(said)s)
    WHEN 'class' THEN EXISTS (SELECT FROM billing_service s WHERE s.class = %(said)s)
    WHEN 'region' THEN EXISTS (SELECT FROM billing_service s WHERE s.region = %(said)s)
    WHEN 'price' THEN EXISTS (SELECT FROM billing_price v WHERE v.name || ' ' || v.valid_from = %(said)s)
    WHEN 'channel' THEN EXISTS (SELECT FROM partner p WHERE p.code || ' ' || p.name = %(said)s)
    WHEN 'institution' THEN EXISTS (SELECT FROM institution i WHERE i.code || ' ' || i.name = %(said)s)
    ELSE true END

-- name: user_reach
-- People of one's institutions, or of one's companies.
(%(all)s OR t.partner_id = ANY (%(partners)s::integer[])
    OR t.partner_id IS NULL AND t.institution_id = ANY (%(institutions)s::bigint[]))

-- name: elsewhere
-- What was imported and not billed here: how many bills, what they ask for, what of it was paid and is owing now.
SELECT count(*), sum(x.asked_fen)::bigint, sum(x.paid_fen)::bigint, sum(x.owing_fen)::bigint
FROM figure_payable x WHERE {scope_bills}

-- name: scope_bills
-- A company's own people see its bills, an institution's those of its companies.
(%(all)s OR x.biller_id = ANY (%(partners)s::integer[])) AND x.biller_id <> ALL (%(sandboxes)s::integer[])

-- name: scope_payments
-- A bank's people see besides what its channels took, for whomever.
(%(all)s OR x.biller_id = ANY (%(partners)s::integer[]) OR x.channel_id = ANY (%(partners)s::integer[]))
    AND x.biller_id <> ALL (%(sandboxes)s::integer[]) AND x.channel_id <> ALL (%(sandboxes)s::integer[])

-- name: scope_own
-- Of a company whose people have no channel: the same, without reading what other companies were paid.
{scope_bills} AND x.channel_id <> ALL (%(sandboxes)s::integer[])

-- name: scope_units
-- Of official cards: of units that the reader sees, of a bureau in scope.
(%(all)s OR x.bureau_id = ANY (%(partners)s::integer[])) AND x.bureau_id <> ALL (%(sandboxes)s::integer[])
    AND x.unit_id = ANY (%(units)s::bigint[])

-- name: scope_self
-- A card holder's own.
(%(all)s OR x.bureau_id = ANY (%(partners)s::integer[])) AND x.bureau_id <> ALL (%(sandboxes)s::integer[])
    AND x.person_id = %(person)s::bigint

-- name: units_seen
-- Those of a login's posts and below; of an institution's people all.
SELECT coalesce(array_agg(x), '{}') FROM budget_sees_v1(%s) x

-- name: person_seen
-- The civil servant behind a login while a post of his runs; else nobody.
SELECT s.person_id FROM budget_person s WHERE s.person_id = budget_servant_v1(%s) AND EXISTS (
    SELECT FROM budget_post t WHERE t.person_id = s.person_id
        AND budget_clock_v1(s.bureau_id) BETWEEN t.from_on AND coalesce(t.until_on, 'infinity'))

-- name: has_channels
-- May one of the partners in scope be whom a payment came through?
SELECT %(all)s OR EXISTS (SELECT FROM channel h WHERE h.partner_id = ANY (%(partners)s::integer[]))

-- name: keep
-- New, or changed.
SELECT code, report FROM figures_keep_v1(%s, %s, %s, %s, %s, %s)

-- name: drop
-- One's own.
SELECT figures_drop_v1(%s, %s, %s)

-- name: schedule
-- Of one's own.
SELECT figures_schedule_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: folder_partners
-- Live partners in reach, or the one, of whom a pipe takes reports, with its ways and addresses.
SELECT p.id, p.code || ' ' || p.name, string_agg(x.kind || ' ' || x.address, '; ' ORDER BY x.id)
FROM partner p JOIN pipe x ON x.partner_id = p.id AND x.wants ? 'report.ready'
WHERE (%(all)s OR p.id = ANY (%(partners)s::integer[])) AND coalesce(p.id = %(partner)s, true)
    AND p.book_id <> 900 AND NOT (p.suspended AND p.live_at IS NULL)
GROUP BY p.id ORDER BY p.code

-- name: report_titled
-- For a proposal's name.
SELECT title FROM figure_report WHERE report_id = %s

-- name: put_folder
-- What two people agreed to.
SELECT figures_folder_v1(%s, %s)

-- name: tell
-- Made, and told from now on.
SELECT * FROM figures_tell_v1(%s::integer[], %s)

-- name: sent
-- Of what a partner was told of.
SELECT figures_sent_v1(%s, %s)

-- name: unsent
-- What did not reach a partner in the last week, and nothing of the same was made behind it; what was stopped because its
-- owner may send it no more. One's own, and of one's people.
SELECT s.owner_id = %(user)s, count(*), min(w.at) FROM figure_schedule s JOIN access_user t ON t.id = s.owner_id
CROSS JOIN LATERAL (
    SELECT m.at FROM (SELECT * FROM figure_made n WHERE n.schedule_id = s.schedule_id ORDER BY n.at DESC LIMIT 1) m
    WHERE m.sent_state = 'failed' OR m.sent_state = 'told' AND EXISTS (
        SELECT FROM pipe_event e JOIN pipe_delivery d ON d.event_id = e.id
        WHERE e.kind = 'report.ready' AND e.partner_id = m.partner_id AND e.subject = m.sent_as AND d.state = 'given_up')
    UNION SELECT s.ended_at WHERE s.ended_why = 'right') w
WHERE s.partner_id IS NOT NULL AND w.at > %(now)s - interval '7 days'
    AND (s.owner_id = %(user)s OR %(oversees)s AND (%(all)s OR t.institution_id = ANY (%(institutions)s::bigint[])))
GROUP BY 1 ORDER BY 1 DESC

-- name: unschedule
-- It is made no more.
SELECT figures_unschedule_v1(%s, %s, %s)

-- name: reports
-- One's own, and what one's people share with a role that one has.
SELECT r.report_id, r.title, r.ask, r.roles, r.changed_at, u.login || ' ' || u.name, r.owner_id = %(user)s,
    (SELECT count(*) FROM figure_schedule s WHERE s.report_id = r.report_id AND s.owner_id = %(user)s AND s.ended_at IS NULL)
FROM figure_report r JOIN access_user u ON u.id = r.owner_id
WHERE r.dropped_at IS NULL AND (r.owner_id = %(user)s OR r.roles && %(roles)s::text[] AND r.institution_id = %(institution)s
    AND r.partner_id IS NOT DISTINCT FROM %(partner)s::integer) AND coalesce(r.report_id = %(report)s, true)
ORDER BY r.owner_id = %(user)s DESC, r.title, r.report_id

-- name: schedules
-- Of a report, one's own.
SELECT s.schedule_id, s.every, s.hour, s.format, s.mail, s.next_at, p.code || ' ' || p.name
FROM figure_schedule s LEFT JOIN partner p ON p.id = s.partner_id
WHERE s.report_id = %s AND s.owner_id = %s AND s.ended_at IS NULL ORDER BY s.schedule_id

-- name: overseen
-- What is made regularly for one's people, oneself among them.
SELECT s.schedule_id, t.login || ' ' || t.name, coalesce(s.asked ->> 'title', r.title), s.every, s.hour, s.format,
    coalesce(p.code || ' ' || p.name, '@' || nullif(s.mail_domain, ''), ''), s.next_at
FROM figure_schedule s JOIN figure_report r ON r.report_id = s.report_id JOIN access_user t ON t.id = s.owner_id
LEFT JOIN partner p ON p.id = s.partner_id
WHERE s.ended_at IS NULL AND (%(all)s OR t.institution_id = ANY (%(institutions)s::bigint[]))
ORDER BY t.login, s.schedule_id LIMIT 500

-- name: made
-- Files that were made for somebody, the newest first, before one of them (0: from the newest).
SELECT m.made_id, coalesce(s.asked ->> 'title', r.title), s.format, m.at, m.state, m.rows, m.mail_state, m.said, m.body IS NOT NULL,
    p.code, CASE m.sent_state WHEN 'told' THEN coalesce(d.state, 'told') ELSE m.sent_state END
FROM figure_made m JOIN figure_schedule s ON s.schedule_id = m.schedule_id JOIN figure_report r ON r.report_id = s.report_id
LEFT JOIN partner p ON p.id = m.partner_id
LEFT JOIN LATERAL (
    SELECT min(d.state) AS state FROM pipe_event e JOIN pipe_delivery d ON d.event_id = e.id
    WHERE e.kind = 'report.ready' AND e.partner_id = m.partner_id AND e.subject = m.sent_as) d ON true
WHERE s.owner_id = %(user)s AND (%(before)s = 0 OR m.made_id < %(before)s) ORDER BY m.made_id DESC LIMIT %(most)s

-- name: made_file
-- One of his.
SELECT r.title, s.format, m.at, m.body FROM figure_made m
JOIN figure_schedule s ON s.schedule_id = m.schedule_id JOIN figure_report r ON r.report_id = s.report_id
WHERE m.made_id = %s AND s.owner_id = %s AND m.body IS NOT NULL

-- name: due
-- Written down once.
SELECT figures_due_v1(%s)

-- name: to_make
-- Files that are due, and mails of those that are made; of a schedule that goes on.
SELECT m.made_id, m.state, m.at, s.owner_id, s.format, s.language, s.mail, coalesce(s.asked ->> 'title', r.title),
    coalesce(s.asked -> 'ask', r.ask), m.body, s.partner_id
FROM figure_made m JOIN figure_schedule s ON s.schedule_id = m.schedule_id JOIN figure_report r ON r.report_id = s.report_id
WHERE m.made_id > %s AND (m.state = 'due' OR m.state = 'made' AND m.mail_state = 'due') AND s.ended_at IS NULL
    AND r.dropped_at IS NULL ORDER BY m.made_id LIMIT 1

-- name: report_of
-- For which its address was sealed.
SELECT s.report_id FROM figure_made m JOIN figure_schedule s ON s.schedule_id = m.schedule_id WHERE m.made_id = %s

-- name: put_made
-- Its file, or why there is none.
SELECT figures_made_v1(%s, %s, %s, %s, %s)

-- name: mailed
-- What became of its mail.
SELECT figures_mailed_v1(%s, %s, %s)

-- name: forget
-- Old files.
SELECT figures_forget_v1(%s)

-- name: cost
-- A new assumption.
SELECT figures_cost_v1(%s, %s, %s, %s, %s)

-- name: costs
-- The newest of a company first.
SELECT wages_fen, rates, said_at, said_by FROM figure_cost WHERE biller_id = %s ORDER BY cost_id DESC LIMIT 10

-- name: channels
-- That collect for a company, or did in these days: payments on each, what was taken less what was given back.
SELECT c.id, c.code || ' ' || c.name, h.hosted, coalesce(f.payments, 0), coalesce(f.fen, 0)::bigint
FROM partner c JOIN channel h ON h.partner_id = c.id
LEFT JOIN (SELECT x.channel_id, count(DISTINCT x.payment_id) FILTER (WHERE x.amount_fen > 0) AS payments,
               sum(x.net_fen) AS fen FROM figure_payment x
           WHERE x.biller_id = %(biller)s AND x.day BETWEEN %(since)s AND %(until)s GROUP BY x.channel_id) f ON f.channel_id = c.id
WHERE f.payments > 0 OR f.fen <> 0 OR EXISTS (SELECT FROM admission a WHERE a.channel_id = c.id AND a.biller_id = %(biller)s AND a.active)
ORDER BY c.code

-- name: billing
-- Companies in scope that bill here.
SELECT p.id, p.code || ' ' || p.name FROM partner p JOIN billing_biller b ON b.biller_id = p.id
WHERE (%(all)s OR p.id = ANY (%(partners)s::integer[])) AND p.id <> ALL (%(sandboxes)s::integer[]) ORDER BY p.code

-- name: fees
-- Names of fees in scope.
SELECT DISTINCT f.name FROM billing_fee f
WHERE (%(all)s OR f.biller_id = ANY (%(partners)s::integer[])) AND f.biller_id <> ALL (%(sandboxes)s::integer[]) ORDER BY 1

-- name: value_is
-- One of the values of a filter, as pages/lists.py writes them.
{{sql}} = ANY (array_replace(string_to_array({{value}}, '|'), '—', ''))

-- name: or_login_is
-- What is asked for, or a teller in reach by his login, as pages/lists.py writes logins.
({{where}} OR '@' || upper(t.login) = ANY (string_to_array(%(user)s, '|')))

-- name: bill_rows
-- As reports count them.
FROM figure_bill x

-- name: payment_rows
-- With what a teller in reach is called.
FROM figure_payment x LEFT JOIN access_user t ON t.id = x.user_id AND {user_reach}

-- name: shift_rows
-- With what a teller in reach is called.
FROM figure_shift x LEFT JOIN access_user t ON t.id = x.user_id AND {user_reach}

-- name: sample
-- A report of the demo's world; the first one is made every morning.
WITH kept AS (
    INSERT INTO figure_report (owner_id, institution_id, partner_id, title, ask, roles, made_at, changed_at)
    SELECT u.id, u.institution_id, u.partner_id, %(title)s, %(ask)s::jsonb, %(roles)s, %(now)s, %(now)s
    FROM access_user u WHERE u.login = %(login)s RETURNING report_id, owner_id
)
INSERT INTO figure_schedule (report_id, owner_id, every, hour, format, language, next_at, begun_at)
SELECT report_id, owner_id, 'day', 7, 'xlsx', 'zh-hans', figures_next_v1('day', 7::smallint, %(now)s), %(now)s FROM kept
WHERE %(daily)s

-- name: filtered
-- A report's filter: one of these values.
 AND {{sql}} = ANY ({{value}})

-- name: shift_scope
-- Shifts of institutions in scope, and of a company's own desks.
(%(everywhere)s OR x.institution_id = ANY (%(institutions)s::bigint[]) OR x.channel_id = ANY (%(partners)s::integer[]))
    AND x.channel_id <> ALL (%(sandboxes)s::integer[])

-- name: rows_of
-- What figures of official cards are made of.
FROM {{view}} x

-- name: row_seen
-- Of a unit that he sees, of a bureau in scope.
{{scope}} AND x.unit_id = ANY (ARRAY(SELECT budget_sees_v1(%(user_id)s)))
