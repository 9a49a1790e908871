"""Accounts: by invitation only, with mail of ours, second factors whose secrets are stored encrypted, and one's own page."""

from __future__ import annotations

import base64
import hashlib
import logging
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.queries.names import name_seat
from workflows.states import PartyKind

if TYPE_CHECKING:
    from workflows.models import User
    from workflows.web.actor import PageRequest

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by invitation; what is mailed is in the person's language and in our words."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account for oneself."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """No prefix: the sender says who writes."""
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the address in the mail, which begins as the installation says and not as the request did."""
        uid, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.SITE_URL}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send in the person's language; where the mail server is away, say so instead of failing."""
        person = getattr(context.get("user"), "person", None)
        with translation.override(person.language if person else translation.get_language()):
            try:
                super().send_mail(template_prefix, email, {**context, "site_url": settings.SITE_URL})
            except (OSError, SMTPException):
                logger.exception("mail of the accounts not sent", extra={"template": template_prefix})
                messages.error(self.request, _("The mail could not be sent now. Try again in a few minutes."))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors lie encrypted in the database, under keys made of the installation's own."""

    def encrypt(self, text: str) -> str:
        """Encrypt with the present key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with the present key or one of the former ones."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (hashlib.sha256(b"summitprep.second-factor:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


@login_required
@require_safe
def account(request: PageRequest) -> HttpResponse:
    """Show one's own account: the person, the seats, password and second factor."""
    user: User = request.user
    context = {
        "seats": [{"name": name_seat(seat), "current": seat == request.seat} for seat in request.seats],
        "has_second_factor": is_mfa_enabled(user),
        "is_owed": request.actor is not None
        and settings.SECOND_FACTOR_REQUIRED
        and request.actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT},
    }
    return render(request, "account/account.html", context)


def not_offered(request: HttpRequest) -> HttpResponse:
    """Answer for addresses of the accounts' library that are not offered here."""
    raise Http404
