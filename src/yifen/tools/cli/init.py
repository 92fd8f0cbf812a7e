"""`yifen init`: the first institution, the book and two administrators of a new database."""

import argparse
from datetime import UTC, datetime, time
from typing import Any

from yifen.core import runtime
from yifen.core.facts.days import ZONE
from yifen.core.facts.processes import OWNER
from yifen.core.facts.refused import Refused
from yifen.core.runtime import EdgeError

BOOK_ID = 1


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--code", required=True,
        help="最上级机构的机构号，例如 96\n"
             "number of the institution at the top, for example 96")  # fmt: skip
    add("--name", required=True, help="机构名称\nits name")
    add("--cut-off", type=time.fromisoformat, default=time(0, 0), metavar="HH:MM",
        help="会计日期的日切时刻（默认 00:00，即午夜）\n"
             "when the business day ends (default 00:00, midnight)")  # fmt: skip
    add("--night", type=time.fromisoformat, default=time(2, 0), metavar="HH:MM",
        help="从何时起由 worker 执行日终（默认 02:00）\n"
             "from when on the worker runs the end of day (default 02:00)")  # fmt: skip
    add("--admin", default="admin", help="第一名平台管理员的账号\nlogin of the first platform administrator")
    add("--second", default="admin2",
        help="第二名平台管理员的账号，须是另一个人：权限由两人授予\n"
             "login of the second one, another person: rights are given by two")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    settings = runtime.settings_of()
    with runtime.database(settings, OWNER) as found:
        runtime.require_migrated(settings, found, OWNER)
        runtime.as_owner(found.url)
        import django

        django.setup()
        passwords = begin(args, datetime.now(UTC))
    print(f"{args.code} {args.name}, book hub")
    for login, password in passwords.items():
        print(f"login {login}, first password {password}")
    print("two people, one login each: ./yifen web serves the pages; sign in there, and set a password"
          " and an authenticator")  # fmt: skip
    return 0


def _whom_to_ask() -> str:
    """The administrators' logins, who let everybody else in."""
    from yifen.core.access.models import User
    from yifen.core.access.roles import Role

    may = User.objects.filter(is_active=True, roles__role=Role.PLATFORM_ADMIN)
    logins = list(may.order_by("pk").values_list("login", flat=True))
    return f"sign in as {' or '.join(logins)}, or ask them" if logins else "sign in, or ask one of them"


def begin(args: argparse.Namespace, now: datetime) -> dict[str, str]:
    """All or nothing; the first passwords by login. EdgeError when somebody was here before."""
    from django.db import transaction

    from yifen.core.access.models import User
    from yifen.core.access.operations import create_user, first_password
    from yifen.core.access.roles import Role
    from yifen.core.directory.models import Institution
    from yifen.core.partners.operations import open_book
    from yifen.night.models import Schedule

    if User.objects.exists() or Institution.objects.filter(parent=None).exists():
        raise EdgeError(f"there are institutions or users already: {_whom_to_ask()}")
    top: Any = Institution.Level.UNION
    passwords = {login: first_password() for login in (args.admin, args.second)}
    if len(passwords) < 2:
        raise EdgeError("--admin and --second are two people: give them two logins")
    try:
        with transaction.atomic():
            seat = Institution.objects.create(level=top, code=args.code, name=args.name)
            day = now.astimezone(ZONE).date().isoformat()
            open_book(BOOK_ID, "hub", args.name, args.cut_off, day)
            Schedule.objects.create(book_id=BOOK_ID, starts_at=args.night)
            for login, password in passwords.items():
                create_user(login, login, seat, [Role.PLATFORM_ADMIN], password, now)
    except Refused as refused:
        raise EdgeError(refused.text("en")) from None
    return passwords
