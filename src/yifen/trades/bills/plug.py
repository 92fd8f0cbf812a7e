"""What the bill import brings: bills of hosted billers, by a file and two people."""

from yifen.core.facts import menu
from yifen.core.facts.plug import (
    ASKED,
    Command,
    CommandExample,
    Grant,
    MenuEntry,
    Plug,
    SealedColumn,
    Second,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.bills.codes import BillCode
from yifen.trades.bills.events import BILLS

PLUG = Plug(
    name="yifen.trades.bills",
    apps=("yifen.trades.bills",),
    tables=(
        Table("bill_file", adds=(WEB,), writes=(), watch=Watch()),
        Table("bill_file_part", adds=(WEB,), writes=(), sealed=(SealedColumn(
            "body", "concat_ws(':', 'bill_file_part', r.file_id, r.part_no)", at_once=20),)),
        Table("bill_row", adds=(WEB,), writes=(), sealed=(SealedColumn(
            "name", "concat_ws(':', 'payer', (SELECT f.biller_id FROM bill_file f"
            " WHERE f.file_id = r.file_id), r.account_no)", again="yifen.hub.payments.names:again"),)),
        Table("bill_piece", writes=(), watch=Watch()),
        Table("bill_refused", writes=()),
    ),
    functions={"bills_import_v1": (WORKER,), "bills_pieces_v1": (WEB,)},
    permissions=(
        Grant("payables.import", (R.INSTITUTION_ADMIN, R.FINANCE, R.BILLER_STAFF),
              "上传收费单位的账单文件，提出、复核导入",
              "take in billers' files of bills, propose and decide on imports"),
    ),
    second=(
        Second("payables.import", Text("导入账单", "Bill import"), "payables.import", "payables.import",
               "yifen.trades.bills.importing:view", "yifen.trades.bills.importing:run",
               page="bill_import", named=Text("文件 {0}", "File {0}")),
    ),
    terms={
        "bill_file": Text("账单文件", "File of bills"),
        "bill_piece": Text("账单导入的一段", "Piece of a bill import"),
        "wrong": Text("错误行数", "Rows in error"),
        "proposal_id": Text("提议", "Proposal"),
        "piece": Text("段", "Piece"),
        "written": Text("写入", "Written"),
        "same": Text("无变化", "Unchanged"),
        "withdrawn": Text("撤销", "Withdrawn"),
        "refused": Text("未写入", "Refused"),
        "done_at": Text("完成时间", "Done at"),
    },
    codes=(BillCode,),
    serves=(menu.BILLS,),
    menu=(
        MenuEntry("run", 31, Text("导入账单", "Bill import"), "bill_imports", "file-up", "payables.import"),
    ),
    uploads={"bill_upload": 26 << 20},
    urls=(Urls("console/", "yifen.trades.bills.pages.urls"),),
    lists=("yifen.trades.bills.pages.listing:BILL_IMPORTS",),
    events=(BILLS,),
    today=("yifen.trades.bills.pages.waiting:what_waits",),
    search=("yifen.trades.bills.pages.searching:found",),
    tasks=(Task("bills.import", "yifen.trades.bills.importing:work", queue=ASKED, retries=8),),
    commands=(
        Command("bills", "yifen.trades.bills.command",
                "What a biller's file of bills would do; it imports nothing.",
                "试算收费单位的账单文件，不导入。",
                (CommandExample(
                     "bills check --biller WATER01 bills.xlsx",
                     "试算青溪自来水公司的账单文件，列出每一处问题",
                     "What this file of bills would do; each fault with its line"),)),
    ),
)  # fmt: skip
