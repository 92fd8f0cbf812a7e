"""Two partners' ends of their pipes, in the demo's own process: one takes every event that is signed as agreed, the
other's system is down."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

TAKES, DOWN = "/hooks", "/down"
SORRY = "系统维护中，请稍后再试"


def start(port: int, secret: bytes) -> str:
    """Its address. `secret`: by which the signatures of what comes are checked."""

    class ReceiverDoor(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, said = (503, SORRY) if self.path == DOWN else self.checked(body)
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(said.encode())))
            self.end_headers()
            self.wfile.write(said.encode())

        def checked(self, body: bytes) -> tuple[int, str]:
            try:
                Webhook(secret).verify(body, {name.lower(): value for name, value in self.headers.items()})
            except WebhookVerificationError as error:
                return 401, str(error)
            return 200, "收到"

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), ReceiverDoor)
    Thread(target=server.serve_forever, name="receiver", daemon=True).start()
    return f"http://127.0.0.1:{port}"
