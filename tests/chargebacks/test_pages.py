"""A payment's chargebacks in the console: proposed by one, decided by another, carried out, noted."""

import psycopg

from tests.console.pages import Page
from tests.repair.proposals import checker
from tests.web import site


def address(payment: int) -> str:
    return f"/console/payments/{payment}/chargebacks/"


def test_money_that_was_used_is_refused_at_the_form_with_its_way_out(place):
    payment, finance = place.own.payment_id, site.client_of(place.users["finance"])
    kept = ("UPDATE payable SET (mode, state, paid_fen, balance_fen) = (%s, %s, %s, %s)"
            " WHERE payable_id = ("
            "SELECT detail_id FROM ledger_transfer WHERE reference_id = %s AND kind = 'posted' LIMIT 1)")  # fmt: skip
    with psycopg.connect(place.database.super_url, autocommit=True) as conn:
        conn.execute(kept, ("open", "open", 0, 12_000, payment))
    try:
        page = Page(finance, address(payment))
        assert page.facts()["现可退（元）"] == "120.00"
        assert [row[2:] for row in page.table(0)] == [["123.45", ""]]
        assert "先撤销用了它的账单" in page.text
        sent = {"amount": "123.45", "reason": "denied", "note": ""}
        said = finance.post(f"{address(payment)}propose/", sent).content.decode()
        assert "7011" in said
        assert "先撤销用了它的账单" in said
    finally:
        with psycopg.connect(place.database.super_url, autocommit=True) as conn:
            conn.execute(kept, ("exact", "settled", 12_345, None, payment))


def test_one_proposes_and_another_decides_and_the_channels_number_is_noted(place):
    payment = place.own.payment_id
    finance, other = site.client_of(place.users["finance"]), site.client_of(checker(place))
    fact = Page(finance, f"/console/payments/{payment}/").link("//dd/a[contains(@href, '/chargebacks/')]")
    assert fact == address(payment)
    sent = {"amount": "100.00", "reason": "denied", "note": "来函 7 号"}
    said = finance.post(f"{fact}propose/", sent).content.decode()
    assert "7006" in said  # of today, a part
    assert "整笔退单后另缴" in said  # and what to do
    assert "7003" in finance.post(f"{fact}propose/", sent | {"amount": "123.46"}).content.decode()
    silent = sent | {"amount": "123.45", "reason": "other", "note": ""}
    assert "2113" in finance.post(f"{fact}propose/", silent).content.decode()
    asked = finance.post(f"{fact}propose/", sent | {"amount": "123.45"}, follow=True).request["PATH_INFO"]
    told = {row[0]: row[1:] for row in Page(other, asked).table(0)}
    assert told["剩余（元）"] == ["123.45", "0.00"]
    assert told["退单原因"][-1] == "持卡人否认"
    seen = Page(other, asked).tree.xpath("//input[@name='seen']/@value")[0]
    other.post(f"{asked}decide/", {"word": "yes", "seen": seen})
    assert "办理中" in Page(finance, fact).text
    carried(place)
    page = Page(finance, fact)
    assert "退款待外部办理" in page.text
    assert [row[0] for row in Page(finance, "/console/differences/chargebacks/", state="outside").table()] == ["CB1"]
    assert "退单待外部办理" in Page(finance, "/console/today/").text
    finance.post(page.tree.xpath("//form[contains(@action, '/outside/')]/@action")[0], {"reference": "WX-R-9"})
    assert "WX-R-9" in Page(finance, fact).text
    assert "退单待外部办理" not in Page(finance, "/console/today/").text
    assert Page(finance, f"/console/payments/{payment}/").facts()["退单"] == "已退回"


def carried(place) -> None:
    """As the night's process does it."""
    from datetime import UTC, datetime

    from yifen.face.shell.hub import local_hub
    from yifen.trades.reconciliation.chargebacks import carrying

    with psycopg.connect(place.database.url("yifen_night"), autocommit=True) as conn:
        for number in carrying.unfinished(conn):
            assert carrying.carry_out(conn, local_hub(), number, datetime.now(UTC)) == "done"


def test_nobody_sees_or_proposes_what_is_anothers_or_without_the_permission(place):
    finance, supervisor = site.client_of(place.users["finance"]), site.client_of(place.users["supervisor"])
    assert finance.get(address(place.foreign.payment_id)).status_code == 404
    sent = {"amount": "1.00", "reason": "denied", "note": ""}
    assert finance.post(f"{address(place.foreign.payment_id)}propose/", sent).status_code == 404
    assert finance.get(address(2**63)).status_code == 404
    assert supervisor.post(f"{address(place.own.payment_id)}propose/", sent).status_code == 403
    assert Page(supervisor, address(place.own.payment_id)).tree.xpath("//input[@name='amount']") == []
