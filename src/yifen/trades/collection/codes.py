"""Result codes of collection orders."""

from yifen.core.facts.codes import FINAL, ResultCode


class CollectionCode(ResultCode):
    """9640–9669: 托收, a biller's demand against a large user's account."""

    COLLECTION_UNKNOWN = 9640, FINAL, 404, "无此托收", "There is no such collection order."
    COLLECTION_NO_CONTRACT = (
        9641,
        FINAL,
        409,
        "托收合同不存在、尚未生效或已终止",
        "There is no such contract, or it is not in force.",
    )
    COLLECTION_CHANGED = (
        9642,
        FINAL,
        409,
        "账单已在别处缴清或金额有变，请重新制单",
        "A bill was paid elsewhere, or asks for another amount by now: make the demand anew.",
    )
    COLLECTION_NOT_OPEN = (
        9643,
        FINAL,
        409,
        "托收当前状态不能办理此事",
        "The collection order is not where this can be done.",
    )
    COLLECTION_LATE = (
        9644,
        FINAL,
        409,
        "答复期已过，视同同意付款",
        "The days to answer are over: it counts as agreed.",
    )
    COLLECTION_WHOLE = (
        9645,
        FINAL,
        409,
        "此类托收只能全部拒付",
        "A collection order of this kind is refused whole or not at all.",
    )
    COLLECTION_LINK = 9646, FINAL, 404, "链接无效", "The link is not right."
    COLLECTION_REFUSED = 9647, FINAL, 409, "付款人拒付", "The payer refused it."
    COLLECTION_UNANSWERED = (
        9648,
        FINAL,
        409,
        "付款人期满未答复，此类托收不得视同同意",
        "The payer did not answer in time, and silence does not agree.",
    )
    COLLECTION_WITHDRAWN = 9649, FINAL, 409, "收费单位撤回", "The biller withdrew it."
    COLLECTION_NO_REFUSAL = (
        9650,
        FINAL,
        409,
        "特约委托收款凭合同付款，有异议请向收费单位提出",
        "Paid by prior authority, unasked: what is disputed, the biller answers for.",
    )
    COLLECTION_PAPER = (
        9651,
        FINAL,
        409,
        "须先留存签章件",
        "A paper with the payer's seal is needed, and is not here.",
    )
    COLLECTION_KIND = (
        9652,
        FINAL,
        409,
        "该日没有此类托收的规则，或规则日期已过、已有",
        "There is no rule of this kind on that day; or a new one's day is past, or has one.",
    )
    COLLECTION_NUMBER_TAKEN = (9653, FINAL, 409, "合同号已存在", "There is a contract of this number.")
    COLLECTION_NOT_BOOKED = (
        9654,
        FINAL,
        409,
        "销账不成，款项退回付款人",
        "It could not be booked: the money goes back to the payer.",
    )
    COLLECTION_PAPER_KIND = (
        9655,
        FINAL,
        400,
        "签章件须为 JPG、PNG 或 PDF，不超过 8 MB",
        "A paper is JPG, PNG or PDF, of 8 MB at most.",
    )
