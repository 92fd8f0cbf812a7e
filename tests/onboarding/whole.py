"""A kept conformance run in which every clause passed, and such as lack something."""

from datetime import UTC, datetime
from typing import Any


def clauses_of(code: str) -> list[dict[str, Any]]:
    """Every clause that the partner's sandbox has to pass, passed."""
    from yifen.core.partners.models import Biller
    from yifen.hub.certify.whole import clause_ids
    from yifen.trades.onboarding.tested import spoken

    twin = twin_of(code)
    kind = "biller" if Biller.objects.filter(pk=twin.pk).exists() else "channel"
    return [{"id": id, "verdict": "pass"} for id in sorted(clause_ids(kind, spoken(twin)[0]))]


def twin_of(code: str) -> Any:
    from yifen.core.partners.models import Partner

    return Partner.objects.get(code=f"{code}-T")


def passed(code: str, clauses: list[dict[str, Any]] | None = None, **fields: Any) -> Any:
    """A finished run of the sandbox as it is now; `fields` differ."""
    from yifen.trades.onboarding.models import ConformanceRun
    from yifen.trades.onboarding.tested import tested_of

    now = datetime.now(UTC)
    known = {"ok": True, "tested": tested_of(twin_of(code), now),
             "report": {"clauses": clauses_of(code) if clauses is None else clauses}}  # fmt: skip
    return ConformanceRun.objects.create(partner=twin_of(code), asked_by_id=1, began_at=now,
                                         ended_at=now, **(known | fields))  # fmt: skip
