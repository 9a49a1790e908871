"""What PostgreSQL itself refuses of texts, whoever writes: states, versions, clearances, what was published, what was said."""

from __future__ import annotations

import pytest

from tests.factories import circulate, clear, draft, make_world, to_stage
from tests.workflows.raw_sql import copy, no_constraint, no_index, no_trigger, run, wrong_in
from tests.worlds import shared_world
from workflows.actions.proposal import take_position, write_proposal

pytestmark = pytest.mark.django_db


def move(code, state, versions=1):
    """Return the update of a document's state that spends so many versions."""
    return f"UPDATE workflows_document SET state = '{state}', version = version + {versions} WHERE code = '{code}'"


def move_of(table, state, versions=1):
    return f"UPDATE workflows_{table} SET state = '{state}', version = version + {versions}"


# name: (what prepares it, the statement, the guard switched off for the control)
STATES = {
    "a declaration leaps to its publication": ("", move("declaration", "published"), no_trigger("document")),
    "a circulated declaration is back in its drafting": ("", move("declaration", "drafting"), no_trigger("document")),
    "a declaration moves and spends no version": ("", move("declaration", "consolidating", 0), no_trigger("document")),
    "a declaration moves and spends two versions": ("", move("declaration", "consolidating", 2), no_trigger("document")),
    "a negotiated text is approved as a plain one": ("", move("resolution", "approved"), no_trigger("document")),
    "a plain text is circulated as a negotiated one": (
        "UPDATE workflows_document SET circulated_at = now() WHERE code = 'concept-note'",
        move("concept-note", "circulated"),
        no_trigger("document"),
    ),
    "a plain text is withdrawn": ("", move("concept-note", "withdrawn"), no_trigger("document")),
    "a published text is withdrawn": ("", move("agenda", "withdrawn"), no_trigger("document")),
    "a text is born circulated": (
        "",
        copy("document", "code = 'declaration'", code="'declaration-2'", number="2"),
        no_trigger("document"),
    ),
    "a text in a state that no machine knows": (
        "",
        move("declaration", "burnt"),
        f"{no_trigger('document')}; {no_constraint('document', 'document_state_known')}",
    ),
    "a text is circulated at no hour": (
        "",
        "UPDATE workflows_document SET circulated_at = NULL WHERE code = 'declaration'",
        no_constraint("document", "document_circulated_has_hour"),
    ),
    "a text of a kind that nobody knows": (
        "",
        "UPDATE workflows_document SET kind = 'poem' WHERE code = 'declaration'",
        no_constraint("document", "document_kind_known"),
    ),
    "a communiqué of nobody": (
        "",
        "UPDATE workflows_document SET proponent_id = NULL WHERE code = 'special-communique-py'",
        no_constraint("document", "document_communique_has_proponent"),
    ),
    "a declaration of one delegation": (
        "",
        "UPDATE workflows_document SET proponent_id = (SELECT id FROM workflows_party WHERE code = 'PY') "
        "WHERE code = 'declaration'",
        no_constraint("document", "document_communique_has_proponent"),
    ),
    "two texts at one address": (
        "",
        copy("document", "code = 'resolution'", number="9", state="'drafting'"),
        no_constraint("document", "document_code_once"),
    ),
    "two texts of one number": (
        "",
        copy("document", "code = 'resolution'", code="'resolution-9'", state="'drafting'"),
        no_constraint("document", "document_number_once"),
    ),
    "a paragraph is agreed ad referendum after it was agreed": (
        move_of("paragraph", "agreed"),
        move_of("paragraph", "agreed_ad_referendum"),
        no_trigger("paragraph"),
    ),
    "a paragraph goes back to proposed": (
        move_of("paragraph", "bracketed"),
        move_of("paragraph", "proposed"),
        no_trigger("paragraph"),
    ),
    "a paragraph is agreed and spends no version": ("", move_of("paragraph", "agreed", 0), no_trigger("paragraph")),
    "a paragraph is born agreed": ("", copy("paragraph", "true", state="'agreed'", rank="999"), no_trigger("paragraph")),
    "a paragraph says nothing": (
        "",
        "UPDATE workflows_paragraph SET text_es = '', text_pt = ''",
        no_constraint("paragraph", "paragraph_says_something"),
    ),
    "a language is ahead of its paragraph": (
        "",
        "UPDATE workflows_paragraph SET es_at = revision + 1",
        no_constraint("paragraph", "paragraph_languages_not_ahead"),
    ),
    "two paragraphs stand in one place": (
        "",
        copy("paragraph", "true"),
        no_constraint("paragraph", "paragraph_rank_once"),
    ),
    "a proposal is accepted before it is submitted": ("", move_of("proposal", "accepted"), no_trigger("proposal")),
    "a proposal is submitted and spends no version": ("", move_of("proposal", "submitted", 0), no_trigger("proposal")),
    "a withdrawn proposal is submitted again": (
        move_of("proposal", "withdrawn"),
        move_of("proposal", "submitted"),
        no_trigger("proposal"),
    ),
    "a proposal is born submitted": ("", copy("proposal", "true", state="'submitted'"), no_trigger("proposal")),
    "a proposal says nothing": (
        "",
        "UPDATE workflows_proposal SET text = ''",
        no_constraint("proposal", "proposal_says_something"),
    ),
}

KEPT = {
    "a version is changed": ("", "UPDATE workflows_version SET digest = 'f00'", no_trigger("version")),
    "a version is deleted": (
        "UPDATE workflows_proposal SET version_of_text_id = NULL",
        "DELETE FROM workflows_version WHERE occasion = 'circulate'",
        no_trigger("version"),
    ),
    "the versions are emptied": (
        "",
        "TRUNCATE workflows_version, workflows_publication, workflows_proposal",
        f"{no_trigger('version')}; {no_trigger('publication')}",
    ),
    "two versions of one number": ("", copy("version", "true"), no_constraint("version", "version_number_once")),
    "what was published is changed": ("", "UPDATE workflows_publication SET provisional = true", no_trigger("publication")),
    "what was published is deleted": ("", "DELETE FROM workflows_publication", no_trigger("publication")),
    "the publications are emptied": ("", "TRUNCATE workflows_publication", no_trigger("publication")),
    "a clearance is given to another text": (
        "",
        "UPDATE workflows_clearance SET digest = 'f00'",
        no_trigger("clearance"),
    ),
    "a dropped clearance stands again": (
        "UPDATE workflows_clearance SET dropped_at = now()",
        "UPDATE workflows_clearance SET dropped_at = NULL",
        no_trigger("clearance"),
    ),
    "a clearance is deleted": ("", "DELETE FROM workflows_clearance", no_trigger("clearance")),
    "the clearances are emptied": ("", "TRUNCATE workflows_clearance", no_trigger("clearance")),
    "one office clears twice": ("", copy("clearance", "true"), no_index("clearance_one_standing")),
    "the history of a paragraph is changed": (
        "",
        "UPDATE workflows_paragraphchange SET after_es = 'otra cosa'",
        no_trigger("paragraphchange"),
    ),
    "the history of a paragraph is deleted": ("", "DELETE FROM workflows_paragraphchange", no_trigger("paragraphchange")),
    "the history of paragraphs is emptied": ("", "TRUNCATE workflows_paragraphchange", no_trigger("paragraphchange")),
    "a position is deleted": ("", "DELETE FROM workflows_position", no_trigger("position")),
    "the positions are emptied": ("", "TRUNCATE workflows_position", no_trigger("position")),
    "a delegation has two positions": ("", copy("position", "true"), no_index("position_one_standing")),
    "a position that nobody knows": (
        "",
        "UPDATE workflows_position SET kind = 'undecided'",
        no_constraint("position", "position_kind_known"),
    ),
}

GROUPS = {"states": STATES, "kept": KEPT}


def build():
    """Return a world of texts: a declaration in circulation on which Paraguay speaks, a published agenda, three drafts."""
    world = make_world()
    to_stage(world, "text_drafting")
    declaration = circulate(world, clear(world, draft(world)))
    speaks = {"actor": world.actor("cn_py"), "now": world.now}
    take_position(declaration, kind="consulting_capital", **speaks)
    write_proposal(declaration, paragraph=None, kind="comment", text="Un borrador", **speaks)
    agenda = clear(world, draft(world, "agenda"))
    world.act(agenda, "approve", "secretary")
    world.act(world.document("agenda"), "publish", "secretary")
    clear(world, draft(world, "concept_note"))
    clear(world, draft(world, "resolution"))
    draft(world, "special_communique", by="cn_py")
    return world


_built, world = shared_world(build)


@pytest.mark.parametrize("group", GROUPS)
def test_the_database_refuses_and_without_its_guard_lets_pass(world, group):
    assert wrong_in(GROUPS[group]) == []


def test_what_is_legal_passes(world):
    """The guards stand in nobody's way."""
    assert run(move("declaration", "consolidating")) == 1
    assert run(move("special-communique-py", "in_clearance")) == 1
    assert run(move("concept-note", "approved")) == 1
    assert run(move_of("paragraph", "bracketed")) == 10
    assert run(move_of("proposal", "withdrawn")) == 1
    assert run("UPDATE workflows_clearance SET dropped_at = now()") == 16
    assert run("UPDATE workflows_position SET ended_at = now()") == 1
