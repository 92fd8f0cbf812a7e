"""Views of lists that people keep: filters and order under a name of their own."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import Door, allow
from yifen.core.access.edge import access_of, user_of
from yifen.face.lists.listing import Listing
from yifen.face.lists.registry import lists_by_name
from yifen.face.models import SavedView

VIEWS_MAX = 12  # of a list and a person: more are found no better than by the filters
QUERY_MAX = 2000
NAME_MAX = 30


def of(request: HttpRequest, listing: Listing, query: str) -> list[dict[str, Any]]:
    """The reader's own views of this list, the oldest first; `current`: the one that is shown."""
    user = access_of(request).user
    if user is None:
        return []
    rows = SavedView.objects.filter(user=user, listing=listing.name).order_by("pk")[:VIEWS_MAX]
    return [{"title": row.name, "url": f"{request.path}?{row.query}", "current": row.query == query,
             "remove_url": reverse("view_remove", args=[row.pk])} for row in rows]  # fmt: skip


@allow(Door.SIGNED_IN)
@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """POST path (of the list), name, query; a name that is there already gets the new query."""
    path, query = request.POST.get("path", ""), request.POST.get("query", "")
    target = page_of(request, path)
    if len(query) > QUERY_MAX or not query.isprintable():
        raise Http404
    name = "".join(filter(str.isprintable, request.POST.get("name", ""))).strip()[:NAME_MAX]
    mine = SavedView.objects.filter(user=user_of(request), listing=target)
    if not name:
        messages.error(request, _("请填写视图名称"))
    elif mine.count() >= VIEWS_MAX and not mine.filter(name=name).exists():
        messages.error(request, _("一个列表最多存 %s 个视图") % VIEWS_MAX)
    else:
        SavedView.objects.update_or_create(
            user=user_of(request), listing=target, name=name, defaults={"query": query}
        )
        messages.success(request, _("视图已保存"))
    return redirect(f"{path}?{query}" if query else path)


def page_of(request: HttpRequest, path: str) -> str:
    """The list whose page this is. Http404: none's. PermissionDenied: the reader may not see it."""
    try:
        name = resolve(path).url_name or ""
    except Resolver404:
        raise Http404 from None
    if name not in lists_by_name():
        raise Http404
    if not access_of(request).may(lists_by_name()[name].permission):
        raise PermissionDenied(name)
    return name


@allow(Door.SIGNED_IN)
@require_POST
def view_remove(request: HttpRequest, view_id: int) -> HttpResponse:
    """POST path: one's own view is gone, and its list is shown."""
    path = request.POST.get("path", "")
    name = page_of(request, path)
    if not SavedView.objects.filter(pk=view_id, user=user_of(request), listing=name).delete()[0]:
        raise Http404
    messages.success(request, _("视图已删除"))
    return redirect(path)
