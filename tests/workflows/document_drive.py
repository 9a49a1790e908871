"""A drive of texts: a world in which each step is done by the real actions and printed, with the texts as they then stand."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from tests.factories import World, make_world
from workflows.actions import document as documents
from workflows.actions.meeting import convene_meeting, record_attendance, record_decision
from workflows.actions.paragraph import add_paragraphs, edit_paragraph
from workflows.actions.proposal import end_position, take_position, write_proposal
from workflows.errors import GuardsFailed
from workflows.models import Message, Paragraph, Party, Position, Proposal
from workflows.queries.document_facts import lines_of, text_of
from workflows.states import ClearanceOffice

WIDTH = 112
TITLES = {
    "agenda": ("Agenda", "Agenda", "Agenda"),
    "declaration": ("Declaración", "Declaração", "Declaration"),
    "resolution": ("Resolución", "Resolução", "Resolution"),
    "special_communique": ("Comunicado Especial", "Comunicado Especial", "Special Communiqué"),
    "programme_of_action": ("Programa de Acción", "Programa de Ação", "Programme of Action"),
}


class Drive:
    """A world, and what has been printed of it."""

    def __init__(self) -> None:
        self.world: World = make_world()
        self.printed: list[str] = []
        self.told = 0

    # Printing ----------------------------------------------------------------------------------------------------

    def say(self, text: str = "", indent: int = 0) -> None:
        """Print a line, wrapped."""
        margin = " " * indent
        self.printed += textwrap.wrap(text, WIDTH, initial_indent=margin, subsequent_indent=margin) or [""]

    def chapter(self, title: str) -> None:
        """Print a heading; it is the morning of the next day."""
        self.world.now = (self.world.now + timedelta(days=1)).replace(hour=9, minute=0)
        self.printed += ["", title, "=" * len(title)]

    def step(self, who: str, what: str, act: Callable[[], Any], *shown: str) -> Any:
        """Let somebody act, some minutes later; print what was done or refused, who is told, and the texts named."""
        self.world.now += timedelta(minutes=20)
        self.say()
        self.say(f"{self.world.now:%d %B %Y, %H:%M} · {who}: {what}")
        done = None
        try:
            done = act()
        except GuardsFailed as refusal:
            self.say("refused:", 2)
            for reason in refusal.reasons:
                self.say(f"- {reason.message}", 4)
        self._tell()
        for code in shown:
            self.show(code)
        return done

    def _tell(self) -> None:
        mails = list(Message.objects.order_by("pk").select_related("seat__party")[self.told :])
        self.told += len(mails)
        for kind, seats in sorted(Counter((m.kind, m.seat.party.get_kind_display()) for m in mails).items()):
            self.say(f"mail {kind[0]} → {kind[1]}: {seats}", 2)

    def show(self, code: str) -> None:
        """Print a text as it stands, paragraph by paragraph, in both languages."""
        document = self.world.document(code)
        last = document.versions.order_by("-number").first()
        outcome = f" · {document.get_outcome_display()}" if document.outcome else ""
        symbols = f" · {last.symbol_es}, {last.symbol_pt}" if last else ""
        self.say(f"{document.title} · {document.get_state_display()}{outcome}{symbols}", 2)
        for number, paragraph in self.paragraphs(code).items():
            self._show(number, "" if document.is_plain else paragraph.get_state_display(), paragraph)

    def _show(self, number: str, state: str, paragraph: Paragraph) -> None:
        left, right = ("[", "]") if paragraph.state == "bracketed" else ("", "")
        for language in ("es", "pt"):
            status, text = paragraph.status(language), getattr(paragraph, f"text_{language}")
            head = f"{number:<8} {state:<21}" if language == "es" else " " * 30
            mark = "" if status == "current" else f" ({status})"
            body = f"{left}{text}{right}{mark}" if text else mark.strip()
            lines = textwrap.wrap(f"{language}  {body}", WIDTH - 36, subsequent_indent="    ")
            self.printed += [f"    {head}{lines[0]}".rstrip(), *(" " * 34 + line for line in lines[1:])]

    # Finding -----------------------------------------------------------------------------------------------------

    def paragraphs(self, code: str) -> dict[str, Paragraph]:
        """Return the paragraphs of a text by their numbers, in order."""
        document = self.world.document(code)
        found = text_of([document])[document.pk]
        return {line.number: p for p, line in zip(found, lines_of(found), strict=True)}

    def delegation(self, name: str) -> str:
        """Return the name of the party in which a seat is."""
        return self.world.seats[name].party.name

    # Doing -------------------------------------------------------------------------------------------------------

    def act(self, by: str, code: str, verb: str, **inputs: Any) -> Callable[[], Any]:
        """Return the act of a verb on a text."""
        return lambda: self.world.act(self.world.document(code), verb, by, **inputs)

    def create(self, by: str, kind: str, paragraphs: Sequence[tuple[str, str, str]]) -> str:
        """Begin a text."""
        es, pt, en = TITLES[kind]
        actor, now = self.world.actor(by), self.world.now
        title = {"es": es, "pt": pt, "en": en}
        document = documents.create_document(self.world.summit, kind=kind, title=title, actor=actor, now=now)
        kinds, texts = [p[0] for p in paragraphs], [p[1:] for p in paragraphs]
        add_paragraphs(document, kind=kinds, texts=texts, actor=actor, now=now)
        return document.code

    def sign(self, code: str, *offices: str) -> None:
        """Sign clearances of SEGIB."""
        for office in offices or ClearanceOffice.values:
            officer = self.world.actor("segib_officer")
            documents.sign_clearance(self.world.document(code), office=office, actor=officer, now=self.world.now)

    def clear(self, code: str, by: str) -> None:
        """Let the author submit, and SEGIB sign and clear."""
        self.act(by, code, "submit_for_clearance")()
        self.sign(code)
        self.act("approver", code, "clear")()

    def edit(self, by: str, code: str, number: str, **texts: str) -> Any:
        """Write a paragraph."""
        actor = self.world.actor(by)
        written = edit_paragraph(self.paragraphs(code)[number], actor=actor, now=self.world.now, **texts)
        if written.dropped:
            self.say(f"clearances dropped: {', '.join(written.dropped)}", 2)
        return written

    def gavel(self, code: str, verb: str, meeting: str, *numbers: str) -> None:
        """Let the chair take paragraphs."""
        for number in numbers:
            self.world.act(self.paragraphs(code)[number], verb, "secretary", meeting=meeting)

    def say_of(self, by: str, code: str, number: str, words: str, kind: str = "substantive") -> Proposal:
        """Let a delegation draft and submit what it has to say."""
        paragraph = self.paragraphs(code)[number] if number else None
        actor, now = self.world.actor(by), self.world.now
        proposal = write_proposal(self.world.document(code), paragraph=paragraph, kind=kind, text=words, actor=actor, now=now)
        moved: Proposal = self.world.act(proposal, "submit", by).row
        self.say(f"received {moved.received_at:%d %B, %H:%M}" + (", after the window" if moved.is_late else ""), 2)
        return moved

    def take(self, by: str, code: str, number: str, kind: str) -> Position:
        """Let a delegation take a position."""
        paragraph = self.paragraphs(code)[number] if number else None
        actor = self.world.actor(by)
        return take_position(self.world.document(code), paragraph=paragraph, kind=kind, actor=actor, now=self.world.now)

    def lift(self, by: str, position: Position) -> None:
        """Let a delegation withdraw its position."""
        end_position(position, actor=self.world.actor(by), now=self.world.now)

    def meet(self, code: str, kind: str, level: str) -> None:
        """Convene and begin a meeting in which three delegations are present."""
        world, secretary = self.world, self.world.actor("secretary")
        meeting = convene_meeting(
            world.summit,
            code=code,
            kind=kind,
            title={"es": code, "pt": code},
            starts_at=world.now,
            actor=secretary,
            now=world.now,
        )
        world.act(meeting, "begin", "secretary")
        present = dict.fromkeys(Party.objects.filter(code__in=["BR", "PT", "PY"]).order_by("code"), level)
        record_attendance(world.meeting(code), levels=present, actor=secretary, now=world.now)

    def decide(self, code: str, subject: str) -> str:
        """Record a decision and return its id."""
        given = {"subject": subject, "text_es": "Se aprueba.", "text_pt": "Aprova-se."}
        secretary = self.world.actor("secretary")
        return str(record_decision(self.world.meeting(code), **given, actor=secretary, now=self.world.now).uuid)
