"""Events as people read them: a whole sentence for each, who did it, and where its object is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from workflows.errors import Ref
from workflows.models import Document, Event, Meeting, Paragraph, Party, Proposal, Summit, Task
from workflows.queries.document_facts import lines_of, text_of
from workflows.queries.document_sentences import DOCUMENT_SENTENCES
from workflows.queries.facts import ref_of
from workflows.queries.names import in_sentence, name_office, name_party
from workflows.rules.verbs import verbs_of
from workflows.states import SeatRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from workflows.rules.facts import Actor

SENTENCES = {
    # Summit
    "summit.create": gettext_noop("%(who)s created the Summit."),
    "summit.copy_template": gettext_noop("%(who)s copied the checklist into the Summit."),
    "summit.open_agenda": gettext_noop("%(who)s opened the drafting of the agenda."),
    "summit.open_sectoral_meetings": gettext_noop("%(who)s opened the sectoral meetings."),
    "summit.open_drafting": gettext_noop("%(who)s opened the drafting of texts."),
    "summit.open_negotiation": gettext_noop("%(who)s opened the negotiation."),
    "summit.open_minister_review": gettext_noop("%(who)s opened the ministerial review."),
    "summit.return_to_negotiation": gettext_noop("%(who)s returned the Summit to the negotiation."),
    "summit.open_session": gettext_noop("%(who)s opened the session."),
    "summit.record_outcomes": gettext_noop("%(who)s recorded the outcomes of the Summit."),
    "summit.archive": gettext_noop("%(who)s archived the Summit."),
    "summit.postpone": gettext_noop("%(who)s postponed the Summit."),
    "summit.resume": gettext_noop("%(who)s resumed the Summit."),
    "summit.cancel": gettext_noop("%(who)s cancelled the Summit."),
    "summit.change_date": gettext_noop("%(who)s changed the dates of the Summit."),
    "summit.change_place": gettext_noop("%(who)s changed the place of the Summit."),
    "summit.change_host": gettext_noop("%(who)s gave the Summit to another host."),
    "summit.describe": gettext_noop("%(who)s changed the description of the Summit."),
    "summit.record_handover": gettext_noop("%(who)s recorded the handover."),
    "summit.dispute_representation": gettext_noop("%(who)s recorded that the representation of a country is disputed."),
    "summit.settle_representation": gettext_noop("%(who)s recorded who represents a country."),
    "summit.*.sign": gettext_noop("%(who)s signed “%(action)s”; the second signature is awaited."),
    "summit.*.decline": gettext_noop("%(who)s declined to sign “%(action)s”."),
    "summit.*.drop_signature": gettext_noop("The signature under “%(action)s” no longer stands."),
    # Task
    "task.start": gettext_noop("%(who)s started “%(what)s”."),
    "task.submit": gettext_noop("%(who)s submitted “%(what)s” for verification."),
    "task.recall": gettext_noop("%(who)s recalled “%(what)s”."),
    "task.return": gettext_noop("%(who)s returned “%(what)s” with a reason."),
    "task.verify": gettext_noop("%(who)s verified “%(what)s”."),
    "task.close_window": gettext_noop("%(who)s closed the window of “%(what)s”."),
    "task.waive": gettext_noop("%(who)s waived “%(what)s”."),
    "task.mark_not_applicable": gettext_noop("%(who)s set “%(what)s” aside as not applicable."),
    "task.reopen": gettext_noop("%(who)s reopened “%(what)s”."),
    "task.take_up": gettext_noop("%(who)s took up “%(what)s” for verification."),
    "task.comment": gettext_noop("%(who)s commented on “%(what)s”."),
    "task.prepare": gettext_noop("%(who)s prepared evidence for “%(what)s”."),
    "task.add": gettext_noop("%(who)s added “%(what)s” to the checklist."),
    "task.change": gettext_noop("%(who)s changed “%(what)s” in the checklist."),
    "task.close": gettext_noop("“%(what)s” closed with its window."),
    "task.follow_document": gettext_noop("“%(what)s” was completed by its text."),
    "deadline.set": gettext_noop("%(who)s set the deadline of “%(what)s”."),
    # What is asked of a party
    "contribution.start": gettext_noop("%(who)s began to answer “%(what)s”."),
    "contribution.submit": gettext_noop("%(who)s answered “%(what)s”."),
    "contribution.submit_on_paper": gettext_noop("%(who)s recorded the answer of %(whom)s to “%(what)s”."),
    "contribution.declare_no_comments": gettext_noop("%(who)s declared that it has no comments on “%(what)s”."),
    "contribution.declare_no_comments_on_paper": gettext_noop("%(who)s recorded that %(whom)s has no comments on “%(what)s”."),
    "contribution.recall": gettext_noop("%(who)s recalled the answer to “%(what)s”."),
    "contribution.return": gettext_noop("%(who)s asked %(whom)s to clarify its answer to “%(what)s”."),
    "contribution.verify": gettext_noop("%(who)s acknowledged the answer of %(whom)s to “%(what)s”."),
    "contribution.close": gettext_noop("The window of “%(what)s” closed before an answer of %(whom)s arrived."),
    "contribution.reopen": gettext_noop("%(who)s reopened what was asked of %(whom)s: “%(what)s”."),
    "contribution.take_up": gettext_noop("%(who)s took up the answer of %(whom)s to “%(what)s”."),
    "contribution.comment": gettext_noop("%(who)s commented on what was asked of %(whom)s: “%(what)s”."),
    "contribution.prepare": gettext_noop("%(who)s prepared the answer to “%(what)s”."),
    "contribution.waive": gettext_noop("%(who)s waived what was asked of %(whom)s: “%(what)s”."),
    "contribution.mark_not_applicable": gettext_noop("%(who)s set aside what was asked of %(whom)s: “%(what)s”."),
    "contribution.change": gettext_noop("%(who)s changed what was asked of %(whom)s: “%(what)s”."),
    "contribution.release": gettext_noop("The others who were asked for “%(what)s” now see the answer of %(whom)s."),
    "contribution.withdraw": gettext_noop("The others who were asked for “%(what)s” no longer see the answer of %(whom)s."),
    "contribution.ask": gettext_noop("%(who)s asked %(whom)s for “%(what)s”."),
    # Meeting
    "meeting.convene": gettext_noop("%(who)s convened “%(what)s”."),
    "meeting.begin": gettext_noop("%(who)s began “%(what)s”."),
    "meeting.close": gettext_noop("%(who)s closed “%(what)s”."),
    "meeting.approve_minutes": gettext_noop("%(who)s approved the minutes of “%(what)s”."),
    "meeting.cancel": gettext_noop("%(who)s cancelled “%(what)s”."),
    "meeting.change": gettext_noop("%(who)s changed “%(what)s”."),
    "meeting.set_agenda": gettext_noop("%(who)s set the agenda of “%(what)s”."),
    "meeting.record_attendance": gettext_noop("%(who)s recorded the attendance at “%(what)s”."),
    "meeting.record_decision": gettext_noop("%(who)s recorded a decision of “%(what)s”."),
    # Parties
    "seat.open": gettext_noop("%(who)s opened the seat “%(what)s”."),
    "seat.close": gettext_noop("%(who)s closed the seat “%(what)s”."),
    "membership.begin": gettext_noop("%(who)s filled the seat “%(what)s”."),
    "membership.end": gettext_noop("%(who)s ended a term in the seat “%(what)s”."),
    "party.set_by_note_verbale": gettext_noop("%(who)s set how %(what)s answers: by note verbale or by its own seats."),
    "template.load": gettext_noop("%(who)s loaded the checklist template %(what)s."),
    "token.create": gettext_noop("%(who)s created an API token."),
    "token.revoke": gettext_noop("%(who)s revoked an API token."),
    # Texts
    **DOCUMENT_SENTENCES,
}
"""What each verb says; the nouns of what is asked of a party are told apart, since a State is never said to be verified."""

OTHERWISE = gettext_noop("%(who)s acted on %(what)s (%(verb)s).")


@dataclass(frozen=True)
class Told:
    """An event as a page shows it; `ref` leads to its object where that has a page."""

    event: Event
    sentence: str
    who: str
    label: str
    ref: Ref | None = None

    @property
    def at(self) -> datetime:
        """When it entered the record (UTC)."""
        return self.event.at


@dataclass(frozen=True)
class _Book:
    """The rows that a list of events names, loaded once."""

    parties: Mapping[int, Party]
    tasks: Mapping[UUID, Task] = field(default_factory=dict)
    meetings: Mapping[UUID, Meeting] = field(default_factory=dict)
    texts: Mapping[UUID, Document] = field(default_factory=dict)
    """Of documents, paragraphs and proposals: the document."""
    numbers: Mapping[UUID, str] = field(default_factory=dict)
    """Of paragraphs."""
    summits: Mapping[int, str] = field(default_factory=dict)
    by_code: Mapping[str, Party] = field(default_factory=dict)


def sentence(event: Event) -> str:
    """Return what happened as a whole sentence in the reader's language."""
    return tell([event])[0].sentence


def tell(events: Iterable[Event]) -> list[Told]:
    """Return the events with their sentences, in their order; as many queries for a list as for one."""
    events = list(events)
    book = _load(events)
    return [_told(event, book) for event in events]


def _load(events: Sequence[Event]) -> _Book:
    nouns = ("task", "meeting", "deadline", "document", "paragraph", "proposal")
    uuids: Mapping[str, set[UUID]] = {noun: {e.object_uuid for e in events if e.noun == noun} for noun in nouns}
    tasks = Task.objects.filter(uuid__in=uuids["task"]).select_related("summit", "responsible") if uuids["task"] else ()
    by_deadline = (
        Task.objects.filter(deadline__uuid__in=uuids["deadline"]).select_related("summit", "responsible", "deadline")
        if uuids["deadline"]
        else ()
    )
    meetings = Meeting.objects.filter(uuid__in=uuids["meeting"]).select_related("summit") if uuids["meeting"] else ()
    parties = {pk for e in events for pk in (e.actor_party_id, e.for_party_id) if pk}
    summits = {e.summit_id for e in events if e.summit_id}
    codes = {e.object_label.split(":")[0] for e in events if e.noun in {"seat", "membership", "party"}}
    return _Book(
        parties=Party.objects.in_bulk(parties),
        tasks={t.uuid: t for t in tasks} | {t.deadline.uuid: t for t in by_deadline},
        meetings={m.uuid: m for m in meetings},
        texts=_texts(uuids),
        numbers=_numbers(uuids["paragraph"]),
        summits={pk: roman.lower() for pk, roman in Summit.objects.filter(pk__in=summits).values_list("pk", "roman")},
        by_code={p.code: p for p in Party.objects.filter(code__in=codes)} if codes else {},
    )


def _texts(uuids: Mapping[str, set[UUID]]) -> Mapping[UUID, Document]:
    """Return the document of each document, paragraph and proposal (one query for each noun that occurs)."""
    found: dict[UUID, Document] = {}
    if uuids["document"]:
        found |= {d.uuid: d for d in Document.objects.filter(uuid__in=uuids["document"]).select_related("summit")}
    for model, noun in ((Paragraph, "paragraph"), (Proposal, "proposal")):
        if uuids[noun]:
            rows = model.objects.filter(uuid__in=uuids[noun]).select_related("document__summit")
            found |= {row.uuid: row.document for row in rows}
    return found


def _numbers(paragraphs: set[UUID]) -> Mapping[UUID, str]:
    """Return the present number of paragraphs (two queries, none where there are no paragraphs)."""
    if not paragraphs:
        return {}
    documents = list(Document.objects.filter(paragraphs__uuid__in=paragraphs).distinct().order_by("pk"))
    return {p.uuid: line.number for text in text_of(documents).values() for p, line in zip(text, lines_of(text), strict=True)}


def _told(event: Event, book: _Book) -> Told:
    task = book.tasks.get(event.object_uuid)
    meeting = book.meetings.get(event.object_uuid)
    text = book.texts.get(event.object_uuid)
    actor = book.parties.get(event.actor_party_id or 0)
    who = name_party(actor) if actor else _("The system")
    named = meeting or task or text
    number = book.numbers.get(event.object_uuid, "")
    values: dict[str, Any] = {
        "who": who,
        "what": named.title if named else _label(event, book),
        "whom": in_sentence(task.responsible) if task else "",
        "which": _("paragraph %(number)s") % {"number": number} if number else _("a paragraph"),
        "verb": event.verb,
    }
    if event.verb.count(".") == 2:
        verb = verbs_of(Document if text else Summit).get(event.verb.split(".")[1])
        values["action"] = str(verb[0].label) if verb else event.verb
    return Told(
        event=event,
        sentence=_(SENTENCES.get(key_of(event, task), OTHERWISE)) % values,
        who=who,
        label=event.object_label,
        ref=_ref(event, book, named),
    )


def _label(event: Event, book: _Book) -> str:
    """Return how an object without a title of its own is named: a seat by its office and party, a party by its name."""
    code, *office = event.object_label.split(":")
    party = book.by_code.get(code)
    if party is None:
        return event.object_label
    if office and office[0] in SeatRole.values:
        return name_office(office[0], party)
    return in_sentence(party)


def key_of(event: Event, task: Task | None) -> str:
    """Return which sentence tells the event: "task.verify", "contribution.submit_on_paper", "summit.*.sign"."""
    noun, _dot, verb = event.verb.partition(".")
    if "." in verb:
        return f"{noun}.*.{verb.partition('.')[2]}"
    if noun == "task" and task is not None and task.is_child:
        return f"contribution.{verb}" + ("_on_paper" if event.for_party_id else "")
    return event.verb


def _ref(event: Event, book: _Book, named: Task | Meeting | Document | None) -> Ref | None:
    if named is not None:
        return ref_of(named)
    slug = book.summits.get(event.summit_id or 0, "")
    return Ref("summit", summit=slug) if event.noun == "summit" and slug else None


def list_events(actor: Actor, *, summit: Summit | None = None, since: datetime | None = None, limit: int = 10) -> list[Told]:
    """Return the latest events that the actor may see, the latest first, told."""
    events = Event.objects.visible_to(actor)
    if summit is not None:
        events = events.filter(summit_id=summit.pk)
    if since is not None:
        events = events.filter(at__gt=since)
    return tell(events.order_by("-at", "-pk")[:limit])


def list_changes(row: Task | Meeting | Summit | Document | Paragraph | Proposal, actor: Actor, limit: int = 3) -> list[Told]:
    """Return the latest visible events of one object, the latest first: what somebody else changed meanwhile."""
    return tell(Event.objects.visible_to(actor).filter(object_uuid=row.uuid).order_by("-number")[:limit])
