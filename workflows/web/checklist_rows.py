"""Lines of the checklist as the components take them: state, waits, the one action of a row, what opens below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from workflows.queries.checklist import may_plan, read_parts
from workflows.queries.task import list_moved_by
from workflows.rules import permissions
from workflows.rules.facts import Inputs
from workflows.states import DYNAMIC_SCOPES, OPEN_TASK, PartyKind, Scope, TaskKind, TaskState
from workflows.templatetags.moments import moment
from workflows.web.deadline import listed, moved_in_words
from workflows.web.links import url_for, url_to_do

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Party, Summit, Task
    from workflows.queries.checklist import Line, Part
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest


def short_office(party: Party) -> str:
    """Return whose a task is, as briefly as a column allows."""
    return pgettext("party", "SPT") if party.kind == PartyKind.SPT else party.name


def asked_in_words(task: Task, asked: int) -> str:
    """Return of how many a line is asked: "22 delegations"."""
    if not asked:
        return _("Not yet asked")
    if task.scope == Scope.ALL_BODIES:
        return ngettext("%(count)d body", "%(count)d bodies", asked) % {"count": asked}
    return ngettext("%(count)d delegation", "%(count)d delegations", asked) % {"count": asked}


class ChecklistPage:
    """Writes the lines of the checklist as the components take them."""

    def __init__(self, request: PageRequest, summit: Summit, actor: Actor, *, open_code: str) -> None:
        self.request, self.summit, self.actor, self.open_code = request, summit, actor, open_code
        self.url = reverse("checklist", args=[summit.slug])

    def address(self, **changes: str) -> str:
        """Return the address of this view, with its filters, and `changes` to them; an empty one takes a filter out."""
        data = self.request.GET.copy()
        data.pop("open", None)
        usual = {"", "deadline"}
        for name in [*changes, *(name for name, value in self.request.GET.items() if value in usual)]:
            data.pop(name, None)
        for name, value in changes.items():
            if value:
                data[name] = value
        return f"{self.url}?{data.urlencode()}" if data else self.url

    def export(self, kind: str) -> str:
        """Return the address of the same lines as a file."""
        query = self.address().partition("?")[2]
        address = reverse("checklist-export", args=[self.summit.slug, kind])
        return f"{address}?{query}" if query else address

    def actions(self) -> list[dict[str, Any]]:
        """Return what is done to the checklist as a whole."""
        if not may_plan(self.summit, self.actor):
            return []
        return [{"label": _("Add a task"), "url": reverse("task-add", args=[self.summit.slug])}]

    def group(self, group: Any) -> dict[str, Any]:
        """Return a phase with its rows."""
        counted = {"done": group.verified, "total": group.total, "shown": len(group.lines)}
        if len(group.lines) < group.total:
            note = _("%(done)d of %(total)d verified; %(shown)d shown") % counted
        elif all(is_answer(line.part) for line in group.lines):
            note = _("%(done)d of %(total)d received") % counted
        else:
            note = _("%(done)d of %(total)d verified") % counted
        return {
            "label": group.phase.title,
            "note": note,
            "rows": [self.row(line) for line in group.lines],
            "id": f"phase-{group.phase.code}",
        }

    def row(self, line: Line) -> dict[str, Any]:
        """Return a line as its row shows it."""
        is_open = line.task.is_parent and line.task.code == self.open_code
        return {
            "id": line.task.code.lower(),
            "code": line.task.code,
            "title": line.task.title,
            "url": url_for(line.part),
            "waits": self.waits(line),
            "office": asked_in_words(line.task, line.asked) if line.counted else self.office(line),
            "due_at": line.due_at,
            "zone": line.part.deadline.zone if line.due_at else "",
            "standing": shown_standing(line) if shown_standing(line) in {"late", "soon"} else "",
            "settled": line.part.state not in OPEN_TASK and line.part.state != TaskState.SUBMITTED,
            "state": state_shown(line),
            "action": self.focusable(line, self.action(line, is_open=is_open)),
            "is_open": is_open,
            "opened": self.opened(line) if is_open else None,
        }

    def office(self, line: Line) -> str:
        if line.task.is_parent and line.part is line.task:
            return str(Scope(line.task.scope).label)
        return short_office(line.part.responsible)

    def waits(self, line: Line) -> str:
        """Return what a line waits for, as a sentence below its title."""
        if not line.waits_for:
            return ""
        codes = listed(w.code for w in line.waits_for)
        late = [w for w in line.waits_for if w.due_at and w.due_at < self.request.now and w.kind == TaskKind.WORK]
        if line.standing == "blocked" and len(late) == 1 == len(line.waits_for) and not late[0].asked:
            day = late[0].due_at.astimezone(ZoneInfo(self.summit.zone))  # type: ignore[union-attr]
            values = {"code": codes, "office": late[0].office, "day": f"{day:%d/%m/%Y}"}
            return _("Waits for %(code)s, of %(office)s, due since %(day)s") % values
        return _("Waits for %(codes)s") % {"codes": codes}

    def focusable(self, line: Line, action: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return the row's action with a name of its own, so that the keyboard's place survives a replaced list."""
        return action and {**action, "id": f"do-{line.task.code.lower()}"}

    def action(self, line: Line, *, is_open: bool) -> dict[str, Any] | None:
        """Return the one action of a row: the reader's next step."""
        if line.task.is_parent and line.part is line.task:
            return self.unfold(line, is_open=is_open)
        if line.standing == "blocked" and line.is_own and line.options:
            return self.link(_("See why"), url_for(line.part), line)
        ready = {name: o for name, o in line.options.items() if "on_behalf" not in o.needs}
        if "verify" in ready:
            return self.link(_("Verify"), url_for(line.part), line)
        if "start" in ready and not line.of_states:
            return self.start(line)
        if "submit" in ready and line.part.state != TaskState.WINDOW_CLOSED:
            label = _("Answer") if is_answer(line.part) else pgettext("action", "Submit")
            return self.link(label, f"{url_for(line.part)}#submit", line)
        return None

    def start(self, line: Line) -> dict[str, Any]:
        offered, url = line.options["start"], url_to_do(line.part, "start")
        if offered.reasons:
            return self.link(_("Start"), url, line)
        back = f"{self.address()}#{line.task.code.lower()}"
        fields = [("version", line.part.version), ("next", back)]
        return {"label": _("Start"), "url": url, "post": True, "fields": fields, "suffix": line.task.code, "target": "#list"}

    def unfold(self, line: Line, *, is_open: bool) -> dict[str, Any] | None:
        if line.counted and not line.asked:
            return self.link(_("Ask a party"), url_to_do(line.task, "ask"), line) if self.may_ask(line) else None
        anchor = f"#{line.task.code.lower()}"
        number = {"count": line.asked}
        if is_open:
            label = ngettext("Fold the %(count)d", "Fold the %(count)d", line.asked) % number if line.counted else _("Fold")
            return {**self.link(label, self.address() + anchor, line), "get": self.address()}
        label = ngettext("See the %(count)d", "See the %(count)d", line.asked) % number if line.counted else _("See")
        address = self.address(open=line.task.code)
        return {**self.link(label, address + anchor, line), "get": address}

    def may_ask(self, line: Line) -> bool:
        secretariat = permissions.is_secretariat.refuses(line.facts, self.actor, Inputs()) is None
        return secretariat and line.task.scope in DYNAMIC_SCOPES and line.task.state in OPEN_TASK

    def link(self, label: str, url: str, line: Line) -> dict[str, Any]:
        return {"label": label, "url": url, "suffix": line.task.code}

    def opened(self, line: Line) -> dict[str, Any]:
        """Return what opens below a row: the parties asked, in protocol order, and what is done to all of them."""
        parts = read_parts(line.task, actor=self.actor)
        actions = []
        if line.counted:
            if any("submit" in part.options for part in parts):
                actions.append({"label": _("Record a note verbale"), "url": url_to_do(line.task, "note")})
            actions.append({"label": _("See the reminders"), "url": f"{url_for(line.task)}#reminders"})
            if "close_window" in line.options:
                label = line.options["close_window"].label
                actions.append({"label": label, "url": url_to_do(line.task, "close_window")})
        deadline = line.task.deadline if line.due_at else None
        return {
            "title": _("%(code)s, party by party") % {"code": line.task.code}
            if line.task.scope == Scope.ALL_BODIES
            else _("%(code)s, delegation by delegation") % {"code": line.task.code},
            "parties": parties(parts, line.task, self.summit.zone),
            "actions": actions,
            "note": moved_in_words(deadline, list_moved_by(deadline)) if deadline else "",
        }


def shown_standing(line: Line) -> str:
    """Return the standing that is marked: late and blocked of the reader's own party alone, and never of a State."""
    if line.standing in {"late", "blocked"}:
        if line.is_own and not line.of_states:
            return line.standing
        return "at_risk" if line.standing == "blocked" and not line.of_states else ""
    if line.standing == "at_risk" and line.of_states:
        return ""
    return line.standing


def state_shown(line: Line) -> dict[str, str]:
    """Return the noun, value and word of a line's state."""
    marked = shown_standing(line)
    if marked in {"blocked", "at_risk"}:
        return {"noun": "standing", "value": marked, "word": ""}
    if line.counted and line.part.state in OPEN_TASK:
        return received_state(line.received, line.asked)
    noun = "contribution" if is_answer(line.part) else "task"
    value = "clarification" if line.returned and noun == "contribution" else line.part.state
    return {"noun": noun, "value": value, "word": ""}


def received_state(received: int, asked: int) -> dict[str, str]:
    """Return how many of those asked have answered, as a state."""
    if not asked:
        return {"noun": "task", "value": TaskState.PENDING, "word": _("Not yet asked")}
    value = {0: TaskState.PENDING, asked: TaskState.VERIFIED}.get(received, TaskState.IN_PROGRESS)
    word = ngettext("%(received)d of %(asked)d received", "%(received)d of %(asked)d received", received)
    return {"noun": "task", "value": value, "word": word % {"received": received, "asked": asked}}


def parties(parts: Sequence[Part], parent: Task, zone: str) -> list[dict[str, Any]]:
    """Return the answers under a line, as the list of delegations shows them."""
    return [
        {
            "name": part.task.responsible.list_name,
            "url": url_for(part.task),
            "noun": "contribution" if is_answer(part.task) else "task",
            "state": "clarification" if part.returned_at else part.task.state,
            "note": part_note(part, parent, zone),
            "action": part_action(part),
        }
        for part in parts
    ]


def part_action(part: Part) -> dict[str, Any] | None:
    """Return the way to an answer that waits for the reader's verification."""
    if "verify" not in part.options:
        return None
    label = _("Acknowledge receipt") if is_answer(part.task) else _("Verify")
    return {"label": label, "url": url_for(part.task), "suffix": part.task.responsible.name}


def is_answer(task: Task) -> bool:
    """Tell whether it is a party's answer to what was asked of several; one speaks of it otherwise than of work."""
    return task.is_child and task.kind == TaskKind.CONTRIBUTION


def part_note(part: Part, parent: Task, zone: str) -> str:
    """Return when and how an answer came, or until when it is awaited where that differs from the rest."""
    task, local = part.task, ZoneInfo(zone)
    if part.returned_at:
        return _("asked on %(day)s") % {"day": f"{part.returned_at.astimezone(local):%d/%m}"}
    if task.received_at and task.state not in OPEN_TASK:
        values = {"day": f"{task.received_at.astimezone(local):%d/%m}", "channel": channel_of(task)}
        return _("%(day)s, %(channel)s") % values
    own, common = due_of(task), due_of(parent)
    if task.state in OPEN_TASK and own is not None and own != common:
        return _("until %(moment)s") % {"moment": moment(own, zone)}
    return ""


def channel_of(task: Task) -> str:
    """Return how an answer came, in words."""
    return str(task.get_channel_display())


def due_of(task: Task) -> Any:
    """Return the instant of a task's deadline, or nothing."""
    return task.deadline.due_at if hasattr(task, "deadline") else None
