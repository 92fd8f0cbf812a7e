-- Views of partners: what binds a channel now.

-- A channel with the rule of its kind in its book: of two limits the lower one counts (an empty one is none), of
-- two hours both do.
CREATE OR REPLACE VIEW channel_bounds AS
SELECT h.partner_id AS channel_id, h.kind, least(h.payment_fen_max, r.payment_fen_max) AS payment_fen_max,
       least(h.day_fen_max, r.day_fen_max) AS day_fen_max, h.opens_at, h.closes_at, r.opens_at AS kind_opens_at,
       r.closes_at AS kind_closes_at, h.payment_fen_max AS own_payment_fen_max, h.day_fen_max AS own_day_fen_max
FROM channel h JOIN partner c ON c.id = h.partner_id
LEFT JOIN channel_kind_rule r ON r.book_id = c.book_id AND r.kind = h.kind;
