"""The checklist's page: narrowed, grouped by phase, with one action a row, opening into the delegations; and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from workflows.queries.checklist import DELEGATIONS, SECRETARIATS, ChecklistFilters, read_checklist, read_parts
from workflows.queries.facts import facts_of
from workflows.queries.task import list_moved_by
from workflows.rules import permissions
from workflows.rules.facts import Inputs
from workflows.states import DYNAMIC_SCOPES, OPEN_TASK, PartyKind, Scope, TaskKind, TaskState
from workflows.templatetags.moments import moment
from workflows.web.actor import needs_seat
from workflows.web.deadline import listed, moved_in_words
from workflows.web.export import table_file
from workflows.web.links import url_for, url_to_do
from workflows.web.loading import load_summit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Party, Summit, Task
    from workflows.queries.checklist import Checklist, Line, Part
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest

STATES = (
    ("", pgettext_lazy("states", "All")),
    ("open", gettext_lazy("Open")),
    ("mine", gettext_lazy("Waiting for my office")),
    ("soon", gettext_lazy("Due within three days")),
    ("late", gettext_lazy("Past their deadline")),
    ("blocked", gettext_lazy("Blocked by another task")),
    ("at_risk", gettext_lazy("At risk")),
    ("submitted", gettext_lazy("Submitted, to be verified")),
    ("settled", gettext_lazy("Verified or set aside")),
)
SORTS = (("deadline", gettext_lazy("By deadline")), ("code", gettext_lazy("By code")))


class FilterForm(forms.Form):
    """By what the checklist is narrowed; the address keeps it."""

    q = forms.CharField(
        label=gettext_lazy("Search in title or code"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )
    phase = forms.ChoiceField(label=gettext_lazy("Phase"), required=False)
    responsible = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    state = forms.ChoiceField(label=pgettext_lazy("of a task", "State"), required=False, choices=STATES)
    sort = forms.ChoiceField(label=gettext_lazy("Order"), required=False, choices=SORTS)

    def offer(self, found: Checklist, responsible: Sequence[tuple[str, str]]) -> None:
        """Offer the phases and the responsible parties that occur."""
        phases: Any = self.fields["phase"]
        phases.choices = [("", pgettext("phases", "All")), *((p.code, p.title) for p in found.phases)]
        parties: Any = self.fields["responsible"]
        parties.choices = [("", _("Anyone")), *responsible]


def filters_of(data: QueryDict) -> ChecklistFilters:
    """Return what an address asks for; what it does not know narrows nothing, or finds nothing."""
    return ChecklistFilters(
        q=data.get("q", "")[:100].replace("\x00", ""),
        phase=data.get("phase", ""),
        responsible=data.get("responsible", ""),
        state=data.get("state", ""),
        sort="code" if data.get("sort") == "code" else "deadline",
    )


@needs_seat
@require_safe
def checklist(request: PageRequest, slug: str) -> HttpResponse:
    """Show the checklist, narrowed as the address says; htmx gets the list alone."""
    summit = load_summit(request, slug)
    context = _context(request, summit)
    answer = render(request, "checklist/_list.html" if request.htmx else "checklist/checklist.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    if request.htmx:
        answer["HX-Push-Url"] = context["here"]
    return answer


def _context(request: PageRequest, summit: Summit) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[assignment]
    filters = filters_of(request.GET)
    found = read_checklist(summit, actor=actor, now=request.now, filters=filters)
    form = FilterForm(request.GET or {"sort": filters.sort}, auto_id="filter_%s")
    form.offer(found, _responsible(found, actor))
    page = _Page(request, summit, actor, open_code=request.GET.get("open", "").upper())
    return {
        "form": form,
        "found": _found_sentence(found, filters),
        "clear_url": page.url if filters.narrow else "",
        "keep_url": page.address(),
        "here": page.address(open=page.open_code),
        "exports": [{"label": kind.upper(), "url": page.export(kind)} for kind in ("csv", "xlsx")],
        "columns": _columns(),
        "groups": [page.group(group) for group in found.groups],
        "is_empty": not found.lines,
        "has_none": not found.total,
        "actions": page.actions(),
        "crumbs": [{"label": pgettext("section", "Summit"), "url": url_for(summit)}, {"label": _("Checklist")}],
        "list_url": page.url,
    }


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": pgettext("of a task", "Code"), "css": "c-code"},
        {"label": _("Task")},
        {"label": _("Responsible"), "css": "c-who"},
        {"label": _("Deadline"), "css": "c-date"},
        {"label": pgettext("of a task", "State"), "css": "c-st"},
        {"label": _("Action"), "css": "c-act", "hidden": True},
    ]


def _responsible(found: Checklist, actor: Actor) -> list[tuple[str, str]]:
    lines = [line for line in found.every if not line.task.is_parent]
    parties = {line.task.responsible.code: short_office(line.task.responsible) for line in lines}
    chosen = sorted(parties.items(), key=lambda pair: pair[1])
    if any(line.of_states for line in found.every):
        label = _("Delegations and bodies") if actor.party_kind in SECRETARIATS else _("My delegation")
        chosen.append((DELEGATIONS, label))
    return chosen


def _found_sentence(found: Checklist, filters: ChecklistFilters) -> str:
    values = {"shown": found.shown, "total": found.total}
    if not filters.narrow:
        if filters.sort == "code":
            return ngettext("%(total)d task, by code.", "%(total)d tasks, by code.", found.total) % values
        return ngettext("%(total)d task, by deadline.", "%(total)d tasks, by deadline.", found.total) % values
    if filters.sort == "code":
        return ngettext("%(shown)d task of %(total)d, by code.", "%(shown)d tasks of %(total)d, by code.", found.shown) % values
    sentence = ngettext("%(shown)d task of %(total)d, by deadline.", "%(shown)d tasks of %(total)d, by deadline.", found.shown)
    return sentence % values


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


class _Page:
    """Writes the lines of the checklist as the components take them."""

    def __init__(self, request: PageRequest, summit: Summit, actor: Actor, *, open_code: str) -> None:
        self.request, self.summit, self.actor, self.open_code = request, summit, actor, open_code
        self.url = reverse("checklist", args=[summit.slug])

    def address(self, **changes: str) -> str:
        """Return the address of this view, with its filters, and `changes` to them; an empty one takes a filter out."""
        data = self.request.GET.copy()
        data.pop("open", None)
        for name, value in {**{k: v for k, v in data.items() if not v}, **changes}.items():
            data.pop(name, None)
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
        if permissions.is_secretariat.refuses(facts_of(self.summit), self.actor, Inputs()) is not None:
            return []
        return [{"label": _("Add a task"), "url": reverse("task-add", args=[self.summit.slug])}]

    def group(self, group: Any) -> dict[str, Any]:
        """Return a phase with its rows."""
        note = _("%(done)d of %(total)d verified") % {"done": group.verified, "total": group.total}
        if len(group.lines) < group.total:
            shown = {"done": group.verified, "total": group.total, "shown": len(group.lines)}
            note = _("%(done)d of %(total)d verified; %(shown)d shown") % shown
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
            "action": self.action(line, is_open=is_open),
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
            values = {"code": codes, "office": late[0].office, "day": f"{day:%d/%m}"}
            return _("Waits for %(code)s, of %(office)s, due since %(day)s") % values
        return _("Waits for %(codes)s") % {"codes": codes}

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
            return self.link(pgettext("action", "Submit"), f"{url_for(line.part)}#submit", line)
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
    noun = "contribution" if line.part.is_child and line.part.kind == TaskKind.CONTRIBUTION else "task"
    return {"noun": noun, "value": line.part.state, "word": ""}


def received_state(received: int, asked: int) -> dict[str, str]:
    """Return how many of those asked have answered, as a state."""
    if not asked:
        return {"noun": "task", "value": TaskState.PENDING, "word": _("Not yet asked")}
    value = TaskState.VERIFIED if received == asked else TaskState.IN_PROGRESS
    word = ngettext("%(received)d of %(asked)d received", "%(received)d of %(asked)d received", received)
    return {"noun": "task", "value": value, "word": word % {"received": received, "asked": asked}}


def parties(parts: Sequence[Part], parent: Task, zone: str) -> list[dict[str, Any]]:
    """Return the answers under a line, as the list of delegations shows them."""
    return [
        {
            "name": part.task.responsible.list_name,
            "url": url_for(part.task),
            "noun": "contribution" if part.task.kind == TaskKind.CONTRIBUTION else "task",
            "state": "clarification" if part.returned_at else part.task.state,
            "note": part_note(part, parent, zone),
            "action": {"label": _("Verify"), "url": url_for(part.task), "suffix": part.task.responsible.name}
            if "verify" in part.options
            else None,
        }
        for part in parts
    ]


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
    return str(task.get_channel_display())  # type: ignore[attr-defined]


def due_of(task: Task) -> Any:
    """Return the instant of a task's deadline, or nothing."""
    return task.deadline.due_at if hasattr(task, "deadline") else None


# Files -----------------------------------------------------------------------------------------------------------


@needs_seat
@require_safe
def export(request: PageRequest, slug: str, kind: str) -> HttpResponse:
    """Return the lines that the address asks for as a file."""
    summit = load_summit(request, slug)
    found = read_checklist(summit, actor=request.actor, now=request.now, filters=filters_of(request.GET))  # type: ignore[arg-type]
    columns = [
        pgettext("of a task", "Code"),
        _("Task"),
        _("Phase"),
        _("Responsible"),
        _("Verifies"),
        _("Deadline"),
        _("Deadline (UTC)"),
        pgettext("of a task", "State"),
        _("Received"),
        _("Asked"),
        _("Waits for"),
    ]
    return table_file(kind, f"checklist-{summit.slug}", columns, [_cells(line) for line in found.lines])


def _cells(line: Line) -> list[object]:
    office = asked_in_words(line.task, line.asked) if line.counted else short_office(line.part.responsible)
    return [
        line.task.code,
        line.task.title,
        line.task.phase.title,
        office,
        short_office(line.task.verified_by),
        moment(line.due_at, line.part.deadline.zone) if line.due_at else "",
        f"{line.due_at:%Y-%m-%dT%H:%M:%SZ}" if line.due_at else "",
        str(TaskState(line.part.state).label),
        line.received if line.counted else "",
        line.asked if line.counted else "",
        ", ".join(w.code for w in line.waits_for),
    ]
