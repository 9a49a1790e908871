"""Which summit a page is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Value, When

from workflows.models import Summit
from workflows.states import ENDED, SummitState

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


def find_summit(actor: Actor, slug: str) -> Summit | None:
    """Return the summit of an address ("xxxi") that the actor may see, or `None`."""
    return Summit.objects.visible_to(actor).select_related("host", "template").filter(roman=slug.upper()).first()


def list_running(actor: Actor) -> list[Summit]:
    """Return the summits in preparation that the actor may see, the one that stands first first."""
    standing = Case(When(state=SummitState.POSTPONED, then=Value(1)), default=Value(0), output_field=IntegerField())
    return list(
        Summit.objects.visible_to(actor)
        .filter(is_record=False)
        .exclude(state__in=sorted(ENDED))
        .select_related("host")
        .order_by(standing, "number", "pk")
    )


def find_present(actor: Actor) -> Summit | None:
    """Return the summit that the actor works on: a secretariat's own, else the first in preparation, else the last."""
    if actor.summit_id is not None:
        return Summit.objects.visible_to(actor).select_related("host").filter(pk=actor.summit_id).first()
    running = list_running(actor)
    if running:
        return running[0]
    return Summit.objects.visible_to(actor).filter(is_record=False).select_related("host").order_by("-number").first()
