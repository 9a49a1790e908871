"""What differs while the tests run; everything else is the production's setting."""

import os
from urllib.parse import urlsplit

os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "only-for-the-tests-only-for-the-tests-only")
os.environ.setdefault("DATABASE_URL", "postgresql:///summitprep")
os.environ["HTTPS"] = "0"
if worker := os.environ.get("PYTEST_XDIST_WORKER", ""):  # each worker has a broker's database of its own
    broker = urlsplit(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
    os.environ["REDIS_URL"] = broker._replace(path="/" + worker.removeprefix("gw")).geturl()
os.environ.setdefault("REQUEST_LOG_LEVEL", "WARNING")

from summitprep.settings import *  # noqa: F403 - the environment comes first

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
OUTBOX_NUDGE = "summitprep.nothing.nothing"
CLOCK_OFFSET_ALLOWED = True
SECOND_FACTOR_REQUIRED = False  # its own tests turn it on
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
