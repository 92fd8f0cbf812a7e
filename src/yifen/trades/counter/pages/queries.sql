-- What the pages of the counter read.

-- name: journal
-- An entry with outlet, teller, biller, and who authorised it.
FROM counter_entry e JOIN institution i ON i.id = e.institution_id
JOIN access_user t ON t.id = e.teller_id JOIN partner p ON p.id = e.biller_id
LEFT JOIN access_authorisation h ON h.id = e.authorisation_id LEFT JOIN access_user c ON c.id = h.checker_id

-- name: shifts
-- A shift with its teller, outlet, and the day at which its book stands.
FROM counter_shift s JOIN institution i ON i.id = s.institution_id JOIN access_user t ON t.id = s.teller_id
JOIN partner c ON c.id = s.channel_id JOIN ledger_book o ON o.book_id = c.book_id

-- name: shift_late
-- Its day was cut, and nobody counted the drawer.
s.state = 'open' AND s.business_day < o.current_day

-- name: shift_open
-- Of the open day.
s.state = 'open' AND s.business_day >= o.current_day

-- name: of_serial
-- An entry by its serial at the hub, channel by channel, as it is kept once.
e.id IN (SELECT x.id FROM channel h JOIN counter_entry x ON x.channel_id = h.partner_id AND x.serial = %(plain)s)
