"""Scope 数据范围: the rows a user may see, by the organisation tree or by his partner (X2)."""

from typing import NamedTuple

from yifen.core.access.models import User
from yifen.core.directory.queries import subtree
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Partner


class Scope(NamedTuple):
    """Ids of the institutions and partners whose rows may be seen; None means all of them.
    `sandboxes`: partners of the sandbox, which stand in no list of real ones."""

    institutions: tuple[int, ...] | None
    partners: tuple[int, ...] | None
    sandboxes: tuple[int, ...] = ()

    def has_institution(self, institution_id: int) -> bool:
        return self.institutions is None or institution_id in self.institutions

    def has_partner(self, partner_id: int) -> bool:
        return self.partners is None or partner_id in self.partners


NOTHING = Scope((), ())


def scope_of(user: User) -> Scope:
    """A partner's person sees that partner and its sandbox; everyone else the own institution and
    all below it, with their partners. Who stands at the root sees everything."""
    if user.partner_id is not None:
        own = Partner.objects.filter(pk=user.partner_id) | Partner.objects.filter(
            sandbox_of=user.partner_id
        )
        return Scope((), tuple(sorted(own.values_list("pk", flat=True))))
    trial = Partner.objects.filter(book_id=SANDBOX_BOOK_ID)
    sandboxes = tuple(sorted(trial.values_list("pk", flat=True)))
    if user.institution.parent_id is None:
        return Scope(None, None, sandboxes)
    institutions = subtree(user.institution_id)
    partners = Partner.objects.filter(institution__in=institutions)
    return Scope(institutions, tuple(sorted(partners.values_list("pk", flat=True))), sandboxes)
