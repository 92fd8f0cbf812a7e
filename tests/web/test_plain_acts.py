"""Dangerous single acts 停用、重置: asked first, and nothing is done without a reason that can be read."""

import pytest

from tests.web import site
from tests.web.province import Province


def acts(place: Province) -> dict[str, tuple[str, dict[str, str], str]]:
    """Name → whose act, where it is sent, with what, the page that asks."""
    user, code, other = place.own.teller.pk, place.own.biller_code, place.own.channel_code
    return {
        "a channel shut": (shut := f"/console/partners/{other}/suspend/", {}, shut),
        "an admission ended": (stop := f"/console/partners/{code}/admit/{other}/stop/", {}, stop),
        "a user shut": (f"/console/users/{user}/change/", {"act": "shut"}, f"/console/users/{user}/"),
        "access reset": (f"/console/users/{user}/change/", {"act": "reset"}, f"/console/users/{user}/"),
        "a user let in": (f"/console/users/{user}/change/", {"act": "let_in"}, f"/console/users/{user}/"),
    }


NAMES = ("a channel shut", "an admission ended", "a user shut", "access reset", "a user let in")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("reason", ["", " \n", "\u200b\u202e", "理" * 201], ids=["none", "blank", "unseen", "long"])
def test_without_a_reason_nothing_is_done_and_the_number_says_so(place: Province, name: str, reason: str):
    from yifen.core.access.models import Authorisation, User
    from yifen.core.partners.models import Admission, Partner

    def state() -> object:
        return (list(Partner.objects.order_by("pk").values_list("suspended", flat=True)),
                list(Admission.objects.order_by("pk").values_list("active", flat=True)),
                User.objects.get(pk=place.own.teller.pk).is_active, Authorisation.objects.count())  # fmt: skip

    address, sent, asks = acts(place)[name]
    admin = place.users["platform_admin"] if "partners" in address else place.own.user
    client, before = site.client_of(admin), state()
    assert 'name="reason"' in client.get(asks).content.decode()
    said = client.post(address, sent | {"reason": reason}, follow=True).content.decode()
    assert ("2114 文字过长" if len(reason) > 200 else "2113 须写明理由") in said
    assert state() == before
