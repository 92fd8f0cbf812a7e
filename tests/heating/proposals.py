"""A proposal of each act about heating, for the tests of two people."""

import io
import itertools
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from tests.billing.price_proposals import a_fee, as_owner
from tests.web import site
from tests.web.province import Province
from tests.world import the_ring
from yifen.hub.payments.names import sealed_name

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]
_numbers = itertools.count(1)


def a_season(place: Province, fee: int) -> Any:
    """Of the next winter, put before another by the company's own."""
    from yifen.trades.heating import seasons
    from yifen.trades.heating.rules import Term

    begins, ends = date(2027, 11, 15), date(2028, 3, 15)
    season = seasons.Season(fee, "2027–2028", begins, ends, begins, ends, date(2027, 10, 15), 10, False, False,
                            (Term(200),))  # fmt: skip
    return seasons.propose(site.access(place.users["biller_staff"]), season, NOW, "市政府令 1 号")


def in_force(place: Province) -> tuple[int, int]:
    """A season that two people put in force, and a flat; (season, service)."""
    number = next(_numbers)
    fee = a_fee(place.own.biller, f"HS{number}", metered=False, cycle="none", unit="m²")
    site.agree(place.users["institution_admin"], a_season(place, fee), NOW)
    season = as_owner("SELECT season_id FROM heating_season WHERE fee_id = %s", [fee])
    return season, a_flat(place, fee, f"HF{number}")


def a_flat(place: Province, fee: int, account: str) -> int:
    """Of 70.5 square metres at a door of its own; the service's number."""
    biller, name = place.own.biller, sealed_name(the_ring(), place.own.biller, account, "赵暖")
    door = as_owner("INSERT INTO billing_place (biller_id, name, path) VALUES (%s, %s, %s) RETURNING place_id",
                    [biller, account, account])  # fmt: skip
    as_owner("SELECT payments_import_payers_v1(0::smallint, ARRAY[%s], ARRAY[%s], ARRAY[%s])::text",
             [biller, account, name])  # fmt: skip
    customer = as_owner("INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, opened_on)"
                        " SELECT 0, (n.customer + 1) * 1000, %s, %s, %s, '2026-01-01'"
                        " FROM billing_numbers_v1(0::smallint, 1, 0, 0) n RETURNING customer_id",
                        [biller, account, door])  # fmt: skip
    return int(as_owner("INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, area_milli,"
                        " from_on) SELECT 0, (n.service + 1) * 1000, %s, %s, 'residential', 70500, '2026-01-01'"
                        " FROM billing_numbers_v1(0::smallint, 0, 1, 0) n RETURNING service_id",
                        [customer, fee]))  # fmt: skip


def seen(place: Province, ref: str, finding: str = "ok") -> None:
    """The visit that was asked for under this ref is done."""
    as_owner("UPDATE visit SET done_at = %s, done_by = 'field1', finding = %s WHERE asked_trade = 'heating'"
             " AND asked_ref = %s AND done_at IS NULL AND dropped_at IS NULL RETURNING 1",
             [NOW, finding, ref])  # fmt: skip


def asked(place: Province) -> tuple[int, int]:
    """A stop that was inspected; (request, service)."""
    from yifen.trades.heating import requests

    season, service = in_force(place)
    number = requests.ask(site.access(place.users["finance"]), service, season, "stop", None, "holder", "SQ-1", "外出",
                          NOW)  # fmt: skip
    seen(place, f"R{number}")
    return number, service


def new_season(place: Province) -> Proposed:
    made = a_season(place, a_fee(place.own.biller, f"HS{next(_numbers)}"))
    return (made, place.users["institution_admin"], "SELECT count(*) FROM heating_season WHERE proposal = %s", made.pk)


def an_answer(place: Province) -> Proposed:
    from yifen.trades.heating import deciding

    number, service = asked(place)
    made = deciding.propose(site.access(place.users["finance"]), number, True, "资料齐全", NOW)
    return made, place.users["biller_staff"], "SELECT count(*) FROM heating_stop WHERE service_id = %s", service


def a_charge(place: Province) -> Proposed:
    from yifen.trades.heating import charging

    return (charging.propose(site.access(place.users["finance"]), warm_stop(place), date(2027, 12, 1), "私自启封", NOW),
            place.users["biller_staff"], "SELECT count(*) FROM heating_stop WHERE to_on = '2027-11-30' AND bucket = %s",
            0)  # fmt: skip


def warm_stop(place: Province) -> int:
    """A stop in force that a visit found warm; its share."""
    from yifen.trades.heating import deciding

    number, service = asked(place)
    site.agree(place.users["biller_staff"],
               deciding.propose(site.access(place.users["finance"]), number, True, "资料齐全", NOW), NOW)  # fmt: skip
    as_owner("INSERT INTO visit (biller_id, bucket, customer_id, service_id, kind, asked_trade, asked_ref, why, due_on,"
             " asked_at, done_at, done_by, finding) SELECT %s, 0, customer_id, service_id, 'check', 'heating',"
             " 'C' || service_id, '', '2027-12-01', now(), '2027-12-01 12:00+08', 'field1', 'warm'"
             " FROM billing_service WHERE service_id = %s RETURNING 1", [place.own.biller, service])  # fmt: skip
    return int(as_owner("SELECT share_id FROM heating_stop WHERE service_id = %s", [service]))


def a_spared_stop(place: Province) -> Proposed:
    from yifen.trades.heating import charging

    share = warm_stop(place)
    return (charging.propose_to_spare(site.access(place.users["finance"]), share, "邻户串热", NOW),
            place.users["biller_staff"], "SELECT count(*) FROM heating_spared WHERE share_id = %s", share)  # fmt: skip


def a_file(place: Province) -> Proposed:
    from yifen.trades.heating import filing

    season, service = in_force(place)
    account = as_owner("SELECT account_no FROM billing_customer JOIN billing_service USING (bucket, customer_id)"
                       " WHERE service_id = %s", [service])  # fmt: skip
    body = io.BytesIO(f"户号,申请,申请书编号\n{account},报停,SQ-2\n".encode())
    with transaction.atomic():
        file = filing.take_in(site.access(place.users["finance"]), season, body, "报停.csv", "clerk", NOW)
    return (filing.propose(site.access(place.users["finance"]), file, "", NOW), place.users["biller_staff"],
            "SELECT count(*) FROM heating_filed WHERE file_id = %s", file)  # fmt: skip


MAKERS = {"heating.file": a_file, "heating.spare": a_spared_stop, "heating.season": new_season,
          "heating.decide": an_answer, "heating.charge": a_charge}
"""One of each."""
