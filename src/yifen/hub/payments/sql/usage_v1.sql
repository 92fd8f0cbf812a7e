-- A daily limit that begins in the middle of a day counts what the channel took before: from now on each charge and
-- reversal moves what is kept, so that it must begin whole. Lock order: ledger_head of all buckets, channel_usage:
-- nothing is booked in between, and whoever waits reads the new limit.

CREATE OR REPLACE FUNCTION payments_usage_begin_v1(p_channels bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF cardinality(p_channels) = 0 THEN
        RETURN;
    END IF;
    PERFORM 1 FROM ledger_head ORDER BY bucket FOR UPDATE;
    INSERT INTO channel_usage AS x (channel_id, business_day, taken_fen)
    SELECT p.id, k.current_day, coalesce(sum(y.amount_fen), 0)
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id
    LEFT JOIN payment y ON y.business_day = k.current_day AND y.channel_id = p.id AND y.payer_state <> 'returned'
    WHERE p.id = ANY (p_channels) GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (channel_id, business_day) DO UPDATE SET taken_fen = excluded.taken_fen;
END $$;

-- Of a channel: another limit of its own, or another kind.
CREATE OR REPLACE FUNCTION payments_channel_limited_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM payments_usage_begin_v1(ARRAY(SELECT h.channel_id FROM channel_bounds h
        WHERE h.channel_id = NEW.partner_id AND h.day_fen_max IS NOT NULL));
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER limited AFTER UPDATE ON channel FOR EACH ROW
    WHEN ((OLD.day_fen_max, OLD.kind) IS DISTINCT FROM (NEW.day_fen_max, NEW.kind))
    EXECUTE FUNCTION payments_channel_limited_v1();

-- Of a kind: every channel of it in its book that had no limit of its own.
CREATE OR REPLACE FUNCTION payments_kind_limited_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM payments_usage_begin_v1(ARRAY(SELECT h.partner_id FROM channel h JOIN partner p ON p.id = h.partner_id
        WHERE p.book_id = NEW.book_id AND h.kind = NEW.kind AND h.day_fen_max IS NULL AND NEW.day_fen_max IS NOT NULL));
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER limited AFTER INSERT OR UPDATE OF day_fen_max ON channel_kind_rule FOR EACH ROW
    EXECUTE FUNCTION payments_kind_limited_v1();
