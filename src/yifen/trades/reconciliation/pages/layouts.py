"""Whose layouts are whose: a layout belongs to all the partners that are read by it."""

from django.db.models import Q, QuerySet

from yifen.core.access.scope import Scope
from yifen.trades.reconciliation.models import Layout, Profile


def shown(scope: Scope) -> QuerySet[Layout]:
    """Those that a partner in scope uses, and those that nobody uses."""
    rows = Layout.objects.order_by("code")
    if scope.partners is None:
        return rows
    return rows.filter(Q(profile__isnull=True) | Q(profile__in=scope.partners)).distinct()


def may_edit(layout: Layout, scope: Scope) -> bool:
    """Nobody outside the scope is read by it."""
    if scope.partners is None:
        return True
    return not Profile.objects.filter(layout=layout).exclude(pk__in=scope.partners).exists()
