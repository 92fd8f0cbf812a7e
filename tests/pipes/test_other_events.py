"""Files, bills, settled days and payouts as events, found along the audit trail; and what each carries."""

from datetime import date
from typing import Any

from tests.audit.trail import seal
from tests.pipes.piping import ALL, as_worker, events, find, pipe
from tests.world import DAY, World
from yifen.core.facts.events import Happened

HERE = "http://127.0.0.1:9/"


def begun(net: World) -> None:
    for partner in ("WX", "WATER"):
        pipe(net, partner, HERE)
    seal(net.conn)
    find(net)


def found(net: World) -> None:
    seal(net.conn)
    find(net)
    find(net)  # and once is all


def test_a_daily_file_is_told_and_its_bytes_are_found_by_what_was_told(net: World):
    from yifen.hub.payments import files
    from yifen.trades.pipes.files import file_of, has_file
    from yifen.trades.pipes.port import ToldEvent

    begun(net)
    net.charge("S1", {"B1": 1000})
    net.cut()
    for code, is_text in (("WX", True), ("WATER", False), ("GAS", False)):
        with net.as_owner():
            files.write_file(net.conn, (net.ids[code], code, 1, is_text, "UTF-8"), DAY, net.now)
    found(net)
    [told] = events(net, "file.ready", "WX")
    assert {name: told[name] for name in ("file", "name", "business_day", "version", "lines", "amount_fen")} == {
        "file": "daily_file", "name": "WX-20261123-v1.txt", "business_day": "2026-11-23", "version": 1, "lines": 1,
        "amount_fen": 1000}  # fmt: skip
    assert net.value("SELECT count(*) FROM pipe_event WHERE kind = 'file.ready'") == 2
    at, source = net.rows("SELECT at, source FROM pipe_event WHERE kind = 'file.ready' LIMIT 1")[0]
    event = ToldEvent("evt", "file.ready", at, told, source)
    with as_worker(net):
        body = b"".join(file_of(net.conn, "WX", event))
    kept = net.rows("SELECT f.sha256, p.body FROM daily_file f JOIN daily_file_part p USING (file_id)"
                    " WHERE f.partner_id = %s", net.ids["WX"])  # fmt: skip
    assert (has_file(event), kept) == (True, [(bytes.fromhex(told["sha256"]), body)])
    assert told["size"] == len(body)


def test_a_statement_is_told_in_each_form_and_version(net: World):
    from yifen.trades.pipes.files import file_of
    from yifen.trades.pipes.port import ToldEvent

    begun(net)
    for form, version, body in (("csv", 1, b"a,b"), ("pdf", 1, b"%PDF"), ("csv", 2, b"a,b,c")):
        net.set_up("INSERT INTO daily_statement VALUES (%s, %s, %s, %s, sha256(%s), %s, %s)",
                   net.ids["WATER"], DAY, form, version, body, body, net.now)  # fmt: skip
    found(net)
    told = events(net, "file.ready", "WATER")
    assert [(one["name"], one["size"]) for one in told] == [
        ("WATER-20261123-statement-v1.csv", 3), ("WATER-20261123-statement-v1.pdf", 4),
        ("WATER-20261123-statement-v2.csv", 5)]  # fmt: skip
    event = ToldEvent("e", "file.ready", net.now, told[2], "statements")
    with as_worker(net):
        assert b"".join(file_of(net.conn, "WATER", event)) == b"a,b,c"


def test_bills_are_told_by_number_and_sum_and_never_by_name(net: World):
    begun(net)
    net.owe("WATER", "A77", "N1", 700)
    net.owe("HEAT", "H77", "N1", 700)  # has no pipe
    net.set_up("SELECT payments_withdraw_payable_v1(0::smallint, %s, 'A77', 'N1')", net.ids["WATER"])
    found(net)
    assert events(net, "bill.changed", "WATER") == [
        {"biller": "WATER", "change": "taken", "payables": 1, "due_fen": 700},
        {"biller": "WATER", "change": "withdrawn", "payables": 1, "due_fen": 700},
    ]
    assert net.value("SELECT count(*) FROM pipe_event") == 2


def test_a_settled_day_and_a_payout_s_ends_are_told(net: World):
    begun(net)
    water = net.ids["WATER"]
    net.set_up(
        "INSERT INTO settlement (document_id, book_id, biller_id, business_day, posted_on, due_fen, moved_fen,"
        " payments, amount_fen, commission_fen, mode, payout_on, settled_at)"
        " VALUES (-11, 1, %s, %s, %s, 900, 900, 2, 1000, 100,"
        " 'net', %s, %s)", water, DAY, DAY, date(2026, 11, 24), net.now)  # fmt: skip
    account = net.account("2241.WATER")
    net.set_up(
        "INSERT INTO payout (document_id, reference, biller_id, bank_id, due_on, debit_id, credit_id, amount_fen,"
        " payee, state, instructed_at, changed_at)"
        " VALUES (-12, 'PO1', %s, %s, %s, %s, %s, 900, %s, 'instructed', %s, %s)",
        water, water, DAY, account, account, '{"account_no": "~1~' + "A" * 22 + '"}', net.now, net.now)  # fmt: skip
    found(net)
    assert events(net, "payout.done", "WATER") == []
    net.set_up("UPDATE payout SET state = 'sent' WHERE document_id = -12")
    net.set_up("UPDATE payout SET state = 'done', bank_serial = 'B-9' WHERE document_id = -12")
    net.set_up("UPDATE payout SET state = 'returned' WHERE document_id = -12")
    found(net)
    assert events(net, "day.settled", "WATER") == [{
        "biller": "WATER", "business_day": "2026-11-23", "payments": 2, "amount_fen": 1000, "due_fen": 900,
        "moved_fen": 900, "commission_fen": 100, "mode": "net", "payout_on": "2026-11-24"}]  # fmt: skip
    payout = {"biller": "WATER", "reference": "PO1", "amount_fen": 900, "due_on": "2026-11-23", "bank_serial": "B-9"}
    assert events(net, "payout.done", "WATER") == events(net, "payout.returned", "WATER") == [payout]


def test_the_examples_have_the_names_that_events_have(net: World):
    from yifen.trades.pipes.finding import event_kinds

    begun(net)
    net.charge("S1", {"B1": 1000})
    net.reverse("V1", "S1", 1000)
    net.owe("WATER", "A77", "N1", 700)
    found(net)
    kinds = event_kinds()
    for kind, data in net.rows("SELECT kind, data FROM pipe_event"):
        assert sorted(data) == sorted(kinds[kind].example), kind
    assert sorted(kinds) == sorted(ALL)


def test_a_source_that_fails_is_named_and_stops_no_other(net: World, monkeypatch: Any):
    from yifen.core.facts.plug import EventSource
    from yifen.trades.pipes import finding

    begun(net)
    broken = EventSource("broken", "tests.pipes.test_other_events:breaks", (), ("file.ready",))
    ours = finding.sources()
    monkeypatch.setattr(finding, "sources", lambda: (broken, *ours))
    net.charge("S1", {"B1": 1000})
    with as_worker(net):
        finding.find_all(net.conn, lambda: net.now, lambda: False)
        finding.find_all(net.conn, lambda: net.now, lambda: False)
    faults = net.rows("SELECT source, fault FROM pipe_cursor WHERE fault <> ''")
    assert faults == [("broken", "ValueError: no such thing")]
    assert len(events(net, "payment.decided", "WX")) == 1


def breaks(*args: Any) -> Any:
    raise ValueError("no such thing")


def test_what_an_event_is_makes_its_id():
    one = Happened("payment.decided", 7, "8001", None, {})  # type: ignore[arg-type]
    assert one.uid == one._replace(data={"other": 1}).uid == "evt_7fbafe19e2bdebcb3412552d320dd4e1"
    assert len({one.uid, one._replace(partner_id=8).uid, one._replace(subject="8002").uid}) == 3
