"""Checklist templates on a real database: loaded once, copied whole, exported from a running summit and copied again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from tests.factories import NOW, SMALL, hold, make_world, shipped_template, verify
from workflows.actions.meeting import change_meeting, convene_meeting
from workflows.actions.reference import load_conference
from workflows.actions.summit import create_summit
from workflows.actions.task import add_task, ask_party
from workflows.actions.template import copy_template, export_template, load_template
from workflows.errors import InvalidInput, NotPermitted, WrongState
from workflows.models import ChecklistTemplate, Deadline, Event, Ladder, Party, ProtocolList, Summit, Task
from workflows.rules.deadlines import Rule
from workflows.rules.templates import TemplateInvalid, parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_yet")]


def another_summit(number: int, opening_on: date) -> Summit:
    return create_summit(
        number=number,
        host=Party.objects.get(code="PE"),
        opening_on=opening_on,
        protocol_list=ProtocolList.objects.get(),
        actor=None,
        now=NOW,
    )


def test_the_shipped_template_gives_95_lines_and_a_child_for_each_party_asked():
    summit = make_world(template=shipped_template()).summit
    lines = Task.objects.filter(summit=summit).top()
    asked = {line.code: line.children.count() for line in lines if line.children.exists()}
    assert lines.count() == 95
    assert asked == dict.fromkeys(["HND-07", "DOC-03", "NEG-01", "SGR-02", "PRO-02", "PRO-04", "ACR-02"], 22) | {
        "SEC-08": Party.objects.filter(kind="body").count()
    }
    assert Task.objects.filter(summit=summit).count() == 95 + 7 * 22 + asked["SEC-08"]
    assert Deadline.objects.filter(summit=summit, due_at__isnull=False).count() == Task.objects.filter(summit=summit).count()
    assert summit.meetings.order_by("held_on", "pk")[0].code == "cnrc_1"


def test_children_stand_in_protocol_order():
    summit = make_world(template=shipped_template()).summit
    children = Task.objects.filter(summit=summit, code="DOC-03", parent__isnull=False).order_by("position")
    codes = list(children.values_list("responsible__code", flat=True))
    assert (codes[0], codes[4:9], codes[-1]) == ("AD", ["CO", "CR", "CU", "CL", "DO"], "VE")


def test_a_template_is_loaded_once_and_another_text_needs_another_version():
    load_conference(now=NOW)
    first = load_template(text=SMALL, actor=None, now=NOW)
    assert load_template(text=SMALL, actor=None, now=NOW) == first
    with pytest.raises(InvalidInput) as refusal:
        load_template(text=SMALL.replace("Lista breve", "Lista corta"), actor=None, now=NOW)
    assert list(refusal.value.fields) == ["version"]
    assert ChecklistTemplate.objects.count() == 1


def test_a_later_version_does_not_touch_a_running_summit():
    world = make_world()
    before = list(Task.objects.filter(summit=world.summit).order_by("pk").values())
    load_template(text=SMALL.replace("version: 1", "version: 2").replace("Notificar", "Comunicar"), actor=None, now=NOW)
    assert list(Task.objects.filter(summit=world.summit).order_by("pk").values()) == before
    assert world.reread().template.number == 1


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        (("responsible: spt", "responsible: zzz"), "unknown_party", "zzz"),
        (("anchor: opening_day", "anchor: cnrc_9"), "unknown_anchor", "cnrc_9"),
        (("depends_on: [", "depends_on: [XXX-99, "), "unknown_dependency", "XXX-99"),
    ],
)
def test_what_no_summit_could_follow_is_refused_with_a_sentence_and_a_line(change, code, sentence):
    text = SMALL.replace(*change, 1)
    line = next(n for n, words in enumerate(text.splitlines(), start=1) if sentence in words)
    with pytest.raises(TemplateInvalid) as refusal:
        load_template(text=text, actor=None, now=NOW)
    problem = next(p for p in refusal.value.problems if p.code == code)
    assert problem.line == line
    assert sentence in problem.message
    assert ChecklistTemplate.objects.count() == 0
    assert Event.objects.count() == 0


def test_a_checklist_is_copied_once():
    world = make_world()
    with pytest.raises(WrongState) as refusal:
        copy_template(world.summit, ChecklistTemplate.objects.get(), actor=world.actor("secretary"), now=NOW)
    assert refusal.value.code == "has_checklist"


def checklist(summit: Summit) -> list[dict[str, object]]:
    """All that a template says of a summit's checklist, without ids."""
    rows = Task.objects.filter(summit=summit).select_related(
        "phase", "blocks", "responsible", "verified_by", "deadline__anchor"
    )
    return [
        {
            "code": t.code,
            "texts": [getattr(t, f"{f}_{lang}") for f in ("title", "deliverable", "applies_if") for lang in ("es", "pt", "en")],
            "phase": t.phase.code,
            "kind": (t.kind, t.scope, t.authority, t.gate, t.blocks and t.blocks.code, t.done_by_kind, t.done_by_verb),
            "parties": ("SPT" if t.responsible.kind == "spt" else t.responsible.code, t.verified_by.kind),
            "waits_for": sorted(waited.code for waited in t.depends_on.all()),
            "rule": [
                getattr(t.deadline, f)
                for f in ("offset", "unit", "calendar", "time_of_day", "exact_time", "exact_zone", "later")
            ],
            "anchor": t.deadline.anchor and t.deadline.anchor.code,
            "ladder": t.deadline.ladder.code,
        }
        for t in rows.prefetch_related("depends_on").order_by("parent__position", "position", "pk")
    ]


def calendar(summit: Summit) -> list[object]:
    ladders = Ladder.objects.filter(summit=summit).order_by("code")
    return [
        list(
            summit.phases.order_by("position").values_list("code", "state", "opens_offset", "title_es", "title_pt", "title_en")
        ),
        list(summit.meetings.order_by("pk").values_list("code", "kind", "convened_by__kind", "opening_offset", "title_pt")),
        [(ladder.code, list(ladder.rungs.order_by("offset_days").values_list("offset_days", "reach"))) for ladder in ladders],
    ]


def test_an_export_loaded_as_version_2_gives_another_summit_the_same_checklist():
    world = make_world(template=shipped_template())
    text = export_template(world.summit, actor=world.actor("secretary"), now=NOW)
    assert parse(text).tasks == parse(shipped_template()).tasks
    second = load_template(text=text, actor=world.actor("secretary"), now=NOW)
    assert (second.code, second.number) == ("ibero-american-summit", 2)
    other = copy_template(another_summit(32, date(2029, 11, 14)), second, actor=None, now=NOW)
    assert checklist(other) == checklist(world.summit)
    assert calendar(other) == calendar(world.summit)


def test_what_was_changed_in_a_running_summit_is_in_its_export():
    world = make_world()
    secretary, summit = world.actor("secretary"), world.summit
    world.act(world.task("HND-01"), "waive", "secretary", reason="Se recibió antes", authority="SPT")
    verify(world, "CON-03", verifier="approver")
    hold(world, "cnrc_1")
    start = datetime.combine(summit.opening_on - timedelta(days=100), datetime.min.time(), ZoneInfo("Europe/Madrid"))
    moved = world.meeting("cnrc_extraordinary")
    change_meeting(
        moved, starts_at=moved.starts_at + timedelta(days=3), reason="Acuerdo", actor=world.actor("approver"), now=NOW
    )
    extra = convene_meeting(
        summit,
        code="taller_1",
        kind="other",
        title={"es": "Taller", "pt": "Oficina"},
        starts_at=start,
        actor=secretary,
        now=NOW,
    )
    added = add_task(
        summit,
        code="EXT-01",
        phase=summit.phases.get(code="drafting"),
        texts={"title": {"es": "Preparar el taller", "pt": "Preparar a oficina"}},
        responsible=Party.objects.get(code="UY"),
        verified_by=Party.objects.get(code="SEGIB"),
        rule=Rule(-2, "working_days", "host", later=True),
        anchor=extra,
        gate="advisory",
        blocks=summit.phases.get(code="negotiation"),
        depends_on=[world.task("HND-01")],
        actor=secretary,
        now=NOW,
    )
    assert added.deadline.due_at is not None
    exported = parse(export_template(summit, actor=secretary, now=NOW, version=7))
    task = next(t for t in exported.tasks if t.code == "EXT-01")
    assert exported.version == 7
    assert [t.code for t in exported.tasks] == [*(t.code for t in parse(SMALL).tasks), "EXT-01"]
    assert (task.responsible, task.scope, task.anchor, task.depends_on) == (
        "delegation",
        "proposing_country",
        "taller_1",
        ("HND-01",),
    )
    assert (task.rule, task.blocks, task.gate) == (Rule(-2, "working_days", "host", later=True), "negotiation", "advisory")
    assert (task.title.en, task.deliverable.pt) == ("Preparar el taller", "Preparar el taller")
    assert {m.code: m.offset_days for m in exported.meetings}["cnrc_extraordinary"] == -33
    assert {m.code: m.offset_days for m in exported.meetings}["taller_1"] == -100


def test_parties_asked_one_by_one_are_not_part_of_the_template():
    world = make_world(template=shipped_template())
    ask_party(world.task("DOC-10"), party=Party.objects.get(code="PY"), actor=world.actor("secretary"), now=NOW)
    assert parse(export_template(world.summit, actor=None, now=NOW)).tasks == parse(shipped_template()).tasks


@pytest.mark.parametrize("seat", ["cn_py", "liaison"])
def test_only_the_secretariats_export(seat):
    world = make_world()
    with pytest.raises(NotPermitted) as refusal:
        export_template(world.summit, actor=world.actor(seat), now=NOW)
    assert refusal.value.code == "only_secretariats"
    assert export_template(world.summit, actor=world.actor("auditor"), now=NOW)


def test_a_summit_without_a_checklist_exports_nothing():
    make_world()
    with pytest.raises(WrongState) as refusal:
        export_template(another_summit(32, date(2029, 11, 14)), actor=None, now=NOW)
    assert refusal.value.code == "no_checklist"


def test_commands_load_and_export(tmp_path):
    said, mistakes = StringIO(), StringIO()
    call_command("load_template", stdout=said)
    assert said.getvalue().startswith("ibero-american-summit 1: ")
    world = make_world(template=shipped_template())
    file = tmp_path / "xxxi.yaml"
    call_command("export_template", "xxxi", "--output", str(file), stderr=mistakes)
    assert parse(file.read_text(encoding="utf-8")).version == 2
    assert mistakes.getvalue() == ""
    file.write_text(SMALL.replace("responsible: spt", "responsible: zzz", 1), encoding="utf-8")
    with pytest.raises(CommandError, match=r"xxxi\.yaml:\d+: .*zzz"):
        call_command("load_template", str(file))
    with pytest.raises(CommandError, match="no Summit 99"):
        call_command("export_template", "99")
    assert world.reread().template.number == 1


def test_an_export_that_nobody_could_follow_says_where(tmp_path):
    world = make_world()
    concept = world.summit.phases.get(code="concept")
    add_task(
        world.summit,
        code="EXT-01",
        phase=concept,
        texts={"title": {"es": "Algo tardío", "pt": "Algo tardio"}},
        responsible=Party.objects.get(code="SPT-31"),
        verified_by=Party.objects.get(code="SEGIB"),
        rule=Rule(-10),
        gate="hard",
        blocks=concept,
        actor=world.actor("secretary"),
        now=NOW,
    )
    mistakes = StringIO()
    call_command("export_template", "31", "--output", str(tmp_path / "x.yaml"), stderr=mistakes)
    assert "line " in mistakes.getvalue()
