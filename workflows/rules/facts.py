"""Frozen facts on which guards and permissions decide; gathered by `queries.facts`, in batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from workflows.errors import Ref


@dataclass(frozen=True)
class Actor:
    """Who acts: the holder of one seat, through one channel; the machine is `None`, shown as "system".

    `summit_id` and `host_party_id` are set for a seat of an SPT; `rights_ended` when its party has lost the summit.
    """

    seat_id: int
    role: str
    party_id: int
    party_kind: str
    person_id: int
    summit_id: int | None = None
    host_party_id: int | None = None
    rights_ended: bool = False
    user_id: int | None = None
    token_id: int | None = None
    channel: str = "page"
    language: str = "es"
    zone: str = "UTC"


@dataclass(frozen=True)
class Scene:
    """The summit as every rule sees it: its stage, its secretariat and its host."""

    summit_id: int
    slug: str
    state: str
    spt_party_id: int | None
    host_party_id: int | None


@dataclass(frozen=True)
class TaskLine:
    """A task as others see it: as a dependency, or as what blocks a phase."""

    ref: Ref
    code: str
    title: str
    state: str
    gate: str
    office: str
    due_at: datetime | None = None
    kind: str = "work"
    received: int = 0
    asked: int = 0
    applies_if: str = ""
    """The condition under which the task applies at all, in the reader's language; empty when it always does."""


@dataclass(frozen=True)
class MeetingLine:
    """A meeting as the summit's guards see it."""

    ref: Ref
    code: str
    kind: str
    title: str
    state: str
    starts_at: datetime | None = None


@dataclass(frozen=True)
class DecisionLine:
    """A recorded decision: on what, by a meeting of which kind."""

    uuid: str
    subject: str
    meeting_kind: str
    spent: bool = False


@dataclass(frozen=True)
class DocumentLine:
    """A document as the summit's guards see it."""

    ref: Ref
    kind: str
    title: str
    state: str
    is_plain: bool
    has_window: bool = False
    open_brackets: int = 0
    ad_referendum: int = 0
    reserves: int = 0


@dataclass(frozen=True)
class SummitFacts:
    """What the summit's guards look at."""

    @property
    def shape(self) -> str:
        """Summits have one shape."""
        return ""

    scene: Scene
    ref: Ref
    host_set: bool
    opening_on: date | None
    blocking: tuple[tuple[str, TaskLine], ...] = ()
    """Pairs (state of the summit that the task's blocked phase belongs to, task)."""
    handing_on: tuple[TaskLine, ...] = ()
    """The tasks without which a summit cannot be archived (SGM-02, SGM-03, SGM-04 where the checklist has them)."""
    meetings: tuple[MeetingLine, ...] = ()
    decisions: tuple[DecisionLine, ...] = ()
    documents: tuple[DocumentLine, ...] = ()
    handover_recorded: bool = False
    successor_known: bool = False
    next_phase_title: str = ""


@dataclass(frozen=True)
class TaskFacts:
    """What the task's guards and permissions look at."""

    scene: Scene
    ref: Ref
    state: str
    kind: str
    is_parent: bool
    is_child: bool
    responsible_id: int
    responsible_kind: str
    authority: str
    verifier_id: int
    verifier_kind: str
    submitted_by_person_id: int | None = None
    submitted_by_seat_id: int | None = None
    taken_up: bool = False
    evidence: int = 0
    depends_on: tuple[TaskLine, ...] = ()
    children_open: int = 0
    children_submitted: int = 0
    children: int = 0
    representation_pending: bool = False
    applies_if: str = ""

    @property
    def shape(self) -> str:
        """What kind of line it is: a parent, a State's part of it, an instance of work, or one party's work."""
        if self.is_parent:
            return "parent"
        if self.is_child:
            return "child" if self.kind == "contribution" else "instance"
        return "work"


@dataclass(frozen=True)
class MeetingFacts:
    """What the meeting's guards and permissions look at."""

    @property
    def shape(self) -> str:
        """Meetings have one shape."""
        return ""

    scene: Scene
    ref: Ref
    state: str
    kind: str
    convened_by_id: int
    convened_by_kind: str
    chair_seat_id: int | None = None
    starts_at: datetime | None = None
    attending: int = 0
    decisions: int = 0


@dataclass(frozen=True)
class ParagraphLine:
    """A paragraph as its document's guards see it."""

    ref: Ref
    number: str
    kind: str
    state: str
    es: str
    pt: str
    """Status of each language: current, stale or missing."""


@dataclass(frozen=True)
class PositionLine:
    """A delegation's position on a document (`paragraph` empty) or on one of its paragraphs."""

    party: str
    kind: str
    paragraph: str = ""
    code: str = ""
    """The code of the party."""


@dataclass(frozen=True)
class DocumentFacts:
    """What the document's guards and permissions look at."""

    scene: Scene
    ref: Ref
    state: str
    kind: str
    is_plain: bool
    is_communique: bool
    proponent_id: int | None
    paragraphs: tuple[ParagraphLine, ...] = ()
    clearances: tuple[str, ...] = ()
    """Offices whose clearance stands for the text as it is."""
    open_proposals: int = 0
    positions: tuple[PositionLine, ...] = ()
    meetings: tuple[MeetingLine, ...] = ()
    decisions: tuple[DecisionLine, ...] = ()
    attending: tuple[str, ...] = ()
    """Codes of the meetings whose attendance is recorded."""
    is_late: bool = False
    is_admitted: bool = False
    has_adherence: bool = False
    outcome: str = ""
    concordance_certified: bool = False
    originals_filed: bool = False
    min_window_hours: int = 0

    @property
    def shape(self) -> str:
        """Which of the verbs' kinds it is: plain, communique, or negotiated."""
        return "plain" if self.is_plain else "communique" if self.is_communique else "negotiated"


@dataclass(frozen=True)
class ParagraphFacts:
    """What the paragraph's guards and permissions look at."""

    scene: Scene
    ref: Ref
    state: str
    document_state: str
    positions: tuple[PositionLine, ...] = ()
    meetings: tuple[MeetingLine, ...] = ()
    es: str = ""
    pt: str = ""

    @property
    def shape(self) -> str:
        """Paragraphs have one shape."""
        return ""


@dataclass(frozen=True)
class ProposalFacts:
    """What the proposal's permissions look at."""

    scene: Scene
    ref: Ref
    state: str
    party_id: int
    document_state: str
    representation_pending: bool = False

    @property
    def shape(self) -> str:
        """Proposals have one shape."""
        return ""


@dataclass(frozen=True)
class Inputs:
    """What the caller sent along with a verb; `accepted` are the codes of the warnings that were passed knowingly."""

    reason: str = ""
    evidence: str = ""
    authority: str = ""
    decision: str = ""
    successor: str = ""
    on_behalf: bool = False
    channel: str = ""
    note_number: str = ""
    received_at: datetime | None = None
    occurred_at: datetime | None = None
    opening_on: date | None = None
    meeting: str = ""
    """The code of the meeting in which a chair acts."""
    window_ends_at: datetime | None = None
    other_language_at: datetime | None = None
    outcome: str = ""
    note: str = ""
    now: datetime | None = None
    """The instant of the request, set by the engine; None where only the state of things is asked."""
    accepted: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Act:
    """What a transition's body is told: who, when, through which channel, and what was sent along."""

    actor: Actor | None
    now: datetime
    inputs: Inputs = field(default_factory=Inputs)

    @property
    def channel(self) -> str:
        """How the act came: as stated, else by the surface on which it was done."""
        if self.actor is None:
            return "system"
        return self.inputs.channel or self.actor.channel

    @property
    def received_at(self) -> datetime:
        """When it arrived: as stated by the secretariat that records what came on paper, never later than now."""
        stated = self.inputs.received_at if self.inputs.on_behalf else None
        return min(stated or self.now, self.now)


type Facts = SummitFacts | TaskFacts | MeetingFacts | DocumentFacts | ParagraphFacts | ProposalFacts
