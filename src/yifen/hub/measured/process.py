"""How a process's share of the hub is: its figures, and why it is not ready. Read by another thread."""

from collections.abc import Iterator
from time import monotonic

from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.metrics.places import NO_DATABASE, Word
from yifen.core.metrics.reading import Measure
from yifen.core.partners.roster import Roster, RosterPartner
from yifen.hub.payments.hub import Hub
from yifen.hub.payments.traffic import TrafficTally

ROSTER_S_MAX = 10.0  # it is compared every second
LANE_S_MAX = 15.0  # a transaction is cut after eleven
Tallies = dict[tuple[str, ...], TrafficTally]


def wrong(hub: Hub) -> list[Word]:
    """Why it should get no calls now; nothing where it may. The hub has been started."""
    found = [] if hub.is_ready else [NO_DATABASE]
    if (age_s := monotonic() - hub.roster_at_s) > ROSTER_S_MAX:
        found.append((f"合作方名册 {age_s:.0f} 秒未核对", f"the roster was not compared for {age_s:.0f} s"))
    if (busy_s := _busiest_s(hub)) > LANE_S_MAX:
        found.append((f"一次提交已用 {busy_s:.0f} 秒", f"a lane has been stuck for {busy_s:.0f} s"))
    return found


def _busiest_s(hub: Hub) -> float:
    now_s = monotonic()
    return max((now_s - began_s for lane in hub.lanes if (began_s := lane.began_s) is not None), default=0.0)


class Measured:
    """The figures of a hub, for each look. A counter never falls, although a call that is just being written
    stands nowhere for a moment."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._told = hub, Tallies()
        self._roster: Roster | None = None
        self._words: dict[int, str] = {}

    def __call__(self) -> Iterator[Measure]:
        hub = self._hub
        yield from self._calls()
        for key, tally in list(hub.recorder.asked.items()):
            yield _histogram("yifen_biller_call_duration_seconds", (key[0], f"{key[1]:04d}"), tally)
        for name, spreads in (("yifen_lane_batch_size", [lane.sizes for lane in hub.lanes]),
                              ("yifen_lane_batch_seconds", [lane.times for lane in hub.lanes])):  # fmt: skip
            counts = tuple(map(sum, zip(*(spread.counts for spread in spreads), strict=True)))
            yield Measure(name, sum(spread.sum for spread in spreads), (), counts)
        yield Measure("yifen_lane_waiting", sum(map(len, hub.lanes)))
        yield Measure("yifen_lane_busy_seconds", _busiest_s(hub))
        yield Measure("yifen_backlog_requests", hub.backlog.held)
        yield Measure("yifen_backlog_requests_max", hub.backlog.most)
        for state, number in hub.connections.standing().items():
            yield Measure("yifen_read_connections", number, (state,))
        yield Measure("yifen_roster_age_seconds", monotonic() - hub.roster_at_s)
        yield Measure("yifen_traffic_lost_total", hub.recorder.traffic.lost)
        yield Measure("yifen_wire_messages_waiting", len(hub.recorder.wire_log))
        yield Measure("yifen_wire_messages_dropped_total", hub.recorder.wire_log.dropped)

    def _calls(self) -> Iterator[Measure]:
        now = Tallies()
        for (partner_id, verb, code), tally in self._hub.recorder.counts().items():
            now.setdefault((self._word(partner_id), verb, f"{code:04d}"), TrafficTally()).add(tally)
        for key, tally in now.items():
            told = self._told.setdefault(key, tally)
            if tally.calls > told.calls:
                self._told[key] = tally
        for key, tally in self._told.items():
            yield _histogram("yifen_call_duration_seconds", key, tally)

    def _word(self, partner_id: int) -> str:
        roster = self._hub.roster
        if self._roster is not roster:
            self._roster, self._words = roster, {one.id: word_of(one) for one in roster.partners.values()}
        return self._words.get(partner_id, "nobody")


def word_of(partner: RosterPartner) -> str:
    """The class of a partner: which one it is, the figures do not tell."""
    if partner.book_id == SANDBOX_BOOK_ID:
        return "sandbox"
    if partner.hosted:
        return "own"
    return "channel" if partner.is_channel else "biller"


def _histogram(name: str, labels: tuple[str, ...], tally: TrafficTally) -> Measure:
    return Measure(name, tally.ms_sum / 1000, labels, tuple(tally.slow))
