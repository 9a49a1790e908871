"""What the frame of every page shows: the summit, the reader's office, the sections, the demonstration's mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.queries.names import name_seat, name_summit_at
from workflows.queries.summit import find_present
from workflows.states import PartyKind

if TYPE_CHECKING:
    from workflows.models import Summit
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest


def frame(request: PageRequest) -> dict[str, Any]:
    """Return the context of base.html; for those who have not signed in, only the mark of the demonstration."""
    context: dict[str, Any] = {
        "demonstration": settings.SUMMITPREP_DEMO,
        "now": getattr(request, "now", None),
        "actor": getattr(request, "actor", None),
        "footer_links": footer(request),
    }
    actor, seat = getattr(request, "actor", None), getattr(request, "seat", None)
    if actor is None or seat is None or request.path.startswith("/accounts/"):  # a sheet has a letterhead and no sections
        return context
    summit = getattr(request, "summit", None)
    if summit is None or summit.is_record:
        summit = find_present(actor)
    return context | {
        "seat_label": name_seat(seat),
        "seat_choose_url": reverse("seat-choose") if len(request.seats) > 1 else "",
        "security_url": reverse("mfa_index"),
        "summit_title": name_summit_at(summit) if summit else "",
        "demonstration": context["demonstration"] or bool(summit and summit.is_demonstration),
        "reader_zone": actor.zone,
        "sections": sections(request, actor, summit),
    }


def sections(request: PageRequest, actor: Actor, summit: Summit | None) -> list[dict[str, Any]]:
    """Return the navigation of a role, with the section in which the page stands."""
    found: list[tuple[str, str]] = [(_("Home"), reverse("home"))]
    if summit is not None:
        found.append((pgettext("section", "Summit"), reverse("summit", args=[summit.slug])))
        if actor.party_kind != PartyKind.OBSERVER:
            found.append((_("Checklist"), reverse("checklist", args=[summit.slug])))
        found.append((_("Documents"), reverse("documents", args=[summit.slug])))
        found.append((_("Meetings"), reverse("meetings", args=[summit.slug])))
    if actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT} or summit is None:
        found.append((_("Summits"), reverse("summits")))
    found.append((_("Directory"), reverse("directory")))
    if summit is not None:
        found.append((_("Record"), reverse("record", args=[summit.slug])))
    if settings.SUMMITPREP_DEMO:
        found.append((_("Demonstration mailbox"), reverse("mailbox")))
    path = request.path.replace("/tasks/", "/checklist/", 1)  # a task stands in the checklist
    inside = [url for _label, url in found if path.startswith(url) and url != "/"]
    here = max(inside, key=len, default="/" if request.path == "/" else "")
    return [{"label": label, "url": url, "current": url == here} for label, url in found]


def footer(request: PageRequest) -> list[dict[str, str]]:
    """Return the links at the foot of the page."""
    links = [{"label": _("Components"), "url": reverse("components")}] if settings.DEBUG or settings.SUMMITPREP_DEMO else []
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        links.insert(0, {"label": _("Your account"), "url": reverse("account")})
        links.insert(1, {"label": _("Summits since 1991"), "url": reverse("summits")})
    return links
