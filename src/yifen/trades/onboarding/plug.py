"""What onboarding brings: partners let in."""

from yifen.core.facts.plug import ASKED, Grant, MenuEntry, Plug, Table, Task, Text, Urls
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.onboarding.codes import OnboardingCode

PLUG = Plug(
    name="yifen.trades.onboarding",
    apps=("yifen.trades.onboarding",),
    tables=(
        Table("conformance_run", writes=(WEB, WORKER), keep_rows=True),
    ),
    functions={"onboarding_open_sandbox_v1": (WEB,)},
    terms={
        "conformance_run": Text("合规测试", "Conformance run"),
    },
    permissions=(
        Grant("partners.view",
              (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.FINANCE, R.BILLER_STAFF, R.DEVELOPER,
               R.AUDITOR),
              "看合作方，打印收费单位海报", "see partners, print a biller's poster"),
        Grant("partners.edit", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
              "登记、修改、停用合作方，准入，申请上线", "register, change, suspend, admit partners, ask to go live"),
        Grant("partners.keys", (R.PLATFORM_ADMIN, R.DEVELOPER),
              "发放、停用密钥", "issue and end keys"),
        Grant("partners.go_live", (R.PLATFORM_ADMIN,),
              "复核上线和报文方式变更", "decide on going live and on another dialect"),
        Grant("outages.edit",
              (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.BILLER_STAFF),
              "发布停机窗口", "announce outages"),
        Grant("certify.run", (R.PLATFORM_ADMIN, R.DEVELOPER),
              "运行一致性测试", "run the conformance set"),
    ),
    codes=(OnboardingCode,),
    menu=(
        MenuEntry("partners", 10, Text("合作方", "Partners"), "partners", "handshake",
                  "partners.view"),
        MenuEntry("partners", 20, Text("停机窗口", "Outages"), "outages", "calendar-off",
                  "outages.edit"),
    ),
    urls=(Urls("console/", "yifen.trades.onboarding.pages.urls"),),
    lists=(
        "yifen.trades.onboarding.pages.partners_list:PARTNERS",
        "yifen.trades.onboarding.pages.partners_list:OUTAGES",
    ),
    tasks=(
        Task("onboarding.certify", "yifen.trades.onboarding.operations.conformance:run", queue=ASKED,
             given_up="yifen.trades.onboarding.operations.conformance:given_up"),
    ),
)  # fmt: skip
