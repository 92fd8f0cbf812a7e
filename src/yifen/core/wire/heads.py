"""The heads of the XML dialect: what stands before the body of a request and of a reply."""

from typing import Annotated

from msgspec import Struct

from yifen.core.facts.codes import Code
from yifen.core.wire import kinds
from yifen.core.wire.values import Name, Serial, Text100

Version = Annotated[str, kinds.VERSION]
Verb = Annotated[str, kinds.VERB]
KeyVersion = Annotated[int, kinds.KEY_VERSION]
Clock = Annotated[int, kinds.CLOCK]
ResultCode = Annotated[Code | str, kinds.CODE]
Detail = Annotated[str, kinds.DETAIL]


class RequestHead(Struct, kw_only=True, gc=False):
    """Who sends which verb when (`time`: epoch seconds), signed with which version of the key."""

    version: Version
    verb: Verb
    partner: Name
    key_version: KeyVersion
    time: Clock
    serial: Serial | None = None


class ReplyHead(Struct, kw_only=True, gc=False):
    """What came of it. `verb` and `partner` are absent when the request could not be read that
    far; `field` and `detail` point at what is wrong."""

    version: Version
    verb: Verb | None = None
    partner: Name | None = None
    time: Clock
    code: ResultCode
    message: Text100
    field: Detail | None = None
    detail: Detail | None = None
