"""Which message shows a partner how to speak: a signed example of the sandbox, and the same as a program."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from yifen.core.documents.handover import HandedExample
from yifen.core.documents.statement import Fact
from yifen.core.facts.days import ZONE
from yifen.core.facts.masking import masked_name
from yifen.core.facts.secrets import KeyRing
from yifen.core.partners.models import Biller, Partner, PartnerKey
from yifen.core.partners.own_keys import own_keys
from yifen.core.partners.roster import SHARED_SECRETS, key_of, pair_of
from yifen.core.wire.json_http import request_body
from yifen.core.wire.keys import Key
from yifen.core.wire.messages import FileRequest, Query, Request
from yifen.core.wire.replies import PayableView, QueryReply
from yifen.core.wire.xml_form import form_of
from yifen.trades.onboarding.handover.example import SignedExample, example
from yifen.trades.onboarding.handover.programs import HUB_SIGNS, Filled
from yifen.trades.onboarding.operations.keys import ALGORITHMS
from yifen.trades.onboarding.sandbox import TRIAL_ACCOUNTS, TRIAL_BILLER, TRIAL_NAME
from yifen.trades.onboarding.tested import DIALECTS, key_row, spoken

OWING = TRIAL_ACCOUNTS[0]
TOPUP = PayableView(payable="TOPUP", title="预存", mode="open", due_fen=0, min_fen=1, max_fen=10_000_000)
BILL = PayableView(payable="202611", title="2026-11", mode="exact", due_fen=100, min_fen=100, max_fen=100)
BY_HAND = {
    "ed25519": "openssl pkeyutl -sign -inkey private.pem -rawin -in to-sign.txt -out signature.bin\n"
    "openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in to-sign.txt -sigfile signature.bin",
    "rsa-pss-sha512": "openssl dgst -sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64"
    " -sign private.pem -out signature.bin to-sign.txt\n"
    "openssl dgst -sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64"
    " -verify public.pem -signature signature.bin to-sign.txt",
    "sm2-sm3": "openssl pkeyutl -sign -inkey private.pem -rawin -digest sm3"
    " -pkeyopt distid:1234567812345678 -in to-sign.txt -out signature.der\n"
    "openssl pkeyutl -verify -pubin -inkey public.pem -rawin -digest sm3"
    " -pkeyopt distid:1234567812345678 -in to-sign.txt -sigfile signature.der",
}
"""How to sign the string, and to check a signature, by OpenSSL 3."""


def handed(twin: Partner | None, ring: KeyRing, now: datetime) -> list[HandedExample]:
    """One for each dialect for which the sandbox has a key."""
    if twin is None:
        return []
    found, endpoint = [], _endpoint(twin)
    for dialect in spoken(twin) if endpoint else speaks(twin):
        key = signing_key(twin, dialect, ring, now)
        if key is not None:
            message, reply = question_of(twin, now)
            origin = endpoint or settings.YIFEN_GATEWAY_ORIGIN
            found.append(_shown(twin, example(message, origin, twin, dialect, key, now, reply)))
    return found


def speaks(partner: Partner) -> tuple[str, ...]:
    """In which dialects it may call the gateway; how a biller is called is another matter (`spoken`)."""
    return tuple(name for name in DIALECTS if getattr(partner, name))


def question_of(twin: Partner, now: datetime) -> tuple[Request, QueryReply | None]:
    """What is asked, and the reply to expect: a query; of a biller whose bills we keep, yesterday's daily file."""
    if not Biller.objects.filter(pk=twin.pk).exists():
        name, ask = masked_name(TRIAL_NAME), Query(biller=TRIAL_BILLER, account_no=OWING)
        return ask, QueryReply(biller=ask.biller, account_no=OWING, payer_name=name, payables=[TOPUP])
    if _endpoint(twin):
        ask = Query(biller=twin.code, account_no=OWING)
        return ask, QueryReply(biller=twin.code, account_no=OWING, payer_name=TRIAL_NAME, payables=[BILL])
    return _yesterday(now), None


def signing_key(twin: Partner, dialect: str, ring: KeyRing, now: datetime) -> Key | None:
    """By which the example is signed, as the sandbox's newest key says; of a pair the public half alone: neither
    the partner's private key nor one of our own signs examples. None: there is no key yet."""
    row = key_row(twin, dialect, now)
    if row is None:
        return None
    theirs = key_of(ring, twin.code, row.version, row.algorithm, bytes(row.secret))
    key = pair_of(theirs, own_keys(ring)).ours if _endpoint(twin) else theirs
    if key.algorithm in SHARED_SECRETS:
        return key
    return Key(partner=key.partner, version=key.version, algorithm=key.algorithm, public=key.public)


def filled(twin: Partner, dialect: str, ring: KeyRing, now: datetime) -> Filled:
    """What a program is filled in with that calls the gateway: as a channel a query, as a biller its file."""
    row = key_row(twin, dialect, now)
    algorithm = row.algorithm if row else ALGORITHMS[dialect][0]
    message = question_of(twin, now)[0] if not Biller.objects.filter(pk=twin.pk).exists() else _yesterday(now)
    fields = (form_of(type(message), twin.unit).write(message) if dialect == "xml"
              else request_body(message).decode())  # fmt: skip
    return Filled(
        hub=settings.YIFEN_GATEWAY_ORIGIN, partner=twin.code, version=row.version if row else 1,
        dialect=dialect, algorithm=algorithm, verb=message.VERB, message=fields, encoding=twin.encoding,
        hub_key=_hub_key(ring, algorithm) if dialect == "json" else "",
    )  # fmt: skip


def answered_by_secret(twin: Partner, algorithm: str, now: datetime) -> bool:
    """Whether the gateway answers a request by this pair with a secret that the partner has beside it."""
    secrets = PartnerKey.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now), partner=twin,
                                        algorithm="hmac-sha256")  # fmt: skip
    return HUB_SIGNS.get(algorithm) == "ed25519" and secrets.exists()


def _hub_key(ring: KeyRing, algorithm: str) -> str:
    """Base64 of the public key that answers it; empty where a shared secret does."""
    answered = HUB_SIGNS[algorithm]
    if answered in SHARED_SECRETS:
        return ""
    [pem] = [key["pem"] for key in own_keys(ring).published() if key["algorithm"] == answered]
    return "".join(pem.split("\n")[1:-2])


def _endpoint(twin: Partner) -> str:
    """Of a biller with a system of its own."""
    biller = Biller.objects.filter(pk=twin.pk).first()
    return biller.endpoint if biller else ""


def _yesterday(now: datetime) -> FileRequest:
    return FileRequest(business_day=now.astimezone(ZONE).date() - timedelta(days=1))


def _shown(twin: Partner, found: SignedExample) -> HandedExample:
    """Its pieces under their names."""
    pieces = [Fact(zh="待签名串", en="String to sign", value=found.to_sign)]
    if found.dialect == "xml":
        pieces.append(Fact(zh="摘要（SHA-1）", en="Digest (SHA-1)", value=found.digest))
    else:
        pieces += [
            Fact(zh="正文摘要", en="Content-Digest", value=found.digest),
            Fact(zh="待签名串的 SHA-256", en="SHA-256 of the string to sign", value=found.to_sign_sha256),
        ]
        by_hand = BY_HAND.get(found.algorithm, "")
        pieces.append(Fact(zh="签名", en="Signature", value=found.signature) if found.signature else
                      Fact(zh="签名与验签", en="To sign, and to check", value=by_hand))  # fmt: skip
    pieces += [
        Fact(zh="发送", en="Send", value=found.curl),
        Fact(zh="应答正文", en="Body of the answer", value=found.answer),
    ]
    return HandedExample(title=f"{found.dialect.upper()} · {found.keyid} · {found.algorithm}",
                         pieces=tuple(pieces), notes=tuple(_notes(twin, found)))  # fmt: skip


def _notes(twin: Partner, found: SignedExample) -> list[Fact]:
    window, notes = settings.YIFEN_REPLAY_WINDOW_S, []

    def note(zh: str, en: str) -> None:
        notes.append(Fact(zh=zh, en=en, value=""))

    if _endpoint(twin):
        note("由网关发往贵方系统，贵方验签并应答；户号以贵方测试数据为准。",
             "The gateway sends this to your system, which verifies and answers; accounts are those of your test data.")
    note(f"签名时间前后 {window} 秒内有效；过时答 2006，签名仍然正确，重新打开页面即得新的。",
         f"It counts for {window} s; later it is answered 2006, though signed right: reload the page for a new one.")
    if found.dialect == "xml":
        note("‹key› 处接密钥原文；报文为摘要 40 位，随后是 XML。",
             "Where ‹key› stands the key's text follows; what is sent is the 40 digits, then the XML.")
    elif not found.signature:
        note("待签名串存为 to-sign.txt，末尾不换行；签名以 base64 填入。",
             "Keep the string as to-sign.txt without a line feed at its end; the signature is sent as base64.")
        if found.algorithm == "sm2-sm3":
            note("OpenSSL 的 SM2 签名是 DER：取出 r、s，各 32 字节相接。",
                 "OpenSSL signs SM2 in DER: send r and s out of it, 32 bytes each.")
    if TRIAL_BILLER in found.answer:
        note("应答另列其余账单；应答也有签名，请一并验。",
             "The answer lists the other bills as well; it is signed, verify that too.")
    elif not _endpoint(twin):
        note("沙箱日切后，应答是对账文件本身。", "After the sandbox's cut the answer is the daily file itself.")
    return notes
