"""The parts of a summit's page, shaped for their components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.models.event import ON_TEXTS
from workflows.queries.event import Told
from workflows.queries.names import name_party
from workflows.queries.summit import Missing, Readiness, at_noon, line_of_states, next_verb
from workflows.rules import permissions
from workflows.rules.evaluate import signs_for
from workflows.rules.facts import Inputs
from workflows.rules.verbs import verbs_of
from workflows.states import OPEN_TASK, PartyKind, SummitState, TaskKind
from workflows.templatetags.marks import WORDS
from workflows.templatetags.moments import city, distance, hour_of_day, moment, short_day
from workflows.templatetags.summitprep import number_words
from workflows.web.links import url_for, url_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from workflows.models import Meeting, Signature, Summit
    from workflows.queries.summit import Condition
    from workflows.rules.evaluate import Option
    from workflows.rules.facts import Actor, SummitFacts


def day(value: date | None) -> str:
    """Return a day as tables write it."""
    return f"{value:%d/%m/%Y}" if value else ""


def lower_first(text: str) -> str:
    """Return a verb's label as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def is_of_secretariats(actor: Actor, facts: SummitFacts) -> bool:
    """Tell whether the reader is of SEGIB or of this summit's SPT, who alone see what is missing."""
    return actor.party_kind == PartyKind.SEGIB or actor.party_id == facts.scene.spt_party_id


def days_of(summit: Summit) -> str:
    """Return when and where the summit is: "Madrid, from 10/11/2027 to 11/11/2027"."""
    if summit.opening_on is None:
        return _("The dates are not known yet.") if not summit.city else summit.city
    values = {"city": summit.city or _("place to be set"), "from": day(summit.opening_on), "to": day(summit.closing_on)}
    if summit.closing_on and summit.closing_on != summit.opening_on:
        return _("%(city)s, from %(from)s to %(to)s.") % values
    return _("%(city)s, %(from)s.") % values


def machine(summit: Summit, now: datetime) -> dict[str, Any]:
    """Return the machine as its component draws it."""
    stages = line_of_states(summit)
    resting = summit.state in {SummitState.POSTPONED, SummitState.CANCELLED}
    return {
        "nodes": [
            {
                "label": stage.state.label,
                "date": day(stage.entered_on if stage.status != "future" and stage.entered_on else stage.planned_on),
                "status": "future" if resting and stage.status == "now" else stage.status,
                "back": stage.goes_back,
            }
            for stage in stages
        ],
        "today": "" if resting else _("Today, %(day)s") % {"day": f"{now.astimezone(ZoneInfo(summit.zone)):%d/%m/%Y}"},
        "note": _(
            "The dashed line: from the ministerial review one may return to the negotiation, with a reason. Days that lie "
            "ahead follow the checklist."
        ),
    }


def facts_row(summit: Summit, phases: Sequence[Readiness], now: datetime, *, inside: bool) -> list[dict[str, Any]]:
    """Return the few figures at the top: opening, next state, the phase's tasks, what waits for verification."""
    figures = [_opening(summit, now)]
    if (following := _next_state(summit, now)) is not None:
        figures.append(following)
    phase = next((p for p in phases if p.phase.state == summit.state), None)
    if inside and phase is not None:
        figures.append(
            {
                "label": _("Tasks of the phase: %(phase)s") % {"phase": phase.phase.title},
                "figure": _("%(done)s of %(total)s verified") % {"done": phase.done, "total": phase.total},
                "note": ngettext("%(count)d is past its deadline", "%(count)d are past their deadline", phase.overdue)
                % {"count": phase.overdue}
                if phase.overdue
                else _("none is past its deadline"),
            }
        )
    if inside and phases:
        waiting = sum(p.waiting for p in phases)
        figures.append(
            {
                "label": _("Wait for verification"),
                "figure": ngettext("%(count)d task", "%(count)d tasks", waiting) % {"count": waiting},
                "note": "",
                "url": f"{reverse('checklist', args=[summit.slug])}?state=submitted",
                "link": _("See them"),
            }
        )
    return figures


def _opening(summit: Summit, now: datetime) -> dict[str, Any]:
    label = _("Opening")
    if summit.opening_on is None:
        return {"label": label, "figure": _("Not known yet"), "note": ""}
    instant = at_noon(summit.opening_on, summit.zone)
    written = f"{day(summit.opening_on)} ({city(summit.zone)})"
    return {"label": label, "figure": distance(instant, now, summit.zone), "note": written}


def _next_state(summit: Summit, now: datetime) -> dict[str, Any] | None:
    verb = next_verb(summit)
    if verb is None:
        return None
    state = SummitState(verb.targets[0])
    stage = next(s for s in line_of_states(summit) if s.state == state)
    if stage.planned_on is None:
        return {"label": _("Next state"), "figure": state.label, "note": ""}
    instant = at_noon(stage.planned_on, summit.zone)
    values = {"state": state.label, "day": day(stage.planned_on), "far": distance(instant, now, summit.zone)}
    if instant.date() < now.astimezone(ZoneInfo(summit.zone)).date():
        return {"label": _("Next state"), "figure": state.label, "note": _("planned for %(day)s, %(far)s") % values}
    return {"label": _("Next state"), "figure": values["far"], "note": _("%(state)s, planned for %(day)s") % values}


# What is missing -------------------------------------------------------------------------------------------------


def conditions(missing: Missing, actor: Actor, now: datetime, zone: str, own_office: str) -> dict[str, Any]:
    """Return the three lists of conditions and the sentences that count them."""

    def rows(conditions: Iterable[Condition]) -> list[dict[str, Any]]:
        return [_condition(c, now, zone, own_office) for c in conditions]

    return {
        "impede": rows(missing.impede),
        "warn": rows(missing.warn),
        "met": rows(missing.met),
        "counted": " ".join(_counted(missing)),
    }


def _counted(missing: Missing) -> list[str]:
    def said(number: int, one: str, many: str) -> str:
        return (one if number == 1 else many) % {"count": number_words(number, "feminine").capitalize()}

    said_ones = []
    if missing.impede:
        said_ones.append(
            said(len(missing.impede), _("%(count)s condition prevents it."), _("%(count)s conditions prevent it."))
        )
    if missing.warn:
        said_ones.append(
            said(
                len(missing.warn),
                _("%(count)s warns and may be passed knowingly."),
                _("%(count)s warn and may be passed knowingly."),
            )
        )
    if missing.met:
        said_ones.append(said(len(missing.met), _("%(count)s is met."), _("%(count)s are met.")))
    return said_ones or [_("Nothing stands in the way.")]


def _condition(condition: Condition, now: datetime, zone: str, own_office: str) -> dict[str, Any]:
    finding, line = condition.finding, condition.line
    late = bool(line and line.due_at and line.due_at < now and line.state in OPEN_TASK)
    return {
        "sentence": finding.message,
        "url": url_of(finding.ref),
        "detail": detail_of(line) if line else finding.detail,
        "office": finding.office,
        "date": moment(finding.due_at, zone) if finding.due_at else "",
        "own": late and not finding.met and finding.office == own_office,
    }


def detail_of(line: Any) -> str:
    """Return the second line of a condition: code, state, and of what was asked of several how many answered."""
    parts = [f"{line.code}.", f"{WORDS['task'][line.state]}."]
    if line.kind == TaskKind.CONTRIBUTION and line.asked:
        parts[1] = _("Received %(received)d; not yet received, %(open)d.") % {
            "received": line.received,
            "open": line.asked - line.received,
        }
    if line.applies_if:
        parts.append(_("Only if: %(condition)s.") % {"condition": line.applies_if.rstrip(".")})
    return " ".join(parts)


# Actions ---------------------------------------------------------------------------------------------------------


def countersign(signature: Signature, summit: Summit, actor: Actor, facts: SummitFacts, zone: str) -> dict[str, Any]:
    """Return a signature that waits, as its component shows it; the other office may sign or decline."""
    verb = verbs_of(type(summit))[signature.verb][0]
    office = signs_for(facts, actor, verb.countersigned)
    text = _("%(who)s signed on %(when)s. It is done when the other secretariat signs too.") % {
        "who": name_party(signature.seat.party),
        "when": moment(signature.signed_at, zone),
    }
    found: dict[str, Any] = {"title": f"{verb.label}.", "text": text, "sign": None, "decline": None}
    if office and office != signature.office:
        found["sign"] = {
            "label": _("Sign"),
            "url": reverse("summit-transition", args=[summit.slug, verb.name]),
            "suffix": verb.label,
        }
    if office:
        label = _("Decline") if office != signature.office else _("Withdraw the signature")
        found["decline"] = {
            "label": label,
            "url": reverse("signature-decline", args=[summit.slug, signature.uuid]),
            "suffix": verb.label,
        }
    return found


def forward(summit: Summit, options: Sequence[Option]) -> dict[str, Any] | None:
    """Return the step to the next state: offered, withheld with its reasons, or another office's with its name."""
    verb = next_verb(summit)
    if verb is None:
        return None
    offered = next((o for o in options if o.name == verb.name), None)
    step: dict[str, Any] = {"label": str(verb.label), "lower": lower_first(str(verb.label)), "who": str(verb.who.sentence)}
    if verb.countersigned:
        step["note"] = _("It needs the signatures of the Pro Tempore Secretary and of SEGIB's approver.")
    if offered is None:
        return step
    if offered.allowed:
        return step | {"url": reverse("summit-transition", args=[summit.slug, verb.name])}
    reasons = [{"sentence": r.message, "url": url_of(r.ref)} for r in offered.reasons if not r.advisory]
    return step | {"reasons": reasons}


def others(summit: Summit, options: Sequence[Option], actor: Actor, facts: SummitFacts) -> list[dict[str, Any]]:
    """Return what else the reader may do to the summit: its other verbs, and changes that are no transitions."""
    verb = next_verb(summit)
    found = [
        {"label": o.label, "url": reverse("summit-transition", args=[summit.slug, o.name])}
        for o in options
        if verb is None or o.name != verb.name
    ]
    changes = {
        "date": (_("Change the dates"), permissions.is_spt_secretary),
        "place": (_("Change the place"), permissions.is_spt_secretary),
        "description": (_("Set theme and motto"), permissions.is_spt),
        "texts": (_("Set the hours of texts"), permissions.is_spt),
        "handover": (_("Record the handover"), permissions.is_spt_secretary),
        "host": (_("Give the Summit to another host"), permissions.is_segib_approver),
        "checklist": (_("Copy a checklist into the Summit"), permissions.is_secretary_or_approver),
    }
    if summit.state not in {SummitState.IN_SESSION, SummitState.FOLLOW_UP, SummitState.MINISTER_REVIEW}:
        del changes["handover"]
    if summit.template_id is not None:
        del changes["checklist"]
    if summit.state in {SummitState.ARCHIVED, SummitState.CANCELLED}:
        changes = {}
    found += [
        {"label": label, "url": reverse("summit-change", args=[summit.slug, what])}
        for what, (label, permission) in changes.items()
        if permission.refuses(facts, actor, Inputs()) is None
    ]
    return found


# Asides ----------------------------------------------------------------------------------------------------------


def progress(summit: Summit, phases: Sequence[Readiness]) -> list[dict[str, Any]]:
    """Return readiness by phase as its component shows it."""
    return [
        {"label": p.phase.title, "done": p.done, "total": p.total, "waiting": p.waiting, "now": p.phase.state == summit.state}
        for p in phases
    ]


def dated_meetings(meetings: Iterable[Meeting], now: datetime, *, name_summit: bool = False) -> list[dict[str, Any]]:
    """Return meetings as a list by date."""
    rows = []
    for meeting in meetings:
        zone = ZoneInfo(meeting.zone)
        today = now.astimezone(zone).date()
        hour = f"{meeting.starts_at.astimezone(zone):%H:%M}" if meeting.starts_at else ""
        note = ", ".join(part for part in (f"{hour} ({city(meeting.zone)})" if hour else "", meeting.place) if part)
        rows.append(
            {
                "day": short_day(meeting.held_on, today) if meeting.held_on else _("No date yet"),
                "iso": meeting.held_on.isoformat() if meeting.held_on else "",
                "text": meeting.title,
                "note": f"{meeting.summit.roman}. {note}" if name_summit else note,
                "url": url_for(meeting),
            }
        )
    return rows


def short_when(instant: datetime, now: datetime, zone: str) -> str:
    """Return the hour of today's events, and the day of earlier ones."""
    local, today = instant.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    return f"{local.hour}:{local:%M}" if local.date() == today else short_day(local.date(), today)


def told_rows(told: Iterable[Told], now: datetime, zone: str) -> list[dict[str, Any]]:
    """Return events as their component shows them."""
    return [
        {
            "when": hour_of_day(each.at, now, zone),
            "short": short_when(each.at, now, zone),
            "iso": each.at.isoformat(),
            "sentence": each.sentence,
            "url": url_of(each.ref) if each.event.noun != "summit" else "",
            "link": _("See the text") if each.event.noun in ON_TEXTS else each.label,
        }
        for each in told
    ]
