"""What a word of an auditor's means: a partner's or a person's things, whatever their numbers.

"Who changed WXPAY's key" is asked by the partner, and whoever proposed or decided an act finds it by
his login, though another carried it out.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model, Q

from yifen.core.access.models import Authorisation, User
from yifen.core.access.second import acts
from yifen.core.audit.watch import watched
from yifen.core.partners.models import Partner, PartnerKey
from yifen.face.trail.naming import terms

NAMES_MAX, THINGS_MAX, KINDS_MAX = 20, 500, 8
Thing = tuple[str, str]
OWNERS = {
    Partner: ("partner", "channel", "biller", "merchant", "recon_profile", "bank"),
    User: ("access_user",),
}
"""Tables whose key is the partner's or the person's own."""


def things(text: str) -> list[Thing]:
    """Everything of the partners and people that this names, by code, login or name; at most THINGS_MAX."""
    if not text:
        return []
    partners = Partner.objects.filter(Q(code__iexact=text) | Q(name=text))[:NAMES_MAX]
    users = User.objects.filter(Q(login__iexact=text) | Q(name=text))[:NAMES_MAX]
    found = [*_of(Partner, [row.pk for row in partners]), *_of(User, [row.pk for row in users])]
    code, _, version = text.rpartition(":")
    if code and version.isdecimal() and len(version) < 9:  # a key as its pages call it, WXPAY:1
        keys = PartnerKey.objects.filter(partner__code__iexact=code, version=int(version))
        for key in keys:
            found += [("partner_key", str(key.pk)), *(("access_authorisation", str(pk)) for pk in proposals_of(key))]
    rows = Authorisation.objects.filter(
        Q(partner_id__in=[row.pk for row in partners])
        | Q(maker_id__in=[row.pk for row in users]) | Q(checker_id__in=[row.pk for row in users])
    ).order_by("-pk")[:THINGS_MAX]
    for row in rows:
        found += [(row.action, row.subject_key), ("access_authorisation", str(row.pk))]
    return found[:THINGS_MAX]


def proposals_of(key: PartnerKey) -> list[int]:
    """Those that made or replaced it: they are about its partner, and hold the key among the rows they put."""
    is_made = Q(content__rows__partner_key__contains=[{"partner_id": key.partner_id, "version": key.version}])
    is_replaced = Q(content__rows__partner_key__contains=[{"id": key.pk}])
    return list(Authorisation.objects.filter(is_made | is_replaced, partner_id=key.partner_id)
                .values_list("pk", flat=True)[:THINGS_MAX])  # fmt: skip


def named(text: str) -> list[str]:
    """The tables and acts whose name in either language this is, "密钥": at most KINDS_MAX."""
    asked = text.casefold()
    kinds = {table.name for table in watched()} | acts().keys()
    found = [name for name in sorted(kinds) if name in terms() and asked in map(str.casefold, terms()[name])]
    return found[:KINDS_MAX] if asked else []


def _of(owner: type[Model], keys: list[int]) -> Iterator[Thing]:
    """Rows of watched tables that belong to these."""
    if not keys:
        return
    tables = {table.name for table in watched()}
    for model in apps.get_models():
        if (name := model._meta.db_table) not in tables or name == "access_authorisation":
            continue
        if name in OWNERS[owner]:
            yield from ((name, str(key)) for key in keys)
            continue
        links = [field.name for field in model._meta.concrete_fields if field.related_model is not None
                 and field.related_model._meta.db_table in OWNERS[owner]]  # fmt: skip
        for link in links:
            rows = model._default_manager.filter(**{f"{link}_id__in": keys})
            yield from ((name, str(pk)) for pk in rows.values_list("pk", flat=True)[:THINGS_MAX])
