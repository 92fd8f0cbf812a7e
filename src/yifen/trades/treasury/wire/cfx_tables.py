"""TIPS's messages as tables: appropriation 5101, quota 5102 (direct), 5103 (authorised), claim 2201, packed check 3201.
`RransactOrg` and `EcnomicSubjectCode` are how the wire spells them."""

from yifen.trades.treasury.wire.papers import PaperTable, table

HEAD = table("VER:code! SRC:code! DES:code! APP:code! MsgNo:digits4! MsgID:digits20! MsgRef:digits20! WorkDate:day!"
             " Reserve:words")  # fmt: skip

_ALL = "AllNum:count! AllAmt:amount!"
_SUBJECT = "EcnomicSubjectCode:code"
_TO = f"EntrustDate:day! PackNo:pack! {_ALL} PayoutVouType:flag!"
_BILL = "TraNo:pack! VouNo:code! VouDate:day!"
_QUOTA = f"TreCode:treasury! BillOrg:code! TransBankNo:bank {_TO}"

MESSAGES = {
    shape.number: shape
    for shape in (
        PaperTable(
            "5101", bill_tag="Bill5101",
            batch=table(f"BillOrg:code! PayeeBankNo:bank! EntrustDate:day! PackNo:pack! TreCode:treasury! {_ALL}"
                        " PayoutVouType:flag!"),
            main=table(f"""{_BILL} PayerAcct:account! PayerName:name! PayerAddr:name Amt:amount! PayeeOpBkNo:bank!
                PayeeAcct:account! PayeeName:name! AddWord:words BdgOrgCode:code! BudgetOrgName:name! OfYear:year!
                BudgetType:flag! TrimSign:flag! StatInfNum:count!"""),
            details=table(f"SeqNo:count! FuncBdgSbtCode:code! {_SUBJECT} BudgetPrjCode:code Amt:amount!"),
        ),
        PaperTable(
            "5102", bill_tag="Bill5102", batch=table(_QUOTA),
            main=table(f"{_BILL} SumAmt:amount! BudgetType:flag! OfYear:year! RransactOrg:bank! AmtKind:flag!"
                       " StatInfNum:count!"),
            details=table(f"SeqNo:count! BdgOrgCode:code! FuncBdgSbtCode:code! {_SUBJECT} Amt:amount!"),
        ),
        PaperTable(
            "5103", bill_tag="Bill5103", batch=table(_QUOTA),
            main=table(f"""{_BILL} SumAmt:amount! BdgOrgCode:code! BudgetType:flag! OfYear:year! OfMonth:month!
                RransactOrg:bank! AmtKind:flag! StatInfNum:count!"""),
            details=table(f"SeqNo:count! FuncBdgSbtCode:code! {_SUBJECT} Amt:amount! AcctProp:flag!"),
        ),
        PaperTable(
            "2201", bill_tag="Bill2201",
            batch=table(f"AgentBnkCode:bank! FinOrgCode:code! TreCode:treasury! {_TO} PayMode:flag!"),
            main=table(f"""{_BILL} PayerAcct:account! PayerName:name! PayerAddr:name PayeeAcct:account! PayeeName:name!
                PayeeAddr:name PayeeOpnBnkNo:bank! AddWord:words BudgetType:flag! TrimSign:flag! OfYear:year!
                Amt:amount! StatInfNum:count!"""),
            details=table(f"SeqNo:count! BdgOrgCode:code! FuncSbtCode:code! {_SUBJECT} Amt:amount! AcctProp:flag!"),
        ),
        PaperTable(
            "3201", bill_tag="CompDeduct3201",
            batch=table("""ChkDate:day! PackNo:pack! BillOrg:code! OrgType:flag! AllSendNum:count! ChildPackNum:count!
                CurPackNo:count! CurPackNum:count! CurPackAmt:amount!"""),
            main=table(f"OriMsgNo:digits4! OriSendOrgCode:code! OriEntrustDate:day! OriPackNo:pack! {_ALL}"),
        ),
    )
}  # fmt: skip
