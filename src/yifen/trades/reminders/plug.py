"""What reminders bring: the payer's switch, the job, their list and counts."""

from yifen.core.facts.plug import (
    BILLS,
    Grant,
    MenuEntry,
    MessageField,
    MessageKind,
    Plug,
    SealedColumn,
    Table,
    Task,
    Text,
    Urls,
)
from yifen.core.facts.processes import WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.reminders.codes import ReminderCode
from yifen.trades.reminders.measures import ALERTS, METRICS

_FIELDS = (
    MessageField("biller", Text("收费单位", "biller"), Text("云川供热", "Yunchuan Heating")),
    MessageField("account", Text("户号，只留后四位", "account number, its last four"),
                 Text("******0007", "******0007")),
    MessageField("amount", Text("应缴金额，元", "what is due, in yuan"), Text("1286.40", "1286.40")),
    MessageField("count", Text("笔数", "how many bills"), Text("2", "2")),
    MessageField("due_on", Text("最早的截止日", "the first due date"), Text("2026-12-15", "2026-12-15")),
    MessageField("url", Text("缴费页面", "the payer's page"), Text("https://pay.example.cn/mine/reminders/",
                                                              "https://pay.example.cn/mine/reminders/")),
    MessageField("stop_url", Text("退订链接", "link to stop"), Text("https://pay.example.cn/stop/1a-m-0f3c/",
                                                               "https://pay.example.cn/stop/1a-m-0f3c/")),
)  # fmt: skip


def _kind(name: str, text: Text, title: Text, says: Text) -> MessageKind:
    """A kind by every channel: SMS ends with the word that stops it, mail with the link."""
    return MessageKind(f"reminder_{name}", text, _FIELDS, {
        "sms": (Text("", ""), Text(f"【一分】{says.zh}退订回TD", f"[Yifen] {says.en} Reply TD to stop.")),
        "mail": (title, Text(f"{says.zh}\n\n缴费：{{url}}\n\n不再提醒：{{stop_url}}",
                             f"{says.en}\n\nPay: {{url}}\n\nStop reminders: {{stop_url}}")),
        "wechat": (Text("", ""), Text("thing1={biller}\ncharacter_string2={account}\namount3={amount}\ntime4={due_on}",
                                      "thing1={biller}\ncharacter_string2={account}\namount3={amount}\ntime4={due_on}")),
        "app": (title, says),
    }, needs=("amount",), stops={"sms": ("TD", "退订", "STOP"), "mail": ("{stop_url}",)})  # fmt: skip


PLUG = Plug(
    name="yifen.trades.reminders",
    apps=("yifen.trades.reminders",),
    terms={
        "reminder_choice": Text("提醒设置", "Choice of reminders"),
    },
    tables=(
        Table("reminder_person", writes=(WEB, WORKER), reads=(WEB, WORKER),
              sealed=(SealedColumn("mail_sealed", "'reminder_mail'", when="r.mail_sealed <> ''"),)),
        Table("reminder_mail_check", writes=(WEB, WORKER), reads=(WEB, WORKER),
              sealed=(SealedColumn("mail_sealed", "'reminder_mail_check'"),)),
        Table("reminder_choice", writes=(), adds=(WEB,), changes=(WEB, WORKER), keep_rows=True,
              keep=("account_no", "biller_id", "binding_id", "bucket", "channel", "consented_at", "holder_id")),
        Table("reminder", writes=(), adds=(WORKER,), changes=(WEB, WORKER), keep_rows=True,
              keep=("account_no", "biller_id", "binding_id", "bucket", "channel", "choice_id", "due_on", "found_at",
                    "holder_id", "kind", "ref")),
        Table("reminder_biller", writes=(WORKER,)),
    ),
    codes=(ReminderCode,),
    metrics=METRICS,
    gauges=("yifen.trades.reminders.gauges:read",),
    alerts=ALERTS,
    permissions=(
        Grant("reminders.view", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.AUDITOR),
              "看缴费提醒及其数量", "see reminders to payers and their counts"),
    ),
    messages=(
        _kind("new", Text("新账单提醒", "Reminder of a new bill"), Text("{biller}有新账单", "A new bill of {biller}"),
              Text("{biller}户号{account}有{count}笔账单，共{amount}元，截止{due_on}。",
                   "{biller}, account {account}: {count} bill(s), {amount} yuan, due {due_on}.")),
        _kind("soon", Text("将到期提醒", "Reminder of a bill soon due"),
              Text("{biller}账单将到期", "A bill of {biller} is soon due"),
              Text("{biller}户号{account}的{count}笔账单将于{due_on}到期，共{amount}元。",
                   "{biller}, account {account}: {count} bill(s), {amount} yuan, due on {due_on}.")),
        _kind("overdue", Text("逾期提醒", "Reminder of an overdue bill"),
              Text("{biller}账单已逾期", "A bill of {biller} is overdue"),
              Text("{biller}户号{account}的{count}笔账单已逾期，共{amount}元，截止日{due_on}。",
                   "{biller}, account {account}: {count} bill(s), {amount} yuan, overdue since {due_on}.")),
        MessageKind(
            "mail_check", Text("邮箱验证码", "Code that checks a mail address"),
            (MessageField("code", Text("六位数字", "six digits"), Text("482913", "482913")),),
            {"mail": (Text("一分：邮箱验证码", "Yifen: your code"),
                      Text("验证码 {code}，1 小时内有效。不是您本人操作，请忽略这封邮件。",
                           "Your code is {code}, valid for an hour. If this was not you, leave this mail aside."))},
            needs=("code",),
        ),
    ),
    serves=(BILLS,),
    menu=(
        MenuEntry("run", 36, Text("缴费提醒", "Reminders"), "reminders_sent", "bell", "reminders.view"),
    ),
    urls=(Urls("", "yifen.trades.reminders.pages.urls"), Urls("console/", "yifen.trades.reminders.pages.console_urls")),
    lists=("yifen.trades.reminders.pages.listing:REMINDERS",),
    today=("yifen.trades.reminders.pages.waiting:what_waits",),
    tasks=(Task("reminders.run", "yifen.trades.reminders.jobs:run", cron="* * * * *", alone=True),),
)  # fmt: skip
