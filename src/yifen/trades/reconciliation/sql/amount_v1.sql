-- What a difference is worth.

-- By how many fen the channel has more than our books say (negative: less). Sale and "in" count
-- plus, what takes back counts minus; of a status only a sale counts: a sale that they list as void
-- is money they do not have.
CREATE OR REPLACE FUNCTION recon_difference_v1(p_item recon_item) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_item.class = 'fee' THEN 0
        WHEN p_item.class = 'status'
            THEN CASE WHEN p_item.theirs_kind IN ('sale', 'in') THEN p_item.theirs_fen ELSE 0 END
               - CASE WHEN p_item.ours_kind IN ('sale', 'in') THEN p_item.ours_fen ELSE 0 END
        ELSE coalesce(p_item.theirs_fen * CASE WHEN p_item.theirs_kind IN ('sale', 'in')
                                               THEN 1 ELSE -1 END, 0)
           - coalesce(p_item.ours_fen * CASE WHEN p_item.ours_kind IN ('sale', 'in')
                                             THEN 1 ELSE -1 END, 0)
        END;
$$;
