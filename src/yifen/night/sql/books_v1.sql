-- A book with its cut-off and the hour of its night, new or otherwise than before, as two people decided in
-- this very transaction; what they said stands in their proposal. A new book's first day is the one that its
-- cut-off says it is now, by the database's own clock. Code: AUTHORISATION_INVALID (nobody did).
CREATE OR REPLACE FUNCTION eod_book_v1(p_code text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content -> 'book' FROM access_authorisation
                WHERE id = access_settled_v1('night.book', p_code));
    v_cut_off time := v ->> 'cut_off';
    v_local timestamp := clock_timestamp() AT TIME ZONE 'Asia/Shanghai';
    v_book integer;
BEGIN
    IF v IS NULL OR v ->> 'code' IS DISTINCT FROM p_code THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    LOCK TABLE eod_schedule IN SHARE ROW EXCLUSIVE MODE; -- numbers of books are given one after the other
    SELECT book_id INTO v_book FROM ledger_book WHERE code = p_code;
    IF v_book = 900 THEN
        RETURN @AUTHORISATION_INVALID; -- the sandbox is cut by itself
    ELSIF v_book IS NULL THEN
        SELECT coalesce(max(book_id), 0) + 1 INTO v_book FROM ledger_book WHERE book_id < 900;
        PERFORM ledger_open_book_v1(v_book, p_code, v ->> 'name', v_cut_off, v_local::date
            + (v_cut_off <> '00:00' AND v_local::time >= v_cut_off)::integer);
    ELSE
        UPDATE ledger_book SET name = v ->> 'name', cut_off = v_cut_off WHERE book_id = v_book;
    END IF;
    INSERT INTO eod_schedule (book_id, starts_at, automatic)
    VALUES (v_book, (v ->> 'starts_at')::time, (v ->> 'automatic')::boolean)
    ON CONFLICT (book_id) DO UPDATE SET starts_at = excluded.starts_at, automatic = excluded.automatic;
    RETURN 0;
END $$;
