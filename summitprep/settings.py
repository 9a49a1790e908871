"""Every setting, from the environment, with safe defaults: what is not set is the strict one.

With `DEBUG` off (the default) a real SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL are required.
"""

from pathlib import Path
from typing import Any

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

import summitprep.celery  # noqa: F401 - where settings load, shared tasks must find their application
from summitprep.contract import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- What kind of installation this is -------------------------------------------------------------------------------
SUMMITPREP_DEMO = env.bool("SUMMITPREP_DEMO", False)  # fictitious data, said on every page and mail
CLOCK_OFFSET_ALLOWED = SUMMITPREP_DEMO  # the clock may be moved, for all processes together
DEBUG = env.bool("DEBUG", False)
INSECURE_KEY = "insecure-key-for-development-only"
SECRET_KEY = env.str("SECRET_KEY", INSECURE_KEY)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
IS_BUILD = env.bool("SUMMITPREP_BUILD", False)  # image builds and type checks load settings but serve nobody
if not (DEBUG or IS_BUILD) and (SECRET_KEY == INSECURE_KEY or len(SECRET_KEY) < 32):
    raise ImproperlyConfigured(
        "SECRET_KEY must be set to a random text of at least 32 characters. "
        "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'. "
        "For development set DEBUG=1; to look at the demonstration run `make demo`."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")  # how links in mail begin
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- Applications ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "summitprep",
    "workflows",
    "api",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_fsm",
    "pgtrigger",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "workflows.web.actor.ActorMiddleware",
    "workflows.web.errors.RefusalMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "summitprep.urls"
WSGI_APPLICATION = "summitprep.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workflows.web.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Data ------------------------------------------------------------------------------------------------------------
LOCAL_DATABASE = "postgresql:///summitprep"
if not (DEBUG or IS_BUILD) and "DATABASE_URL" not in env.ENVIRON:
    raise ImproperlyConfigured("DATABASE_URL must be set, for instance postgresql://user:password@host:5432/summitprep")
DATABASES = {"default": env.db_url("DATABASE_URL", LOCAL_DATABASE, engine="django.db.backends.postgresql")}
DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {})["application_name"] = env.str("PROCESS_NAME", "summitprep")
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
# In the database, so that sign-in and its rate limits stand when the broker is away.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache", "TIMEOUT": 3600}}

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / "media")))  # never served by address: views answer, after visible_to
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or SUMMITPREP_DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or SUMMITPREP_DEMO
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Languages and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [
    ("es", _("Spanish")),
    ("pt-br", _("Portuguese (Brazil)")),
    ("pt-pt", _("Portuguese (Portugal)")),
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "UTC"
USE_TZ = True

# --- Who signs in ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "workflows.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are opened by invitation, to an address that the office gave
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https") else "http"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600  # of invitations, too: a ministry is not in a hurry
_of = "workflows.web.account_forms.{}Form".format
ACCOUNT_FORMS = {
    "login": _of("Login"),
    "reset_password": _of("ResetPassword"),
    "reset_password_from_key": _of("ResetPasswordKey"),
    "change_password": _of("ChangePassword"),
    "set_password": _of("SetPassword"),
    "reauthenticate": _of("Reauthenticate"),
}
MFA_FORMS = {"authenticate": _of("Authenticate"), "reauthenticate": _of("CodeAgain"), "activate_totp": _of("ActivateTOTP")}
ACCOUNT_ADAPTER = "workflows.web.account.AccountAdapter"
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", not SUMMITPREP_DEMO)  # of the seats of both secretariats
MFA_ADAPTER = "workflows.web.account.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the address was given by the office, and the invitation arrived at it
MFA_TOTP_ISSUER = "SummitPrep"
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # a person is matched by issuer and subject, never by mail address
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": env.json("OIDC_PROVIDERS", [])}}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- What the browser is told ----------------------------------------------------------------------------------------
IS_HTTPS = env.bool("HTTPS", not DEBUG)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
if env.bool("BEHIND_PROXY", False):  # only where a proxy of ours sets the header and drops the client's own
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 1)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "workflows.web.errors.csrf_failed"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF, *env.list("CSP_FORM_ACTION", default=[])],  # sign-in providers, where there are any
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}

# --- Mail ------------------------------------------------------------------------------------------------------------
MAIL_TLS = env.str("MAIL_TLS", "starttls" if not DEBUG else "none")  # starttls, tls or none
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.str("MAIL_HOST", "localhost"),
            "port": env.int("MAIL_PORT", 1025 if DEBUG else 587),
            "username": env.str("MAIL_USER", ""),
            "password": env.str("MAIL_PASSWORD", ""),
            "use_tls": MAIL_TLS == "starttls",
            "use_ssl": MAIL_TLS == "tls",
            "timeout": env.int("MAIL_TIMEOUT", 20),  # Django's own default is to wait for ever
        },
    }
}
MAIL_DOMAIN = env.str("MAIL_DOMAIN", "summitprep.invalid")  # the right side of Message-ID, kept for ever
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"SummitPrep <no-reply@{MAIL_DOMAIN}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
REPLY_TO = env.str("REPLY_TO", f"secretariat@{MAIL_DOMAIN}")  # a mailbox that people read
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "") if SUMMITPREP_DEMO else ""  # what seed_demo gives its accounts
DEMO_MAILBOX_DIR = Path(env.str("DEMO_MAILBOX_DIR", str(BASE_DIR / ".demo" / "mailbox")))

# --- Jobs ------------------------------------------------------------------------------------------------------------
# Called after a commit; a nudge that fails is logged and costs at most a minute.
OUTBOX_NUDGE = env.str("OUTBOX_NUDGE", "workflows.jobs.nudge")

METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # who shows it as a bearer reads /metrics; without one there are none

# --- API -------------------------------------------------------------------------------------------------------------
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", 1200)  # of one account
API_LONG_POLLS = env.int("API_LONG_POLLS", 4)  # calls of one process that may wait for something new; the rest is served
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "api.schema.Contract",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],  # each endpoint says its own
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "URL_FORMAT_OVERRIDE": None,
}

# --- Logs ------------------------------------------------------------------------------------------------------------
_shared_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared_processors,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared_processors,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "logger", "event"])
                if DEBUG
                else structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"level": "INFO"},
        "django_structlog": {"level": env.str("REQUEST_LOG_LEVEL", "INFO")},
    },
}
