"""What a tiny trade brings 捐款箱: one of everything."""

from tests.trade.tally.codes import TallyCode
from yifen.core.facts.plug import (
    Category,
    ChartAccount,
    Command,
    CommandExample,
    Grant,
    Heading,
    MenuEntry,
    NightStep,
    Plug,
    RoleRow,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import NIGHT, WEB

PLUG = Plug(
    name="tests.trade.tally",
    apps=("tests.trade.tally",),
    tables=(
        Table("tally_box", keep_rows=True, keep=("account_id",), watch=Watch(secret=("word",))),
        Table("tally_gift", writes=()),
    ),
    functions={"tally_give_v1": (WEB, NIGHT)},
    accounts=(ChartAccount("box", "2241.{book}.BOX{key}", Text("捐款箱款", "Kept in a box"), "liability"),),
    documents=("tally_gift",),
    roles=(RoleRow("keeper", "掌箱人", "keeper of a box", apart_from=("teller",)),),
    permissions=(Grant("tally.view", ("keeper", "auditor"), "看捐款箱", "see the boxes"),),
    codes=(TallyCode,),
    categories=(Category("gift", Text("捐款", "Gifts"), "heart"),),
    headings=(Heading("gifts", "books", Text("捐款", "Gifts")),),
    menu=(MenuEntry("gifts", 30, Text("捐款箱", "Boxes"), "tally", "heart", "tally.view"),),
    urls=(Urls("console/", "tests.trade.tally.pages.urls"),),
    lists=("tests.trade.tally.pages.boxes_list:BOXES",),
    transactions=("tests.trade.tally.pages.desk:TRANSACTIONS",),
    night=(NightStep("empty", "settle", "tests.trade.tally.night:empty", Text("开箱", "empty")),),
    tasks=(Task("tally.count", "tests.trade.tally.night:count"),),
    commands=(Command("tally", "tests.trade.tally.command", "Count the boxes.", "清点捐款箱。",
                      (CommandExample("tally", "清点", "Count"),)),),
    verify=("tests.trade.tally.proof:altered",),
    proof=("tests.trade.tally.proof:lines",),
    today=("tests.trade.tally.pages.views:what_waits",),
    payment_facts=("tests.trade.tally.pages.views:facts",),
)
