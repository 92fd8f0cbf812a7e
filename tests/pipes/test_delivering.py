"""Deliveries of webhooks: signed, tried again by their times, given up in the end; each pipe by itself."""

import json
import threading
import time
from typing import Any

import pytest

from tests.pipes.piping import deliver, deliveries, find, later, pipe
from tests.pipes.receiver import SECRET, Receiver, verified
from tests.world import World, the_ring

DAY_S = 86_400
NOT = (503, {}, b"not now")


def told(net: World, url: str, partner: str = "WX", **fields: Any) -> int:
    """A pipe, and one payment that it is told of."""
    made = pipe(net, partner, url, ["payment.decided"], **fields)
    find(net)
    net.charge(f"S{made}", {"O1": 100 + made})
    find(net)
    return made


def states(net: World) -> list[tuple[Any, ...]]:
    return [row[2:4] for row in deliveries(net)]


def test_what_happened_arrives_signed_and_is_not_sent_again(net: World, receiver: Receiver):
    receiver.clock = lambda: net.now
    told(net, receiver.url)
    deliver(net)
    deliver(net)
    assert (receiver.calls, receiver.bad) == (1, 0)
    [(uid, body)] = receiver.got
    assert uid == net.value("SELECT uid FROM pipe_event")
    assert (body["type"], body["timestamp"], body["data"]["serial"], body["data"]["amount_fen"]) == (
        "payment.decided", "2026-11-23T04:00:00Z", f"S{body['data']['amount_fen'] - 100}",
        body["data"]["amount_fen"])  # fmt: skip
    assert deliveries(net) == [("WX", "payment.decided", "delivered", 1, "204")]
    assert net.rows("SELECT result, status, said, at FROM pipe_try") == [("delivered", 204, "204", net.now)]


def test_a_receiver_that_is_away_for_an_hour_gets_each_event_once(net: World, receiver: Receiver):
    receiver.clock = lambda: net.now
    made = pipe(net, "WX", receiver.url, ["payment.decided"])
    find(net)
    began, up = net.now, threading.Event()
    receiver.answer = lambda headers, body: (204, {}, b"") if up.is_set() else NOT
    for number in range(6):
        net.charge(f"S{number}", {"O1": 100 + number})
        find(net)
        deliver(net)
        later(net, 600)
    assert receiver.got == []
    up.set()
    while "waiting" in {state for state, _ in states(net)} and (net.now - began).days < 1:
        later(net, 60)
        deliver(net)
    assert sorted(body["data"]["serial"] for _, body in receiver.got) == [f"S{n}" for n in range(6)]
    assert {state for state, _ in states(net)} == {"delivered"}
    assert net.value("SELECT count(*) FROM pipe_try WHERE pipe_id = %s AND result = 'delivered'", made) == 6


def test_what_never_arrives_is_given_up_after_the_last_time_and_may_be_sent_again(net: World, receiver: Receiver):
    receiver.answer = lambda headers, body: NOT
    made = told(net, receiver.url)
    began, at = net.now, []
    for _ in range(12):
        deliver(net)
        due = net.value("SELECT due_at FROM pipe_delivery")
        if due is None:
            break
        at.append((due - net.now).total_seconds())
        net.now = due
    low = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    assert all(least <= pause <= least * 1.2 for least, pause in zip(low, at, strict=True))
    assert (receiver.calls, deliveries(net)) == (10, [("WX", "payment.decided", "given_up", 10, "503 not now")])
    assert 272_105 <= (net.now - began).total_seconds() <= 1.2 * 272_105
    receiver.answer, receiver.clock = (lambda headers, body: (200, {}, b"ok")), lambda: net.now
    net.run("UPDATE pipe_delivery SET state = 'waiting', tries = 0, due_at = %s WHERE pipe_id = %s", net.now, made)
    deliver(net)
    assert states(net) == [("delivered", 1)]


def test_a_pause_that_is_asked_for_is_kept_up_to_a_day(net: World, receiver: Receiver):
    asked: list[tuple[str, float]] = [("120", 120), ("3", 300), ("9999999", DAY_S), ("soon", 7200)]
    told(net, receiver.url)
    for text, least in asked:
        receiver.answer = lambda headers, body, text=text: (429, {"Retry-After": text}, b"")
        deliver(net)
        pause = (net.value("SELECT due_at FROM pipe_delivery") - net.now).total_seconds()
        assert least <= pause <= max(least, 1.2 * 7200 if text == "soon" else least * 1.2)
        later(net, pause)


def test_410_switches_the_pipe_off_and_what_waits_goes_on_when_it_is_on_again(net: World, receiver: Receiver):
    receiver.answer = lambda headers, body: (410, {}, b"moved away")
    made = told(net, receiver.url)
    deliver(net)
    assert net.rows("SELECT enabled, off_why FROM pipe WHERE id = %s", made) == [(False, "410 moved away")]
    net.charge("S-2", {"B1": 1000})
    find(net)
    later(net, 3600)
    deliver(net)
    assert (receiver.calls, states(net)) == (1, [("waiting", 1), ("waiting", 0)])
    receiver.answer, receiver.clock = (lambda headers, body: (204, {}, b"")), lambda: net.now
    net.set_up("UPDATE pipe SET enabled = true WHERE id = %s", made)
    deliver(net)
    assert ({body["data"]["serial"] for _, body in receiver.got}, states(net)) == (
        {f"S{made}", "S-2"}, [("delivered", 2), ("delivered", 1)])  # fmt: skip


def test_redirects_are_not_followed_and_a_long_answer_is_cut(net: World, receiver: Receiver):
    told(net, receiver.url)
    receiver.answer = lambda headers, body: (302, {"Location": receiver.url}, b"")
    deliver(net)
    assert (receiver.calls, deliveries(net)[0][2:]) == (1, ("waiting", 1, "302"))
    receiver.answer, receiver.clock = (lambda headers, body: (200, {}, b"x" * 2_000_000)), lambda: net.now
    later(net, 60)
    deliver(net)
    assert (receiver.calls, deliveries(net)[0][2:]) == (2, ("delivered", 2, "200"))


@pytest.mark.parametrize(("body", "said"), [
    ("签名不对，请核对密钥", "签名不对，请核对密钥"),
    ("户号 3300000485 不存在，电话 １３８００１３８０００", "户号 ***0485 不存在，电话 ***"),
    ("token whsec_c2VjcmV0c2VjcmV0MTIz 无效", "token *** 无效"),
    ("no-such-endpoint-is-registered-here", "no-such-endpoint-is-registered-here"),
    ("a\u202eb\x00c\nd", "a b c d"),
], ids=["chinese", "numbers", "secret", "words", "unseen"])  # fmt: skip
def test_an_answer_is_shown_in_its_words_without_numbers_and_secrets(body: str, said: str):
    from yifen.trades.pipes.webhook import _excerpt

    assert _excerpt(body.encode()) == said


@pytest.mark.parametrize(("address", "words"), [
    ("http://example.com/hook", "3301 an address begins with https://"),
    ("http://10.0.0.1/hook", "0002 10.0.0.1: not in YIFEN_OUTBOUND_ALLOW"),
    ("https://169.254.169.254/", "0002 169.254.169.254: not in YIFEN_OUTBOUND_ALLOW"),
    ("ftp://example.com/", "0002 http(s)://host[:port][/path]"),
], ids=["plain", "inside", "metadata", "scheme"])  # fmt: skip
def test_only_https_leaves_this_machine_and_only_to_where_it_may(net: World, address: str, words: str):
    told(net, address)
    deliver(net)
    [row] = deliveries(net)
    assert row[2:4] == ("waiting", 1)
    assert row[4].split(" ", 1)[1] == words.split(" ", 1)[1]


def test_a_dead_and_a_slow_receiver_hold_up_nobody_else(net: World, receiver: Receiver):
    receiver.clock = lambda: net.now
    with Receiver() as slow:
        slow.answer = lambda headers, body: (time.sleep(1.0), (204, {}, b""))[1]
        slow.clock = lambda: net.now
        pipe(net, "WX", slow.url, ["payment.decided"])
        pipe(net, "WX", "http://127.0.0.1:9/dead", ["payment.decided"])
        pipe(net, "WATER", receiver.url, ["payment.decided"])
        poisoned = pipe(net, "WATER", receiver.url + "poisoned", ["payment.decided"], secret=b"\x00\x01no seal of ours")
        find(net)
        for number in range(8):
            net.charge(f"S{number}", {"O1": 100 + number})
        find(net)
        began, arrived = time.monotonic(), []
        receiver.answer = lambda headers, body: (arrived.append(time.monotonic() - began), (204, {}, b""))[1]
        deliver(net)
        took = time.monotonic() - began
    assert sorted(body["data"]["serial"] for _, body in receiver.got) == [f"S{n}" for n in range(8)]
    assert max(arrived) < 1.0 < took  # all of the good one were there before the first of the slow one
    assert {row[2:] for row in deliveries(net) if row[0] == "WX"} >= {("delivered", 1, "204")}
    assert net.rows("SELECT DISTINCT state, tries FROM pipe_delivery WHERE pipe_id = %s", poisoned) == [("waiting", 1)]
    assert net.value("SELECT count(*) FROM pipe_delivery WHERE state = 'delivered'") == 16


def test_a_worker_that_dies_behind_the_answer_sends_the_same_again(
    net: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    from yifen.trades.pipes import delivering

    receiver.clock = lambda: net.now
    told(net, receiver.url)

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver(net)
    assert (receiver.calls, states(net)) == (1, [("waiting", 0)])
    deliver(net)  # it is still the dead one's
    assert receiver.calls == 1
    later(net, 31)
    deliver(net)
    [first, second] = receiver.got
    assert first == second
    assert states(net) == [("delivered", 1)]


def test_a_shut_partner_is_told_when_it_is_open_again_and_a_pipe_without_a_secret_when_it_has_one(
    net: World, receiver: Receiver
):
    receiver.clock = lambda: net.now
    made = told(net, receiver.url)
    net.set_up("UPDATE partner SET suspended = true, live_at = %s WHERE id = %s", net.now, net.ids["WX"])
    deliver(net)
    assert (receiver.calls, states(net)) == (0, [("waiting", 0)])
    net.set_up("UPDATE partner SET suspended = false WHERE id = %s", net.ids["WX"])
    net.set_up("UPDATE pipe SET secret_before = secret, secret = NULL WHERE id = %s", made)
    deliver(net)
    assert receiver.calls == 0
    net.set_up("UPDATE pipe SET secret = secret_before, secret_before = NULL WHERE id = %s", made)
    deliver(net)
    assert (receiver.calls, states(net)) == (1, [("delivered", 1)])


def test_for_a_day_two_signatures_count(net: World, receiver: Receiver):
    seen: list[tuple[dict[str, str], bytes]] = []
    receiver.answer = lambda headers, body: (seen.append((headers, body)), NOT)[1]
    new = b"n" * 24
    made = told(net, receiver.url)
    ref = net.value("SELECT ref::text FROM pipe WHERE id = %s", made)
    net.set_up("UPDATE pipe SET secret_before = secret, secret = %s, before_until = %s WHERE id = %s",
               the_ring().seal(new, f"pipe:{ref}"), later(net, 100), made)  # fmt: skip
    later(net, -90)
    deliver(net)
    later(net, 200)
    deliver(net)
    (both, body), (one, again) = seen
    assert (len(both["webhook-signature"].split()), len(one["webhook-signature"].split())) == (2, 1)
    assert body == again
    at = net.now
    for secret, headers in ((SECRET, both), (new, both), (new, one)):
        then = at if headers is one else at.fromtimestamp(int(both["webhook-timestamp"]), at.tzinfo)
        assert verified(secret, headers, body, lambda then=then: then) == json.loads(body)


def test_what_is_long_past_is_forgotten_but_never_what_waits(net: World, receiver: Receiver):
    from tests.pipes.piping import as_worker
    from yifen.trades.pipes import forgetting

    receiver.clock = lambda: net.now
    told(net, receiver.url)
    deliver(net)
    net.charge("S-2", {"B1": 1000})
    find(net)
    with as_worker(net):
        assert forgetting.forget(net.conn, later(net, 1)) == 1
    assert [row[2] for row in deliveries(net)] == ["waiting"]
    assert net.value("SELECT count(*) FROM pipe_try") == 0


def test_what_waits_and_for_how_long_is_measured(net: World, receiver: Receiver):
    from tests.pipes.piping import as_worker
    from yifen.trades.pipes import gauges

    told(net, receiver.url)
    later(net, 90)
    net.charge("S2", {"B1": 1000})
    find(net)
    with as_worker(net):
        found = {(one.name, *one.labels): one.value for one in gauges.read(net.conn, later(net, 10))}
    assert found["yifen_pipe_deliveries", "webhook", "waiting"] == 2
    assert found["yifen_pipe_deliveries", "webhook", "given_up"] == 0
    assert found["yifen_pipe_deliveries", "mail", "waiting"] == 0
    assert (found["yifen_pipe_oldest_seconds", "webhook"], found["yifen_event_source_seconds", "payments"]) == (100, 10)


def test_told_to_end_it_takes_no_more_and_writes_what_is_under_way(net: World, receiver: Receiver):
    from tests.pipes.piping import as_worker
    from yifen.trades.pipes import delivering

    receiver.clock = lambda: net.now
    made = told(net, receiver.url)
    for number in range(6):
        net.charge(f"E{number}", {"O1": 200 + number})
    find(net)
    ended = threading.Event()
    receiver.answer = lambda headers, body: (ended.set(), time.sleep(0.3), (204, {}, b""))[2]
    began = time.monotonic()
    with as_worker(net):
        delivering.deliver_due(net.conn, the_ring(), lambda: net.now, ended.is_set)
    assert (time.monotonic() - began < 5, receiver.calls) == (True, 1)  # a pipe never tried has one place
    assert sorted(states(net)) == [("delivered", 1), *[("waiting", 0)] * 6]
    with as_worker(net):
        delivering.deliver_due(net.conn, the_ring(), lambda: net.now, lambda: True)
    assert (receiver.calls, net.value("SELECT count(*) FROM pipe_try WHERE pipe_id = %s", made)) == (1, 1)
