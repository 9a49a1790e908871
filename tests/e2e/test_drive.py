"""One Summit from handover to archive, over HTTP, with real worker, broker, database and mail server, the clock moved for all.

Both secretariats work by the API with the tokens of their seats, the delegations on their pages; the texts go their way with
the lines of the checklist (`drive_texts.py`). The notices that arrive are
those of `drive_notices.txt`, in their order and languages; SUMMITPREP_WRITE_NOTICES=1 writes that file anew.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.drive import Installation, Person, Refused, System, accepted_in, installation
from tests.e2e.drive_texts import OUTCOMES, Texts
from tests.factories import shipped_template
from workflows.rules.templates import OPENING_DAY, TaskPlan, parse

NOTICES = Path(__file__).with_name("drive_notices.txt")
OPENING = date(2031, 11, 12)  # a Wednesday
ZONE = ZoneInfo("America/Montevideo")
BEGAN = datetime(2029, 11, 20, 15, 17, tzinfo=UTC)
EARLY, LATE = 16, 2
"""Days before its deadline on which a line is worked on: before its first reminder, or after some."""
AFTER_REMINDERS = {"CON-03", "DOC-04", "DOC-03", "NEG-01"}
OVERDUE = {"LOG-02"}
CLOSED_EARLY = {"SGR-02", "PRO-02", "ACR-02"}
"""Windows that are closed once those who had something to say have answered."""
SET_ASIDE = {
    "SEC-07": "El PACCI vigente termina después de la Cumbre siguiente.",
    "COO-06": "El PACCI vigente termina después de la Cumbre siguiente.",
    "COO-02": "No hay propuestas de Programas nuevos.",
    "COO-04": "No hay Programas a los que adherirse.",
}
WAIVED = {"HND-08": "La misión se hizo por videoconferencia."}
ASKED = {"SEC-02": ["CR", "PE"], "SEC-09": ["CR", "PE"], "DOC-10": ["EC"], "NEG-06": ["BR"]}
ANSWERS: dict[str, dict[str, list[str]]] = {
    "HND-07": {"page": ["AD", "BR", "GT", "PT"], "note": ["HN", "UY"]},
    "SEC-02": {"page": ["CR", "PE"]},
    "SEC-08": {"page": ["OEI", "OIJ"], "note": ["OISS"]},
    "SEC-09": {"page": ["CR", "PE"]},
    "DOC-03": {"page": ["AD", "BR", "PY", "PT"], "note": ["CU"], "no_comments": ["EC"]},
    "NEG-01": {"page": ["BR", "CR", "PT", "PY"], "note": ["CU"], "no_comments": ["EC"], "clarified": ["GT"]},
    "DOC-10": {"page": ["EC"]},
    "NEG-06": {"page": ["BR"]},
    "SGR-02": {"page": ["AD"]},
    "PRO-02": {"page": ["BR"]},
    "PRO-04": {"page": ["CR", "PT"]},
    "ACR-02": {"page": ["PY"]},
}
ACTING = {"approver", "segib", "secretary", "officer"} | {
    party for told in ANSWERS.values() for way, parties in told.items() if way != "note" for party in parties
}
"""Those who sign in; the others hold their seats, get their mail, and answer on paper or not at all."""
DECISIONS = {"cnrc_1": "theme_motto_calendar", "cnrc_documents": "document_list"}
OPENS = {
    "concept": ("open_agenda", ["secretary"]),
    "sectoral": ("open_sectoral_meetings", ["secretary", "approver"]),
    "drafting": ("open_drafting", ["secretary"]),
    "negotiation": ("open_negotiation", ["approver", "secretary"]),
    "closing": ("open_minister_review", ["secretary"]),
    "summit": ("open_session", ["secretary"]),
    "followup": ("record_outcomes", ["secretary", "approver"]),
}
"""By which verb each phase is entered, and who signs, the first office first."""
LANGUAGES = {"BR": "pt-br", "PT": "pt-pt", "OIJ": "en"}
TEMPLATE = parse(shipped_template())
PLANS: dict[str, TaskPlan] = {plan.code: plan for plan in TEMPLATE.tasks}

type Step = tuple[datetime, int, Callable[[], None]]


@dataclass
class Drive:
    """The actors, what they have read of the Summit, and when each thing is to be done."""

    house: Installation
    systems: dict[str, System] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    waived: int = 0
    summit: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    settled: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin without texts."""
        self.texts = Texts(self)

    # People -----------------------------------------------------------------------------------------------------

    def welcome(self, key: str, email: str, link: str) -> None:
        """Let a person follow the link of an invitation, and sign in."""
        self.people[key] = Person(self.house.base, email, len(self.people) + 1)
        self.people[key].accept(link)

    def invite(self, by: str, *seats: tuple[str, str, str]) -> None:
        """Fill seats (party, role, the key of who sits there) by the API; those who act come in by the mail that arrives."""
        found = {(s["party"]["code"], s["role"]): s["uuid"] for s in self.systems[by].every("seats/?limit=200")}
        for party, role, key in seats:
            given = {"name": f"Titular {key}", "email": address(key), "language": LANGUAGES.get(party, "es")}
            self.systems[by].post(f"seats/{found[party, role]}/fill/", {**given, "note": f"Nota de {key}"})
        mails = {mail.recipients[0]: mail.text for mail in self.rest()}
        for _party, _role, key in seats:
            link = re.search(r"https?://\S+/accounts/password/\S+", mails[address(key)])
            assert link, mails[address(key)]
            if key in ACTING:
                self.welcome(key, address(key), link[0])
        self.rest()

    def renew(self, key: str) -> None:
        """Make a token that lasts for most of a year."""
        until = (self.house.now() + timedelta(days=360)).replace(microsecond=0)
        self.systems[key] = System(self.house.base, self.people[key].make_token(until))

    def equip(self, key: str) -> None:
        """Set up what a secretariat's seat needs: a second factor, and a token for its own system."""
        self.people[key].set_up_second_factor()
        self.renew(key)

    def collect(self) -> list[Any]:
        """Take the mails that have arrived into the list of notices."""
        mails = self.house.new_mails()
        for mail in mails:
            language = dict(mail.headers).get("Content-Language", "-")  # "-": of the accounts, sent by the page itself
            self.notices.append(f"{language:<5} {mail.recipients[0]:<22} {' '.join(mail.subject.split())}")
        return mails

    # Time -------------------------------------------------------------------------------------------------------

    def go_to(self, instant: datetime) -> None:
        """Move the clock of all, send the beat's job, and wait until what fell due has been sent."""
        self.rest()
        if instant > self.house.now():
            self.house.move_clock(instant)
            self.house.job("sweep")
        self.rest()

    def rest(self) -> list[Any]:
        """Wait until nothing is due, and take the mails."""
        self.house.rest()
        return self.collect()

    def day(self, offset: int, hour: int = 12) -> datetime:
        """Return an hour of a local day, counted from the opening day; seventeen minutes past, for nothing falls due then."""
        opening_on = date.fromisoformat(self.summit["opening_on"])
        return datetime.combine(opening_on + timedelta(days=offset), time(hour, 17), ZONE)

    def before(self, code: str, days: int) -> datetime:
        """Return noon so many days before a line's deadline."""
        due_at = datetime.fromisoformat(self.lines[code]["due_at"]["utc"]).astimezone(ZONE)
        return datetime.combine(due_at.date() - timedelta(days=days), time(12, 17), ZONE)

    def worked_at(self, code: str) -> datetime:
        """Return when a line is worked on: on its meeting's evening, on the days of the Summit, else before its deadline."""
        plan = PLANS[code]
        if plan.anchor != OPENING_DAY and plan.rule.offset >= 0:
            held_on = date.fromisoformat(self.meetings[plan.anchor]["held_on"])
            planned = datetime.combine(held_on + timedelta(days=plan.rule.offset), time(18, 17), ZONE)
        elif plan.phase == "summit":
            planned = self.before(code, 0)
        else:
            days = -LATE if code in OVERDUE else LATE if code in AFTER_REMINDERS else EARLY
            planned = self.before(code, days)
        return max([planned, self.day(-719), *(self.settled_at(other) for other in plan.depends_on)])

    def settled_at(self, code: str) -> datetime:
        """Return when nothing is owed of a line any more: of what is asked of several, when its window is closed."""
        if code not in self.settled:
            is_open = PLANS[code].scope != "single" and code not in {*SET_ASIDE, *CLOSED_EARLY}
            self.settled[code] = max(self.worked_at(code), self.before(code, -LATE)) if is_open else self.worked_at(code)
        return self.settled[code]

    # Reading ----------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read Summit, checklist and calendar as they now are."""
        system = self.systems["secretary"]
        self.summit = system.get(f"summits/{self.summit['uuid']}/")
        rows = system.every("tasks/?summit=xxxi&parent=none&limit=100&fields=code,due_at,href,scope,responsible,verified_by")
        self.lines = {row["code"]: row for row in rows}
        self.meetings = {row["code"]: row for row in system.every("meetings/?summit=xxxi")}

    def part(self, code: str, party: str) -> dict[str, Any]:
        """Read one party's part of a line."""
        found: dict[str, Any] = self.systems["officer"].get(f"tasks/?summit=xxxi&code={code}&responsible={party}")["results"][0]
        return found

    # Doing ------------------------------------------------------------------------------------------------------

    def act(self, by: str, row: dict[str, Any], verb: str, **given: Any) -> Any:
        """Perform a verb by a secretariat's system."""
        return self.systems[by].post(f"{row['href']}transitions/{verb}/", given, row["version"])

    def line(self, code: str) -> None:
        """Do the work of one secretariat: handed in by one office, verified by another, or done by what befalls a text."""
        if code in self.texts.instead:
            self.texts.instead[code]()
            assert self.systems["officer"].get(self.lines[code]["href"])["state"] == "verified"
            return
        row = self.lines[code]
        is_segib = row["responsible"]["code"] == "SEGIB"
        if code in WAIVED:
            self.waived += 1
            self.act("approver" if is_segib else "secretary", row, "waive", reason=WAIVED[code], authority="Secretaría Adjunta")
        elif code in SET_ASIDE:
            self.act("approver" if is_segib else "secretary", row, "mark_not_applicable", reason=SET_ASIDE[code])
        else:
            row = self.act("segib" if is_segib else "officer", row, "submit", evidence=f"Expediente {code}")
            of_segib = "approver" if is_segib else "segib"
            self.act(of_segib if row["verified_by"]["code"] == "SEGIB" else "secretary", row, "verify")
        self.texts.besides.get(code, nothing)()

    def answers(self, code: str) -> None:
        """Ask whom it is asked of, and let each answer in its own way; the officer receives."""
        for party in ASKED.get(code, ()):
            row = self.systems["secretary"].get(self.lines[code]["href"])
            self.systems["secretary"].post(f"{row['href']}ask-party/", {"party": party}, row["version"])
            self.rest()
        self.texts.besides.get(code, nothing)()
        told = ANSWERS.get(code, {})
        for party in told.get("page", ()):
            self.on_page(code, party, "submit", evidence=f"Respuesta de {party}")
            self.act("officer", self.part(code, party), "verify")
        for party in told.get("note", ()):
            paper = {"on_behalf": True, "channel": "note_verbale", "note_number": f"Nota {party}/7"}
            self.act("officer", self.act("segib", self.part(code, party), "submit", evidence="Por nota", **paper), "verify")
        for party in told.get("no_comments", ()):
            self.on_page(code, party, "declare_no_comments")
        for party in told.get("clarified", ()):
            self.on_page(code, party, "submit", evidence="Observaciones")
            taken = self.part(code, party)
            taken = self.systems["officer"].post(f"{taken['href']}take-up/", {}, taken["version"])
            self.act("officer", taken, "return", reason="Se ruega precisar el párrafo.")
            self.on_page(code, party, "comment", text="Se refiere al párrafo 14.")
            self.on_page(code, party, "submit", evidence="Observaciones al párrafo 14")
            self.act("officer", self.part(code, party), "verify")

    def on_page(self, code: str, party: str, verb: str, **fields: str) -> None:
        """Do something on a delegation's own page; what only warns is read and ticked."""
        path = f"/summits/xxxi/tasks/{code}/{party}/{verb}/"
        browser = self.people[party].browser
        try:
            browser.post(path, **fields)
        except Refused as refusal:
            accepted = accepted_in(str(refusal))
            if not accepted:
                raise
            browser.post(path, accepted=accepted, **fields)

    def close(self, code: str) -> None:
        """Close a window: what has not arrived closes with it."""
        self.act("secretary", self.systems["secretary"].get(self.lines[code]["href"]), "close_window")

    def hold(self, code: str) -> None:
        """Record a meeting on the evening of its first day."""
        meeting = self.meetings[code]
        by = "approver" if meeting["convened_by"]["code"] == "SEGIB" else "secretary"
        meeting = self.act(by, meeting, "begin", occurred_at=meeting["starts_at"]["utc"])
        levels = [{"party": party, "level": "coordinator"} for party in self.members]
        meeting = self.systems[by].post(f"{meeting['href']}attendance/", {"levels": levels}, meeting["version"], "PATCH")
        if code in DECISIONS:
            decided = {"subject": DECISIONS[code], "text": {"es": "Se aprueba.", "pt": "Aprova-se."}}
            self.systems[by].post(f"{meeting['href']}decisions/", decided, meeting["version"])
            meeting = self.systems[by].get(meeting["href"])
        self.texts.tables.get(code, nothing)()
        self.act(by, self.act(by, meeting, "close"), "approve_minutes")

    def enter(self, phase: str) -> None:
        """Take the Summit into a phase; where both offices sign, the first signature waits for the second."""
        verb, offices = OPENS[phase]
        for office in offices:
            self.summit = self.systems[office].get(self.summit["href"])
            answer = self.act(office, self.summit, verb)
            assert ("waiting" in answer) == (office != offices[-1])
        self.rest()

    # The story --------------------------------------------------------------------------------------------------

    def steps(self) -> list[Step]:
        """Return all that is done from the first line to the last, in order."""
        steps: list[Step] = [(self.day(offset), 0, self.renew_all) for offset in (-400, -100)]
        for code, meeting in self.meetings.items():
            steps.append(
                (datetime.combine(date.fromisoformat(meeting["held_on"]), time(18, 17), ZONE), 1, lambda c=code: self.hold(c))
            )
        for place, plan in enumerate(_in_order()):
            code = plan.code
            if plan.scope == "single" or code in SET_ASIDE:
                steps.append((self.settled_at(code), 2 + place, lambda c=code: self.line(c)))
            else:
                begins = min(self.worked_at(code), self.before(code, LATE if code in AFTER_REMINDERS else EARLY))
                begins = max([begins, *(self.settled_at(other) for other in plan.depends_on)])
                steps.append((begins, 2 + place, lambda c=code: self.answers(c)))
                steps.append((self.settled_at(code), 2 + place, lambda c=code: self.close(c)))
        for phase in TEMPLATE.phases[1:]:
            blocking = [self.settled_at(plan.code) for plan in TEMPLATE.tasks if plan.blocks == phase.code]
            steps.append((max([self.day(phase.opens, 15), *blocking]), 1000, lambda p=phase.code: self.enter(p)))
        steps.append((self.day(1, 14), 999, self.hand_over))
        return sorted(steps, key=lambda step: step[:2])

    def renew_all(self) -> None:
        """Make new tokens before the old ones end."""
        for key in ("approver", "segib", "secretary", "officer"):
            self.renew(key)

    def hand_over(self) -> None:
        """Record the handover, while the Summit is in session."""
        summit = self.systems["secretary"].get(self.summit["href"])
        given = {"successor": "CR", "note": "Traspaso en la clausura."}
        self.systems["secretary"].post(f"{summit['href']}record-handover/", given, summit["version"])


def nothing() -> None:
    """Do nothing."""


def address(key: str) -> str:
    """Return the mail address of who acts under this key."""
    return f"{key.lower()}@drive.example"


def _in_order() -> list[TaskPlan]:
    """Return the lines so that each follows those that it waits for."""
    placed: dict[str, TaskPlan] = {}

    def place(plan: TaskPlan) -> None:
        for code in plan.depends_on:
            place(PLANS[code])
        placed.setdefault(plan.code, plan)

    for plan in TEMPLATE.tasks:
        place(plan)
    return list(placed.values())


def prepare(drive: Drive, told: str) -> None:
    """Both secretariats and all delegations come in; the Summit is created, gets its checklist, and moves by a week."""
    drive.welcome("approver", "aprobador@segib.example", told.split()[-1])
    drive.equip("approver")
    approver = drive.systems["approver"]
    drive.members = [party["code"] for party in approver.every("parties/?kind=delegation&limit=100")]
    coordinators = [(code, "national_coordinator", code) for code in drive.members]
    liaisons = [(code, "liaison", code) for code in ("OEI", "OIJ")]
    drive.invite("approver", ("SEGIB", "officer", "segib"), *coordinators, *liaisons)
    drive.equip("segib")
    planned = {"number": 31, "host": "UY", "city": "Colonia", "zone": str(ZONE), "opening_on": str(OPENING - timedelta(days=7))}
    drive.summit = approver.post("summits/", planned)
    drive.invite("approver", ("SPT-31", "secretary", "secretary"))
    drive.equip("secretary")
    drive.invite("secretary", ("SPT-31", "officer", "officer"))
    drive.equip("officer")
    template = approver.post("templates/", {"text": shipped_template()})
    drive.summit = approver.get(drive.summit["href"])
    approver.post(f"{drive.summit['href']}copy-template/", {"template": template["uuid"]}, drive.summit["version"])
    drive.summit = approver.get(drive.summit["href"])
    moved = {"opening_on": str(OPENING), "reason": "Coincide con otra Cumbre."}
    drive.systems["secretary"].post(f"{drive.summit['href']}change-date/", moved, drive.summit["version"])
    drive.rest()
    drive.read()


@pytest.mark.long
def test_a_summit_goes_from_handover_to_archive(tmp_path: Path) -> None:
    with installation(tmp_path, BEGAN) as (house, told):
        drive = Drive(house)
        prepare(drive, told)
        for instant, _place, act in drive.steps():
            drive.go_to(instant)
            act()
        drive.rest()
        summit = drive.systems["approver"].get(drive.summit["href"])
        assert drive.act("approver", summit, "archive")["state"] == "archived"
        drive.rest()
        states = Counter(row["state"] for row in drive.systems["approver"].every("tasks/?summit=xxxi&limit=200&fields=state"))
        assert set(states) == {"verified", "waived", "not_applicable", "no_comments", "window_closed"}
        assert drive.waived == states["waived"] <= 5
        texts = drive.systems["approver"].every("documents/?summit=xxxi&limit=100")
        assert {row["href"]: row["outcome"] for row in texts if row["outcome"]} == {
            drive.texts.where[key]: outcome for key, outcome in OUTCOMES.items()
        }
        assert Counter(row["state"] for row in texts) == {"approved": 2, "published": 1, "concluded": 3}
        assert house.ask("SELECT count(*) FROM workflows_message WHERE state NOT IN ('sent', 'cancelled')") == 0
        assert house.ask("SELECT count(*) FROM workflows_message WHERE state = 'sent'") == sum(
            not line.startswith("-") for line in drive.notices
        )
        house.run("verify", "manage.py", "verify_events")
        assert {line.split()[0] for line in drive.notices} == {"-", "es", "pt-br", "pt-pt", "en"}
        received = "\n".join([*drive.notices, ""])
        if os.environ.get("SUMMITPREP_WRITE_NOTICES") == "1":
            NOTICES.write_text(received, encoding="utf-8")
        assert received == NOTICES.read_text(encoding="utf-8")
