"""The rules for channels, over exchanges written by hand: a good record, and one fault at a time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from yifen.hub.certify.channel import CLAUSES, certify
from yifen.hub.certify.record import ChannelExchange, ChannelTerms
from yifen.hub.certify.report import Report

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TERMS = ChannelTerms(channel="WX")
Story = list[ChannelExchange]


def at(
    second: int, verb: str, code: str = "0000", serial: str = "", **fields: object
) -> ChannelExchange:
    known: dict[str, object] = {"request_bytes": 400, "ms": 12}
    if verb in ("charge", "reverse", "refund"):
        known |= {"content": f"of {serial}", "account_no": "A1", "amount_fen": 300}
    moment = NOON + timedelta(seconds=second)
    return ChannelExchange(at=moment, verb=verb, code=code, serial=serial, **(known | fields))


def good() -> Story:
    """All verbs; one repeat; one charge lost, confirmed; one PROCESSING, sent again; one reversed."""
    return [
        at(0, "query", account_no="A1"),
        at(1, "charge", "0000", "S1"),
        at(2, "charge", "0000", "S1"),
        at(3, "reverse", "0000", "R1", original_serial="S1"),
        at(10, "charge", "", "S2", amount_fen=500),
        at(11, "confirm", "8001", "S2"),
        at(12, "confirm", "0000", "S2", result="0000"),
        at(20, "charge", "8001", "S3", amount_fen=700),
        at(21, "charge", "0000", "S3", amount_fen=700),
        at(30, "charge", "5011", "S4", amount_fen=1),
        at(90, "file"),
    ]


def judged(story: Story, terms: ChannelTerms = TERMS) -> Report:
    return certify(story, terms, NOON)


def words(story: Story, verdict: str, terms: ChannelTerms = TERMS) -> dict[str, str]:
    """Id → why."""
    found = judged(story, terms).clauses
    return {finding.id: finding.seen_en for finding in found if finding.verdict == verdict}


def without(*verbs: str) -> Callable[[Story], Story]:
    return lambda story: [exchange for exchange in story if exchange.verb not in verbs]


def plus(*more: ChannelExchange) -> Callable[[Story], Story]:
    return lambda story: [*story, *more]


def no_repeat(story: Story) -> Story:
    return [e for e in story if e.serial != "S3" and e.at != NOON + timedelta(seconds=2)]


def alone(*kept: ChannelExchange) -> Callable[[Story], Story]:
    """Without S2 and S3, and with these."""
    return lambda story: [*(e for e in story if e.serial not in ("S2", "S3")), *kept]


def whole(second: int, serial: str, back: str) -> Story:
    """Charged, repeated, confirmed, reversed."""
    return [at(second, "charge", "0000", serial), at(second + 1, "charge", "0000", serial),
            at(second + 2, "confirm", "0000", serial, result="0000"),
            at(second + 3, "reverse", "0000", back, original_serial=serial)]  # fmt: skip


LOST = at(40, "charge", "", "S5", amount_fen=900)
FAULTS = [
    ("no query", without("query"), "C-01"),
    ("no charge that succeeded", lambda s: [e for e in s if e.verb != "charge"
                                            or e.serial == "S4"], "C-02 C-06"),
    ("no confirm", lambda s: [e for e in s if e.verb != "confirm" and e.serial != "S2"], "C-03"),
    ("no reversal", without("reverse"), "C-04"),
    ("no file", without("file"), "C-05"),
    ("a file that was not ready", lambda s: [*without("file")(s), at(90, "file", "8101")], "C-05"),
    ("no repeat", no_repeat, "C-06"),
    ("a new serial after the repeat", plus(at(22, "charge", "5005", "S9", amount_fen=700)), "C-06"),
    ("a new serial after the repeat, reversed later",
     plus(at(22, "charge", "0000", "S9", amount_fen=700),
          at(23, "reverse", "0000", "R9", original_serial="S3", amount_fen=700)), "C-06 C-10"),
    ("a new serial while the reversal was undecided",
     plus(at(50, "reverse", "", "R2", original_serial="S2", amount_fen=500),
          at(51, "charge", "0000", "S9", amount_fen=500), at(52, "confirm", "0000", "R2")), "C-10"),
    ("a serial used again", plus(at(50, "charge", "4001", "S2", amount_fen=1, content="x")),
     "C-07"),
    ("a serial used by another verb", plus(at(50, "refund", "4001", "S3", content="y")), "C-07"),
    ("lost and forgotten", plus(LOST), "C-08"),
    ("asked once and left", plus(LOST, at(41, "confirm", "8001", "S5")), "C-08"),
    ("asked with a bad signature only", plus(LOST, at(41, "confirm", "2005", "S5")), "C-08 C-11"),
    ("a reversal that was lost", plus(at(50, "reverse", "", "R2", original_serial="S2")), "C-08"),
    ("an answer after a minute", plus(at(50, "reverse", "0000", "R2", original_serial="S2",
                                         ms=60_000)), "C-08"),
    ("a new serial while undecided",
     plus(LOST, at(41, "charge", "5006", "S6", amount_fen=900), at(42, "confirm", "0000", "S5")),
     "C-09"),
    ("a new serial, and twice",
     plus(LOST, at(41, "charge", "0000", "S6", amount_fen=900), at(42, "confirm", "0000", "S5")),
     "C-09 C-10"),
    ("twice", plus(at(50, "charge", "0000", "S6", amount_fen=700)), "C-06 C-10"),
    ("a wrong signature", plus(at(50, "query", "2005")), "C-11"),
    ("an unknown key", plus(at(50, "query", "2004")), "C-11"),
    ("a wrong clock", plus(at(50, "query", "2006")), "C-12"),
    ("another encoding", plus(at(50, "query", encoding="GB18030")), "C-13"),
    ("bytes in no encoding", plus(at(50, "query", "1005")), "C-13"),
    ("an unreadable message", plus(at(50, "charge", "1006", "S7", amount_fen=2)), "C-14"),
    ("a message too long", plus(at(50, "query", request_bytes=70_000)), "C-14"),
    ("a dialect that is not agreed", plus(at(50, "query", dialect="soap")), "C-15"),
    ("a dialect that is not open", plus(at(50, "query", "2003")), "C-15"),
]  # fmt: skip


def test_a_good_record_passes_every_clause() -> None:
    report = judged(good())
    assert [(f.id, f.verdict) for f in report.clauses] == [(row.id, "pass") for row in CLAUSES]
    assert (report.ok, report.passed, report.seconds) == (True, len(CLAUSES), 90)
    assert report.began_at == NOON


@pytest.mark.parametrize(("name", "change", "clauses"), FAULTS, ids=[row[0] for row in FAULTS])
def test_just_the_broken_rule_is_found(
    name: str, change: Callable[[Story], Story], clauses: str
) -> None:
    why = words(change(good()), "fail")
    assert sorted(why) == clauses.split(), why
    assert all(why.values())


def test_every_clause_was_seen_to_fail() -> None:
    assert {id for *_, ids in FAULTS for id in ids.split()} == {row.id for row in CLAUSES}


def test_the_order_of_the_list_does_not_matter() -> None:
    assert words(good()[::-1], "fail") == {}


@pytest.mark.parametrize(
    "more",
    [
        [at(622, "charge", "0000", "S6", amount_fen=700)],  # a later top-up
        [at(4, "charge", "0000", "S6", account_no="A2")],  # somebody else
        [at(30, "charge", "9001", "S7", amount_fen=2), at(31, "charge", "0000", "S8",
                                                          amount_fen=2)],  # nothing was taken
        [at(40, "charge", "0000", "S6", amount_fen=8), at(41, "refund", "8001", "R6",
                                                          original_serial="S6"),
         at(42, "confirm", "0000", "R6"), at(43, "charge", "0000", "S7", amount_fen=8)],
        [*whole(40, "S6", "R6"), *whole(44, "S7", "R7"), at(48, "reverse", "0000", "R6", original_serial="S6")],
        [at(40, "charge", "", "S6", amount_fen=8), at(41, "charge", "5011", "S6", amount_fen=8),
         at(42, "charge", "5011", "S6", amount_fen=8), at(43, "charge", "0000", "S7", amount_fen=8)],
    ],
    ids=["ten minutes later", "another account", "after BUSY", "after a late refund", "all of it again once reversed",
         "after a refusal that was repeated"],
)  # fmt: skip
def test_what_is_no_double_charge(more: Story) -> None:
    assert words([*good(), *more], "fail") == {}


def test_what_nothing_proves_to_be_the_channels_is_judged_by_no_clause() -> None:
    """A stranger who knows its code: bad signatures, a bad form, a used serial, another charge."""
    strange = [
        at(31, "query", "2005", proved=False), at(32, "query", "2004", proved=False),
        at(33, "query", "2006", proved=False, request_bytes=70_000),
        at(34, "charge", "1006", "S1", proved=False, content="other"),
        at(35, "query", "2005", proved=False, encoding="GB18030", dialect="soap"),
    ]  # fmt: skip
    report = certify([*good(), *strange], TERMS, NOON, unproved=2)
    assert ([f.id for f in report.clauses if f.verdict != "pass"], report.ok) == ([], True)
    assert report.note_en == ("Judged from 11 exchanges. 7 more came in the channel's name without"
                              " proof and do not count.")  # fmt: skip
    assert report.note_zh == "依据 11 次报文往来。另有 7 次报文未能证明出自该渠道，不计入。"


def test_what_a_stranger_did_shows_nothing_for_the_channel() -> None:
    forged = [at(n, verb, proved=False) for n, verb in enumerate(("query", "file"))]
    assert list(words([*without("query", "file")(good()), *forged], "fail")) == ["C-01", "C-05"]


def test_a_rule_whose_occasion_never_came_is_not_run() -> None:
    story = alone()(good())
    assert words(story, "not_run") == {
        "C-08": "nothing was undecided: charge the sandbox's account 1008 or 1009",
        "C-09": "nothing was undecided: charge the sandbox's account 1008 or 1009",
    }


def test_a_channel_that_did_nothing_does_not_pass() -> None:
    report = judged([])
    assert (report.ok, report.passed) == (False, 0)
    assert list(words([], "fail")) == ["C-01", "C-02", "C-03", "C-04", "C-05", "C-06"]


def test_the_agreed_encoding_is_that_of_xml() -> None:
    terms = ChannelTerms(channel="WX", encoding="GB18030")
    story = [at(0, "query", encoding="GB18030"), at(1, "query", dialect="json")]
    assert "C-13" not in words(story, "fail", terms)
    assert "C-13" in words([at(0, "query")], "fail", terms)
