"""Addresses by which a person gets into an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

if TYPE_CHECKING:
    from workflows.models import User


def invitation_url(user: User) -> str:
    """Return the whole address at which an invited person chooses a password; it serves once and for some days."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _dash, token = key.partition("-")
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
