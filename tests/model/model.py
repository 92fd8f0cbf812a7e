"""The four verbs over plain dicts: what the hub must answer and how the books must stand.

Written from the requirements (H4, H5) and the code table, not from the SQL. One thing at a time.
"""

from collections import Counter
from typing import Any

from yifen.core.facts.codes import Code

OPEN, DONE = ("registered", "sent", "unknown"), ("booked", "rejected", "unknown")


class Model:
    """`limits`: channel → (one payment, one day). Books are [debit pending, posted, credit …] by
    bucket and account."""

    def __init__(self, remote: str, limits: dict[str, tuple[int, int]]) -> None:
        self.remote, self.limits, self.day = remote, limits, 0
        self.payables: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.serials: dict[tuple[str, str], dict[str, Any]] = {}
        self.payments: dict[int, dict[str, Any]] = {}
        self.books: dict[tuple[int, str], list[int]] = {}
        self.taken: Counter[tuple[str, int]] = Counter()

    def owe(self, key: tuple[str, str, str], mode: str, due: int, least: int, most: int) -> None:
        self.payables[key] = {"mode": mode, "due": due, "least": least, "most": most, "paid": 0,
                              "held": False}  # fmt: skip

    def move(self, bucket: int, debit: str, credit: str, fen: int, posted: bool) -> None:
        for account, place in ((debit, 0), (credit, 2)):
            self.books.setdefault((bucket, account), [0, 0, 0, 0])[place + posted] += fen

    def move_lines(
        self, payment: dict[str, Any], fen: int, posted: bool, back: bool = False
    ) -> None:
        pair = [f"1121.{payment['channel']}", f"2241.{payment['biller']}"]
        for amount in payment["lines"].values():
            debit, credit = reversed(pair) if back else pair
            self.move(payment["bucket"], debit, credit, fen * amount, posted)

    def free(self, payment: dict[str, Any]) -> int:
        """Limits hold in each bucket by itself."""
        transit = payment["bucket"], f"2241.{payment['biller']}"
        held, debit, _, credit = self.books.get(transit, [0, 0, 0, 0])
        return credit - debit - held

    def seen(self, channel: str, serial: str, verb: str, content: Any) -> Code | None:
        known = self.serials.get((channel, serial))
        if known is None:
            return None
        if known["verb"] == "tombstone" and verb == "charge":
            return Code.REVERSED_BEFORE_CHARGE
        return known["code"] if known["content"] == (verb, content) else Code.SERIAL_REUSED

    def keep(
        self, channel: str, serial: str, verb: str, content: Any, code: Code, payment: int = 0
    ) -> None:
        if payment or not code.meaning.retryable:
            self.serials[channel, serial] = {"verb": verb, "content": (verb, content),
                                             "code": code, "payment": payment}  # fmt: skip

    def charge(self, channel: str, serial: str, biller: str, account_no: str,
               lines: dict[str, int], day: int | None, payment_id: int | None) -> Code:  # fmt: skip
        """`payment_id`: the number that the hub gave it, if any."""
        content = (biller, account_no, tuple(lines.items()), day)
        if (code := self.seen(channel, serial, "charge", content)) is not None:
            return code
        code = self.judge(channel, biller, account_no, lines, day)
        if code is Code.OK and payment_id:
            remote, total = biller == self.remote, sum(lines.values())
            payment = self.payments[payment_id] = {
                "bucket": payment_id % 1000, "channel": channel, "serial": serial,
                "biller": biller, "account_no": account_no, "lines": lines, "total": total,
                "rest": dict(lines),
                "day": self.day, "booked": not remote, "payer": "held" if remote else "taken",
                "state": "registered" if remote else "booked"}  # fmt: skip
            self.move_lines(payment, 1, posted=not remote)
            self.taken[channel, self.day] += total
            self.touch(payment, 0 if remote else 1, held=remote)
            code = Code.PROCESSING if remote else Code.OK
        self.keep(channel, serial, "charge", content, code, payment_id or 0)
        return code

    def touch(self, payment: dict[str, Any], sign: int, held: bool = False) -> None:
        """Count a payment's lines on their payables, or take them off."""
        for ref, fen in payment["lines"].items():
            payable = self.payables[payment["biller"], payment["account_no"], ref]
            payable["paid"] += 0 if payable["mode"] == "open" else sign * fen
            payable["held"] = held

    def judge(
        self, channel: str, biller: str, account_no: str, lines: dict[str, int], day: int | None
    ) -> Code:
        if day is not None and day != self.day:
            return Code.DAY_CLOSED if day < self.day else Code.DAY_NOT_OPEN
        codes = [self.judge_line((biller, account_no, ref), fen) for ref, fen in lines.items()]
        if any(codes):
            return min(code for code in codes if code)
        most, most_a_day = self.limits.get(channel, (10**15, 10**15))
        if sum(lines.values()) > most:
            return Code.OVER_PAYMENT_LIMIT
        over = self.taken[channel, self.day] + sum(lines.values()) > most_a_day
        return Code.OVER_DAY_LIMIT if over else Code.OK

    def judge_line(self, key: tuple[str, str, str], fen: int) -> Code:
        if key not in self.payables:
            return Code.PAYABLE_UNKNOWN
        payable = self.payables[key]
        left = payable["due"] - payable["paid"]
        if payable["mode"] != "open" and left == 0:
            return Code.ALREADY_PAID
        if payable["held"]:
            return Code.PAYABLE_HELD
        least, most = {"exact": (left, left), "partial": (min(payable["least"], left), left),
                       "open": (payable["least"], payable["most"])}[payable["mode"]]  # fmt: skip
        return Code.OK if least <= fen <= most else Code.AMOUNT_WRONG

    def give_back(self, verb: str, channel: str, serial: str, original: str, fen: int) -> Code:
        content = (original, fen)
        if (code := self.seen(channel, serial, verb, content)) is not None:
            return code
        if serial == original:
            self.keep(channel, serial, verb, content, Code.SERIAL_REUSED)
            return Code.SERIAL_REUSED
        first = self.serials.get((channel, original))
        payment = (
            self.payments.get(first["payment"]) if first and first["verb"] == "charge" else None
        )
        code = self.judge_return(verb, first, payment, fen)
        if code is Code.ORIGINAL_UNKNOWN_BLOCKED and first is None:
            self.keep(channel, original, "tombstone", None, Code.REVERSED_BEFORE_CHARGE)
        if code is Code.OK and payment is not None and first is not None:
            payment["return"] = (channel, serial, verb)
            if payment["biller"] == self.remote:
                payment["state"], code = "reversing", Code.PROCESSING
            else:
                self.take_back(payment, fen)
            self.keep(channel, serial, verb, content, code, first["payment"])
        else:
            self.keep(channel, serial, verb, content, code)
        return code

    def judge_return(self, verb: str, first: Any, payment: Any, fen: int) -> Code:
        if first is None or first["verb"] == "tombstone":
            refund = first is None and verb == "refund"
            return Code.SERIAL_UNKNOWN if refund else Code.ORIGINAL_UNKNOWN_BLOCKED
        if payment is None or first["code"] not in (Code.OK, Code.PROCESSING):
            return Code.ORIGINAL_NOT_BOOKED
        if fen > payment["total"] or (verb == "reverse" and fen < payment["total"]):
            return Code.ORIGINAL_MISMATCH
        if payment["payer"] in ("returned", "refunded"):
            return Code.ALREADY_REVERSED
        if payment["state"] == "reversing":
            return Code.ORIGINAL_PROCESSING
        if (verb == "reverse") != (payment["day"] == self.day):
            reverse = verb == "reverse"
            return Code.DAY_CLOSED_USE_REFUND if reverse else Code.DAY_OPEN_USE_REVERSE
        local = payment["biller"] != self.remote
        if fen < payment["total"] and not local:
            return Code.REFUND_WHOLE_ONLY
        if fen > sum(payment["rest"].values()):
            return Code.AMOUNT_ABOVE_LEFT
        short = local and self.free(payment) < fen
        return Code.BALANCE_SHORT if short else Code.OK

    def take_back(self, payment: dict[str, Any], fen: int) -> None:
        """So much of a booked payment's money goes back, of its last line first."""
        part: dict[str, int] = {}
        for ref, rest in reversed(payment["rest"].items()):
            part[ref] = min(rest, fen - sum(part.values()))
            payment["rest"][ref] -= part[ref]
        self.move_lines(payment | {"lines": part}, 1, posted=True, back=True)
        self.touch(payment | {"lines": part}, -1)
        if any(payment["rest"].values()):
            return
        if payment["day"] == self.day:
            self.taken[payment["channel"], self.day] -= payment["total"]
        payment["payer"] = "refunded" if payment["return"][2] == "refund" else "returned"
        payment["state"] = "reversed"

    def result(self, payment_id: int, word: str) -> bool:
        """What the remote biller said; did it change anything?"""
        payment = self.payments[payment_id]
        charge = self.serials[payment["channel"], payment["serial"]]
        state = payment["state"]
        if word == "sent" and state == "registered":
            payment["state"] = "sent"
        elif word == "unknown" and state in OPEN:
            payment["state"] = "unknown"
        elif word in DONE and state in OPEN:
            self.release(payment, booked=word == "booked")
            payment["payer"] = "taken" if word == "booked" else "returned"
            payment["state"] = word
            charge["code"] = Code.OK if word == "booked" else Code.BILLER_REJECTED
        elif word.startswith("reverse") and state == "reversing":
            back = self.serials[payment["return"][:2]]
            back["code"] = Code.OK if word == "reversed" else Code.BILLER_REJECTED
            if word == "reverse_refused":
                payment["state"] = "booked" if payment["booked"] else "unknown"
            elif payment["booked"]:
                self.take_back(payment, payment["total"])
            else:
                self.release(payment, booked=False)
                payer = "refunded" if payment["return"][2] == "refund" else "returned"
                payment |= {"payer": payer, "state": "reversed"}
                charge["code"] = Code.REVERSED_BEFORE_CHARGE
        else:
            return False
        return True

    def release(self, payment: dict[str, Any], booked: bool) -> None:
        """Held money is booked, on the day that is open now, or let go."""
        self.move_lines(payment, -1, posted=False)
        if booked or payment["day"] == self.day:
            self.taken[payment["channel"], payment["day"]] -= payment["total"]
        if booked:
            self.move_lines(payment, 1, posted=True)
            payment |= {"booked": True, "day": self.day}
            self.taken[payment["channel"], self.day] += payment["total"]
        self.touch(payment, int(booked))
