"""Reading partners within a scope."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from yifen.core.access.scope import Scope
from yifen.core.partners.models import Biller, Channel, Outage, Partner


def partners(scope: Scope, text: str = "", kind: str = "") -> QuerySet[Partner]:
    """Real partners and sandboxes; each knows which side it has."""
    rows = Partner.objects.select_related("institution").annotate(
        is_channel=Exists(Channel.objects.filter(pk=OuterRef("pk"))),
        is_biller=Exists(Biller.objects.filter(pk=OuterRef("pk"))),
    )
    if scope.partners is not None:
        rows = rows.filter(pk__in=scope.partners)
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(name__icontains=text))
    if kind in ("channel", "biller"):
        rows = rows.filter(**{f"is_{kind}": True})
    return rows.order_by("code")


def partner(scope: Scope, code: str) -> Partner:
    """A channel or a biller. Http404: outside the scope, or a bank."""
    sided = partners(scope).filter(Q(is_channel=True) | Q(is_biller=True))
    found = sided.filter(code=code).first() if code.isprintable() else None
    if found is None:
        raise Http404
    return found


def kind_of(row: Partner) -> str:
    return "channel" if Channel.objects.filter(pk=row.pk).exists() else "biller"


def side_of(row: Partner) -> Channel | Biller:
    channel = Channel.objects.filter(pk=row.pk).first()
    return channel if channel is not None else Biller.objects.get(pk=row.pk)


def outages(scope: Scope) -> QuerySet[Outage]:
    """Newest first."""
    rows = Outage.objects.select_related("biller__partner").order_by("-starts_at")
    return rows if scope.partners is None else rows.filter(biller__in=scope.partners)
