"""What the site holds and in which order: by the work of who reads. A page is named by its English file."""

from pathlib import PurePosixPath
from typing import NamedTuple

from yifen.core.facts.plug import Text

LANGUAGES = ("zh", "en")  # the first is the site's own, at its root


class SitePage(NamedTuple):
    """A page in the contents: its English file in the checkout, and its short title."""

    file: str
    title: Text


class SitePart(NamedTuple):
    """The pages of one kind of reader; `who`: what they come for."""

    title: Text
    who: Text
    pages: tuple[SitePage, ...]


PARTS = (
    SitePart(
        Text("初次了解", "New here"),
        Text("先看它运行，再走一遍，弄清几个词。", "See it run, walk it once, learn its few words."),
        (
            SitePage("README.md", Text("一分是什么", "What Yifen is")),
            SitePage("docs/start.md", Text("入门", "Start")),
            SitePage("docs/walk.md", Text("走一遍", "The walk")),
            SitePage("docs/concepts.md", Text("概念", "Concepts")),
            SitePage("docs/reference/glossary.md", Text("术语", "Glossary")),
        ),
    ),
    SitePart(
        Text("运维人员", "Operators"),
        Text("安装、备份、密钥、出问题时怎么办。", "Install, back up, rotate keys, and when something is wrong."),
        (
            SitePage("docs/operations.md", Text("运维指南", "Operations")),
            SitePage("docs/reference/settings.md", Text("配置", "Settings")),
            SitePage("docs/reference/commands.md", Text("命令", "Commands")),
            SitePage("docs/reference/metrics.md", Text("指标", "Metrics")),
            SitePage("SECURITY.md", Text("安全", "Security")),
        ),
    ),
    SitePart(
        Text("合作方开发者", "Partners' developers"),
        Text("报文、示例程序、文件格式，上线前的检验。", "Messages, programs, files, and the test before going live."),
        (
            SitePage("docs/reference/messages.md", Text("报文", "Messages")),
            SitePage("docs/reference/codes.md", Text("结果码", "Result codes")),
            SitePage("docs/reference/examples/index.md", Text("示例程序", "Example programs")),
            SitePage("docs/pipes.md", Text("推送通道", "Pipes")),
            SitePage("docs/tcp.md", Text("TCP 报文", "TCP dialect")),
            SitePage("docs/reference/events.md", Text("事件", "Events")),
            SitePage("docs/certify.md", Text("一致性测试", "Conformance")),
            SitePage("docs/files.md", Text("合作方文件", "Partners' files")),
        ),
    ),
    SitePart(
        Text("柜员、主管与管理员", "Tellers, supervisors, administrators"),
        Text("各岗位的页面，每件事怎样办。", "The pages of each role, and how a job is done there."),
        (
            SitePage("docs/pages.md", Text("页面", "The pages")),
            SitePage("docs/jobs.md", Text("日常事项用时", "What jobs take")),
            SitePage("docs/billing.md", Text("公用事业计费", "Utility billing")),
            SitePage("docs/invoices.md", Text("凭证与发票", "Papers and invoices")),
            SitePage("docs/visits.md", Text("外勤", "Visits")),
            SitePage("docs/agency.md", Text("信用社代理业务", "The union's agency")),
            SitePage("docs/mandates.md", Text("代扣签约", "Mandates")),
            SitePage("docs/debits.md", Text("批量代扣", "Batch debit")),
            SitePage("docs/connector.md", Text("数据库接口", "Databases of utilities")),
            SitePage("docs/court.md", Text("法院案款与 POS", "Court funds and POS")),
            SitePage("docs/budget.md", Text("预算", "Budget")),
            SitePage("docs/cards.md", Text("公务卡", "Official cards")),
            SitePage("docs/treasury.md", Text("国库集中支付", "Treasury")),
            SitePage("docs/heating.md", Text("供热服务", "Heating service")),
            SitePage("docs/arrears.md", Text("欠费催缴", "Arrears")),
            SitePage("docs/deductions.md", Text("卡扣与退单", "Deductions and chargebacks")),
            SitePage("docs/collection.md", Text("托收", "Collection orders")),
            SitePage("docs/figures.md", Text("统计与报表", "Figures and reports")),
            SitePage("docs/reference/figures.md", Text("统计视图", "Views of figures")),
            SitePage("docs/reference/roles.md", Text("角色与权限", "Roles")),
        ),
    ),
    SitePart(
        Text("财务与清算", "Accountants and clearing"),
        Text("日终、对账、平账、结算、划付。", "The night, reconciliation, repair, settlement, payouts."),
        (
            SitePage("docs/end-of-day.md", Text("日终", "End of day")),
            SitePage("docs/reconciliation.md", Text("对账与平账", "Reconciliation")),
            SitePage("docs/settlement.md", Text("结算与划付", "Settlement")),
        ),
    ),
    SitePart(
        Text("本系统的开发者", "Who builds it"),
        Text("结构、写法和决定（英文）。", "Its structure, its style, and why it is so."),
        (
            SitePage("ARCHITECTURE.md", Text("架构", "Architecture")),
            SitePage("docs/style-code.md", Text("代码风格", "Code")),
            SitePage("docs/style.md", Text("页面样式", "Pages")),
            SitePage("docs/decisions/index.md", Text("决定", "Decisions")),
            SitePage("CHANGELOG.md", Text("变更", "Changes")),
        ),
    ),
)
HOME = Text(
    "# 一分：文档\n\n缴费中枢的全部文档，按您的工作排列。右上角可换 English，`/` 键查找。\n",
    "# Yifen: documentation\n\nAll of it, by the work that you do. 中文 is at the top right; the key `/` finds.\n",
)


def place_of(file: str) -> PurePosixPath:
    """Where a page stands in the site, as Markdown: docs/start.md → start.md, SECURITY.md → security.md."""
    path = PurePosixPath(file)
    return path.relative_to("docs") if path.parts[0] == "docs" else PurePosixPath(file.lower())
