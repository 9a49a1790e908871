"""Checklist templates: reading and writing them as YAML, and refusing those that no summit could follow."""

from functools import lru_cache

from workflows.rules.templates.checks import check
from workflows.rules.templates.fields import Problems
from workflows.rules.templates.nodes import read_tree
from workflows.rules.templates.plans import (
    LADDER_OF_STATES,
    LADDER_OF_WORK,
    OPENING_DAY,
    DoneBy,
    LadderPlan,
    MeetingPlan,
    Phase,
    TaskPlan,
    Template,
    Texts,
)
from workflows.rules.templates.problems import SENTENCES, TemplateInvalid, TemplateProblem
from workflows.rules.templates.reading import read
from workflows.rules.templates.writing import dump

__all__ = [
    "LADDER_OF_STATES",
    "LADDER_OF_WORK",
    "OPENING_DAY",
    "SENTENCES",
    "DoneBy",
    "LadderPlan",
    "MeetingPlan",
    "Phase",
    "TaskPlan",
    "Template",
    "TemplateInvalid",
    "TemplateProblem",
    "Texts",
    "dump",
    "parse",
]


@lru_cache(maxsize=4)
def parse(text: str) -> Template:
    """Return the template that the YAML describes; raises TemplateInvalid with all its problems, each with its line.

    Local days are compared, counted from the opening day, before days off: these only move work earlier. The last few
    files are remembered, for a template does not change and reading one takes a while.
    """
    problems = Problems()
    draft = read(read_tree(text), problems)
    check(draft, problems)
    if problems.found:
        raise TemplateInvalid(problems.found)
    return draft.template
