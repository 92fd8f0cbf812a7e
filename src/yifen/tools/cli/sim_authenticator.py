"""`yifen sim authenticator`: the authenticator app on the phone of a login of the running demo."""

import argparse
import json
import time
from base64 import b32decode

from yifen.core import runtime
from yifen.core.runtime import EdgeError

STEP_S = 30


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("login", help="谁的手机，例如 admin\nwhose phone it is, for example admin")


def run(args: argparse.Namespace) -> int:
    from django_otp.oath import totp

    path = runtime.data_folder(runtime.settings_of()) / "demo" / "logins.json"
    try:
        logins = {row["login"]: row for row in json.loads(path.read_text())}
    except OSError as error:
        raise EdgeError(f"此处没有试用系统，动态码在本人手机上 · no demo runs here: the six digits are on the phone "
                        f"of whose login it is ({path}: {error.strerror})") from None  # fmt: skip
    if args.login not in logins:
        raise EdgeError(f"the demo has no login {args.login!r}; it has {', '.join(logins)}")
    left = STEP_S - int(time.time()) % STEP_S
    print(f"{totp(b32decode(logins[args.login]['secret']), STEP_S):06d}  ({left} s)")
    return 0
