"""Roles 角色 and what each may do. Deny by default: what does not stand here nobody may (X2)."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """One thing a route, a transaction code or an operation asks for."""

    DASHBOARD = "dashboard.view"
    PAYMENTS = "payments.view"
    PAYMENTS_EXPORT = "payments.export"
    PAYABLES = "payables.view"
    PARTNERS = "partners.view"
    PARTNERS_EDIT = "partners.edit"
    PARTNERS_KEYS = "partners.keys"
    PARTNERS_GO_LIVE = "partners.go_live"
    OUTAGES_EDIT = "outages.edit"
    CERTIFY = "certify.run"
    LEDGER = "ledger.view"
    LEDGER_EXPORT = "ledger.export"
    JOBS = "jobs.view"
    USERS = "users.view"
    USERS_EDIT = "users.edit"
    INSTITUTIONS_EDIT = "institutions.edit"
    SETTINGS = "settings.view"
    AUDIT = "audit.view"
    AUDIT_EXPORT = "audit.export"
    RECON = "reconciliation.view"
    RECON_RUN = "reconciliation.run"
    RECON_RULES = "reconciliation.rules"
    REPAIR = "repair.propose"
    REPAIR_APPROVE = "repair.approve"
    SETTLEMENT = "settlement.view"
    AGREEMENTS_EDIT = "agreements.edit"
    CALENDAR_EDIT = "calendar.edit"
    PAYOUTS_APPROVE = "payouts.approve"
    DAY_END = "day_end.view"
    DAY_END_SIGN = "day_end.sign"
    DESK = "desk.work"
    DESK_JOURNAL = "desk.journal"
    DESK_AUTHORISE = "desk.authorise"


class Role(TextChoices):
    """What a person is at work; one person may be several things."""

    PLATFORM_ADMIN = "platform_admin", _("平台管理员")
    INSTITUTION_ADMIN = "institution_admin", _("机构管理员")
    TELLER = "teller", _("柜员")
    SUPERVISOR = "supervisor", _("主管")
    FINANCE = "finance", _("财务")
    BILLER_STAFF = "biller_staff", _("收费单位人员")
    DEVELOPER = "developer", _("合作方开发人员")
    COURT_FINANCE = "court_finance", _("法院财务")
    JUDGE = "judge", _("法官")
    CASHIER = "cashier", _("预算单位出纳")
    AUDITOR = "auditor", _("审计员")


_P = Permission
_READ = {_P.DASHBOARD, _P.PAYMENTS, _P.PAYABLES}
_NIGHT = {_P.RECON, _P.SETTLEMENT, _P.DAY_END}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PLATFORM_ADMIN: frozenset(
        {_P.DASHBOARD, _P.PARTNERS, _P.PARTNERS_EDIT, _P.PARTNERS_KEYS, _P.PARTNERS_GO_LIVE}
        | {_P.OUTAGES_EDIT, _P.CERTIFY, _P.JOBS, _P.USERS, _P.USERS_EDIT, _P.INSTITUTIONS_EDIT}
        | {_P.SETTINGS}
    ),
    Role.INSTITUTION_ADMIN: frozenset(
        _READ | _NIGHT | {_P.PARTNERS, _P.PARTNERS_EDIT, _P.OUTAGES_EDIT, _P.USERS}
        | {_P.USERS_EDIT, _P.DESK_JOURNAL, _P.CALENDAR_EDIT}
    ),
    Role.TELLER: frozenset({_P.DESK, _P.DESK_JOURNAL, _P.PAYABLES}),
    Role.SUPERVISOR: frozenset(
        _READ | _NIGHT | {_P.DESK_JOURNAL, _P.DESK_AUTHORISE, _P.OUTAGES_EDIT}
        | {_P.REPAIR_APPROVE, _P.PAYOUTS_APPROVE, _P.DAY_END_SIGN}
    ),
    Role.FINANCE: frozenset(
        _READ | _NIGHT | {_P.PAYMENTS_EXPORT, _P.LEDGER, _P.LEDGER_EXPORT, _P.JOBS}
        | {_P.PARTNERS, _P.DESK_JOURNAL, _P.RECON_RUN, _P.RECON_RULES, _P.REPAIR}
        | {_P.REPAIR_APPROVE, _P.AGREEMENTS_EDIT}
    ),
    Role.BILLER_STAFF: frozenset(
        _READ | {_P.PAYMENTS_EXPORT, _P.OUTAGES_EDIT, _P.PARTNERS, _P.RECON, _P.SETTLEMENT}
    ),
    Role.DEVELOPER: frozenset(
        {_P.DASHBOARD, _P.PAYMENTS, _P.PARTNERS, _P.PARTNERS_KEYS, _P.CERTIFY}
    ),
    Role.COURT_FINANCE: frozenset(),
    Role.JUDGE: frozenset(),
    Role.CASHIER: frozenset(),
    Role.AUDITOR: frozenset(
        _READ | _NIGHT | {_P.PARTNERS, _P.LEDGER, _P.LEDGER_EXPORT, _P.JOBS, _P.USERS, _P.AUDIT}
        | {_P.AUDIT_EXPORT, _P.PAYMENTS_EXPORT, _P.DESK_JOURNAL}
    ),
}  # fmt: skip
"""Nobody holds two halves of one act: who edits users or partners books no money, who audits
changes nothing. A judge's and a cashier's pages come with courts and official cards."""

PARTNER_ROLES = frozenset({Role.BILLER_STAFF, Role.DEVELOPER})
"""Roles of people who work for a partner, not for an institution."""

_PLATFORM_GRANTS_ONLY = frozenset({Role.PLATFORM_ADMIN, Role.AUDITOR})

INCOMPATIBLE = (
    frozenset({Role.TELLER, Role.SUPERVISOR}),
    *(
        frozenset({admin, role})
        for admin in (Role.PLATFORM_ADMIN, Role.INSTITUTION_ADMIN)
        for role in (Role.TELLER, Role.SUPERVISOR, Role.AUDITOR)
    ),
    frozenset({Role.AUDITOR, Role.TELLER}),
    frozenset({Role.AUDITOR, Role.SUPERVISOR}),
)
"""Maker and checker are two people, who gives roles is neither, and nobody audits himself (X2)."""


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that the roles together may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def grantable(roles: frozenset[Role]) -> frozenset[Role]:
    """The roles that somebody with `roles` may give to others."""
    if Role.PLATFORM_ADMIN in roles:
        return frozenset(Role)
    if Role.INSTITUTION_ADMIN in roles:
        return frozenset(Role) - _PLATFORM_GRANTS_ONLY
    return frozenset()


def clash(roles: frozenset[Role]) -> frozenset[Role] | None:
    """The first two roles that one person must not hold together."""
    return next((pair for pair in INCOMPATIBLE if pair <= roles), None)
