"""Requests that two readers could take for two things: 请求走私 tries. In none of them may /smuggled be seen.

Each is one request to POST /post, whose body (as one reader sees it) holds another request.
"""

INNER = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
LENGTH, CHUNKED = b"Content-Length: %d", b"Transfer-Encoding: chunked"
IN_CHUNKS = b"0\r\n\r\n" + INNER


def post(*fields: bytes, body: bytes = IN_CHUNKS, line: bytes = b"POST /post HTTP/1.1", end: bytes = b"\r\n") -> bytes:
    return end.join([line, b"Host: x", *fields, b"", b""]) + body


WHOLE = LENGTH % len(IN_CHUNKS)
TRIES: dict[str, bytes] = {
    "length, then chunks": post(WHOLE, CHUNKED),
    "chunks, then length": post(CHUNKED, WHOLE),
    "two lengths": post(b"Content-Length: 0", LENGTH % len(INNER), body=INNER),
    "two lengths, the long one first": post(LENGTH % len(INNER), b"Content-Length: 0", body=INNER),
    "a list of lengths": post(b"Content-Length: 0, %d" % len(INNER), body=INNER),
    "a length with a sign": post(b"Content-Length: +%d" % len(INNER), body=INNER),
    "a negative length": post(b"Content-Length: -1", body=INNER),
    "a length in hex": post(b"Content-Length: 0x%x" % len(INNER), body=INNER),
    "a length with a gap": post(b"Content-Length: 0 %d" % len(INNER), body=INNER),
    "a length beyond all": post(b"Content-Length: 1%s%d" % (b"0" * 20, len(INNER)), body=INNER),
    "no length at all": post(b"Content-Length:", body=INNER),
    "a coding of nobody": post(b"Transfer-Encoding: xchunked", WHOLE),
    "chunked, but not last": post(b"Transfer-Encoding: chunked, identity", WHOLE),
    "a second coding": post(CHUNKED, b"Transfer-Encoding: identity", WHOLE),
    "a gap before the colon": post(b"Transfer-Encoding : chunked", WHOLE),
    "a length with a gap before the colon": post(b"Content-Length : %d" % len(INNER), body=INNER),
    "a folded line": post(b"X: y\r\n Transfer-Encoding: chunked", body=IN_CHUNKS),
    "a coding behind a vertical tab": post(b"Transfer-Encoding: \x0bchunked", WHOLE),
    "a coding in quotes": post(b'Transfer-Encoding: "chunked"', WHOLE),
    "a carriage return in a value": post(b"X: y\rContent-Length: 0", LENGTH % len(INNER), body=INNER),
    "a NUL in a name": post(b"Content\0-Length: 0", LENGTH % len(INNER), body=INNER),
    "a line without a colon": post(b"Content-Length", LENGTH % len(INNER), body=INNER),
    "a chunk in hex of C": post(CHUNKED, body=b"0x0\r\n\r\n" + INNER),
    "a chunk with a sign": post(CHUNKED, body=b"+0\r\n\r\n" + INNER),
    "a chunk beyond all": post(CHUNKED, body=b"1" + b"0" * 16 + b"\r\n\r\n" + INNER),
    "a chunk longer than it says": post(CHUNKED, body=b"1\r\nab\r\n0\r\n\r\n" + INNER),
    "a chunk that a line feed ends": post(CHUNKED, body=b"5;x\n\r\n\r\n\r\n0\r\n\r\n" + INNER),
    "a length in a trailer": post(CHUNKED, body=b"0\r\nContent-Length: %d\r\n\r\n" % len(INNER)),
    "chunks in HTTP/1.0 with a length": post(WHOLE, CHUNKED, line=b"POST /post HTTP/1.0"),
    "a version of nobody": post(LENGTH % len(INNER), body=INNER, line=b"POST /post HTTP/1.9"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + INNER,
}
HELD = LENGTH % len(INNER)
OURS: dict[str, bytes] = {
    "no host": b"POST /post HTTP/1.1\r\n" + HELD + b"\r\n\r\n" + INNER,
    "two hosts": post(b"Host: y", HELD, body=INNER),
    "the same host twice": post(b"Host: x", HELD, body=INNER),
    "two hosts in HTTP/1.0": post(b"Host: y", HELD, body=INNER, line=b"POST /post HTTP/1.0"),
    "a tunnel": post(line=b"CONNECT x:443 HTTP/1.1", body=INNER),
    "a tunnel with a length": post(HELD, line=b"CONNECT x:443 HTTP/1.1", body=INNER),
    "RTSP with a method of HTTP": post(HELD, line=b"POST /post RTSP/1.0", body=INNER),
    "RTSP that says 1.1": post(HELD, line=b"GET /post RTSP/1.1", body=INNER),
    "RTSP with HTTP in a field": post(HELD, b"X: GET /post HTTP/1.1", line=b"GET /post RTSP/1.1", body=INNER),
    "RTSP that would rather speak another": post(
        HELD, b"Upgrade: h2c", b"Connection: upgrade", line=b"GET /post RTSP/1.1", body=INNER),
    "a host with a blank": post(HELD, body=INNER).replace(b"Host: x", b"Host: x y", 1),
    "a host that is an address": post(HELD, body=INNER).replace(b"Host: x", b"Host: x/y", 1),
    "RTSP with a method of its own": post(HELD, line=b"DESCRIBE /post RTSP/1.0", body=INNER),
    "ICE": post(HELD, line=b"SOURCE /post ICE/1.0", body=INNER),
}
"""These our own front refuses; another may take the first of what it holds, and answers it once."""

ONE_REQUEST: dict[str, bytes] = {
    "a body that looks like a request": post(LENGTH % len(INNER), body=INNER),
    "a chunk that looks like a request": post(CHUNKED, body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(INNER), INNER)),
    "a GET with a body": post(LENGTH % len(INNER), body=INNER, line=b"GET /post HTTP/1.1"),
    "a trailer": post(CHUNKED, body=b"0\r\nX-Late: 1\r\n\r\n"),
    "another protocol behind a body": post(b"Connection: Upgrade", b"Upgrade: websocket", HELD, body=INNER),
    "another protocol behind chunks": post(b"Connection: Upgrade", b"Upgrade: websocket", CHUNKED,
                                           body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(INNER), INNER)),
    "HTTP/2, as Java's client asks for it": post(b"Connection: Upgrade, HTTP2-Settings", HELD, b"Upgrade: h2c",
                                                 b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAA", body=INNER),
}
"""These are told apart by everybody: one request, answered, its body its own."""
