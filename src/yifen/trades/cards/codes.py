"""Result codes of official cards: 935x and 936x words of the bank, 937x swipes, 938x and 939x claims, 940x repayments,
941x papers, 942x monitoring, 9436 on questions to banks, files by hand, the catalogue, advances and leavers."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class CardCode(ResultCode):
    """9350–9449."""

    CARD_NOT_AGREED = (
        9350,
        FINAL,
        409,
        "发卡行没有经另一人同意",
        "Nobody agreed to this issuing bank.",
    )
    CARD_ISSUER_WRONG = (
        9351, FINAL, 400, "须是财政部门和一家银行，且该银行还不是其发卡行",
        "It takes a finance bureau and a bank that is not its issuer yet.",
    )  # fmt: skip
    CARD_ISSUER_UNKNOWN = (
        9352, FINAL, 404, "该银行不是该财政部门的发卡行",
        "The bank does not issue cards for this bureau.",
    )  # fmt: skip
    CARD_WORD_UNREADABLE = (
        9353,
        FINAL,
        400,
        "发卡行的报文有误",
        "The bank's message cannot be read.",
    )
    CARD_WORD_OTHERWISE = (
        9354, FINAL, 409, "同一报文号先前的内容不同",
        "This message number was used for another message before.",
    )  # fmt: skip
    CARD_WORD_UNPROVED = (
        9355,
        FINAL,
        401,
        "报文的签名不是发卡行的",
        "The message is not signed by the bank.",
    )
    CARD_WORD_LATE = (
        9356, FINAL, 409, "该卡已有更晚的变动，较早的不再生效",
        "A later change of this card is known, so that this one counts no more.",
    )  # fmt: skip
    CARD_UNKNOWN = (
        9357,
        RETRY,
        404,
        "没有该卡，请先送新卡",
        "There is no such card: send it as new first.",
    )
    CARD_OTHERWISE = (
        9358, FINAL, 409, "该卡已登记，且持卡人或内容不同",
        "The card is known already, and is someone else's or otherwise.",
    )  # fmt: skip
    CARD_PERSON_UNKNOWN = (
        9359, FINAL, 404, "人员名录中没有该工号，或姓名不符",
        "The directory has nobody of this staff number and name.",
    )  # fmt: skip
    CARD_UNIT_UNKNOWN = 9360, FINAL, 404, "没有该预算单位", "There is no such budget unit."
    CARD_STATE_WRONG = (
        9361,
        FINAL,
        409,
        "卡的状态不允许此变动",
        "The card is in a state that forbids this.",
    )
    CARD_FIELDS = 9362, FINAL, 400, "卡号、时间或额度有误", "Card number, time or limit are wrong."
    CARD_FILE_LAYOUT = (
        9363, FINAL, 400, "文件不是约定的定长格式，整份不收",
        "The file is not of the agreed fixed layout and is refused whole.",
    )  # fmt: skip
    CARD_PLACE_STATE = (
        9364, FINAL, 409, "该卡在该单位不是待确认",
        "The card does not wait for this unit's confirmation.",
    )  # fmt: skip
    CARD_REISSUE_TAKEN = 9365, FINAL, 409, "新卡号已是另一张卡", "The new number is another card's."
    # --- swipes ---
    SWIPE_UNKNOWN = 9370, FINAL, 404, "没有该笔消费", "There is no such swipe."
    SWIPE_OTHERWISE = (
        9371, FINAL, 409, "同一卡号、交易号先前的内容不同",
        "This number of this card was told of otherwise before.",
    )  # fmt: skip
    SWIPE_FIELDS = (
        9372,
        FINAL,
        400,
        "消费的金额、时间、种类或商户有误",
        "Amount, time, kind or merchant are wrong.",
    )
    SWIPE_CNY_MISSING = (
        9373,
        FINAL,
        400,
        "外币消费缺少人民币金额",
        "A swipe in foreign currency lacks its yuan.",
    )
    SWIPE_REFUND_TOO_MUCH = (
        9374, FINAL, 409, "退货合计超过原消费",
        "Refunds are more than the swipe that they refer to.",
    )  # fmt: skip
    SWIPE_NOT_HIS = 9375, FINAL, 403, "不是本人的卡", "This is another person's card."
    SWIPE_NOT_POSTED = (
        9376,
        FINAL,
        409,
        "只有已入账的消费可以标记、报账",
        "Only a posted swipe is marked or claimed.",
    )
    SWIPE_CLAIMED = 9377, FINAL, 409, "已报账的消费不能改标记", "A claimed swipe keeps its mark."
    SWIPE_MARK_WRONG = (
        9378, FINAL, 400, "标记有误，或该卡没有在该单位登记",
        "The mark is wrong, or the card is not registered in this unit.",
    )  # fmt: skip
    # --- claims ---
    CARD_CLAIM_FIELDS = (
        9380, FINAL, 400, "报账须有种类、事由和 1–50 行，每行金额大于零",
        "A claim has a kind, a purpose and 1–50 lines, each above zero.",
    )  # fmt: skip
    CARD_CLAIM_SWIPE = (
        9381, FINAL, 409, "须是本人在该单位标记为公务的消费",
        "It takes a swipe of one's own that is marked official of this unit.",
    )  # fmt: skip
    CARD_CLAIM_OVER = (
        9382,
        FINAL,
        409,
        "超过该笔消费未报的金额；商户退了货的，不同意以后按余额重报",
        "More is claimed than is left of the swipe; after a refund, refuse it and claim what is left.",
    )
    CARD_CLAIM_LIMIT = (
        9383,
        FINAL,
        409,
        "整笔消费超过单笔限额（规则、卡或理由所写的），不能用公务卡报；限额由财政部门的规则或发卡行调整",
        "The whole swipe is above the limit of the rule, the card or the reason: bureau or bank may raise it.",
    )
    CARD_CLAIM_CARD = 9384, FINAL, 409, "没有可还款的卡", "There is no card to repay."
    CARD_ITEM_UNKNOWN = (
        9385,
        FINAL,
        400,
        "当日的强制结算目录没有该项",
        "The catalogue of that day has no such item.",
    )
    CARD_EXEMPTION_NEEDED = (
        9386, FINAL, 400, "现金上卡须写目录内的免用卡理由和说明",
        "Cash needs one of the catalogue's reasons and words to it.",
    )  # fmt: skip
    CARD_INVOICE_WRONG = (
        9387,
        FINAL,
        400,
        "发票号码或价税合计有误",
        "The invoice's number or total is wrong.",
    )
    CARD_INVOICE_OTHERWISE = (
        9388, FINAL, 409, "该发票先前登记的金额不同",
        "This invoice was registered with another total before.",
    )  # fmt: skip
    CARD_INVOICE_USED_UP = (
        9389, FINAL, 409, "各单位对该发票的报账合计超过其价税合计",
        "All units' claims of this invoice would exceed its total.",
    )  # fmt: skip
    CARD_CLAIM_UNKNOWN = 9390, FINAL, 404, "没有该报账单", "There is no such claim."
    CARD_CLAIM_STATE = (
        9391,
        FINAL,
        409,
        "报账单的状态不允许",
        "The claim is in a state that forbids this.",
    )
    CARD_SAME_PERSON = (
        9392, FINAL, 403, "持卡人、报账人和各级审批人须是不同的人",
        "Holder, claimant and whoever signs are all different people.",
    )  # fmt: skip
    CARD_CLAIM_CHANGED = 9393, FINAL, 409, "内容已变，请重看", "It is otherwise by now: look again."
    CARD_ITEM_CLASS = (
        9394, FINAL, 409, "指标的部门经济分类不属于该目录项",
        "The indicator's economic class is not of this item.",
    )  # fmt: skip
    CARD_INDICATOR = (
        9395,
        FINAL,
        409,
        "指标不是该单位当年的",
        "The indicator is not of this unit and year.",
    )
    CARD_NO_WORDS = 9396, FINAL, 400, "不同意须写明理由", "A no takes its reason."
    CARD_INVOICE_NUMBER = (
        9397, FINAL, 400, "照片、文件没有读出发票号码：请填号码，票据没有号码的请勾选“票据没有号码”",
        "No number was read from the file: type it, or tick that the paper has none.",
    )  # fmt: skip
    CARD_DEPUTY_WRONG = (
        9398, FINAL, 400,
        "代理审批有误：起止在今日起 92 天内；不在岗者须是该单位该级的审批人，同时只有一个代理，代理人有岗位和登录",
        "Days are within 92 of today; the absent signs there and has one deputy at a time, who has post and login.",
    )  # fmt: skip
    CARD_DEPUTY_STATE = 9399, FINAL, 409, "没有正在或将要进行的代理", "No deputy stands in there, or is to."
    # --- repayments ---
    CARD_REPAYMENT_UNKNOWN = 9400, FINAL, 404, "没有该笔还款", "There is no such repayment."
    CARD_REPAYMENT_STATE = 9401, FINAL, 409, "还款的状态不允许", "The repayment is in a state that forbids this."
    CARD_RETURN_TOO_MUCH = 9402, FINAL, 409, "退回合计超过还款金额", "More comes back than was repaid."
    CARD_REPAYMENT_OVER = (
        9403, FINAL, 409, "商户已退货，报账多于该笔消费所余，不能支付",
        "Its merchant gave back what is claimed: more would be paid than is left of the swipe.",
    )  # fmt: skip
    CARD_ROW_FAILED = 9404, FINAL, 400, "该行的内容无法入库", "No table holds what this row says."
    CARD_WORD_FAILED = 9405, FINAL, 500, "报文六次未能入库，不再尝试", "It could not be taken six times: given up."
    CARD_INVOICE_FILE = (
        9406, FINAL, 409, "发票号码或价税合计与文件所载不符，或附有几张发票",
        "Number or total are otherwise than the invoice's file says, or there are several invoices.",
    )  # fmt: skip
    CARD_UNDO_WRONG = (
        9407, FINAL, 409, "没有商户已退货而未付款的还款", "Nothing of it is due that its merchant gave back."
    )  # fmt: skip
    # --- papers ---
    CARD_PAPER_UNREADABLE = (
        9410,
        FINAL,
        400,
        "发票文件无法读取",
        "The invoice's file cannot be read.",
    )
    CARD_PAPER_TOO_LARGE = 9411, FINAL, 413, "附件超过 8 MB，请压缩或重拍", "The paper is larger than 8 MB."
    CARD_PAPER_KIND = (
        9412,
        FINAL,
        400,
        "附件须是 JPEG、PNG、PDF、OFD 或 XML",
        "A paper is JPEG, PNG, PDF, OFD or XML.",
    )
    # --- asked of banks, handed in, agreed to ---
    CARD_QUERY_FIELDS = (
        9436, FINAL, 400, "查询日期须在今日以前、一年以内，一次至多 32 天；交易号由字母、数字和短横组成",
        "Days are up to today, within a year, 32 at most; the bank's number has letters, digits and hyphens.",
    )  # fmt: skip
    CARD_QUERY_OPEN = (
        9437,
        FINAL,
        409,
        "同样的查询正在等发卡行答复",
        "The bank is being asked just this already.",
    )
    CARD_BANK_SILENT = (
        9438,
        RETRY,
        504,
        "问了六次，发卡行没有可信的答复",
        "Asked six times, the bank gave no answer to believe.",
    )
    CARD_QUERY_NONE = 9439, FINAL, 404, "发卡行没有这笔消费", "The bank has no such swipe."
    CARD_ANSWER_OTHER = (
        9440, FINAL, 409, "发卡行的答复不是所问的那张卡、那些日子或那个交易号，整份不收",
        "The bank's answer is not about that card, those days or that number, and is refused whole.",
    )  # fmt: skip
    CARD_BANK_NO_PORT = (
        9441,
        FINAL,
        409,
        "发卡行没有登记查询地址或密钥",
        "The bank has no address or key to be asked at.",
    )
    CARD_CHANGE_NOT_AGREED = (
        9442,
        FINAL,
        409,
        "此事没有经另一人同意，或已经办过",
        "Nobody agreed to this, or it was done.",
    )
    CARD_CATALOGUE_WRONG = (
        9443, FINAL, 400, "目录的编码、名称、分类有误，或起始日早于今日、与另一次变动相同",
        "Code, name or classes are wrong, or the day is past or that of another change.",
    )  # fmt: skip
    CARD_ADVANCE_UNPAID = (
        9444,
        FINAL,
        409,
        "借款还没有还到卡，不能冲账",
        "The advance is not repaid yet: nothing settles it.",
    )
    CARD_WAIVER_WRONG = (
        9445, FINAL, 409, "只有离任者名下、未报账的公务消费可以转由本人承担，并须写明理由",
        "Only a leaver's official swipe of which nothing is claimed is left to himself, with a reason.",
    )  # fmt: skip
    CARD_WAIVER_STATE = (
        9446, FINAL, 409, "没有待定的转个人承担，或该笔消费已经报账",
        "Nothing waits here, or something of the swipe is claimed by now.",
    )  # fmt: skip
    CARD_QUERY_MANY = (
        9447,
        RETRY,
        429,
        "查询太多：未答复的至多 20 条，一天至多 100 条",
        "Too many: 20 open ones, 100 a day.",
    )
    CARD_FILE_ROWS = (
        9448,
        FINAL,
        400,
        "文件不是发卡行的卡片或消费文件",
        "This is no file of cards or swipes.",
    )
    # --- monitoring ---
    HIT_UNKNOWN = (
        9420, FINAL, 404, "没有该命中，或其消费已不是公务",
        "There is no such hit, or its swipe is not official any more.",
    )  # fmt: skip
    HIT_STATE = 9421, FINAL, 409, "该命中已处理，或与所见不同", "The hit is decided, or is otherwise than shown."
    HIT_WORDS = (
        9422, FINAL, 400, "须选处理结果并写 2–200 字的理由",
        "It takes a decision and a reason of 2–200 letters.",
    )  # fmt: skip
    WATCH_RULE_WRONG = (
        9423, FINAL, 400, "监控规则有误，或该生效日已有规则",
        "The monitoring rule is wrong, or there is one of that day.",
    )  # fmt: skip
    WATCH_FAILED = (
        9424, RETRY, 500, "有消费没有查成，下一夜再查",
        "A swipe could not be looked at; the next night does it again.",
    )  # fmt: skip
    CARD_PHONE_WRONG = 9425, FINAL, 400, "手机号须是 11 位", "A mobile number has 11 digits."
