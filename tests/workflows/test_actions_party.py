"""Seats and the people in them, who answers by note verbale, and disputes over who speaks for a country."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import make_world
from tests.worlds import shared_world
from workflows.actions.meeting import record_decision
from workflows.actions.party import (
    close_seat,
    dispute_representation,
    end_membership,
    fill_seat,
    open_seat,
    set_by_note_verbale,
    settle_representation,
)
from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, WrongState
from workflows.models import Deadline, Event, EventPayload, Membership, Message, Party, Person, Seat, Token, User
from workflows.queries.actor import actor_of_user, get_holder

pytestmark = pytest.mark.django_db

_built, world = shared_world(make_world)

TODAY = date(2026, 3, 2)


def seat(party, role, number=1):
    return Seat.objects.get(party__code=party, role=role, number=number)


def fill(world, party, role, *, by, name="Nueva persona", email="nueva@example.org", note="NV 4/2026", **more):
    return fill_seat(
        seat(party, role), name=name, email=email, note=note, actor=world.actor(by) if by else None, now=world.now, **more
    )


def holder(world, party, role):
    person = get_holder(seat(party, role), world.now)
    return person.email if person else None


# Open and close -----------------------------------------------------------------------------------------------------


def opened(world, party, role, by):
    return open_seat(Party.objects.get(code=party), role=role, actor=world.actor(by), now=world.now)


@pytest.mark.parametrize(
    ("party", "role", "by", "number"),
    [
        ("SEGIB", "auditor", "approver", 2),
        ("SEGIB", "officer", "approver", 2),
        ("SPT-31", "officer", "secretary", 2),
        ("PY", "reviewer", "cn_py", 2),
        ("PY", "reviewer", "rc_py", 2),
        ("PY", "mailbox", "cn_py", 1),
        ("OEI", "liaison", "segib_officer", 2),
    ],
)
def test_a_seat_is_opened_by_those_who_keep_it(world, party, role, by, number):
    new = opened(world, party, role, by)
    assert (new.party.code, new.number, new.closed_at) == (party, number, None)
    event = Event.objects.get(verb="seat.open", object_uuid=new.uuid)
    assert event.audience == [new.party_id]


@pytest.mark.parametrize(
    ("party", "role", "by", "error"),
    [
        ("PY", "secretary", "approver", InvalidInput),
        ("SEGIB", "national_coordinator", "approver", InvalidInput),
        ("PY", "national_coordinator", "approver", InvalidInput),
        ("PY", "alternate_coordinator", "cn_py", InvalidInput),
        ("SPT-31", "secretary", "approver", InvalidInput),
        ("PY", "reviewer", "cn_br", NotPermitted),
        ("PY", "reviewer", "reviewer_py", NotPermitted),
        ("PY", "reviewer", "approver", NotPermitted),
        ("PY", "mailbox", "secretary", NotPermitted),
        ("SPT-31", "officer", "spt_officer", NotPermitted),
        ("SPT-31", "officer", "approver", NotPermitted),
        ("SEGIB", "officer", "segib_officer", NotPermitted),
        ("SEGIB", "auditor", "auditor", NotPermitted),
        ("OEI", "liaison", "liaison", NotPermitted),
    ],
)
def test_a_seat_that_is_not_theirs_to_open_or_that_the_party_has_already(world, party, role, by, error):
    before = Seat.objects.count(), Event.objects.count()
    with pytest.raises(error):
        opened(world, party, role, by)
    assert (Seat.objects.count(), Event.objects.count()) == before


def test_a_held_seat_is_not_closed_and_a_closed_one_takes_its_tokens_along(world):
    reviewer = seat("PY", "reviewer")
    token = Token.objects.create(
        seat=reviewer,
        name="ERP",
        prefix="py",
        digest="d",
        scopes=["*:read"],
        created_at=world.now,
        created_by=world.people["cn_py"],
        expires_at=world.now + timedelta(days=9),
    )
    with pytest.raises(WrongState) as refusal:
        close_seat(reviewer, actor=world.actor("cn_py"), now=world.now)
    assert refusal.value.code == "seat_held"
    end_membership(reviewer.memberships.get(), ends_on=TODAY - timedelta(days=1), actor=world.actor("cn_py"), now=world.now)
    with pytest.raises(NotPermitted):
        close_seat(reviewer, actor=world.actor("cn_br"), now=world.now)
    assert close_seat(reviewer, actor=world.actor("cn_py"), now=world.now).closed_at == world.now
    token.refresh_from_db()
    assert token.revoked_at == world.now
    with pytest.raises(InvalidInput):
        fill(world, "PY", "reviewer", by="cn_py")


# Fill ---------------------------------------------------------------------------------------------------------------


def test_a_seat_has_one_holder_at_a_time_and_the_one_before_leaves_the_day_before(world):
    user = world.user("cn_py")
    term = fill(world, "PY", "national_coordinator", by="approver")
    assert (term.starts_on, term.ends_on, term.note) == (TODAY, None, "NV 4/2026")
    before = Membership.objects.get(person=world.people["cn_py"])
    assert (before.ends_on, before.version) == (date(2026, 3, 1), 2)
    assert holder(world, "PY", "national_coordinator") == "nueva@example.org"
    assert actor_of_user(user, world.now) == (None, [])
    event = Event.objects.get(verb="membership.begin", object_uuid=term.uuid)
    payload = EventPayload.objects.get(event_uuid=event.uuid)
    assert (payload.reason, payload.data["starts_on"]) == ("NV 4/2026", "2026-03-02")
    assert "nueva" not in f"{event.object_label}{event.verb}".lower()


def test_a_term_may_begin_later_and_the_present_holder_stays_until_then(world):
    fill(world, "PY", "national_coordinator", by="segib_officer", starts_on=date(2026, 4, 1))
    assert holder(world, "PY", "national_coordinator") == "cn.py@example.org"
    assert get_holder(seat("PY", "national_coordinator"), datetime(2026, 4, 1, 12, tzinfo=UTC)).email == "nueva@example.org"
    with pytest.raises(InvalidInput) as refusal:
        fill(world, "PY", "national_coordinator", by="segib_officer", email="otra@example.org", starts_on=date(2026, 3, 20))
    assert set(refusal.value.fields) == {"starts_on"}


@pytest.mark.parametrize(
    ("party", "role", "by", "fields", "named"),
    [
        ("PY", "national_coordinator", "approver", {"note": " "}, {"note"}),
        ("PY", "cooperation_officer", "segib_officer", {"note": ""}, {"note"}),
        ("PY", "alternate_coordinator", "cn_py", {"name": " ", "email": ""}, {"name", "email"}),
        ("PY", "alternate_coordinator", "cn_py", {"language": "fr"}, {"language"}),
        ("PY", "alternate_coordinator", "cn_py", {"starts_on": date(2026, 1, 1)}, {"starts_on"}),
    ],
)
def test_a_term_that_cannot_be_is_refused_by_field(world, party, role, by, fields, named):
    before = Membership.objects.count(), Person.objects.count(), Event.objects.count()
    with pytest.raises(InvalidInput) as refusal:
        fill(world, party, role, by=by, **fields)
    assert set(refusal.value.fields) == named
    assert (Membership.objects.count(), Person.objects.count(), Event.objects.count()) == before


def test_an_alternate_needs_no_note(world):
    assert fill(world, "PY", "alternate_coordinator", by="cn_py", note="").seat.role == "alternate_coordinator"


@pytest.mark.parametrize(
    ("party", "role", "by"),
    [
        ("PY", "national_coordinator", "cn_py"),
        ("PY", "national_coordinator", "secretary"),
        ("PY", "alternate_coordinator", "rc_py"),
        ("PY", "alternate_coordinator", "approver"),
        ("BR", "cooperation_officer", "cn_br"),
        ("SPT-31", "secretary", "secretary"),
        ("SPT-31", "officer", "approver"),
        ("SEGIB", "approver", "segib_officer"),
        ("SEGIB", "auditor", "auditor"),
    ],
)
def test_nobody_fills_a_seat_above_or_beside_their_own(world, party, role, by):
    with pytest.raises(NotPermitted) as refusal:
        fill(world, party, role, by=by)
    assert refusal.value.code == "not_seat_keeper"


def test_a_person_who_has_no_account_is_invited_once(world):
    fill(world, "PY", "alternate_coordinator", by="cn_py")
    assert User.objects.get(email="nueva@example.org").has_usable_password() is False
    assert [m.seat for m in Message.objects.filter(kind="account_invited")] == [seat("PY", "alternate_coordinator")]
    fill(world, "PY", "alternate_cooperation", by="cn_py")
    assert User.objects.filter(email="nueva@example.org").count() == 1
    assert Message.objects.filter(kind="account_invited").count() == 1


def test_the_same_address_is_the_same_person_however_it_is_written(world):
    fill(world, "PY", "alternate_coordinator", by="cn_py", email="RC.PY@Example.org", name="Otra grafía")
    assert Membership.objects.filter(person=world.people["rc_py"], ends_on__isnull=True).count() == 2
    assert Person.objects.filter(email__iexact="rc.py@example.org").count() == 1


# The host's two hats ------------------------------------------------------------------------------------------------


def test_nobody_sits_in_the_secretariat_and_in_the_host_s_delegation(world):
    """Both ways, at once or later; in another delegation, or when the term has ended the day before, anybody may."""
    with pytest.raises(InvalidInput) as refusal:
        fill(world, "SPT-31", "officer", by="secretary", email="cn.host@example.org")
    assert set(refusal.value.fields) == {"email"}
    with pytest.raises(InvalidInput):
        fill(world, "ES", "cooperation_officer", by="approver", email="secretary@example.org")
    with pytest.raises(InvalidInput):
        fill(world, "ES", "cooperation_officer", by="approver", email="SPT.officer@example.org", starts_on=date(2027, 1, 1))
    assert fill(world, "PT", "cooperation_officer", by="approver", email="spt.officer@example.org").seat.party.code == "PT"
    end_membership(
        Membership.objects.get(person=world.people["cn_host"]),
        ends_on=date(2026, 3, 1),
        actor=world.actor("approver"),
        now=world.now,
    )
    assert fill(world, "SPT-31", "officer", by="secretary", email="cn.host@example.org").starts_on == TODAY


# The end of a term --------------------------------------------------------------------------------------------------


def test_a_term_is_ended_by_those_who_filled_it(world):
    term = Membership.objects.get(person=world.people["reviewer_py"])
    for by in ("cn_br", "secretary", "approver", "reviewer_py"):
        with pytest.raises(NotPermitted):
            end_membership(term, ends_on=TODAY, actor=world.actor(by), now=world.now)
    with pytest.raises(InvalidInput):
        end_membership(term, ends_on=date(2020, 1, 1), actor=world.actor("cn_py"), now=world.now)
    assert end_membership(term, ends_on=TODAY, note="Traslado", actor=world.actor("cn_py"), now=world.now).ends_on == TODAY
    assert holder(world, "PY", "reviewer") == "reviewer.py@example.org"
    assert get_holder(seat("PY", "reviewer"), world.now + timedelta(days=1)) is None
    end_membership(term, ends_on=date(2026, 3, 1), actor=world.actor("cn_py"), now=world.now)
    with pytest.raises(WrongState) as refusal:
        end_membership(term, ends_on=date(2026, 5, 1), actor=world.actor("cn_py"), now=world.now)
    assert refusal.value.code == "term_ended"


# What follows for the reminders -------------------------------------------------------------------------------------


def test_the_next_wake_up_is_recomputed_when_people_change(world):
    """Chile's seat is vacant and goes by Santiago (UTC-4 in July); a holder who works in Madrid (UTC+2) is told at nine there.

    The contributions are due on 15 July 2027, when the last capital's day ends (16 July, 05:59 UTC): 115 days before the
    opening is a Sunday, and the Friday before it Chile's day off. The first rung is seven days earlier, 9 July, 05:59 UTC.
    """

    def wakes():
        return Deadline.objects.get(task=world.task("DOC-03", "CL")).next_wake_at

    assert wakes() == datetime(2027, 7, 9, 13, 0, tzinfo=UTC)
    yesterday = TODAY - timedelta(days=1)
    term = fill(world, "CL", "national_coordinator", by="approver", zone="Europe/Madrid", starts_on=yesterday)
    assert wakes() == datetime(2027, 7, 9, 7, 0, tzinfo=UTC)
    end_membership(term, ends_on=yesterday, actor=world.actor("approver"), now=world.now)
    assert wakes() == datetime(2027, 7, 9, 13, 0, tzinfo=UTC)


# Note verbale, disputed representation ------------------------------------------------------------------------------


def test_segib_sets_that_a_party_answers_by_note_verbale(world):
    party = Party.objects.get(code="PY")
    for by in ("secretary", "cn_py", "auditor"):
        with pytest.raises(NotPermitted):
            set_by_note_verbale(party, by_note=True, actor=world.actor(by), now=world.now)
    done = set_by_note_verbale(party, by_note=True, actor=world.actor("segib_officer"), now=world.now)
    assert (done.by_note_verbale, done.version) == (True, party.version + 1)
    assert Event.objects.get(verb="party.set_by_note_verbale").audience == [party.pk]


def dispute(world, by="approver", claims="Dos notas, de 1 y 2 de marzo", code="PY"):
    return dispute_representation(
        world.summit, Party.objects.get(code=code), claims=claims, actor=world.actor(by), now=world.now
    )


def test_while_two_persons_claim_to_speak_for_a_country_its_answers_rest(world):
    child = world.task("DOC-03", "PY")
    dispute(world)
    paper = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 2/2026"}
    for by, verb, inputs in (
        ("cn_py", "start", {}),
        ("cn_py", "submit", {"evidence": "Aportes"}),
        ("cn_py", "declare_no_comments", {}),
        ("spt_officer", "submit", paper),
        ("approver", "declare_no_comments", paper),
    ):
        with pytest.raises(NotPermitted) as refusal:
            world.act(child, verb, by, **inputs)
        assert refusal.value.code == "representation_pending"
    assert world.act(world.task("DOC-03", "BR"), "submit", "cn_br", evidence="Aportes").row.state == "submitted"
    record = Event.objects.get(verb="summit.dispute_representation")
    assert EventPayload.objects.get(event_uuid=record.uuid).reason == "Dos notas, de 1 y 2 de marzo"
    assert record.audience == [child.responsible_id]


def test_what_was_submitted_before_the_dispute_is_not_recalled_by_either(world):
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    dispute(world)
    with pytest.raises(NotPermitted) as refusal:
        world.act(world.task("DOC-03", "PY"), "recall", "cn_py")
    assert refusal.value.code == "representation_pending"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"by": "segib_officer"}, NotPermitted),
        ({"by": "secretary"}, NotPermitted),
        ({"by": "cn_py"}, NotPermitted),
        ({"claims": "  "}, InvalidInput),
        ({"code": "SPT-31"}, InvalidInput),
    ],
)
def test_a_dispute_is_recorded_by_segib_s_approver_with_both_claims(world, fields, error):
    with pytest.raises(error):
        dispute(world, **fields)


def test_the_ministers_end_it_by_a_decision_on_it(world):
    party, approver = Party.objects.get(code="PY"), world.actor("approver")
    decisions = {}
    for code, subject in (("cnrc_1", "representation"), ("rmre_midterm", "other"), ("rmre_midterm", "representation")):
        if world.meeting(code).state == "convened":
            world.act(world.meeting(code), "begin", "secretary")
        decisions[code, subject] = record_decision(
            world.meeting(code), subject=subject, text_es="Sí", text_pt="Sim", actor=world.actor("secretary"), now=world.now
        )
    right = decisions["rmre_midterm", "representation"]
    with pytest.raises(WrongState) as nothing:
        settle_representation(world.summit, party, decision=right, actor=approver, now=world.now)
    assert nothing.value.code == "not_disputed"
    dispute(world)
    for wrong in (decisions["cnrc_1", "representation"], decisions["rmre_midterm", "other"]):
        with pytest.raises(GuardsFailed) as refusal:
            settle_representation(world.summit, party, decision=wrong, actor=approver, now=world.now)
        assert [r.code for r in refusal.value.reasons] == ["decision_named"]
    for by in ("secretary", "segib_officer", "cn_py"):
        with pytest.raises(NotPermitted):
            settle_representation(world.summit, party, decision=right, actor=world.actor(by), now=world.now)
    settle_representation(world.summit, party, decision=right, actor=approver, now=world.now)
    assert world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes").row.state == "submitted"
