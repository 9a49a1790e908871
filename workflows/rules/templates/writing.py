"""From a template to the YAML that people edit by hand; what is written reads back as the same template."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from workflows.rules.templates.plans import LadderPlan, MeetingPlan, Phase, TaskPlan, Template, Texts

LINE_WIDTH = 10_000  # a text stays on its line, so that a change of one word is a change of one line


def dump(template: Template) -> str:
    """Return the template as YAML, in the key order of the shipped one."""
    yaml = YAML()
    yaml.width = LINE_WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(_template(template), stream)
    return stream.getvalue()


def _template(template: Template) -> CommentedMap:
    whole = CommentedMap(code=template.code, version=template.version, title=_texts(template.title))
    lists = {
        "phases": [_phase(phase) for phase in template.phases],
        "meetings": [_meeting(meeting) for meeting in template.meetings],
        "ladders": [_ladder(ladder) for ladder in template.ladders],
        "tasks": [_task(task) for task in template.tasks],
    }
    for key, parts in lists.items():
        whole[key] = CommentedSeq(parts)
        whole.yaml_set_comment_before_after_key(key, before="\n")
        for place in range(1, len(parts)):
            whole[key].yaml_set_comment_before_after_key(place, before="\n")
    return whole


def _texts(texts: Texts) -> CommentedMap:
    return CommentedMap(es=texts.es, pt=texts.pt, en=texts.en)


def _phase(phase: Phase) -> CommentedMap:
    return CommentedMap(code=phase.code, state=phase.state, opens=phase.opens, title=_texts(phase.title))


def _meeting(meeting: MeetingPlan) -> CommentedMap:
    return CommentedMap(
        code=meeting.code,
        kind=meeting.kind,
        convened_by=meeting.convened_by,
        offset_days=meeting.offset_days,
        title=_texts(meeting.title),
    )


def _ladder(ladder: LadderPlan) -> CommentedMap:
    rungs = [_on_one_line({"offset": rung.offset_days, "reach": _list(rung.reach)}) for rung in ladder.rungs]
    return CommentedMap(code=ladder.code, rungs=CommentedSeq(rungs))


def _task(task: TaskPlan) -> CommentedMap:
    values = {
        "code": task.code,
        "phase": task.phase,
        "title": _texts(task.title),
        "kind": task.kind,
        "responsible": task.responsible,
        "authority": task.authority,
        "verified_by": task.verified_by,
        "scope": task.scope,
        "deadline": _deadline(task),
        "depends_on": _list(task.depends_on) if task.depends_on else None,
        "deliverable": _texts(task.deliverable),
        "applies_if": _texts(task.applies_if) if task.applies_if else None,
        "blocks": task.blocks,
        "gate": task.gate,
        "done_by": _on_one_line({"kind": task.done_by.kind, "verb": task.done_by.verb}) if task.done_by else None,
    }
    return CommentedMap({key: value for key, value in values.items() if value is not None})


def _deadline(task: TaskPlan) -> CommentedMap:
    rule = task.rule
    values = {
        "anchor": task.anchor,
        "offset": rule.offset,
        "unit": rule.unit,
        "calendar": rule.calendar,
        "time_of_day": rule.time_of_day,
        "at": rule.exact_time.isoformat("minutes") if rule.exact_time else None,
        "zone": rule.exact_zone,
        "later": rule.later or None,
    }
    return _on_one_line({key: value for key, value in values.items() if value is not None})


def _on_one_line(values: Mapping[str, Any]) -> CommentedMap:
    group = CommentedMap(values)
    group.fa.set_flow_style()
    return group


def _list(values: tuple[str, ...]) -> CommentedSeq:
    entries = CommentedSeq(values)
    entries.fa.set_flow_style()
    return entries
