"""Texts brought by the real actions to where tests of pages need them: on a table, with what delegations say, published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories import circulate, clear, draft, table, to_stage
from workflows.actions.document import certify_concordance, file_originals
from workflows.actions.proposal import record_proposal, take_position, write_proposal
from workflows.models import Party
from workflows.queries.document_facts import text_of
from workflows.rules.facts import Inputs

if TYPE_CHECKING:
    from tests.factories import World
    from workflows.models import Document, Paragraph, Position, Proposal

LONG = [
    (
        "Las Jefas y los Jefes de Estado y de Gobierno de los países iberoamericanos, reunidos en Madrid;",
        "As Chefes e os Chefes de Estado e de Governo dos países ibero-americanos, reunidos em Madri;",
    ),
    (
        "Reafirmar su compromiso con el acceso universal a los servicios públicos digitales, en zonas rurales e insulares.",
        "Reafirmar o seu compromisso com o acesso universal aos serviços públicos digitais, em zonas rurais e insulares.",
    ),
    (
        "Impulsar la gestión sostenible de las cuencas compartidas y el intercambio de datos hidrológicos en tiempo real.",
        "Impulsionar a gestão sustentável das bacias compartilhadas e o intercâmbio de dados hidrológicos em tempo real.",
    ),
    (
        "Celebrar el trabajo de las bibliotecas públicas de la región y alentarlas a ampliar sus fondos digitales.",
        "Celebrar o trabalho das bibliotecas públicas da região e incentivá-las a ampliar os seus acervos digitais.",
    ),
    ("Promover la movilidad de docentes e investigadoras.", "Promover a mobilidade de docentes e pesquisadoras."),
]
"""A declaration in small, of our own writing."""
PAPER = Inputs(on_behalf=True, channel="note_verbale", note_number="NV 12/2026")


def paragraphs_of(world: World, code: str = "declaration") -> list[Paragraph]:
    """Return the paragraphs of a text as they now are."""
    document = world.document(code)
    return text_of([document])[document.pk]


def circulated(world: World, texts: Any = LONG) -> Document:
    """Return a declaration with its window open."""
    to_stage(world, "text_drafting")
    return circulate(world, clear(world, draft(world, texts=texts)))


def negotiated(world: World, texts: Any = LONG) -> tuple[Document, str]:
    """Return a declaration on the table of a meeting, and the meeting's code."""
    document = circulated(world, texts)
    to_stage(world, "negotiation")
    code = table(world)
    world.act(document, "open_negotiation", "secretary", meeting=code)
    return world.document("declaration"), code


def position(world: World, party: str, kind: str, *, on: Paragraph | None = None, note: str = "") -> Position:
    """Record by note verbale what a delegation says."""
    return take_position(
        world.document("declaration"),
        paragraph=on,
        kind=kind,
        note=note,
        inputs=PAPER,
        on_behalf_of=Party.objects.get(code=party),
        actor=world.actor("approver"),
        now=world.now,
    )


def sent(world: World, party: str, text: str, *, on: Paragraph | None = None, kind: str = "substantive") -> Proposal:
    """Record by note verbale what a delegation proposes."""
    return record_proposal(
        world.document("declaration"),
        paragraph=on,
        kind=kind,
        text=text,
        on_behalf_of=Party.objects.get(code=party),
        inputs=PAPER,
        actor=world.actor("approver"),
        now=world.now,
    )


def drafted(world: World, text: str, *, on: Paragraph | None = None, by: str = "cn_py") -> Proposal:
    """Return a draft of a delegation's own."""
    return write_proposal(
        world.document("declaration"), paragraph=on, kind="comment", text=text, actor=world.actor(by), now=world.now
    )


def published(world: World) -> Document:
    """Walk a declaration from its table to its publication, adopted by consensus."""
    _document, code = negotiated(world)
    for paragraph in paragraphs_of(world):
        world.act(paragraph, "agree", "secretary", meeting=code)
    world.act(world.document("declaration"), "agree", "secretary", meeting=code)
    to_stage(world, "minister_review")
    ministers = table(world, "rmre_texts", "rmre")
    world.act(world.document("declaration"), "approve_by_ministers", "secretary", meeting=ministers)
    to_stage(world, "in_session")
    officer = world.actor("segib_officer")
    certify_concordance(world.document("declaration"), actor=officer, now=world.now)
    for name in ("secretary", "approver"):
        world.act(world.document("declaration"), "record_outcome", name, outcome="adopted")
    file_originals(world.document("declaration"), es="Archivo, 1", pt="Arquivo, 1", actor=officer, now=world.now)
    world.act(world.document("declaration"), "publish", "approver")
    return world.document("declaration")
