"""A phone bank: its menu by rules, and what it does when answers are lost, late or nobody listens any longer."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.wire.messages import Charge, Confirm, Query, Request, Reverse
from yifen.core.wire.replies import BillerAnswer, PayableView, PaymentReply, QueryReply
from yifen.hub.simulators import phone_menu as menu
from yifen.hub.simulators import phone_words as words
from yifen.hub.simulators.door import Lost
from yifen.hub.simulators.phone import HungUp, PhoneBank, is_decided
from yifen.tools.cli.sim_phone import TypedLine

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
SERVICES = (menu.PhoneService("POWER01", Text("电费", "electricity")),
            menu.PhoneService("WATER01", Text("水费", "water")))  # fmt: skip


def keyed(keys: str) -> tuple[menu.PhoneStep, list[str]]:
    """After these keys ("-": a silence); everything that was said behind the greeting, in Chinese."""
    step, said = menu.begin(SERVICES), []
    for key in keys:
        step = menu.pressed(step.call, key) if key != "-" else menu.silent(step.call)
        said += [text.zh for text in step.said]
    return step, said


# --- the menu --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fen", "zh", "en"), [
    (0, "零元整", "0 yuan"), (20, "二角整", "20 fen"), (5, "五分", "5 fen"), (1005, "十元零五分", "10 yuan 5 fen"),
    (12_345, "一百二十三元四角五分", "123 yuan 45 fen"), (10_070_000, "十万零七百元整", "100700 yuan"),
    (11_000_000, "十一万元整", "110000 yuan"), (100_101_000, "一百万一千零一十元整", "1001010 yuan"),
])  # fmt: skip
def test_an_amount_is_spoken(fen, zh, en):
    assert words.spoken_yuan(fen) == (zh, en)


def test_a_call_goes_from_language_to_confirming():
    step, said = keyed("1232010#")
    assert (step.act, step.call.at, step.call.account_no) == (menu.ASK, menu.ACCOUNT, "32010")
    assert said == ["电费请按 1，水费请按 2；重听请按 9，结束请挂机。", words.ACCOUNT.zh, words.WAIT.zh]
    told = menu.due(step.call, (menu.PhoneBill("10", 12_345, 12_345),))
    assert [text.zh for text in told.said] == ["户号三二零一零，应缴水费一百二十三元四角五分。", words.CONFIRM.zh]
    assert told.said[0].en == "Account 3 2 0 1 0: water due, 123 yuan 45 fen."
    assert (menu.pressed(told.call, "1").act, menu.pressed(told.call, "9").said) == (menu.PAY, told.said)
    assert menu.pressed(told.call, "2").said[0] == words.CANCELLED
    assert menu.due(step.call, ()).said[0] == words.NOTHING_DUE


OLD, NEW = menu.PhoneBill("1", 25_700, 25_700), menu.PhoneBill("2", 222_034, 222_034)


def test_over_the_limit_that_is_told_before_the_sum_and_the_oldest_bills_that_fit_are_offered():
    call = keyed("1132010#")[0].call
    told = menu.due(call, (OLD, NEW), 200_000)
    assert [text.zh for text in told.said] == [
        "电话缴费单笔限额二千元整，应缴金额超过限额。", "户号三二零一零，应缴电费二千四百七十七元三角四分。",
        "可先缴到期最早的一笔，二百五十七元整。", words.CONFIRM.zh]  # fmt: skip
    assert (told.call.at, told.call.pays, told.call.pays_fen) == (menu.CONFIRM, (OLD,), 25_700)
    assert menu.pressed(told.call, "9").said == told.said
    assert menu.due(call, (OLD, NEW), 247_734).call.pays == (OLD, NEW)


@pytest.mark.parametrize(("bills", "pays"), [
    ((NEW, OLD), ()), ((NEW._replace(least_fen=1), OLD), (NEW._replace(fen=200_000, least_fen=1),)),
    ((OLD, NEW._replace(fen=174_300)), (OLD, NEW._replace(fen=174_300))), ((OLD, NEW._replace(fen=174_301)), (OLD,)),
])  # fmt: skip
def test_what_fits_is_the_oldest_whole_or_a_part_of_it_where_parts_are_taken(bills, pays):
    assert menu.fitting(bills, 200_000) == pays
    if not pays:
        told = menu.due(keyed("1132010#")[0].call, bills, 200_000)
        assert (told.call.at, told.said[2]) == (menu.SERVICE, words.ELSEWHERE)


def test_english_is_spoken_to_whoever_asks_for_it():
    step, _ = keyed("2")
    assert step.call.english
    assert step.said[0].en == "For electricity press 1, for water press 2; to hear it again 9, or hang up."


def test_star_clears_the_number_and_then_goes_back():
    assert keyed("1132*")[0].call == keyed("11")[0].call
    assert keyed("11*")[0].call.at == menu.SERVICE
    assert keyed("1132*33")[0].call.account_no == "33"


@pytest.mark.parametrize("keys", ["----", "1----", "11----", "7***", "1#0#0", "11-#-#", "1-1----"])
def test_a_prompt_is_said_again_three_times_and_then_the_phone_is_hung_up(keys):
    step, said = keyed(keys)
    assert (step.call.at, said[-1]) == (menu.OVER, words.BYE.zh)
    before, _ = keyed(keys[:-1])
    assert before.call.at != menu.OVER


def test_a_key_that_means_something_begins_the_count_anew():
    assert keyed("---1---1---3")[0].call.missed == 0
    assert keyed("11" + "3" * 41)[0].call.missed == 1  # no account number has so many


# --- the bank --------------------------------------------------------------------------------------


BILL = QueryReply(biller="POWER01", account_no="3201", payer_name="*三", quote="Q1", payables=[
    PayableView(payable="10", title="十月", mode="exact", due_fen=12_345, min_fen=12_345, max_fen=12_345),
    PayableView(payable="TOPUP", title="预存", mode="open", due_fen=0, min_fen=100, max_fen=9999),
])  # fmt: skip


def answered(code: Code, reply: Any = None) -> BillerAnswer:
    return BillerAnswer(code=code, reply=reply, message="", wire_code=f"{code:04d}")


class ScriptedDoor:
    """A hub's door with an answer for each message in turn: a code, or Lost. Queries are told BILL."""

    def __init__(self, *script: Any) -> None:
        self.script, self.heard = list(script), list[Request]()

    async def ask(self, message: Request) -> BillerAnswer:
        if isinstance(message, Query):
            return answered(Code.OK, BILL) if message.account_no == "3201" else answered(Code.ACCOUNT_UNKNOWN)
        self.heard.append(message)
        answer = self.script.pop(0)
        if answer is Lost:
            raise Lost("nothing came")
        if isinstance(message, Confirm) and answer is Code.OK:
            reply = PaymentReply(payment_id="1", serial=message.original_serial, amount_fen=12_345, result="0000",
                                 business_day=NOW.date(), payer_state="taken", biller_state="booked")  # fmt: skip
            return answered(Code.OK, reply)
        return answered(answer)


class KeyedLine:
    """A caller who keys this in and hangs up: behind the last key, or as soon as he has pressed it (`at_once`)."""

    def __init__(self, keys: str, at_once: bool = False) -> None:
        self.keys, self.said, self.at_once = list(keys), list[str](), at_once

    @property
    def gone(self) -> bool:
        return self.at_once and not self.keys

    async def key(self, timeout_s: float) -> str:
        if not self.keys:
            raise HungUp
        key = self.keys.pop(0)
        return "" if key == "-" else key

    def say(self, text: str) -> None:
        self.said.append(text)


def called(line: KeyedLine, *script: Any, limit_fen: int | None = None) -> tuple[ScriptedDoor, PhoneBank, list[str]]:
    """After one call, once nothing is followed any longer."""
    door, told = ScriptedDoor(*script), list[str]()

    async def call() -> PhoneBank:
        bank = PhoneBank(door, "PHONE", SERVICES, lambda: NOW, limit_fen=limit_fen, pause_s=0, told=told.append)
        await bank.serve(line)
        await bank.settled()
        return bank

    return door, asyncio.run(call()), told


def state(bank: PhoneBank) -> str:
    (entry,) = bank.record.entries.values()
    return entry.state


def test_a_bill_is_paid_and_the_customer_told():
    line = KeyedLine("113201#1")
    door, bank, told = called(line, Code.OK)
    (charge,) = door.heard
    assert isinstance(charge, Charge)
    assert (charge.serial, charge.quote, charge.amount_fen) == ("PHONE-261129080000-0001", "Q1", 12_345)
    assert [(one.payable, one.amount_fen) for one in charge.lines] == [("10", 12_345)]
    assert line.said[-2] == "缴费成功，一百二十三元四角五分，流水号末四位零零零一。"
    assert told == ["PHONE-261129080000-0001 POWER01 3201 12345 fen booked"]
    assert state(bank) == "booked"


def test_a_bill_beyond_the_limit_is_not_sent_to_be_refused():
    line = KeyedLine("113201#1")
    door, bank, _ = called(line, limit_fen=12_344)
    assert (door.heard, bank.record.entries) == ([], {})
    assert line.said[5:7] == ["电话缴费单笔限额一百二十三元四角四分，应缴金额超过限额。",
                              "户号三二零一，应缴电费一百二十三元四角五分。"]  # fmt: skip


def test_an_unknown_number_is_asked_for_again():
    line = KeyedLine("1199#3201#2")
    door, bank, _ = called(line)
    assert "户号不存在" in line.said
    assert (line.said[-2], door.heard, bank.record.entries) == (words.CANCELLED.zh, [], {})


CHARGE, CONFIRM, REVERSE = "charge", "confirm", "reverse"


@pytest.mark.parametrize(("script", "sent", "said", "stands"), [
    # Lost and booked; lost on the way, so sent again by its serial; refused for good.
    ((Lost, Code.OK), (CHARGE, CONFIRM), "缴费成功", "booked"),
    ((Lost, Code.SERIAL_UNKNOWN, Code.OK), (CHARGE, CONFIRM, CHARGE), "缴费成功", "booked"),
    ((Code.ALREADY_PAID,), (CHARGE,), "缴费未成功", "refused"),
    ((Code.CHANNEL_CLOSED,), (CHARGE,), "缴费未成功", "refused"),
    ((Code.BUSY, Code.BUSY, Code.BUSY), (CHARGE,) * 3, "缴费未成功", "refused"),
    ((Lost, Code.ALREADY_PAID), (CHARGE, CONFIRM), "缴费未成功", "refused"),
    # Not certain while he holds the line: he is told so, and it is followed.
    ((Code.PROCESSING, Code.PROCESSING, Code.PROCESSING, Lost, Code.OK), (CHARGE, *[CONFIRM] * 4), "处理中", "booked"),
    ((Lost, Code.SIGNATURE_INVALID, Lost, Code.BILLER_REJECTED), (CHARGE, *[CONFIRM] * 3), "处理中", "refused"),
    # It never arrived, and shall not tomorrow.
    ((Lost, Lost, Lost, Code.SERIAL_UNKNOWN, Code.ORIGINAL_UNKNOWN_BLOCKED), (CHARGE, *[CONFIRM] * 3, REVERSE),
     "处理中", "refused"),
])  # fmt: skip
def test_what_is_not_known_is_asked_for_and_told_as_it_is(script, sent, said, stands):
    line = KeyedLine("113201#1")
    door, bank, _ = called(line, *script)
    assert [message.VERB for message in door.heard] == list(sent)
    assert len({message.serial for message in door.heard if isinstance(message, Charge)}) == 1
    assert (any(said in text for text in line.said), state(bank), door.script) == (True, stands, [])


@pytest.mark.parametrize(("script", "sent", "stands"), [
    ((Code.OK,), (CHARGE,), "booked"),  # the answer came: it stays
    ((Lost, Lost, Lost, Code.OK), (CHARGE, CONFIRM, CONFIRM, REVERSE), "reversed"),
    ((Lost, Lost, Lost, Lost, Code.ORIGINAL_PROCESSING, Code.OK), (CHARGE, CONFIRM, CONFIRM, *[REVERSE] * 3),
     "reversed"),
    ((Lost, Lost, Lost, Code.PROCESSING, Code.OK), (CHARGE, CONFIRM, CONFIRM, REVERSE, CONFIRM), "reversed"),
    ((Lost, Lost, Lost, Code.PARTNER_SUSPENDED, Code.ORIGINAL_NOT_BOOKED), (CHARGE, CONFIRM, CONFIRM, *[REVERSE] * 2),
     "refused"),
    ((Lost, Lost, Lost, Code.DAY_CLOSED_USE_REFUND, Code.OK), (CHARGE, CONFIRM, CONFIRM, REVERSE, "refund"),
     "reversed"),
])  # fmt: skip
def test_who_hangs_up_before_an_answer_gets_his_money_back(script, sent, stands):
    door, bank, _ = called(KeyedLine("113201#1", at_once=True), *script)
    assert [message.VERB for message in door.heard] == list(sent)
    assert (state(bank), door.script) == (stands, [])
    backs = [message for message in door.heard if isinstance(message, Reverse)]
    assert {back.original_serial for back in backs} <= {"PHONE-261129080000-0001"}


def test_codes_that_were_of_another_message_decide_nothing():
    unsaid = (Code.SIGNATURE_INVALID, Code.BUSY, Code.PROCESSING, Code.SERIAL_UNKNOWN, Code.FAULT)
    assert not any(map(is_decided, unsaid))
    assert all(map(is_decided, (Code.OK, Code.ALREADY_PAID, Code.REVERSED_BEFORE_CHARGE)))


def test_a_typed_line_takes_keys_alone_and_hangs_up_at_its_end():
    async def call() -> list[str]:
        reader, said = asyncio.StreamReader(), list[str]()
        line = TypedLine(reader, said.append)
        assert await line.key(0.01) == ""
        reader.feed_data(b"1x\r\n#")
        reader.feed_eof()
        keys = [await line.key(1), await line.key(1)]
        for _ in range(2):
            with pytest.raises(HungUp):
                await line.key(1)
        assert line.gone
        return keys

    assert asyncio.run(call()) == ["1", "#"]
