"""What is done to meetings besides their transitions: convene, change, agenda, attendance, decisions, minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.deadline import resolve_open
from workflows.actions.summit import moved_line, tell_moved
from workflows.actions.task import clean_text
from workflows.errors import InvalidInput, StaleObject, WrongState
from workflows.models import AgendaItem, Attendance, Decision, Meeting, Party, Seat
from workflows.queries.facts import facts_of
from workflows.rules import permissions
from workflows.rules.evaluate import require, require_moving
from workflows.rules.facts import Inputs, MeetingFacts
from workflows.rules.templates.fields import NAME
from workflows.states import AttendanceLevel, DecisionSubject, MeetingKind, MeetingState, PartyKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.models import Summit
    from workflows.rules.facts import Actor


@transaction.atomic
def convene_meeting(
    summit: Summit,
    *,
    code: str,
    kind: str,
    title: Mapping[str, str],
    starts_at: datetime,
    zone: str = "",
    place: str = "",
    chair: Seat | None = None,
    open_to_observers: bool = False,
    actor: Actor,
    now: datetime,
) -> Meeting:
    """Convene a meeting by creating it; the actor's secretariat convenes, the delegations are told."""
    summit = engine.lock_summit(summit.pk)
    require_moving(summit.state)
    require(permissions.is_secretariat, facts_of(summit), actor)
    zone = zone or summit.zone
    _check(starts_at=starts_at, zone=zone, title=title, place=place, now=now)
    code = code.strip().lower()
    if not NAME.pattern.fullmatch(code) or len(code) > NAME.length:
        raise InvalidInput({"code": _("A code is of small letters, figures and “_”, such as cnrc_2, and of 40 at most.")})
    if kind not in MeetingKind.values:
        raise InvalidInput({"kind": _("This is not one of the values offered.")})
    meeting = Meeting(
        summit=summit,
        code=code,
        kind=kind,
        title_es=title["es"].strip(),
        title_pt=title["pt"].strip(),
        title_en=(title.get("en") or title["es"]).strip(),
        convened_by=Party.objects.get(pk=actor.party_id),
        chair=chair,
        held_on=starts_at.astimezone(ZoneInfo(zone)).date(),
        starts_at=starts_at,
        zone=zone,
        place=place.strip(),
        open_to_observers=open_to_observers,
    )
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as error:
        raise InvalidInput({"code": _("The Summit already has a meeting with this code.")}) from error
    event = engine.record(meeting, "convene", actor=actor, now=now, data={"starts_at": starts_at.isoformat()})
    engine.notify("meeting_convened", meeting, actor=actor, now=now, cause=event.uuid)
    return meeting


def _check(*, starts_at: datetime, zone: str, title: Mapping[str, str], place: str = "", now: datetime) -> None:
    problems: dict[str, Any] = {}
    if zone not in available_timezones():
        problems["zone"] = _("This time zone is not known.")
    if starts_at < now - timedelta(days=3650) or starts_at > now + timedelta(days=3650):
        problems["starts_at"] = _("This date is not believable.")
    problems |= {
        f"title.{lang}": _("Write the title in this language.") for lang in ("es", "pt") if not title.get(lang, "").strip()
    }
    long = {f"title.{lang}": (title.get(lang, ""), 200) for lang in ("es", "pt", "en")} | {"place": (place, 160)}
    problems |= {
        field: _("This is longer than %(limit)d characters.") % {"limit": limit}
        for field, (text, limit) in long.items()
        if len(text.strip()) > limit
    }
    if problems:
        raise InvalidInput(problems)


def _changing(meeting: Meeting, actor: Actor, if_version: int | None) -> Meeting:
    locked: Meeting = engine.lock(meeting)
    facts: MeetingFacts = facts_of(locked)  # type: ignore[assignment]
    require_moving(facts.scene.state)
    require(permissions.chairs, facts, actor)
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    if locked.state == MeetingState.CANCELLED:
        raise WrongState
    return locked


@transaction.atomic
def change_meeting(
    meeting: Meeting,
    *,
    starts_at: datetime | None = None,
    place: str | None = None,
    title: Mapping[str, str] | None = None,
    minutes: str | None = None,
    open_to_observers: bool | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Meeting:
    """Change a meeting by hand; a new day fixes it (it no longer follows the opening day) and moves what hangs on it."""
    locked = _changing(meeting, actor, if_version)
    before = {"starts_at": locked.starts_at.isoformat() if locked.starts_at else None, "place": locked.place}
    moves = []
    if title is not None:
        _check(starts_at=now, zone=locked.zone, title=title, now=now)
        locked.title_es, locked.title_pt = title["es"].strip(), title["pt"].strip()
        locked.title_en = (title.get("en") or title["es"]).strip()
    if place is not None:
        _check(starts_at=now, zone=locked.zone, title={"es": "-", "pt": "-"}, place=place, now=now)
        locked.place = place.strip()
    if minutes is not None:
        locked.minutes = minutes.strip()
    if open_to_observers is not None:
        locked.open_to_observers = open_to_observers
    if starts_at is not None and starts_at != locked.starts_at:
        if locked.state != MeetingState.CONVENED:
            raise WrongState(_("The hour of a meeting changes only before it begins."), code="meeting_begun")
        _check(starts_at=starts_at, zone=locked.zone, title={"es": "-", "pt": "-"}, now=now)
        locked.starts_at = starts_at
        locked.held_on, locked.opening_offset = starts_at.astimezone(ZoneInfo(locked.zone)).date(), None
    locked.version += 1
    locked.save()
    moves = resolve_open(locked.summit, actor=actor, now=now, reason=reason) if starts_at is not None else []
    after = {"starts_at": locked.starts_at.isoformat() if locked.starts_at else None, "place": locked.place}
    event = engine.record(
        locked,
        "change",
        actor=actor,
        now=now,
        inputs=Inputs(reason=reason),
        data={"from": before, "to": after, "moved": [moved_line(m) for m in moves]},
    )
    tell_moved(locked.summit, moves, actor=actor, now=now, cause=event.uuid)
    return locked


@transaction.atomic
def set_agenda(
    meeting: Meeting,
    *,
    items: Sequence[Mapping[str, str]],
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Meeting:
    """Replace the agenda by points in order, each with `es` and, where there are, `pt` and `en`."""
    locked = _changing(meeting, actor, if_version)
    locked.agenda.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=locked,
            position=n,
            text_es=clean_text(item.get("es", ""), "items", limit=300),
            text_pt=item.get("pt", "").strip()[:300],
            text_en=item.get("en", "").strip()[:300],
        )
        for n, item in enumerate(items, start=1)
    )
    locked.version += 1
    locked.save()
    engine.record(locked, "set_agenda", actor=actor, now=now, data={"points": len(items)})
    return locked


@transaction.atomic
def record_attendance(
    meeting: Meeting,
    *,
    levels: Mapping[Party, str],
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Meeting:
    """Record at which level each party takes part; parties not named keep what was recorded."""
    locked = _changing(meeting, actor, if_version)
    for party, level in levels.items():
        if level not in AttendanceLevel.values:
            raise InvalidInput({"level": _("This level of attendance is not known.")})
        if party.kind == PartyKind.SPT:
            raise InvalidInput({"party": _("Attendance is recorded by delegation and body.")})
    Attendance.objects.bulk_create(
        (Attendance(meeting=locked, party=party, level=level) for party, level in levels.items()),
        update_conflicts=True,
        unique_fields=["meeting", "party"],
        update_fields=["level"],
    )
    locked.version += 1
    locked.save()
    data = {"levels": {party.code: str(level) for party, level in levels.items()}}
    engine.record(locked, "record_attendance", actor=actor, now=now, data=data)
    return locked


@transaction.atomic
def record_decision(
    meeting: Meeting,
    *,
    subject: str,
    text_es: str,
    text_pt: str,
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Decision:
    """Record what the meeting decided, in both languages; a meeting decides once it has begun."""
    locked = _changing(meeting, actor, if_version)
    if locked.state == MeetingState.CONVENED:
        raise WrongState(_("A meeting decides once it has begun."), code="meeting_not_begun")
    if subject not in DecisionSubject.values:
        raise InvalidInput({"subject": _("This subject is not known.")})
    number = (locked.decisions.aggregate(m=Max("number"))["m"] or 0) + 1
    decision = Decision.objects.create(
        meeting=locked,
        number=number,
        subject=subject,
        text_es=clean_text(text_es, "text.es"),
        text_pt=clean_text(text_pt, "text.pt"),
        recorded_by_id=actor.seat_id,
        recorded_at=now,
    )
    locked.version += 1
    locked.save()
    data = {"decision": str(decision.uuid), "subject": str(subject)}
    engine.record(locked, "record_decision", actor=actor, now=now, data=data)
    return decision
