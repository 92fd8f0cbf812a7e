"""What `doctor` looks at of messages to people: whether who is to bring SMS has his keys and knows our texts."""

from collections.abc import Iterator
from typing import Any

import psycopg

from yifen.core.facts.plug import Text
from yifen.core.facts.settings import Settings
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import plugs
from yifen.tools.doctor.symptom import Symptom, care, fault, well

SMS, TEXTS = Text("短信", "SMS"), Text("短信模板", "texts of SMS")
_SQL = queries(__package__)


def looked_at(conn: psycopg.Connection[Any], settings: Settings) -> Iterator[Symptom]:
    """Nothing where nobody was named: then messages stay in the local outbox."""
    if not settings.sms:
        return
    row = conn.execute(_SQL["carrier"], [settings.sms]).fetchone()
    numbered = {key for (key,) in conn.execute(_SQL["numbered"]).fetchall()}
    said = f"YIFEN_SMS={settings.sms}"
    if row is None or not row[0]:
        yield fault(SMS, f"{said}: {'-' if row is None else '0'}", Text(
            "未设密钥或未启用，短信一条也发不出：管理台“消息”由两人填写其密钥并勾选使用，或去掉 YIFEN_SMS",
            "it has no keys, or is not used, so no SMS goes out: set its keys and `use it` on the console (Messages),"
            " by two people, or take YIFEN_SMS out"))  # fmt: skip
        return
    yield well(SMS, said)
    if lacking := [key for key in _texts() if key not in numbered]:
        yield care(TEXTS, f"{said}: {', '.join(lacking)}", Text(
            "这些正文没有对方模板编号，不会发出：先向短信公司报备，再填在 消息 › 模板",
            "these have no number of the company's and are not sent: register them there, then Messages, its texts",
        ))  # fmt: skip


def _texts() -> list[str]:
    kinds = (kind for plug in plugs() for kind in plug.messages if "sms" in kind.bodies)
    return [f"{kind.name}/sms/{language}" for kind in kinds for language in ("zh", "en")]
