"""Roles and permissions in words, for docs/reference/roles.md; what each may do: access.roles."""

from collections.abc import Callable, Iterable

from yifen.core.access.roles import (
    INCOMPATIBLE,
    PARTNER_ROLES,
    PERMISSIONS,
    Permission,
    Role,
    grantable,
)

P, R = Permission, Role
Table = Callable[[Iterable[str], Iterable[Iterable[str]]], str]

ROLES: dict[Role, tuple[str, str]] = {
    R.PLATFORM_ADMIN: ("平台管理员", "platform administrator"),
    R.INSTITUTION_ADMIN: ("机构管理员", "institution administrator"),
    R.TELLER: ("柜员", "teller"),
    R.SUPERVISOR: ("主管", "supervisor"),
    R.FINANCE: ("财务", "finance"),
    R.BILLER_STAFF: ("收费单位人员", "biller's staff"),
    R.DEVELOPER: ("合作方开发人员", "partner's developer"),
    R.COURT_FINANCE: ("法院财务", "court finance"),
    R.JUDGE: ("法官", "judge"),
    R.CASHIER: ("预算单位出纳", "budget unit's cashier"),
    R.AUDITOR: ("审计员", "auditor"),
}

MEANINGS: dict[Permission, tuple[str, str]] = {
    P.DASHBOARD: ("看总览，导出统计", "see the dashboard, export its figures"),
    P.PAYMENTS: ("查缴费", "find payments and see them whole"),
    P.PAYMENTS_EXPORT: ("导出缴费，下载对账文件", "export payments, download daily files"),
    P.PAYABLES: ("查应缴项和缴费户", "find payables and payers"),
    P.PARTNERS: ("看合作方，打印收费单位海报", "see partners, print a biller's poster"),
    P.PARTNERS_EDIT: (
        "登记、修改、停用合作方，准入，申请上线",
        "register, change, suspend, admit partners, ask to go live",
    ),
    P.PARTNERS_KEYS: ("发放、停用密钥", "issue and end keys"),
    P.PARTNERS_GO_LIVE: ("复核上线", "decide on going live"),
    P.OUTAGES_EDIT: ("发布停机窗口", "announce outages"),
    P.CERTIFY: ("运行一致性测试", "run the conformance set"),
    P.LEDGER: ("看账户、明细账、哈希链", "see accounts, statements, the hash chain"),
    P.LEDGER_EXPORT: ("导出账务", "export the ledger"),
    P.JOBS: ("看未决调用、对账文件、导出", "see undecided calls, daily files, exports"),
    P.USERS: ("看用户和机构", "see users and institutions"),
    P.USERS_EDIT: ("增加用户、授予角色、解锁、重置", "add users, give roles, unlock, reset"),
    P.INSTITUTIONS_EDIT: ("增加机构", "add institutions"),
    P.SETTINGS: ("看配置", "see the settings"),
    P.AUDIT: ("看审计轨迹", "see the audit trail"),
    P.AUDIT_EXPORT: ("导出审计轨迹", "export the audit trail"),
    P.RECON: ("看对账与差异", "see reconciliations and differences"),
    P.RECON_RUN: ("接收对账文件，重新对账", "take in files, reconcile again"),
    P.RECON_RULES: ("设置对账方式、平账规则、文件版式", "set how partners are reconciled"),
    P.REPAIR: ("提出差异处理", "propose what is done about a difference"),
    P.REPAIR_APPROVE: ("复核差异处理", "decide on a proposed repair"),
    P.SETTLEMENT: ("看结算、划付、日历", "see settlements, payouts, the calendar"),
    P.AGREEMENTS_EDIT: ("维护手续费协议、分账、收款账户", "keep agreements, splits and payees"),
    P.CALENDAR_EDIT: ("维护工作日历", "keep the calendar"),
    P.PAYOUTS_APPROVE: ("复核划付", "decide on payouts"),
    P.DAY_END: ("看日终", "see the end of day"),
    P.DAY_END_SIGN: ("签字关闭未对平的日终", "close a day with unproved money by signature"),
    P.DESK: ("柜面收费", "work at the desk"),
    P.DESK_JOURNAL: ("看柜面流水", "see the desk's journal"),
    P.DESK_AUTHORISE: ("在柜员屏前授权", "authorise at a teller's screen"),
}


def both(role: Role) -> str:
    """中文 English, one below the other."""
    return "<br>".join(ROLES[role])


def names(roles: Iterable[Role]) -> str:
    """In the order of the roles."""
    chosen = frozenset(roles)
    return ", ".join(" ".join(ROLES[role]) for role in Role if role in chosen)


def roles_page(note: str, table: Table) -> str:
    """The page; `table` draws one."""
    have = [role for role in Role if PERMISSIONS[role]]
    rows = [
        (f"`{permission}`", *MEANINGS[permission],
         *("●" if permission in PERMISSIONS[role] else "" for role in have))
        for permission in Permission
    ]  # fmt: skip
    return (
        "# Roles and permissions 角色与权限\n\n" + note
        + "What has no ● nobody with that role may do. One person may have several roles; rows are "
        "those of his own institution and all below it, or of his partner alone. "
        "没有 ● 的一律不许；一人可有多个角色；数据范围为本机构及下级，或仅本合作方。\n\n"
        + table(("permission", "中文", "English", *map(both, have)), rows)
        + f"\n- Without pages of their own yet 尚无页面: {names(set(Role) - set(have))}.\n"
        + f"- Of people of a partner only 仅限合作方人员: {names(PARTNER_ROLES)}.\n"
        + "".join(f"- Never one person 不得兼任: {names(pair)}.\n" for pair in INCOMPATIBLE)
        + "".join(
            f"- {names([giver])} may give 可授予: {given(giver)}.\n"
            for giver in (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN)
        )
    )  # fmt: skip


def given(giver: Role) -> str:
    """Which roles somebody with this one may give."""
    missing = frozenset(Role) - grantable(frozenset({giver}))
    return f"all but 除外 {names(missing)}" if missing else "every role 全部"
