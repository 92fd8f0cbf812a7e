"""Reading orders: what is still open in a browser, and what was paid."""

from datetime import datetime

from django.db.models import Q, QuerySet

from yifen.checkout.models import Binding, Order, State

PAGE = 20


def open_orders(browser: str) -> list[Order]:
    """What this browser has not finished: the screen finds it again."""
    rows = Order.objects.select_related("biller__partner").filter(
        browser=browser, state__in=[State.NEW, State.PAYING, State.PAID, State.REFUND_DUE]
    )
    return list(rows.order_by("-created_at")[:3]) if browser else []


def recent_accounts(browser: str) -> list[Order]:
    """The accounts last paid in this browser, newest first."""
    if not browser:
        return []
    newest = (
        Order.objects.filter(browser=browser)
        .order_by("biller", "account_no", "-created_at")
        .distinct("biller", "account_no")
    )
    rows = Order.objects.select_related("biller__partner").filter(pk__in=newest.values("pk"))
    return list(rows.order_by("-created_at")[:3])


def last_account(browser: str, biller_id: int) -> str:
    """The account number that this browser last paid at this biller."""
    rows = Order.objects.filter(browser=browser, biller=biller_id).order_by("-created_at")
    return str(rows.values_list("account_no", flat=True).first() or "") if browser else ""


def history(browser: str, holder_id: int | None, before: datetime | None) -> list[Order]:
    """Orders of this browser, of this person, and of the accounts he binds since he binds them; one
    page and one more row, newest first."""
    mine = Q(browser=browser) if browser else Q(pk__in=[])
    if holder_id is not None:
        mine |= Q(holder=holder_id)
        for binding in Binding.objects.filter(holder=holder_id):
            mine |= Q(biller=binding.biller_id, account_no=binding.account_no,
                      created_at__gte=binding.created_at)  # fmt: skip
    rows: QuerySet[Order] = Order.objects.select_related("biller__partner").filter(mine)
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    return list(rows.order_by("-created_at")[: PAGE + 1])
