-- The directory 人员岗位库: lists of units and of posts, by two people. What a list does not name stays as it is.

-- Rows of a list, as its proposal has them.
CREATE OR REPLACE FUNCTION budget_unit_rows_v1(p_rows jsonb)
RETURNS TABLE (n bigint, code text, name text, parent text, account_no text, bank_name text, bank_code text, until_on date)
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT x.n, r.code, r.name, r.parent, r.account_no, r.bank_name, r.bank_code, r.until
    FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS x (one, n) CROSS JOIN LATERAL jsonb_to_record(x.one)
        AS r (code text, name text, parent text, account_no text, bank_name text, bank_code text, until date);
$$;
CREATE OR REPLACE FUNCTION budget_post_rows_v1(p_rows jsonb)
RETURNS TABLE (n bigint, staff_no text, name text, unit text, duty text, from_on date, until_on date)
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT x.n, r.staff_no, r.name, r.unit, r.duty, r."from", r.until
    FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS x (one, n) CROSS JOIN LATERAL jsonb_to_record(x.one)
        AS r (staff_no text, name text, unit text, duty text, "from" date, until date);
$$;

-- What speaks against rows of a list of units: a number of its row, and a code. Codes: BUDGET_LIST_ROW_TWICE, BUDGET_LIST_UNIT_WRONG,
-- BUDGET_UNIT_UNKNOWN (what is above it is neither here nor in the list), BUDGET_LIST_CIRCLE (it would be below itself).
CREATE OR REPLACE FUNCTION budget_units_against_v1(p_bureau integer, p_rows jsonb)
RETURNS TABLE (n bigint, code integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE asked AS (SELECT * FROM budget_unit_rows_v1(p_rows)), tree AS (
        SELECT r.code, r.parent FROM asked r
        UNION SELECT u.code, coalesce(a.code, '') FROM budget_unit u LEFT JOIN budget_unit a ON a.unit_id = u.parent_id
            WHERE u.bureau_id = p_bureau AND u.code NOT IN (SELECT r.code FROM asked r)
    ), rooted AS (
        SELECT t.code FROM tree t WHERE t.parent = '' UNION SELECT t.code FROM tree t JOIN rooted o ON t.parent = o.code
    ), root AS (SELECT u.code FROM budget_unit u WHERE u.bureau_id = p_bureau AND u.parent_id IS NULL)
    SELECT f.n, f.code FROM (SELECT r.n, CASE
        WHEN (SELECT count(*) FROM asked x WHERE x.code = r.code) > 1 THEN @BUDGET_LIST_ROW_TWICE
        WHEN (r.code ~ '^[0-9A-Za-z]{1,20}$' AND length(r.name) BETWEEN 1 AND 100 AND r.account_no ~ '^([0-9-]{6,32})?$'
              AND length(r.bank_name) <= 100 AND r.bank_code ~ '^([0-9]{12})?$' AND (r.account_no = '') = (r.bank_code = '')
              AND (r.parent = '') = (r.code = (SELECT root.code FROM root)) AND (r.parent <> '' OR r.until_on IS NULL)) IS NOT TRUE
            THEN @BUDGET_LIST_UNIT_WRONG
        WHEN r.parent <> '' AND r.parent NOT IN (SELECT t.code FROM tree t) THEN @BUDGET_UNIT_UNKNOWN
        WHEN r.code NOT IN (SELECT o.code FROM rooted o) THEN @BUDGET_LIST_CIRCLE
        ELSE 0 END AS code FROM asked r) f WHERE f.code <> 0;
$$;

-- What speaks against rows of a list of posts. Codes: BUDGET_LIST_ROW_TWICE, BUDGET_LIST_POST_WRONG, BUDGET_UNIT_UNKNOWN, BUDGET_LIST_NAMES_DIFFER (one
-- number has two names in it), BUDGET_LIST_POSTS_OVERLAP (he has a post at this unit in those days, or two rows say so).
CREATE OR REPLACE FUNCTION budget_posts_against_v1(p_bureau integer, p_rows jsonb)
RETURNS TABLE (n bigint, code integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (SELECT r.*, daterange(r.from_on, r.until_on, '[]') AS days FROM budget_post_rows_v1(p_rows) r
                   WHERE r.until_on IS NULL OR r.until_on >= r.from_on),
    kept AS (SELECT lower(s.staff_no) AS staff_no, u.code AS unit, t.from_on, daterange(t.from_on, t.until_on, '[]') AS days
             FROM budget_post t JOIN budget_person s USING (person_id) JOIN budget_unit u USING (unit_id) WHERE s.bureau_id = p_bureau
                 AND NOT EXISTS (SELECT FROM asked r WHERE lower(r.staff_no) = lower(s.staff_no) AND r.unit = u.code
                                 AND r.from_on = t.from_on))
    SELECT f.n, f.code FROM (SELECT r.n, CASE
        WHEN (SELECT count(*) FROM asked x WHERE lower(x.staff_no) = lower(r.staff_no) AND x.unit = r.unit
              AND x.from_on = r.from_on) > 1 THEN @BUDGET_LIST_ROW_TWICE
        WHEN (r.staff_no ~ '^[0-9A-Za-z-]{1,20}$' AND length(r.name) BETWEEN 1 AND 60 AND length(r.duty) <= 60
              AND r.from_on BETWEEN '1950-01-01' AND '2999-12-31' AND coalesce(r.until_on, r.from_on) >= r.from_on) IS NOT TRUE
            THEN @BUDGET_LIST_POST_WRONG
        WHEN NOT EXISTS (SELECT FROM budget_unit u WHERE u.bureau_id = p_bureau AND u.code = r.unit) THEN @BUDGET_UNIT_UNKNOWN
        WHEN EXISTS (SELECT FROM asked x WHERE lower(x.staff_no) = lower(r.staff_no) AND x.name <> r.name) THEN @BUDGET_LIST_NAMES_DIFFER
        WHEN EXISTS (SELECT FROM asked x WHERE x.n <> r.n AND lower(x.staff_no) = lower(r.staff_no) AND x.unit = r.unit
                     AND x.days && daterange(r.from_on, r.until_on, '[]'))
            OR EXISTS (SELECT FROM kept k WHERE k.staff_no = lower(r.staff_no) AND k.unit = r.unit
                       AND k.days && daterange(r.from_on, r.until_on, '[]')) THEN @BUDGET_LIST_POSTS_OVERLAP
        ELSE 0 END AS code FROM budget_post_rows_v1(p_rows) r) f WHERE f.code <> 0;
$$;

-- What speaks against a list as a whole: BUDGET_LIST_EMPTY, BUDGET_LIST_LONG; else the first code of its rows; 0: nothing.
CREATE OR REPLACE FUNCTION budget_list_against_v1(p_bureau integer, p_kind text, p_rows jsonb) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN (jsonb_typeof(p_rows) = 'array' AND p_kind IN ('units', 'posts') AND p_rows <> '[]') IS NOT TRUE THEN @BUDGET_LIST_EMPTY
        WHEN jsonb_array_length(p_rows) > 5000 THEN @BUDGET_LIST_LONG
        ELSE coalesce(CASE p_kind
            WHEN 'units' THEN (SELECT x.code FROM budget_units_against_v1(p_bureau, p_rows) x ORDER BY x.n LIMIT 1)
            ELSE (SELECT x.code FROM budget_posts_against_v1(p_bureau, p_rows) x ORDER BY x.n LIMIT 1) END, 0) END;
$$;

-- A list of units or of posts counts, by two people. Codes: BUDGET_NOT_AGREED, BUREAU_UNKNOWN, as budget_list_against_v1.
CREATE OR REPLACE FUNCTION budget_take_list_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_rows jsonb;
    v_code integer;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('budget.list', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @BUDGET_NOT_AGREED;
    ELSIF NOT EXISTS (SELECT FROM budget_bureau b WHERE b.bureau_id = v.bureau_id) THEN
        RETURN @BUREAU_UNKNOWN;
    END IF;
    PERFORM pg_advisory_xact_lock(9300, v.bureau_id);
    v_rows := v.content -> 'rows';
    v_code := budget_list_against_v1(v.bureau_id, v.content ->> 'kind', v_rows);
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF v.content ->> 'kind' = 'units' THEN
        INSERT INTO budget_unit (bureau_id, code, name, parent_id, account_no, bank_name, bank_code, made_at)
        SELECT v.bureau_id, r.code, r.name, (SELECT o.unit_id FROM budget_unit o WHERE o.bureau_id = v.bureau_id
            AND o.parent_id IS NULL), r.account_no, r.bank_name, r.bank_code, p_now
        FROM budget_unit_rows_v1(v_rows) r ON CONFLICT (bureau_id, code) DO NOTHING;
        UPDATE budget_unit u SET name = r.name, parent_id = a.unit_id, account_no = r.account_no, bank_name = r.bank_name,
            bank_code = r.bank_code, until_on = r.until_on
        FROM budget_unit_rows_v1(v_rows) r LEFT JOIN budget_unit a ON a.bureau_id = v.bureau_id AND a.code = r.parent
        WHERE u.bureau_id = v.bureau_id AND u.code = r.code
            AND (u.name, u.parent_id, u.account_no, u.bank_name, u.bank_code, u.until_on)
                IS DISTINCT FROM (r.name, a.unit_id, r.account_no, r.bank_name, r.bank_code, r.until_on);
        RETURN 0;
    END IF;
    INSERT INTO budget_person (bureau_id, staff_no, name, made_at)
    SELECT DISTINCT ON (lower(r.staff_no)) v.bureau_id, r.staff_no, r.name, p_now FROM budget_post_rows_v1(v_rows) r
    WHERE NOT EXISTS (SELECT FROM budget_person s WHERE s.bureau_id = v.bureau_id AND lower(s.staff_no) = lower(r.staff_no))
    ORDER BY lower(r.staff_no), r.n;
    UPDATE budget_person s SET name = r.name FROM budget_post_rows_v1(v_rows) r
    WHERE s.bureau_id = v.bureau_id AND lower(s.staff_no) = lower(r.staff_no) AND s.name <> r.name;
    INSERT INTO budget_post AS t (person_id, unit_id, duty, from_on, until_on, proposal_id)
    SELECT s.person_id, u.unit_id, r.duty, r.from_on, r.until_on, p_proposal FROM budget_post_rows_v1(v_rows) r
    JOIN budget_person s ON s.bureau_id = v.bureau_id AND lower(s.staff_no) = lower(r.staff_no)
    JOIN budget_unit u ON u.bureau_id = v.bureau_id AND u.code = r.unit
    ON CONFLICT (person_id, unit_id, from_on) DO UPDATE
        SET duty = excluded.duty, until_on = excluded.until_on, proposal_id = excluded.proposal_id
        WHERE (t.duty, t.until_on) IS DISTINCT FROM (excluded.duty, excluded.until_on);
    RETURN 0;
END $$;
