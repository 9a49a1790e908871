"""What is refused of texts, and why; two who write one paragraph; nothing done twice; lists that cost the same."""

from __future__ import annotations

from functools import partial

import pytest

from tests.api.conftest import Caller, caller, count_queries
from tests.api.texts import TITLE, begin, circulate, clear, do, texts_of
from tests.factories import to_stage
from workflows.models import Document, Paragraph, Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def apis(world):
    """A caller for each seat, while texts are drafted."""
    to_stage(world, "text_drafting")
    names = ("secretary", "spt_officer", "approver", "segib_officer", "auditor", "cn_py", "reviewer_py", "cn_br", "liaison")
    return {name: caller(world, name) for name in names}


@pytest.fixture
def out(apis):
    """A declaration that is out for comments."""
    where = begin(apis["secretary"])
    clear(apis["approver"], apis["secretary"], where)
    circulate(apis["secretary"], where)
    return where


NEW = {"summit": "xxxi", "kind": "declaration", "title": TITLE}


def test_who_does_not_say_who_they_are_or_lacks_the_scope(world, apis):
    where = begin(apis["secretary"])
    paragraph = texts_of(apis["secretary"], where)[0]
    for path in ("/documents/", where, f"{where}paragraphs/", paragraph["href"], f"{where}compilation/"):
        assert Caller().get(path).status_code == 401
    reader = caller(world, "secretary", scopes=("documents:read",))
    assert reader.get(paragraph["href"]).status_code == 200
    refused = reader.patch(paragraph["href"], {"text": {"es": "Dos"}}, version=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert caller(world, "secretary", scopes=("tasks:read",)).get(where).status_code == 403


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("auditor", "report", "only_secretariats"),
        ("segib_officer", "declaration", "only_spt"),
        ("cn_py", "declaration", "only_spt"),
        ("secretary", "special_communique", "not_proponent"),
        ("reviewer_py", "special_communique", "not_proponent"),
        ("liaison", "agenda", "only_secretariats"),
    ],
)
def test_who_may_not_begin_a_text(apis, name, kind, code):
    refused = apis[name].post("/documents/", NEW | {"kind": kind})
    assert (refused.status_code, refused.json()["code"]) == (403, code)


def test_a_body_that_cannot_be_taken_names_its_fields(apis):
    spt = apis["secretary"]

    def pointers(path, body, **more):
        answer = spt.post(path, body, **more)
        assert answer.status_code == 400, answer.json()
        return [e["pointer"] for e in answer.json()["errors"]]

    assert pointers("/documents/", {"kind": "poem", "summit": "xxxi", "title": {"es": "a"}}) == ["#/kind", "#/title/pt"]
    assert pointers("/documents/", NEW | {"summit": "xcix"}) == ["#/summit"]
    where = begin(spt)
    nowhere = "0197f0c2-5a3e-7c1e-9b7d-3f6f0f5d2a10"
    version = spt.get(where).json()["version"]
    texts = {"paragraphs": [{"text": {"es": "a"}}], "after": nowhere}
    assert pointers(f"{where}paragraphs/", texts, version=version) == ["#/after"]
    assert pointers(f"{where}paragraphs/", {"paragraphs": [{"text": {"fr": "a"}}]}, version=version) == [
        "#/paragraphs/0/text/fr"
    ]
    assert pointers(f"{where}paragraphs/", {"paragraphs": [{"text": {}}]}, version=version) == ["#/text_es"]
    assert pointers(f"{where}paragraphs/", {"paragraphs": [{"text": {"es": "a" * 20_001}}]}, version=version) == [
        "#/paragraphs/0/text/es"
    ]
    assert pointers(texts_of(spt, where)[0]["href"] + "place/", {}, version=1) == ["#"]
    assert pointers(f"{where}record-adherence/", {"parties": ["BO", "XX"]}, version=version) == ["#/parties/1"]
    assert spt.get("/documents/?kind=poem").json()["errors"][0]["parameter"] == "kind"
    assert spt.get(f"{where}redline/?before=x").json()["errors"][0]["parameter"] == "before"
    assert spt.get(f"{where}redline/").json()["errors"][0]["pointer"] == "#/before"
    assert pointers(f"{where}record-adherence/", {"parties": ["SEGIB"]}, version=version) == ["#/parties"]
    assert spt.get(f"{where}redline/?before=4").json()["errors"][0]["pointer"] == "#/before"


@pytest.mark.parametrize("text", ["a\\u0000b", "a\\ud800b"])
def test_what_no_database_could_store_is_refused_with_a_sentence(apis, text):
    where = begin(apis["secretary"])
    body = b'{"paragraphs": [{"text": {"es": "%s"}}]}' % text.encode()
    refused = apis["secretary"].post(f"{where}paragraphs/", body, version=3)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    written = apis["cn_py"].post(f"{where}proposals/", b'{"kind": "comment", "text": "%s"}' % text.encode())
    assert written.status_code == 404  # it is not theirs to see
    large = b'{"paragraphs": [{"text": {"es": "%s"}}]}' % (b"a" * 1_100_000)
    assert apis["secretary"].post(f"{where}paragraphs/", large, version=3).status_code == 413


def test_marks_from_right_to_left_and_other_scripts_are_kept_as_given(apis):
    spt = apis["secretary"]
    text = "Avañe’ẽ, runa simi \u202eodnum\u202c 漢字 🌎"
    where = begin(spt, paragraphs=[{"text": {"es": text}}])
    assert texts_of(spt, where)[0]["text"] == {"es": text, "pt": ""}


def test_every_reason_at_once_each_with_what_mends_it(apis):
    spt, segib = apis["secretary"], apis["approver"]
    where = begin(spt, paragraphs=[{"text": {"es": "Uno"}}, {"text": {"es": "Dos"}}])
    do(spt, where, "transitions/submit_for_clearance")
    refused = do(segib, where, "transitions/clear", status=422)
    assert [e["code"] for e in refused["errors"]] == [f"clearance:{o}" for o in ("legal", "mandates", "budget", "language")]
    assert {e["href"] for e in refused["errors"]} == {where}
    for office in ("legal", "mandates", "budget", "language"):
        do(segib, where, "sign-clearance", {"office": office})
    do(segib, where, "transitions/clear")
    behind = do(spt, where, "transitions/circulate", status=422)
    paragraphs = texts_of(spt, where)
    assert [e["href"] for e in behind["errors"]] == [*(p["href"] for p in paragraphs), where, where]
    assert [spt.get(e["href"]).status_code for e in behind["errors"]] == [200, 200, 200, 200]


def test_what_is_not_done_from_here_or_not_by_this_seat(apis, out):
    spt, py = apis["secretary"], apis["cn_py"]
    assert do(spt, out, "transitions/publish", status=409)["code"] == "wrong_state"
    assert do(spt, out, "transitions/approve", status=409)["code"] == "not_for_this_kind"
    assert do(spt, out, "transitions/nonsense", status=409)["code"] == "unknown_action"
    assert do(py, out, "transitions/close_window", status=403)["code"] == "only_spt"
    paragraph = texts_of(spt, out)[0]
    assert do(spt, paragraph["href"], "transitions/agree", status=409)["code"] == "wrong_stage"
    assert do(spt, paragraph["href"], "remove", status=409)["code"] == "text_not_open"
    assert do(py, out, "sign-clearance", {"office": "legal"}, status=403)["code"] == "only_segib"
    liaison = apis["liaison"]
    assert [liaison.get(p).status_code for p in (out, paragraph["href"], f"{out}versions/")] == [404, 404, 404]


def test_two_who_write_one_paragraph_meet_and_nothing_is_lost(apis):
    first, second = apis["secretary"], apis["spt_officer"]
    where = begin(first)
    paragraph = texts_of(first, where)[0]
    read = paragraph["version"]
    assert first.patch(paragraph["href"], {"text": {"es": "Reunidos;"}}).status_code == 428
    assert first.patch(paragraph["href"], {"text": {"es": "Reunidos;"}}, version=read)["ETag"] == f'"{read + 1}"'
    refused = second.patch(paragraph["href"], {"text": {"es": "Juntos;"}}, version=read)
    current = refused.json()["current"]
    assert (refused.status_code, refused["ETag"]) == (412, f'"{read + 1}"')
    assert (current["text"], current["status"]) == (
        {"es": "Reunidos;", "pt": "Reunidos em Madri;"},
        {"es": "current", "pt": "stale"},
    )
    again = second.patch(paragraph["href"], {"text": {"pt": "Reunidos;"}}, version=current["version"])
    assert again.json()["status"] == {"es": "current", "pt": "current"}


VERSIONED = {
    "paragraphs/": {"paragraphs": [{"text": {"es": "Tres"}}]},
    "transitions/submit_for_clearance/": {},
    "sign-clearance/": {"office": "legal"},
    "certify-concordance/": {},
    "file-originals/": {"es": "a", "pt": "b"},
    "admit-late/": {"decision": "0197f0c2-5a3e-7c1e-9b7d-3f6f0f5d2a10"},
    "record-adherence/": {"parties": ["BO"]},
    "publish-provisional/": {},
    "corrigendum/": {"wrong_and_right": "a"},
}


@pytest.mark.parametrize("name", VERSIONED)
def test_what_changes_a_text_names_the_version_that_was_read(apis, name):
    spt = apis["secretary"]
    where = begin(spt)
    assert spt.post(f"{where}{name}", VERSIONED[name]).status_code == 428
    allowed = {"paragraphs/", "transitions/submit_for_clearance/", "record-adherence/"}
    by = spt if name in allowed else apis["approver"]
    stale = by.post(f"{where}{name}", VERSIONED[name], version=999)
    if name == "admit-late/":  # it names no decision: that comes first
        assert stale.status_code == 400
        return
    assert (stale.status_code, stale.json()["current"]["uuid"]) == (412, where.split("/")[4])


def test_a_request_repeated_under_its_key_does_nothing_twice(apis):
    spt = apis["secretary"]
    made = [spt.post("/documents/", NEW, key="begin-1") for _n in range(2)]
    assert made[0].json() == made[1].json()
    assert made[1]["Idempotency-Replayed"] == "true"
    where = made[0]["Location"]
    body = {"paragraphs": [{"text": {"es": "Uno"}}]}
    added = [spt.post(f"{where}paragraphs/", body, version=1, key="add-1") for _n in range(2)]
    assert [a.status_code for a in added] == [201, 201]
    assert (Document.objects.count(), Paragraph.objects.count()) == (1, 1)
    other = spt.post(f"{where}paragraphs/", {"paragraphs": [{"text": {"es": "Dos"}}]}, version=1, key="add-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_documents_are_narrowed_and_searched(apis, out):
    spt = apis["secretary"]
    begin(spt, "concept_note")

    def codes(query):
        return [d["code"] for d in spt.get(f"/documents/?{query}").json()["results"]]

    assert codes("summit=xxxi") == ["concept-note", "declaration"]
    assert codes("kind=concept_note,agenda") == ["concept-note"]
    assert codes("state=circulated") == ["declaration"]
    assert codes("q=declaracion") == codes("q=DECLARAÇÃO") == ["concept-note", "declaration"]
    assert codes("q=concept-") == codes("code=concept-note") == ["concept-note"]
    assert codes("summit=xxx") == []
    first = spt.get("/documents/?limit=1").json()
    assert [d["code"] for d in spt.get(first["next"]).json()["results"]] == ["declaration"]


def test_the_window_of_a_text_stands_among_the_deadlines(apis, out):
    spt = apis["secretary"]
    window = spt.get(out).json()["window"]
    deadline = spt.get(window["href"]).json()
    assert (deadline["task"], deadline["document"]["href"]) == (None, out)
    rows = []
    path = "/deadlines/?limit=20"
    while path:
        page = spt.get(path).json()
        rows, path = rows + page["results"], page["next"]
    assert [d["document"]["code"] for d in rows if d["document"]] == ["declaration"]
    pinned = spt.post(f"{window['href']}pin/", {"due_at": "2027-06-15T12:00:00Z", "reason": "a"}, version=deadline["version"])
    assert pinned.status_code == 400


COUNTED = (
    "/documents/?kind=report",
    "{where}paragraphs/",
    "{where}proposals/",
    "{where}positions/",
    "{where}versions/",
    "{where}clearances/",
    "{paragraph}history/",
)


def test_a_list_of_three_costs_what_a_list_of_one_does(world, apis, out):
    spt = apis["secretary"]
    for _n in range(3):
        begin(spt, "report")
    paragraph = texts_of(spt, out)[0]
    for name in ("cn_py", "cn_br"):
        for n in range(2):
            sent = {"kind": "comment", "text": f"Nota {n}", "paragraph": paragraph["uuid"]}
            do(apis[name], apis[name].post(f"{out}proposals/", sent)["Location"], "transitions/submit")
            apis[name].post(f"{out}positions/", {"kind": "agrees", "paragraph": paragraph["uuid"]})
    do(spt, out, "transitions/close_window")
    for n in range(3):
        version = spt.get(paragraph["href"]).json()["version"]
        spt.patch(paragraph["href"], {"text": {"es": f"Uno {n}"}}, version=version)
    found = Version.objects.get()
    for n in (2, 3):
        Version.objects.create(
            document=found.document,
            number=n,
            occasion="test",
            symbol_es="a",
            symbol_pt="b",
            digest="c",
            body=[],
            made_at=found.made_at,
        )
    for name in ("secretary", "approver", "cn_py"):
        apis[name].get("/me/")
        for path in COUNTED:
            where = path.format(where=out, paragraph=paragraph["href"]) + ("&" if "?" in path else "?")
            counts = [count_queries(partial(apis[name].get, f"{where}limit={n}")) for n in (1, 3)]
            full = apis[name].get(f"{where}limit=3").json()["results"]
            assert len(full) == 3 or name == "cn_py" or path in {"{where}paragraphs/"}, (name, path, len(full))
            assert counts[0] == counts[1], (name, path, counts)
            assert counts[0] <= 26, (name, path, counts)


def test_a_long_text_costs_what_a_short_one_does(apis):
    spt = apis["secretary"]
    short = begin(spt, "report")
    long = begin(spt, "report", paragraphs=[{"text": {"es": f"Párrafo {n}", "pt": f"Parágrafo {n}"}} for n in range(60)])
    for part in ("", "paragraphs/?limit=200", "compilation/"):
        counts = [count_queries(partial(spt.get, f"{where}{part}")) for where in (short, long)]
        assert counts[0] == counts[1], part
