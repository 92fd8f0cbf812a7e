"""Every page once: which address each person opens, and what he is answered there."""

from typing import Any, NamedTuple

from tests.sampling import sampled
from tests.web import site
from tests.web.doors_table import ENDS_SESSION
from tests.web.province import Province

ROLES = ("platform_admin", "finance", "supervisor", "teller", "auditor", "biller_staff", "developer",
         "institution_admin", "")  # fmt: skip
"""Who walks: each opens what none before could; the last is nobody, who opens the payers' pages."""


class Walk(NamedTuple):
    """One person's session, and the pages that are his to open, by their addresses."""

    role: str
    client: Any
    pages: list[tuple[str, str]]

    @property
    def session(self) -> str:
        return str(self.client.cookies["yifen_session"].value) if self.role else ""

    @property
    def addresses(self) -> list[str]:
        return [address for address, _page in self.pages]

    def again(self, language: str) -> list[tuple[str, str]]:
        """The same pages in another language."""
        self.client.cookies["django_language"] = language
        return [(address, self.client.get(address).content.decode()) for address in self.addresses]


def walks(place: Province, every: int) -> list[Walk]:
    """Every so manieth address, each for the first of ROLES who gets a page there. Inside `site.on`, and before a
    browser begins: the ORM is not at home in its loop."""
    from tests.web.test_doors import address, routes
    from yifen.core.access.doors import Door
    from yifen.core.access.roles import Role, permissions_of

    found, seen, asked = [], set(ENDS_SESSION), sampled(list(routes()), every)
    for role in ROLES:
        client = site.client_of(place.users[role]) if role else site.browser()
        may = permissions_of(frozenset({Role(role)})) if role else frozenset()
        mine = []
        for route in asked:
            open_to = isinstance(route.door, Door) and (bool(role) is (route.door is not Door.PUBLIC))
            if route.name in seen or not (open_to or route.door in may):
                continue
            at = address(route, place, foreign=False)
            answer = client.get(at)
            if answer.status_code in (200, 405):  # what takes POST alone, or answers a file, is no page
                seen.add(route.name)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                mine.append((at, b"".join(answer).decode()))
        found.append(Walk(role, client, mine))
    return found
