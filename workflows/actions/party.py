"""Seats and the people in them; disputes over who speaks for a country; who answers by note verbale."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from workflows import engine
from workflows.actions.deadline import wake_summit
from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, Reason, Ref, StaleObject, WrongState
from workflows.models import Decision, Membership, Participation, Party, Person, Seat, Summit, Token, User
from workflows.queries.facts import facts_of
from workflows.rules import permissions
from workflows.rules.evaluate import require
from workflows.rules.facts import Inputs
from workflows.rules.permissions import may_fill_seat
from workflows.states import ENDED, ROLES_OF, SEVERAL, DecisionSubject, Language, MeetingKind, PartyKind, SeatRole

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


def _require_seat(role: str, party: Party, actor: Actor | None) -> None:
    if actor is not None and not may_fill_seat(role=role, party_id=party.pk, party_kind=party.kind, actor=actor):
        raise NotPermitted(_("This seat is filled by another office."), code="not_seat_keeper")


def _lock(party: Party) -> None:
    """Take the lock of the party's summit before any other, where it is one summit's (an SPT)."""
    if party.summit_id is not None:
        engine.lock_summit(party.summit_id)


def _record(row: Any, verb: str, party: Party, **rest: Any) -> Any:
    """Record what concerns a party: in its summit's chain where it is one summit's, else in the chain of none."""
    return engine.record(row, verb, summit=party.summit, audience=[party.pk], **rest)


@transaction.atomic
def open_seat(party: Party, *, role: str, email: str = "", phone: str = "", actor: Actor | None, now: datetime) -> Seat:
    """Open an office in a party, as the table of parties and seats allows."""
    if role not in ROLES_OF[PartyKind(party.kind)]:
        raise InvalidInput({"role": _("A party of this kind has no such seat.")})
    _require_seat(role, party, actor)
    _lock(party)
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)
    last = Seat.objects.filter(party=party, role=role).aggregate(m=Max("number"))["m"]
    if last is not None and role not in SEVERAL:
        raise InvalidInput({"role": _("The party has this seat already.")})
    seat = Seat.objects.create(party=party, role=role, number=(last or 0) + 1, email=email, phone=phone, opened_at=now)
    _record(seat, "open", party, actor=actor, now=now, label=str(seat))
    return seat


@transaction.atomic
def fill_seat(
    seat: Seat,
    *,
    name: str,
    email: str,
    language: str = "",
    zone: str = "",
    phone: str = "",
    starts_on: date | None = None,
    note: str = "",
    invite: bool = True,
    actor: Actor | None,
    now: datetime,
) -> Membership:
    """Put a person into a seat from a date on; the holder before leaves the day before. An account is offered by mail.

    `email` finds the person in the directory or makes a new one. Nobody sits in an SPT and in its host's delegation at once.
    SEGIB opens CN and RC on a note verbale: `note` names it.
    """
    _lock(seat.party)
    locked = Seat.objects.select_for_update(no_key=True, of=("self",)).select_related("party__summit").get(pk=seat.pk)
    _require_seat(locked.role, locked.party, actor)
    problems: dict[str, Any] = {}
    if not name.strip():
        problems["name"] = _("Write the name.")
    if not email.strip():
        problems["email"] = _("Write the address to which the invitation goes.")
    if language and language not in Language.values:
        problems["language"] = _("This language is not offered.")
    principals = {SeatRole.NATIONAL_COORDINATOR, SeatRole.COOPERATION_OFFICER}
    if actor is not None and locked.role in principals and not note.strip():
        problems["note"] = _("Name the note verbale that says so.")
    if locked.closed_at is not None:
        problems[""] = _("This seat is closed.")
    if problems:
        raise InvalidInput(problems)
    person = _find_or_add_person(locked.party, name, email, language, zone, phone)
    today = starts_on or now.astimezone(UTC).date()
    _refuse_two_hats(person, locked.party, today)
    _end_current(locked, today)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(seat=locked, person=person, starts_on=today, note=note.strip())
    except IntegrityError as error:
        raise InvalidInput({"starts_on": _("Somebody holds the seat in that time.")}) from error
    event = _record(
        membership,
        "begin",
        locked.party,
        actor=actor,
        now=now,
        label=str(locked),
        inputs=Inputs(reason=note.strip()),
        data={"person": str(person.uuid), "starts_on": today.isoformat()},
    )
    _people_changed(locked, now=now)
    if invite and not User.objects.filter(person=person).exists():
        User.objects.create_user(person.email, person=person)
        engine.notify("account_invited", locked, actor=actor, now=now, cause=event.uuid, seats=[locked], person=person)
    return membership


def _find_or_add_person(party: Party, name: str, email: str, language: str, zone: str, phone: str) -> Person:
    person = Person.objects.select_for_update(no_key=True).filter(email__iexact=email.strip()).order_by("pk").first()
    if person is not None:
        return person
    return Person.objects.create(
        name=name.strip(), email=email.strip().lower(), language=language or party.language, zone=zone, phone=phone
    )


def _refuse_two_hats(person: Person, party: Party, day: date) -> None:
    """The host wears two hats, but nobody wears both (principle 5): the person's row is locked by the caller."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    ongoing = Membership.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), person=person)
    if party.kind == PartyKind.SPT:
        clash = ongoing.filter(seat__party=party.host_delegation)
    else:
        clash = ongoing.filter(seat__party__host_delegation=party, seat__party__ended_at__isnull=True)
    if clash.exists():
        raise InvalidInput({"email": _("Nobody acts for a Pro Tempore Secretariat and for the host's delegation at once.")})


def _end_current(seat: Seat, starts_on: date) -> None:
    for held in Membership.objects.filter(seat=seat, ends_on__isnull=True):
        if held.starts_on >= starts_on:
            raise InvalidInput({"starts_on": _("The present holder began on that day or later.")})
        held.ends_on = starts_on - timedelta(days=1)
        held.version += 1
        held.save()


def _people_changed(seat: Seat, *, now: datetime) -> None:
    """Wake the deadlines of the summits in which the seat's party takes part: recipients and their hours changed."""
    parties = Q(participations__party=seat.party) | Q(pk=seat.party.summit_id)
    summits = Summit.objects.filter(is_record=False).exclude(state__in=sorted(ENDED))
    if seat.party.kind != PartyKind.SEGIB:
        summits = summits.filter(parties).distinct()
    for summit in summits.order_by("pk"):
        wake_summit(engine.lock_summit(summit.pk), now=now)


@transaction.atomic
def end_membership(membership: Membership, *, ends_on: date, note: str = "", actor: Actor, now: datetime) -> Membership:
    """End a person's term in a seat; the seat's links and rights go with it."""
    _lock(membership.seat.party)
    locked = (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .select_related("seat__party__summit")
        .get(pk=membership.pk)
    )
    _require_seat(locked.seat.role, locked.seat.party, actor)
    if locked.ends_on is not None and locked.ends_on < ends_on:
        raise WrongState(_("This term has ended."), code="term_ended")
    if ends_on < locked.starts_on:
        raise InvalidInput({"ends_on": _("The last day lies before the first.")})
    locked.ends_on = ends_on
    locked.version += 1
    locked.save()
    _record(
        locked,
        "end",
        locked.seat.party,
        actor=actor,
        now=now,
        label=str(locked.seat),
        inputs=Inputs(reason=note.strip()),
        data={"ends_on": ends_on.isoformat()},
    )
    _people_changed(locked.seat, now=now)
    return locked


@transaction.atomic
def close_seat(seat: Seat, *, actor: Actor, now: datetime) -> Seat:
    """Close an office that is vacant; its tokens are revoked."""
    _lock(seat.party)
    locked = Seat.objects.select_for_update(no_key=True, of=("self",)).select_related("party__summit").get(pk=seat.pk)
    _require_seat(locked.role, locked.party, actor)
    if Membership.objects.current(now).filter(seat=locked).exists():
        raise WrongState(_("Somebody holds this seat; end the term first."), code="seat_held")
    locked.closed_at = now
    locked.version += 1
    locked.save()
    Token.objects.filter(seat=locked, revoked_at__isnull=True).update(revoked_at=now)
    _record(locked, "close", locked.party, actor=actor, now=now, label=str(locked))
    return locked


@transaction.atomic
def set_by_note_verbale(
    party: Party, *, by_note: bool, actor: Actor, now: datetime, if_version: int | None = None
) -> Party:
    """Set that a party answers by note verbale: then the note is the act, and the system records it; by SEGIB."""
    locked = Party.objects.select_for_update(no_key=True, of=("self",)).get(pk=party.pk)
    if actor.party_kind != PartyKind.SEGIB or actor.role not in {SeatRole.APPROVER, SeatRole.OFFICER}:
        raise NotPermitted(permissions.is_segib.sentence, code=permissions.is_segib.code)
    if if_version is not None and locked.version != if_version:
        raise StaleObject
    locked.by_note_verbale = by_note
    locked.version += 1
    locked.save()
    _record(locked, "set_by_note_verbale", locked, actor=actor, now=now, data={"by_note": by_note}, label=locked.code)
    return locked


@transaction.atomic
def dispute_representation(summit: Summit, party: Party, *, claims: str, actor: Actor, now: datetime) -> Participation:
    """Two persons claim to speak for a country: its answers rest until the ministers have decided; by SEGIB's approver."""
    locked = engine.lock_summit(summit.pk)
    require(permissions.is_segib_approver, facts_of(locked), actor)
    place = Participation.objects.select_for_update().filter(summit=locked, party=party).first()
    if place is None:
        raise InvalidInput({"party": _("This party does not take part in the Summit.")})
    if not claims.strip():
        raise InvalidInput({"claims": _("Record both claims.")})
    place.representation_pending_at, place.representation_claims = now, claims.strip()
    place.save()
    engine.record(
        locked,
        "dispute_representation",
        actor=actor,
        now=now,
        inputs=Inputs(reason=claims.strip()),
        data={"party": party.code},
        audience=[party.pk],
    )
    return place


@transaction.atomic
def settle_representation(summit: Summit, party: Party, *, decision: Decision, actor: Actor, now: datetime) -> Participation:
    """End a dispute by a recorded decision of the ministers; by SEGIB's approver."""
    locked = engine.lock_summit(summit.pk)
    require(permissions.is_segib_approver, facts_of(locked), actor)
    place = Participation.objects.select_for_update().filter(summit=locked, party=party).first()
    if place is None or place.representation_pending_at is None:
        raise WrongState(_("Nobody disputes who speaks for this country."), code="not_disputed")
    fits = decision.subject == DecisionSubject.REPRESENTATION and decision.meeting.kind == MeetingKind.RMRE
    if not fits or decision.meeting.summit_id != locked.pk:
        sentence = _("A decision of the ministers on the representation of the country is named.")
        raise GuardsFailed([Reason("decision_named", sentence, Ref("meetings", summit=locked.slug))])
    place.representation_pending_at, place.representation_claims = None, ""
    place.save()
    engine.record(
        locked,
        "settle_representation",
        actor=actor,
        now=now,
        data={"party": party.code, "decision": str(decision.uuid)},
        audience=[party.pk],
    )
    return place
