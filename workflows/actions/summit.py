"""What is done to a summit: create it, move it, change its dates, place and host, record its handover."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.contribution import telling_others
from workflows.actions.deadline import Move, resolve_open, wake_summit
from workflows.errors import GuardsFailed, InvalidInput, Reason, Ref, StaleObject, WrongState
from workflows.models import (
    Chain,
    Decision,
    Message,
    Participation,
    Party,
    ProtocolList,
    Seat,
    Signature,
    Summit,
    Task,
)
from workflows.queries.facts import facts_of
from workflows.queries.reminder import reminder_book
from workflows.rules import permissions
from workflows.rules.evaluate import require, require_moving
from workflows.rules.facts import Inputs, Scene, SummitFacts
from workflows.rules.summits import roman
from workflows.states import (
    LONGEST_WINDOW,
    DecisionSubject,
    MeetingState,
    MessageState,
    OthersSee,
    PartyKind,
    SeatRole,
    SummitState,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.engine import Outcome
    from workflows.models import Meeting
    from workflows.rules.facts import Actor

MEETING_HOUR = time(9, 0)
"""The hour at which a meeting begins while nobody has said another."""


@transaction.atomic
def create_summit(
    *,
    number: int,
    host: Party | None,
    city: str = "",
    zone: str = "",
    opening_on: date | None = None,
    closing_on: date | None = None,
    protocol_list: ProtocolList,
    actor: Actor | None,
    now: datetime,
    is_demonstration: bool = False,
) -> Summit:
    """Create a summit in `handover`, its chain, its SPT with the secretary's seat, and its participations.

    By SEGIB's approver (or the system, when a demonstration is loaded). The checklist is copied in by
    `actions.template.copy_template`.
    """
    if actor is not None:
        require(permissions.is_segib_approver, _no_summit(), actor)
    if not 1 <= number < 200:
        raise InvalidInput({"number": _("The number of a Summit is an ordinal, such as 31, never a year.")})
    _check_days(opening_on, closing_on)
    zone = zone or (host.zone if host else "UTC")
    _check_zone(zone)
    summit = Summit(
        number=number,
        roman=roman(number),
        host=host,
        city=city or (host.city if host else ""),
        zone=zone,
        opening_on=opening_on,
        closing_on=closing_on,
        protocol_list=protocol_list,
        is_demonstration=is_demonstration,
        state_since=now,
    )
    try:
        with transaction.atomic():
            summit.save()
    except IntegrityError as error:
        raise InvalidInput({"number": _("This Summit exists already.")}) from error
    Chain.objects.create(summit=summit)
    Participation.objects.bulk_create(
        Participation(summit=summit, party=place.party, position=place.position, from_on=now.date())
        for place in protocol_list.places.select_related("party").order_by("position")
    )
    after = protocol_list.places.count()
    Participation.objects.bulk_create(
        Participation(summit=summit, party=body, position=after + n, from_on=now.date())
        for n, body in enumerate(Party.objects.filter(kind=PartyKind.BODY).order_by("code"), start=1)
    )
    if host is not None:
        open_secretariat(summit, host, now=now)
    engine.record(summit, "create", actor=actor, now=now, data=_days(summit))
    return summit


def _no_summit() -> SummitFacts:
    """The facts of a summit that does not exist yet, for the permission to create it."""
    scene = Scene(summit_id=0, slug="", state="", spt_party_id=None, host_party_id=None)
    return SummitFacts(scene=scene, ref=Ref("summits"), host_set=False, opening_on=None)


def open_secretariat(summit: Summit, host: Party, *, now: datetime) -> Party:
    """Create the SPT of a summit for its host, with the seats of its secretary and its first officer."""
    again = summit.secretariats.count()
    code = f"SPT-{summit.number}" + (f"-{again + 1}" if again else "")
    spt = Party.objects.create(
        kind=PartyKind.SPT,
        code=code,
        name_es=f"SPT de {host.name_es}",
        name_pt=f"SPT de {host.name_pt}",
        name_en=f"PTS of {host.name_en}",
        list_name_es=f"Secretaría Pro Tempore de {host.name_es}",
        list_name_pt=f"Secretaria Pro Tempore de {host.name_pt}",
        list_name_en=f"Pro Tempore Secretariat of {host.name_en}",
        country=host.country,
        city=summit.city or host.city,
        zone=summit.zone,
        language=host.language,
        summit=summit,
        host_delegation=host,
    )
    Seat.objects.bulk_create([Seat(party=spt, role=role, opened_at=now) for role in (SeatRole.SECRETARY, SeatRole.OFFICER)])
    return spt


def _check_days(opening_on: date | None, closing_on: date | None) -> None:
    if closing_on and not opening_on:
        raise InvalidInput({"opening_on": _("Give the opening day too.")})
    if opening_on and closing_on and closing_on < opening_on:
        raise InvalidInput({"closing_on": _("The closing day lies before the opening day.")})


def _check_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise InvalidInput({"zone": _("This time zone is not known.")})


def _days(summit: Summit) -> dict[str, Any]:
    return {
        "opening_on": summit.opening_on.isoformat() if summit.opening_on else None,
        "closing_on": summit.closing_on.isoformat() if summit.closing_on else None,
        "city": summit.city,
        "zone": summit.zone,
        "host": summit.host.code if summit.host else None,
    }


@transaction.atomic
def move_summit(
    summit: Summit, name: str, *, actor: Actor | None, now: datetime, inputs: Inputs, if_version: int | None = None
) -> Outcome:
    """Perform a verb on a summit; a named decision is spent; ladders rest while it is postponed or over."""
    outcome = engine.perform(summit, name, actor=actor, now=now, inputs=inputs, if_version=if_version)
    if outcome.waiting is not None:
        return outcome
    moved: Summit = outcome.row
    if name in {"postpone", "resume", "cancel"}:
        spent = inputs.decision or _signed_decision(moved, name)
        Decision.objects.filter(uuid=spent, meeting__summit=moved).update(spent_on=name)
    if moved.state in {SummitState.POSTPONED, SummitState.CANCELLED, SummitState.ARCHIVED}:
        _cancel_queued(moved, keep=outcome.event.uuid)
    if name in {"postpone", "resume", "cancel", "archive"}:
        wake_summit(moved, now=now)
    return outcome


def _signed_decision(summit: Summit, verb: str) -> str:
    signature = Signature.objects.filter(summit=summit, verb=verb, spent_at__isnull=False).order_by("-pk").first()
    return (signature.inputs.get("decision") if signature else None) or "00000000-0000-0000-0000-000000000000"


def _cancel_queued(summit: Summit, *, keep: Any) -> None:
    """Cancel what is queued of a summit that rests, except the notices of that very event."""
    queued = Message.objects.filter(summit=summit, state__in=[MessageState.QUEUED, MessageState.HELD])
    queued.exclude(key__contains=f":{keep}:").update(state=MessageState.CANCELLED, cancelled_reason=f"summit_{summit.state}")


@transaction.atomic
def decline_signature(signature: Signature, *, reason: str, actor: Actor, now: datetime) -> Signature:
    """The other office declines to sign, with a reason; the first signature no longer stands."""
    summit = engine.lock_summit(signature.summit_id)
    require(permissions.is_secretary_or_approver, facts_of(summit), actor)
    locked = Signature.objects.select_for_update(of=("self",)).select_related("summit").get(pk=signature.pk)
    if locked.spent_at or locked.dropped_at:
        raise WrongState(_("This signature no longer waits."), code="signature_not_waiting")
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why it is declined.")})
    engine.drop_signature(locked, actor=actor, now=now, reason=reason.strip())
    return locked


# Dates, place, host ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Replanned:
    """What a change of date did: the summit, its meetings that followed, and the deadlines that moved."""

    summit: Summit
    meetings: tuple[Meeting, ...]
    moves: tuple[Move, ...]


@transaction.atomic
def change_date(
    summit: Summit,
    *,
    opening_on: date | None,
    closing_on: date | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Replanned:
    """Move the opening day: meetings that follow it and deadlines set by rule move with it, in one transaction and event.

    Pinned and done deadlines and meetings fixed by hand stay; each seat for which something moved is told once. The new date
    may be unknown (None) while the summit is postponed. Signatures given for the old dates no longer stand.
    """
    locked, _facts = _changing(summit, actor, reason, if_version)
    _check_days(opening_on, closing_on)
    if opening_on is None and locked.state != SummitState.POSTPONED:
        raise InvalidInput({"opening_on": _("The opening day may be unknown only while the Summit is postponed.")})
    before = _days(locked)
    span = (locked.closing_on - locked.opening_on) if locked.closing_on and locked.opening_on else timedelta(days=1)
    locked.opening_on = opening_on
    locked.closing_on = closing_on or (opening_on + span if opening_on else None)
    locked.version += 1
    locked.save()
    meetings = place_meetings(locked)
    moves = resolve_open(locked, actor=actor, now=now, reason=reason)
    _record_change(locked, "change_date", before, moves, actor=actor, now=now, reason=reason)
    return Replanned(locked, tuple(meetings), tuple(moves))


@transaction.atomic
def change_place(
    summit: Summit,
    *,
    city: str,
    zone: str = "",
    reason: str,
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Replanned:
    """Change the host city: hours written "end of day in the host city" follow its zone."""
    locked, _facts = _changing(summit, actor, reason, if_version)
    zone = zone or locked.zone
    _check_zone(zone)
    if not city.strip():
        raise InvalidInput({"city": _("Name the city.")})
    before = _days(locked)
    locked.city, locked.zone = city.strip(), zone
    locked.version += 1
    locked.save()
    locked.secretariats.filter(ended_at__isnull=True).update(zone=zone, city=locked.city)
    meetings = place_meetings(locked)
    moves = resolve_open(locked, actor=actor, now=now, reason=reason)
    _record_change(locked, "change_place", before, moves, actor=actor, now=now, reason=reason)
    return Replanned(locked, tuple(meetings), tuple(moves))


@transaction.atomic
def change_host(
    summit: Summit,
    *,
    host: Party,
    city: str = "",
    zone: str = "",
    decision: str,
    reason: str,
    actor: Actor,
    now: datetime,
    if_version: int | None = None,
) -> Replanned:
    """Give the summit to another host, by a recorded decision: a new SPT takes over, the old one's rights end.

    By SEGIB's approver. The new SPT owes and verifies what the old one did.
    """
    locked: Summit = engine.lock(summit)
    facts = facts_of(locked)
    require_moving(locked.state)
    require(permissions.is_segib_approver, facts, actor)
    _check_version(locked, if_version)
    ordered = Decision.objects.filter(
        uuid=_uuid_or_none(decision) or UUID(int=0), meeting__summit=locked, subject=DecisionSubject.CHANGE_OF_HOST, spent_on=""
    ).first()
    if ordered is None:
        raise GuardsFailed(
            [
                Reason(
                    "decision_named",
                    _("A decision that gives the Summit to another host is named and has not served before."),
                    Ref("meetings", summit=locked.slug),
                )
            ]
        )
    if host.kind != PartyKind.DELEGATION or host.pk == locked.host_id:
        raise InvalidInput({"host": _("Name the delegation of another country.")})
    before = _days(locked)
    ordered.spent_on = "change_host"
    ordered.save(update_fields=["spent_on"])
    old = locked.secretariats.filter(ended_at__isnull=True).first()
    if old is not None:
        old.ended_at = now
        old.save(update_fields=["ended_at"])
    locked.host, locked.city, locked.zone = host, city or host.city, zone or host.zone
    _check_zone(locked.zone)
    locked.version += 1
    locked.save()
    new = open_secretariat(locked, host, now=now)
    if old is not None:
        Task.objects.filter(summit=locked, responsible=old).update(responsible=new)
        Task.objects.filter(summit=locked, verified_by=old).update(verified_by=new)
        locked.meetings.filter(convened_by=old).update(convened_by=new, chair=None)
    meetings = place_meetings(locked)
    moves = resolve_open(locked, actor=actor, now=now, reason=reason)
    _record_change(locked, "change_host", before, moves, actor=actor, now=now, reason=reason)
    return Replanned(locked, tuple(meetings), tuple(moves))


def _uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _check_version(summit: Summit, if_version: int | None) -> None:
    if if_version is not None and summit.version != if_version:
        raise StaleObject


def _changing(summit: Summit, actor: Actor, reason: str, if_version: int | None) -> tuple[Summit, Any]:
    locked: Summit = engine.lock(summit)
    facts = facts_of(locked)
    require_moving(locked.state)
    require(permissions.is_spt_secretary, facts, actor)
    _check_version(locked, if_version)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why.")})
    return locked, facts


def place_meetings(summit: Summit) -> list[Meeting]:
    """Set the day of every convened meeting that follows the opening day, and return those that changed."""
    changed = []
    for meeting in summit.meetings.filter(opening_offset__isnull=False, state=MeetingState.CONVENED).order_by("pk"):
        day = summit.opening_on + timedelta(days=meeting.opening_offset or 0) if summit.opening_on else None
        starts = datetime.combine(day, MEETING_HOUR, ZoneInfo(summit.zone)) if day else None
        if (day, starts, summit.zone) != (meeting.held_on, meeting.starts_at, meeting.zone):
            meeting.held_on, meeting.starts_at, meeting.zone = day, starts, summit.zone
            meeting.version += 1
            meeting.save()
            changed.append(meeting)
    return changed


def _record_change(
    summit: Summit,
    verb: str,
    before: dict[str, Any],
    moves: list[Move],
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> None:
    engine.drop_waiting(summit, now=now, reason=_("The dates or the place it was given for changed."))
    data = {"from": before, "to": _days(summit), "moved": [moved_line(move) for move in moves]}
    event = engine.record(summit, verb, actor=actor, now=now, inputs=Inputs(reason=reason), data=data)
    tell_moved(summit, moves, actor=actor, now=now, cause=event.uuid)


def tell_moved(summit: Summit, moves: Sequence[Move], *, actor: Actor, now: datetime, cause: UUID) -> None:
    """Tell each seat that answers for a moved deadline once, with all that moved for it."""
    told: dict[Seat, list[dict[str, Any]]] = defaultdict(list)
    book = reminder_book(summit, now)
    for move in moves:
        if move.deadline.task is not None:
            for seat in book.reach(move.deadline.task, "responsible"):
                told[seat].append(moved_line(move))
    for seat, lines in told.items():
        engine.notify("dates_moved", summit, actor=actor, now=now, cause=cause, seats=[seat], context={"moved": lines})


def moved_line(move: Move) -> dict[str, Any]:
    """Return a move as plain JSON: the task's code and party, from and to in UTC."""
    task = move.deadline.task
    return {
        "code": task.code if task else "",
        "party": task.responsible.code if task and task.is_child else "",
        "from": move.from_at.isoformat() if move.from_at else None,
        "to": move.to_at.isoformat() if move.to_at else None,
    }


# What the summit is about ----------------------------------------------------------------------------------------


@transaction.atomic
def describe_summit(
    summit: Summit, *, fields: dict[str, Any], actor: Actor, now: datetime, if_version: int | None = None
) -> Summit:
    """Set theme and motto in each language, from when other delegations see what one has submitted, and the hours of texts.

    `min_window_hours` is the shortest window for comments, `communiques_until` (UTC, None: at any time) the instant until which
    delegations propose special communiqués without a decision.
    """
    locked: Summit = engine.lock(summit)
    require_moving(locked.state)
    require(permissions.is_spt, facts_of(locked), actor)
    _check_version(locked, if_version)
    worded = {f"{f}_{lang}" for f in ("theme", "motto") for lang in ("es", "pt", "en")} | {"others_see"}
    unknown = sorted(set(fields) - worded - {"min_window_hours", "communiques_until"})
    if unknown:
        raise InvalidInput({name: _("This cannot be set here.") for name in unknown})
    if fields.get("others_see", locked.others_see) not in OthersSee.values:
        raise InvalidInput({"others_see": _("This is not one of the values offered.")})
    if not 1 <= fields.get("min_window_hours", locked.min_window_hours) <= LONGEST_WINDOW:
        sentence = _("A window lasts between 1 and %(most)d hours.") % {"most": LONGEST_WINDOW}
        raise InvalidInput({"min_window_hours": sentence})
    longest = {"theme": 300, "motto": 200, "others": 16}
    limits = {name: longest[name.split("_")[0]] for name in worded & set(fields)}
    sentence = _("This is longer than %(limit)d characters.")
    if too_long := {n: sentence % {"limit": limit} for n, limit in limits.items() if len(fields[n].strip()) > limit}:
        raise InvalidInput(too_long)
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    before = {name: getattr(locked, name) for name in fields}
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.version += 1
    with telling_others(Task.objects.filter(summit=locked), locked, now=now):
        locked.save()
        engine.record(locked, "describe", actor=actor, now=now, data={"from": _plain(before), "to": _plain(fields)})
    return locked


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields as the record keeps them: an instant as text."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()}


@transaction.atomic
def record_handover(
    summit: Summit, *, successor: Party | None, note: str, actor: Actor, now: datetime, if_version: int | None = None
) -> Summit:
    """Record the handover to the next host, named or (None) stated as pending."""
    locked: Summit = engine.lock(summit)
    require_moving(locked.state)
    require(permissions.is_spt_secretary, facts_of(locked), actor)
    _check_version(locked, if_version)
    if locked.state not in {SummitState.IN_SESSION, SummitState.FOLLOW_UP, SummitState.MINISTER_REVIEW}:
        raise WrongState(_("The handover is recorded at the Summit."), code="wrong_stage")
    if successor is not None and successor.kind != PartyKind.DELEGATION:
        raise InvalidInput({"successor": _("The next host is one of the delegations.")})
    locked.handover_recorded_at, locked.handover_note = now, note.strip()
    locked.successor, locked.successor_pending = successor, successor is None
    locked.version += 1
    locked.save()
    data = {"successor": successor.code if successor else None}
    engine.record(locked, "record_handover", actor=actor, now=now, inputs=Inputs(reason=note.strip()), data=data)
    return locked
