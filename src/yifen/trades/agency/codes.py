"""Result codes of the agency. What its admission refuses to channels the hub tells (8950–8952, `core.facts.codes`)."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class AgencyCode(ResultCode):
    """8953–8979: 准入, 电力方缴费, 交换支票, 手续费, 日终."""

    AGENCY_LEVEL_WRONG = (
        8953, FINAL, 403, "此事不归本级机构：见《职能分工》",
        "This is no duty of your institution's level.",
    )  # fmt: skip
    MERCHANT_UNKNOWN = 8954, FINAL, 404, "商户编码不存在，请省联社先维护", "There is no merchant of this code."
    DEPOSIT_UNKNOWN = (
        8955, FINAL, 404, "无此缴款编号，或不属本联社签约的供电公司，或金额不符",
        "There is no slip of this unit and number at a company of this county, or not of this amount.",
    )  # fmt: skip
    DEPOSIT_PAID = 8956, FINAL, 409, "该缴款编号已缴款", "This slip was deposited already."
    DEPOSIT_NOT_BOOKED = 8957, FINAL, 409, "该笔缴费未入账或已冲正", "This deposit is not booked, or was taken back."
    DEPOSIT_DAY_OVER = (
        8958, FINAL, 409, "只能当日冲正，4629 只能由原柜员在原班次轧账之前办理；过后由联社与供电公司另行退款",
        "On its own day only, 4629 in the shift that took it: later the union pays the company back itself.",
    )  # fmt: skip
    CHEQUE_NOT_COLLECTED = (
        8959, FINAL, 409, "无该缴款编号已收妥的他行支票，不得垫款",
        "No cheque of this slip has been collected, and nobody advances money.",
    )  # fmt: skip
    CHEQUE_HERE_ALREADY = (
        8960, FINAL, 409, "该支票或该缴款编号的支票已受理",
        "This cheque, or one for this slip, is here already.",
    )  # fmt: skip
    SESSION_CLOSED = 8961, FINAL, 409, "当日场次已满九场", "The day has had its nine sessions."
    CHEQUE_NOT_PRESENTED = 8962, FINAL, 409, "该支票不在提出之中", "This cheque is not out in the exchange."
    CHEQUE_APPLIED = (
        8963, FINAL, 409, "该支票款项已缴费，请当日先办 4629",
        "The cheque's money was deposited today: 4629 takes that back first.",
    )  # fmt: skip
    CHARGE_MONTH_OPEN = 8964, FINAL, 409, "该月尚未结算完", "The month is not settled to its last day."
    CHARGE_NOTHING = (
        8965, FINAL, 409, "该月无应收手续费（或已坐扣）",
        "Nothing is owed for the month, or it was taken already.",
    )  # fmt: skip
    CHARGE_DONE = 8966, FINAL, 409, "该协议该月手续费已收", "The commission of this agreement and month was charged."
    CHARGE_NOT_BOOKED = 8967, FINAL, 409, "该笔收费未入账或已冲正", "This charge is not booked, or was taken back."
    SWEEP_SHORT = (
        8968, RETRY, 409, "核心过渡户余额多于结算户可用额，未划转，须查明差额",
        "More stands on the transit account at the core than was settled here: nothing was moved.",
    )  # fmt: skip
    SWEEP_PAID_OUT = (
        8969, FINAL, 409, "协议约定经银行划付，与核心划转重复，未划转",
        "The agreement pays out through a bank; by the core it would be paid twice.",
    )  # fmt: skip
    SWEEP_NO_COUNTER = 8970, FINAL, 409, "收费单位无柜面渠道清算户", "The biller has no clearing account of a counter."
    SWEEP_LEFT = (
        8971, RETRY, 409, "过渡户日终未清零",
        "The transit account at the core is not zero at the end of the day.",
    )  # fmt: skip
    SLIP_DIFFERS = (
        8972, FINAL, 409, "缴款编号已存在而金额不同，整份未收",
        "A slip of this number is here with another amount: the file was refused whole.",
    )  # fmt: skip
    SLIPS_UNREADABLE = 8973, FINAL, 400, "缴款单文件无法读取", "The file of slips cannot be read."
    CHEQUE_BANK_UNKNOWN = (
        8975, FINAL, 404, "行号表中无此付款行行号",
        "There is no bank of this number in the list of banks.",
    )  # fmt: skip
    SESSION_OPEN = 8976, FINAL, 409, "上一场次尚未结束", "The session before is not closed."
    SESSION_NONE = 8977, FINAL, 409, "没有开着的场次，请先开场", "No session is open: open one first."
    SESSION_ALONE = (
        8978, FINAL, 409, "开场人不能自己结束场次，须另一人登记结果",
        "Who opened the session does not close it: another person says its result.",
    )  # fmt: skip
    BANKS_UNREADABLE = 8979, FINAL, 400, "行号表无法读取", "The list of banks cannot be read."
    CHEQUE_LATE_HERE = (
        8974, FINAL, 409, "支票出票日有误或已过提示付款期（10 日）",
        "The cheque's date is ahead, or more than 10 days ago.",
    )  # fmt: skip
