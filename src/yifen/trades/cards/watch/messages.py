"""What holders and cashiers are told of hits, by SMS."""

from yifen.core.facts.plug import MessageField, MessageKind, Text

_FIELDS = (
    MessageField("count", Text("笔数", "how many"), Text("2", "2")),
    MessageField("amount", Text("金额，元", "how much, in yuan"), Text("1286.40", "1286.40")),
    MessageField("due_on", Text("最早的还款日", "the first last day"), Text("2026-12-20", "2026-12-20")),
)


def _notice(sort: str, text: Text, zh: str, en: str) -> MessageKind:
    """An SMS to holder or cashier; neither merchant nor name is in it."""
    says = Text(f"【一分】{zh}", f"[Yifen] {en}")
    return MessageKind(f"card_{sort}", text, _FIELDS, {"sms": (Text("", ""), says)}, needs=("count", "amount"))


MESSAGES = (
        _notice(
            "near_due",
            Text("公务卡临近还款日", "Official card near its last day"),
            "公务卡有{count}笔公务消费共{amount}元尚未还款，最早{due_on}到期，请尽快报账、还款。",
            "{count} official card swipe(s), {amount} yuan, are not repaid yet; the first is due on {due_on}.",
        ),
        _notice(
            "overdue",
            Text("公务卡逾期", "Official card overdue"),
            "公务卡有{count}笔公务消费共{amount}元已过还款日（最早{due_on}），请即处理。",
            "{count} official card swipe(s), {amount} yuan, are overdue, the first since {due_on}.",
        ),
        _notice(
            "limit",
            Text("公务卡限额", "Official card limits"),
            "公务卡有{count}项消费达到限额或警戒额，共{amount}元，请登录查看。",
            "{count} item(s) of official card spending, {amount} yuan, are near or above a limit: please sign in.",
        ),
    )
