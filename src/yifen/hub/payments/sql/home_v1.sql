-- Where a serial, or an account's bills, live: the bucket that the key hashes to, and no other that a
-- caller names. The same rule as core/facts/buckets.py: CRC-32 of "id|key", modulo the buckets.

-- PostgreSQL has the function since version 18; before that a table of the 256 remainders does it.
DO $do$ BEGIN
    IF to_regprocedure('crc32(bytea)') IS NOT NULL THEN
        CREATE OR REPLACE FUNCTION payments_crc_v1(p_key bytea) RETURNS bigint
        LANGUAGE sql IMMUTABLE AS 'SELECT crc32(p_key)';
        RETURN;
    END IF;
    CREATE OR REPLACE FUNCTION payments_crc_table_v1() RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
        WITH RECURSIVE step (at, n, crc) AS (
            SELECT b, 0, b::bigint FROM generate_series(0, 255) b
            UNION ALL
            SELECT at, n + 1, (crc >> 1) # CASE WHEN crc & 1 = 1 THEN 3988292384 ELSE 0 END
            FROM step WHERE n < 8
        )
        SELECT array_agg(crc ORDER BY at) FROM step WHERE n = 8;
    $$;
    EXECUTE format($$
        CREATE OR REPLACE FUNCTION %I(p_key bytea) RETURNS bigint
        LANGUAGE plpgsql IMMUTABLE AS $f$
        DECLARE
            v_table CONSTANT bigint[] := %L;
            v_crc bigint := 4294967295;
        BEGIN
            FOR v_at IN 0 .. length(p_key) - 1 LOOP
                v_crc := v_table[((v_crc # get_byte(p_key, v_at)) & 255) + 1] # (v_crc >> 8);
            END LOOP;
            RETURN v_crc # 4294967295;
        END $f$ $$, 'payments_crc_v1', payments_crc_table_v1());
    DROP FUNCTION payments_crc_table_v1();
END $do$;

-- Raises invalid_parameter_value when one of the keys is not at home where the caller says. With one bucket all are.
CREATE OR REPLACE FUNCTION payments_at_home_v1(p_owner integer[], p_key text[], p_home smallint[])
RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_buckets integer := (SELECT count(*) FROM ledger_head);
BEGIN
    IF v_buckets = 1 AND array_remove(p_home, 0::smallint) = '{}' AND cardinality(p_home) = cardinality(p_key) THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM unnest(p_owner, p_key, p_home) AS u (owner, key, home)
               WHERE payments_crc_v1(convert_to(u.owner || '|' || u.key, 'UTF8')) % v_buckets
                   IS DISTINCT FROM u.home) THEN
        RAISE EXCEPTION 'a key is kept in another bucket than its own'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;

-- The same of accounts that are all said to live in one bucket.
CREATE OR REPLACE FUNCTION payments_all_at_home_v1(p_owner integer[], p_key text[], p_bucket smallint)
RETURNS void LANGUAGE sql STABLE AS $$
    SELECT payments_at_home_v1(p_owner, p_key, array_fill(p_bucket, ARRAY[cardinality(p_key)]));
$$;

-- Raises invalid_parameter_value where the lines of one of so many payments do not add up to its amount, or it has none: what no
-- line posts would be answered as paid. One line a payment, in their order, is seen without a sum.
CREATE OR REPLACE FUNCTION payments_add_up_v1(p_count integer, p_amount bigint[], l_item integer[], l_amount bigint[])
RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF l_amount = p_amount AND l_item = ARRAY(SELECT generate_series(1, p_count)) AND array_position(p_amount, NULL) IS NULL
        AND cardinality(p_amount) = p_count THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM (SELECT n AS item, p_amount[n] AS amount FROM generate_series(1, p_count) n) i
               FULL JOIN (SELECT u.item, sum(u.amount) AS amount FROM unnest(l_item, l_amount) AS u (item, amount)
                          GROUP BY u.item) l ON l.item = i.item
               WHERE (i.amount = l.amount) IS NOT TRUE) THEN
        RAISE EXCEPTION 'the lines of a payment do not add up to its amount'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END $$;
