"""The texts of the demonstration, each act with its instant: their courses, what delegations say, what the table does."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from workflows.actions.document import create_document, sign_clearance
from workflows.actions.meeting import convene_meeting, record_attendance
from workflows.actions.paragraph import add_paragraphs, edit_paragraph
from workflows.actions.proposal import end_position, take_position, write_proposal
from workflows.actions.reference import DATA
from workflows.actions.transition import perform
from workflows.models import Decision, Document, Meeting, Paragraph, Party, Position
from workflows.queries.document_facts import lines_of, text_of
from workflows.rules.facts import Inputs
from workflows.states import Channel, ClearanceOffice, DecisionSubject, PartyKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.actions.demo.acts import Lines, Planned
    from workflows.actions.demo.stage import Stage
    from workflows.models import Proposal
    from workflows.rules.facts import Actor

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
FOLDER = DATA / "demonstration_texts"
WORDS_AT, POSITIONS_AT = 12, 16
"""The hours at which delegations comment and take positions."""


@cache
def read_texts() -> dict[str, Any]:
    """Return each text by its file's name, and under `negotiation` what is done with them."""
    return {path.stem: YAML(typ="safe").load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}


def plan_texts(stage: Stage, lines: Lines) -> Iterator[Planned]:
    """Yield every act on texts with its instant, in no order."""
    yield from Texts(stage, lines).acts()


class Texts:
    """The documents by the names of their files, found when the hour has come, and what is done with them."""

    def __init__(self, stage: Stage, lines: Lines) -> None:
        self.stage, self.lines = stage, lines
        self.told = read_texts()["negotiation"]
        self._found: dict[str, int] = {}

    def acts(self) -> Iterator[Planned]:
        """Yield all of it."""
        for key, course in self.told["courses"].items():
            for step in course:
                yield from self._steps(key, step)
        yield from self._table(self.told["table"])
        for n, told in enumerate(self.told["proposals"]):
            yield self._said(told["days"], WORDS_AT, n), partial(self._propose, told)
            if "then" in told:
                yield self._disposed(told, n), partial(self._dispose, told)
        for n, told in enumerate(self.told["positions"]):
            yield self._said(told["days"], POSITIONS_AT, n), partial(self._take, told)
            if "lifted" in told:
                yield self._said(told["lifted"], POSITIONS_AT, n), partial(self._lift, told)

    # Instants ----------------------------------------------------------------------------------------------------

    def _said(self, days: int, hour: int, minutes: int) -> datetime:
        return self.stage.ago(days, hour) + minutes * MINUTE

    def _disposed(self, told: dict[str, Any], n: int) -> datetime:
        """The secretariat disposes of what was said on the evening of the table, or of the day on which it was said."""
        return max(self._opens() + 9 * HOUR, self._said(told["days"], 19, 0)) + n * MINUTE

    def _opens(self) -> datetime:
        return self.stage.on(self.stage.ago(self.told["table"]["days"]).date())

    def _instant(self, step: dict[str, Any]) -> datetime:
        more = step.get("hours", 0) * HOUR
        if "ago" in step:
            return self.stage.ago(step["ago"]) + more
        if "meeting" in step:
            meeting = Meeting.objects.get(summit=self.stage.summit, code=step["meeting"])
            begins: datetime = meeting.starts_at  # type: ignore[assignment]
            return begins + more
        of = self.lines.handed_in_at if "handed_in" in step else self.lines.settled_at
        return of(step.get("handed_in") or step["settled"]) + more

    def _window(self, step: dict[str, Any]) -> datetime | None:
        if "window_of" in step:
            return self.lines.due_at(step["window_of"])
        return self.stage.ago(-step["window"]) if "window" in step else None

    # The course of a text ----------------------------------------------------------------------------------------

    def _document(self, key: str) -> Document:
        return Document.objects.select_related("summit", "proponent").get(pk=self._found[key])

    def _paragraph(self, key: str, number: str) -> Paragraph | None:
        """Return a paragraph of a text by its number; None for the text as a whole."""
        paragraphs = text_of([self._document(key)])[self._found[key]]
        numbered = zip(paragraphs, lines_of(paragraphs), strict=True)
        return next(p for p, line in numbered if line.number == number) if number else None

    def _steps(self, key: str, step: dict[str, Any]) -> Iterator[Planned]:
        """Yield a step of a text's course; each office that clears it signs a few minutes after the other."""
        at = self._instant(step)
        match step["do"]:
            case "draft":
                yield at, partial(self._draft, key, self.stage.actors[step["by"]])
            case "sign":
                for n, office in enumerate(ClearanceOffice.values):
                    yield at + n * MINUTE, partial(self._sign, key, office, self.stage.actors[step["by"]])
            case verb:
                yield at, partial(self._move, key, verb, step)

    def _sign(self, key: str, office: str, by: Actor, at: datetime) -> None:
        sign_clearance(self._document(key), office=office, actor=by, now=at)

    def _move(self, key: str, verb: str, step: dict[str, Any], at: datetime) -> None:
        """Perform a verb, by the system where nobody is named, with the window or the meeting's decision that it needs."""
        by = self.stage.actors[step["by"]] if "by" in step else None
        inputs = Inputs(window_ends_at=self._window(step))
        if "meeting" in step:
            decision = Decision.objects.get(meeting__code=step["meeting"], subject=DecisionSubject.DOCUMENT)
            inputs = Inputs(decision=str(decision.uuid))
        perform(self._document(key), verb, actor=by, now=at, inputs=inputs)

    def _draft(self, key: str, by: Actor, at: datetime) -> None:
        told = read_texts()[key]
        first, cooperation = told.get("first_language", "es"), told.get("cooperation", False)
        document = create_document(
            self.stage.summit,
            kind=told["kind"],
            title=told["title"],
            first_language=first,
            cooperation=cooperation,
            actor=by,
            now=at,
        )
        self._found[key] = document.pk
        paragraphs = told["paragraphs"]
        kinds, texts = [p["kind"] for p in paragraphs], [(p.get("es", ""), p.get("pt", "")) for p in paragraphs]
        add_paragraphs(self._document(key), kind=kinds, texts=texts, actor=by, now=at)

    # The table ---------------------------------------------------------------------------------------------------

    def _table(self, told: dict[str, Any]) -> Iterator[Planned]:
        """A meeting is convened and held; the text is laid on its table, changed and taken paragraph by paragraph."""
        opens, chair = self._opens(), self.stage.actors["secretary"]
        yield self.stage.ago(10), partial(self._convene, told, opens)
        yield opens, partial(self._begin, told)
        entries = [("edit", p["paragraph"], p) for p in told["edits"]]
        entries += [(verb, number, {}) for verb, numbers in told["gavel"].items() for number in numbers]
        for n, (verb, number, texts) in enumerate(entries, start=2):
            yield opens + n * 5 * MINUTE, partial(self._take_up, told, verb, number, texts)
        yield opens + 8 * HOUR, lambda at: perform(self._meeting(), "close", actor=chair, now=at)

    def _meeting(self) -> Meeting:
        meetings = Meeting.objects.select_related("summit", "convened_by")
        return meetings.get(summit=self.stage.summit, code=self.told["table"]["code"])

    def _convene(self, told: dict[str, Any], opens: datetime, at: datetime) -> None:
        convene_meeting(
            self.stage.summit,
            code=told["code"],
            kind=told["kind"],
            title=told["title"],
            starts_at=opens,
            place=told["place"],
            actor=self.stage.actors["secretary"],
            now=at,
        )

    def _begin(self, told: dict[str, Any], at: datetime) -> None:
        chair = self.stage.actors["secretary"]
        perform(self._meeting(), "begin", actor=chair, now=at)
        parties = Party.objects.filter(participations__summit=self.stage.summit, kind=PartyKind.DELEGATION).order_by("pk")
        levels = {party: "absent" if party.code in told["absent"] else "coordinator" for party in parties}
        record_attendance(self._meeting(), levels=levels, actor=chair, now=at)
        laid = Inputs(meeting=told["code"])
        perform(self._document(told["text"]), "open_negotiation", actor=chair, now=at, inputs=laid)

    def _take_up(self, told: dict[str, Any], verb: str, number: str, texts: dict[str, str], at: datetime) -> None:
        paragraph: Paragraph = self._paragraph(told["text"], number)  # type: ignore[assignment]
        if verb == "edit":
            note, by = told["title"]["es"], self.stage.actors["spt"]
            edit_paragraph(paragraph, text_es=texts["es"], text_pt=texts.get("pt"), substance=True, note=note, actor=by, now=at)
        else:
            chair = self.stage.actors["secretary"]
            perform(paragraph, verb, actor=chair, now=at, inputs=Inputs(meeting=told["code"]))

    # What delegations say ----------------------------------------------------------------------------------------

    def _words(self, told: dict[str, Any], by: Actor) -> tuple[str, str]:
        """Return the language of who speaks, and the words with the mark that they are invented."""
        language = "pt" if by.language.startswith("pt") else "es"
        return language, " ".join(filter(None, [told.get("words"), f"({self.told['mark'][language]})"]))

    def _paper(self, told: dict[str, Any], at: datetime) -> Inputs:
        if "note" in told:
            number = f"{told['note']}/{at.year}"
            return Inputs(on_behalf=True, channel=Channel.NOTE_VERBALE, note_number=number, received_at=at - 20 * HOUR)
        return Inputs(on_behalf=True, channel=Channel.ORALLY) if told.get("orally") else Inputs()

    def _speaker(self, told: dict[str, Any]) -> tuple[Actor, Party | None]:
        """Return who acts, and for whom: the delegation itself, SEGIB for a note, the SPT for what was said orally."""
        if "note" in told:
            return self.stage.actors["segib"], Party.objects.get(code=told["by"])
        if told.get("orally"):
            return self.stage.actors["spt"], Party.objects.get(code=told["by"])
        return self.stage.actors[told["by"]], None

    def _propose(self, told: dict[str, Any], at: datetime) -> None:
        by, party = self._speaker(told)
        language, words = self._words(told, self.stage.actors[told["by"]])
        proposal = write_proposal(
            self._document(told["text"]),
            paragraph=self._paragraph(told["text"], told.get("at", "")),
            kind=told["kind"],
            text=words,
            language=language,
            on_behalf_of=party,
            actor=by,
            now=at,
        )
        if told.get("submit", True):
            perform(proposal, "submit", actor=by, now=at, inputs=self._paper(told, at))

    def _proposal(self, told: dict[str, Any]) -> Proposal:
        said = self._document(told["text"]).proposals.select_related("document__summit", "party")
        return said.get(party__code=told["by"], kind=told["kind"], paragraph=self._paragraph(told["text"], told["at"]))

    def _dispose(self, told: dict[str, Any], at: datetime) -> None:
        by = self.stage.actors[told["by"] if told["then"] == "withdraw" else "spt"]
        perform(self._proposal(told), told["then"], actor=by, now=at)

    def _take(self, told: dict[str, Any], at: datetime) -> None:
        by, party = self._speaker(told)
        _language, note = self._words(told, self.stage.actors[told["by"]])
        take_position(
            self._document(told["text"]),
            paragraph=self._paragraph(told["text"], told.get("at", "")),
            kind=told["kind"],
            note=note,
            inputs=self._paper(told, at),
            on_behalf_of=party,
            actor=by,
            now=at,
        )

    def _lift(self, told: dict[str, Any], at: datetime) -> None:
        document, paragraph = self._document(told["text"]), self._paragraph(told["text"], told["at"])
        standing = Position.objects.standing().select_related("document__summit")
        position = standing.get(document=document, paragraph=paragraph, party__code=told["by"])
        end_position(position, actor=self.stage.actors[told["by"]], now=at)
