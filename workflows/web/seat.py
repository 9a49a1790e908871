"""Which seat a person acts from, when several are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflows.errors import InvalidInput
from workflows.queries.names import name_seat
from workflows.web.actor import SEAT_KEY, SECOND_FACTOR_KEY, needs_seat

if TYPE_CHECKING:
    from workflows.web.actor import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def choose(request: PageRequest) -> HttpResponse:
    """Show the seats that the person holds, and sit in the one that is chosen."""
    if request.method == "POST":
        seat = next((s for s in request.seats if str(s.uuid) == request.POST.get("seat")), None)
        if seat is None:
            raise InvalidInput({"seat": _("You do not hold this seat today.")})
        request.session[SEAT_KEY] = str(seat.uuid)
        request.session.pop(SECOND_FACTOR_KEY, None)
        messages.info(request, _("You act from this seat now: %(seat)s.") % {"seat": name_seat(seat)})
        return redirect("home")
    rows = [{"seat": seat, "name": name_seat(seat), "current": seat == request.seat} for seat in request.seats]
    return render(request, "account/seat.html", {"rows": rows})
