-- Customers 用户 with their places, services and meters: what two people agreed to becomes rows.

-- The first of so many new numbers of a bucket, of customers, services or meters.
CREATE OR REPLACE FUNCTION billing_numbers_v1(
    p_bucket smallint, p_customers integer, p_services integer, p_meters integer
) RETURNS billing_counter LANGUAGE plpgsql AS $$
DECLARE
    v_before billing_counter;
BEGIN
    INSERT INTO billing_counter (bucket) VALUES (p_bucket) ON CONFLICT DO NOTHING;
    UPDATE billing_counter c SET customer = c.customer + p_customers, service = c.service + p_services,
        meter = c.meter + p_meters
    WHERE c.bucket = p_bucket
    RETURNING c.bucket, c.customer - p_customers, c.service - p_services, c.meter - p_meters INTO v_before;
    RETURN v_before;
END $$;

-- Where these addresses are in the tree, in their order: names from the top down, with tabs between. What is missing is
-- made, level by level, each in the order of its names, so that of two imports one waits for the other.
CREATE OR REPLACE FUNCTION billing_places_v1(p_biller integer, p_places text[]) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    v_at bigint[] := array_fill(0::bigint, ARRAY[cardinality(p_places)]);
    v_level integer;
BEGIN
    FOR v_level IN 1..4 LOOP
        WITH asked AS (
            SELECT u.item, u.at, split_part(u.place, E'\t', v_level) AS name, u.place
            FROM unnest(p_places, v_at) WITH ORDINALITY u (place, at, item)
        ), one AS MATERIALIZED (
            SELECT DISTINCT ON (a.at, a.name) a.at, a.name, a.place, p.place_id
            FROM asked a
            LEFT JOIN LATERAL (SELECT x.place_id FROM billing_place x WHERE x.biller_id = p_biller
                AND coalesce(x.parent_id, 0) = a.at AND x.name = a.name LIMIT 1) p ON true
            WHERE a.name <> '' ORDER BY a.at, a.name
        ), made AS (
            INSERT INTO billing_place AS p (biller_id, parent_id, level, name, path)
            SELECT p_biller, nullif(o.at, 0), v_level, o.name,
                array_to_string((string_to_array(o.place, E'\t'))[1:v_level], ' ')
            FROM one o WHERE o.place_id IS NULL ORDER BY o.at, o.name
            ON CONFLICT (biller_id, (coalesce(parent_id, 0)), name) DO UPDATE SET name = excluded.name
            RETURNING coalesce(p.parent_id, 0) AS at, p.name, p.place_id
        ), found AS (
            SELECT o.at, o.name, o.place_id FROM one o WHERE o.place_id IS NOT NULL UNION ALL SELECT * FROM made
        )
        SELECT array_agg(coalesce(f.place_id, a.at) ORDER BY a.item) INTO v_at
        FROM asked a LEFT JOIN found f ON f.at = a.at AND f.name = a.name;
        EXIT WHEN NOT EXISTS (SELECT FROM unnest(p_places) u (place) WHERE split_part(u.place, E'\t', v_level + 1) <> '');
    END LOOP;
    RETURN v_at;
END $$;

-- SHA-256 of the rows of each piece of a file, in order, as hex. Without what is sealed, or made of the name, which
-- is made anew when the key ring changes; no process changes a row.
CREATE OR REPLACE FUNCTION billing_digest_v1(p_file bigint, p_piece integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT encode(sha256(convert_to(string_agg(concat_ws('|', r.line_no, r.bucket, r.account_no, r.place, r.persons,
        r.consent, r.from_on - DATE '1970-01-01', r.fee_id, r.class, r.region, coalesce(r.area_milli, 0), r.factor,
        coalesce(r.number, ''), r.register, r.multiplier, r.digits, r.first_milli, 'prepaid ' || r.prepaid), E'\n' ORDER BY r.line_no), 'UTF8')),
        'hex')
    FROM billing_row r WHERE r.file_id = p_file AND r.piece = p_piece;
$$;
CREATE OR REPLACE FUNCTION billing_pieces_v1(p_file bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(billing_digest_v1(p_file, p.piece) ORDER BY p.piece), '[]')
    FROM (SELECT DISTINCT r.piece FROM billing_row r WHERE r.file_id = p_file) p;
$$;

-- Import one piece of an agreed proposal; a piece that is done stays as it is. Locks the bucket's head.
-- Codes: CUSTOMERS_NOT_AGREED, CUSTOMERS_CHANGED (its rows are not those that were agreed to).
CREATE OR REPLACE FUNCTION billing_import_v1(
    p_proposal bigint, p_piece integer, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_file billing_file;
    v_bucket smallint;
    v_customers integer;
BEGIN
    SELECT f.* INTO v_file
    FROM access_authorisation a JOIN billing_file f ON f.file_id::text = a.subject_key AND f.kind = 'customers'
    JOIN billing_biller b ON b.biller_id = f.biller_id
    WHERE a.id = p_proposal AND a.action = 'billing.import' AND a.granted AND a.partner_id = f.biller_id;
    IF NOT FOUND THEN
        RETURN @CUSTOMERS_NOT_AGREED;
    END IF;
    SELECT CASE WHEN min(r.bucket) = max(r.bucket) THEN min(r.bucket) END INTO v_bucket
    FROM billing_row r WHERE r.file_id = v_file.file_id AND r.piece = p_piece;
    IF v_bucket IS NULL OR billing_digest_v1(v_file.file_id, p_piece)
        IS DISTINCT FROM (SELECT a.content -> 'pieces' ->> p_piece FROM access_authorisation a WHERE a.id = p_proposal)
    THEN
        RETURN @CUSTOMERS_CHANGED;
    END IF;
    PERFORM 1 FROM ledger_head h WHERE h.bucket = v_bucket FOR UPDATE;
    IF NOT EXISTS (SELECT FROM billing_imported d WHERE d.proposal_id = p_proposal AND d.piece = p_piece) THEN
        PERFORM billing_write_customers_v1(p_proposal, p_piece, v_file, v_bucket, p_now);
    END IF;
    RETURN 0;
END $$;

-- The rows of a piece as they stand become customers, services, meters, or are refused. LIMIT 1 keeps each look-up one
-- of its own index: tables that were empty a moment ago have no statistics by which a join would be planned well.
CREATE OR REPLACE FUNCTION billing_write_customers_v1(
    p_proposal bigint, p_piece integer, p_file billing_file, p_bucket smallint, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_biller integer := p_file.biller_id;
    v_at billing_counter;
    v_rows billing_standing[];
    v_new bigint[];  -- where in v_rows each new customer is first
    v_places bigint[];
    v_customers integer;
    v_refused integer;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(8850, f.fee_id)  -- no run of theirs begins meanwhile
    FROM (SELECT DISTINCT r.fee_id FROM billing_row r WHERE r.file_id = p_file.file_id AND r.piece = p_piece
              AND r.prepaid IS NOT NULL ORDER BY r.fee_id) f;
    SELECT array_agg(s ORDER BY s.line_no) INTO v_rows FROM billing_standing s
    WHERE s.file_id = p_file.file_id AND s.piece = p_piece;
    INSERT INTO billing_refused
    SELECT p_proposal, s.line_no, s.standing FROM unnest(v_rows) s WHERE s.standing IN ('closed', 'place', 'meter', 'run');
    GET DIAGNOSTICS v_refused = ROW_COUNT;
    IF EXISTS (SELECT FROM unnest(v_rows) s WHERE s.standing = 'changed') THEN
        PERFORM billing_change_customers_v1(p_file.file_id, p_piece, p_bucket, p_now);
    END IF;
    PERFORM payments_import_payers_v1(p_bucket, array_agg(v_biller), array_agg(n.account_no), array_agg(n.name))
    FROM (SELECT DISTINCT s.account_no, s.name FROM unnest(v_rows) s
          WHERE s.standing IN ('new', 'added', 'changed')) n HAVING count(*) > 0;
    SELECT array_agg(n.at ORDER BY n.account_no), count(*) INTO v_new, v_customers
    FROM (SELECT s.account_no, min(s.ordinality) AS at FROM unnest(v_rows) WITH ORDINALITY AS s
          WHERE s.standing = 'new' GROUP BY 1) n;
    v_at := billing_numbers_v1(p_bucket, v_customers, cardinality(v_rows), cardinality(v_rows));
    SELECT billing_places_v1(v_biller, array_agg(array_to_string(r.place, E'\t') ORDER BY n.number)) INTO v_places
    FROM unnest(v_new) WITH ORDINALITY AS n (at, number)
    JOIN unnest(v_rows) WITH ORDINALITY AS r ON r.ordinality = n.at HAVING count(*) > 0;
    INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, persons, contact, consent_at,
        opened_on, marks)
    SELECT p_bucket, (v_at.customer + n.number) * 1000 + p_bucket, v_biller, r.account_no, v_places[n.number],
        coalesce(r.persons, 1), r.contact, CASE WHEN r.consent THEN p_now END, r.from_on, r.marks
    FROM unnest(v_new) WITH ORDINALITY AS n (at, number)
    JOIN unnest(v_rows) WITH ORDINALITY AS r ON r.ordinality = n.at;
    INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, region, area_milli, factor, from_on,
        prepaid)
    SELECT p_bucket, (v_at.service + n.line) * 1000 + p_bucket, c.customer_id, n.fee_id, n.class, n.region,
        n.area_milli, n.factor, n.from_on, coalesce(n.prepaid, false)
    FROM (SELECT DISTINCT ON (s.account_no, s.fee_id) s.*, s.ordinality AS line FROM unnest(v_rows) WITH ORDINALITY AS s
          WHERE s.standing IN ('new', 'added') AND s.service_id IS NULL ORDER BY s.account_no, s.fee_id, s.line_no) n
    CROSS JOIN LATERAL (SELECT c.customer_id FROM billing_customer c WHERE c.bucket = p_bucket
        AND c.biller_id = v_biller AND c.account_no = n.account_no LIMIT 1) c;
    INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, register, multiplier, digits,
        fitted_on, fitted_milli)  -- what it showed at the end of the day before
    SELECT p_bucket, (v_at.meter + n.ordinality) * 1000 + p_bucket, s.service_id, v_biller, n.number, n.register,
        n.multiplier, n.digits, n.from_on - 1, n.first_milli
    FROM unnest(v_rows) WITH ORDINALITY AS n
    CROSS JOIN LATERAL (SELECT c.customer_id FROM billing_customer c WHERE c.bucket = p_bucket
        AND c.biller_id = v_biller AND c.account_no = n.account_no LIMIT 1) c
    CROSS JOIN LATERAL (SELECT s.service_id FROM billing_service s WHERE s.bucket = p_bucket
        AND s.customer_id = c.customer_id AND s.fee_id = n.fee_id AND s.to_on IS NULL LIMIT 1) s
    WHERE n.standing IN ('new', 'added') AND n.number IS NOT NULL AND n.meter_id IS NULL;
    INSERT INTO billing_imported
    SELECT p_proposal, p_piece, p_now, v_customers, count(*) FILTER (WHERE s.standing IN ('new', 'added', 'changed')),
        count(*) FILTER (WHERE s.standing = 'same'), v_refused
    FROM unnest(v_rows) s;
    PERFORM billing_now_prepaid_v1(p_bucket, v_biller, array_agg(DISTINCT s.account_no), p_now)
    FROM unnest(v_rows) s WHERE s.prepaid AND s.standing IN ('added', 'changed') HAVING count(*) > 0;
END $$;

-- What a file says otherwise of customers that are there: phone, consent, household from its day on, class, area.
CREATE OR REPLACE FUNCTION billing_change_customers_v1(
    p_file bigint, p_piece integer, p_bucket smallint, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_rows billing_standing[];
BEGIN
    SELECT array_agg(s) INTO v_rows FROM billing_standing s
    WHERE s.file_id = p_file AND s.piece = p_piece AND s.standing = 'changed';
    UPDATE billing_customer c SET contact = coalesce(n.contact, c.contact), marks = n.marks,
        consent_at = CASE WHEN n.consent THEN coalesce(c.consent_at, p_now) END,
        withdrawn_at = CASE WHEN NOT n.consent THEN CASE WHEN c.consent_at IS NULL THEN c.withdrawn_at ELSE p_now END END
    FROM unnest(v_rows) n
    WHERE c.bucket = p_bucket AND c.customer_id = n.customer_id;
    INSERT INTO billing_household
    SELECT DISTINCT ON (c.customer_id) p_bucket, c.customer_id, greatest(n.from_on, c.opened_on), n.persons
    FROM unnest(v_rows) n
    JOIN billing_customer c ON c.bucket = p_bucket AND c.customer_id = n.customer_id
    WHERE n.persons IS NOT NULL AND n.persons <> coalesce(
        (SELECT h.persons FROM billing_household h WHERE h.bucket = p_bucket AND h.customer_id = c.customer_id
         ORDER BY h.from_on DESC LIMIT 1), c.persons)
    ORDER BY c.customer_id, n.line_no
    ON CONFLICT (bucket, customer_id, from_on) DO UPDATE SET persons = excluded.persons;
    UPDATE billing_service s SET class = n.class, region = n.region, area_milli = n.area_milli, factor = n.factor,
        prepaid = coalesce(n.prepaid, s.prepaid)
    FROM unnest(v_rows) n
    WHERE s.bucket = p_bucket AND s.service_id = n.service_id;
END $$;
