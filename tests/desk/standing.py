"""What a teller does at the desk, as his browser sends it."""

import html
import re
from functools import cached_property
from typing import Any

from tests.counter.standing import Counter, opened_with
from tests.web import site
from tests.web.province import Province


class Desk(Counter):
    """A counter whose teller works by the pages."""

    def __init__(self, place: Province) -> None:
        super().__init__(place)
        del self.supervisor  # see below
        self.client = site.client_of(self.teller)

    def with_password(self) -> Any:
        """The teller, who may now try to sign for himself; hashing one takes its time."""
        self.teller.set_password(site.PASSWORD)
        self.teller.save()
        self.client = site.client_of(self.teller)
        return self.teller

    @cached_property
    def supervisor(self) -> Any:  # type: ignore[override]
        """One of his own: an authenticator shows a code only once."""
        return site.user(f"s{self.number:03d}", self.place.own.county, "supervisor")

    def open(self, opening_fen: int = 50_000) -> Any:
        from yifen.core.access.edge import now

        return opened_with(self.place, self.teller, opening_fen, now())

    def get(self, code: str, **query: Any) -> Any:
        return self.client.get(f"/desk/{code}/", query)

    def post(self, code: str, **form: Any) -> Any:
        return self.client.post(f"/desk/{code}/", form)

    def look_up(self, code: str = "4623", account_no: str = "", **query: Any) -> Any:
        """Step 1, with the one biller of the county."""
        query = {"biller": self.place.own.biller_code, "account_no": account_no or self.account_no} | query
        return self.get(code, **query)

    def form(self, **changes: Any) -> dict[str, Any]:
        """Step 2 as its page has it: both bills ticked, cash."""
        answer = self.look_up()
        assert answer.status_code == 200, answer.content.decode()
        fields = {"pay_kind": "cash", "tendered": "200.00", "from_account": "",
                  **hidden(answer, "told", "serial")}  # fmt: skip
        fields |= dict.fromkeys(ticked(answer), "on")
        return {name: value for name, value in (fields | changes).items() if value is not None}

    def draft(self, **changes: Any) -> Any:
        """The entry that step 2 leads to."""
        answer = self.post("4623", **self.form(**changes))
        assert answer.status_code == 302, errors(answer)
        return self.entry(answer)

    def entry(self, answer: Any) -> Any:
        """The entry whose page a redirect names."""
        from yifen.trades.counter.models import Entry

        found = re.fullmatch(r"/desk/entry/(\d+)/", answer["Location"])
        assert found, answer["Location"]
        return Entry.objects.get(pk=found[1])

    def confirm(self, entry: Any, act: str = "send", client: Any = None, **headers: Any) -> Any:
        """Step 3."""
        return (client or self.client).post(f"/desk/entry/{entry.pk}/", {"act": act}, **headers)

    def paid(self, **changes: Any) -> Any:
        """All three steps; the entry as it stands then."""
        entry = self.draft(**changes)
        self.confirm(entry)
        entry.refresh_from_db()
        return entry

    def unknown(self, biller: str) -> Any:
        """A payment to a biller whose system does not answer."""
        entry = self.prepare(biller=biller, G1=3_000)
        self.confirm(entry)
        entry.refresh_from_db()
        assert entry.state == "unknown"
        return entry

    def signed(self, checker: Any = None, **changes: Any) -> dict[str, str]:
        """What the supervisor types."""
        checker = checker or self.supervisor
        return {"reason": "收错户号", "supervisor": checker.login,
                "supervisor_password": site.PASSWORD,
                "supervisor_code": site.code_of(checker), **changes}  # fmt: skip

    def refund_page(self, entry: Any) -> Any:
        """4626 of this entry."""
        return self.get("4626", number=entry.serial)

    def give_back(self, entry: Any, amount: str, **form: Any) -> Any:
        """The form of that page, signed."""
        fields = {"amount": amount, **hidden(self.refund_page(entry), "serial"), **(form or self.signed())}
        return self.client.post(f"/desk/4626/?number={entry.serial}", fields)

    def take_back(self, entry: Any, **form: Any) -> Any:
        """4625 of this entry."""
        return self.client.post(f"/desk/4625/?number={entry.serial}", form or self.signed())


def text(answer: Any) -> str:
    """What the page says, unescaped and without tags; amounts in one piece."""
    page = answer.content.decode().replace('<span class="amount-fen">', "")
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def errors(answer: Any) -> list[str]:
    """What stands in error on the page's fields and above them."""
    fields = r'<ul class="field-errors.*?</ul>'
    above = r'<div class="alert alert-bad" role="alert">.*?</div></div>'
    found = re.findall(f"{fields}|{above}", answer.content.decode(), re.S)
    return [html.unescape(one).strip() for part in found
            for one in re.findall(r"<(?:li|div)>(.*?)</(?:li|div)>", part, re.S)]  # fmt: skip


def hidden(answer: Any, *names: str) -> dict[str, str]:
    """Hidden fields of the page."""
    page = answer.content.decode()
    return {
        name: html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', page)[0])
        for name in names
    }


def ticked(answer: Any) -> list[str]:
    """The bills that the page shows ticked."""
    boxes = re.findall(r'<input type="checkbox"[^>]*>', answer.content.decode())
    return [re.findall(r'name="([^"]*)"', box)[0] for box in boxes if " checked" in box]


def focused(answer: Any) -> str:
    """The name of the field that has the focus."""
    found = re.findall(r"<(?:input|select|button|a)[^>]* autofocus[^>]*>", answer.content.decode())
    return re.findall(r'(?:name|class)="([^"]*)"', found[0])[0] if found else ""
