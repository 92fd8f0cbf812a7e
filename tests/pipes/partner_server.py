"""A partner's SFTP server on this machine, over a folder of the test, that can be made to fail."""

import asyncio
import os
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Self

import asyncssh

USER, PASSWORD = "yifen", "geheim"


@cache
def key(name: str) -> asyncssh.SSHKey:
    """A key pair that is made once."""
    return asyncssh.generate_private_key("ssh-ed25519", comment=name)


class PartnerServer:
    """`fail(what, path, offset)`: called before each open, read, write, rename; what it raises is answered, what it
    returns is how long, in seconds, the answer takes. `drop`: end the connection instead."""

    def __init__(self, folder: Path, host_key: str = "host", port: int = 0) -> None:
        self.folder, self.port, self._host_key = folder, port, key(host_key)
        self.fail: Callable[[str, str, int], float | None] = lambda what, path, offset: None
        self.calls: list[tuple[str, str]] = []
        self.logins = 0
        self.opened: list[Any] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def agreed(self) -> str:
        return self._host_key.export_public_key().decode().strip()

    def address(self, folder: str = "/in", user: str = USER) -> str:
        return f"sftp://{user}@127.0.0.1:{self.port}{folder}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._run(self._listening())
        self.port = self._server.get_port()
        return self

    def __exit__(self, *error: object) -> None:
        self._run(self._ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _run(self, doing: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(10)

    async def _ended(self) -> None:
        self._server.close()
        for connection in list(self.connections):
            connection.abort()
        await self._server.wait_closed()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for file in self.opened:
            file.close()

    async def _listening(self) -> Any:
        outer = self
        self.connections: set[Any] = set()

        class Door(asyncssh.SSHServer):
            def connection_made(self, conn: Any) -> None:
                self.conn = conn
                outer.connections.add(conn)

            def connection_lost(self, exc: Exception | None) -> None:
                outer.connections.discard(self.conn)

            def begin_auth(self, username: str) -> bool:
                outer.logins += 1
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == (USER, PASSWORD)

            def public_key_auth_supported(self) -> bool:
                return True

            def validate_public_key(self, username: str, offered: asyncssh.SSHKey) -> bool:
                return username == USER and offered == key("ours").convert_to_public()

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: Any) -> None:
                super().__init__(chan, chroot=os.fsencode(outer.folder))
                self._conn = chan.get_connection()
                self.names: dict[Any, str] = {}

            async def _before(self, what: str, path: str, offset: int = 0) -> None:
                outer.calls.append((what, path))
                pause = outer.fail(what, path, offset)
                if pause == float("inf"):
                    self._conn.abort()
                    raise asyncssh.SFTPConnectionLost("dropped")
                elif pause:
                    await asyncio.sleep(pause)

            async def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
                await self._before("open", path.decode())
                file = super().open(path, pflags, attrs)
                self.names[file] = path.decode()
                outer.opened.append(file)
                return file

            async def read(self, file: Any, offset: int, size: int) -> bytes:
                await self._before("read", self.names[file], offset)
                return super().read(file, offset, size)  # type: ignore[return-value]

            async def write(self, file: Any, offset: int, data: bytes) -> int:
                await self._before("write", self.names[file], offset)
                return super().write(file, offset, data)  # type: ignore[return-value]

            async def rename(self, oldpath: bytes, newpath: bytes) -> None:
                await self._before("rename", newpath.decode())
                super().rename(oldpath, newpath)

        return await asyncssh.listen("127.0.0.1", self.port, server_factory=Door, server_host_keys=[self._host_key],
                                     sftp_factory=Files, process_factory=None)  # fmt: skip


DROP = float("inf")
