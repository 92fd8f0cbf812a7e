"""Amounts in words (人民币大写): integer fen to the capitals that Chinese vouchers carry.

The rules are those of 正确填写票据和结算凭证的基本规定, annex 1 to 支付结算办法 (银发〔1997〕393号):
"人民币" stands before the words without a blank; 整 must follow an amount that ends with yuan, may
follow one that ends with jiao (here it always does, as nothing can then be written behind it) and
never follows fen; 拾 is always 壹拾; a run of zeros is written as one 零; 零 must stand between
yuan and fen when there are no jiao.

Where the annex leaves a choice, the first form of its examples is taken: 1,680.32 is
壹仟陆佰捌拾元零叁角贰分 and 107,000.53 is 壹拾万柒仟元零伍角叁分.
"""

from yifen.core.facts.money import MAX_FEN, AmountError

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


def capitals(fen: int) -> str:
    """The amount in words: 140950 fen are 人民币壹仟肆佰零玖元伍角整, nothing is 人民币零元整.

    Raises AmountError below zero and beyond MAX_FEN. A sum that is taken back (红字) has no words
    of its own: write it without its sign and say 红字 beside it.
    """
    if not 0 <= fen <= MAX_FEN:
        raise AmountError(f"no amount for a voucher: {fen} fen")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    words = f"{_spelt(yuan)}元" if yuan or not rest else ""
    if yuan and rest and (yuan % 10 == 0 or not jiao):
        words += "零"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    return f"人民币{words}" + (f"{_DIGITS[cents]}分" if cents else "整")


def _spelt(number: int) -> str:
    """A whole number in capitals. A gap behind a unit gets one 零, however many digits it has."""
    for size, unit in _UNITS:
        if number >= size:
            head, rest = divmod(number, size)
            gap = "零" if 0 < rest < size // 10 else ""
            return _spelt(head) + unit + gap + (_spelt(rest) if rest else "")
    return _DIGITS[number]
