"""The texts of a meeting: what lay on its table, and what was done to it there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.models import Document, Event, EventPayload, Paragraph
from workflows.queries.event import Told, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.models import Meeting
    from workflows.rules.facts import Actor


@dataclass(frozen=True)
class Paper:
    """A text on a meeting's table, with the acts done to it there, the latest first."""

    document: Document
    acts: Sequence[Told]


def papers_of(meeting: Meeting, *, actor: Actor) -> list[Paper]:
    """Return the texts that were laid on a meeting's table or moved in it, of those that the actor may see."""
    events = Event.objects.visible_to(actor).filter(summit_id=meeting.summit_id, noun__in=["document", "paragraph"])
    named = EventPayload.objects.filter(event_uuid__in=events.values("uuid"), data__meeting=meeting.code)
    acts = list(events.filter(uuid__in=named.values("event_uuid")).order_by("-number", "-pk"))
    of_paragraph = dict(
        Paragraph.objects.filter(uuid__in=[e.object_uuid for e in acts if e.noun == "paragraph"]).values_list(
            "uuid", "document__uuid"
        )
    )
    found: Mapping[object, list[Told]] = defaultdict(list)
    for told in tell(acts):
        found[of_paragraph.get(told.event.object_uuid, told.event.object_uuid)].append(told)
    documents = (
        Document.objects.visible_to(actor).filter(uuid__in=list(found)).select_related("summit").order_by("kind", "code")
    )
    return [Paper(document=d, acts=found[d.uuid]) for d in documents]
