"""Vouchers of the MOF envelope as tables: payment 8202, claim 2301, its refund 2302, return 2203, checks 3504 and 3507.
`ClearAccNanme` is how the wire spells it."""

from yifen.trades.treasury.wire.papers import PaperTable, table

_HEAD = "AdmDivCode:code! StYear:year! VtCode:digits4! VouDate:day! VoucherNo:number!"
_HOLD2 = "Hold1:words Hold2:words"
_HOLD4 = f"{_HOLD2} Hold3:words Hold4:words"
_PAY = "PayAcctNo:account! PayAcctName:name! PayAcctBankName:name!"
_PAYEE = "PayeeAcctNo:account PayeeAcctName:name PayeeAcctBankName:name PayeeAcctBankNo:bank"
_BUDGET = """FundType*! BgtType* PayType*! ProCat* MOFDep* SupDep* Agency*! ExpFunc*! ExpFunc1* ExpFunc2* ExpFunc3*
    ExpEco* GovExpEco* DepExpEco* DepPro*"""
_XPAYEE = "XPayeeAcctNo:account XPayeeAcctName:name XPayeeAcctBankName:name XPayeeAcctBankNo:bank"

_CLAIM = f"""Id:code! {_HEAD} TreCode:treasury! FinOrgCode:code! BgtType* FundType*! PayType*! AgentAcctNo:account!
    AgentAcctName:name! AgentAcctBankName:name! ClearAcctNo:account! ClearAcctName:name! ClearAcctBankName:name!"""
_CLAIM_END = """PayAmt:amount! PayBankName:name! PayBankNo:bank! Remark:words MoneyCorpCode:code"""
_CLAIM_X = f"XPaySndBnkNo:bank XAddWord:words XClearDate:day XPayAmt:amount {_HOLD2}"
_CLAIM_LINE = f"""Id:code! VoucherNo:number! SupDep*! ExpFunc*! PayAmt:amount! PaySummaryName:purpose {_HOLD4}"""

_CHECK = f"""{_HEAD} VoucherCheckNo:code! ChildPackNum:count! CurPackNo:count! TreCode:treasury! ClearBank*
    ClearAccNo:account ClearAccNanme:name BeginDate:day! EndDate:day!"""
_CHECK_LINE = "SupDep*! FundType*! PayBank*! PayBankNo:bank ExpFunc*! ProCat* PayType*! PayAmt:amount!"
_XCHECK = "XCheckResult:flag XCheckReason:words"

VOUCHERS = {
    shape.number: shape
    for shape in (
        PaperTable(
            "8202",
            table(f"""Id:code! {_HEAD} {_BUDGET} SetMode* PayBank*! ClearBank* {_PAYEE} {_PAY} PaySummary*
                PayAmt:amount! PayMgr* FundDealMode* BusinessType*! CheckNo:code
                XPayDate:day XAgentBusinessNo:code XCheckNo:code XPayAmt:amount {_XPAYEE} {_HOLD2}"""),
            table(f"""Id:code! VoucherBillId:code! VoucherBillNo:number! {_BUDGET} {_PAYEE} PaySummary* PayAmt:amount!
                XPayDate:day XAgentBusinessNo:code XPayAmt:amount XAddWord:words Remark:words {_HOLD4}"""),
        ),
        PaperTable("2301", table(f"{_CLAIM} {_CLAIM_END} {_CLAIM_X}"), table(_CLAIM_LINE)),
        PaperTable("2302", table(f"""{_CLAIM} PayDictateNo:pack PayMsgNo:message PayEntrustDate:day {_CLAIM_END}
            TKLX:flag {_CLAIM_X}"""), table(_CLAIM_LINE)),
        PaperTable(
            "2203",
            table(f"""Id:code! {_HEAD} PayBank* AgentBusinessNo:code! OriBillNo:code! RefundType:flag! {_PAY}
                PayeeAcctNo:account PayeeAcctName:name PayeeAcctBankName:name PayAmt:amount! Remark:words PayDate:day!
                {_HOLD2}"""),
            table(f"""Id:code! VoucherBillId:code! VoucherNo:number! BgtType* ProCat* PayKind* MOFDep* Agency*!
                ExpFunc*! ExpEco* DepPro* {_PAY} {_PAYEE} PayAmt:amount! Remark:words {_HOLD4}"""),
        ),
        PaperTable("3504", table(f"{_CHECK} AllAmt:amount! {_XCHECK} {_HOLD2}"),
                   table(f"Id:code! {_CHECK_LINE} {_XCHECK} {_HOLD4}")),
        PaperTable("3507", table(f"{_CHECK} AllNum:count! AllAmt:amount! {_HOLD2}"),
                   table(f"""Id:code! PayAgentBillNo:code! PayDetailId:code! VoucherNo:number! {_CHECK_LINE}
                       PlanAmt:amount RefundAmt:amount PlanRemainAmt:amount {_HOLD4}""")),
    )
}  # fmt: skip
