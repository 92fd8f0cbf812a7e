"""Django's settings; what an operator may set stands in yifen.kernel.settings."""

from urllib.parse import unquote, urlsplit

from yifen.kernel.settings import read_settings

_settings = read_settings()
_owner = urlsplit(_settings.owner_url or _settings.database_url)

DEBUG = False
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "yifen.directory",
    "yifen.ledger",
    "yifen.partners",
    "yifen.payments",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _owner.path.lstrip("/"),
        "USER": unquote(_owner.username or ""),
        "PASSWORD": unquote(_owner.password or ""),
        "HOST": _owner.hostname or "",
        "PORT": str(_owner.port or 5432),
    }
}
