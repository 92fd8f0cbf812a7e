"""What tests of reports' pages share."""

import re
from typing import Any
from urllib.parse import urlencode

from tests.console.pages import Page
from tests.figures.bills import DAYS
from tests.web import site
from tests.web.province import Province


def browser(place: Province, role: str = "finance") -> Any:
    return site.client_of(place.users[role])


def text_of(place: Province, path: str, role: str = "finance", **asked: Any) -> str:
    return Page(
        browser(place, role), f"/console/figures/{path}?{urlencode(asked, doseq=True)}"
    ).text


BUILD = {
    "row1": "community",
    "measures": ["asked", "settled", "owing", "rate", "collected"],
    "sort": "asked",
    "chart": "bar",
    **DAYS,
}


def kept(place: Province, title: str, roles: tuple[str, ...] = (), by: str = "finance") -> int:
    answer = browser(place, by).post(
        f"/console/figures/reports/new/?{urlencode(BUILD, doseq=True)}",
        {"title": title, "roles": roles},
    )
    assert answer.status_code == 302, answer.content.decode()
    return int(re.findall(r"/(\d+)/$", answer["Location"])[0])


class Letterbox:
    """What would go out by mail; `later`: the server is away."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.later = False

    def send(self, mail: Any, now: Any) -> None:
        from yifen.core.mailing import MailLater

        if self.later:
            raise MailLater("away")
        self.mails.append(mail)
