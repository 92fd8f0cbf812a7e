"""The SMS company: it takes what its account signed, once, and says no in its own words."""

import argparse
import asyncio
import json

import pytest

from tests.messages.companies import KEY_ID, NOW, SECRET
from yifen.core.runtime import EdgeError
from yifen.core.wire import acs3
from yifen.hub.simulators.listener import ListenerCall
from yifen.hub.simulators.sms import SimulatedSms
from yifen.tools.cli import sim_sms


def test_a_request_is_taken_once_and_an_altered_one_never(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    sim_sms.arguments(parser)
    args = parser.parse_args(["--key", SECRET, "--key-id", KEY_ID])
    company = sim_sms.made(args, SECRET.encode(), lambda: NOW)
    query = acs3.query_of({"PhoneNumbers": "13912345678", "TemplateCode": "SMS_1", "TemplateParam": '{"code":"1"}'})
    headers = {"host": "127.0.0.1", "x-acs-action": "SendSms", "x-acs-date": "2026-11-24T02:00:00Z",
               "x-acs-signature-nonce": "n1"}  # fmt: skip
    signed = headers | {"authorization": acs3.authorization(KEY_ID, SECRET, "POST", query, headers)}

    def said(path: str, **more: str) -> str:
        reply = asyncio.run(company.answer(ListenerCall("POST", path, signed | more, b"")))
        return str(json.loads(reply.body)["Code"])

    altered = f"/?{query}".replace("13912345678", "13912345679")
    assert [said(altered), said(f"/?{query}"), said(f"/?{query}"), said(f"/?{query}", authorization="")] == [
        "SignatureDoesNotMatch", "OK", "SignatureNonceUsed", "SignatureDoesNotMatch"]  # fmt: skip
    assert capsys.readouterr().out == "13912345678 【】SMS_1 {'code': '1'} \n"
    assert asyncio.run(company.answer(ListenerCall("GET", "/", {}, b""))).status == 404


def test_a_script_of_unknown_words_is_named() -> None:
    args = argparse.Namespace(key_id=KEY_ID, script="ok,other")
    with pytest.raises(EdgeError, match="not other"):
        sim_sms.made(args, SECRET.encode(), lambda: NOW)
    assert SimulatedSms(KEY_ID, SECRET, lambda: NOW, ["ok"]).taken == []
