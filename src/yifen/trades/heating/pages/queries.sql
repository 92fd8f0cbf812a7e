-- What the pages of heating service read.

-- name: seasons
-- Of fees, with how many stops are in force.
FROM heating_season s JOIN billing_fee f ON f.fee_id = s.fee_id JOIN partner p ON p.id = s.biller_id

-- name: season_stops
-- How many stops are in force in a season of the list.
(SELECT count(*) FROM heating_request r JOIN billing_share k ON k.proposal = r.proposal WHERE r.season_id = s.season_id)

-- name: season_fees
-- Fees 费种 of the billers in scope.
SELECT f.fee_id, p.code || ' ' || f.name FROM billing_fee f JOIN partner p ON p.id = f.biller_id
WHERE f.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR f.biller_id = ANY (%(partners)s::integer[]))
ORDER BY p.code, f.name

-- name: season_names
-- Seasons of the billers in scope, the newest first.
SELECT s.season_id, p.code || ' ' || s.name FROM heating_season s JOIN partner p ON p.id = s.biller_id
WHERE s.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR s.biller_id = ANY (%(partners)s::integer[]))
ORDER BY s.from_on DESC, p.code

-- name: requests
-- With their seasons and doors.
FROM heating_request_state r JOIN heating_season s ON s.season_id = r.season_id JOIN partner p ON p.id = r.biller_id
JOIN billing_customer c ON c.bucket = r.bucket AND c.customer_id = r.customer_id
JOIN billing_place l ON l.place_id = c.place_id

-- name: flats
-- What is billed a fee that has seasons, and lives.
FROM billing_service v JOIN billing_fee f ON f.fee_id = v.fee_id JOIN partner p ON p.id = f.biller_id
JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_place l ON l.place_id = c.place_id

-- name: flat_state
-- How a flat of the list is today: stopped, or heated.
CASE WHEN EXISTS (SELECT FROM heating_stop k WHERE k.bucket = v.bucket AND k.service_id = v.service_id
    AND %(today)s BETWEEN k.from_on AND k.to_on) THEN 'stopped' ELSE 'heated' END

-- name: flat
-- One, for its page.
SELECT v.service_id, v.bucket, v.customer_id, f.biller_id, p.code || ' ' || p.name, c.account_no, n.name, l.path, f.name,
    v.class, v.region, v.area_milli, v.from_on, v.to_on, heating_building_v1(l.place_id)
FROM billing_service v JOIN billing_fee f ON f.fee_id = v.fee_id JOIN partner p ON p.id = f.biller_id
JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_place l ON l.place_id = c.place_id
LEFT JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
WHERE v.bucket = %(service)s %% 1000 AND v.service_id = %(service)s
    AND EXISTS (SELECT FROM heating_season s WHERE s.fee_id = v.fee_id)

-- name: flat_marks
-- That hold, and that did.
SELECT m.kind, m.until_on, m.note, m.made_by, m.made_at, m.ended_at, m.ended_by FROM heating_mark m
WHERE m.bucket = %(service)s %% 1000 AND m.service_id = %(service)s ORDER BY m.mark_id DESC

-- name: flat_stops
-- In force.
SELECT k.from_on, k.to_on, k.permille, k.agreement_no, k.request_id FROM heating_stop k
WHERE k.bucket = %(service)s %% 1000 AND k.service_id = %(service)s ORDER BY k.from_on DESC

-- name: flat_requests
-- The newest first.
SELECT r.request_id, r.kind, s.name, r.from_on, r.asked_at, r.state FROM heating_request_state r
JOIN heating_season s ON s.season_id = r.season_id
WHERE r.bucket = %(service)s %% 1000 AND r.service_id = %(service)s ORDER BY r.request_id DESC

-- name: flat_seasons
-- That are not over, for a request.
SELECT s.season_id, s.name, s.from_on, s.to_on, s.ask_until, s.by_days FROM heating_season s
JOIN billing_service v ON v.fee_id = s.fee_id
WHERE v.bucket = %(service)s %% 1000 AND v.service_id = %(service)s AND s.to_on >= %(today)s ORDER BY s.from_on

-- name: unpaid
-- Flats that have heat today and are not paid for.
FROM heating_season s
JOIN billing_service v ON v.fee_id = s.fee_id AND v.from_on <= %(today)s AND coalesce(v.to_on, %(today)s) >= %(today)s
JOIN partner p ON p.id = s.biller_id
JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_place l ON l.place_id = c.place_id
CROSS JOIN LATERAL heating_unpaid_v1(s, v, %(today)s) u

-- name: warm
-- Stops in force that are warm.
FROM heating_stop k JOIN partner p ON p.id = k.biller_id JOIN heating_season s ON s.season_id = k.season_id
JOIN billing_service v ON v.bucket = k.bucket AND v.service_id = k.service_id
JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id
JOIN billing_place l ON l.place_id = c.place_id
CROSS JOIN LATERAL heating_warm_v1(k.bucket, k.service_id, k.from_on, k.to_on) w

-- name: warm_now
-- Of a season that runs, and not charged again or started since: then the stop ends before its season.
%(today)s BETWEEN s.from_on AND s.to_on AND k.to_on = least(s.to_on, coalesce(v.to_on, s.to_on))
    AND NOT heating_is_spared_v1(k.share_id, k.bucket, k.service_id, w.moved_milli)

-- name: warm_spared
-- Two people left it at that.
heating_is_spared_v1(k.share_id, k.bucket, k.service_id, w.moved_milli)

-- name: files
-- Of requests.
FROM heating_file_state f JOIN heating_season s ON s.season_id = f.season_id JOIN partner p ON p.id = f.biller_id

-- name: customer_services
-- What of a customer is heated, and lives.
SELECT v.service_id, f.name FROM billing_service v JOIN billing_fee f ON f.fee_id = v.fee_id
WHERE v.bucket = %(customer)s %% 1000 AND v.customer_id = %(customer)s AND v.to_on IS NULL
    AND EXISTS (SELECT FROM heating_season s WHERE s.fee_id = v.fee_id) ORDER BY v.service_id

-- name: building
-- A building 楼: a place of the second level, or where somebody lives at the first.
SELECT l.path, l.biller_id FROM billing_place l WHERE l.place_id = %(building)s AND heating_building_v1(l.place_id) = l.place_id
    AND (l.level >= 2 OR EXISTS (SELECT FROM billing_customer c WHERE c.place_id = l.place_id))

-- name: building_seasons
-- Seasons of its company that are heated today, one a fee.
SELECT s.season_id, f.name || ' ' || s.name FROM heating_season s JOIN billing_fee f ON f.fee_id = s.fee_id
WHERE s.biller_id = %(biller)s AND %(today)s BETWEEN s.heated_from AND s.heated_to ORDER BY f.name, s.from_on

-- name: building_doors
-- Its doors in order: heated and unpaid, stopped, or paid; whether somebody is sent there.
SELECT l.path, c.account_no, v.service_id, u.state, u.owed_fen, u.since, k.share_id IS NOT NULL,
    EXISTS (SELECT FROM visit o WHERE o.asked_trade = 'heating' AND o.asked_ref = 'C' || v.service_id AND o.kind = 'check'
        AND o.done_at IS NULL AND o.dropped_at IS NULL)
FROM heating_season s
CROSS JOIN LATERAL heating_doors_v1(%(building)s) d (place_id)
JOIN billing_customer c ON c.place_id = d.place_id AND c.biller_id = s.biller_id
JOIN billing_place l ON l.place_id = c.place_id
JOIN billing_service v ON v.bucket = c.bucket AND v.customer_id = c.customer_id AND v.fee_id = s.fee_id
    AND v.from_on <= %(today)s AND coalesce(v.to_on, %(today)s) >= %(today)s
LEFT JOIN LATERAL heating_unpaid_v1(s, v, %(today)s) u ON true
LEFT JOIN heating_stop k ON k.bucket = v.bucket AND k.service_id = v.service_id AND %(today)s BETWEEN k.from_on AND k.to_on
WHERE s.season_id = ANY (%(seasons)s::integer[]) ORDER BY l.path, v.service_id LIMIT %(most)s
