"""What the night brings: the end of day."""

from yifen.core.facts.plug import (
    LAST,
    NIGHT_QUEUE,
    Command,
    Ends,
    Grant,
    MenuEntry,
    NightStep,
    Plug,
    Second,
    Table,
    Task,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import NIGHT, WEB
from yifen.core.facts.roles import Role as R
from yifen.night.codes import NightCode

PLUG = Plug(
    name="yifen.night",
    apps=("yifen.night",),
    terms={
        "eod_step": Text("日终步骤", "Step of the night"),
        "eod_schedule": Text("日终时间", "Hour of the night"),
        "eod_run": Text("日终", "End of day"),
        "daily_statement": Text("对账单", "Statement"),
        "ended_at": Text("结束时间", "Ended at"),
    },
    tables=(
        Table("eod_schedule", writes=(), watch=Watch()),
        Table("eod_run", writes=(NIGHT,), keep_rows=True, watch=Watch()),
        Table("eod_step", writes=(NIGHT,), keep_rows=True, watch=Watch()),
        Table("daily_statement", writes=(NIGHT,), keep_rows=True,
              watch=Watch(ignored=("body",))),
    ),
    functions={"eod_book_v1": (WEB,)},
    permissions=(
        Grant("books.view", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.AUDITOR),
              "看账簿及日切、日终时间", "see books, their cut-offs and nights"),
        Grant("books.edit", (R.PLATFORM_ADMIN,),
              "提出、复核账簿及日切、日终时间", "propose and decide on books, cut-offs and nights"),
        Grant("day_end.view", (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.AUDITOR),
              "看日终", "see the end of day"),
        Grant("day_end.propose", (R.FINANCE,),
              "提出关闭未对平的日终", "propose to close a day with unproved money"),
        Grant("day_end.sign", (R.SUPERVISOR,),
              "签字关闭未对平的日终", "close a day with unproved money by signature"),
    ),
    second=(
        Second("night.book", Text("账簿与日终时间", "Book and its night"), "books.edit", "books.edit",
               "yifen.night.books:view", "yifen.night.books:run"),
        Second("night.sign", Text("签字关闭日终", "Day closed by signature"), "day_end.propose",
               "day_end.sign", "yifen.night.signing:view", "yifen.night.signing:run", ends=(
                   Ends("eod_run", "update", "OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL",
                        "book_id || ' ' || business_day", Text("日终已关闭", "The day is closed"), "ended_at"),
               )),
    ),
    codes=(NightCode,),
    menu=(
        MenuEntry("close", 30, Text("日终", "End of day"), "day_ends_run", "moon", "day_end.view"),
        MenuEntry("books", 5, Text("账簿", "Books"), "books", "book-open", "books.view"),
    ),
    lists=(
        "yifen.night.pages.nights_list:NIGHTS",
        "yifen.night.pages.books_list:BOOKS",
        "yifen.night.pages.left_lists:LEFT",
        "yifen.night.pages.left_lists:MISSING_FILES",
    ),
    today=("yifen.night.pages.waiting:what_waits",),
    ahead=("yifen.night.pages.waiting:what_comes",),
    urls=(Urls("console/", "yifen.night.pages.urls"),),
    night=(
        NightStep("cut", "", "yifen.night.cutting:cut", Text("日切", "cut")),
        NightStep("files", "cut", "yifen.night.files_in:take_files",
                  Text("收取对账文件", "files in")),
        NightStep("statements", LAST, "yifen.night.closing:tell_partners",
                  Text("对账单", "statements"), signed=True),
        NightStep("proof", "statements", "yifen.night.closing:prove_day",
                  Text("每日试算", "daily proof"), signed=True),
        NightStep("close", "proof", "yifen.night.closing:close", Text("关闭", "close"), signed=True),
    ),
    tasks=(
        Task("night.run", "yifen.night.jobs:run", cron="* * * * *", queue=NIGHT_QUEUE, alone=True),
        Task("night.sign", "yifen.night.jobs:sign", queue=NIGHT_QUEUE, retries=5),
        Task("night.sandbox", "yifen.night.jobs:run_sandbox", cron="* * * * *", queue=NIGHT_QUEUE, alone=True),
    ),
    verify=("yifen.night.proof:altered",),
    gaps=("yifen.night.gaps:gaps",),
    commands=(
        Command("cut", "yifen.night.commands.cut",
                "Close the open business day and make every partner's file.",
                "日切并生成各合作方对账文件。"),
        Command("eod", "yifen.night.commands.eod",
                "The end of day: cut, files, reconcile, repair, settle, close.",
                "日终：日切、收文件、对账、平账、结算、关闭。"),
    ),
    sample=("yifen.night.sample:prepare",),
)  # fmt: skip
