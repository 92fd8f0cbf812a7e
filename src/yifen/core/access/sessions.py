"""Sessions in the database by the hash of their key: who reads the table cannot come in with it."""

from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone


def hashed(key: str | None) -> str:
    """What stands in the database for a session's key; "" for none."""
    return sha256(key.encode()).hexdigest() if key else ""


class SessionStore(db.SessionStore):
    """As Django's, but the cookie's key itself is nowhere kept. Its asynchronous half is not used, and
    finds nothing."""

    def _get_session_from_db(self) -> Any:
        key = hashed(self.session_key)
        found = self.model.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return bool(super().exists(hashed(session_key)))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.session_key = hashed(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            self.model.objects.filter(session_key=hashed(key)).delete()
