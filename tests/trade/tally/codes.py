"""Result codes of the tiny trade."""

from yifen.core.facts.codes import FINAL, ResultCode


class TallyCode(ResultCode):
    """99xx: gift boxes."""

    BOX_UNKNOWN = 9951, FINAL, 404, "没有此捐款箱", "There is no such box."
