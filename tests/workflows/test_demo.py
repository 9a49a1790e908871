"""The demonstration: walked by the real actions, believable, marked as fictitious, and quiet until its first reminder."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase

from tests.factories import empty_database
from workflows.actions.demo import NotADemonstration, seed_demo
from workflows.actions.document import close_due_windows
from workflows.models import (
    Deadline,
    Decision,
    Document,
    Event,
    EventPayload,
    Evidence,
    Meeting,
    Message,
    Paragraph,
    Participation,
    Person,
    Position,
    Proposal,
    Reminder,
    Seat,
    Signature,
    Summit,
    Task,
    User,
)
from workflows.queries.actor import get_holder, make_actor
from workflows.queries.checklist import read_checklist
from workflows.queries.clock import local_date, read_clock
from workflows.queries.document_facts import lines_of, text_of
from workflows.queries.record import verify_all
from workflows.queries.reminder import reminder_book
from workflows.rules.facts import Actor

PASSWORD = "una-clave-para-la-demostracion"


def actor_in(party: str, role: str, now: datetime) -> Actor:
    seat = Seat.objects.select_related("party").get(party__code=party, role=role, number=1)
    holder = get_holder(seat, now)
    assert holder is not None
    return make_actor(seat=seat, person=holder)


def states(code: str) -> Counter[str]:
    return Counter(Task.objects.filter(code=code, parent__isnull=False).values_list("state", flat=True))


class Demonstration(TestCase):
    """One walk for all of them, taken back at the end; its `now` is the database's."""

    now: datetime
    summit: Summit

    @classmethod
    def setUpTestData(cls):
        empty_database()
        cls.now = read_clock()
        cls.summit = seed_demo(now=cls.now, password=PASSWORD)

    def test_today_falls_in_the_negotiation(self):
        summit = self.summit
        now = self.now
        today = local_date(now, summit.zone)
        opens = {phase.code: phase.opens_on(summit.opening_on) for phase in summit.phases.all()}
        assert summit.state == "negotiation"
        assert opens["negotiation"] <= today < opens["closing"]
        assert summit.opening_on.weekday() < 5
        assert "ficticia" in summit.note
        assert "fictícia" in summit.note
        assert (summit.motto_es, summit.motto_pt) == ("Las aguas que nos unen", "As águas que nos unem")

    def test_the_accounts_that_the_readme_names_exist(self):
        readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
        named = set(re.findall(r"[\w.-]+@demo\.example", readme))
        assert len(named) > 3
        assert named - set(User.objects.values_list("email", flat=True)) == set()

    def test_the_whole_checklist_is_there_believably_half_done(self):
        summit = self.summit
        lines = Counter(Task.objects.filter(summit=summit).top().values_list("state", flat=True))
        assert sum(lines.values()) == 95
        assert lines["waived"] + lines["not_applicable"] == 4
        assert 40 <= lines["verified"] <= 60
        assert (lines["in_progress"], lines["submitted"]) == (4, 2)
        late = Deadline.objects.filter(summit=summit, task__parent__isnull=True, due_at__lt=summit.state_since)
        assert set(late.values_list("task__state", flat=True)) <= {"verified", "waived", "not_applicable", "in_progress"}

    def test_what_was_asked_of_states_came_in_every_way(self):
        summit = self.summit
        assert states("NEG-01") == {
            "verified": 7,
            "submitted": 3,
            "no_comments": 1,
            "in_progress": 3,
            "pending": 8,
        }
        assert states("DOC-03") == {"verified": 18, "no_comments": 1, "window_closed": 3}
        assert states("HND-07") == {"verified": 22}
        assert {code: sum(states(code).values()) for code in ("SEC-02", "SEC-09", "DOC-10", "COO-04")} == dict.fromkeys(
            ("SEC-02", "SEC-09", "DOC-10", "COO-04"), 3
        )
        answers = Task.objects.filter(code="NEG-01", parent__isnull=False, state="verified")
        assert Counter(answers.values_list("channel", flat=True)) == {"page": 5, "note_verbale": 2}
        assert all(
            number.startswith("Nota verbal ")
            for number in answers.filter(channel="note_verbale").values_list("note_number", flat=True)
        )
        assert Event.objects.filter(summit_id=summit.pk, verb="task.return").count() == 1

    def test_a_late_answer_was_taken_after_its_window_had_closed(self):
        late = Task.objects.get(code="DOC-03", responsible__code="SV")
        assert late.state == "verified"
        assert late.received_at > late.parent.settled_at

    def test_the_pages_have_something_to_say(self):
        summit = self.summit
        now = self.now
        lines = {
            line.task.code: line for line in read_checklist(summit, actor=actor_in("SPT-31", "secretary", now), now=now).every
        }
        assert lines["ACR-01"].standing == "late"
        assert {code for code, line in lines.items() if line.standing == "late"} == {"ACR-01"}
        assert {"ACR-02", "ACR-03"} <= {code for code, line in lines.items() if line.standing == "blocked"}
        assert {"DOC-11", "NEG-01"} <= {code for code, line in lines.items() if line.standing == "soon"}
        assert (lines["NEG-01"].received, lines["NEG-01"].asked, lines["NEG-01"].to_verify) == (8, 22, 3)

    def test_a_task_of_segib_is_due_today(self):
        summit = self.summit
        now = self.now
        deadline = Deadline.objects.get(summit=summit, task__code="DOC-11")
        assert deadline.due_on == local_date(now, summit.zone)
        assert deadline.pinned_reason.startswith("Los informes acompañan")

    def test_meetings_were_held_and_decided(self):
        summit = self.summit
        held = Meeting.objects.filter(summit=summit, state="minutes_approved").order_by("held_on")
        assert [m.code for m in held] == ["cnrc_1", "cnrc_2", "rmre_midterm", "cnrc_documents"]
        assert all(m.attendance.count() == 22 and m.agenda.exists() and m.decisions.exists() and m.minutes for m in held)
        subjects = set(Decision.objects.values_list("subject", flat=True))
        assert {"theme_motto_calendar", "document_list"} <= subjects

    def test_both_offices_signed_what_both_must_sign(self):
        assert list(Signature.objects.order_by("pk").values_list("verb", "office")) == [
            ("open_sectoral_meetings", "segib.approver"),
            ("open_negotiation", "spt.secretary"),
        ]
        assert not Signature.objects.waiting().exists()

    def test_the_record_verifies_and_runs_in_time(self):
        summit = self.summit
        now = self.now
        assert [v.problems for v in verify_all() if v.problems] == []
        instants = list(Event.objects.filter(summit_id=summit.pk).order_by("number").values_list("at", flat=True))
        assert instants == sorted(instants)
        assert instants[-1] < now
        assert instants[0] < now - timedelta(days=650)

    def test_what_is_waived_or_set_aside_says_why(self):
        acts = Event.objects.filter(verb__in=["task.waive", "task.mark_not_applicable", "task.return"]).values("uuid")
        reasons = EventPayload.objects.filter(event_uuid__in=acts).values_list("reason", flat=True)
        assert len(reasons) == 5
        assert all(reasons)

    def test_the_past_mails_nothing_and_one_deadline_is_due(self):
        summit = self.summit
        now = self.now
        assert set(Message.objects.values_list("state", "cancelled_reason")) == {("cancelled", "demo_history")}
        assert list(Deadline.objects.filter(next_wake_at__lte=now).values_list("task__code", flat=True)) == ["DOC-11"]
        deadline = Deadline.objects.select_related("summit", "task__responsible").get(task__code="DOC-11")
        due = reminder_book(summit, now).plan(deadline, (), now).send
        assert {Seat.objects.get(pk=d.seat).role for d in due} == {"approver", "officer"}
        assert set(Reminder.objects.values_list("outcome", flat=True)) == {"passed"}

    def test_offices_have_accounts_and_nobody_has_a_name(self):
        people = Person.objects.order_by("pk")
        assert people.count() == User.objects.count() == 9 + 22
        assert all("emostración" in p.name or "emonstração" in p.name for p in people)
        assert all(p.email.endswith("@demo.example") for p in people)
        assert Person.objects.get(email="cn.br@demo.example").language == "pt-br"
        assert Person.objects.get(email="cn.pt@demo.example").language == "pt-pt"
        assert User.objects.get(email="spt.oficial@demo.example").check_password(PASSWORD)
        asked = Participation.objects.filter(party__kind="delegation").values_list("party__code", flat=True)
        assert {f"cn.{code.lower()}@demo.example" for code in asked} <= set(User.objects.values_list("email", flat=True))

    def test_a_delegation_s_draft_is_its_own(self):
        now = self.now
        drafts = Evidence.objects.filter(submitted_at__isnull=True)
        assert drafts.count() == 2
        assert not drafts.visible_to(actor_in("SPT-31", "secretary", now)).exists()
        assert drafts.visible_to(actor_in("PY", "national_coordinator", now)).count() == 1

    def test_every_text_is_there_and_where_it_should_be(self):
        texts = Document.objects.filter(summit=self.summit).order_by("pk")
        assert {d.code: (d.state, d.version_number) for d in texts} == {
            "concept-note": ("approved", 1),
            "agenda": ("approved", 1),
            "declaration": ("in_negotiation", 1),
            "programme-of-action": ("consolidating", 1),
            "special-communique-py": ("circulated", 1),
            "special-communique-br": ("drafting", 0),
        }
        open_windows = Deadline.objects.open().filter(document__isnull=False).values_list("document__code", flat=True)
        assert set(open_windows) == {"special-communique-py"}

    def test_the_declaration_has_thirty_paragraphs_some_of_them_settled(self):
        paragraphs = text_of([Document.objects.get(summit=self.summit, code="declaration")])
        (text,) = paragraphs.values()
        numbered = {line.number: p for p, line in zip(text, lines_of(text), strict=True) if line.number}
        assert len(numbered) == 30
        assert list(numbered)[:9] == ["A", "B", "C", "D", "E", "F", "G", "H", "1"]
        assert list(numbered)[-2:] == ["Anexo 1", "Anexo 2"]
        assert Counter(p.state for p in numbered.values()) == {
            "proposed": 12,
            "agreed": 12,
            "bracketed": 4,
            "in_consultation": 1,
            "agreed_ad_referendum": 1,
        }
        assert [n for n, p in numbered.items() if p.status("pt") != "current"] == ["18"]
        assert all(p.status("es") == "current" for p in numbered.values())

    def test_delegations_have_spoken_and_say_that_it_is_invented(self):
        proposals, positions = Proposal.objects.order_by("pk"), Position.objects.order_by("pk")
        assert Counter(proposals.values_list("state", flat=True)) == {
            "submitted": 9,
            "merged": 2,
            "accepted": 2,
            "not_retained": 1,
            "withdrawn": 1,
            "draft": 2,
        }
        assert [p.party.code for p in proposals.filter(is_late=True)] == ["SV"]
        assert Counter(positions.standing().values_list("kind", flat=True)) == {
            "agrees": 10,
            "proposes_amendment": 6,
            "consulting_capital": 3,
            "scrutiny_reserve": 1,
            "agrees_ad_referendum": 1,
        }
        assert set(positions.values_list("channel", flat=True)) == {"page", "orally", "note_verbale"}
        said = [*proposals.values_list("text", flat=True), *positions.values_list("note", flat=True)]
        assert all("Ficticio, para la demostración" in s or "Fictício, para a demonstração" in s for s in said)

    def test_lines_of_the_checklist_follow_their_texts(self):
        done = Task.objects.filter(summit=self.summit, done_by_kind__gt="").order_by("code")
        assert dict(done.values_list("code", "state")) == {
            "CIE-02": "pending",
            "CON-04": "verified",
            "DOC-05": "verified",
            "DOC-08": "verified",
            "NEG-04": "pending",
            "SGM-01": "pending",
        }
        followed = Event.objects.filter(verb="task.follow_document").order_by("number")
        assert list(followed.values_list("object_label", flat=True)) == ["CON-04", "DOC-05", "DOC-08"]

    def test_texts_that_are_no_delegation_s_draft_are_in_both_languages(self):
        for p in Paragraph.objects.filter(document__summit=self.summit).exclude(document__code="special-communique-br"):
            assert p.text_es
            assert p.text_pt
        draft = Document.objects.get(code="special-communique-br")
        assert draft.first_language == "pt"
        assert [bool(p.text_es) for p in draft.paragraphs.order_by("rank")] == [True, False, False, False]

    def test_the_draft_of_a_text_is_its_delegation_s_own(self):
        now, draft = self.now, Document.objects.get(code="special-communique-br")
        others = [
            ("SPT-31", "secretary"),
            ("SEGIB", "approver"),
            ("SEGIB", "auditor"),
            ("PY", "national_coordinator"),
            ("OEI", "liaison"),
        ]
        for party, role in others:
            actor = actor_in(party, role, now)
            assert not Document.objects.visible_to(actor).filter(pk=draft.pk).exists()
            assert not Event.objects.visible_to(actor).filter(object_uuid=draft.uuid).exists()
        own = actor_in("BR", "national_coordinator", now)
        assert Document.objects.visible_to(own).filter(pk=draft.pk).exists()
        drafts = Proposal.objects.filter(state="draft")
        assert {p.party.code for p in drafts} == {"PY", "BR"}
        assert {p.party.code for p in drafts.visible_to(own)} == {"BR"}
        assert not drafts.visible_to(actor_in("SPT-31", "secretary", now)).exists()

    def test_no_window_is_closed_by_the_first_sweep(self):
        assert close_due_windows(now=self.now) == 0
        assert close_due_windows(now=self.now + timedelta(days=12)) == 1

    def test_a_second_time_changes_nothing(self):
        before = (Event.objects.count(), User.objects.count(), Task.objects.count())
        said = StringIO()
        call_command("seed_demo", stdout=said)
        assert (Event.objects.count(), User.objects.count(), Task.objects.count()) == before
        assert "spt.oficial@demo.example" in said.getvalue()

    def test_a_real_installation_refuses_it(self):
        now = self.now
        with self.settings(CLOCK_OFFSET_ALLOWED=False, SUMMITPREP_DEMO=False, DEBUG=False):
            with pytest.raises(NotADemonstration):
                seed_demo(now=now, password=PASSWORD)
            with pytest.raises(CommandError, match="SUMMITPREP_DEMO"):
                call_command("seed_demo")
