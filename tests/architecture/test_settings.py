"""Settings: strict where nothing is set."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

GOOD = {
    "SECRET_KEY": "a-long-random-text-for-this-test-only-0123456789",
    "DATABASE_URL": "postgresql://u:p@db.invalid/summitprep",
    "ALLOWED_HOSTS": "summitprep.invalid",
}


def load(**environment: str) -> subprocess.CompletedProcess[str]:
    code = "from django.conf import settings as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
    names = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "summitprep.settings"}
    return subprocess.run([sys.executable, "-c", code], env=names | environment, capture_output=True, text=True)


def test_with_nothing_but_the_necessary_everything_is_strict() -> None:
    answer = load(**GOOD)
    assert (answer.returncode, answer.stdout.strip()) == (0, "False True True")


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_what_is_necessary_is_named_when_missing(name: str) -> None:
    answer = load(**{key: value for key, value in GOOD.items() if key != name})
    assert answer.returncode == 1
    assert f"{name} must be set" in answer.stderr


def test_a_short_secret_key_is_refused() -> None:
    assert "SECRET_KEY must be set" in load(**GOOD | {"SECRET_KEY": "short"}).stderr


def test_mail_has_a_timeout_and_no_old_settings() -> None:
    code = "from django.conf import settings as s; print(s.MAILERS['default']['OPTIONS']['timeout'])"
    names = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "summitprep.settings"} | GOOD
    assert subprocess.check_output([sys.executable, "-c", code], env=names, text=True) == "20\n"
    assert [name for name in dir(settings) if name.startswith("EMAIL_") and settings.is_overridden(name)] == []


def test_nothing_may_be_loaded_from_outside() -> None:
    sources = {source for values in settings.SECURE_CSP.values() for source in values}
    assert sources == {"'none'", "'self'", "<CSP_NONCE_SENTINEL>", "data:"}
