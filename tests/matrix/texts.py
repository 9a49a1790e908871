"""Texts to stand behind the addresses of the HTTP table: each where some verb may be tried, whatever the summit's stage."""

from __future__ import annotations

from tests.factories import clear, draft
from workflows.actions.document import snapshot
from workflows.actions.proposal import take_position, write_proposal
from workflows.models import Document, Paragraph, Publication, Version

WAY_OUT = ("in_clearance", "cleared", "circulated")
"""By which states a declaration comes to be circulated; its verbs belong to later stages of the summit."""


def build_texts(world):
    """Return texts and what is said of them by the name under which paths have them, and the hash of a published one."""
    agenda = draft(world, "agenda")
    world.act(draft(world, "concept_note"), "submit_for_clearance", "secretary")
    communique = draft(world, "special_communique", by="cn_py")
    published = clear(world, draft(world, "report"))
    world.act(published, "approve", "secretary")
    world.act(world.document("report"), "publish", "secretary")
    declaration = _circulated(world, draft(world))
    py = world.actor("cn_py")
    said = {
        name: write_proposal(declaration, paragraph=None, kind="comment", text="Nota", actor=py, now=world.now)
        for name in ("own_proposal", "sent_proposal")
    }
    world.act(said["sent_proposal"], "submit", "cn_py")
    publication = Publication.objects.select_related("version_of_text").get(document=published)
    rows = said | {
        "agenda": agenda,
        "concept": world.document("concept-note"),
        "communique": communique,
        "report": published,
        "declaration": declaration,
        "drafted": Paragraph.objects.filter(document=agenda).order_by("rank")[0],
        "paragraph": Paragraph.objects.filter(document=declaration).order_by("rank")[0],
        "position": take_position(declaration, kind="agrees", actor=py, now=world.now),
        "text_version": Version.objects.get(document=declaration),
        "publication": publication,
    }
    return rows, publication.version_of_text.digest


def _circulated(world, document):
    for state in WAY_OUT:
        row = Document.objects.get(pk=document.pk)
        Document.objects.filter(pk=row.pk).update(state=state, version=row.version + 1, circulated_at=world.now)
    snapshot(world.document(document.code), occasion="circulate", actor=None, now=world.now)
    return world.document(document.code)
