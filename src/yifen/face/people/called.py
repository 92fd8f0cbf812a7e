"""Who a login is, by name: pages and papers say 姓名, the trail keeps logins."""

from typing import overload

from yifen.core.access.models import User


@overload
def called(login: str) -> str: ...
@overload
def called(login: None) -> None: ...
def called(login: str | None) -> str | None:
    """Name and login; the login alone of who is no user; nothing of nobody."""
    if not login:
        return login
    name = User.objects.filter(login=login).values_list("name", flat=True).first()
    return f"{name}（{login}）" if name and name != login else login
