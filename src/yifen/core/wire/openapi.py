"""The OpenAPI 3.1 description of the JSON dialect, made from the field table and the codes."""

from typing import Any

from msgspec import Struct

from yifen.core.facts.codes import MEANINGS, OF_PAGES, Code, wire_code
from yifen.core.wire.json_http import PROBLEM_TYPE
from yifen.core.wire.kinds import CODE, SERIAL
from yifen.core.wire.messages import REQUESTS
from yifen.core.wire.replies import REPLIES
from yifen.core.wire.table import WireField, fields_of
from yifen.core.wire.words import VERBS, WORDS

Json = dict[str, Any]
SIGNED = "Signature-Input", "Signature", "Content-Digest"


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def text(name: str) -> str:
    return " ".join(WORDS[name])


def field_schema(field: WireField) -> Json:
    if field.entry is None:
        assert field.kind is not None
        form = {**field.kind.json, "description": text(field.name)}
        return form | {"type": [form["type"], "null"]} if field.nullable else form
    return {
        "type": "array",
        "minItems": field.entries_min,
        "maxItems": field.entries_max,
        "items": ref(field.entry.__name__),
        "description": text(field.name),
    }


def schema(struct: type[Struct]) -> Json:
    """A struct as a closed object; where null is allowed it counts as absent."""
    fields = fields_of(struct)
    return {
        "type": "object",
        "description": (struct.__doc__ or "").strip(),
        "properties": {field.name: field_schema(field) for field in fields},
        "required": [field.name for field in fields if not field.optional],
        "additionalProperties": False,
    }


def reply_schema(struct: type[Struct]) -> Json:
    """A reply: code and message beside the fields, which a reply in process may lack."""
    own = schema(struct)
    own["properties"] = {
        "code": CODE.json | {"description": text("code")},
        "message": {"type": "string", "description": text("message")},
        **own["properties"],
    }
    own["required"] = ["code", "message"]
    return own


def problem_schema() -> Json:
    """RFC 9457 with our members."""
    names = ("type", "title", "name", "detail", "field")
    texts: Json = {name: {"type": "string"} for name in names}
    members = {"status": {"type": "integer"}, "code": CODE.json, "retryable": {"type": "boolean"}}
    required = ["type", "title", "status", "code", "name", "retryable"]
    return {"type": "object", "properties": texts | members, "required": required}


def code_text(code: Code) -> str:
    return f"{wire_code(code)} {code.meaning.zh} {code.meaning.en}"


def refusals() -> Json:
    """A response for every HTTP status, with the codes that it stands for."""
    by_status: dict[int, list[Code]] = {}
    for code, meaning in MEANINGS.items():
        if code // 100 in OF_PAGES:
            continue
        by_status.setdefault(meaning.status, []).append(code)
    return {
        str(status): {
            "description": "; ".join(map(code_text, codes)),
            "content": {PROBLEM_TYPE: {"schema": ref("Problem")}},
        }
        for status, codes in sorted(by_status.items())
        if status >= 400
    }


def answer(verb: str) -> Json:
    """The body of an answer that is no refusal."""
    if verb not in REPLIES:
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": ref(REPLIES[verb].__name__)}}


def header(name: str, required: bool, description: str, form: Json) -> Json:
    return {"name": name, "in": "header", "required": required, "schema": form,
            "description": description}  # fmt: skip


def operation(verb: str) -> Json:
    zh, en = VERBS[verb]
    struct = REQUESTS[verb]
    headers = [header(name, True, "RFC 9421, RFC 9530", {"type": "string"}) for name in SIGNED]
    if "serial" in struct.__struct_fields__:
        form = {"type": "string", "pattern": f'^"?{SERIAL.pattern}"?$'}
        headers.append(header("Idempotency-Key", True, text("serial"), form))
    responses: Json = {"200": {"description": Code.OK.meaning.zh, "content": answer(verb)}}
    if verb in ("charge", "reverse", "refund"):
        responses["202"] = {
            "description": Code.PROCESSING.meaning.zh,
            "content": answer(verb),
        }
    return {
        "operationId": verb,
        "summary": f"{zh} {en}",
        "parameters": headers,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref(struct.__name__)}},
        },
        "responses": responses | refusals(),
    }


def openapi(version: str) -> Json:
    """The whole description; `version`: that of the product."""
    structs: set[type[Struct]] = {*REQUESTS.values()}
    replies: set[type[Struct]] = {*REPLIES.values()}
    entries = {f.entry for s in structs | replies for f in fields_of(s) if f.entry is not None}
    schemas = {struct.__name__: schema(struct) for struct in structs | entries}
    schemas |= {struct.__name__: reply_schema(struct) for struct in replies}
    schemas["Problem"] = problem_schema()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yifen 一分", "version": version},
        "paths": {f"/json/v1/{verb}": {"post": operation(verb)} for verb in REQUESTS},
        "components": {"schemas": dict(sorted(schemas.items()))},
    }
