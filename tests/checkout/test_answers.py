"""An order is told paid, or refunded, by the pay method's own word alone: it is kept as it was signed, the database
asks for it, and `verify` and the night read its signature again."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.checkout.alipay_side import AlipaySide
from tests.checkout.kept import set_method
from tests.checkout.serving import new_key, public_pem
from tests.checkout.till import Till
from tests.checkout.wechat_side import WeChatSide
from tests.web import site
from yifen.core.facts.processes import GATEWAY, NIGHT, WEB, WORKER
from yifen.core.ring import key_ring

PAID = ("UPDATE checkout_order SET state = 'paid', paid_at = now(), received_fen = amount_fen, trade_no = %(trade)s"
        " WHERE order_no = %(order)s")  # fmt: skip
BACK = "UPDATE checkout_order SET state = 'refunded' WHERE order_no = %(order)s"
ANSWER = ("INSERT INTO checkout_answer (order_no, kind, method, trade_no, refund_no, amount_fen, at, sealed)"
          " VALUES (%(order)s, %(kind)s, %(method)s, %(trade)s, %(refund)s, %(fen)s, now(), %(sealed)s)")  # fmt: skip
RIGHT = {"kind": "paid", "refund": "", "method": "simulated", "trade": "T1", "fen": 12_345, "sealed": b"x"}
WRONG = {"other order": {"order": "X"}, "other kind": {"kind": "returned", "refund": "R"},
         "other method": {"method": "wechat"}, "other trade": {"trade": "T2"},
         "other amount": {"fen": 12_344}}  # fmt: skip


@pytest.fixture(params=[WEB, WORKER])
def conn(till: Till, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(till.place.database.url(request.param)) as conn:
        yield conn
        conn.rollback()


@pytest.mark.parametrize("wrong", [*WRONG, "none"])
def test_plain_sql_tells_no_order_paid(till: Till, conn, wrong: str) -> None:
    order, *_ = till.ready()
    given = RIGHT | {"order": order.pk}
    with pytest.raises(errors.RestrictViolation, match="paying → paid is no step of it"), conn.transaction():
        conn.execute(PAID, given)
    if wrong != "none":
        conn.execute(ANSWER, given | WRONG[wrong])
    with pytest.raises(errors.RestrictViolation, match="paying → paid is no step of it"), conn.transaction():
        conn.execute(PAID, given)
    conn.execute(ANSWER, given)
    conn.execute(PAID, given)  # whether it was signed, `verify` and the night read


def test_plain_sql_tells_no_order_refunded(till: Till, conn) -> None:
    order, *_ = till.ready()
    given = RIGHT | {"order": order.pk, "kind": "returned", "refund": f"R{order.pk}", "fen": 12_344}
    conn.execute(ANSWER, given | {"kind": "paid", "refund": ""})
    conn.execute(PAID.replace("'paid'", "'refund_due'").replace("amount_fen", "12344"), given)
    for wrong in ({"fen": 1}, {"refund": f"R{order.pk}-0"}):
        conn.execute(ANSWER, given | wrong)
        with pytest.raises(errors.RestrictViolation, match="refund_due → refunded is no step"), conn.transaction():
            conn.execute(BACK, given)
    conn.execute(ANSWER, given)
    conn.execute(BACK, given)


@pytest.mark.parametrize("role", [GATEWAY, WEB, WORKER, NIGHT])
@pytest.mark.parametrize("change", ["UPDATE checkout_answer SET amount_fen = 1", "DELETE FROM checkout_answer"])
def test_what_was_answered_is_never_changed(till: Till, role: str, change: str) -> None:
    with psycopg.connect(till.place.database.url(role)) as conn, pytest.raises(errors.InsufficientPrivilege):
        conn.execute(change.encode())


@pytest.mark.parametrize("role", [GATEWAY, WEB, WORKER])
def test_the_night_alone_says_that_it_read_one(till: Till, role: str) -> None:
    with psycopg.connect(till.place.database.url(role)) as conn, pytest.raises(errors.InsufficientPrivilege):
        conn.execute("INSERT INTO checkout_answer_proved VALUES (1, '', now())")


def test_no_word_without_a_signature_is_taken(till: Till) -> None:
    from yifen.core.facts.refused import Refused
    from yifen.trades.orders.methods import Trade
    from yifen.trades.orders.methods.simulated import SIGNED
    from yifen.trades.orders.operations import money_came

    order, *_ = till.ready()
    for trade in (Trade("paid", 12_345, "T1"), Trade("unpaid", 12_345, "T1", SIGNED)):
        with pytest.raises(Refused) as refused:
            money_came(order, trade, till.now)
        assert refused.value.code == 5113
    assert till.order(order.pk).state == "paying"


# --- the simulated cashier's books ------------------------------------------------------------------


def test_simulated_money_that_no_cashier_took_is_named(till: Till) -> None:
    from yifen.trades.orders.proof import altered

    order, *_ = till.ready()
    with psycopg.connect(till.place.database.super_url) as conn:
        assert altered(conn) == []
        (number,) = conn.execute(ANSWER + " RETURNING answer_id", RIGHT | {"order": order.pk}).fetchone()
        conn.execute(PAID, RIGHT | {"order": order.pk})
        named = f"checkout_answer {number} of order {order.pk} is in no book of the cashier"
        assert altered(conn) == [named]
        conn.execute("UPDATE checkout_simulated_trade SET state = 'paid', amount_fen = 7 WHERE order_no = %s",
                     (order.pk,))  # fmt: skip
        assert altered(conn) == [f"checkout_answer {number} of order {order.pk} says 12345, the cashier 7"]
        conn.rollback()


# --- real pay methods -------------------------------------------------------------------------------


def came(real: Any, by_notice: bool = True) -> Any:
    """An order whose money came."""
    from yifen.trades.orders.operations import money_came
    from yifen.trades.orders.settle import ask

    till = real.till
    order = till.start(till.wish(*till.owe(), method=real.code, device="screen"))
    from yifen.trades.orders.methods import Device, PayRequest
    from yifen.trades.orders.operations import begin

    begin(real.method, order, PayRequest(order.pk, 12_345, "bill", order.expires_at, Device.SCREEN, "10.0.0.1", "", ""),
          till.now)  # fmt: skip
    said = real.side.pays(order.pk)
    order = till.order(order.pk)
    if not by_notice:
        return ask(real.method, order, till.now)
    body, headers = said if real.code == "wechat" else (said, {})
    return money_came(order, real.method.notice(body, headers, datetime.now(UTC)).trade, till.now)


def named(real: Any) -> list[str]:
    """What verify says, and takes everything back."""
    from yifen.trades.orders.proof import altered

    with psycopg.connect(real.till.place.database.super_url) as conn:
        return [line for line in altered(conn) if real.order in line]


def change(real: Any, statement: str, **values: Any) -> None:
    with psycopg.connect(real.till.place.database.super_url) as conn:
        conn.execute(statement.encode(), {"order": real.order, **values})


@pytest.mark.parametrize("by_notice", [True, False], ids=["notice", "query"])
def test_a_kept_answer_is_read_again_and_a_forged_one_is_named(real: Any, by_notice: bool) -> None:
    from yifen.trades.orders.answers import context

    order = came(real, by_notice)
    real.order = order.pk
    assert order.state == "paid"
    assert named(real) == []
    with psycopg.connect(real.till.place.database.super_url) as conn:
        (number, sealed), = conn.execute(
            "SELECT answer_id, sealed FROM checkout_answer WHERE order_no = %s", (order.pk,)).fetchall()
        call, headers, body = json.loads(key_ring().open(sealed, context(order.pk)))
    assert b"159" not in sealed  # the payer stands in it: nobody reads him without the ring
    forged = key_ring().seal(json.dumps([call, headers, body.replace("2", "3", 1)]).encode(), context(order.pk))
    change(real, "UPDATE checkout_answer SET sealed = %(sealed)s WHERE order_no = %(order)s", sealed=forged)
    (line,) = named(real)
    assert line.startswith(f"checkout_answer {number} of order {order.pk} was not signed by {real.code}: ")
    change(real, "UPDATE checkout_answer SET sealed = %(sealed)s WHERE order_no = %(order)s", sealed=b"\0\1none")
    assert "cannot be opened" in named(real)[0]
    change(real, "UPDATE checkout_answer SET sealed = '' WHERE order_no = %(order)s")
    assert named(real) == [f"checkout_answer {number} of order {order.pk} holds nothing that was signed"]
    change(real, "UPDATE checkout_answer SET sealed = %(sealed)s WHERE order_no = %(order)s", sealed=sealed)
    assert named(real) == []


def test_an_answer_serves_one_order_and_one_amount(real: Any) -> None:
    from yifen.trades.orders.answers import context

    first, second = came(real), came(real)
    with psycopg.connect(real.till.place.database.super_url) as conn:
        (sealed,) = conn.execute("SELECT sealed FROM checkout_answer WHERE order_no = %s", (first.pk,)).fetchone()
    again = key_ring().seal(key_ring().open(sealed, context(first.pk)), context(second.pk))
    real.order = second.pk
    change(real, "UPDATE checkout_answer SET sealed = %(sealed)s WHERE order_no = %(order)s", sealed=again)
    (line,) = named(real)
    assert line.endswith(f"of order {second.pk} is about order {first.pk}")
    real.order = first.pk
    change(real, "UPDATE checkout_answer SET amount_fen = 1 WHERE order_no = %(order)s")
    lines = named(real)
    assert lines[0].endswith(f"came by {real.code} as {first.trade_no}, of which no answer is kept")
    trade = first.trade_no
    assert f"says ('paid', '{trade}', 1, ''), {real.code} said ('paid', '{trade}', 12345, '')" in lines[1]


def test_a_refund_is_the_pay_method_s_word_too(real: Any) -> None:
    from yifen.trades.orders.operations import move
    from yifen.trades.orders.refunds import give_back

    order = came(real)
    real.order = order.pk
    with site.as_owner(real.till.place.database):
        order = move(order, "refund_due", settle_at=None)
    order = give_back(real.method, order, real.till.now)
    assert order.state == "refunded"
    assert named(real) == []
    change(real, "DELETE FROM checkout_answer WHERE kind = 'returned' AND order_no = %(order)s")
    assert named(real) == [f"checkout_order {order.pk} is refunded, of which no answer of {real.code} is kept"]


def night_of(real: Any) -> dict[str, Any]:
    """The night's step, as its own role."""
    from yifen.hub.night import NOBODY, Night
    from yifen.trades.orders.night import read_answers

    with psycopg.connect(real.till.place.database.url(NIGHT), autocommit=True) as conn:
        return read_answers(conn, Night(1, 1, date(2026, 11, 28), real.till.now, real.till.now, NOBODY))


def test_the_night_reads_each_once_and_names_what_was_not_signed(real: Any) -> None:
    order, other = came(real), came(real)
    real.order = order.pk
    change(real, "UPDATE checkout_answer SET amount_fen = 1 WHERE order_no = %(order)s")
    result = night_of(real)
    assert result["sums"] == {"answers": 1}
    (told,) = result["failed"]
    assert (told["kind"], told["partner"], told["code"]) == ("failed", "PAGE", 5115)
    assert told["detail"].startswith(f"(1) {order.pk} says ('paid', ")
    change(real, "UPDATE checkout_answer SET amount_fen = 12345 WHERE order_no = %(order)s")
    assert (night_of(real), night_of(real)) == ({"sums": {"answers": 1}, "failed": []},
                                                {"sums": {"answers": 0}, "failed": []})  # fmt: skip
    # What it read stays true under other keys; what it never read is nobody's word then.
    late = came(real)
    real.set_keys(**{"alipay": {"alipay_public_key": public_pem(new_key())},
                     "wechat": {"public_key": public_pem(new_key())},
                     "certificates": {"apiv3_key": "f" * 32}}[real.kind])  # fmt: skip
    assert named(real) == []
    real.order = late.pk
    assert "was not signed by" in named(real)[0]
    real.order = other.pk
    change(real, "UPDATE checkout_answer SET at = now() WHERE order_no = %(order)s")
    assert named(real) == []


def test_simulated_money_is_none_beside_a_real_method(real: Any) -> None:
    till = real.till
    order = till.start(till.wish(*till.owe()))
    with psycopg.connect(till.place.database.url(WORKER)) as conn:
        conn.execute("UPDATE checkout_order SET state = 'paying' WHERE order_no = %s", (order.pk,))
        conn.execute(ANSWER, RIGHT | {"order": order.pk})
        with pytest.raises(errors.RestrictViolation, match="paying → paid is no step of it"):
            conn.execute(PAID, RIGHT | {"order": order.pk})


def test_orders_of_before_are_told_as_such(till: Till) -> None:
    """What the migration does, on orders of before: none of them is named, none can be added by anybody else."""
    from yifen.trades.orders.migrations import __path__ as there
    from yifen.trades.orders.proof import altered

    order, account_no, ref = till.ready()
    till.paid_elsewhere(account_no, ref, 12_345)
    till.pays(order.pk)
    assert till.until_rest(order.pk).state == "refunded"
    folder = Path(next(iter(there)))
    before = (folder / "0003_answers.py").read_text().split('BEFORE = """')[1].split('"""')[0]
    numbers = (folder / "0004_parts.py").read_text().split('NUMBERS = "')[1].split('"')[0]
    with psycopg.connect(till.place.database.super_url) as conn:
        conn.execute("ALTER TABLE checkout_answer DROP CONSTRAINT checkout_answer_refund")
        conn.execute("DELETE FROM checkout_answer_proved")
        conn.execute("DELETE FROM checkout_answer")
        assert f"checkout_order {order.pk} says that 12345 came" in "".join(altered(conn))
        conn.execute(before.encode())
        conn.execute(numbers.encode())
        assert altered(conn) == []
        conn.execute("DELETE FROM checkout_answer_proved")
        assert f"of order {order.pk} holds nothing that was signed" in "".join(altered(conn))
        conn.rollback()


@pytest.mark.parametrize(("code", "field"), [
    ("alipay", "app_id"), ("alipay", "private_key"), ("alipay", "alipay_public_key"), ("wechat", "appid"),
    ("wechat", "private_key"), ("wechat", "apiv3_key"),
], ids=lambda word: word)  # fmt: skip
def test_a_credential_that_is_missing_is_named_as_missing_and_a_bad_one_is_not(
    till: Till, code: str, field: str
) -> None:
    from yifen.core.facts.refused import Refused
    from yifen.trades.orders.models import PayMethod

    whole = (AlipaySide() if code == "alipay" else WeChatSide()).credentials()
    before = list(PayMethod.objects.values_list("code", "version"))
    for given, said in (({name: value for name, value in whole.items() if name != field},
                         "2111 The input cannot be used. (a field of the method's credentials is missing)"),
                        (whole | {field: "?!"}, "2111 The input cannot be used.")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            set_method(key_ring(), code, given, "", True)
        assert (refused.value.field, refused.value.text("en")) == (field, said)
    assert list(PayMethod.objects.values_list("code", "version")) == before
