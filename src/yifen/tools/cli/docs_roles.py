"""Roles and permissions in words, for docs/reference/roles.md, out of the plugs."""

from collections.abc import Callable, Iterable

from yifen.core.access.roles import Role, grantable, grants, incompatible, of_partners, roles

ACROSS = 12  # roles that a table has room for on a desk
Table = Callable[[Iterable[str], Iterable[Iterable[str]]], str]


def both(role: str) -> str:
    """中文 English, one below the other."""
    return f"{roles()[role].zh}<br>{roles()[role].en}"


def names(chosen: Iterable[str]) -> str:
    """In the order of the roles."""
    wanted = frozenset(chosen)
    return ", ".join(f"{row.zh} {row.en}" for row in roles().values() if row.name in wanted)


def roles_page(note: str, table: Table) -> str:
    """The page; `table` draws one."""
    known = list(roles())
    first, *more = (known[place : place + ACROSS] for place in range(0, len(known), ACROSS))
    pairs = sorted(incompatible(), key=names)
    return (
        "# Roles and permissions 角色与权限\n\n" + note
        + "What has no ● nobody with that role may do. One person may have several roles; rows are "
        "those of his own institution and all below it, or of his partner alone. "
        "没有 ● 的一律不许；一人可有多个角色；数据范围为本机构及下级，或仅本合作方。\n\n"
        + part(table, first, every=True)
        + "".join("\n" + part(table, some) for some in more)
        + f"\n- Of people of a partner only 仅限合作方人员: {names(of_partners())}.\n"
        + "".join(f"- Never one person 不得兼任: {names(pair)}.\n" for pair in pairs)
        + "".join(
            f"- {names([giver])} may give 可授予: {given(giver)}.\n"
            for giver in (Role.PLATFORM_ADMIN, Role.INSTITUTION_ADMIN)
        )
    )  # fmt: skip


def part(table: Table, shown: list[str], *, every: bool = False) -> str:
    """A table of these roles, with the permissions that any of them has, or with all."""
    rows = [
        (f"`{grant.name}`", grant.zh, grant.en, *("●" if role in grant.to else "" for role in shown))
        for grant in grants().values() if every or not frozenset(shown).isdisjoint(grant.to)
    ]  # fmt: skip
    return table(("permission", "中文", "English", *map(both, shown)), rows)


def given(giver: str) -> str:
    """Which roles somebody with this one may give."""
    missing = frozenset(roles()) - grantable(frozenset({giver}))
    return f"all but 除外 {names(missing)}" if missing else "every role 全部"
