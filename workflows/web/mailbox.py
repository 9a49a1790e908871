"""The demonstration's mailbox: the mails as they arrive, HTML in a frame that can do nothing, text, headers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from workflows.queries.checklist import plain
from workflows.queries.mailbox import list_mails, read_mail

if TYPE_CHECKING:
    from workflows.queries.mailbox import Mail
    from workflows.web.actor import PageRequest

SHOWN = 300
"""Mails that the list shows, the newest first."""

WITH_FRAME: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": ["'self'"]}
"""The policy of the page that frames a mail: the project's own, and a frame of this origin."""

OF_MAIL: dict[str, list[str]] = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "form-action": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}
"""The policy of a mail's HTML: its inlined styles and nothing else; it has no origin, and a link leads the whole page."""


def in_demonstration(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view exist in the demonstration only, for whoever has signed in."""

    @wraps(view)
    def shown(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.SUMMITPREP_DEMO:
            raise Http404
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return view(request, *args, **kwargs)

    return shown


@require_safe
@in_demonstration
def mailbox(request: PageRequest) -> HttpResponse:
    """Show the mails that were caught, the newest first; `q` looks in address and subject."""
    wanted = request.GET.get("q", "")[:100]
    mails = list_mails(settings.DEMO_MAILBOX_DIR, limit=SHOWN)
    words = plain(wanted).split()
    found = [mail for mail in mails if all(word in plain(f"{mail.to} {mail.cc} {mail.subject}") for word in words)]
    sentence = ngettext("%(count)d mail, the newest first.", "%(count)d mails, the newest first.", len(found))
    context = {
        "mails": found,
        "q": wanted,
        "found": sentence % {"count": len(found)},
        "clear_url": request.path if words else "",
        "title": _("Demonstration mailbox"),
    }
    return render(request, "mailbox/list.html", context)


def _mail(mail: str) -> Mail:
    found = read_mail(mail, settings.DEMO_MAILBOX_DIR)
    if found is None:
        raise Http404
    return found


@require_safe
@in_demonstration
@csp_override(WITH_FRAME)
def mail(request: PageRequest, mail: str) -> HttpResponse:
    """Show one mail: its HTML framed, its text, its headers."""
    return render(request, "mailbox/mail.html", {"mail": _mail(mail)})


@require_safe
@in_demonstration
@xframe_options_sameorigin
@csp_override(OF_MAIL)
def mail_html(request: PageRequest, mail: str) -> HttpResponse:
    """Return a mail's HTML for its frame; its links lead the whole page."""
    html = _mail(mail).html
    response = HttpResponse(f'<base target="_top">{html}', content_type="text/html; charset=utf-8")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@in_demonstration
def attachment(request: PageRequest, mail: str, number: int) -> HttpResponse:
    """Return an attachment as a file to keep, never as a page."""
    attachments = _mail(mail).attachments
    if not 1 <= number <= len(attachments):
        raise Http404
    kept = attachments[number - 1]
    response = HttpResponse(kept.content, content_type="application/octet-stream")
    name = "".join(c for c in kept.name if c.isalnum() or c in "._-") or "attachment"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
