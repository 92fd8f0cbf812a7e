"""Result codes of reminders."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class ReminderCode(ResultCode):
    """52xx: what a payer wants to be reminded of, and how."""

    HOURS_INVALID = 5201, FINAL, 400, "请选 1 到 6 个提醒时间", "Choose one to six hours."
    CHANNEL_UNKNOWN = 5202, FINAL, 409, "这种提醒方式未开通", "Reminders cannot be sent this way."
    MAIL_INVALID = 5203, FINAL, 400, "请输入邮箱地址", "Enter a mail address."
    MAIL_CODE_WRONG = (
        5204, FINAL, 400, "邮件里的验证码有误或已失效，可重新发送",
        "The code of the mail is wrong or too old; ask for a new one.",
    )  # fmt: skip
    MAIL_NOT_SENT = 5205, RETRY, 503, "邮件暂时发不出去，请稍后再试", "The mail could not be sent now; try again later."
    MAILS_TOO_MANY = 5206, RETRY, 429, "验证邮件发得太多，请稍后再试", "Too many codes; wait a little."
    STOP_UNKNOWN = 5207, FINAL, 404, "退订链接无效", "This link to stop reminders is not ours."
    DAYS_INVALID = 5208, FINAL, 400, "到期前 1 至 15 天", "One to fifteen days before the due date."
    CHOICE_CHANGED = (
        5209, FINAL, 409, "提醒设置已在别处改过；下面是现在的设置，请核对后再保存",
        "The reminders were changed elsewhere; below is how they are now. Check, then save again.",
    )  # fmt: skip
