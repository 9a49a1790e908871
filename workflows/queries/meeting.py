"""Meetings as their pages show them: what comes and what was, who attends, what was decided, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.models import AgendaItem, Attendance, Decision, Event, Meeting, Party
from workflows.queries.clock import local_date
from workflows.queries.facts import meeting_facts
from workflows.queries.record import RecordLine, lines_of
from workflows.rules import permissions
from workflows.rules.evaluate import option
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import ENDED, MeetingState, PartyKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from workflows.models import Summit
    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor, MeetingFacts

OVER = frozenset({MeetingState.HELD, MeetingState.MINUTES_APPROVED, MeetingState.CANCELLED})


@dataclass(frozen=True)
class MeetingList:
    """The meetings of a summit: those to come, by date, those without a date last; those that were, the latest first."""

    ahead: Sequence[Meeting]
    past: Sequence[Meeting]


@dataclass(frozen=True)
class MeetingSheet:
    """Everything that a meeting's page shows to one reader."""

    meeting: Meeting
    facts: MeetingFacts
    options: Mapping[str, Option]
    may_change: bool
    agenda: Sequence[AgendaItem]
    attendance: Sequence[tuple[Party, Attendance | None]]
    """Every party that takes part, in protocol order, with its attendance where it is recorded."""
    decisions: Sequence[Decision]
    events: Sequence[RecordLine]


def list_meetings(summit: Summit, *, actor: Actor, now: datetime) -> MeetingList:
    """Return the meetings that the actor may see (one query)."""
    meetings = list(
        Meeting.objects.visible_to(actor)
        .filter(summit=summit)
        .select_related("summit", "convened_by")
        .order_by("held_on", "code")
    )
    today = local_date(now, summit.zone)
    past = [m for m in meetings if m.state in OVER or (m.held_on and m.held_on < today and m.state != MeetingState.BEGUN)]
    ahead = [m for m in meetings if m not in past]
    dated = [m for m in ahead if m.held_on]
    return MeetingList(ahead=[*dated, *(m for m in ahead if not m.held_on)], past=past[::-1])


def visible_meetings(actor: Actor):  # type: ignore[no-untyped-def]
    """Return the meetings that the actor may see, with what a page needs loaded."""
    return Meeting.objects.visible_to(actor).select_related("summit", "convened_by", "chair__party")


def read_meeting(meeting: Meeting, *, actor: Actor) -> MeetingSheet:
    """Return the sheet of a meeting (from `visible_meetings`) for a reader."""
    facts = meeting_facts([meeting])[meeting.pk]
    found = {name: option(verb, facts, meeting.state, actor, Inputs()) for name, (verb, _m) in verbs_of(Meeting).items()}
    at = {a.party_id: a for a in meeting.attendance.select_related("party")}
    events = Event.objects.visible_to(actor).filter(object_uuid=meeting.uuid)
    chairs = permissions.chairs.refuses(facts, actor, Inputs()) is None
    return MeetingSheet(
        meeting=meeting,
        facts=facts,
        options={name: o for name, o in found.items() if o is not None},
        may_change=chairs and facts.scene.state not in ENDED and meeting.state != MeetingState.CANCELLED,
        agenda=list(meeting.agenda.order_by("position")),
        attendance=[(party, at.get(party.pk)) for party in list_parties(meeting)],
        decisions=list(meeting.decisions.select_related("recorded_by__party").order_by("number")),
        events=lines_of(list(events.order_by("-number", "-pk")[:40])),
    )


def list_parties(meeting: Meeting) -> list[Party]:
    """Return the delegations, then the bodies and SEGIB, that may attend a meeting, in protocol order."""
    taking_part = list(
        Party.objects.filter(participations__summit=meeting.summit, participations__until_on__isnull=True)
        .exclude(kind__in=[PartyKind.SPT, PartyKind.SEGIB])
        .order_by("participations__position", "pk")
    )
    return [*taking_part, *Party.objects.filter(kind=PartyKind.SEGIB)]
