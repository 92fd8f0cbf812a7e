"""A company's heating season, and what clerks, visitors and two people do in it, by the functions of the processes."""

from datetime import date
from typing import Any

from tests.billing.town import Town
from yifen.core.plugs import result_code

SEASON = date(2026, 11, 15), date(2027, 3, 15)
SUMMER = date(2026, 9, 1)


class HeatTown:
    """HEAT at 38.32 yuan a square metre, a season of 121 days in force, stops for a fifth. It is 1 September."""

    def __init__(self, town: Town) -> None:
        self.town, self.world = town, town.world
        self.fee = town.fee("heat", name="供热费", unit="m²", metered=False, cycle="none", mode="partial")
        town.price(self.fee, [("供热费", "area", 0, "38.32")], [])
        town.on(SUMMER)
        self.world.set_up("UPDATE ledger_book SET current_day = %s", SUMMER)  # no time before the open day counts

    def season(self, **fields: Any) -> int:
        """In force; its number."""
        assert self.put_season(**fields) == "OK"
        return int(self.world.value("SELECT max(season_id) FROM heating_season"))

    def put_season(self, **fields: Any) -> str:
        row = {"season_id": None, "fee_id": self.fee, "name": "2026–2027", "from_on": str(SEASON[0]),
               "to_on": str(SEASON[1]), "heated_from": str(SEASON[0]), "heated_to": str(SEASON[1]),
               "ask_until": "2026-10-15", "answer_days": 10, "by_days": False, "paid_first": True,
               "terms": [{"class": "", "region": "", "permille": 200}]} | fields  # fmt: skip
        proposal = self.world.two_people("heating.season", f"{self.fee} {row['from_on']}", {"season": row},
                                         self.town.biller)  # fmt: skip
        return self.code("SELECT heating_season_v1(%s, %s)", proposal, self.world.now)

    def flat(self, account_no: str, **fields: Any) -> int:
        """70.5 square metres; the service's number."""
        return self.town.service(self.town.customer(account_no), self.fee, **({"area_milli": 70_500} | fields))

    def ask(self, service: int, season: int, kind: str = "stop", from_on: date | None = None) -> tuple[str, int | None]:
        code, number = self.world.rows(
            "SELECT code, request_id FROM heating_ask_v1('maker01', %s, %s, %s, %s, 'holder', 'P1', '外出', %s)",
            service, season, kind, from_on, self.world.now)[0]  # fmt: skip
        return result_code(code).name, number

    def asked(self, service: int, season: int, kind: str = "stop", from_on: date | None = None) -> int:
        code, number = self.ask(service, season, kind, from_on)
        assert (code, number is None) == ("OK", False)
        assert number is not None
        return number

    def seen(self, ref: str, finding: str = "ok") -> None:
        """The visit that was asked for under this ref is done."""
        with self.world.as_owner():
            self.world.run("UPDATE visit SET done_at = %s, done_by = 'field1', finding = %s"
                           " WHERE asked_trade = 'heating' AND asked_ref = %s AND done_at IS NULL"
                           " AND dropped_at IS NULL", self.world.now, finding, ref)  # fmt: skip

    def decided(self, request: int, agree: bool = True) -> str:
        proposal = self.world.two_people("heating.decide", str(request), {"request": request, "agree": agree},
                                         self.town.biller)  # fmt: skip
        return self.code("SELECT heating_decide_v1(%s, %s)", proposal, self.world.now)

    def stopped(self, service: int, season: int, from_on: date | None = None) -> int:
        """Asked for, seen, agreed to; the request's number."""
        request = self.asked(service, season, from_on=from_on)
        self.seen(f"R{request}")
        assert self.decided(request) == "OK"
        return request

    def charged(self, share: int, day: date) -> str:
        proposal = self.world.two_people("heating.charge", str(share), {"share": share, "day": str(day)},
                                         self.town.biller)  # fmt: skip
        return self.code("SELECT heating_charge_v1(%s, %s)", proposal, self.world.now)

    def mark(self, service: int, kind: str, until: date | None = None, ends: bool = False) -> str:
        return self.code("SELECT heating_mark_v1('maker01', %s, %s, %s, '', %s, %s)", service, kind, until, ends,
                         self.world.now)  # fmt: skip

    def stops(self, service: int) -> list[tuple[date, date, int]]:
        return self.world.rows("SELECT from_on, to_on, permille FROM heating_stop WHERE service_id = %s"
                               " ORDER BY from_on", service)  # fmt: skip

    def request(self, number: int) -> tuple[Any, ...]:
        """(state, permille, fen, agreement)."""
        return self.world.rows("SELECT state, permille, basic_fen, agreement_no FROM heating_request_state"
                               " WHERE request_id = %s", number)[0]  # fmt: skip

    def visits(self) -> list[tuple[Any, ...]]:
        """Open ones: (kind, ref, due)."""
        return self.world.rows("SELECT kind, asked_ref, due_on FROM visit WHERE done_at IS NULL AND dropped_at IS NULL"
                               " ORDER BY visit_id")  # fmt: skip

    def code(self, statement: str, *values: Any) -> str:
        return result_code(self.world.value(statement, *values)).name
