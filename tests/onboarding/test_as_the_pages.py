"""The whole way of a partner by the pages' own role, which is free of no wall."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import ProgrammingError

from tests.console.pages import Page
from tests.onboarding.test_way_in import decided, keyed, passed, register, row
from tests.web import site
from tests.web.province import Province
from yifen.core.facts.processes import WEB


@pytest.fixture
def two(place: Province) -> Iterator[tuple[Any, Any]]:
    """Maker and checker, signed in; from then on Django is yifen_web: the other tests' role may lay out
    by itself what takes two people."""
    from yifen.core.access.models import User

    checker = User.objects.get(login="checker96")
    clients = site.client_of(place.users["platform_admin"]), site.client_of(checker)
    with site.as_process(WEB):
        yield clients


def test_a_partner_is_let_in_changed_shut_and_let_in_again(place: Province, two):
    from yifen.core.partners.models import Admission, PartnerKey

    maker, checker = two
    page = "/console/partners/REAL/"
    terms = {"name": "新供热", "category": "heat", "timeout_s": "5", "endpoint": "http://127.0.0.1:9/"}
    assert register(maker, place, code="REAL", kind="biller", **terms).status_code == 302
    assert register(maker, place, code="CHAN").status_code == 302
    assert "" not in (keyed(maker, "REAL-T"), keyed(maker, "REAL"))
    assert maker.post(f"{page}edit/", terms | {"quote_ttl_s": "30"}).url == page
    assert maker.post("/console/partners/CHAN/admit/", {"other": "REAL"}).url == "/console/partners/CHAN/"
    with site.as_owner(place.database):
        passed("REAL")
    decided(checker, maker.post(f"{page}go-live/ask/").url, "yes")
    assert row("REAL").live_at is not None
    decided(checker, maker.post(f"{page}edit/", terms | {"quote_ttl_s": "60", "timeout_s": "6"}).url, "yes")
    assert (row("REAL").biller.quote_ttl_s, row("REAL").biller.timeout_s) == (60, 6)
    assert maker.post(f"{page}edit/", terms | {"quote_ttl_s": "60", "timeout_s": "6", "name": "旧供热"}).url == page
    assert row("REAL").name == "旧供热"
    text = maker.post(f"{page}keys/", {"algorithm": "hmac-sha256"}).content.decode()
    decided(checker, re.findall(r"/console/proposals/\d+/", text)[0], "yes")
    decided(checker, maker.post(f"{page}keys/2/end/").url, "yes")
    ends = PartnerKey.objects.filter(partner__code="REAL").order_by("version")
    assert [key.valid_until is not None for key in ends] == [True, True]
    maker.post(f"{page}suspend/", {"reason": "检修"})
    assert row("REAL").suspended
    decided(checker, maker.post(f"{page}resume/").url, "yes")
    assert not row("REAL").suspended
    maker.post(f"{page}admit/CHAN/stop/", {"reason": "检修"})
    pair = Admission.objects.get(channel=row("CHAN").pk, biller=row("REAL").pk)
    assert not pair.active
    decided(checker, maker.post(f"{page}admit/", {"other": "CHAN"}).url, "yes")
    pair.refresh_from_db()
    assert pair.active


def test_a_channel_of_our_own_goes_live_by_two_without_key_or_sandbox(place: Province, two):
    from yifen.core.partners.models import Channel, Partner

    maker, checker = two
    assert register(maker, place, code="OURDESK", kind="counter").status_code == 302
    found = row("OURDESK")
    assert (found.channel.hosted, found.suspended, found.live_at, found.json, found.xml) == (
        "counter", True, None, False, False)  # fmt: skip
    assert not Partner.objects.filter(code="OURDESK-T").exists()
    shown = maker.post("/console/partners/OURDESK/go-live/ask/").url
    assert {cells[0]: cells[2] for cells in Page(checker, shown).table()}["承办"] == "本方柜面"
    assert "2104" in decided(maker, shown, "yes")
    assert row("OURDESK").live_at is None
    decided(checker, shown, "yes")
    assert (row("OURDESK").live_at is not None, row("OURDESK").suspended) == (True, False)
    with pytest.raises(ProgrammingError, match="two people"):  # what is live changes by two alone
        Channel.objects.filter(pk=found.pk).update(hosted="payer")
    text = maker.post("/console/partners/OURDESK/keys/", {"algorithm": "hmac-sha256"}).content.decode()
    assert re.findall(r"/console/proposals/\d+/", text) == []
