"""Result codes of batch debit."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class DebitCode(ResultCode):
    """9550–9579: 批量代扣."""

    DEBIT_FILE_UNREADABLE = 9550, FINAL, 400, "文件不是约定的格式", "The file is not in the layout that was agreed."
    DEBIT_TOTALS_WRONG = (
        9551, FINAL, 409, "文件的总笔数或总金额与明细不符，整份拒收",
        "The file's count or sum is not that of its rows: nothing of it is taken.",
    )  # fmt: skip
    DEBIT_DIGEST_WRONG = (
        9552, FINAL, 409, "文件的校验码与内容不符，整份拒收",
        "The file's digest is not that of its rows: nothing of it is taken.",
    )  # fmt: skip
    DEBIT_NAME_TAKEN = (
        9553, FINAL, 409, "同名文件已收过，内容不同，整份拒收",
        "A file of this name came before, with another content: nothing of it is taken.",
    )  # fmt: skip
    DEBIT_RULE_MISSING = (
        9554, FINAL, 409, "该收费单位没有生效的批扣约定，或没有核心账户、代扣渠道",
        "The biller has no rule for batch debit in force, or no accounts at a core, or no channel for debits.",
    )  # fmt: skip
    DEBIT_EMPTY = 9555, FINAL, 400, "没有可扣的明细", "There is nothing to debit."
    DEBIT_TOO_LARGE = 9556, FINAL, 413, "文件过大", "The file is too large."
    DEBIT_ROW_WRONG = 9557, FINAL, 400, "明细格式有误", "The row is malformed."
    DEBIT_ACCOUNT_DIFFERS = (
        9558, FINAL, 409, "扣款账号与签约账号不符",
        "The account is not the one of the mandate.",
    )  # fmt: skip
    DEBIT_NAME_DIFFERS = 9559, FINAL, 409, "户名与签约户名不符", "The name is not the one of the mandate."
    DEBIT_NOTHING_OPEN = 9560, FINAL, 409, "该户号没有欠费", "Nothing is open on this account number."
    DEBIT_TWICE = 9561, FINAL, 409, "同一账单在本批中重复", "The bill stands in this batch already."
    DEBIT_UNKNOWN = 9562, FINAL, 404, "无此批次", "There is no such batch."
    DEBIT_STATE = 9563, FINAL, 409, "批次的状态不允许此操作", "The batch is not in a state for this."
    DEBIT_CHANGED = 9564, FINAL, 409, "批次与复核时所见不同", "The batch is not as it was shown."
    DEBIT_AGAIN_NONE = (
        9565, FINAL, 409, "没有可再扣的失败明细",
        "Nothing that failed may be tried again.",
    )  # fmt: skip
    DEBIT_UNREADABLE = 9566, FINAL, 409, "签约账号或明细无法解密", "The mandate's account or the row cannot be read."
    DEBIT_TAKEN_BACK = (
        9567, FINAL, 409, "缴费已撤销，款项退回付款账户",
        "The payment was taken back; the money goes back to the account.",
    )  # fmt: skip
    DEBIT_UNDER_WAY = (
        9568, RETRY, 409, "批次尚未结束，没有结果文件",
        "The batch has not ended: there is no result file yet.",
    )  # fmt: skip
    DEBIT_UNPROVED = (
        9569, FINAL, 409, "明细与核心流水或缴费不符",
        "An item is not what its move at the core, or its payment, says.",
    )  # fmt: skip
