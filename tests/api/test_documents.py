"""A text over HTTP, by the systems of two secretariats and of delegations, from its draft to its publication."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller, caller
from tests.api.texts import PARAGRAPHS, ahead, begin, circulate, clear, do, texts_of
from tests.factories import table, to_stage
from workflows.models import Decision
from workflows.papers.canonical import check_copy

pytestmark = pytest.mark.django_db
NAMES = ("secretary", "approver", "segib_officer", "cn_py", "cn_br", "liaison")


@pytest.fixture
def apis(world):
    """A caller for each seat, while texts are drafted."""
    to_stage(world, "text_drafting")
    return {name: caller(world, name) for name in NAMES}


def test_a_declaration_from_draft_to_publication_by_two_secretariats_and_their_delegations(world, apis):
    spt, segib, officer, py, br = (apis[n] for n in ("secretary", "approver", "segib_officer", "cn_py", "cn_br"))
    where = begin(spt)
    clear(segib, spt, where)
    assert py.get(where).status_code == 404
    circulate(spt, where)
    seen = py.get(where).json()
    assert (seen["state"], seen["last_version"], seen["window"]["closed_at"]) == ("circulated", 1, None)
    first, second = texts_of(py, where)
    assert [(p["number"], p["kind"], p["status"]) for p in (first, second)] == [
        ("A", "preambular", {"es": "current", "pt": "current"}),
        ("1", "operative", {"es": "current", "pt": "current"}),
    ]
    sent = {"kind": "substantive", "paragraph": second["uuid"], "text": "el compromiso pleno"}
    proposal = py.post(f"{where}proposals/", sent)
    assert (proposal.status_code, proposal.json()["state"]) == (201, "draft")
    assert spt.get(proposal["Location"]).status_code == 404
    assert do(py, proposal["Location"], "transitions/submit")["state"] == "submitted"
    assert spt.get(f"{where}compilation/").json()["printed"] == (
        "A. Reunidos en Madrid;\n\n1. Reafirmar el compromiso con la cooperación. [Paraguay: el compromiso pleno]"
    )
    do(spt, where, "transitions/close_window")
    do(spt, proposal["Location"], "transitions/accept", {"note": "Recogida"})
    version = spt.get(second["href"]).json()["version"]
    new = {"text": {"es": "Reafirmar el compromiso pleno con la cooperación.", "pt": "Reafirmar o pleno compromisso."}}
    assert spt.patch(second["href"], new, version=version).json()["status"] == {"es": "current", "pt": "current"}
    do(spt, where, "transitions/recirculate", {"window_ends_at": ahead(days=9)})
    line = py.get(f"{where}redline/?before=1&after=2&changed=true").json()["paragraphs"][0]
    assert (line["fate"], line["es"]) == (
        "changed",
        [
            {"op": "same", "text": "Reafirmar el compromiso "},
            {"op": "in", "text": "pleno "},
            {"op": "same", "text": "con la cooperación."},
        ],
    )
    do(spt, where, "transitions/close_window")
    to_stage(world, "minister_review")
    meeting = {"meeting": table(world)}
    do(spt, where, "transitions/open_negotiation", meeting)
    reserve = br.post(f"{where}positions/", {"kind": "scrutiny_reserve", "paragraph": first["uuid"], "note": "Consulta"})
    assert reserve.status_code == 201
    stopped = do(spt, first["href"], "transitions/agree", meeting, status=422)
    assert [e["code"] for e in stopped["errors"]] == [f"position:BR:{first['uuid']}"]
    assert br.post(f"{reserve['Location']}end/").json()["ended_at"] is not None
    for paragraph in (first, second):
        assert do(spt, paragraph["href"], "transitions/agree", meeting)["state"] == "agreed"
    do(spt, where, "transitions/agree", meeting)
    do(spt, where, "transitions/approve_by_ministers", {"meeting": table(world, "rmre_texts", "rmre")})
    to_stage(world, "in_session")
    assert do(officer, where, "certify-concordance")["concordance"]["certified_by"]["party"] == "SEGIB"
    waiting = do(spt, where, "transitions/record_outcome", {"outcome": "adopted"}, status=202)
    assert (waiting["document"]["href"], waiting["label"]) == (where, "Record the outcome")
    shown = spt.get(where).json()
    action = next(a for a in shown["available_actions"] if a["name"] == "record_outcome")
    assert (action["allowed"], action["reasons"][0]["code"]) == (False, "waits_for_countersignature")
    assert [s["uuid"] for s in segib.get(where).json()["waiting_signatures"]] == [waiting["uuid"]]
    assert waiting["uuid"] in [s["uuid"] for s in segib.get("/signatures/?waiting=true").json()["results"]]
    assert do(segib, where, "transitions/record_outcome")["outcome"] == "adopted"
    do(officer, where, "publish-provisional")
    refused = do(segib, where, "transitions/publish", status=422)
    assert [e["code"] for e in refused["errors"]] == ["originals_filed"]
    do(officer, where, "file-originals", {"es": "Archivo, caja 1", "pt": "Arquivo, caixa 1"})
    assert do(segib, where, "transitions/publish")["state"] == "published"
    do(segib, where, "corrigendum", {"wrong_and_right": "Donde dice «Madri» debe decir «Madrid»."})
    published = apis["liaison"].get(f"{where}publications/").json()["results"]
    assert [(p["provisional"], bool(p["corrigendum"])) for p in published] == [(True, False), (False, False), (False, True)]
    occasions = [v["occasion"] for v in py.get(f"{where}versions/").json()["results"]]
    assert occasions == [
        *("circulate", "recirculate", "agree", "approve_by_ministers", "record_outcome"),
        *("publish_provisional", "publish", "publish_corrigendum"),
    ]
    check_by_anybody(published[-1])


def check_by_anybody(publication):
    """The hash of a copy leads anybody to what was published with it; no other hash does."""
    anybody = Caller()
    found = anybody.get(publication["check"])
    assert found.json() | {"published_at": None} == {
        "digest": publication["text"]["digest"],
        "summit": "XXXI",
        "kind": "declaration",
        "title": {"es": "Declaración de Madrid", "pt": "Declaração de Madri"},
        "symbol": publication["text"]["symbol"],
        "provisional": False,
        "corrigendum": "Donde dice «Madri» debe decir «Madrid».",
        "published_at": None,
        "superseded_by": None,
    }
    assert anybody.get(f"/published/{'0' * 64}/").status_code == 404


def test_a_draft_s_hash_is_nobody_s_to_check(apis):
    where = begin(apis["secretary"])
    clear(apis["approver"], apis["secretary"], where)
    circulate(apis["secretary"], where)
    digest = apis["secretary"].get(f"{where}versions/").json()["results"][0]["digest"]
    assert Caller().get(f"/published/{digest}/").status_code == 404


def test_a_version_is_kept_as_json_that_anybody_can_check_as_pdf_and_as_word(apis):
    spt = apis["secretary"]
    where = begin(spt)
    clear(apis["approver"], spt, where)
    circulate(spt, where)
    version = spt.get(f"{where}versions/").json()["results"][0]
    assert spt.get(version["href"]).json()["body"][0]["es"] == "Reunidos en Madrid;"
    copy = spt.get(f"{version['href']}copy/")
    assert check_copy(copy.content).is_intact
    pdf = spt.get(f"{version['href']}copy/?language=pt", Accept="application/pdf")
    assert (pdf.content[:5], pdf["Content-Disposition"]) == (
        b"%PDF-",
        'attachment; filename="DEC-SPT-XXXI-ES-v1.pt.pdf"',
    )
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert spt.get(f"{version['href']}copy/", Accept=word).content[:2] == b"PK"
    assert spt.get(f"{version['href']}copy/?language=fr", Accept="application/pdf").status_code == 400
    assert spt.get(f"{version['href']}copy/", Accept="image/png").status_code == 406


def test_a_communique_is_proposed_by_a_delegation_and_admitted_late_by_a_decision(world, apis):
    type(world.summit).objects.filter(pk=world.summit.pk).update(communiques_until=world.now)
    py, spt, segib = apis["cn_py"], apis["secretary"], apis["approver"]
    where = begin(py, "special_communique")
    assert [a["name"] for a in py.get(where).json()["available_actions"]] == ["submit_for_clearance", "withdraw"]
    assert [spt.get(where).status_code, segib.get(where).status_code] == [404, 404]
    do(py, where, "transitions/submit_for_clearance")
    for office in ("legal", "mandates", "budget", "language"):
        do(segib, where, "sign-clearance", {"office": office})
    do(segib, where, "transitions/clear")
    assert len(py.get(f"{where}clearances/").json()["results"]) == 4
    refused = do(spt, where, "transitions/circulate", {"window_ends_at": ahead(days=10)}, status=422)
    assert [e["code"] for e in refused["errors"]] == ["late_admitted"]
    code = table(world)
    decided = {"subject": "late_communique", "text": {"es": "Se admite.", "pt": "Admite-se."}}
    meeting = f"/meetings/{world.meeting(code).uuid}/"
    do(spt, meeting, "decisions", decided, status=201)
    decision = Decision.objects.get(subject="late_communique")
    assert do(spt, where, "admit-late", {"decision": str(decision.uuid)})["admitted_by"] == str(decision.uuid)
    circulate(spt, where)
    assert [d["code"] for d in apis["cn_br"].get("/documents/?proponent=py").json()["results"]] == ["special-communique-py"]


def test_an_edit_drops_the_clearances_that_it_touches_and_says_so(apis):
    spt, segib = apis["secretary"], apis["approver"]
    where = begin(spt)
    clear(segib, spt, where)
    paragraph = texts_of(spt, where)[0]
    written = spt.patch(
        paragraph["href"], {"text": {"pt": "Reunidos em Madrid;"}, "substance": False}, version=paragraph["version"]
    )
    assert written.json()["dropped_clearances"] == ["language"]
    document = spt.get(where).json()
    assert (document["state"], document["clearances"]) == ("in_clearance", ["legal", "mandates", "budget"])
    dropped = [c["dropped_reason"] for c in spt.get(f"{where}clearances/").json()["results"] if c["dropped_at"]]
    assert len(dropped) == 1
    history = spt.get(f"{paragraph['href']}history/").json()["results"]
    assert [(c["before"]["pt"], c["after"]["pt"]) for c in history] == [
        ("", "Reunidos em Madri;"),
        ("Reunidos em Madri;", "Reunidos em Madrid;"),
    ]


def test_paragraphs_are_ordered_marked_and_taken_out(apis):
    spt = apis["secretary"]
    where = begin(spt, paragraphs=[*PARAGRAPHS, {"kind": "heading", "text": {"es": "Cultura"}}])
    preamble, operative, heading = texts_of(spt, where)
    placed = do(spt, heading["href"], "place", {"after": preamble["uuid"], "conditional_on": "El presupuesto"})
    assert (placed["conditional_on"], placed["status"]) == ("El presupuesto", {"es": "current", "pt": "missing"})
    assert [p["uuid"] for p in texts_of(spt, where)] == [preamble["uuid"], heading["uuid"], operative["uuid"]]
    assert do(spt, operative["href"], "place", {"after": None})["number"] == "1"
    assert [p["uuid"] for p in texts_of(spt, where)] == [operative["uuid"], preamble["uuid"], heading["uuid"]]
    assert do(spt, operative["href"], "place", {"kind": "preambular"})["number"] == "A"
    assert texts_of(spt, where)[0]["uuid"] == operative["uuid"]
    assert do(spt, heading["href"], "remove")["paragraphs"] == 2
    assert spt.get(heading["href"]).status_code == 404


def test_a_translation_is_corrected_from_the_circulation_on(apis):
    spt, officer = apis["secretary"], apis["segib_officer"]
    where = begin(spt)
    paragraph = texts_of(spt, where)[0]
    body = {"language": "pt", "text": "Reunidos em Madrid;", "note": "Nome da cidade"}
    assert do(officer, paragraph["href"], "correct-translation", body, status=409)["code"] == "not_circulated"
    clear(apis["approver"], spt, where)
    circulate(spt, where)
    assert do(spt, paragraph["href"], "correct-translation", body, status=403)["code"] == "only_segib"
    assert do(officer, paragraph["href"], "correct-translation", body)["text"]["pt"] == "Reunidos em Madrid;"


def test_a_secretariat_records_what_came_on_paper_and_never_for_its_own_country(apis):
    spt = apis["secretary"]
    where = begin(spt)
    clear(apis["approver"], spt, where)
    circulate(spt, where)
    paper = {"party": "BR", "channel": "note_verbale", "note_number": "NV 9/2027"}
    recorded = spt.post(f"{where}proposals/", paper | {"kind": "comment", "text": "Conforme."}).json()
    assert (recorded["state"], recorded["party"]["code"], recorded["note_number"]) == ("submitted", "BR", "NV 9/2027")
    position = spt.post(f"{where}positions/", paper | {"kind": "agrees"}).json()
    assert (position["party"]["code"], position["channel"], position["taken_by"]["party"]) == ("BR", "note_verbale", "SPT-31")
    own = spt.post(f"{where}positions/", paper | {"party": "ES", "kind": "agrees"})
    assert (own.status_code, own.json()["code"]) == (403, "not_own_country")
    silent = spt.post(f"{where}positions/", {"party": "BR", "kind": "agrees"})
    assert (silent.status_code, silent.json()["code"]) == (403, "only_on_paper")
    other = apis["cn_py"].post(f"{where}positions/", paper | {"kind": "objects"})
    assert (other.status_code, other.json()["code"]) == (403, "not_its_delegation")
    ended = spt.post(f"/positions/{position['uuid']}/end/", {"channel": "orally"})
    assert (ended.status_code, ended.json()["ended_at"] is None) == (200, False)


def test_a_task_and_the_text_that_completes_it_name_each_other(world, apis):
    task = world.task("CON-04")
    type(task).objects.filter(pk=task.pk).update(done_by_kind="concept_note", done_by_verb="clear")
    where = begin(apis["secretary"], "concept_note")
    assert [t["code"] for t in apis["secretary"].get(where).json()["completes"]] == ["CON-04"]
    done_by = apis["secretary"].get(f"/tasks/{task.uuid}/").json()["done_by"]
    assert (done_by["verb"], [d["href"] for d in done_by["documents"]]) == ("clear", [where])
    clear(apis["approver"], apis["secretary"], where)
    assert apis["secretary"].get(f"/tasks/{task.uuid}/").json()["state"] == "verified"
