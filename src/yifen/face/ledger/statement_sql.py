"""The SQL of an account's statement: a page of it, and all of it."""

from yifen.face.ledger import standing

SPANS = """
WITH s AS MATERIALIZED (
    SELECT h.bucket,
        coalesce((SELECT b.last_no FROM ledger_day_head d
                  JOIN ledger_batch b ON b.bucket = d.bucket AND b.batch_no = d.batch_no
                  WHERE d.bucket = h.bucket AND d.book_id = %(book_id)s
                      AND d.business_day < %(since)s
                  ORDER BY d.business_day DESC LIMIT 1), 0) AS after_no,
        coalesce((SELECT b.last_no FROM ledger_day_head d
                  JOIN ledger_batch b ON b.bucket = d.bucket AND b.batch_no = d.batch_no
                  WHERE d.bucket = h.bucket AND d.book_id = %(book_id)s
                      AND d.business_day >= %(until)s
                  ORDER BY d.business_day LIMIT 1), h.transfer_no) AS last_no
    FROM ledger_head h)"""
TRANSFERS = """
ledger_transfer t WHERE t.bucket = s.bucket AND t.transfer_no > s.after_no
    AND t.transfer_no <= s.last_no AND %(account_id)s IN (t.debit_id, t.credit_id)
    AND t.business_day BETWEEN %(since)s AND %(until)s"""
EFFECT = """CASE WHEN t.kind NOT IN ('posted', 'post') THEN 0
    WHEN t.debit_id = %(account_id)s THEN t.amount_fen ELSE -t.amount_fen END * %(sign)s"""
COLUMNS = """t.bucket, t.transfer_no, t.kind::text, t.business_day, b.booked_at,
    t.debit_id = %(account_id)s, t.amount_fen, o.code, o.name, t.reference_id,
    (SELECT y.payment_id FROM payment y WHERE y.bucket = t.bucket AND y.payment_id = t.reference_id)"""
BATCH = "JOIN ledger_batch b ON b.bucket = t.bucket AND b.batch_no = t.batch_no"
OTHER = """JOIN ledger_account o ON o.account_id =
    CASE WHEN t.debit_id = %(account_id)s THEN t.credit_id ELSE t.debit_id END"""
# One statement, so that rows and balance are of the same moment. Within a bucket transfers count
# as booked no earlier than those before them: their order is the same by time and by number.
# Upwards everything is mirrored. The last column: the balance when the page's position was reached.
_PAGE = """{spans},
p AS MATERIALIZED (SELECT * FROM unnest(%(buckets)s::smallint[], %(numbers)s::bigint[])
                   AS p (bucket, number))
SELECT {columns}, %(sign)s * (c.debit - c.credit) - (
    SELECT coalesce(sum(x.effect), 0)::bigint FROM s JOIN p USING (bucket) CROSS JOIN LATERAL (
        SELECT {effect} AS effect FROM {transfers} AND t.transfer_no >= p.number OFFSET 0) x)
FROM (SELECT x.*, {most}(b.booked_at) OVER (
          PARTITION BY x.bucket, x.business_day ORDER BY x.transfer_no {mirror}) AS at
      FROM s JOIN p USING (bucket) CROSS JOIN LATERAL (
          SELECT t.* FROM {transfers} AND t.transfer_no {beyond} p.number
          ORDER BY t.transfer_no {way} LIMIT %(limit)s) x
      JOIN ledger_batch b ON b.bucket = x.bucket AND b.batch_no = x.batch_no) t
{batch} {other} CROSS JOIN {closing} c
ORDER BY t.business_day {way}, t.at {way}, t.bucket {way}, t.transfer_no {way} LIMIT %(limit)s"""
_WAYS = {
    False: {"most": "max", "mirror": "", "beyond": "<", "way": "DESC"},
    True: {"most": "min", "mirror": "DESC", "beyond": ">=", "way": "ASC"},
}
END = 2**63 - 1  # before it is every transfer
BY = ("t.business_day", "b.booked_at", "t.bucket", "t.transfer_no")
ALL = f"""{SPANS} SELECT {COLUMNS}, %(sign)s * (o2.debit - o2.credit)
    + (sum({EFFECT}) OVER (ORDER BY {", ".join(BY)}))::bigint
FROM s CROSS JOIN LATERAL (SELECT t.* FROM {TRANSFERS} OFFSET 0) t {BATCH} {OTHER}
CROSS JOIN {standing.OPENING} o2"""
PAGE = {
    upwards: _PAGE.format(spans=SPANS, columns=COLUMNS, effect=EFFECT, transfers=TRANSFERS,
                          batch=BATCH, other=OTHER, closing=standing.CLOSING, **words)
    for upwards, words in _WAYS.items()
}  # fmt: skip
"""By whether the page is read upwards, towards newer transfers."""
