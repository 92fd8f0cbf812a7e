"""Every form with what clerks type by mistake, a field at a time: read right, or told so with a number; no fault,
and nothing is left half done."""

import os
import re
from typing import Any, NamedTuple
from urllib.parse import urljoin

import pytest
from django.urls import reverse
from lxml import html

from tests.web import site
from tests.web.province import Province
from tests.web.test_hostile import given_of, text_of, within

ROLES = ("platform_admin", "institution_admin", "finance", "supervisor", "teller", "biller_staff")
WILD = {
    "amount": ("-1", "-0", "-0.00", "+5", "999999999", "9" * 30, "1,234.56", "１，２３４．５６", "12.5元", "¥ 12.50",
               "1e5", "1.005", "٣", "1.2.3", "😀", "NaN"),
    "date": ("2026-02-30", "0001-01-01", "9999-12-31", "2026-13-01", "二月三十日", "２０２６-０２-０１", "-1"),
    "moment": ("2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "2036-12-01T10:00", "10:00"),
    "text": ("理" * 10_000, "x" * 300, "😀👩‍👩‍👧", "\u202eabc\u2066", "a\x00b", "\n\t", "１２３", "\u200b"),
}  # fmt: skip
NUMBER = re.compile(r"(?<![0-9])[0-9]{4} \S")
SAID = ("//*[contains(@class, 'field-errors')] | //*[contains(@class, 'alert')] | //*[contains(@class, 'message')]")
KEPT = "SELECT (SELECT count(*) FROM audit_entry), (SELECT count(*) FROM access_authorisation)"


class Field(NamedTuple):
    """Where it is sent, all that the form has, and which field it is."""

    action: str
    values: tuple[tuple[str, str], ...]
    name: str
    kind: str


def kind_of(field: Any) -> str:
    given = {"date": "date", "datetime-local": "moment", "number": "amount"}.get(field.get("type"))
    if given is None and (field.get("inputmode") in ("decimal", "numeric") or "input-amount" in field.get("class", "")):
        return "amount"
    return given or "text"


def fields_of(page: str, address: str) -> list[Field]:
    """Those that a person types into, of every form that changes something."""
    found = []
    for form in html.fromstring(page).xpath("//main//form[translate(@method, 'POST', 'post') = 'post']"):
        values = [(str(name), "" if value is None else str(value)) for name, value in form.form_values()]
        values += [(box.name, box.value_options[-1]) for box in form.xpath(".//select")
                   if box.name and box.value_options and (box.name, "") in values]  # fmt: skip
        buttons = form.xpath(".//button[@name]")
        values += [(one.get("name"), one.get("value", "")) for one in buttons[:1]]
        typed = form.xpath(".//input[not(@type) or @type='text' or @type='number' or @type='date'"
                           " or @type='datetime-local' or @type='time'] | .//textarea")  # fmt: skip
        action = urljoin(address, form.get("action") or address)
        found += [Field(action, tuple(values), field.name, kind_of(field)) for field in typed if field.name]
    return found


def state() -> tuple[int, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        return tuple(cursor.fetchone())


SEEN: set[tuple[str, str]] = set()
EACH = int(os.environ.get("YIFEN_WILD_EACH", "2"))
"""Values a field: all take their turn on the fields of a kind; 99 tries all of them on each (some ten minutes)."""


def some(values: tuple[str, ...], turn: int) -> list[str]:
    return [values[(EACH * turn + place) % len(values)] for place in range(min(EACH, len(values)))]


@pytest.mark.parametrize("role", ROLES)
def test_every_field_takes_it_or_says_why_with_a_number(place: Province, role):
    client = site.client_of(place.users[role])
    client.raise_request_exception = False
    faults, silent = [], []
    for route in within(role):
        address = reverse(route.name, kwargs=given_of(route, place))
        page = client.get(address)
        if page.status_code != 200 or "html" not in page.get("Content-Type", ""):
            continue
        for field in fields_of(text_of(page).decode(), address):
            if (route.name, field.name) in SEEN:
                continue
            SEEN.add((route.name, field.name))
            for value in some(WILD[field.kind], len(SEEN)):
                tell = (route.name, field.name, value[:12])
                before, sent = state(), dict(field.values) | {field.name: value}
                answer = client.post(field.action, sent, follow=True)
                if answer.status_code >= 500:
                    faults.append(tell)
                elif state() == before and answer.status_code == 200 and not told(answer, value):
                    silent.append(tell)
    assert (faults, silent) == ([], [])


def told(answer: Any, value: str) -> bool:
    """It was done and said so, or a number says why not, or the form comes back with it and asks on."""
    page = html.fromstring(text_of(answer).decode())
    said = " ".join(one.text_content() for one in page.xpath(SAID))
    bad = page.xpath("//*[contains(@class, 'field-errors')] | //*[contains(@class, 'alert-bad')]")
    return bool(NUMBER.search(said)) or (not bad and (bool(answer.redirect_chain) or value.strip() in shown(page)))


def shown(page: Any) -> str:
    """What stands in the fields of a page."""
    return " ".join([*page.xpath("//input/@value"), *(area.text_content() for area in page.xpath("//textarea"))])
