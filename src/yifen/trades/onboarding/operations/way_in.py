"""A partner's way in 接入步骤: every step of `go_live.steps` with how it stands now. The one answer for its page,
the list of partners, and whoever asks what comes next."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from yifen.core.access import second
from yifen.core.access.models import Authorisation
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Channel, Partner
from yifen.trades.onboarding.operations import go_live, openings

DONE, NEXT, OPEN, WAITING, BLOCKED = "done", "next", "open", "waiting", "blocked"
NEEDS = {"tried": ("sandbox_key",), "certified": ("sandbox_key", "endpoint", "tried")}


class WayStep(NamedTuple):
    """`state`: done; next, the first that can be done; open, another that can be; waiting for a second person
    (`proposal`); blocked by the steps of `why`. `why` of one that can be done: what was wrong when it was tried."""

    name: str
    state: str
    why: tuple[str, ...] = ()
    proposal: int = 0


def way_in(partner: Partner, now: datetime) -> list[WayStep]:
    """In order, without those that do not concern the partner; none of a sandbox, which is never let in, and of
    who was open from the start, by a command."""
    if partner.book_id == SANDBOX_BOOK_ID or not (partner.suspended or partner.live_at):
        return []
    steps = [step for step in go_live.steps(partner, now) if step.needed]
    undone = {step.name for step in steps if not step.done}
    found = [_standing(partner, step, steps, undone, now) for step in steps]
    first = next((step.name for step in found if step.state == OPEN), "")
    return [step._replace(state=NEXT) if step.name == first else step for step in found]


def next_step(partner: Partner, now: datetime) -> WayStep | None:
    """What is to be done, else what waits; None: the partner is in."""
    steps = way_in(partner, now)
    by_state = {step.state: step for step in reversed(steps)}
    return by_state.get(NEXT) or by_state.get(WAITING)


def _standing(
    partner: Partner, step: go_live.AdmissionStep, steps: list[go_live.AdmissionStep], undone: set[str],
    now: datetime,
) -> WayStep:  # fmt: skip
    if step.done:
        return WayStep(step.name, DONE)
    if proposal := _proposed(partner, step.name):
        return WayStep(step.name, WAITING, proposal=proposal)
    gates = [one.name for one in steps if one.gates and one.name != "live"]
    needs = gates if step.name == "live" else NEEDS.get(step.name, ())
    if lacking := tuple(name for name in needs if name in undone):
        return WayStep(step.name, BLOCKED, lacking)
    why = go_live.why_not(partner, now) if step.name == "certified" else ""
    return WayStep(step.name, OPEN, (why,) if why in ("not_whole", "outdated") else ())


def _proposed(partner: Partner, step: str) -> int:
    """The open proposal that would do it; 0: none. One to admit is about the biller, and names both."""
    rows = Authorisation.objects.filter(decided_at=None, action__in=second.acts())
    if step == "live":
        rows = rows.filter(action=go_live.ACT, partner=partner)
    elif step == "admitted":
        is_channel = Channel.objects.filter(pk=partner.pk).exists()
        pair = Q(subject_key__startswith=f"{partner.code} ") if is_channel else Q(partner=partner)
        rows = rows.filter(pair, action=openings.ADMIT)
    else:
        return 0
    return rows.order_by("pk").values_list("pk", flat=True).first() or 0
