"""A biller that bills here, as two people's word leaves it."""

OPENED = """INSERT INTO billing_biller
    SELECT p.id, true, a[1], a[2], a[3], a[4], a[5] FROM partner p
    CROSS JOIN LATERAL (SELECT array_agg(ledger_open_kind_v1(k, p.book_id, p.code, p.name) ORDER BY n) AS a
        FROM unnest('{bill_receivable,billed,bill_prepaid,bill_collected,bill_loss}'::text[])
            WITH ORDINALITY u (k, n)) o
    WHERE p.id = %s ON CONFLICT DO NOTHING"""
