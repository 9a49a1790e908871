"""Worlds to test in, made by the real actions: the Conference, a summit with a checklist, people in their seats."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection

from workflows.actions.clearance import sign_clearance
from workflows.actions.document import create_document
from workflows.actions.meeting import convene_meeting, record_attendance
from workflows.actions.paragraph import add_paragraphs
from workflows.actions.party import fill_seat, open_seat
from workflows.actions.reference import DATA, load_conference
from workflows.actions.summit import create_summit
from workflows.actions.template import copy_template, load_template
from workflows.actions.transition import perform
from workflows.models import Document, Meeting, Membership, Party, Person, Seat, Summit, Task, User
from workflows.queries.actor import make_actor
from workflows.rules.facts import Actor, Inputs
from workflows.states import ClearanceOffice, DocumentKind, DocumentState, MeetingState, SeatRole, TaskState

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
OPENING = date(2027, 11, 10)
SMALL = (Path(__file__).parent / "data" / "small.yaml").read_text(encoding="utf-8")
PASSWORD = "una-clave-larga-de-prueba"

OFFICES = {
    "secretary": ("SPT", SeatRole.SECRETARY, 1),
    "spt_officer": ("SPT", SeatRole.OFFICER, 1),
    "approver": ("SEGIB", SeatRole.APPROVER, 1),
    "segib_officer": ("SEGIB", SeatRole.OFFICER, 1),
    "auditor": ("SEGIB", SeatRole.AUDITOR, 1),
    "cn_py": ("PY", SeatRole.NATIONAL_COORDINATOR, 1),
    "alternate_py": ("PY", SeatRole.ALTERNATE_COORDINATOR, 1),
    "rc_py": ("PY", SeatRole.COOPERATION_OFFICER, 1),
    "reviewer_py": ("PY", SeatRole.REVIEWER, 1),
    "cn_br": ("BR", SeatRole.NATIONAL_COORDINATOR, 1),
    "cn_pt": ("PT", SeatRole.NATIONAL_COORDINATOR, 1),
    "cn_host": ("ES", SeatRole.NATIONAL_COORDINATOR, 1),
    "liaison": ("OEI", SeatRole.LIAISON, 1),
}
"""The seats of a world by the name that tests give them: party (SPT is the summit's own), role, number."""


@dataclass
class World:
    """A summit with its people; `actor("cn_py")` acts, `task("DOC-03", "PY")` finds."""

    summit: Summit
    now: datetime
    seats: dict[str, Seat] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str, **changes: Any) -> Actor:
        """Return the actor of a seat of `OFFICES` by its holder."""
        seat = Seat.objects.select_related("party").get(pk=self.seats[name].pk)
        return replace(make_actor(seat=seat, person=self.people[name]), **changes)

    def task(self, code: str, party: str = "") -> Task:
        """Return a line of the checklist, or a party's part of it, as it now is."""
        rows = Task.objects.select_related("summit", "responsible", "verified_by", "parent", "phase")
        if party:
            return rows.get(summit=self.summit, code=code, parent__isnull=False, responsible__code=party)
        return rows.get(summit=self.summit, code=code, parent__isnull=True)

    def meeting(self, code: str) -> Meeting:
        """Return a meeting as it now is."""
        return Meeting.objects.select_related("summit", "convened_by").get(summit=self.summit, code=code)

    def document(self, code: str) -> Document:
        """Return a document as it now is."""
        return Document.objects.select_related("summit", "proponent").get(summit=self.summit, code=code)

    def reread(self) -> Summit:
        """Return the summit as it now is."""
        self.summit = Summit.objects.get(pk=self.summit.pk)
        return self.summit

    def act(self, row: Any, verb: str, name: str, **inputs: Any) -> Any:
        """Perform a verb as a seat, and return the outcome."""
        return perform(row, verb, actor=self.actor(name), now=self.now, inputs=Inputs(**inputs))

    def user(self, name: str) -> User:
        """Return the account of a seat's holder, with the tests' password."""
        user = User.objects.filter(person=self.people[name]).first()
        if user is None:
            user = User.objects.create_user(self.people[name].email, person=self.people[name])
        user.set_password(PASSWORD)
        user.save()
        return user


def make_world(*, template: str = SMALL, now: datetime = NOW, opening_on: date = OPENING, seats: Any = OFFICES) -> World:
    """Return a summit of Spain (XXXI, in Madrid) in `handover`, with a checklist and one person in each named seat.

    The usual one is committed once a session (conftest) and only found here; another one is built in an emptied database.
    """
    usual = (template, now, opening_on, seats) == (SMALL, NOW, OPENING, OFFICES)
    if usual and Summit.objects.filter(number=31).exists():
        return find_world()
    empty_database()
    protocol = load_conference(now=now)
    summit = create_summit(
        number=31,
        host=Party.objects.get(code="ES"),
        city="Madrid",
        zone="Europe/Madrid",
        opening_on=opening_on,
        protocol_list=protocol,
        actor=None,
        now=now,
    )
    world = World(summit=summit, now=now)
    for name in seats:
        seat_in(world, name)
    copy_template(summit, load_template(text=template, actor=None, now=now), actor=None, now=now)
    world.reread()
    return world


def find_world() -> World:
    """Return the usual world as it stands in the database."""
    world = World(summit=Summit.objects.get(number=31), now=NOW)
    holders = Membership.objects.current(NOW).select_related("seat__party", "person")
    offices = {(m.seat.party.code, m.seat.role, m.seat.number): m for m in holders}
    for name, (code, role, number) in OFFICES.items():
        held = offices["SPT-31" if code == "SPT" else code, role, number]
        world.seats[name], world.people[name] = held.seat, held.person
    return world


def empty_database() -> None:
    """Empty every table of the domain, inside the test's own transaction where it has one."""
    tables = ", ".join(connection.ops.quote_name(m._meta.db_table) for m in apps.get_app_config("workflows").get_models())
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending on a table that is emptied
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def seat_in(world: World, name: str) -> None:
    """Put a person named after the seat into it, opening the seat where the party has none."""
    code, role, number = OFFICES[name]
    party = Party.objects.get(code=f"SPT-{world.summit.number}" if code == "SPT" else code)
    seat = Seat.objects.filter(party=party, role=role, number=number).first()
    seat = seat or open_seat(party, role=role, actor=None, now=world.now)
    membership: Membership = fill_seat(
        seat,
        name=f"{name} holder",
        email=f"{name.replace('_', '.')}@example.org",
        starts_on=world.now.date() - timedelta(days=1),
        invite=False,
        actor=None,
        now=world.now,
    )
    world.seats[name], world.people[name] = seat, membership.person


def shipped_template() -> str:
    """Return the text of the checklist that the project ships."""
    return (DATA / "checklists" / "ibero-american-summit.yaml").read_text(encoding="utf-8")


def verify(world: World, code: str, *, by: str = "spt_officer", verifier: str = "secretary") -> Task:
    """Walk a task to `verified` by the real verbs, passing the warnings knowingly."""
    task = world.task(code)
    world.act(task, "submit", by, evidence="Entregado", accepted=warnings(task))
    world.act(task, "verify", verifier)
    return world.task(code)


def warnings(task: Task) -> frozenset[str]:
    """Return the codes of every warning that a task's verbs may raise, to pass them knowingly."""
    codes = task.depends_on.values_list("code", flat=True)
    return frozenset({f"waits_for:{code}" for code in codes} | {"answers_pending", "answers_to_verify", "attendance"})


def hold(world: World, code: str, *, by: str = "secretary") -> Meeting:
    """Walk a meeting to `held`."""
    meeting = world.meeting(code)
    if meeting.state == MeetingState.CONVENED:
        world.act(meeting, "begin", by)
    world.act(world.meeting(code), "close", by, accepted=frozenset({"attendance"}))
    return world.meeting(code)


# Texts ---------------------------------------------------------------------------------------------------------------

TEXTS = [
    ("Las Jefas y los Jefes de Estado, reunidos en Madrid;", "As Chefes e os Chefes de Estado, reunidos em Madri;"),
    ("Reafirmar el compromiso con la cooperación.", "Reafirmar o compromisso com a cooperação."),
]
STAGES = ("agenda_drafting", "sectoral_meetings", "text_drafting", "negotiation", "minister_review", "in_session")
MAIN = (DocumentKind.DECLARATION, DocumentKind.PROGRAMME_OF_ACTION)


def to_stage(world: World, stage: str) -> None:
    """Put the summit into a stage without walking its checklist (its own tests do)."""
    state = world.reread().state
    done = STAGES.index(state) + 1 if state in STAGES else 0
    for step in STAGES[done : STAGES.index(stage) + 1]:
        Summit.objects.filter(pk=world.summit.pk).update(state=step, version=world.reread().version + 1)
    world.reread()


def draft(world: World, kind: str = "declaration", *, by: str = "secretary", texts: Any = TEXTS) -> Document:
    """Begin a text with its paragraphs, by the seat that writes it."""
    document = create_document(
        world.summit, kind=kind, title={"es": "Un texto", "pt": "Um texto"}, actor=world.actor(by), now=world.now
    )
    add_paragraphs(document, kind="operative", texts=texts, actor=world.actor(by), now=world.now)
    return world.document(document.code)


def clear(world: World, document: Document, *, by: str = "secretary") -> Document:
    """Have a draft cleared by SEGIB, with its four clearances."""
    world.act(document, "submit_for_clearance", by)
    for office in ClearanceOffice:
        sign_clearance(document, office=office, actor=world.actor("segib_officer"), now=world.now)
    world.act(document, "clear", "approver")
    return world.document(document.code)


def circulate(world: World, document: Document, *, days: int = 7) -> Document:
    """Circulate a cleared text with a window of so many days."""
    world.act(document, "circulate", "secretary", window_ends_at=world.now + timedelta(days=days))
    return world.document(document.code)


def table(world: World, code: str = "cnrc_texts", kind: str = "cnrc") -> str:
    """Convene and begin a meeting, Paraguay present, and return its code."""
    title = {"es": "Mesa de textos", "pt": "Mesa de textos"}
    secretary = world.actor("secretary")
    meeting = convene_meeting(
        world.summit, code=code, kind=kind, title=title, starts_at=world.now, actor=secretary, now=world.now
    )
    world.act(meeting, "begin", "secretary")
    record_attendance(meeting, levels={Party.objects.get(code="PY"): "coordinator"}, actor=secretary, now=world.now)
    return code


def ready_texts(world: World, stage: str) -> None:
    """Bring the summit's texts to where they must stand for `stage` to be opened next, by the real verbs."""
    if stage == "sectoral_meetings":
        for kind in (DocumentKind.AGENDA, DocumentKind.CONCEPT_NOTE):
            clear(world, draft(world, kind))
    elif stage == "negotiation":
        for kind in MAIN:
            circulate(world, clear(world, draft(world, kind)))
    elif stage == "minister_review":
        for document in _negotiated(world):
            world.act(document, "close_window", "secretary")
    elif stage == "in_session":
        code = table(world, "rmre_texts", "rmre")
        for verb in ("open_negotiation", "elevate", "elevate_to_heads"):
            for document in _negotiated(world):
                world.act(document, verb, "secretary", meeting=code)
    elif stage == "follow_up":
        for document in _negotiated(world):
            world.act(document, "record_outcome", "secretary", outcome="presidency_text")
            world.act(world.document(document.code), "record_outcome", "approver")


def _negotiated(world: World) -> list[Document]:
    texts = Document.objects.select_related("summit", "proponent").filter(summit=world.summit, kind__in=MAIN)
    return list(texts.exclude(state=DocumentState.WITHDRAWN).order_by("kind"))


__all__ = [
    "NOW",
    "OFFICES",
    "OPENING",
    "PASSWORD",
    "SMALL",
    "TEXTS",
    "TaskState",
    "World",
    "circulate",
    "clear",
    "draft",
    "hold",
    "make_world",
    "ready_texts",
    "seat_in",
    "table",
    "to_stage",
    "verify",
]
