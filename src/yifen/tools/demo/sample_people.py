"""The people of the sample network: one of every role, with a password and an authenticator."""

import secrets
from base64 import b32encode
from datetime import datetime
from typing import Any, NamedTuple

from yifen.trades.budget.sample_bureau import BUREAU, STAFF


class Person(NamedTuple):
    """Who works where, in one role or several (words); `partner`: the code of the partner he works for, or empty."""

    login: str
    name: str
    seat: str
    role: str
    partner: str = ""


class Login(NamedTuple):
    """What a person needs to sign in."""

    login: str
    name: str
    role: str
    where: str
    password: str
    secret: str  # of the authenticator, base32


PEOPLE = (
    Person("admin", "林一", "96", "platform_admin"),
    Person("admin2", "沈二", "96", "platform_admin"),  # going live takes two
    Person("audit", "秦鉴", "96", "auditor"),
    Person("clearing", "冯清", "96", "finance"),
    Person("clearing2", "卫算", "96", "finance"),  # a repair takes two
    Person("clearing9", "蒋主管", "96", "supervisor"),
    Person("manager", "何青", "960101", "institution_admin"),
    Person("finance", "钱明", "960101", "finance"),
    Person("96010101-001", "赵敏", "96010101", "teller"),
    Person("960101-900", "孙正", "960101", "supervisor"),
    Person("heat", "暖阳", "960101", "biller_staff", "HEAT01"),
    Person("power", "电晓", "960101", "biller_staff", "POWER01"),
    Person("water", "水清", "960102", "biller_staff", "WATER01"),
    Person("gas", "燕然", "960201", "biller_staff", "GAS01"),
    Person("prop", "居安", "960202", "biller_staff", "PROP01"),
    Person("field", "石磊", "960101", "field", "HEAT01"),
    Person("court", "卢清", "960101", "biller_staff court_clerk", "COURT01"),
    Person("judge", "宋明理", "960101", "court_judge", "COURT01"),
    Person("judge2", "罗合议", "960101", "court_judge", "COURT01"),
    Person("chief", "韩执", "960101", "court_bureau", "COURT01"),
    Person("president", "庄严", "960101", "court_head", "COURT01"),
    Person("wxdev", "吴码", "96", "developer", "WXPAY"),
    *(Person(login, name, "960101", role, BUREAU) for login, name, _unit, _duty, role in STAFF),
)


def first_word() -> str:
    """A password for all logins of this demo: new each time, easy to type."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    parts = ["".join(secrets.choice(letters) for _ in range(4)) for _ in range(3)]
    return "-".join(parts)


def enrol(seats: dict[str, Any], now: datetime) -> list[Login]:
    """All of PEOPLE, ready to sign in. Their one password is hashed once, for that takes longer than all else of it.
    Django must be set up."""
    from yifen.core.access.devices import make_authenticator, secret_of
    from yifen.core.access.models import User, UserRole
    from yifen.core.access.operations import hashed
    from yifen.core.access.roles import role_text
    from yifen.core.partners.models import Partner

    password, partners = first_word(), {one.code: one for one in Partner.objects.all()}
    users = [
        User(login=one.login, name=one.name, person=one.login, institution=seats[one.seat], created_at=now,
             partner=partners[one.partner] if one.partner else None, must_change_password=False)
        for one in PEOPLE
    ]  # fmt: skip
    kept = hashed(password, users[0])
    for user in users:
        user.password = kept
    User.objects.bulk_create(users)
    UserRole.objects.bulk_create(
        UserRole(user=user, role=role) for user, one in zip(users, PEOPLE, strict=True) for role in one.role.split())
    logins = []
    for user, one in zip(users, PEOPLE, strict=True):
        secret = b32encode(secret_of(make_authenticator(user, confirmed=True))).decode()
        where, role = str((user.partner or seats[one.seat]).name), role_text(one.role.split()[-1])
        logins.append(Login(one.login, one.name, role, where, password, secret))
    return logins


def signed_in(login: Login, now: datetime) -> Any:
    """What he may, with a session that proves it to the database; nobody keeps its key. Django must be set up."""
    from yifen.core.access.edge import Access
    from yifen.core.access.models import User
    from yifen.core.access.signin import open_session

    user, key = User.objects.get(login=login.login), secrets.token_urlsafe(24)
    open_session(user, login.password, key, now)
    return Access(user, key)
