"""What somebody had written when the session ended: kept through the sign-in, for the same seat on the same page alone.

A form that keeps its draft carries a seal: its page's address and the seat that opened it, signed by us. What arrives with a
seal and without a session is laid into the new session, and stands in the form again once the same seat has signed in.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import resolve_url

if TYPE_CHECKING:
    from workflows.web.actor import PageRequest, View

KEY = "kept"
"""In the session: what was written, with its page (and what the address asks of it) and the seat that wrote it."""
SALT = "kept-draft"
LONGEST = 200_000
"""Characters that are kept at most: twice the longest paragraph in both languages, and more than any proposal."""
OLDEST = 7 * 24 * 3600
"""Seconds after which a seal is worth nothing."""


def seal(request: PageRequest) -> str:
    """Return the seal of a form that is opened now, for its hidden field."""
    return signing.dumps([request.get_full_path(), str(request.seat.uuid)], salt=SALT)


def keeps_draft(view: View) -> View:
    """Let a page keep what is sent to it without a session, and lead to the sign-in; outermost of a view's decorators."""

    @wraps(view)
    def keeping(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            _keep(request)
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        return view(request, *args, **kwargs)

    return keeping


def _keep(request: HttpRequest) -> None:
    try:
        path, seat = signing.loads(request.POST.get("seal", ""), salt=SALT, max_age=OLDEST)
    except signing.BadSignature:
        return
    written = {name: values for name, values in request.POST.lists() if name not in {"csrfmiddlewaretoken", "seal", "act"}}
    if path == request.get_full_path() and sum(len(v) for values in written.values() for v in values) <= LONGEST:
        request.session[KEY] = {"path": path, "seat": seat, "written": written}


def take_kept(request: PageRequest) -> QueryDict | None:
    """Return what the reader had written on this page before its session ended, once; nobody else's."""
    kept = request.session.get(KEY)
    if request.method == "POST" or not kept or kept["path"] != request.get_full_path():
        return None
    if kept["seat"] != str(request.seat.uuid):
        return None
    del request.session[KEY]
    return QueryDict(urlencode(kept["written"], doseq=True))
