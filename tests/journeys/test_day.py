"""A partner's day over real HTTP: query, charge, confirm, reverse, cut, refund, daily file."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest

from tests.journeys.clients import XmlPartner
from tests.journeys.conftest import NOW, Hub
from tests.world import LONG_AGO
from yifen.hub.payments.files import close_day


def cut(hub: Hub) -> date:
    """Close the open day as `yifen cut` does; answers the day that was closed."""
    day = hub.world.value("SELECT current_day FROM ledger_book WHERE book_id = 1")
    with psycopg.connect(hub.database.app_url, autocommit=True) as conn:
        close_day(conn, 1, day, datetime.now(UTC))
    return day


def test_a_whole_day_and_the_morning_after(hub, partner):
    first, second = hub.bill(10_000), hub.bill(20_050)
    asked = partner.call("query", biller="WATER", account_no=first[0])
    assert asked.code == "0000"
    assert asked.body["payer_name"] == "**小明"
    due = asked.body["payables"]
    assert [(p["payable"], p["mode"], p["due_fen"], p["min_fen"], p["max_fen"]) for p in due] == [
        (first[1], "exact", 10_000, 10_000, 10_000)
    ]

    serial = hub.serial()
    charged = hub.charge(partner, first[0], {first[1]: 10_000}, serial)
    assert charged.code == "0000"
    day = charged.body["business_day"]
    payment = charged.body["payment_id"]
    booked_at = charged.body["booked_at"]
    assert abs(datetime.fromisoformat(booked_at) - datetime.now(UTC)) < timedelta(seconds=30)
    standing = {"serial": serial, "amount_fen": 10_000, "business_day": day,
                "booked_at": booked_at, "payment_id": payment,
                "payer_state": "taken", "biller_state": "booked"}  # fmt: skip
    assert charged.body == {
        **standing,
        **({"message": "成功"} if partner.dialect == "json" else {}),
    }
    again = hub.charge(partner, first[0], {first[1]: 10_000}, serial)
    assert again.body == charged.body
    if partner.dialect == "json":
        assert again.http.content == charged.http.content

    confirmed = partner.call("confirm", original_serial=serial)
    assert confirmed.code == "0000"
    assert standing.items() <= confirmed.body.items()
    assert confirmed.body["result"] == "0000"
    assert partner.call("query", biller="WATER", account_no=first[0]).body["payables"] == []

    hub.charge(partner, second[0], {second[1]: 20_050}, kept := hub.serial())
    reversal = hub.serial()
    reversed_ = partner.call("reverse", reversal, original_serial=serial, amount_fen=10_000,
                             reason="柜员录错")  # fmt: skip
    assert reversed_.code == "0000"
    assert {"payment_id": payment, "serial": reversal, "original_serial": serial,
            "amount_fen": 10_000, "business_day": day}.items() <= reversed_.body.items()  # fmt: skip
    state = partner.call("confirm", original_serial=serial).body
    assert (state["payer_state"], state["biller_state"]) == ("returned", "reversed")
    assert len(partner.call("query", biller="WATER", account_no=first[0]).body["payables"]) == 1

    closed = cut(hub)
    assert day == closed.isoformat()
    late = partner.call("reverse", hub.serial(), original_serial=kept, amount_fen=20_050)
    assert late.code == "7005"
    refund = hub.serial()
    refunded = partner.call("refund", refund, original_serial=kept, amount_fen=20_050)
    assert refunded.code == "0000"
    assert refunded.body["business_day"] == (closed + timedelta(days=1)).isoformat()
    state = partner.call("confirm", original_serial=kept).body
    assert (state["payer_state"], state["biller_state"]) == ("refunded", "reversed")

    lines = daily_lines(partner.file(closed))
    assert lines.kinds == {"charge": (2, 30_050), "reverse": (1, 10_000)}
    assert [line["serial"] for line in lines.details] == [serial, kept, reversal]
    assert lines.details[2]["original_serial"] == serial
    assert {line["biller"] for line in lines.details} == {"WATER"}
    assert lines.head["chain_hash"] == hub.world.value(
        "SELECT encode(sha256(string_agg(hash, ''::bytea ORDER BY bucket)"
        " || (SELECT hash FROM audit_day_head WHERE business_day = %s)), 'hex')"
        " FROM ledger_day_head WHERE business_day = %s",
        closed,
        closed,
    )
    next_day = cut(hub)
    lines = daily_lines(partner.file(next_day))
    assert lines.kinds == {"refund": (1, 20_050)}
    assert lines.details[0]["serial"] == refund


class Lines:
    """A daily file read by its documented form, totals and digest checked."""

    def __init__(self, head, details, tail):
        self.head, self.details, self.kinds = head, details, {}
        for line in details:
            count, amount = self.kinds.get(line["kind"], (0, 0))
            self.kinds[line["kind"]] = (count + 1, amount + int(line["amount_fen"]))
        returned = [total for kind, total in self.kinds.items() if kind != "charge"]
        charged = self.kinds.get("charge", (0, 0))
        assert (int(head["count"]), int(head["amount_fen"])) == charged
        assert int(head["reversed_count"]) == sum(count for count, _ in returned)
        assert int(head["reversed_fen"]) == sum(amount for _, amount in returned)
        assert int(tail["lines"]) == len(details)


def daily_lines(content: bytes, encoding: str = "utf-8") -> Lines:
    *before, last = content.splitlines(keepends=True)
    digest = sha256(b"".join(before)).hexdigest()
    if content.startswith(b"{"):
        head, *details, tail = (json.loads(line) for line in [*before, last])
        details = [{**line, "kind": line["type"]} for line in details]
        assert (head["type"], tail["type"], tail["sha256"]) == ("head", "tail", digest)
        return Lines(head, details, tail)
    head, *details, tail = (
        line.decode(encoding).removesuffix("\n").split("|") for line in [*before, last]
    )
    assert (head[:2], tail[0], tail[2]) == (["H", "1"], "T", digest)
    head_names = ("partner", "business_day", "count", "amount_fen", "reversed_count",
                  "reversed_fen", "chain_hash")  # fmt: skip
    names = ("kind", "serial", "original_serial", "payment_id", "biller", "account_no",
             "amount_fen", "paid_at", "booked_at", "biller_serial")  # fmt: skip
    return Lines(
        dict(zip(head_names, head[2:], strict=True)),
        [dict(zip(names, line[1:], strict=True)) for line in details],
        {"lines": tail[1], "sha256": tail[2]},
    )


def test_the_biller_gets_its_own_file_with_every_channels_payments(hub):
    total = 0
    for number, code in enumerate(("XML", "GB", "YUAN", "JSON", "EDWARD", "RON")):
        account_no, ref = hub.bill(1000 + number)
        assert hub.charge(hub.partners[code], account_no, {ref: 1000 + number}).code == "0000"
        total += 1000 + number
    lines = daily_lines(hub.partners["WATER"].file(cut(hub)))
    assert lines.kinds == {"charge": (6, total)}


@pytest.mark.parametrize("code", ["JSON", "EDWARD", "RON"])
def test_what_the_foreign_package_signs_is_accepted_in_each_algorithm(hub, code):
    account_no, ref = hub.bill(700)
    reply = hub.charge(hub.partners[code], account_no, {ref: 700}, operator="柜员一")
    assert (reply.code, reply.body["amount_fen"]) == ("0000", 700)


def test_a_quote_leads_from_query_to_charge(hub, partner):
    account_no, ref = hub.bill(4000, "HEAT")
    refused = hub.charge(partner, account_no, {ref: 4000}, biller="HEAT")
    assert refused.code == "5007"
    asked = partner.call("query", biller="HEAT", account_no=account_no)
    expires = datetime.fromisoformat(asked.body["quote_expires_at"])
    assert timedelta(0) < expires - datetime.now(UTC) <= timedelta(seconds=600)
    charged = hub.charge(partner, account_no, {ref: 4000}, biller="HEAT", quote=asked.body["quote"])
    assert charged.code == "0000"


def test_several_payables_in_one_payment(hub, partner):
    account_no, ref = hub.bill(4000)
    for number in range(2, 21):
        hub.world.owe("WATER", account_no, f"{ref}-{number}", number)
    lines = {ref: 4000, **{f"{ref}-{number}": number for number in range(2, 21)}}
    reply = hub.charge(partner, account_no, lines)
    assert (reply.code, reply.body["amount_fen"]) == ("0000", sum(lines.values()))
    assert partner.call("query", biller="WATER", account_no=account_no).body["payables"] == []


def test_partial_and_open_amounts(hub, partner):
    account_no, ref = hub.bill(5000, mode="partial", min_fen=100)
    hub.world.owe("WATER", account_no, "PREPAY", 0, "open", min_fen=100, max_fen=50_000)
    view = partner.call("query", biller="WATER", account_no=account_no).body["payables"]
    assert [(p["mode"], p["due_fen"], p["min_fen"], p["max_fen"]) for p in view] == [
        ("partial", 5000, 100, 5000),
        ("open", 0, 100, 50_000),
    ]
    assert hub.charge(partner, account_no, {ref: 4950, "PREPAY": 50_000}).code == "0000"
    view = partner.call("query", biller="WATER", account_no=account_no).body["payables"]
    assert [(p["mode"], p["due_fen"]) for p in view] == [("partial", 50), ("open", 0)]
    assert view[0]["min_fen"] == 50  # what is left may be less than the least amount
    assert hub.charge(partner, account_no, {ref: 50}).code == "0000"


# --- partners with ways of their own --------------------------------------------------------------


def test_a_gb18030_partner_keeps_its_rare_characters(hub):
    gb = hub.partners["GB"]
    account_no = "㐂𫖯号"
    hub.world.owe("WATER", account_no, "水费〇", 900, name="㐂𫖯")
    asked = gb.call("query", biller="WATER", account_no=account_no)
    assert asked.http.content[40:].startswith(b'<?xml version="1.0" encoding="GB18030"?>')
    assert (asked.body["account_no"], asked.body["payer_name"]) == (account_no, "*𫖯")
    assert asked.body["payables"][0]["payable"] == "水费〇"
    serial = hub.serial()
    charged = hub.charge(gb, account_no, {"水费〇": 900}, serial, operator="柜员㐂")
    assert charged.code == "0000"
    stored = hub.world.rows("SELECT account_no, operator FROM payment WHERE serial = %s", serial)
    assert stored == [(account_no, "柜员㐂")]
    lines = daily_lines(gb.file(cut(hub)), "gb18030")
    assert account_no in {line["account_no"] for line in lines.details}


def test_bytes_that_are_not_in_the_declared_encoding_are_refused(hub):
    gb = hub.partners["GB"]
    markup = gb.markup("query", biller="WATER", account_no="N").encode("gb18030")
    assert gb.read(post(gb, "query", markup.replace(b">N<", b">\xff\xff<")), signed=False).code == (
        "1005"
    )
    declared = markup.replace(b"GB18030", b"BIG5")
    assert gb.read(post(gb, "query", declared), signed=False).code == "1005"


def post(partner, verb, content):
    return partner.session.post(f"{partner.url}/xml/v1/{verb}", partner.seal(content), timeout=30)


def test_a_yuan_partner_writes_and_reads_yuan(hub):
    yuan = hub.partners["YUAN"]
    account_no, ref = hub.bill(123_456)
    asked = yuan.call("query", biller="WATER", account_no=account_no)
    assert b"<DueAmount>1234.56</DueAmount>" in asked.http.content
    in_fen = yuan.markup("charge", hub.serial(), biller="WATER", account_no=account_no,
                         amount_fen=12_345_600, lines=[(ref, 12_345_600)], paid_at=NOW)  # fmt: skip
    assert yuan.send("charge", yuan.seal(in_fen)).code == "5011"
    charged = hub.charge(yuan, account_no, {ref: 123_456})
    assert charged.code == "0000"
    assert b"<Amount>1234.56</Amount>" in charged.http.content
    assert hub.world.payable(ref, account_no=account_no) == ("settled", 123_456, False)
    finer = in_fen.replace("123456", "1234.567")
    assert yuan.send("charge", yuan.seal(finer)).code == "1006"


def test_the_language_of_a_problem_is_the_callers(hub):
    account_no, ref = hub.bill()
    asked = hub.partners["JSON"]
    asked.session.headers["accept-language"] = "en-GB"
    try:
        assert hub.charge(asked, account_no, {ref: 1}).body["title"] == (
            "The amount is not one that the payable accepts."
        )
    finally:
        asked.session.headers["accept-language"] = "zh-CN"
    assert hub.charge(asked, account_no, {ref: 1}).body["title"] == "金额不符合应缴要求"


# --- keys -----------------------------------------------------------------------------------------


def wait_for(check, seconds=3.0):
    """True within the time in which a gateway must have seen a change of the roster."""
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    while datetime.now(UTC) < deadline:
        if check():
            return True
    return False


def test_two_key_versions_are_valid_side_by_side_until_the_old_one_ends(hub):
    old = XmlPartner(hub.gateway.url, "XML", hub.partners["XML"].key)
    new = XmlPartner(hub.gateway.url, "XML", b"the new secret", version=2)

    def codes():
        calls = (old, new)
        url = f"{hub.gateway.url}/xml/v1/confirm"
        return [
            p.read(p.session.post(url, p.seal(p.markup("confirm", original_serial="NONE")),
                                  timeout=30), signed=False).code
            for p in calls
        ]  # fmt: skip

    assert codes() == ["4003", "2005"]
    hub.world.key("XML", 2, "sha1", b"the new secret", LONG_AGO)
    assert wait_for(lambda: codes() == ["4003", "4003"])
    end = "UPDATE partner_key SET valid_until = now() WHERE partner_id = %s AND version = 1"
    hub.world.run(end, hub.world.ids["XML"])
    assert wait_for(lambda: codes() == ["2005", "4003"])
    hub.world.run("UPDATE partner_key SET valid_until = NULL")
    assert wait_for(lambda: codes() == ["4003", "4003"])


def test_a_suspended_partner_is_shut_out_and_let_in_again(hub, partner):
    def code():
        request = {"biller": "WATER", "account_no": "NONE"}
        if partner.dialect == "xml":
            body = partner.seal(partner.markup("query", **request))
            http = partner.session.post(f"{partner.url}/xml/v1/query", body, timeout=30)
        else:
            http = partner.session.send(partner.prepare("query", **request), timeout=30)
        return partner.read(http, signed=False).code

    assert code() == "5001"
    suspend = "UPDATE partner SET suspended = %s WHERE code = %s"
    hub.world.run(suspend, True, partner.code)
    assert wait_for(lambda: code() == "2002")
    hub.world.run(suspend, False, partner.code)
    assert wait_for(lambda: code() == "5001")
