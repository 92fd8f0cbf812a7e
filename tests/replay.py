"""The books once more from the bare transfers: balances and chain, by another hand than the hub's."""

from datetime import date
from hashlib import sha256

from tests.world import World


def recomputed_balances(world: World) -> dict[str, tuple[int, ...]]:
    codes = dict(world.rows("SELECT account_id, code FROM ledger_account"))
    found = {code: [0, 0, 0, 0] for code in codes.values()}
    steps = {"posted": (0, 1), "pending": (1, 0), "post": (-1, 1), "void": (-1, 0)}
    for kind, debit, credit, amount in world.rows(
        "SELECT kind::text, debit_id, credit_id, amount_fen FROM ledger_transfer"
    ):
        for place, step in enumerate(steps[kind]):
            found[codes[debit]][place] += step * amount
            found[codes[credit]][2 + place] += step * amount
    return {code: tuple(sums) for code, sums in found.items() if any(sums)}


def replayed_chain(world: World, bucket: int = 0) -> list[bytes]:
    """The chain by the text that post_v1.sql documents, and nothing else."""
    epoch, hashes, last = date(1970, 1, 1), [], sha256(b"yifen").digest()
    for batch_no, first, final, booked_at in world.rows(
        "SELECT batch_no, first_no, last_no, booked_at FROM ledger_batch"
        " WHERE bucket = %s ORDER BY batch_no", bucket
    ):  # fmt: skip
        digests = b""
        for (
            number, kind, debit, credit, amount, pending, reverses, reference, detail, day, seal
        ) in (
            world.rows(
                "SELECT transfer_no, kind::text, debit_id, credit_id, amount_fen, pending_no,"
                " reverses_no, reference_id, detail_id, business_day, seal FROM ledger_transfer"
                " WHERE bucket = %s AND batch_no = %s ORDER BY transfer_no", bucket, batch_no
            )
        ):  # fmt: skip
            text = (
                f"{bucket}|{number}|{batch_no}|{kind}|{debit}|{credit}|{amount}|{pending or 0}|"
                f"{reverses or 0}|{reference}|{detail}|{(day - epoch).days}"
            ) + (f"|{seal}" if seal else "")
            digests += sha256(text.encode()).digest()
        seconds = int(booked_at.timestamp()) * 1_000_000 + booked_at.microsecond
        header = f"{bucket}|{batch_no}|{first}|{final}|{seconds}".encode()
        last = sha256(last + header + digests).digest()
        hashes.append(last)
    return hashes
