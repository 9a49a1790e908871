"""Texts to stand behind the addresses of the HTTP table, each where some verb may be tried at the summit's early stage."""

from __future__ import annotations

import pgtrigger

from tests.factories import circulate, clear, draft, to_stage
from workflows.actions.proposal import take_position, write_proposal
from workflows.models import Publication, Summit, Version


def build_texts(world):
    """Bring texts into the world, and return the rows that paths and bodies name; the summit's stage is put back.

    A declaration is out for comments, with what Paraguay says of it; an agenda is published; a concept note is in draft, a
    report handed in; a communique is Paraguay's own draft.
    """
    state = world.reread().state
    to_stage(world, "text_drafting")
    declaration = circulate(world, clear(world, draft(world)))
    agenda = clear(world, draft(world, "agenda"))
    for verb in ("approve", "publish"):
        world.act(world.document(agenda.code), verb, "secretary")
    note, report = draft(world, "concept_note"), draft(world, "report")
    world.act(report, "submit_for_clearance", "secretary")
    rows = {
        "note": note,
        "paragraph": note.paragraphs.order_by("rank")[0],
        "handed_in": report,
        "communique": draft(world, "special_communique", by="cn_py"),
        "declaration": declaration,
        "circulated": declaration.paragraphs.order_by("rank")[0],
        "text_version": Version.objects.get(document=declaration),
        "text_published": agenda,
        "publication": Publication.objects.get(),
    }
    with pgtrigger.ignore():
        Summit.objects.filter(pk=world.summit.pk).update(state=state)
    return rows | _said(world, declaration)


def _said(world, declaration):
    """Return what Paraguay says of the declaration: a draft, a comment that it submitted, a position."""
    said = {"paragraph": None, "actor": world.actor("cn_py"), "now": world.now}
    proposal, submitted = (write_proposal(declaration, kind="comment", text="Sí", **said) for _n in range(2))
    world.act(submitted, "submit", "cn_py")
    return {
        "proposal": proposal,
        "sent_proposal": submitted,
        "position": take_position(declaration, kind="agrees", **said),
    }
