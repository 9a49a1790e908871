"""The table of the texts: every state × transition × seat of document, paragraph and proposal, outcomes written by hand.

As in `test_machines`, the rows are copied from the design and never computed from the code.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.utils import translation

from tests.matrix import cast
from tests.matrix.cast import ACTORS, SEATS
from tests.workflows.test_machines import (
    ALL_GIVEN,
    APPROVER,
    EITHER,
    EVERYBODY,
    OPEN,
    SECRETARY,
    SPT_CLOSES,
    SUMMIT_STATES,
    SYSTEM,
    Row,
    differences,
    expected,
    meeting_line,
    outcome,
    reasons_of,
    written,
)
from workflows.errors import GuardsFailed, Ref, WorkflowError
from workflows.models import Document, Paragraph, Proposal
from workflows.rules.evaluate import ask, option
from workflows.rules.facts import (
    DecisionLine,
    DocumentFacts,
    Inputs,
    ParagraphFacts,
    ParagraphLine,
    PositionLine,
    ProposalFacts,
)
from workflows.rules.templates.reading import COMPLETING, COMPLETING_PLAIN
from workflows.rules.verbs import verbs_of

STATES = {
    "document": [
        "drafting",
        "in_clearance",
        "returned",
        "cleared",
        "approved",
        "circulated",
        "consolidating",
        "in_negotiation",
        "agreed",
        "elevated",
        "minister_approved",
        "elevated_to_heads",
        "concluded",
        "published",
        "withdrawn",
    ],
    "paragraph": ["proposed", "bracketed", "in_consultation", "agreed_ad_referendum", "agreed", "deleted"],
    "proposal": ["draft", "submitted", "accepted", "merged", "not_retained", "withdrawn"],
}

# Stages of the summit -----------------------------------------------------------------------------------------------

DRAFTED_IN = "sectoral_meetings text_drafting negotiation"
LATE_TOO = f"{DRAFTED_IN} minister_review"
NEGOTIATED_IN = "negotiation minister_review"
SETTLED_IN = f"{NEGOTIATED_IN} in_session"
RECIRCULATED_IN = "text_drafting negotiation minister_review"
PUBLISHED_IN = "in_session follow_up"

# Who ----------------------------------------------------------------------------------------------------------------

SPT = SPT_CLOSES
SPT_WRITES = "+=secretary,spt_officer rights_ended=former_spt not_author=*"
PY_WRITES = "+=cn_py,alternate_py rights_ended=former_spt not_author=*"
SPT_PUBLISHES = "+=secretary,spt_officer rights_ended=former_spt not_publisher=*"
APPROVER_PUBLISHES = "+=approver rights_ended=former_spt not_publisher=*"
SPT_OR_SYSTEM = "+=secretary,spt_officer,system rights_ended=former_spt only_spt=*"
SPT_WITHDRAWS = "+=secretary,spt_officer rights_ended=former_spt not_withdrawer=*"
PY_OR_SPT_WITHDRAWS = "+=cn_py,alternate_py,secretary,spt_officer rights_ended=former_spt not_withdrawer=*"
PY_SUBMITS = (
    "+=cn_py,alternate_py,rc_py,alternate_rc_py seat_does_not_submit=reviewer_py,mailbox_py rights_ended=former_spt "
    "only_on_paper=secretary,spt_officer,approver,segib_officer not_its_delegation=*"
)

BEFORE_CONCLUDED = " ".join(s for s in STATES["document"] if s not in {"approved", "concluded", "published", "withdrawn"})


def _drafting(writes: str, stages: str, publishes: str, published_in: str) -> dict[str, Row]:
    return {
        "submit_for_clearance": Row("drafting returned", writes, stages),
        "clear": Row("in_clearance", APPROVER, stages),
        "return_for_changes": Row("in_clearance", APPROVER, stages),
        "drop_clearance": Row("cleared", SYSTEM),
        "publish": Row("approved concluded", publishes, published_in),
    }


def _negotiated(stages: str, withdraws: str) -> dict[str, Row]:
    return {
        "circulate": Row("cleared", SPT, stages),
        "circulate_provisional": Row("cleared", SPT, stages),
        "close_window": Row("circulated", SPT_OR_SYSTEM),
        "recirculate": Row("consolidating in_negotiation", SPT, RECIRCULATED_IN),
        "open_negotiation": Row("circulated consolidating", SPT, NEGOTIATED_IN),
        "agree": Row("in_negotiation", SPT, NEGOTIATED_IN),
        "elevate": Row("in_negotiation", SPT, NEGOTIATED_IN),
        "reopen": Row("agreed elevated minister_approved", SPT, NEGOTIATED_IN),
        "approve_by_ministers": Row("agreed elevated", SPT, "minister_review"),
        "elevate_to_heads": Row("elevated", SPT, "minister_review"),
        "record_outcome": Row("minister_approved elevated_to_heads", EITHER, "in_session"),
        "withdraw": Row(BEFORE_CONCLUDED, withdraws, f"{LATE_TOO} in_session"),
    }


# `plain` is a concept note, `negotiated` a declaration, `communique` one that Paraguay proposes.
DOCUMENT = {
    "plain": {**_drafting(SPT_WRITES, OPEN, SPT_PUBLISHES, OPEN), "approve": Row("cleared", SECRETARY)},
    "negotiated": {
        **_drafting(SPT_WRITES, DRAFTED_IN, APPROVER_PUBLISHES, PUBLISHED_IN),
        **_negotiated(DRAFTED_IN, SPT_WITHDRAWS),
    },
    "communique": {
        **_drafting(PY_WRITES, LATE_TOO, APPROVER_PUBLISHES, PUBLISHED_IN),
        **_negotiated(LATE_TOO, PY_OR_SPT_WITHDRAWS),
    },
}
PARAGRAPH = {
    "agree": Row("proposed bracketed in_consultation agreed_ad_referendum", SPT, SETTLED_IN),
    "agree_ad_referendum": Row("proposed bracketed in_consultation", SPT, SETTLED_IN),
    "bracket": Row("proposed in_consultation agreed_ad_referendum", SPT, SETTLED_IN),
    "consult": Row("proposed bracketed", SPT, SETTLED_IN),
    "delete": Row("proposed bracketed in_consultation agreed_ad_referendum", SPT, SETTLED_IN),
    "reopen": Row("agreed deleted", SPT, SETTLED_IN),
}
PROPOSAL = {
    "submit": Row("draft", PY_SUBMITS),
    "accept": Row("submitted", SPT),
    "merge": Row("submitted", SPT),
    "not_retain": Row("submitted", SPT),
    "withdraw": Row("draft submitted", PY_SUBMITS),
}

TARGETS = {
    ("document", "submit_for_clearance"): "in_clearance",
    ("document", "clear"): "cleared",
    ("document", "return_for_changes"): "returned",
    ("document", "drop_clearance"): "in_clearance",
    ("document", "approve"): "approved",
    ("document", "publish"): "published",
    ("document", "circulate"): "circulated",
    ("document", "circulate_provisional"): "circulated",
    ("document", "close_window"): "consolidating",
    ("document", "recirculate"): "circulated",
    ("document", "open_negotiation"): "in_negotiation",
    ("document", "agree"): "agreed",
    ("document", "elevate"): "elevated",
    ("document", "reopen"): "in_negotiation",
    ("document", "approve_by_ministers"): "minister_approved",
    ("document", "elevate_to_heads"): "elevated_to_heads",
    ("document", "record_outcome"): "concluded",
    ("document", "withdraw"): "withdrawn",
    ("paragraph", "agree"): "agreed",
    ("paragraph", "agree_ad_referendum"): "agreed_ad_referendum",
    ("paragraph", "bracket"): "bracketed",
    ("paragraph", "consult"): "in_consultation",
    ("paragraph", "delete"): "deleted",
    ("paragraph", "reopen"): "bracketed",
    ("proposal", "submit"): "submitted",
    ("proposal", "accept"): "accepted",
    ("proposal", "merge"): "merged",
    ("proposal", "not_retain"): "not_retained",
    ("proposal", "withdraw"): "withdrawn",
}
MODELS = {"document": Document, "paragraph": Paragraph, "proposal": Proposal}

# The facts: everything ready, so that only state, stage and seat decide ---------------------------------------------

NOW = datetime(2027, 9, 1, 12, tzinfo=UTC)
WITHDRAWN_BY = "11111111-0000-7000-8000-000000000009"
APPROVED_BY = "approved-by"
MEETINGS = (meeting_line("cnrc_final", "cnrc", "begun"), meeting_line("rmre_final", "rmre", "begun"))
OFFICES = ("legal", "mandates", "budget", "language")


def given(name: str) -> Inputs:
    """Return everything that a verb may ask of its caller."""
    ministers = name in {"approve_by_ministers", "elevate_to_heads"}
    return replace(
        ALL_GIVEN,
        decision=APPROVED_BY if name == "approve" else WITHDRAWN_BY,
        meeting="rmre_final" if ministers else "cnrc_final",
        outcome="adopted",
        window_ends_at=NOW + timedelta(days=9),
        other_language_at=NOW + timedelta(days=1),
        now=NOW,
    )


def paragraph_line(state="agreed", es="current", pt="current") -> ParagraphLine:
    ref = Ref("paragraph", "xxxi", "declaration", uuid="p1")
    return ParagraphLine(ref=ref, number="1", kind="operative", state=state, es=es, pt=pt)


def document_facts(shape: str, state: str, stage: str = "negotiation", **more) -> DocumentFacts:
    kind = {"plain": "concept_note", "negotiated": "declaration", "communique": "special_communique"}[shape]
    ready = {
        "paragraphs": (paragraph_line(),),
        "clearances": OFFICES,
        "meetings": MEETINGS,
        "decisions": (
            DecisionLine(uuid=WITHDRAWN_BY, subject="withdrawal", meeting_kind="cnrc"),
            DecisionLine(uuid=APPROVED_BY, subject="document", meeting_kind="cnrc"),
        ),
        "attending": ("cnrc_final", "rmre_final"),
        "concordance_certified": True,
        "originals_filed": True,
        "min_window_hours": 72,
    }
    return DocumentFacts(
        scene=cast.scene(stage),
        ref=Ref("document", "xxxi", kind.replace("_", "-")),
        state=state,
        kind=kind,
        is_plain=shape == "plain",
        is_communique=shape == "communique",
        proponent_id=cast.PY if shape == "communique" else None,
        **{**ready, **more},
    )


def paragraph_facts(state: str, stage: str = "negotiation", **more) -> ParagraphFacts:
    ready = {"document_state": "in_negotiation", "meetings": MEETINGS, "es": "current", "pt": "current"}
    ref = Ref("paragraph", "xxxi", "declaration", uuid="p1")
    return ParagraphFacts(scene=cast.scene(stage), ref=ref, state=state, **{**ready, **more})


def proposal_facts(state: str, stage: str = "negotiation", **more) -> ProposalFacts:
    ref = Ref("proposal", "xxxi", "declaration", uuid="r1")
    return ProposalFacts(scene=cast.scene(stage), ref=ref, state=state, party_id=cast.PY, document_state="circulated", **more)


# The tables against the code ----------------------------------------------------------------------------------------


def cells(noun, name, row, facts):
    """Return each cell of a verb: where, what is written, what is found."""
    verb, _method = verbs_of(MODELS[noun])[name]
    return [
        (
            f"{name} of {noun} from {state} in {stage} by {seat}",
            expected(row or Row("", ""), state, stage, seat, exists=row is not None),
            outcome(verb, facts(state, stage), state, seat, given(name)),
        )
        for state, stage, seat in product(STATES[noun], SUMMIT_STATES, EVERYBODY)
    ]


@pytest.mark.parametrize("name", verbs_of(Document))
@pytest.mark.parametrize("shape", DOCUMENT)
def test_document(shape, name):
    found = cells("document", name, DOCUMENT[shape].get(name), lambda state, stage: document_facts(shape, state, stage))
    assert len(found) == 15 * 11 * 19
    assert differences(found) == []


@pytest.mark.parametrize("name", PARAGRAPH)
def test_paragraph(name):
    found = cells("paragraph", name, PARAGRAPH[name], paragraph_facts)
    assert len(found) == 6 * 11 * 19
    assert differences(found) == []


@pytest.mark.parametrize("name", PROPOSAL)
def test_proposal(name):
    found = cells("proposal", name, PROPOSAL[name], proposal_facts)
    assert len(found) == 6 * 11 * 19
    assert differences(found) == []


ON_PAPER = Inputs(on_behalf=True, channel="note_verbale", note_number="NV 3")


@pytest.mark.parametrize("name", ["submit", "withdraw"])
@pytest.mark.parametrize(
    ("seat", "party", "pending", "found"),
    [
        ("secretary", cast.PY, False, "+"),
        ("segib_officer", cast.PY, False, "+"),
        ("secretary", cast.ES, False, "not_own_country"),
        ("approver", cast.ES, False, "+"),
        ("secretary", cast.PY, True, "representation_pending"),
        ("cn_py", cast.PY, True, "representation_pending"),
        ("cn_br", cast.PY, False, "not_its_delegation"),
        ("auditor", cast.PY, False, "not_its_delegation"),
    ],
)
def test_who_hands_a_proposal_in_on_paper_takes_it_back_on_paper(name, seat, party, pending, found):
    verb, _method = verbs_of(Proposal)[name]
    facts = replace(proposal_facts("draft", representation_pending=pending), party_id=party)
    result, code = outcome(verb, facts, "draft", seat, ON_PAPER)
    assert (code or result) == found


@pytest.mark.parametrize("state", STATES["document"])
def test_a_proposal_is_handed_in_while_the_text_takes_comments(state):
    submit, _method = verbs_of(Proposal)["submit"]
    facts = replace(proposal_facts("draft", "minister_review"), document_state=state)
    if state in ["circulated", "consolidating", "in_negotiation", "agreed", "elevated", "minister_approved"]:
        assert outcome(submit, facts, "draft", "cn_py", Inputs()) == ("+", "")
    else:
        assert written(reasons_of(submit, facts, "draft", "cn_py", Inputs())) == {"text_takes_comments"}


# The table is whole -------------------------------------------------------------------------------------------------


def test_every_verb_has_a_row_and_every_row_a_verb():
    assert set().union(*DOCUMENT.values()) == set(verbs_of(Document))
    assert (list(PARAGRAPH), list(PROPOSAL)) == (list(verbs_of(Paragraph)), list(verbs_of(Proposal)))


@pytest.mark.parametrize("noun", MODELS)
def test_every_state_has_its_cells(noun):
    assert [state for state, _label in MODELS[noun]._meta.get_field("state").choices] == STATES[noun]


def test_a_checklist_may_name_every_verb_that_leads_a_text_on():
    back = {"return_for_changes", "drop_clearance", "reopen", "withdraw"}
    assert set(COMPLETING_PLAIN) == set(DOCUMENT["plain"]) - back
    assert set(COMPLETING) == set(DOCUMENT["negotiated"]) - back


def test_every_verb_leads_where_the_table_says():
    found = {
        (noun, name): " ".join(verb.targets)
        for noun, model in MODELS.items()
        for name, (verb, _method) in verbs_of(model).items()
    }
    assert found == TARGETS


def test_the_outcome_is_signed_by_two_offices():
    signed = {name: verb.countersigned for name, (verb, _method) in verbs_of(Document).items() if verb.countersigned}
    assert signed == {"record_outcome": ("spt.secretary", "segib.approver")}


@pytest.mark.parametrize(
    ("noun", "tables"), [("document", DOCUMENT.values()), ("paragraph", [PARAGRAPH]), ("proposal", [PROPOSAL])]
)
def test_the_database_knows_the_same_edges(noun, tables):
    edges = {
        (source, TARGETS[noun, name])
        for rows in tables
        for name, row in rows.items()
        for source in row.sources.split()
        if source != TARGETS[noun, name]
    }
    trigger = next(t for t in MODELS[noun]._meta.triggers if t.name == "legal_transition")
    assert set(trigger.transitions) == edges


# Guards: what is missing, each with its code, hard or advisory ------------------------------------------------------

POOR = {
    "paragraphs": (paragraph_line("proposed", es="stale", pt="missing"),),
    "clearances": (),
    "open_proposals": 2,
    "positions": (
        PositionLine(party="Brasil", kind="objects_to_deletion", paragraph="p1", code="BR"),
        PositionLine(party="Portugal", kind="agrees_ad_referendum", code="PT"),
    ),
    "meetings": (),
    "decisions": (),
    "attending": (),
    "is_late": True,
    "concordance_certified": False,
    "originals_filed": False,
}
EMPTY = {**POOR, "paragraphs": ()}
CLEARANCES = "clearance:legal clearance:mandates clearance:budget clearance:language"
AT_THE_GAVEL = "in_meeting paragraph:p1 position:BR:p1"

# shape, verb, state, stage: reasons when nothing is given, and what the text is
MISSING = [
    ("plain", "submit_for_clearance", "drafting", "handover", "has_paragraphs", EMPTY),
    ("negotiated", "submit_for_clearance", "returned", "text_drafting", "has_paragraphs", EMPTY),
    ("negotiated", "clear", "in_clearance", "text_drafting", CLEARANCES, POOR),
    ("negotiated", "return_for_changes", "in_clearance", "text_drafting", "reason_given", POOR),
    ("negotiated", "circulate", "cleared", "text_drafting", "language:p1 window_ahead window_set late_admitted", POOR),
    ("communique", "circulate", "cleared", "minister_review", "(language:p1) window_ahead (window_set) late_admitted", POOR),
    (
        "negotiated",
        "circulate_provisional",
        "cleared",
        "negotiation",
        "one_language_complete reason_given other_language_hour window_ahead window_set late_admitted",
        POOR,
    ),
    (
        "negotiated",
        "recirculate",
        "consolidating",
        "negotiation",
        "proposals_disposed language:p1 window_ahead window_set",
        POOR,
    ),
    ("negotiated", "open_negotiation", "circulated", "negotiation", "meeting_named one_live_text", EMPTY),
    ("negotiated", "open_negotiation", "circulated", "minister_review", "(meeting_named) one_live_text", EMPTY),
    ("negotiated", "agree", "in_negotiation", "negotiation", f"{AT_THE_GAVEL} present_listed", POOR),
    ("negotiated", "agree", "in_negotiation", "minister_review", f"{AT_THE_GAVEL} (present_listed)", POOR),
    ("negotiated", "elevate", "in_negotiation", "negotiation", "in_meeting", POOR),
    ("negotiated", "reopen", "agreed", "negotiation", "reason_given in_meeting", POOR),
    ("negotiated", "approve_by_ministers", "elevated", "minister_review", f"{AT_THE_GAVEL} ad_referendum:PT", POOR),
    ("negotiated", "elevate_to_heads", "elevated", "minister_review", "in_meeting", POOR),
    ("negotiated", "record_outcome", "elevated_to_heads", "in_session", "outcome_named concordance_certified", POOR),
    ("negotiated", "publish", "concluded", "in_session", "originals_filed", POOR),
    ("negotiated", "withdraw", "agreed", "negotiation", "reason_given withdrawal_decided", POOR),
]


def whose(name: str) -> str:
    return "approver" if name in {"clear", "return_for_changes", "publish"} else "secretary"


@pytest.mark.parametrize(("shape", "name", "state", "stage", "lacking", "facts"), MISSING)
def test_what_a_document_lacks_is_said_all_at_once(shape, name, state, stage, lacking, facts):
    verb, _method = verbs_of(Document)[name]
    reasons = reasons_of(verb, document_facts(shape, state, stage, **facts), state, whose(name), Inputs(on_behalf=True))
    assert written(reasons) == set(lacking.split())
    assert all(reason.ref is not None for reason in reasons)


PARAGRAPH_MISSING = {
    "agree": ("proposed", "on_the_table in_meeting (paragraph_aligned) position:BR:p1 ad_referendum:PT"),
    "agree_ad_referendum": ("proposed", "on_the_table in_meeting position:BR:p1"),
    "bracket": ("proposed", "on_the_table in_meeting"),
    "consult": ("proposed", "on_the_table in_meeting"),
    "delete": ("proposed", "on_the_table in_meeting position:BR:p1"),
    "reopen": ("agreed", "on_the_table reason_given in_meeting"),
}


@pytest.mark.parametrize("name", PARAGRAPH)
def test_what_a_paragraph_lacks_is_said_all_at_once(name):
    verb, _method = verbs_of(Paragraph)[name]
    state, lacking = PARAGRAPH_MISSING[name]
    poor = {"document_state": "agreed", "positions": POOR["positions"], "meetings": (), "pt": "missing"}
    reasons = reasons_of(verb, paragraph_facts(state, **poor), state, "secretary", Inputs())
    assert written(reasons) == set(lacking.split())


def test_every_verb_that_asks_for_something_has_been_asked():
    quiet = {"drop_clearance", "close_window"}
    assert {name for _shape, name, *_rest in MISSING} == set(verbs_of(Document)) - quiet - {"approve"}  # it lacks nothing
    assert {name for name, (verb, _method) in verbs_of(Document).items() if not verb.guards} == quiet
    assert [name for name, (verb, _method) in verbs_of(Proposal).items() if verb.guards] == ["submit"]


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"outcome": "adopted"}, "paragraph:p1 concordance_certified"),
        ({"outcome": "presidency_text"}, ""),
        ({"outcome": "adopted_by_countries"}, "adherence_recorded"),
        ({"outcome": "not_adopted"}, ""),
        ({"outcome": "acclaimed"}, "outcome_named"),
    ],
)
def test_only_an_adopted_text_must_be_closed_and_certified(inputs, code):
    verb, _method = verbs_of(Document)["record_outcome"]
    facts = document_facts("negotiated", "elevated_to_heads", "in_session", **POOR)
    if code:
        assert written(reasons_of(verb, facts, "elevated_to_heads", "secretary", Inputs(**inputs))) == set(code.split())
    else:
        assert outcome(verb, facts, "elevated_to_heads", "secretary", Inputs(**inputs)) == ("+", "")


@pytest.mark.parametrize(
    ("hours", "other", "allowed"),
    [(72, None, True), (71, None, False), (72, 0.5, False), (73, 1, True), (80, 90, False), (80, -1, False)],
)
def test_a_window_runs_from_the_later_language_and_is_never_too_short(hours, other, allowed):
    name = "circulate" if other is None else "circulate_provisional"
    verb, _method = verbs_of(Document)[name]
    at = None if other is None else NOW + timedelta(hours=other)
    inputs = replace(given(name), window_ends_at=NOW + timedelta(hours=hours), other_language_at=at)
    facts = document_facts("negotiated", "cleared", "text_drafting")
    assert (outcome(verb, facts, "cleared", "secretary", inputs)[0] == "+") is allowed


@pytest.mark.parametrize(
    ("kind", "state", "allowed"),
    [
        ("cnrc", "begun", True),
        ("rmre", "held", True),
        ("other", "begun", True),
        ("cnrc", "convened", False),
        ("cnrc", "cancelled", False),
        ("cnrc", "minutes_approved", False),
        ("sectoral", "begun", False),
        ("forum", "begun", False),
    ],
)
def test_the_gavel_falls_in_a_meeting_that_has_begun(kind, state, allowed):
    verb, _method = verbs_of(Paragraph)["agree"]
    facts = paragraph_facts("proposed", meetings=(meeting_line("cnrc_final", kind, state),))
    assert (outcome(verb, facts, "proposed", "secretary", given("agree"))[0] == "+") is allowed


def test_a_delegation_withdraws_its_own_communique_without_a_decision():
    verb, _method = verbs_of(Document)["withdraw"]
    facts = document_facts("communique", "in_clearance", **POOR)
    assert outcome(verb, facts, "in_clearance", "cn_py", Inputs(reason="Ya no")) == ("+", "")
    by_the_secretariat = Inputs(reason="Ya no", on_behalf=True)
    assert outcome(verb, facts, "in_clearance", "secretary", by_the_secretariat)[0] == "GuardsFailed"


# Every refusal is a sentence ----------------------------------------------------------------------------------------


def every_refusal() -> dict[tuple[str, str], str]:
    """Return (class, code) → sentence of each refusal that the tables meet, in the active language."""
    met: dict[tuple[str, str], str] = {}
    poor = {
        "document": [lambda s, g, x=x, f=f: document_facts(x, s, g, **f) for x in DOCUMENT for f in (POOR, EMPTY)],
        "paragraph": [
            lambda s, g: paragraph_facts(s, g, document_state="agreed", positions=POOR["positions"], meetings=(), es="stale")
        ],
        "proposal": [lambda s, g: replace(proposal_facts(s, g), document_state="published")],
    }
    for noun, model in MODELS.items():
        stages = ("text_drafting", "negotiation", "minister_review", "in_session", "archived", "postponed")
        for make, state, stage, seat in product(poor[noun], STATES[noun], stages, EVERYBODY):
            for verb, _method in verbs_of(model).values():
                try:
                    ask(verb, make(state, stage), state, ACTORS.get(seat), Inputs(on_behalf=seat == "secretary"))
                except GuardsFailed as refusal:
                    met.update({("Reason", reason.code): str(reason.message) for reason in refusal.reasons})
                except WorkflowError as refusal:
                    met[type(refusal).__name__, refusal.code] = str(refusal.message)
    return met


def test_every_refusal_of_the_tables_has_a_code_and_a_sentence_that_says_what_is_lacking():
    with translation.override("en"):
        met = every_refusal()
    assert [code for _kind, code in met if not code] == []
    assert [(code, text) for (_kind, code), text in met.items() if not text.endswith(".") or " " not in text] == []
    assert met["Reason", "clearance:budget"] == "The budget clearance of the text as it stands is not yet signed."
    assert met["Reason", "position:BR:p1"] == "Brasil objects to the deletion."
    assert met["Reason", "proposals_disposed"] == "2 proposals wait to be disposed of."


def test_options_show_what_the_table_allows_and_nothing_else():
    """What pages and API offer is what the table allows; on paper where only paper is missing."""
    wrong = []
    for shape, state, seat in product(DOCUMENT, STATES["document"], SEATS):
        facts = document_facts(shape, state)
        for name, (verb, _method) in verbs_of(Document).items():
            row = DOCUMENT[shape].get(name)
            may = expected(row or Row("", ""), state, "negotiation", seat, exists=row is not None)
            offered = option(verb, facts, state, ACTORS[seat], Inputs())
            if (offered is not None) != (may == ("+", "")):
                wrong.append((shape, state, seat, name, offered))
    assert wrong == []
