"""What onboarding brings: partners let in."""

from yifen.core.facts.plug import (
    ASKED,
    BILLS,
    CASES,
    Grant,
    MenuEntry,
    Plug,
    Second,
    Table,
    Task,
    Text,
    Urls,
)
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.onboarding.codes import OnboardingCode

_OPERATIONS = "yifen.trades.onboarding.operations"


def _second(
    name: str, title: Text, module: str, verb: str, tables: tuple[str, ...],
    propose: str = "partners.edit",
) -> Second:  # fmt: skip
    """An act whose `view` and `put` are of one module, and of one verb where that has several."""
    end = f"_{verb}" if verb else ""
    view, put = f"{_OPERATIONS}.{module}:view{end}", f"{_OPERATIONS}.{module}:put{end}"
    return Second(name, title, propose, "partners.approve", view, put, tables, "onboarding_bound_v1")


PLUG = Plug(
    name="yifen.trades.onboarding",
    apps=("yifen.trades.onboarding",),
    tables=(
        Table("conformance_run", writes=(WEB, WORKER), keep_rows=True),
    ),
    functions={"onboarding_bound_v1": (WEB,), "onboarding_open_sandbox_v1": (WEB,),
               "onboarding_trial_bills_v1": (WEB,)},
    terms={
        "conformance_run": Text("合规测试", "Conformance run"),
    },
    permissions=(
        Grant("partners.view",
              (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.FINANCE, R.BILLER_STAFF, R.DEVELOPER,
               R.AUDITOR),
              "看合作方，打印收费单位海报", "see partners, print a biller's poster"),
        Grant("partners.edit", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
              "登记合作方，停用、停止准入；提出修改、恢复、准入、上线",
              "register partners, shut them, stop admissions; propose changes, resuming, admissions, going live"),
        Grant("partners.keys", (R.PLATFORM_ADMIN, R.DEVELOPER),
              "发放、停用沙箱和接入中的密钥；提出已上线的", "issue and end keys of sandboxes and of partners "
              "on their way in; propose those of live ones"),
        Grant("channels.rules", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
              "提出、复核各种类渠道的限额和服务时间（须为最上级机构的人）",
              "propose and decide on limits and hours of kinds of channels (of the top institution)"),
        Grant("partners.approve", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
              "复核合作方的上线、恢复、密钥、资料、报文方式、准入", "decide on going live, resuming, keys, "
              "terms, dialects and admissions of partners"),
        Grant("outages.edit",
              (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.BILLER_STAFF),
              "发布停机窗口", "announce outages"),
        Grant("certify.run", (R.PLATFORM_ADMIN, R.DEVELOPER),
              "运行一致性测试", "run the conformance set"),
    ),
    second=(
        _second("partners.key", Text("签发密钥", "New key"), "keys", "issue", ("partner_key",),
                propose="partners.keys"),
        _second("partners.key_end", Text("停用密钥", "End of a key"), "keys", "end", ("partner_key",),
                propose="partners.keys"),
        _second("partners.terms", Text("修改合作方", "Terms of a partner"), "terms", "",
                ("partner", "channel", "biller")),
        _second("partners.codes", Text("收费方返回码", "A biller's codes"), "codes", "",
                ("biller_error_code",)),
        _second("partners.dialect", Text("更改报文方式", "Another dialect"), "dialects", "",
                ("partner", "biller", "partner_key")),
        Second("partners.kind_rule", Text("渠道种类规则", "Rule of a kind of channel"), "channels.rules",
               "channels.rules", f"{_OPERATIONS}.kind_rules:view", f"{_OPERATIONS}.kind_rules:put",
               ("channel_kind_rule",), "onboarding_bound_v1", named=f"{_OPERATIONS}.kind_rules:named",
               about="access_about_all_v1"),
        _second("partners.admit", Text("准入", "Admission"), "openings", "admit", ("admission",)),
        _second("partners.resume", Text("恢复合作方", "Resuming a partner"), "openings", "resume",
                ("partner",)),
        _second("partners.go_live", Text("合作方上线", "Going live"), "go_live", "", ("partner",)),
    ),
    codes=(OnboardingCode,),
    menu=(
        MenuEntry("partners", 10, Text("合作方", "Partners"), "partners", "handshake",
                  "partners.view"),
        MenuEntry("partners", 15, Text("渠道种类与限额", "Kinds of channels"), "channel_kinds", "layers",
                  "partners.view"),
        MenuEntry("partners", 20, Text("停机窗口", "Outages"), "outages", "calendar-off",
                  "outages.edit", (BILLS, CASES)),
    ),
    urls=(Urls("console/", "yifen.trades.onboarding.pages.urls"),),
    lists=(
        "yifen.trades.onboarding.pages.partners_list:PARTNERS",
        "yifen.trades.onboarding.pages.partners_list:OUTAGES",
        "yifen.trades.onboarding.pages.channels_list:CHANNELS",
        "yifen.trades.onboarding.pages.keys_list:KEYS",
        "yifen.trades.onboarding.pages.runs_list:RUNS",
        "yifen.trades.onboarding.pages.requests_list:REQUESTS",
    ),
    today=("yifen.trades.onboarding.pages.waiting:what_waits",),
    search=("yifen.trades.onboarding.pages.searching:found",),
    tasks=(
        Task("onboarding.certify", "yifen.trades.onboarding.operations.conformance:run", queue=ASKED,
             given_up="yifen.trades.onboarding.operations.conformance:given_up"),
    ),
)  # fmt: skip
