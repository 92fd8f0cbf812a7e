"""A carrier and a text of messages changed by two people."""

from datetime import UTC, datetime
from typing import Any

from tests.messages.companies import KEY_ID, SECRET
from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ALIYUN = {"key_id": KEY_ID, "key_secret": SECRET, "sign_name": "一分"}


def _checker() -> Any:
    from yifen.core.access.models import User

    return User.objects.get(login="checker96")


def carrier(place: Province) -> tuple[Any, Any, str, Any]:
    from yifen.face.messages import carriers

    made = carriers.propose(site.access(place.users["platform_admin"]), "aliyun", ALIYUN, "", True, NOW)
    return (made, _checker(), "SELECT enabled::text || version FROM message_carrier WHERE code = %s", "aliyun")


def template(place: Province) -> tuple[Any, Any, str, Any]:
    from yifen.core.notifications.templates import TemplateText
    from yifen.face.messages import texts

    text = TemplateText("phone_check/sms/zh", "", "码 {code}", "SMS_1")
    made = texts.propose(site.access(place.users["platform_admin"]), text, NOW)
    return (made, _checker(), "SELECT body || version FROM message_template WHERE key = %s", text.key)


MAKERS = {"messages.carrier": carrier, "messages.template": template}
