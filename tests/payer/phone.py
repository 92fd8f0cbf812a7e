"""A payer with a phone: what he sees and presses, by the pages' own forms."""

import re
from html import unescape
from typing import Any

from tests.web import site

AMOUNT_GAP = "<span class=\"amount-fen\">"  # the fen stand smaller behind the yuan
PHONE = "Mozilla/5.0 (Linux; Android 14; Mobile) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"


class Phone:
    """A browser on a phone; `kiosk=True`: the machine in the hall."""

    def __init__(self, kiosk: bool = False, agent: str = PHONE, address: str = "10.1.2.3") -> None:
        self.client = site.browser()
        self.client.defaults |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
        self.prefix = "/kiosk" if kiosk else ""

    def get(self, path: str) -> Any:
        return self.client.get(self.prefix + path)

    def post(self, path: str, **form: Any) -> Any:
        return self.client.post(self.prefix + path, form)

    def bills(self, biller: str, account_no: str) -> Any:
        return self.get(f"/q/{biller}/{account_no}")

    def form(self, biller: str, account_no: str, *refs: str, **amounts: str) -> dict[str, Any]:
        """The form as the page gives it, with these payables ticked."""
        token = hidden(self.bills(biller, account_no), "token")
        typed = {f"amount.{ref}": amount for ref, amount in amounts.items()}
        return {"token": token, "method": "simulated", "payable": list(refs), **typed}

    def start(self, biller: str, account_no: str, *refs: str, **amounts: str) -> str:
        """Presses the button; the order's number."""
        answer = self.post("/pay/", **self.form(biller, account_no, *refs, **amounts))
        assert answer.status_code == 302, text_of(answer)
        return order_in(answer["Location"])

    def at_cashier(self, order_no: str, answer: str) -> Any:
        return self.client.post(f"/cashier/{order_no}/", {"answer": answer})

    def look(self, order_no: str) -> Any:
        return self.post(f"/order/{order_no}/look/")

    def page(self, order_no: str) -> str:
        return text_of(self.get(f"/order/{order_no}/"))


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, text_of(answer)
    return unescape(found[1])


def order_in(location: str) -> str:
    found = re.search(r"/order/([0-9a-f]{30})/", location)
    assert found, location
    return found[1]


def text_of(answer: Any) -> str:
    """What can be read on the page."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body.replace(AMOUNT_GAP, ""))).split())
