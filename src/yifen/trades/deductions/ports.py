"""Where a channel's bank listens for deductions: money moves by it, so two people decide."""

from datetime import datetime
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.endpoint import check_endpoint
from yifen.core.partners.models import Channel, Hosted
from yifen.core.plugs import result_code
from yifen.face.plain import plain_connection

ACT = "deductions.port"
CHANNEL, ENDPOINT, ENABLED = Text("渠道", "Channel"), Text("接口地址", "Endpoint"), Text("启用", "In use")
_SQL = queries(__package__)


def propose(access: Access, channel: str, endpoint: str, enabled: bool, now: datetime) -> Authorisation:
    """Refused: OUT_OF_SCOPE, INPUT_INVALID, and as `second.propose` refuses."""
    found = Channel.objects.select_related("partner").filter(partner__code=channel, hosted=Hosted.NO).first()
    if found is None or not access.scope.has_partner(found.pk):
        raise Refused(Code.OUT_OF_SCOPE, "channel")
    content = {"channel": channel, "endpoint": endpoint.strip(), "enabled": enabled}
    return second.propose(access, ACT, channel, content, now, partner=found.partner)


def view(content: dict[str, Any]) -> list[Change]:
    """As it is, as it will be. Refused: INPUT_INVALID."""
    check_endpoint(content["endpoint"])
    if not content["endpoint"]:
        raise Refused(Code.INPUT_INVALID, "endpoint")
    with plain_connection() as conn:
        row = conn.execute(_SQL["port_now"], (content["channel"],)).fetchone()
    return [Change("channel", CHANNEL, content["channel"], content["channel"]),
            Change("endpoint", ENDPOINT, row[0] if row else None, content["endpoint"]),
            Change("enabled", ENABLED, second.yes_no(row[1]) if row else None,
                   second.yes_no(content["enabled"]))]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """From now on. Refused: AUTHORISATION_INVALID."""
    with plain_connection() as conn:
        row = conn.execute(_SQL["set_port"], (content["channel"],)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]), "channel")
