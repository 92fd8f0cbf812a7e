"""Every head of every list that sorts leads to a page, both ways (in a run of everything one way and the next head the
other); so do keys of no time at all."""

import pytest
from django.urls import NoReverseMatch

from tests.sampling import ALL
from tests.web import site


@pytest.mark.parametrize("role", ["finance", "auditor", "institution_admin", "platform_admin"])
def test_every_order_of_every_list_is_a_page(place, role):
    from django.urls import reverse

    from yifen.core.access.roles import permissions_of
    from yifen.face.lists.registry import lists_by_name

    client, wrong, tried = site.client_of(place.users[role]), [], 0
    for name, listing in lists_by_name().items():
        try:
            path = reverse(name)
        except NoReverseMatch:  # a list of one thing
            continue
        if listing.only_exported or listing.permission not in permissions_of(frozenset({role})):
            continue
        for order in listing.orders:
            tried += 1
            for sort in (order, f"-{order}") if ALL else ("-" * (tried % 2) + order,):
                answer = client.get(path, {"sort": sort})
                if answer.status_code not in (200, 302):
                    wrong.append((path, sort, answer.status_code))
    assert (wrong, tried > 10) == ([], True)


@pytest.mark.parametrize("query", ['after=["0001-01-01T00:00:00+23:59",1]', "before=[1]",
                                   'after=["9999-12-31T23:59:59-23:59",1]'])  # fmt: skip
def test_a_key_of_no_time_is_passed_over(place, query):
    assert site.client_of(place.users["finance"]).get(f"/console/jobs/?{query}").status_code == 200


def test_a_day_at_the_end_of_time_is_refused_and_no_fault(place):
    answer = site.client_of(place.users["finance"]).get("/console/?day=9999-12-31")
    assert answer.status_code == 200


def test_the_file_of_an_export_is_never_another_one(place):
    from yifen.face.models import Export

    row = Export.objects.get(pk=place.own.more["export"])
    client = site.client_of(place.own.user)
    changed(place, row, file="../key-ring", listing="partners")
    assert client.get(f"/console/exports/{row.pk}/file/").status_code == 404
    changed(place, row, file=row.file, listing="audit")  # whose right is not his
    assert client.get(f"/console/exports/{row.pk}/file/").status_code == 403
    changed(place, row, listing=row.listing)


def changed(place, row, **fields: str) -> None:
    """As only the owner can."""
    with site.as_owner(place.database):
        type(row).objects.filter(pk=row.pk).update(**fields)


def test_who_may_not_see_a_list_exports_nothing_of_it(place):
    answer = site.client_of(place.users["biller_staff"]).post(
        "/console/jobs/files/export/", {"format": "csv", "query": ""})  # fmt: skip
    assert answer.status_code == 403


def test_a_view_that_cannot_be_kept_is_refused(place):
    client = site.client_of(place.users["finance"])
    for query in ("q=a\x00b", "q=" + "x" * 5000):
        answer = client.post("/console/views/save/", {"path": "/console/payments/", "name": "n", "query": query})
        assert answer.status_code == 404
