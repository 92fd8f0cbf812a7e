"""Monitoring: what rules find, once and as it was; who was late; who may see and decide; nothing private, ever."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.cards.office import CardOffice
from tests.world import DAY
from yifen.trades.cards.watch import proof
from yifen.trades.cards.watch.kinds import KINDS, WatchRule, why
from yifen.trades.cards.watch.looking import look_at

LAST = 25  # the day of the bill, and so many days behind it the bank's last


def rule(office: CardOffice, **fields: Any) -> str:
    """In force from DAY on, unless told otherwise; nothing is looked for but what is named."""
    nothing = {name: type(usual)() for name, usual in WatchRule._field_defaults.items()}
    asked = nothing | {"valid_from": str(DAY), "bill_day": LAST, "free_days": 25, "same_days": 30} | fields
    return office.agreed("cards.watch_rule", "cards_keep_watch_v1", asked | {"mccs": list(asked["mccs"])})


def all_of_it(office: CardOffice) -> str:
    usual = WatchRule(DAY)._asdict() | {"valid_from": str(DAY)}
    return rule(
        office,
        **usual | {"swipe_fen": 100_000, "day_fen": 150_000, "month_fen": 300_000, "card_pct": 1},
    )


def hits(office: CardOffice) -> list[tuple[str, int]]:
    return office.world.rows("SELECT kind, amount_fen FROM card_hit_seen ORDER BY hit_id")


def kinds(office: CardOffice) -> list[str]:
    return sorted(kind for kind, _fen in hits(office))


def night(office: CardOffice) -> tuple[int, list[int]]:
    return look_at(office.world.conn, office.id, office.world.now)


def on(day: date, hour: int = 12) -> dict[str, Any]:
    """A swipe of that day by the bureau's clock."""
    at = datetime.fromisoformat(f"{day}T{hour:02d}:30:00+08:00")
    return {"swiped_at": at, "posted_on": day}


def test_each_kind_is_found_when_it_is_marked_and_not_just_beside_its_bound(office: CardOffice):
    monday = DAY - timedelta(days=DAY.weekday() + 7)
    assert rule(office, swipe_fen=100_000, warn_pct=80) == "OK"
    for number, fen in (("A1", 79_999), ("A2", 80_000), ("A3", 100_000), ("A4", 100_001)):
        office.swiped(number, fen, **on(monday))
    assert hits(office) == [
        ("swipe_warn", 80_000),
        ("swipe_warn", 100_000),
        ("swipe_over", 100_001),
    ]
    assert office.mark("A4") == "OK"
    assert len(hits(office)) == 3  # marked alike: nothing new
    assert rule(office) == "WATCH_RULE_WRONG"  # one of that day is there
    later = {"valid_from": str(DAY + timedelta(days=1))}
    for wrong in (
        {"bill_day": 29},
        {"free_days": 31},
        {"pay_days": 6, "claim_days": 5},
        {"mccs": ["58x"]},
        {"same_count": 1},
        {"night_from": 24},
        {"warn_pct": 100},
        {"valid_from": str(DAY - timedelta(days=1))},
    ):
        assert rule(office, **later | wrong) == "WATCH_RULE_WRONG"
    assert rule(office, **later) == "OK"
    assert len(hits(office)) == 3  # what was found is not found anew


def test_patterns_are_found_with_their_evidence(office: CardOffice):
    monday = DAY - timedelta(days=DAY.weekday() + 7)
    assert all_of_it(office) == "OK"
    one = office.swiped("S1", 60_000, merchant="青溪超市", **on(monday))
    assert kinds(office) == ["share"]  # 1 % of 50,000 yuan
    two = office.swiped("S2", 60_000, merchant="青溪超市", **on(monday, 15))
    evidence = "SELECT kind, swipes, amount_fen FROM card_hit_seen WHERE kind IN ('split', 'day_warn') ORDER BY 1"
    assert office.world.rows(evidence) == [
        ("day_warn", [one, two], 120_000),
        ("split", [one, two], 120_000),
    ]
    office.swiped("S3", 95_000, merchant="甲店", **on(monday + timedelta(days=1)))
    office.swiped("S4", 95_000, merchant="乙店", **on(monday + timedelta(days=1)))
    office.swiped("N1", 1_000, merchant="云川加油站", **on(monday + timedelta(days=2), 23))
    office.swiped("W1", 1_001, merchant="桂林宾馆", **on(monday + timedelta(days=5)))
    office.swiped("M1", 1_002, merchant="珠宝行", mcc="5944", **on(monday + timedelta(days=3)))
    office.swiped("M2", 1_003, merchant="提款机", mcc="6011", **on(monday + timedelta(days=3)))
    for number in ("E1", "E2", "E3"):
        office.swiped(number, 777, **on(monday + timedelta(days=3)))
    found = kinds(office)
    for kind in ("under", "day_over", "month_over", "night", "off_day", "same"):
        assert kind in found, kind
    assert found.count("mcc") == 2
    assert office.world.value("SELECT cardinality(swipes) FROM card_hit_seen WHERE kind = 'same'") == 3
    # A holiday on a weekday, and a Saturday that works.
    office.world.set_up("INSERT INTO calendar_day (day, kind, name) VALUES (%s, 'holiday', '节'), (%s, 'make_up', '班')"
                        " ON CONFLICT (day) DO UPDATE SET kind = EXCLUDED.kind", monday + timedelta(days=4),
                        monday - timedelta(days=2))  # fmt: skip
    office.swiped("H1", 1_004, **on(monday + timedelta(days=4)))
    office.swiped("H2", 1_005, **on(monday - timedelta(days=2)))
    assert [fen for kind, fen in hits(office) if kind == "off_day"] == [1_001, 1_004]
    # Who had no post on that day.
    office.swiped("L1", 1_006, **on(date(2019, 12, 31)))
    assert [fen for kind, fen in hits(office) if kind == "left"] == [1_006]


def test_a_night_compares_claims_with_invoices_and_looks_for_cash_without_a_card(
    office: CardOffice,
):
    assert all_of_it(office) == "OK"
    office.swiped("S1", 5_000, merchant="青溪宾馆", **on(DAY - timedelta(days=4)))
    office.swiped("S2", 5_100, merchant="桂林饭店", **on(DAY - timedelta(days=4)))
    office.swiped("S3", 5_200, merchant="书店", **on(DAY - timedelta(days=61)))
    paper = {"gross_fen": 10_000}
    for number, fen, key, seller in (
        ("S1", 5_000, "24502000000000000001", "青溪宾馆有限公司"),
        ("S2", 5_100, "24502000000000000002", "云川酒家"),
    ):
        assert office.ask(office.line(number, fen, invoice=key, seller=seller, **paper))[0] == "OK"
    assert office.ask(office.line("S3", 5_200))[0] == "OK"
    cash = {"card": office.card_id(), "exemption": "01", "words": "乡下", **paper}
    for key, seller in (("24502000000000000003", "张三丰"), ("24502000000000000004", "老王饭店")):
        assert office.ask(office.line(None, 3_000, invoice=key, seller=seller, **cash), kind="cash")[0] == "OK"
    before = kinds(office)
    new, lost = night(office)
    assert lost == []
    after = kinds(office)
    assert [after.count(kind) - before.count(kind) for kind in ("seller", "gap", "no_swipe")] == [
        1,
        1,
        1,
    ]
    sellers = "SELECT facts ->> 'seller' FROM card_hit_seen WHERE kind IN ('seller', 'no_swipe') ORDER BY kind"
    assert office.world.rows(sellers) == [("张三丰",), ("云川酒家",)]
    assert new == len(after) - len(before)
    assert night(office) == (0, [])
    for kind, fen, facts in office.world.rows("SELECT kind, amount_fen, facts FROM card_hit_seen"):
        assert "{" not in why(kind, fen, facts).zh + why(kind, fen, facts).en
    with office.world.as_owner():
        assert proof.altered(office.world.conn) == []


def test_the_banks_last_day_is_25_to_56_days_away_and_who_is_late_bears_the_interest(
    office: CardOffice,
):
    last_day = "SELECT cards_last_day_v1(%s, 25, 25)"
    with office.world.as_owner():
        days = {(office.world.value(last_day, one) - one).days
                for one in (date(2026, 1, 1) + timedelta(days=n) for n in range(730))}  # fmt: skip
    assert (min(days), max(days)) == (25, 55)  # the day of posting is the 56th
    assert rule(office, near_days=7, claim_days=5, pay_days=2, rate_ppm=500) == "OK"
    posted = DAY - timedelta(days=70)
    with office.world.as_owner():
        due = office.world.value(last_day, posted)
    office.swiped("S1", 123_456, **on(posted))
    late = (DAY - due).days
    assert hits(office) == [("overdue", 123_456)]
    hit = office.world.value("SELECT max(hit_id) FROM card_hit_seen")
    told = "SELECT amount_fen, days, late_by, interest_fen FROM cards_late_v1(%s, %s)"
    assert office.world.rows(told, hit, DAY) == [
        (123_456, late, "holder", (123_456 * 500 * late + 500_000) // 1_000_000)
    ]

    # Each step in turn keeps its day, and the next one does not.
    swipe = office.swiped("S2", 20_000, **on(DAY))
    with office.world.as_owner():
        due = office.world.value(last_day, DAY)
        future = due + timedelta(days=10)
        office.world.run(
            "INSERT INTO card_hit (bureau_id, unit_id, person_id, card_id, kind, key, turn, rule_from, swipes,"
            " amount_fen, on_day, facts, how, found_at) SELECT %s, unit_id, person_id, card_id, kind, key, 0,"
            " rule_from, swipes, amount_fen, on_day, facts, 'night', now()"
            " FROM cards_found_v1(%s, ARRAY[%s]::bigint[], '{}', NULL, %s)",
            office.id,
            office.id,
            swipe,
            future,
        )
    hit = office.world.value("SELECT max(hit_id) FROM card_hit_seen WHERE kind = 'overdue'")

    def by() -> str:
        return str(office.world.value("SELECT late_by FROM cards_late_v1(%s, %s)", hit, future))

    assert by() == "holder"
    code, claim = office.ask(office.line("S2", 20_000))
    assert (code, by()) == ("OK", "signer")
    assert claim is not None
    assert office.sign(claim, "c01", "h01") == ["OK", "OK"]
    assert by() == "cashier"
    assert office.vouch(office.repayment(claim)) == "OK"
    assert by() == "cashier"
    with office.world.as_owner():
        office.world.rows("SELECT cards_sent_v1(%s, 'V1', %s)", office.id, office.world.now)
    assert office.world.rows(told, hit, future) == [(20_000, 10, "bank", 100)]
    assert office.repaid(office.repayment(claim)) == "OK"
    assert office.world.rows(told, hit, future) == []  # repaid in time after all


def test_private_swipes_are_in_no_hit_and_a_hit_goes_with_its_mark(office: CardOffice):
    assert all_of_it(office) == "OK"
    monday = DAY - timedelta(days=DAY.weekday() + 7)
    assert office.take(swipes=[office.swipe("P1", 900_000, merchant="私密", **on(monday, 23))]) == []
    assert night(office) == (0, [])
    assert office.mark("P1", "private") == "OK"
    assert night(office) == (0, [])
    office.swiped("S1", 90_000, **on(monday))
    assert kinds(office) == ["share", "swipe_warn"]  # no sum has the private one in it
    assert office.mark("P1") == "OK"
    assert {"swipe_over", "night", "day_over", "month_over"} <= set(kinds(office))
    assert office.mark("P1", "private") == "OK"
    assert kinds(office) == ["share", "swipe_warn"]
    hit = office.world.made("SELECT hit_id FROM card_hit WHERE kind = 'swipe_over'")
    decide = "SELECT cards_hit_v1(%s, %s, '', 'explained', '出差', %s)"
    assert office.code(decide, "h01", hit, office.world.now) == "HIT_UNKNOWN"
    office.swiped("S2", 70_000, **on(monday))  # the sums are found anew, without it
    assert [fen for kind, fen in hits(office) if kind == "day_over"] == [160_000]
    with office.world.as_owner():
        office.world.run("SET ROLE yifen_web")
        for statement in ("SELECT FROM card_hit", "SELECT phone FROM card_contact"):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                office.world.conn.transaction(),
            ):
                office.world.rows(statement)


def test_head_and_bureau_decide_with_reasons_and_nobody_his_own(office: CardOffice):
    assert rule(office, swipe_fen=1_000) == "OK"
    office.swiped("S1", 2_000)
    hit = office.world.value("SELECT hit_id FROM card_hit_seen")

    def decide(login: str, decision: str = "explained", was: str = "", note: str = "已核实") -> str:
        return office.code(
            "SELECT cards_hit_v1(%s, %s, %s, %s, %s, %s)",
            login,
            hit,
            was,
            decision,
            note,
            office.world.now,
        )

    office.login("p01h", "unit_head", person="P01")
    office.posts(("Z09", "101002"))
    office.login("z09", "unit_head")
    assert [decide(login) for login in ("c01", "p01", "z09", "p01h")] == ["PERMISSION_MISSING"] * 3 + [
        "CARD_SAME_PERSON"
    ]
    assert [decide("h01", note=""), decide("h01", "gone"), decide("h01", was="follow")] == [
        "HIT_WORDS",
        "HIT_WORDS",
        "HIT_STATE",
    ]
    assert decide("h01", "follow") == "OK"
    assert decide("b01") == "HIT_STATE"  # he was shown it before
    assert decide("b01", "taken_back", "follow") == "OK"
    assert decide("h01", "explained", "taken_back") == "HIT_STATE"
    assert office.world.rows("SELECT decision, decided_by, note FROM card_hit_seen") == [
        ("taken_back", "b01", "已核实")
    ]
    assert office.code("SELECT cards_hit_v1('h01', 999, '', 'explained', '已核实', now())") == "HIT_UNKNOWN"
    assert [row[0] for row in office.world.rows("SELECT cards_my_hits_v1(%s)", "p01")] == [hit]
    assert office.world.rows("SELECT cards_my_hits_v1(%s)", "c01") == []
    trail = office.world.made("SELECT count(*) FROM audit_draft WHERE subject = 'card_hit'")
    assert trail == 2
    tried = "SELECT kind, hits FROM cards_watch_try_v1(%s, %s, %s, 92, %s) ORDER BY 1"
    asked = psycopg.types.json.Jsonb(WatchRule(DAY)._asdict() | {"valid_from": str(DAY), "swipe_fen": 1_500})
    assert ("swipe_over", 1) in office.world.rows(tried, "b01", office.id, asked, office.world.now)
    assert office.world.rows(tried, "h01", office.id, asked, office.world.now) == []


def test_one_bad_swipe_stops_no_night_and_is_told(office: CardOffice):
    assert rule(office) == "OK"
    numbers = [office.swiped(f"S{turn}", 2_000 + turn) for turn in range(5)]
    with office.world.as_owner():
        office.world.run(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.swipes[1] = {numbers[2]} THEN RAISE 'poison'; END IF; RETURN NEW; END $$"
        )
        office.world.run("CREATE TRIGGER poison BEFORE INSERT ON card_hit FOR EACH ROW EXECUTE FUNCTION poison()")
        office.world.run("ALTER TABLE card_watch_rule DISABLE TRIGGER append_only")
        office.world.run("UPDATE card_watch_rule SET swipe_fen = 1000")
    assert night_in_parts(office) == (4, [numbers[2]])
    assert office.world.rows("SELECT FROM card_watch_run") == []  # the next night looks at all of it again
    with office.world.as_owner():
        office.world.run("DROP TRIGGER poison ON card_hit")
    assert night_in_parts(office) == (1, [])
    assert len(hits(office)) == 5


def night_in_parts(office: CardOffice) -> tuple[int, list[int]]:
    """As the night does, each statement in a savepoint: a test is one transaction."""

    class Parts:
        closed = False

        def execute(self, *asked: Any) -> Any:
            with office.world.conn.transaction():
                return office.world.conn.execute(*asked)

    return look_at(Parts(), office.id, office.world.now)  # type: ignore[arg-type]


def test_every_kind_is_said_in_words():
    facts = {"limit": 1, "count": 2, "merchant": "店", "due": "2026-12-20", "pct": 90, "day": "holiday", "at": "23:10",
             "mcc": "6011", "days": 30, "fen": 5, "seller": "张三"}  # fmt: skip
    for kind in KINDS:
        said = why(kind, 100, facts)
        assert said.zh
        assert "{" not in said.zh + said.en
