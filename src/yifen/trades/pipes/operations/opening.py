"""What goes live with a partner: the pipes that one person made while it was on its way in."""

from yifen.core.access.second import Change
from yifen.core.facts.plug import Text
from yifen.trades.pipes.models import Pipe
from yifen.trades.pipes.operations.keeping import WAYS, listed
from yifen.trades.pipes.port import transport


def opened(partner_id: int) -> list[Change]:
    """Each of its pipes in a line: way, address, events, settings, whether it is on and has a secret."""
    return [_line(pipe) for pipe in Pipe.objects.filter(partner=partner_id).order_by("pk")]


def _line(pipe: Pipe) -> Change:
    said = [(one.title.zh, one.title.en, one.value) for one in transport(pipe.kind).words(pipe.settings).values()]
    on = Text("启用", "on") if pipe.enabled else Text("停用", "off")
    secret = Text("无密钥", "no secret") if pipe.secret is None else Text("有密钥", "has a secret")
    way, wants = WAYS[pipe.kind], listed(pipe.wants)
    zh = [way.zh, pipe.address, wants.zh, *(f"{title} {getattr(value, 'zh', value)}" for title, _, value in said),
          on.zh, secret.zh]  # fmt: skip
    en = [way.en, pipe.address, wants.en, *(f"{title} {getattr(value, 'en', value)}" for _, title, value in said),
          on.en, secret.en]  # fmt: skip
    name = str(pipe.ref)[:8]
    value = Text(" · ".join(zh), " · ".join(en))
    return Change(f"pipe_{pipe.ref}", Text(f"推送通道 {name}", f"Pipe {name}"), value, value)
