"""What can be wrong with a template: a code, a line and a whole sentence for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from workflows.errors import WorkflowError

SENTENCES = {
    "too_large": _("The file is larger than %(limit)s."),
    "syntax": _("This is not valid YAML. Check the indentation, the colons and the quotation marks near this line."),
    "empty": _("The file holds no template."),
    "several_documents": _("The file holds more than one YAML document; a template is one."),
    "alias": _("YAML anchors and aliases (&name, *name) are not accepted. Write the value out."),
    "tag": _("YAML tags are not accepted: remove “%(tag)s”."),
    "too_deep": _("The file is nested more deeply than any template needs."),
    "too_many": _("The list “%(key)s” has more than %(limit)s entries."),
    "empty_list": _("The list “%(key)s” must have at least one entry."),
    "duplicate_key": _("The key “%(key)s” stands twice in the same place."),
    "unknown_key": _("The key “%(key)s” is not known here."),
    "missing_key": _("The key “%(key)s” is missing."),
    "expected_group": _("“%(key)s” must be a group of keys with their values."),
    "expected_list": _("“%(key)s” must be a list."),
    "expected_text": _("“%(key)s” must be a text."),
    "expected_number": _("“%(key)s” must be a whole number."),
    "expected_yes_no": _("“%(key)s” must be true or false."),
    "missing_text": _("The text of “%(key)s” is missing in one of the three languages: %(language)s."),
    "text_too_long": _("The text of “%(key)s” is longer than %(limit)s characters."),
    "line_break": _("The text of “%(key)s” must stand on one line."),
    "bad_character": _("The text of “%(key)s” holds a character that cannot be printed."),
    "out_of_range": _("“%(key)s” must lie between %(low)s and %(high)s."),
    "bad_code": _("“%(value)s” cannot be a code here. Use letters without accents, digits and “%(joiner)s”."),
    "duplicate_code": _("The code “%(value)s” is used already, on line %(first)s."),
    "unknown_state": _("“%(value)s” is not a state of the summit that a phase can stand for. Known: %(known)s."),
    "unknown_meeting_kind": _("“%(value)s” is not a known kind of meeting. Known: %(known)s."),
    "unknown_task_kind": _("“%(value)s” is not a known kind of task. Known: %(known)s."),
    "unknown_party": _("“%(value)s” is not a party that can stand here. Known: %(known)s."),
    "unknown_authority": _("“%(value)s” is not a known authority. Known: %(known)s."),
    "unknown_scope": _("“%(value)s” is not a known scope. Known: %(known)s."),
    "unknown_gate": _("“%(value)s” is not a known gate. Known: %(known)s."),
    "unknown_document_kind": _("“%(value)s” is not a known kind of document. Known: %(known)s."),
    "unknown_document_verb": _("“%(value)s” is not a step that completes a task of this document. Known: %(known)s."),
    "done_by_of_several": _("A task that a document completes is owed by one party: its scope is “single”."),
    "unknown_role": _("“%(value)s” is not a role that a reminder can reach. Known: %(known)s."),
    "unknown_unit": _("“%(value)s” is not a known unit. Known: %(known)s."),
    "unknown_calendar": _("“%(value)s” is not a known calendar. Known: %(known)s."),
    "unknown_time_of_day": _("“%(value)s” is not a known time of day. Known: %(known)s."),
    "unknown_zone": _("“%(value)s” is not a known time zone."),
    "bad_hour": _("“%(value)s” is not an hour. Write it as 17:00."),
    "unknown_phase": _("“%(value)s” is not a phase of this template."),
    "unknown_anchor": _("“%(value)s” is neither the opening day nor a meeting of this template."),
    "unknown_dependency": _("“%(task)s” waits for “%(value)s”, which is not a task of this template."),
    "missing_hour": _("An exact hour needs both “at” and “zone”."),
    "unused_hour": _("“at” and “zone” are only for an exact hour."),
    "gate_alone": _("“%(task)s” names a phase that it blocks or a gate, but not both."),
    "scope_mismatch": _("The scope “%(scope)s” does not fit a task of “%(party)s”."),
    "contribution_of_one": _("A contribution is asked of several parties: its scope cannot be “single”."),
    "missing_ladder": _("The ladder “%(value)s” is missing."),
    "duplicate_rung": _("The ladder has two rungs on the same day."),
    "rung_to_state": _("After the deadline no reminder goes to a State; this rung may reach the SPT and SEGIB only."),
    "phase_out_of_order": _("The phase “%(value)s” opens before the phase that stands above it."),
    "state_out_of_order": _("The phase “%(value)s” stands for a state that does not follow the one above."),
    "cycle": _("These tasks wait for one another in a circle: %(path)s."),
    "due_before_dependency": _("“%(task)s” (%(due)s) is due before “%(value)s” (%(other)s), for which it waits."),
    "due_after_gate": _("“%(task)s” (%(due)s) is due after the phase that it blocks opens: “%(value)s” (%(other)s)."),
}


@dataclass(frozen=True)
class TemplateProblem:
    """One thing to mend in the file: a stable code, a line counted from 1, and what the sentence speaks of."""

    code: str
    line: int
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def message(self) -> str:
        """The whole sentence, in the reader's language."""
        return str(SENTENCES[self.code]) % self.params


class TemplateInvalid(WorkflowError):
    """The file is no template that a summit can follow: all its problems at once, by line (422)."""

    code = "template_invalid"
    message = _("The template cannot be loaded.")

    def __init__(self, problems: Sequence[TemplateProblem]) -> None:
        """Keep the problems in the order of their lines."""
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__()
