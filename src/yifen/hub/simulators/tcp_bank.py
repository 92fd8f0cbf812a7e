"""A bank that speaks the TCP dialect: it asks, pays, asks what became of it, and tells that its file is ready."""

from datetime import datetime

from yifen.core.wire.moments import moment_text
from yifen.core.wire.tcp_client import TcpClient
from yifen.core.wire.tcp_messages import TcpMessage, amount_text


class SimulatedTcpBank:
    """Over a line of its own; `unit`: yuan where the line has it so."""

    def __init__(self, line: TcpClient, biller: str, is_yuan: bool = False) -> None:
        self._line, self._biller, self._is_yuan = line, biller, is_yuan

    async def query(self, account_no: str, first: int = 1, most: int = 20) -> TcpMessage:
        return await self._line.call("BJCEBQBIReq", {
            "billKey": account_no, "companyId": self._biller, "beginNum": str(first), "queryNum": str(most),
            "filed1": "", "filed2": "", "filed3": "", "filed4": "",
        })  # fmt: skip

    async def pay(
        self, account_no: str, serial: str, fen: int, at: datetime, bill: str = "", quote: str = ""
    ) -> TcpMessage:
        return await self._line.call("BJCEBBCReq", {
            "billKey": account_no, "companyId": self._biller, "billNo": serial, "payDate": moment_text(at),
            "filed1": quote, "filed2": "", "filed3": "", "filed4": "", "customerName": "",
            "payAccount": "6224242300000069", "pin": "", "payAmount": amount_text(fen, self._is_yuan), "acType": "1",
            "contractNo": bill,
        })  # fmt: skip

    def amount(self, fen: int) -> str:
        """As this line writes it."""
        return amount_text(fen, self._is_yuan)

    async def result(self, account_no: str, serial: str, at: datetime) -> TcpMessage:
        asked = {"billKey": account_no, "billNo": serial, "payDate": moment_text(at)}
        return await self._line.call("BJCEBBRQReq", asked)

    async def file_ready(self, day: str, name: str) -> TcpMessage:
        return await self._line.call("BJCEBBCNotify", {"date": day, "fileName": name, "signDate": day, "filed1": ""})
