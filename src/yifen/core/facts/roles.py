"""The roles 角色 that core knows; a trade may bring others by its plug."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is at work; one person may be several things."""

    PLATFORM_ADMIN = "platform_admin"
    INSTITUTION_ADMIN = "institution_admin"
    TELLER = "teller"
    SUPERVISOR = "supervisor"
    FINANCE = "finance"
    BILLER_STAFF = "biller_staff"
    DEVELOPER = "developer"
    AUDITOR = "auditor"
