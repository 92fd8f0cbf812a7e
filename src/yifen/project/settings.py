"""Django's settings; what an operator may set stands in yifen.core.facts.settings."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from yifen.core.connecting import django_of
from yifen.core.facts.secrets import read_ring
from yifen.core.facts.settings import DOCS_FOLDER, ROOT, read_settings
from yifen.core.plugs import plugs

_settings = read_settings()
_database = django_of(_settings.owner_url or _settings.database_url)
_origin = urlsplit(_settings.web_origin or f"http://127.0.0.1:{_settings.web_port}")
_gateway = urlsplit(_settings.gateway_origin or f"http://127.0.0.1:{_settings.port}")
_ring = read_ring(_settings.key_ring, ROOT / _settings.data)



def _folders(name: str) -> list[Path]:
    """The folders of this name in the plugs' packages, or in their `pages`."""
    packages = [find_spec(plug.name) for plug in plugs()]
    found = [Path(place) for spec in packages if spec for place in spec.submodule_search_locations or ()]
    below = [folder / inside / name for folder in found for inside in ("", "pages")]
    return [folder for folder in below if folder.is_dir()]


DEBUG = False
YIFEN_FOLDER = ROOT / _settings.data
SECRET_KEY, *SECRET_KEY_FALLBACKS = (key.hex() for key in _ring.derive_each("django"))
YIFEN_RING = _ring
ROOT_URLCONF = "yifen.project.urls"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = _folders("locale")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_otp",
    "lucide",
    "procrastinate.contrib.django",
    *(app for plug in plugs() for app in plug.apps),
]
MIDDLEWARE = [
    "yifen.face.shell.alive.alive",
    "yifen.face.shell.measured.measured",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yifen.face.shell.middleware.page_policy",
    "yifen.face.shell.middleware.resources",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yifen.face.shell.middleware.language",
    "yifen.face.shell.middleware.body_limit",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yifen.core.access.middleware.Guard",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": _folders("templates"),
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["yifen.face.shell.loaders.Folders", "yifen.face.shell.loaders.Apps"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "yifen.face.shell.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "yifen.face.templatetags.cells",
                "yifen.face.templatetags.icons",
                "yifen.face.templatetags.money",
                "yifen.face.templatetags.refusals",
                "yifen.face.templatetags.tables",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_database,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_database["OPTIONS"], "options": "-c statement_timeout=15000 -c lock_timeout=5000"},
    }
}

# --- files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [*_folders("static")]
if _echarts := find_spec("instaui_echarts"):  # only its script is used; its Python is never imported
    _wheel = Path((_echarts.submodule_search_locations or [""])[0])
    STATICFILES_DIRS.append(("instaui_echarts", _wheel / "static"))
YIFEN_DOCS = ROOT / _settings.data / DOCS_FOLDER
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# --- who comes in ------------------------------------------------------------------------------
ALLOWED_HOSTS = [_origin.hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [f"{_origin.scheme}://{_origin.netloc}"]
CSRF_FAILURE_VIEW = "yifen.face.shell.errors.csrf_failed"
YIFEN_WEB_PROXIES = _settings.web_proxies
YIFEN_REQUEST_IDS = bool(_settings.request_ids)
YIFEN_SHA1 = bool(_settings.sha1)
YIFEN_WEB_IDLE_S = _settings.web_idle_s
YIFEN_PAY_METHODS = tuple(filter(None, _settings.pay_methods.replace(" ", "").split(",")))
YIFEN_WEB_ORIGIN = f"{_origin.scheme}://{_origin.netloc}"
YIFEN_GATEWAY_ORIGIN = f"{_gateway.scheme}://{_gateway.netloc}"
YIFEN_REPLAY_WINDOW_S = _settings.replay_window_s
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["yifen.core.access.hashers.Argon2Proof"]
_validation = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validation}UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("login", "name")}},
    {"NAME": f"{_validation}MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_validation}CommonPasswordValidator"},
    {"NAME": f"{_validation}NumericPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "sign_in"
_secure = _origin.scheme == "https"
SESSION_ENGINE = "yifen.core.access.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # a shift; the idle limit ends it sooner
SESSION_COOKIE_NAME = "yifen_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_SAMESITE = _secure, "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _secure:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # the plugs say which tasks there are
LOGGING_CONFIG = None  # structlog, set up at the entry (project.wsgi)
