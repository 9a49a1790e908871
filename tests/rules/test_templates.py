"""Checklist templates: the shipped one, and every way in which a file can be wrong, with its line and its sentence."""

import json
from dataclasses import replace
from datetime import time
from pathlib import Path
from time import process_time
from zoneinfo import available_timezones

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules import templates
from workflows.rules.deadlines import Rule
from workflows.rules.ladders import Rung
from workflows.rules.templates import (
    SENTENCES,
    DoneBy,
    LadderPlan,
    MeetingPlan,
    Phase,
    TaskPlan,
    Template,
    TemplateInvalid,
    TemplateProblem,
    Texts,
    dump,
    parse,
    reading,
)
from workflows.rules.templates.checks import check
from workflows.rules.templates.fields import Problems
from workflows.rules.templates.reading import STATES, Draft, Placed

DATA = Path(templates.__file__).parents[2] / "data"
SHIPPED = DATA / "checklists" / "ibero-american-summit.yaml"

SMALL = """\
code: small
version: 1
title: {es: Lista, pt: Lista, en: List}
phases:
  - code: first
    state: handover
    opens: -20
    title: {es: Primera, pt: Primeira, en: First}
  - code: second
    state: negotiation
    opens: -10
    title: {es: Segunda, pt: Segunda, en: Second}
meetings:
  - code: talks
    kind: cnrc
    convened_by: spt
    offset_days: -12
    title: {es: Reunión, pt: Reunião, en: Meeting}
ladders:
  - code: work
    rungs:
      - {offset: -1, reach: [responsible]}
      - {offset: 1, reach: [responsible, coordinator]}
  - code: contribution
    rungs:
      - {offset: -1, reach: [responsible, alternate]}
      - {offset: 1, reach: [spt]}
tasks:
  - code: A-01
    phase: first
    title: {es: Pedir, pt: Pedir, en: Ask}
    kind: work
    responsible: spt
    verified_by: segib
    scope: single
    deadline: {anchor: opening_day, offset: -20, unit: days, calendar: host, time_of_day: end_of_day_host}
    deliverable: {es: Nota, pt: Nota, en: Note}
  - code: A-02
    phase: first
    title: {es: Enviar, pt: Enviar, en: Send}
    kind: contribution
    responsible: delegation
    verified_by: spt
    scope: all_members
    deadline: {anchor: talks, offset: 2, unit: days, calendar: all_members, time_of_day: last_capital}
    depends_on: [A-01]
    deliverable: {es: Aportes, pt: Contribuições, en: Inputs}
    blocks: second
    gate: hard
"""


def load(name: str) -> list[dict]:
    """Return one of the project's lists."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def shipped() -> Template:
    """Return the template that the project ships."""
    return parse(SHIPPED.read_text(encoding="utf-8"))


def found(text: str) -> list[tuple[str, int]]:
    """Return code and line of every problem of a text."""
    with pytest.raises(TemplateInvalid) as caught:
        parse(text)
    return [(problem.code, problem.line) for problem in caught.value.problems]


def sentences(text: str) -> list[str]:
    """Return the sentences of every problem of a text."""
    with pytest.raises(TemplateInvalid) as caught:
        parse(text)
    with override("en"):
        return [str(problem.message) for problem in caught.value.problems]


def edited(old: str, new: str) -> str:
    """Return the small template with the first occurrence of a piece of its text changed."""
    assert old in SMALL
    return SMALL.replace(old, new, 1)


class TestTheShippedTemplate:
    def test_it_is_read_whole(self):
        template = shipped()
        assert (template.code, template.version) == ("ibero-american-summit", 1)
        assert len(template.tasks) == 95
        assert len([task for task in template.tasks if task.kind == "contribution"]) == 11
        assert [phase.state for phase in template.phases] == list(STATES)
        assert [meeting.code for meeting in template.meetings] == [
            "cnrc_1",
            "cnrc_2",
            "rmre_midterm",
            "cnrc_documents",
            "unga_meeting",
            "cnrc_extraordinary",
            "cnrc_final",
            "rmre_final",
        ]

    def test_the_tasks_that_a_document_completes(self):
        done_by = {task.code: (task.done_by.kind, task.done_by.verb) for task in shipped().tasks if task.done_by}
        assert done_by == {
            "CON-04": ("concept_note", "clear"),
            "DOC-05": ("declaration", "clear"),
            "DOC-08": ("declaration", "circulate"),
            "NEG-04": ("declaration", "recirculate"),
            "CIE-02": ("declaration", "agree"),
            "SGM-01": ("declaration", "publish"),
        }

    def test_its_texts_are_complete_in_three_languages(self):
        template = shipped()
        parts = [*template.phases, *template.meetings, *template.tasks]
        texts = [template.title, *(part.title for part in parts), *(task.deliverable for task in template.tasks)]
        texts += [task.applies_if for task in template.tasks if task.applies_if]
        assert all(text.es and text.pt and text.en for text in texts)
        assert len([task for task in template.tasks if task.applies_if]) == 3

    @pytest.mark.parametrize("unexplained", ["AGNU", "UNGA", "MdE", "PA", "v1", "v2", "SGI", "BR", "22"])
    def test_its_texts_use_no_unexplained_abbreviation(self, unexplained):
        words = (
            SHIPPED.read_text(encoding="utf-8").replace(",", " ").replace(".", " ").replace("(", " ").replace(")", " ").split()
        )
        assert unexplained not in words

    def test_contributions_end_with_the_last_capital_and_all_else_with_the_host_city(self):
        template = shipped()
        assert {(task.kind, task.rule.time_of_day) for task in template.tasks} == {
            ("contribution", "last_capital"),
            ("work", "end_of_day_host"),
        }

    def test_no_day_off_can_move_a_task_before_the_meeting_on_the_same_day_for_which_it_waits(self):
        template = shipped()
        tasks = {task.code: task for task in template.tasks}
        strength = {"none": 0, "host": 1, "all_members": 2}
        assert [
            (task.code, other)
            for task in template.tasks
            for other in task.depends_on
            if template.planned_on(task) == template.planned_on(tasks[other])
            and strength[task.rule.calendar] > strength[tasks[other].rule.calendar]
        ] == []

    def test_decisions_of_the_coordinators_fall_in_their_meetings(self):
        template = shipped()
        taken = {task.code: task.anchor for task in template.tasks if task.authority}
        assert taken == {
            "CON-10": "cnrc_1",
            "SEC-07": "cnrc_2",
            "COO-06": "cnrc_extraordinary",
            "COO-07": "opening_day",
            "COO-08": "cnrc_final",
            "DOC-01": "cnrc_documents",
            "CIE-02": "cnrc_final",
        }

    def test_no_reminder_reaches_a_state_after_its_deadline(self):
        ladders = {ladder.code: ladder.rungs for ladder in shipped().ladders}
        assert [rung.offset_days for rung in ladders["work"]] == [-14, -7, -3, -1, 0, 1, 3]
        assert [rung.reach for rung in ladders["contribution"] if rung.offset_days > 0] == []
        assert {rung.reach for rung in ladders["window"]} == {("spt",)}

    def test_it_survives_writing_and_reading(self):
        template = shipped()
        assert parse(dump(template)) == template


class TestWhatIsRead:
    def test_every_part(self):
        assert parse(SMALL) == Template(
            code="small",
            version=1,
            title=Texts("Lista", "Lista", "List"),
            phases=(
                Phase("first", "handover", -20, Texts("Primera", "Primeira", "First")),
                Phase("second", "negotiation", -10, Texts("Segunda", "Segunda", "Second")),
            ),
            meetings=(MeetingPlan("talks", "cnrc", "spt", -12, Texts("Reunión", "Reunião", "Meeting")),),
            ladders=(
                LadderPlan("work", (Rung(-1, ("responsible",)), Rung(1, ("responsible", "coordinator")))),
                LadderPlan("contribution", (Rung(-1, ("responsible", "alternate")), Rung(1, ("spt",)))),
            ),
            tasks=(
                TaskPlan(
                    code="A-01",
                    phase="first",
                    title=Texts("Pedir", "Pedir", "Ask"),
                    kind="work",
                    responsible="spt",
                    verified_by="segib",
                    scope="single",
                    anchor="opening_day",
                    rule=Rule(-20, "days", "host", "end_of_day_host"),
                    deliverable=Texts("Nota", "Nota", "Note"),
                ),
                TaskPlan(
                    code="A-02",
                    phase="first",
                    title=Texts("Enviar", "Enviar", "Send"),
                    kind="contribution",
                    responsible="delegation",
                    verified_by="spt",
                    scope="all_members",
                    anchor="talks",
                    rule=Rule(2, "days", "all_members", "last_capital"),
                    deliverable=Texts("Aportes", "Contribuições", "Inputs"),
                    depends_on=("A-01",),
                    blocks="second",
                    gate="hard",
                ),
            ),
        )

    def test_optional_parts(self):
        text = edited("responsible: spt\n", "responsible: spt\n    authority: CN\n")
        text = text.replace(
            "en: Note}\n",
            "en: Note}\n    done_by: {kind: declaration, verb: clear}\n    applies_if: {es: s, pt: s, en: y}\n",
        )
        text = text.replace("end_of_day_host}", "exact, at: 17:00, zone: Europe/Madrid, later: true}")
        task = parse(text).tasks[0]
        assert (task.authority, task.done_by, task.applies_if) == (
            "CN",
            DoneBy("declaration", "clear"),
            Texts("s", "s", "y"),
        )
        assert task.rule == Rule(-20, "days", "host", "exact", time(17), "Europe/Madrid", later=True)

    def test_words_that_yaml_takes_for_something_else_stay_texts(self):
        text = edited("{es: Lista, pt: Lista, en: List}", "{es: 2027, pt: no, en: 'null'}")
        assert parse(text).title == Texts("2027", "no", "null")

    @pytest.mark.parametrize(
        ("unit", "offset", "day"),
        [
            ("days", -8, -8),
            ("weeks", -2, -14),
            ("working_days", -10, -14),
            ("working_days", 3, 3),
            ("working_days", 6, 8),
        ],
    )
    def test_days_are_planned_from_the_opening_day(self, unit, offset, day):
        template = parse(SMALL)
        task = replace(template.tasks[0], rule=Rule(offset, unit))
        assert template.planned_on(task) == day
        assert template.planned_on(replace(task, anchor="talks")) == day - 12

    def test_what_states_owe_has_a_ladder_of_its_own(self):
        first, second = parse(SMALL).tasks
        assert (first.ladder, second.ladder) == ("work", "contribution")
        assert replace(second, kind="work").ladder == "contribution"

    def test_a_task_may_be_due_on_the_day_of_its_dependency_and_of_the_phase_that_it_blocks(self):
        text = edited("offset: -20, unit", "offset: -10, unit")
        assert parse(text).tasks[0].rule.offset == -10


WRONG = {
    "not_yaml": (edited("version: 1", "version: [1"), [("syntax", 3)]),
    "unprintable": (edited("Lista", "Li\x00sta"), [("syntax", 3)]),
    "tab": (edited("    kind: work", "\tkind: work"), [("syntax", 32)]),
    "empty": ("# nothing\n", [("empty", 1)]),
    "two_documents": (SMALL + "---\nmore: 1\n", [("several_documents", 51)]),
    "alias": (
        edited("es: Lista, pt: Lista", "es: &same Lista, pt: *same"),
        [("alias", 3), ("alias", 3)],
    ),
    "tag": (edited("version: 1", "version: !!python/object:os.system 1"), [("tag", 2)]),
    "depth": (edited("version: 1", "version: " + "[" * 500), [("too_deep", 2)]),
    "not_a_group": ("- a list\n", [("expected_group", 1)]),
    "double_key": (edited("version: 1", "version: 1\nversion: 2"), [("duplicate_key", 3)]),
    "double_language": (edited("pt: Primeira", "pt: Primeira, pt: Outra"), [("duplicate_key", 8)]),
    "unknown_key": (edited("version: 1", "version: 1\ncolour: blue"), [("unknown_key", 3)]),
    "complex_key": (edited("version: 1", "version: 1\n? [a, b]\n: 1"), [("unknown_key", 3)]),
    "unknown_language": (edited("es: Primera", "es: Primera, ca: Primera"), [("unknown_key", 8)]),
    "missing_key": (edited("    verified_by: segib\n", ""), [("missing_key", 29)]),
    "missing_list": (edited("ladders:\n", "leaders:\n"), [("missing_key", 1), ("unknown_key", 19)]),
    "missing_part_of_deadline": (edited("unit: days, ", ""), [("missing_key", 36)]),
    "missing_part_of_done_by": (SMALL + "    done_by: {kind: declaration}\n", [("missing_key", 50)]),
    "done_by_an_unknown_kind": (
        edited("en: Note}\n", "en: Note}\n    done_by: {kind: poem, verb: clear}\n"),
        [("unknown_document_kind", 38)],
    ),
    "done_by_an_unknown_verb": (
        edited("en: Note}\n", "en: Note}\n    done_by: {kind: declaration, verb: burn}\n"),
        [("unknown_document_verb", 38)],
    ),
    "done_by_a_step_back": (
        edited("en: Note}\n", "en: Note}\n    done_by: {kind: declaration, verb: reopen}\n"),
        [("unknown_document_verb", 38)],
    ),
    "done_by_a_verb_of_another_kind": (
        edited("en: Note}\n", "en: Note}\n    done_by: {kind: concept_note, verb: circulate}\n"),
        [("unknown_document_verb", 38)],
    ),
    "done_by_of_several": (SMALL + "    done_by: {kind: declaration, verb: clear}\n", [("done_by_of_several", 50)]),
    "text_for_a_group": (edited("title: {es: Pedir, pt: Pedir, en: Ask}", "title: Pedir"), [("expected_group", 31)]),
    "text_for_a_deadline": (
        SMALL.replace("deadline: {anchor: talks", "deadline: soon # {", 1),
        [("expected_group", 45)],
    ),
    "text_for_a_list": (edited("depends_on: [A-01]", "depends_on: A-01"), [("expected_list", 46)]),
    "list_for_a_text": (edited("es: Primera", "es: [Primera]"), [("expected_text", 8)]),
    "list_for_a_code": (edited("phase: first", "phase: [first]"), [("expected_text", 30)]),
    "nothing_for_a_code": (edited("kind: work", "kind:"), [("expected_text", 32)]),
    "text_for_a_number": (edited("opens: -20", "opens: soon"), [("expected_number", 7)]),
    "fraction": (edited("opens: -20", "opens: -20.5"), [("expected_number", 7)]),
    "nothing_for_a_number": (edited("version: 1", "version:"), [("expected_number", 2)]),
    "word_for_yes": (edited("end_of_day_host}", "end_of_day_host, later: maybe}"), [("expected_yes_no", 36)]),
    "no_text": (edited("pt: Primeira, ", ""), [("missing_text", 8)]),
    "null_text": (edited("pt: Primeira", "pt: ~"), [("missing_text", 8)]),
    "blank_text": (edited("pt: Primeira", 'pt: "  "'), [("missing_text", 8)]),
    "no_text_at_all": (edited("{es: Nota, pt: Nota, en: Note}", "{}"), [("missing_text", 37)] * 3),
    "long_title": (edited("es: Primera", "es: " + "a" * 81), [("text_too_long", 8)]),
    "long_deliverable": (edited("es: Nota", "es: " + "a" * 301), [("text_too_long", 37)]),
    "title_of_two_lines": (edited("es: Primera", 'es: "Primera\\nBcc: all"'), [("line_break", 8)]),
    "control_character": (edited("es: Nota", 'es: "No\\0ta"'), [("bad_character", 37)]),
    "far_away": (edited("opens: -20", "opens: -3651"), [("out_of_range", 7)]),
    "version_zero": (edited("version: 1", "version: 0"), [("out_of_range", 2)]),
    "far_rung": (edited("{offset: -1, reach: [responsible]}", "{offset: -366, reach: [spt]}"), [("out_of_range", 22)]),
    "code_with_accent": (edited("code: small", "code: cumbré"), [("bad_code", 1)]),
    "code_of_a_task": (SMALL.replace("A-02", "a/02"), [("bad_code", 38)]),
    "long_code": (edited("code: small", "code: " + "a" * 61), [("bad_code", 1)]),
    "no_phases": (
        "code: s\nversion: 1\ntitle: {es: a, pt: a, en: a}\nphases: []\nmeetings: []\nladders: []\ntasks: []\n",
        [("empty_list", 4), ("missing_ladder", 6), ("missing_ladder", 6)],
    ),
    "rung_that_reaches_nobody": (edited("reach: [responsible]", "reach: []"), [("empty_list", 22)]),
    "too_many_rungs": (
        edited(
            "      - {offset: -1, reach: [responsible]}\n",
            "".join(f"      - {{offset: {-n}, reach: [spt]}}\n" for n in range(201)),
        ),
        [("too_many", 222)],
    ),
    "double_phase": (edited("code: second", "code: first"), [("duplicate_code", 9), ("unknown_phase", 48)]),
    "double_task": (
        edited("code: A-02", "code: A-01"),
        [("duplicate_code", 38)],
    ),
    "double_dependency": (edited("[A-01]", "[A-01, A-01]"), [("duplicate_code", 46)]),
    "double_ladder": (edited("code: contribution", "code: work"), [("missing_ladder", 20), ("duplicate_code", 24)]),
    "unknown_state": (edited("state: negotiation", "state: archived"), [("unknown_state", 10)]),
    "unknown_meeting_kind": (edited("kind: cnrc", "kind: tea"), [("unknown_meeting_kind", 15)]),
    "unknown_convener": (edited("convened_by: spt", "convened_by: delegation"), [("unknown_party", 16)]),
    "unknown_task_kind": (edited("kind: work", "kind: leisure"), [("unknown_task_kind", 32)]),
    "unknown_party": (edited("responsible: spt", "responsible: observer"), [("unknown_party", 33)]),
    "unknown_verifier": (edited("verified_by: segib", "verified_by: body"), [("unknown_party", 34)]),
    "unknown_authority": (
        edited("responsible: spt\n", "responsible: spt\n    authority: UN\n"),
        [("unknown_authority", 34)],
    ),
    "unknown_scope": (edited("scope: single", "scope: everybody"), [("unknown_scope", 35)]),
    "unknown_gate": (edited("gate: hard", "gate: soft"), [("unknown_gate", 49)]),
    "unknown_role": (edited("reach: [responsible]", "reach: [minister]"), [("unknown_role", 22)]),
    "unknown_unit": (edited("unit: days", "unit: months"), [("unknown_unit", 36)]),
    "unknown_calendar": (edited("calendar: host", "calendar: lunar"), [("unknown_calendar", 36)]),
    "unknown_time_of_day": (edited("time_of_day: last_capital", "time_of_day: noon"), [("unknown_time_of_day", 45)]),
    "unknown_zone": (edited("end_of_day_host}", "exact, at: 17:00, zone: Europe/Atlantis}"), [("unknown_zone", 36)]),
    "unknown_hour": (edited("end_of_day_host}", "exact, at: 25:00, zone: Europe/Madrid}"), [("bad_hour", 36)]),
    "exact_without_hour": (edited("end_of_day_host}", "exact, zone: Europe/Madrid}"), [("missing_hour", 36)]),
    "hour_for_nothing": (edited("end_of_day_host}", "end_of_day_host, at: 17:00}"), [("unused_hour", 36)]),
    "unknown_phase": (edited("phase: first", "phase: last"), [("unknown_phase", 30)]),
    "unknown_blocked_phase": (edited("blocks: second", "blocks: last"), [("unknown_phase", 48)]),
    "unknown_anchor": (edited("anchor: talks", "anchor: lunch"), [("unknown_anchor", 45)]),
    "unknown_dependency": (edited("depends_on: [A-01]", "depends_on: [A-01, B-01]"), [("unknown_dependency", 46)]),
    "gate_without_phase": (edited("    blocks: second\n", ""), [("gate_alone", 48)]),
    "phase_without_gate": (edited("    gate: hard\n", ""), [("gate_alone", 48)]),
    "scope_of_another": (edited("scope: single", "scope: all_members"), [("scope_mismatch", 35)]),
    "scope_of_states": (edited("scope: all_members", "scope: single"), [("scope_mismatch", 44)]),
    "contribution_of_one": (edited("kind: work", "kind: contribution"), [("contribution_of_one", 35)]),
    "no_ladder_for_states": (edited("code: contribution", "code: other"), [("missing_ladder", 20)]),
    "two_rungs_on_one_day": (
        edited("{offset: 1, reach: [responsible, coordinator]}", "{offset: -1, reach: [spt]}"),
        [("duplicate_rung", 23)],
    ),
    "mail_to_a_state_after_its_deadline": (
        edited("reach: [spt]", "reach: [spt, coordinator]"),
        [("rung_to_state", 27)],
    ),
    "phase_out_of_order": (edited("opens: -20", "opens: -9"), [("phase_out_of_order", 11)]),
    "state_out_of_order": (edited("state: negotiation", "state: handover"), [("state_out_of_order", 10)]),
    "waits_for_itself": (edited("depends_on: [A-01]", "depends_on: [A-02]"), [("cycle", 46)]),
    "due_before_dependency": (edited("offset: 2", "offset: -9"), [("due_before_dependency", 45)]),
    "due_before_dependency_in_weeks": (
        edited("offset: 2, unit: days", "offset: -2, unit: weeks"),
        [("due_before_dependency", 45)],
    ),
    "due_after_gate": (edited("offset: 2", "offset: 3"), [("due_after_gate", 45)]),
}


class TestWhatIsRefused:
    @pytest.mark.parametrize("name", WRONG)
    def test_with_code_and_line(self, name):
        text, expected = WRONG[name]
        assert found(text) == expected

    def test_too_large_a_file(self):
        assert found(SMALL + "#" * 1_000_000) == [("too_large", 1)]
        assert found(SMALL + "# ñ" * 400_000) == [("too_large", 1)]

    def test_too_many_tasks(self, monkeypatch):
        assert reading.MAX_TASKS == 2_000
        monkeypatch.setattr(reading, "MAX_TASKS", 1)
        assert found(SMALL + "# again\n") == [("too_many", 38)]

    def test_every_problem_of_a_file_at_once(self):
        text = SMALL.replace("kind: cnrc", "kind: tea").replace("es: Pedir, ", "").replace("offset: 2", "offset: 3")
        text = text.replace("gate: hard", "gate: hard\n    colour: blue")
        assert found(text) == [("unknown_meeting_kind", 15), ("missing_text", 31), ("unknown_key", 50)]

    def test_problems_between_sound_parts_beside_those_of_others(self):
        text = SMALL.replace("es: Pedir, ", "").replace("offset: 2", "offset: 3")
        assert found(text) == [("missing_text", 31), ("due_after_gate", 45)]

    def test_a_circle_is_named_once_from_its_first_task(self):
        text = edited("    deliverable: {es: Nota", "    depends_on: [A-02]\n    deliverable: {es: Nota").replace(
            "offset: 2,", "offset: -8,"
        )
        assert found(text) == [("cycle", 37)]
        assert sentences(text) == ["These tasks wait for one another in a circle: A-01 → A-02 → A-01."]

    def test_a_long_circle_needs_no_recursion(self):
        template = parse(SMALL)
        tasks = [replace(template.tasks[0], code=f"A-{n}", depends_on=(f"A-{(n + 1) % 2_000}",)) for n in range(2_000)]
        placed = tuple(Placed(task, n, True, {"deadline": n, "depends_on": n, "scope": n}) for n, task in enumerate(tasks))
        problems = Problems()
        check(Draft(template, None, (), (), (), placed), problems)
        assert [(problem.code, problem.line) for problem in problems.found] == [("cycle", 0)]

    @pytest.mark.parametrize("bomb", ["[", "{a: ", "- ", "? "])
    def test_a_deep_file_is_refused_soon(self, bomb):
        started = process_time()
        assert found(bomb * (900_000 // len(bomb))) == [("too_deep", 1)]
        assert process_time() - started < 5

    def test_billion_laughs(self):
        bomb = "a: &a [lol]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)},' * 9}]\n" for n in range(9))
        assert set(found(bomb)) == {("alias", line) for line in range(1, 11)}


class TestSentences:
    def test_every_code_has_a_case_here(self):
        seen = {code for _, expected in WRONG.values() for code, _ in expected} | {"too_large", "too_many"}
        assert seen == set(SENTENCES)

    @pytest.mark.parametrize("language", ["es", "pt-br", "pt-pt", "en"])
    @pytest.mark.parametrize("name", WRONG)
    def test_each_renders_in_each_language(self, name, language):
        with override(language):
            for sentence in sentences(WRONG[name][0]):
                assert sentence.endswith(".")
                assert "%(" not in sentence

    def test_they_name_what_is_wrong(self):
        assert sentences(WRONG["due_after_gate"][0]) == [
            "“A-02” (T-9) is due after the phase that it blocks opens: “second” (T-10)."
        ]
        assert sentences(WRONG["due_before_dependency"][0]) == [
            "“A-02” (T-21) is due before “A-01” (T-20), for which it waits."
        ]
        assert sentences(WRONG["unknown_calendar"][0]) == [
            "“lunar” is not a known calendar. Known: none, host, addressee, all_members."
        ]
        assert sentences(WRONG["double_task"][0]) == ["The code “A-01” is used already, on line 29."]

    def test_a_very_long_value_is_cut(self):
        assert len(sentences(edited("phase: first", "phase: " + "x" * 5_000))[0]) < 200

    def test_a_problem_is_one_value(self):
        assert TemplateProblem("empty", 1) == TemplateProblem("empty", 1)


words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40).map(str.strip).filter(bool)
texts = st.builds(Texts, words, words, words)
rules = st.one_of(
    st.builds(
        Rule,
        st.integers(-400, 400),
        st.sampled_from(["days", "working_days", "weeks"]),
        st.sampled_from(["none", "host", "addressee", "all_members"]),
        st.sampled_from(["end_of_day_host", "end_of_day_addressee", "last_capital"]),
        later=st.booleans(),
    ),
    st.builds(
        Rule,
        st.integers(-400, 400),
        time_of_day=st.just("exact"),
        exact_time=st.times().map(lambda hour: hour.replace(second=0, microsecond=0)),
        exact_zone=st.sampled_from(["Europe/Madrid", "America/Sao_Paulo"]),
    ),
)


class TestWriting:
    @settings(max_examples=60, deadline=None)
    @given(texts, texts, texts, st.none() | texts, rules)
    def test_what_is_written_reads_back_the_same(self, name, title, deliverable, applies_if, rule):
        template = parse(SMALL)
        task = replace(template.tasks[0], title=title, deliverable=deliverable, applies_if=applies_if, rule=rule)
        changed = replace(template, title=name, tasks=(task, replace(template.tasks[1], depends_on=())))
        assert parse(dump(changed)) == changed

    def test_a_text_of_several_lines_reads_back_the_same(self):
        template = parse(SMALL)
        task = replace(template.tasks[0], deliverable=Texts("Una\n\n  - code: X\n# y", "b: c", "'d'"))
        changed = replace(template, tasks=(task,))
        assert parse(dump(changed)) == changed

    def test_it_is_laid_out_for_people(self):
        lines = dump(shipped()).splitlines()
        place = lines.index("  - code: HND-05")
        assert lines[place - 1 : place + 4] == [
            "",
            "  - code: HND-05",
            "    phase: handover",
            "    title:",
            "      es: Entregar la matriz de mandatos vigentes a la nueva SPT",
        ]
        assert lines[place + 10].startswith("    deadline: {anchor: opening_day, offset: -640, unit: days, calendar: host")
        assert lines[place + 11] == "    depends_on: [HND-01]"


class TestTheOtherData:
    @pytest.mark.parametrize("name", ["countries", "bodies"])
    def test_parties_have_names_in_three_languages_and_a_known_zone(self, name):
        for party in load(name):
            assert all(party["name"][language] for language in ("es", "pt", "en"))
            assert party["tz"] in available_timezones()

    def test_countries_stand_in_the_order_of_protocol(self):
        countries = load("countries")
        assert [country["order"] for country in countries] == list(range(1, len(countries) + 1))
        assert [country["iso2"] for country in countries][5:9] == ["CR", "CU", "CL", "DO"]

    def test_bodies_are_those_of_the_conference(self):
        assert [(body["kind"], body["acronym"]) for body in load("bodies")] == [
            ("segib", "SEGIB"),
            ("body", "OEI"),
            ("body", "OISS"),
            ("body", "COMJIB"),
            ("body", "OIJ"),
        ]

    def test_summits_are_numbered_without_gaps_and_each_host_is_a_member(self):
        summits = load("summits")
        assert [summit["number"] for summit in summits] == list(range(1, len(summits) + 1))
        assert {summit["country"] for summit in summits} <= {country["iso2"] for country in load("countries")}
        assert [summit["number"] for summit in summits if summit["outcome"] != "adopted"] == [27, 29, 30]

    def test_no_note_points_to_a_source_that_the_reader_cannot_open(self):
        assert [summit["number"] for summit in load("summits") if "[" in summit["note"] + summit["theme"]] == []
