"""What core brings: people, partners, books, the audit trail; and the tables of packages of others."""

from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Category, Grant, Plug, RoleRow, Table, Task, Text, Urls, Watch
from yifen.core.facts.roles import Role as R

_TRIES = ("throttling_failure_timestamp", "throttling_failure_count", "last_used_at")

PLUG = Plug(
    name="yifen.core",
    apps=(
        "yifen.core.audit", "yifen.core.ledger", "yifen.core.directory", "yifen.core.notifications",
        "yifen.core.partners", "yifen.core.access",
    ),
    roles=(
        RoleRow(R.PLATFORM_ADMIN, "平台管理员", "platform administrator", platform_only=True,
                apart_from=(R.TELLER, R.SUPERVISOR, R.AUDITOR)),
        RoleRow(R.INSTITUTION_ADMIN, "机构管理员", "institution administrator",
                apart_from=(R.TELLER, R.SUPERVISOR, R.AUDITOR)),
        RoleRow(R.TELLER, "柜员", "teller", apart_from=(R.SUPERVISOR, R.AUDITOR)),
        RoleRow(R.SUPERVISOR, "主管", "supervisor", apart_from=(R.AUDITOR,)),
        RoleRow(R.FINANCE, "财务", "finance"),
        RoleRow(R.BILLER_STAFF, "收费单位人员", "biller's staff", of_partner=True),
        RoleRow(R.DEVELOPER, "合作方开发人员", "partner's developer", of_partner=True),
        RoleRow(R.AUDITOR, "审计员", "auditor", platform_only=True),
    ),
    tables=(
        Table("access_authorisation", keep_rows=True, watch=Watch()),
        Table(
            "access_user",
            keep_rows=True,
            watch=Watch(secret=("password",), ignored=("last_login", "session_key")),
        ),
        Table("access_user_role", watch=Watch()),
        Table("axes_accessattempt"),
        Table("notification"),
        Table("axes_accessattemptexpiration"),
        Table("axes_accessfailurelog"),
        Table("axes_accesslog"),
        Table("django_session"),
        Table("otp_static_staticdevice", watch=Watch(ignored=_TRIES)),
        Table("otp_static_statictoken", watch=Watch(secret=("token",))),
        Table(
            "otp_totp_totpdevice",
            watch=Watch(secret=("key",), ignored=(*_TRIES, "drift", "last_t")),
        ),
        Table("procrastinate_events"),
        Table("procrastinate_jobs"),
        Table("procrastinate_periodic_defers"),
        Table("procrastinate_workers"),
        Table("institution", keep_rows=True, watch=Watch()),
        Table("partner", keep_rows=True, keep=("book_id", "code", "sandbox_of_id"), watch=Watch()),
        Table("partner_key", keep_rows=True, watch=Watch(secret=("secret",))),
        Table("channel", keep_rows=True, watch=Watch()),
        Table("biller", keep_rows=True, keep=("transit_id",), watch=Watch()),
        Table("biller_error_code", watch=Watch()),
        Table("biller_outage", watch=Watch()),
        Table(
            "admission",
            keep_rows=True,
            keep=("biller_id", "channel_id", "clearing_id"),
            watch=Watch(),
        ),
        Table("ledger_book", write=False, watch=Watch()),
        Table("ledger_account", write=False, watch=Watch()),
    ),
    internal_functions=(
        "ledger_post_v1", "access_guard_v1", "access_kept_v1", "access_proved_v1",
        "access_settle_v1", "access_told_v1", "access_who_v1",
    ),
    permissions=(
        Grant("users.view", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.AUDITOR),
              "看用户和机构", "see users and institutions"),
        Grant("users.edit", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
              "增加用户、授予角色、解锁、重置", "add users, give roles, unlock, reset"),
        Grant("institutions.edit", (R.PLATFORM_ADMIN,),
              "增加机构", "add institutions"),
    ),
    codes=(Code,),
    categories=(
        Category("power", Text("电费", "Electricity"), "zap"),
        Category("water", Text("水费", "Water"), "droplet"),
        Category("gas", Text("燃气费", "Gas"), "flame"),
        Category("heat", Text("供暖费", "Heating"), "thermometer"),
        Category("property", Text("物业费", "Property fee"), "building-2"),
        Category("telecom", Text("通信费", "Phone and internet"), "phone"),
        Category("tv", Text("有线电视", "Cable TV"), "tv"),
        Category("school", Text("教育缴费", "Education"), "graduation-cap"),
        Category("fine", Text("罚没款", "Fines"), "scale"),
        Category("court", Text("法院案款", "Court payments"), "gavel"),
    ),
    urls=(Urls("", "yifen.core.access.urls"),),
    tasks=(
        Task("core.rescue_jobs", "yifen.core.jobs.keeping:rescue", cron="* * * * * */10"),
        Task("core.forget_jobs", "yifen.core.jobs.keeping:forget", cron="11 * * * *"),
        Task("core.forget_sessions", "yifen.core.access.forgetting:forget", cron="12 * * * *"),
    ),
)  # fmt: skip
