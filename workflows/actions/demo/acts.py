"""What happens in the demonstration, each act with its instant: meetings, lines of the checklist, phases, words, texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from workflows.actions.deadline import pin_deadline
from workflows.actions.demo.texts import plan_texts
from workflows.actions.meeting import change_meeting, record_attendance, record_decision, set_agenda
from workflows.actions.summit import describe_summit
from workflows.actions.task import add_comment, add_evidence, ask_party, take_up
from workflows.actions.transition import perform
from workflows.models import Deadline, Meeting, Party, Summit, Task
from workflows.rules.deadlines import end_of_day, local_day
from workflows.rules.facts import Inputs
from workflows.states import Channel, PartyKind

if TYPE_CHECKING:
    from datetime import date

    from workflows.actions.demo.stage import Stage
    from workflows.rules.facts import Actor

type Act = Callable[[datetime], Any]
type Planned = tuple[datetime, Act]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def plan_acts(stage: Stage) -> Iterator[Planned]:
    """Yield every act of the story with its instant, in no order; those that lie ahead of now have not happened yet."""
    lines = Lines(stage)
    yield from _meetings(stage)
    for code in stage.tasks:
        yield from lines.acts(code)
    yield from _phases(stage, lines)
    yield from _words(stage)
    yield from plan_texts(stage, lines)


def _to(find: Callable[[], Any], action: Callable[..., Any], *names: Any, **given: Any) -> Act:
    """Return the act of an action on what is found when its hour has come."""
    return lambda at: action(find(), *names, now=at, **given)


# Meetings --------------------------------------------------------------------------------------------------------


def _meetings(stage: Stage) -> Iterator[Planned]:
    """Each meeting is prepared, is held, decides, and has its minutes approved."""
    for meeting in stage.summit.meetings.select_related("convened_by").order_by("held_on", "pk"):
        told = stage.story["meetings"].get(meeting.code, {})
        by = stage.actors["approver" if meeting.convened_by.kind == PartyKind.SEGIB else "secretary"]
        find = partial(Meeting.objects.select_related("summit", "convened_by").get, pk=meeting.pk)
        begins: datetime = meeting.starts_at  # type: ignore[assignment]
        prepared = min(stage.on(local_day(begins, stage.summit.zone) - 30 * DAY), stage.ago(3))
        if "place" in told:
            yield prepared, _to(find, change_meeting, place=told["place"], actor=by)
        if "agenda" in told:
            yield prepared + HOUR, _to(find, set_agenda, items=told["agenda"], actor=by)
        yield begins, _to(find, perform, "begin", actor=by)
        yield begins + HOUR, partial(_attendance, stage, find, told, by)
        for n, decision in enumerate(told.get("decisions", ())):
            yield begins + (5 + n) * HOUR, partial(_decision, find, decision, by)
        yield begins + 8 * HOUR, _to(find, perform, "close", actor=by)
        if meeting.code == "cnrc_1":
            yield begins + DAY, partial(_describe, stage)
        if "minutes" in told:
            yield begins + 20 * DAY, partial(_minutes, find, told["minutes"], by)


def _attendance(stage: Stage, find: Any, told: dict[str, Any], by: Actor, at: datetime) -> None:
    parties = Party.objects.filter(participations__summit=stage.summit, kind=PartyKind.DELEGATION).order_by("pk")
    level, absent = told.get("level", "coordinator"), told.get("absent", ())
    levels = {party: "absent" if party.code in absent else level for party in parties}
    record_attendance(find(), levels=levels, actor=by, now=at)


def _decision(find: Any, told: dict[str, str], by: Actor, at: datetime) -> None:
    record_decision(find(), subject=told["subject"], text_es=told["es"], text_pt=told["pt"], actor=by, now=at)


def _describe(stage: Stage, at: datetime) -> None:
    texts = {f"{name}_{lang}": stage.story[name][lang] for name in ("theme", "motto") for lang in ("es", "pt", "en")}
    describe_summit(stage.summit, fields=texts, actor=stage.actors["spt"], now=at)


def _minutes(find: Any, text: str, by: Actor, at: datetime) -> None:
    change_meeting(find(), minutes=text, actor=by, now=at)
    perform(find(), "approve_minutes", actor=by, now=at)


# Lines of the checklist ------------------------------------------------------------------------------------------


class Lines:
    """When each line of the checklist is handed in and settled, and the acts by which that comes about."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._settled: dict[str, datetime] = {}
        codes = list(stage.tasks)
        self.warnings = frozenset(
            {f"{kind}:{code}" for kind in ("waits_for", "task") for code in codes}
            | {"answers_pending", "answers_to_verify", "attendance"}
        )

    def due_at(self, code: str) -> datetime:
        """Return a line's deadline, as the template sets it."""
        due_at = self.stage.tasks[code].deadline.due_at
        return due_at or self.stage.now

    def due_day(self, code: str) -> date:
        """Return the local day of that deadline."""
        return local_day(self.due_at(code), self.stage.summit.zone)

    def handed_in_at(self, code: str) -> datetime:
        """Return when a line is handed in: on its meeting's evening, or some days early, after all that it waits for."""
        task = self.stage.tasks[code]
        deadline = task.deadline
        if deadline.anchor is not None and deadline.anchor.starts_at is not None and deadline.offset >= 0:
            planned = deadline.anchor.starts_at + 9 * HOUR
        else:
            planned = self.stage.on(self.due_day(code) - (2 + sum(map(ord, code)) % 6) * DAY, 11)
        waited = [self.settled_at(other.code) + HOUR for other in task.depends_on.all()]
        return max([planned, self.stage.begun, *waited])

    def settled_at(self, code: str) -> datetime:
        """Return when a line is verified, closed, waived or set aside, as far as it takes its course."""
        if code not in self._settled:
            self._settled[code] = self._settles(code)
        return self._settled[code]

    def _settles(self, code: str) -> datetime:
        if self.stage.story["lines"].get(code, {}).get("do") in {"waive", "not_applicable"}:
            return min(self.stage.on(self.due_day(code) - 20 * DAY), self.stage.ago(7))
        if self.stage.tasks[code].is_parent:
            return self.stage.after(self.due_at(code), 3)
        return self.stage.after(self.handed_in_at(code), 1)

    def acts(self, code: str) -> Iterator[Planned]:
        """Yield what happens to a line."""
        told = self.stage.story["lines"].get(code)
        if self.stage.tasks[code].is_parent:
            yield from self._asked_of_several(code)
        elif told is not None:
            yield from self._told(code, told)
        elif self.due_at(code) < self.stage.now and not self.stage.tasks[code].done_by_kind:
            yield from self._usual(code)  # the others follow their text

    def _perform(self, at: datetime, find: Callable[[], Task], verb: str, by: Actor, **inputs: Any) -> None:
        perform(find(), verb, actor=by, now=at, inputs=Inputs(accepted=self.warnings, **inputs))

    def act(self, code: str, verb: str, by: Actor, party: str = "", **inputs: Any) -> Act:
        """Return the act of a verb on a line, or on a party's part of it, which is found when the hour has come."""
        find = partial(find_task, self.stage.summit, code, party)
        return lambda at: self._perform(at, find, verb, by, **inputs)

    def _usual(self, code: str) -> Iterator[Planned]:
        """One of the responsible secretariat hands it in, another person verifies."""
        task, actors = self.stage.tasks[code], self.stage.actors
        is_segib = task.responsible.kind == PartyKind.SEGIB
        by = replace(actors["segib"], channel=Channel.API) if is_segib else actors["spt"]
        of_segib = actors["approver" if is_segib else "segib"]
        verifier = of_segib if task.verified_by.kind == PartyKind.SEGIB else actors["secretary"]
        evidence = f"{task.deliverable_es}. Expediente {code}."
        yield self.handed_in_at(code), self.act(code, "submit", by, evidence=evidence)
        yield self.settled_at(code), self.act(code, "verify", verifier)

    def _told(self, code: str, told: dict[str, Any]) -> Iterator[Planned]:
        actors, stage = self.stage.actors, self.stage
        is_segib = stage.tasks[code].responsible.kind == PartyKind.SEGIB
        by = actors[told["by"]] if "by" in told else actors["segib" if is_segib else "spt"]
        match told["do"]:
            case "waive":
                given = {"reason": told["reason"], "authority": told["authority"]}
                yield self.settled_at(code), self.act(code, "waive", by, **given)
            case "not_applicable":
                yield self.settled_at(code), self.act(code, "mark_not_applicable", by, reason=told["reason"])
            case "start":
                yield min(stage.on(self.due_day(code) - 15 * DAY), stage.ago(6)), self.act(code, "start", by)
            case "submit":
                yield stage.on(stage.ago(1).date()), self.act(code, "submit", by, evidence=told["evidence"])
        if "pinned" in told:
            yield stage.ago(5, 12), partial(self._pin, code, told)

    def _pin(self, code: str, told: dict[str, Any], at: datetime) -> None:
        deadline = Deadline.objects.select_related("task", "summit").get(task=self.stage.tasks[code])
        due_at = end_of_day(self.stage.today + told["pinned"] * DAY, self.stage.summit.zone)
        pin_deadline(deadline, due_at=due_at, reason=told["reason"], actor=self.stage.actors["approver"], now=at)

    # What is asked of several --------------------------------------------------------------------------------

    def _asked_of_several(self, code: str) -> Iterator[Planned]:
        story, secretary = self.stage.story, self.stage.actors["secretary"]
        asked = story["asked"].get(code, {"parties": [], "before": 0})
        for n, party in enumerate(asked["parties"]):
            at = self.stage.on(self.due_day(code) - asked["before"] * DAY, 12, n)
            yield at, partial(self._ask, code, party)
        if code in story["answers"]:
            yield from self._answers(code, story["answers"][code], asked["parties"])
        if self.due_at(code) < self.stage.now:
            yield self.settled_at(code), self.act(code, "close_window", secretary)

    def _ask(self, code: str, party: str, at: datetime) -> None:
        task = find_task(self.stage.summit, code)
        ask_party(task, party=Party.objects.get(code=party), actor=self.stage.actors["secretary"], now=at)

    def _answers(self, code: str, told: dict[str, Any], asked: list[str]) -> Iterator[Planned]:
        """Yield the answers, spread over the time in which they were awaited, each in its own way."""
        named = [party for way in WAYS for party in told.get(way, ()) if told.get(way) != "rest"]
        everyone = asked or self._members(code)
        ways = {way: [p for p in everyone if p not in named] if told.get(way) == "rest" else told.get(way, []) for way in WAYS}
        answering = [party for party in everyone if any(party in parties for parties in ways.values())]
        begins, ends = self._window(code, asked)
        for n, party in enumerate(answering, start=1):
            at = begins + (ends - begins) * n / (len(answering) + 1)
            way = next(way for way, parties in ways.items() if party in parties)
            if way == "late":
                at = self.stage.after(self.settled_at(code), 2)
            yield from self._answer(code, party, way, told, at)

    def _members(self, code: str) -> list[str]:
        children = Task.objects.filter(parent=self.stage.tasks[code]).order_by("position")
        return list(children.values_list("responsible__code", flat=True))

    def _window(self, code: str, asked: list[str]) -> tuple[datetime, datetime]:
        """Return from when to when the answers come in; of a window still open, up to yesterday."""
        waited = [self.settled_at(other.code) for other in self.stage.tasks[code].depends_on.all()]
        before = self.stage.story["asked"][code]["before"] if asked else 25
        begins = max([self.stage.on(self.due_day(code) - before * DAY, 13), *(w for w in waited if w < self.stage.now)])
        return begins, min(self.stage.on(self.due_day(code), 9), self.stage.ago(2))

    def _answer(self, code: str, party: str, way: str, told: dict[str, Any], at: datetime) -> Iterator[Planned]:
        actors = self.stage.actors
        own = actors.get({"OEI": "liaison"}.get(party, party), actors["spt"])
        evidence = told.get("pt" if own.language.startswith("pt") else "es", told.get("es", ""))
        handed_in = self.act(code, "submit", own, party, evidence=evidence)
        received = self.stage.after(at, 1, 16), self.act(code, "verify", actors["spt"], party)
        match way:
            case "page" | "late":
                yield at, handed_in
                yield received
            case "note":
                yield at, partial(self._note, code, party, evidence)
                yield received
            case "no_comments":
                yield at, self.act(code, "declare_no_comments", own, party)
            case "submitted":
                yield max(at, self.stage.ago(2)), handed_in
            case "returned":
                yield at, handed_in
                back = self.act(code, "return", actors["spt"], party, reason=told["reason"])
                yield min(self.stage.after(at, 1, 16), self.stage.ago(1, 8)), back
            case "started":
                yield at, self.act(code, "start", own, party)

    def _note(self, code: str, party: str, evidence: str, at: datetime) -> None:
        """SEGIB records what came by note verbale the day before."""
        number = f"Nota verbal {100 + sum(map(ord, code + party)) % 400}/{at.year}"
        paper = {"on_behalf": True, "channel": Channel.NOTE_VERBALE.value, "note_number": number, "received_at": at - DAY}
        self.act(code, "submit", self.stage.actors["segib"], party, evidence=evidence, **paper)(at)


WAYS = ("page", "note", "no_comments", "submitted", "returned", "started", "late")


def find_task(summit: Summit, code: str, party: str = "") -> Task:
    """Return a line of the checklist as it now is, or a party's part of it."""
    rows = Task.objects.select_related("summit", "responsible", "verified_by", "parent", "phase").filter(
        summit=summit, code=code
    )
    return rows.get(parent__isnull=False, responsible__code=party) if party else rows.get(parent__isnull=True)


# Phases and words ------------------------------------------------------------------------------------------------


def _phases(stage: Stage, lines: Lines) -> Iterator[Planned]:
    """The Summit enters each phase on its day, or when the last line that blocks it is settled; both offices sign in turn."""
    opened = list(stage.summit.phases.order_by("position"))[1:]
    for phase, told in zip(opened, stage.story["phases"], strict=False):
        blocking = [lines.settled_at(t.code) + 2 * HOUR for t in stage.tasks.values() if t.blocks_id == phase.pk]
        at = max([stage.on(stage.opens(phase.opens_offset), 15), *(b for b in blocking if b < stage.now)])
        for n, office in enumerate(told["by"]):
            yield stage.after(at, n, 15) if n else at, partial(_move, stage, lines, told["verb"], stage.actors[office])


def _move(stage: Stage, lines: Lines, verb: str, by: Actor, at: datetime) -> None:
    summit = Summit.objects.get(pk=stage.summit.pk)
    perform(summit, verb, actor=by, now=at, inputs=Inputs(accepted=lines.warnings))


def _words(stage: Stage) -> Iterator[Planned]:
    """What people say under a task, prepare in their own house, and take up."""
    for n, told in enumerate(stage.story["comments"]):
        find = partial(find_task, stage.summit, told["task"], told.get("party", ""))
        at = stage.ago(told["days"], 17) + timedelta(minutes=n)
        yield at, _to(find, add_comment, text=told["text"], actor=stage.actors[told["by"]])
    for told in stage.story["drafts"]:
        find = partial(find_task, stage.summit, told["task"], told["party"])
        yield stage.ago(2, 18), _to(find, add_evidence, text=told["text"], actor=stage.actors[told["by"]])
    for told in stage.story["taken_up"]:
        find = partial(find_task, stage.summit, told["task"], told["party"])
        yield stage.ago(1, 9), _to(find, take_up, actor=stage.actors[told["by"]])
