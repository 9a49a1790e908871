"""The forms of the accounts' library in our dress: a label above each field instead of a ghost of it inside."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _


class Labelled:
    """Takes away the placeholders and the links inside hints; labels say what a field is for."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            if name in self.hints:
                field.help_text = self.hints[name]


CODE = {"code": _("Code")}


class LoginForm(Labelled, account.LoginForm):
    """Sign-in."""

    labels = {"login": _("Mail address"), "password": _("Password")}
    hints = {"password": ""}


class ResetPasswordForm(Labelled, account.ResetPasswordForm):
    """Asks for the mail with which a password is chosen."""

    labels = {"email": _("Mail address")}


class ResetPasswordKeyForm(Labelled, account.ResetPasswordKeyForm):
    """Chooses a password from the link of a mail."""

    labels = {"password1": _("New password"), "password2": _("New password, once more")}
    hints = {"password1": ""}


class ChangePasswordForm(Labelled, account.ChangePasswordForm):
    """Changes a known password."""

    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }
    hints = {"oldpassword": "", "password1": ""}


class SetPasswordForm(Labelled, account.SetPasswordForm):
    """Chooses a password where there was none."""

    labels = {"password1": _("New password"), "password2": _("New password, once more")}
    hints = {"password1": ""}


class ReauthenticateForm(Labelled, account.ReauthenticateForm):
    """Shows again that it is the same person."""

    labels = {"password": _("Password")}
    hints = {"password": ""}


class AuthenticateForm(Labelled, mfa.AuthenticateForm):
    """The second factor at sign-in."""

    labels = CODE


class CodeAgainForm(Labelled, mfa.ReauthenticateForm):
    """The second factor once more."""

    labels = CODE


class ActivateTOTPForm(Labelled, totp.ActivateTOTPForm):
    """The first code of a new application."""

    labels = CODE
