"""What a phone bank says, in both languages: amounts and numbers as they are spoken."""

from yifen.core.facts.capitals import capitals
from yifen.core.facts.plug import Text

_SPOKEN = str.maketrans("零壹贰叁肆伍陆柒捌玖拾佰仟", "零一二三四五六七八九十百千")
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")

LANGUAGE = (Text("欢迎使用电话缴费。中文服务，请按 1。", "欢迎使用电话缴费。中文服务，请按 1。"),
            Text("For English, press 2.", "For English, press 2."))  # fmt: skip
ACCOUNT = Text("请输入户号，以井号键结束；星号键重输或返回。",
               "Key in the account number, then the hash key; star begins again or goes back.")  # fmt: skip
CONFIRM = Text("确认缴费，请按 1；取消，请按 2；重听，请按 9。", "To pay, press 1; to cancel, 2; to hear it again, 9.")
WAIT = Text("正在处理，请勿挂机。", "One moment; please do not hang up.")
WRONG = Text("按键有误。", "That key does nothing here.")
BYE = Text("感谢来电，再见。", "Thank you for calling. Goodbye.")
NOTHING_DUE = Text("该户号目前没有欠费。", "Nothing is due on this account.")
ELSEWHERE = Text("没有能在限额内缴的部分，请到柜面或网上缴费。",
                 "No part of it is within the limit: please pay at a branch or online.")  # fmt: skip
CANCELLED = Text("已取消，没有扣款。", "Cancelled; nothing was taken.")
BUSY = Text("暂时无法查询，请稍后再拨。", "It cannot be looked up at this moment; please call again later.")
PROCESSING = Text("缴费处理中，结果尚未确定，请勿重复缴费，稍后再来电查询。",
                  "The payment is being processed and not yet certain: do not pay again; call later.")  # fmt: skip


def spoken_yuan(fen: int) -> Text:
    """12345 → 一百二十三元四角五分, 123 yuan 45 fen."""
    words = capitals(fen).removeprefix("人民币").translate(_SPOKEN)
    yuan, rest = divmod(fen, 100)
    english = [f"{yuan} yuan"] * bool(yuan or not rest) + [f"{rest} fen"] * bool(rest)
    return Text(words.removeprefix("一") if words.startswith("一十") else words, " ".join(english))


def spoken_digits(number: str) -> Text:
    """Digit by digit."""
    return Text(number.translate(_DIGITS), " ".join(number))


def amount_due(account_no: str, fee: Text, fen: int) -> Text:
    number, amount = spoken_digits(account_no), spoken_yuan(fen)
    return Text(f"户号{number.zh}，应缴{fee.zh}{amount.zh}。",
                f"Account {number.en}: {fee.en} due, {amount.en}.")  # fmt: skip


def limit(fen: int) -> Text:
    most = spoken_yuan(fen)
    return Text(f"电话缴费单笔限额{most.zh}，应缴金额超过限额。",
                f"A payment by phone is {most.en} at most; more is due.")  # fmt: skip


def part(bills: int, fen: int) -> Text:
    """`bills`: how many of them, the oldest."""
    amount, count = spoken_yuan(fen), spoken_digits(str(bills))
    return Text(f"可先缴到期最早的{count.zh}笔，{amount.zh}。",
                f"You may pay the oldest {count.en} first, {amount.en}.")  # fmt: skip


def paid(fen: int, serial: str) -> Text:
    amount, last = spoken_yuan(fen), spoken_digits(serial[-4:])
    return Text(f"缴费成功，{amount.zh}，流水号末四位{last.zh}。",
                f"Paid: {amount.en}. The serial ends with {last.en}.")  # fmt: skip


def refused(why: Text) -> Text:
    return Text(f"缴费未成功，没有扣款：{why.zh}。", f"Not paid, and nothing was taken: {why.en}")
