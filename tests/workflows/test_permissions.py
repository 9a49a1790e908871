"""Every predicate × every seat × own and other: the expected cells stand in `tests/matrix/*.csv`, written by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from tests.matrix import cast
from tests.matrix.cast import ACTORS, SEATS
from workflows.errors import Ref
from workflows.rules import permissions
from workflows.rules.facts import Inputs, MeetingFacts, SummitFacts, TaskFacts
from workflows.rules.permissions import Permission, may_fill_seat, signs_for
from workflows.states import ROLES_OF, PartyKind

MATRIX = Path(__file__).parent.parent / "matrix"

KINDS = {cast.SPT: "spt", cast.SEGIB: "segib", cast.PY: "delegation", cast.ES: "delegation", cast.OEI: "body"}


def _task(responsible, verifier, *, by="cn_py", other=False, authority="", **more):
    submitter = ACTORS[by]
    return TaskFacts(
        scene=cast.scene(other=other),
        ref=Ref("task", summit="xxxi", code="DOC-03"),
        state="submitted",
        kind="contribution",
        is_parent=False,
        is_child=True,
        responsible_id=responsible,
        responsible_kind=KINDS[responsible],
        authority=authority,
        verifier_id=verifier,
        verifier_kind="segib" if verifier == cast.SEGIB else "spt",
        submitted_by_person_id=more.pop("person", submitter.person_id),
        submitted_by_seat_id=more.pop("seat", submitter.seat_id),
        **more,
    )


def _meeting(convened_by, *, other=False, chair=None):
    return MeetingFacts(
        scene=cast.scene(other=other),
        ref=Ref("meeting", summit="xxxi", code="cnrc_1"),
        state="convened",
        kind="cnrc",
        convened_by_id=convened_by,
        convened_by_kind="segib" if convened_by == cast.SEGIB else "spt",
        chair_seat_id=chair,
    )


def _summit(*, other=False):
    return SummitFacts(scene=cast.scene(other=other), ref=Ref("summit", summit="xxxi"), host_set=True, opening_on=None)


# What each case of the table is: of this summit or another, whose task, who submitted it.
CASES = {
    "own": {"summit": _summit(), "task": _task(cast.SPT, cast.SPT, by="spt_officer")},
    "other": {"summit": _summit(other=True), "task": _task(cast.PY, cast.OTHER_SPT, other=True)},
    "py": {"task": _task(cast.PY, cast.SPT)},
    "py_cn": {"task": _task(cast.PY, cast.SPT, authority="CN")},
    "py_rc": {"task": _task(cast.PY, cast.SPT, authority="RC")},
    "host": {"task": _task(cast.ES, cast.SPT, by="cn_host")},
    "oei": {"task": _task(cast.OEI, cast.SPT, by="liaison")},
    "spt": {"task": _task(cast.SPT, cast.SEGIB, by="spt_officer")},
    "segib": {"task": _task(cast.SEGIB, cast.SEGIB, by="segib_officer")},
    "disputed": {"task": _task(cast.PY, cast.SPT, representation_pending=True)},
    # submitted from the seat of the CN of Paraguay by a person who has left it since
    "successor": {"task": _task(cast.PY, cast.SPT, person=4711)},
    # submitted from a seat that is no longer theirs by the person who is now SEGIB's auditor
    "now_auditor": {"task": _task(cast.SPT, cast.SPT, person=ACTORS["auditor"].person_id, seat=4711)},
    "spt_meeting": {"meeting": _meeting(cast.SPT)},
    "segib_meeting": {"meeting": _meeting(cast.SEGIB)},
    "chair_py": {"meeting": _meeting(cast.SPT, chair=ACTORS["cn_py"].seat_id)},
    "other_meeting": {"meeting": _meeting(cast.OTHER_SPT, other=True)},
}

ON_SUMMITS = {
    "is_spt_secretary",
    "is_spt",
    "is_segib_approver",
    "is_segib",
    "is_secretary_or_approver",
    "is_secretariat",
    "reads_for_secretariats",
    "rights_not_ended",
    "system_only",
}

PAPER = {
    "": Inputs(),
    "page": Inputs(on_behalf=True, channel="page"),
    "note": Inputs(on_behalf=True, channel="note_verbale", note_number="NV 7/2027"),
    "orally": Inputs(on_behalf=True, channel="orally"),
}


def _rows(name):
    with (MATRIX / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = _rows("predicates.csv")


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['predicate']}-{r['case']}" for r in ROWS])
def test_a_predicate_allows_and_refuses_each_seat_as_written(row):
    predicate = getattr(permissions, row["predicate"])
    case, _, paper = row["case"].partition("/")
    noun = "summit" if row["predicate"] in ON_SUMMITS else "meeting" if "meeting" in CASES[case] else "task"
    codes = {"-": row["refusal"], "E": "rights_ended", "+": None}
    codes |= dict(pair.split("=") for pair in row["other refusals"].split())
    written = {name: codes[row[name]] for name in ("system", *SEATS)}
    found = {}
    for name in written:
        refusal = predicate.refuses(CASES[case][noun], ACTORS.get(name), PAPER[paper])
        found[name] = refusal.code if refusal else None
    assert found == written


def test_every_predicate_has_a_row_and_every_row_a_predicate():
    declared = {name for name, value in vars(permissions).items() if isinstance(value, Permission)}
    assert declared == {row["predicate"] for row in ROWS}


def test_every_table_has_a_column_for_each_seat():
    assert set(ROWS[0]) == {"predicate", "case", "refusal", "other refusals", "system", *SEATS}
    assert set(_rows("seat_keepers.csv")[0]) == {"seat", "party", *SEATS}


def test_every_predicate_is_asked_of_its_own_and_of_another():
    own_alone = {
        # these look at the actor's seat or at the paper alone; whose object it is does not matter to them
        "rights_not_ended",
        "system_only",
        "came_on_paper",
    }
    cases = {}
    for row in ROWS:
        cases.setdefault(row["predicate"], set()).add(row["case"].partition("/")[0])
    assert {name for name, asked in cases.items() if len(asked) < 2} == own_alone


KEEPERS = _rows("seat_keepers.csv")


@pytest.mark.parametrize("row", KEEPERS, ids=[f"{r['seat']}-{r['party']}" for r in KEEPERS])
def test_a_seat_is_filled_by_those_who_may(row):
    party = getattr(cast, row["party"])
    kind = {cast.SPT: "spt", cast.OTHER_SPT: "spt", cast.SEGIB: "segib", cast.OEI: "body", cast.OBSERVER: "observer"}
    asked = {"role": row["seat"], "party_id": party, "party_kind": kind.get(party, "delegation")}
    allowed = {name for name in SEATS if may_fill_seat(actor=ACTORS[name], **asked)}
    assert allowed == {name for name in SEATS if row[name] == "+"}


def test_every_seat_of_every_kind_of_party_has_a_row():
    kinds = {"SEGIB": "segib", "SPT": "spt", "PY": "delegation", "OEI": "body", "OBSERVER": "observer"}
    written = {(kinds[row["party"]], row["seat"]) for row in KEEPERS if row["party"] in kinds}
    assert written == {(str(kind), str(role)) for kind in PartyKind for role in ROLES_OF[kind]}


def test_two_offices_sign_and_nobody_else():
    both = ("spt.secretary", "segib.approver")
    signing = {name: office for name in SEATS if (office := signs_for(_summit(), ACTORS[name], both))}
    assert signing == {"secretary": "spt.secretary", "approver": "segib.approver"}
    assert signs_for(_summit(other=True), ACTORS["secretary"], both) is None
    assert signs_for(_summit(), ACTORS["secretary"], ("segib.approver",)) is None


def test_four_eyes_look_at_the_person_not_at_the_seat():
    """The same person in another seat of the verifying party is still the one who submitted."""
    facts = CASES["own"]["task"]
    same_person = replace(ACTORS["secretary"], person_id=ACTORS["spt_officer"].person_id)
    assert permissions.verifies.refuses(facts, same_person, Inputs()).code == "another_person_verifies"
