"""What reconciliation brings: partners' files against our side, and repair."""

from yifen.core.facts.plug import (
    Command,
    Grant,
    MenuEntry,
    NightStep,
    Plug,
    Table,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.roles import Role as R
from yifen.trades.reconciliation.codes import FileCode, RepairCode

PLUG = Plug(
    name="yifen.trades.reconciliation",
    apps=("yifen.trades.reconciliation",),
    tables=(
        Table("recon_layout", watch=Watch()),
        Table("recon_layout_column", watch=Watch()),
        Table("recon_profile", watch=Watch()),
        Table("recon_policy", watch=Watch()),
        Table("recon_file", keep_rows=True, watch=Watch()),
        Table("recon_file_part", keep_rows=True),
        Table("recon_row", keep_rows=True),
        Table("recon_run", keep_rows=True),
        Table(
            "recon_item",
            keep_rows=True,
            watch=Watch(only=("proposed_by", "decided_by")),
            keep=(
                "account_no", "batch", "business_day", "class", "expected_id", "file_id",
                "line_no", "nth", "opened_at", "original", "ours_at", "ours_fee_fen", "ours_fen",
                "ours_kind", "partner_id", "payment_id", "run_id", "serial", "theirs_at",
                "theirs_fee_fen", "theirs_fen", "theirs_kind", "theirs_ref",
            ),
        ),
        Table("recon_act", keep_rows=True),
        Table("recon_expected", keep_rows=True, watch=Watch()),
        Table("recon_posting", write=False, watch=Watch()),
    ),
    permissions=(
        Grant("reconciliation.view",
              (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.BILLER_STAFF, R.AUDITOR),
              "看对账与差异", "see reconciliations and differences"),
        Grant("reconciliation.run", (R.FINANCE,),
              "接收对账文件，重新对账", "take in files, reconcile again"),
        Grant("reconciliation.rules", (R.FINANCE,),
              "设置对账方式、平账规则、文件版式", "set how partners are reconciled"),
        Grant("repair.propose", (R.FINANCE,),
              "提出差异处理", "propose what is done about a difference"),
        Grant("repair.approve", (R.SUPERVISOR, R.FINANCE),
              "复核差异处理", "decide on a proposed repair"),
    ),
    documents=("recon_posting",),
    codes=(FileCode, RepairCode),
    menu=(
        MenuEntry("close", 10, Text("对账", "Reconciliation"), "reconciliations", "scale",
                  "reconciliation.view"),
        MenuEntry("close", 20, Text("差异", "Differences"), "differences", "diff",
                  "reconciliation.view"),
        MenuEntry("close", 80, Text("对账规则", "Matching rules"), "recon_rules",
                  "sliders-horizontal", "reconciliation.view"),
    ),
    urls=(Urls("console/", "yifen.trades.reconciliation.pages.urls"),),
    lists=(
        "yifen.trades.reconciliation.pages.runs_list:RECONCILIATIONS",
        "yifen.trades.reconciliation.pages.items_list:DIFFERENCES",
        "yifen.trades.reconciliation.pages.rules_lists:PARTNER_RULES",
        "yifen.trades.reconciliation.pages.rules_lists:LAYOUTS",
    ),
    night=(
        NightStep("reconcile", "files", "yifen.trades.reconciliation.night:reconcile",
                  Text("对账", "reconcile")),
        NightStep("repair", "reconcile", "yifen.trades.reconciliation.night:work_off",
                  Text("平账", "repair")),
    ),
    commands=(
        Command("reconcile", "yifen.trades.reconciliation.command",
                "One partner's file against our side, to the fen.", "单个合作方文件与本方逐笔对账。"),
    ),
    verify=("yifen.trades.reconciliation.proof:altered",),
    payment_facts=("yifen.trades.reconciliation.pages.payment:facts",),
    sample=("yifen.trades.reconciliation.sample:prepare",),
)  # fmt: skip
