"""The canary: a word in a delegation's drafts is met by nobody else, at any address, in any feed, search, count or refusal."""

from __future__ import annotations

import pytest

from api.docs import contract
from tests.api.conftest import Caller, caller, follow
from tests.api.texts import PARAGRAPHS, begin, circulate, clear, do, texts_of
from tests.factories import to_stage
from tests.workflows.onlookers import seat_for
from workflows.models import Deadline, Document, Event, Paragraph, Party, Position, Proposal, Signature, Version

pytestmark = pytest.mark.django_db

CANARY = "canario-7f3a-9c41"
ONLOOKERS = ("secretary", "spt_officer", "approver", "segib_officer", "auditor", "cn_br", "cn_host", "liaison", "observer")
MODELS = {
    "documents": Document,
    "paragraphs": Paragraph,
    "proposals": Proposal,
    "positions": Position,
    "versions": Version,
    "deadlines": Deadline,
    "events": Event,
    "signatures": Signature,
}
LATEST = 12
"""How many rows of each kind are opened one by one, the newest first; the feed of changes shows all that is recorded."""
READ = sorted(path for path, item in contract()["paths"].items() if "get" in item)
QUERIES = {"redline": "?before=1"}


@pytest.fixture
def apis(world):
    """A caller for each seat of the table, while texts are drafted."""
    to_stage(world, "text_drafting")
    observer = Party.objects.create(kind="observer", code="OBS", name_es="Observador", zone="Europe/Rome", list_name_es="Obs.")
    seat_for(world, "observer", observer, "observer")
    return {name: caller(world, name) for name in (*ONLOOKERS, "cn_py", "reviewer_py")}


def addresses():
    """Yield every address of the contract that is read, with every row that it may name."""
    for path in READ:
        model = MODELS.get(path.split("/")[3])
        if "{uuid}" not in path:
            yield path.replace("{digest}", "0" * 64)
        elif model is not None:
            for uuid in model.objects.order_by("-pk").values_list("uuid", flat=True)[:LATEST]:
                yield path.replace("{uuid}", str(uuid)) + QUERIES.get(path.rstrip("/").rpartition("/")[2], "")


def where_met(api: Caller) -> list[str]:
    """Return the addresses at which a caller meets the canary; the feed is followed to its end, searches are asked for it."""
    asked = [*addresses(), f"/documents/?q={CANARY}", f"/tasks/?q={CANARY}", "/events/?noun=proposal&limit=200"]
    met = [path for path in asked if CANARY in api.get(path).content.decode(errors="replace")]
    events, _cursor = follow(api, "/changes/?limit=200")
    return met + (["/changes/"] if CANARY in str(events) else [])


@pytest.mark.long
def test_what_a_delegation_drafts_is_met_by_itself_alone(apis):
    py, spt, segib = apis["cn_py"], apis["secretary"], apis["approver"]
    declaration = begin(spt)
    clear(segib, spt, declaration)
    circulate(spt, declaration)
    paragraph = texts_of(py, declaration)[0]["uuid"]
    sent = {"kind": "substantive", "text": f"{CANARY} uno", "paragraph": paragraph}
    proposal = apis["reviewer_py"].post(f"{declaration}proposals/", sent)["Location"]
    assert py.patch(proposal, {"text": f"{CANARY} dos"}, version=1).status_code == 200
    dropped = py.post(f"{declaration}proposals/", sent)["Location"]
    do(py, dropped, "transitions/withdraw", {"note": CANARY})
    communique = begin(py, "special_communique", [*PARAGRAPHS, {"text": {"es": CANARY, "pt": CANARY}}])
    first, _second, last = texts_of(py, communique)
    written = {"text": {"es": f"{CANARY};", "pt": f"{CANARY};"}, "note": CANARY}
    assert py.patch(first["href"], written, version=1).status_code == 200
    do(py, last["href"], "remove")
    assert {name: where_met(apis[name]) for name in ONLOOKERS} == {name: [] for name in ONLOOKERS}
    assert len(where_met(py)) >= 8
    for name in ONLOOKERS:
        api = apis[name]
        hidden = (communique, first["href"], proposal, dropped)
        assert [api.get(path).status_code for path in hidden] == [404] * 4, name
        assert api.post(f"{communique}transitions/withdraw/", {"reason": "a"}, version=1).status_code == 404
        assert api.patch(proposal, {"text": "a"}, version=999).status_code == 404
        assert api.patch(first["href"], {"text": {"es": "a"}}, version=999).status_code == 404
        seen = api.get(f"{declaration}proposals/")
        assert seen.status_code == 404 or seen.json()["results"] == [], name
        assert "special" not in str(api.get("/documents/").json()), name
    after_it_is_handed_in(apis, communique, first)


AFTERWARDS = ("secretary", "approver", "cn_br", "liaison")
"""One of each kind, for the rounds after the first."""


def after_it_is_handed_in(apis, communique, first):
    """What was written away before the text was handed in stays its author's; the text itself is seen then."""
    py, spt = apis["cn_py"], apis["secretary"]
    version = py.get(first["href"]).json()["version"]
    assert py.patch(first["href"], {"text": {"es": "Reunidos;", "pt": "Reunidos;"}}, version=version).status_code == 200
    do(py, communique, "transitions/submit_for_clearance")
    assert spt.get(communique).json()["paragraphs"] == 2
    assert {name: where_met(apis[name]) for name in AFTERWARDS} == {name: [] for name in AFTERWARDS}
    clear_handed_in(apis, communique)
    assert {name: where_met(apis[name]) for name in AFTERWARDS} == {name: [] for name in AFTERWARDS}
    assert CANARY in str(py.get(f"{first['href']}history/").json())


def clear_handed_in(apis, communique):
    """Have a communiqué that was handed in cleared and circulated."""
    for office in ("legal", "mandates", "budget", "language"):
        do(apis["approver"], communique, "sign-clearance", {"office": office})
    do(apis["approver"], communique, "transitions/clear")
    circulate(apis["secretary"], communique)
    assert apis["cn_br"].get(communique).status_code == 200


def test_what_is_submitted_is_seen_by_others_from_when_the_summit_says(world, apis):
    spt, py, br = apis["secretary"], apis["cn_py"], apis["cn_br"]
    where = begin(spt)
    clear(apis["approver"], spt, where)
    circulate(spt, where)
    proposal = py.post(f"{where}proposals/", {"kind": "comment", "text": "Nota"})["Location"]
    do(py, proposal, "transitions/submit")
    py.post(f"{where}positions/", {"kind": "agrees"})

    def seen(api):
        return [len(api.get(f"{where}{part}/").json()["results"]) for part in ("proposals", "positions")]

    assert (seen(spt), seen(br)) == ([1, 1], [0, 0])
    type(world.summit).objects.filter(pk=world.summit.pk).update(others_see="at_once")
    assert seen(br) == [1, 1]
    type(world.summit).objects.filter(pk=world.summit.pk).update(others_see="never")
    assert seen(br) == [0, 0]
    events, _cursor = follow(br, "/changes/?limit=200")
    assert [e["verb"] for e in events if e["object"]["noun"] in {"document", "proposal"}] == ["document.circulate"]


def test_what_happens_to_texts_is_followed_by_those_whom_it_concerns(apis):
    spt, py = apis["secretary"], apis["cn_py"]
    where = begin(spt)
    verbs = [e["verb"] for e in follow(spt, "/changes/?limit=200")[0] if e["object"]["noun"] == "document"]
    assert verbs == ["document.create", "document.add_paragraphs"]
    assert [e for e in follow(py, "/changes/?limit=200")[0] if e["object"]["noun"] == "document"] == []
    clear(apis["approver"], spt, where)
    circulate(spt, where)
    events = [e for e in follow(py, "/changes/?limit=200")[0] if e["object"]["noun"] == "document"]
    assert [(e["verb"], e["object"]["href"], e["data"]) for e in events] == [("document.circulate", where, {})]
