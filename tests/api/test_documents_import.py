"""Texts brought in from files over HTTP: what was not read is said, and no file, however hostile, is met with a failure."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.api.conftest import BASE, Caller, caller
from tests.api.texts import begin, texts_of
from tests.papers.files import container, docx, p
from tests.papers.test_hostile import HOSTILE
from workflows.models import Paragraph

pytestmark = pytest.mark.django_db

SPANISH = "Reunidos en Madrid;\n\n1. Reafirmar el compromiso."
PORTUGUESE = "Reunidos em Madri;\n\n1. Reafirmar o compromisso."


@pytest.fixture
def spt(world):
    """The system of the SPT."""
    return caller(world, "secretary")


def send(api: Caller, where: str, *, version: int | None = None, key: str = "", raw: bytes | None = None, **form):
    """Import a form into a text; bytes become a file named as the pair (name, bytes) says."""
    headers = api.headers()
    headers["If-Match"] = f'"{version if version is not None else api.get(where).json()["version"]}"'
    if key:
        headers["Idempotency-Key"] = key
    fields = {
        name: SimpleUploadedFile(value[0], value[1]) if isinstance(value, tuple) else value for name, value in form.items()
    }
    body = encode_multipart(BOUNDARY, fields) if raw is None else raw
    path = where if where.startswith("/api/") else f"{BASE}{where}"
    return api.client.generic("POST", f"{path}import/", body, content_type=MULTIPART_CONTENT, headers=headers)


def test_a_word_file_is_cut_into_paragraphs_and_what_was_not_read_is_listed(spt):
    where = begin(spt)
    table = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    file = docx(p("Reunidos en Toledo;") + table + p("Alentar la paz.", inside="<w:r><w:drawing/></w:r>"))
    answer = send(spt, where, file=("texto.docx", file), language="es", after=texts_of(spt, where)[0]["uuid"])
    assert answer.status_code == 201, answer.json()
    assert [u["code"] for u in answer.json()["unread"]] == ["pictures", "tables"]
    assert answer.json()["unread"][1]["message"] == "1 table was not read."
    assert answer["ETag"] == f'"{answer.json()["document"]["version"]}"'
    assert [(p["number"], p["text"]["es"], p["status"]["pt"]) for p in texts_of(spt, where)] == [
        ("A", "Reunidos en Madrid;", "current"),
        ("B", "Reunidos en Toledo;", "missing"),
        ("1", "Alentar la paz.", "missing"),
        ("2", "Reafirmar el compromiso con la cooperación.", "current"),
    ]


def test_a_file_in_each_language_is_aligned_by_position(spt):
    where = begin(spt, "report")
    pair = {"file_es": ("es.txt", SPANISH.encode()), "file_pt": ("pt.txt", PORTUGUESE.encode())}
    added = send(spt, where, **pair).json()["paragraphs"]
    assert [p["text"] for p in added] == [
        {"es": "Reunidos en Madrid;", "pt": "Reunidos em Madri;"},
        {"es": "Reafirmar el compromiso.", "pt": "Reafirmar o compromisso."},
    ]
    refused = send(spt, where, file_es=("es.txt", SPANISH.encode()), file_pt=("pt.txt", b"Um."))
    assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (
        400,
        "not_aligned",
        "#/file_pt",
    )


def test_a_dry_run_shows_what_would_be_added_and_keeps_nothing(spt):
    where = begin(spt)
    before = spt.get(where)["ETag"]
    answer = send(spt, where, text=SPANISH, language="es", dry_run="true", key="dry-1")
    assert (answer.status_code, len(answer.json()["paragraphs"]), answer.json()["dry_run"]) == (201, 2, True)
    assert (spt.get(where)["ETag"], Paragraph.objects.count()) == (before, 2)


def test_the_same_form_under_its_key_is_taken_once(spt):
    where = begin(spt)
    version = spt.get(where).json()["version"]
    form = {"file": ("a.txt", SPANISH.encode()), "language": "es"}
    answers = [send(spt, where, version=version, key="import-1", **form) for _n in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Paragraph.objects.count() == 4
    other = send(spt, where, version=version, key="import-1", **form | {"file": ("a.txt", b"Otro.")})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_who_may_not_write_the_text_may_not_import_either(world, spt):
    where = begin(spt)
    assert send(caller(world, "auditor"), where, text="a", language="es").json()["code"] == "not_editor"
    assert send(caller(world, "cn_py"), where, version=1, text="a", language="es").status_code == 404
    assert send(spt, where, version=999, text="a", language="es").status_code == 412
    json_sent = spt.post(f"{where}import/", {"text": "a", "language": "es"}, version=3)
    assert (json_sent.status_code, json_sent.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"text": "a"},
        {"language": "es"},
        {"text": "a", "language": "fr"},
        {"text": "a", "file": ("a.txt", b"a"), "language": "es"},
        {"file_es": ("a.txt", b"a")},
        {"file": "no file", "language": "es"},
        {"text": "a", "language": "es", "after": "0197f0c2-5a3e-7c1e-9b7d-3f6f0f5d2a10"},
        {"text": "a", "language": "es", "other": "1"},
        {"text": "a\x00b", "language": "es"},
        {"text": "   ", "language": "es"},
    ],
)
def test_half_a_form_is_refused(spt, form):
    where = begin(spt)
    answer = send(spt, where, **form)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"]


def test_each_hostile_file_is_refused_with_its_sentence_at_its_field(spt):
    where = begin(spt)
    met = {}
    for name, (make, filename, _code) in HOSTILE.items():
        if filename:  # without one it is no file in a form
            answer = send(spt, where, version=3, file=(filename, make()), language="es")
            met[name] = (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["pointer"])
    assert met == {name: (400, code, "#/file") for name, (_make, filename, code) in HOSTILE.items() if filename}
    assert Paragraph.objects.count() == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"--" + BOUNDARY.encode(),
        b"--" + BOUNDARY.encode() + b'\r\nContent-Disposition: form-data; name="text"\r\n\r\nmedio',
        b"--" + BOUNDARY.encode() + b'\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\nPK\x03\x04',
        b"\xff\xfe\x00" * 50,
        encode_multipart(BOUNDARY, {f"f{n}": SimpleUploadedFile(f"{n}.txt", b"a") for n in range(120)}),
        encode_multipart(BOUNDARY, {f"f{n}": "a" for n in range(1200)}),
        encode_multipart(BOUNDARY, {"text": "a" * 6_000_000, "language": "es"}),
    ],
    ids=["nothing", "a boundary", "half a field", "half a file", "noise", "many files", "many fields", "a long field"],
)
def test_a_form_that_cannot_be_read_is_refused(spt, raw):
    where = begin(spt)
    assert send(spt, where, raw=raw).status_code in {400, 413}


def test_a_form_larger_than_two_files_is_not_read(spt):
    where = begin(spt)
    headers = spt.headers() | {"If-Match": '"3"'}
    refused = spt.client.generic(
        "POST", f"{where}import/", b"a", content_type=MULTIPART_CONTENT, headers=headers, CONTENT_LENGTH=str(60_000_000)
    )
    assert refused.status_code == 413
    large = send(spt, where, file=("a.docx", container({"a": b"0"}) + b"0" * 26_300_000), language="es")
    assert (large.status_code, large.json()["code"]) == (400, "too_large")
