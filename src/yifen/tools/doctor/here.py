"""What `doctor` looks at on this machine: folders, the key ring, addresses, the certificate of the pages."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage
from urllib.parse import urlsplit

from cryptography import x509

from yifen.core.facts.plug import Text
from yifen.core.facts.secrets import KeyRing, KeyRingError
from yifen.core.facts.settings import Settings
from yifen.tools.doctor.symptom import Symptom, care, fault, well

FOLDER, DISK, RING = Text("数据文件夹", "data folder"), Text("磁盘", "disk"), Text("密钥环", "key ring")
ORIGIN, CERTIFICATE = Text("页面地址", "address of the pages"), Text("证书", "certificate")
METHODS = Text("支付方式", "pay methods")
FREE_MIN, FREE_LITTLE, SHARE_LITTLE = 2**30, 5 * 2**30, 0.1
DAYS_LITTLE = 21
CONNECT_S = 5.0
Usage = Callable[[Path], tuple[int, int, int]]


def looked_at(settings: Settings, folder: Path, now: datetime, usage: Usage = disk_usage) -> Iterator[Symptom]:
    """Everything that needs no database. `usage`: (all, used, free bytes) of the disk below a folder."""
    yield from _folder(folder, usage)
    yield _ring(settings, folder / "key-ring")
    if "simulated" in settings.pay_methods.split(",") and settings.web_origin:
        yield fault(METHODS, f"YIFEN_PAY_METHODS={settings.pay_methods}", Text(
            "模拟收银台只供试用：从该设置中去掉 simulated",
            "the simulated cashier is for trying out: take it out"))  # fmt: skip
    yield from _origin(settings.web_origin, now)


def _folder(folder: Path, usage: Usage) -> Iterator[Symptom]:
    if not folder.is_dir():
        yield care(FOLDER, f"{folder}: -", Text(
            "尚未建立，首次启动时自动建立",
            "not there yet: the first start makes it"))  # fmt: skip
        return
    mode = folder.stat().st_mode & 0o777
    if mode & 0o066:
        yield fault(FOLDER, f"{folder}: {mode:o}", Text(
            f"其他账号可以读写：chmod go-rw {folder}",
            f"others may look in or write: chmod go-rw {folder}"))  # fmt: skip
    else:
        yield well(FOLDER, f"{folder}: {mode:o}")

    whole, _used, free = usage(folder)
    said = f"{free / 2**30:.1f} GiB / {whole / 2**30:.1f} GiB"
    cure = Text(f"为 {folder} 所在磁盘腾出空间", f"make room on the disk of {folder}")
    if free < FREE_MIN:
        yield fault(DISK, said, cure)
    elif free < FREE_LITTLE or free < whole * SHARE_LITTLE:
        yield care(DISK, said, cure)
    else:
        yield well(DISK, said)


def ring_of(settings: Settings, file: Path) -> KeyRing | None:
    """Without making one. KeyRingError."""
    if settings.key_ring:
        return KeyRing.read(settings.key_ring)
    return KeyRing.read(file.read_text()) if file.exists() else None


def _ring(settings: Settings, file: Path) -> Symptom:
    where = "YIFEN_KEY_RING" if settings.key_ring else str(file)
    try:
        ring = ring_of(settings, file)
    except (KeyRingError, OSError, UnicodeError) as error:
        return fault(RING, f"{where}: {error}", Text("从备份恢复密钥环，格式为 版本:base64,…", "bring it back from "
                     "the backup; its form is version:base64,…"))  # fmt: skip
    if ring is None:
        return care(RING, f"{where}: -", Text("尚无密钥环，首次使用时生成；请随数据库一起备份",
                                              "none yet: made at its first use; keep it with the backups"))  # fmt: skip
    if not settings.key_ring and (mode := file.stat().st_mode & 0o777) & 0o077:
        return fault(RING, f"{file}: {mode:o}", Text(f"其他账号可以读到：chmod 600 {file}，并更换密钥（reseal）",
                     f"others may read it: chmod 600 {file}, then change the key (reseal)"))  # fmt: skip
    return well(RING, f"{where}: key {ring.version}")


def _origin(origin: str, now: datetime) -> Iterator[Symptom]:
    parts = urlsplit(origin)
    if not origin:
        yield well(ORIGIN, "127.0.0.1")
    elif parts.scheme != "https":
        yield fault(ORIGIN, origin, Text(
            "口令会以明文传输：前置 TLS 代理，YIFEN_WEB_ORIGIN 改用 https://",
            "passwords pass in the clear: put TLS before the pages, and https:// into YIFEN_WEB_ORIGIN"))  # fmt: skip
    else:
        yield well(ORIGIN, origin)
        yield _certificate(parts.hostname or "", parts.port or 443, now)


def _certificate(host: str, port: int, now: datetime) -> Symptom:
    """Of the pages, as it is shown to whoever comes; whether it is trusted, a browser says."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((host, port), CONNECT_S) as line, \
                context.wrap_socket(line, server_hostname=host) as told:  # fmt: skip
            shown = told.getpeercert(binary_form=True)
    except OSError as error:
        return care(CERTIFICATE, f"{host}:{port}: {error}", Text("从本机连不上该地址：代理是否在运行",
                    "cannot be reached from here: does the proxy run?"))  # fmt: skip
    ends = x509.load_der_x509_certificate(shown or b"").not_valid_after_utc
    said, cure = f"{host}:{port}: {ends:%Y-%m-%d}", Text("更换证书", "renew it")
    days = (ends - now.astimezone(UTC)).days
    return fault(CERTIFICATE, said, cure) if days < 0 else \
        care(CERTIFICATE, said, cure) if days < DAYS_LITTLE else well(CERTIFICATE, said)  # fmt: skip
