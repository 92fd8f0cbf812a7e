"""A person at the pages, from the first password on, and what he reads and types there."""

import re
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from tests.console.pages import Page, words
from tests.web import site

SECRET = re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b")
OWN = "a-passphrase-of-{}"


class Walker:
    """Signed in fully, by the forms that everybody meets the first time."""

    def __init__(self, login: str, password: str) -> None:
        self.login, self.browser = login, site.browser()
        self.browser.post("/sign-in/", {"username": login, "password": password, "code": ""})
        own = OWN.format(login)
        self.done("/password/", old=password, new=own, again=own)
        self.enrol()
        self.browser.post("/sign-out/")
        self.done("/sign-in/", username=login, password=own, code=site.code_of(self.user))

    @property
    def user(self) -> Any:
        from yifen.core.access.models import User

        return User.objects.get(login=self.login)

    def enrol(self) -> None:
        from yifen.core.access.devices import totp_of
        from yifen.core.access.models import Authenticator

        self.browser.get("/enrol/")
        device = Authenticator.objects.get(user=self.user)
        self.browser.post("/enrol/", {"code": f"{totp_of(device).token():06d}"})
        assert self.browser.get("/profile/").status_code == 200

    def page(self, path: str, **asked: str) -> Page:
        return Page(self.browser, path, **asked)

    def done(self, path: str, **typed: Any) -> str:
        """A form that was taken: where it leads."""
        answer = self.browser.post(path, typed)
        assert answer.status_code == 302, (answer.status_code, told(answer))
        return str(answer["Location"])

    def shown(self, path: str, **typed: Any) -> str:
        """A form that answers with a page."""
        answer = self.browser.post(path, typed)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def agrees(self, proposal: str) -> None:
        """To what the page shows; it must be open, and done afterwards."""
        assert urlsplit(proposal).path.startswith("/console/proposals/"), proposal
        seen = self.page(proposal).tree.xpath("//input[@name='seen']/@value")
        assert seen, self.page(proposal).text
        said = self.browser.post(f"{proposal}decide/", {"word": "yes", "seen": seen[0]}, follow=True)
        assert "已同意，已生效" in said.content.decode(), told(said)


def told(answer: Any) -> str:
    """What the page says, for who looks why it is not another."""
    return words(html.fromstring(answer.content.decode()).xpath("//main")[0])
