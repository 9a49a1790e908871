"""Hostile and broken files: each is refused in a sentence, in time, and the server's process does not grow or fall."""

from __future__ import annotations

import random
import re
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.papers.files import MACRO_MAIN, container, document, docx, p, types
from workflows.papers import docx_process, reading
from workflows.papers.reading import REFUSALS, UNREAD, FileRefused, read_file, read_text

LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ja">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"
)
XXE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
SOUND = docx(p("Reafirmar el compromiso.") * 30)


def lying() -> bytes:
    """A container whose directory says that the text is much shorter than it is."""
    data = docx(p("x" * 5000))
    real = len(document(p("x" * 5000)).encode())
    return data.replace(real.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def encrypted() -> bytes:
    data = bytearray(SOUND)
    for at in (n for n in range(len(data) - 4) if data[n : n + 4] in (b"PK\x01\x02", b"PK\x03\x04")):
        data[at + (8 if data[at + 2] == 1 else 6)] |= 1
    return bytes(data)


def twice() -> bytes:
    """A container in which a second text has the name of the first."""
    return docx(p("uno"), more={"word/documenx.xml": document(p("dos"))}).replace(b"documenx", b"document")


def nested() -> bytes:
    inner = container({f"{n}.xml": b"0" * 1_000_000 for n in range(10)})
    return container({"[Content_Types].xml": types(), "bomb.zip": inner * 20, "word/document.xml": document("")})


HOSTILE = {
    "zip bomb": (lambda: docx("", more={f"{n}": b"0" * 60_000_000 for n in range(3)}), "bomba.docx", "too_much_inside"),
    "one part too large": (lambda: docx(p("y" * 17_000_000)), "a.docx", "too_much_inside"),
    "thousands of entries": (lambda: docx("", more={str(n): b"" for n in range(4000)}), "a.docx", "too_much_inside"),
    "nested zip": (nested, "a.docx", "no_text"),
    "lying directory": (lying, "a.docx", "broken"),
    "billion laughs": (lambda: docx(p("&j;"), before=LAUGHS), "a.docx", "entities"),
    "laughs in the types": (lambda: docx("", more={"[Content_Types].xml": LAUGHS + types()}), "a.docx", "entities"),
    "external entity": (lambda: docx(p("&x;"), before=XXE), "a.docx", "entities"),
    "entities in UTF-16": (
        lambda: docx("", more={"word/document.xml": document(p("x"), before=XXE).replace("UTF-8", "UTF-16").encode("utf-16")}),
        "a.docx",
        "broken",
    ),
    "macro by type": (lambda: docx(p("x"), main=MACRO_MAIN), "a.docx", "macro"),
    "macro by part": (lambda: docx(p("x"), more={"word/vbaProject.bin": b"\xd0\xcf"}), "a.docx", "macro"),
    "macro by name": (lambda: SOUND, "a.docm", "macro"),
    "PDF": (lambda: b"%PDF-1.7\n", "a.docx", "pdf"),
    "PDF that is also a zip": (lambda: b"%PDF-1.7\n" + SOUND, "a.docx", "pdf"),
    "web page": (lambda: b"\xef\xbb\xbf\n<!DOCTYPE html><script>1</script>", "a.docx", "html"),
    "picture with a script": (lambda: b"<svg onload='1'/>", "a.docx", "html"),
    "Word before 2007": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.docx", "old_word"),
    "Word before 2007, named so": (lambda: b"\xd0\xcf\x11\xe0", "a.doc", "old_word"),
    "under a password": (
        lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "a.docx",
        "encrypted",
    ),
    "encrypted entries": (encrypted, "a.docx", "encrypted"),
    "spreadsheet": (
        lambda: docx("", main="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
        "a.docx",
        "not_docx",
    ),
    "zip of something else": (lambda: container({"a.txt": "x"}), "a.docx", "not_docx"),
    "empty zip": (lambda: container({}), "a.docx", "not_docx"),
    "no body": (lambda: docx("", more={"word/document.xml": "<x/>"}), "a.docx", "not_docx"),
    "no text": (lambda: docx(p("  ")), "a.docx", "no_text"),
    "path out of the container": (lambda: docx(p("x"), more={"../../etc/cron.d/x": b"x"}), "a.docx", "broken"),
    "the same part twice": (twice, "a.docx", "broken"),
    "half a file": (lambda: SOUND[: len(SOUND) // 2], "a.docx", "broken"),
    "the end cut off": (lambda: SOUND[:-4], "a.docx", "broken"),
    "half an XML": (lambda: docx("", more={"word/document.xml": document(p("x"))[:-30]}), "a.docx", "broken"),
    "surrogate by number": (lambda: docx(p("&#xD800;")), "a.docx", "broken"),
    "NUL by number": (lambda: docx(p("&#0;")), "a.docx", "broken"),
    "nothing": (lambda: b"", "a.docx", "empty"),
    "26 MB": (lambda: b"PK\x03\x04" + b"0" * 26 * 1024 * 1024, "a.docx", "too_large"),
    "a very long paragraph": (lambda: docx(p("a" * 20_001)), "a.docx", "paragraph_too_long"),
    "very many paragraphs": (lambda: docx(p("a") * 1001), "a.docx", "too_many_paragraphs"),
    "very many more paragraphs": (lambda: docx(p("a") * 5001), "a.docx", "too_many_paragraphs"),
    "unknown name": (lambda: SOUND, "../../a.exe", "wrong_type"),
    "no name": (lambda: SOUND, "", "wrong_type"),
    "Word file named text": (lambda: SOUND, "a.txt", "wrong_type"),
    "NUL in a text": (lambda: b"a\x00b", "a.txt", "bad_character"),
    "surrogate in a text": (lambda: b"\xff\xfe\x00\xd8a\x00", "a.txt", "bad_character"),
    "bytes of no encoding": (lambda: b"\x81\x8d", "a.txt", "bad_character"),
    "empty text": (lambda: b" \n ", "a.txt", "no_text"),
    "text of 17 MB": (lambda: b"a\n\n" * 6_000_000, "a.txt", "too_much_inside"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str):
    make, filename, code = HOSTILE[name]
    data, before, began = make(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(FileRefused) as refused:
        read_file(data, filename)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (refused.value.code, str(refused.value.fields["file"])) == (code, str(REFUSALS[code]))
    assert grown < 150 * 1024
    assert time.monotonic() - began < 15


def test_every_refusal_of_the_process_has_its_sentence():
    codes = set(re.findall(r'(?:Refused\(|return |"refused": )"(\w+)"', Path(docx_process.__file__).read_text()))
    assert {"macro", "pdf", "html", "encrypted", "too_much_inside"} <= codes
    assert codes <= set(REFUSALS) | set(UNREAD)


def test_a_deeply_nested_text_does_no_harm():
    depth = 200_000
    with pytest.raises(FileRefused) as refused:
        read_file(docx("<w:sdt><w:sdtContent>" * depth + "</w:sdtContent></w:sdt>" * depth), "a.docx")
    assert refused.value.code in {"too_much_inside", "broken", "too_slow"}


def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(reading, "PROCESS", slow)
    monkeypatch.setattr(reading, "SECONDS", 0.5)
    with pytest.raises(FileRefused) as refused:
        read_file(SOUND, "a.docx")
    assert refused.value.code == "too_slow"


def test_a_process_that_falls_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    falls = tmp_path / "falls.py"
    falls.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(reading, "PROCESS", falls)
    with pytest.raises(FileRefused) as refused:
        read_file(SOUND, "a.docx")
    assert refused.value.code == "broken"


def test_memory_and_processor_of_the_process_are_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    greedy = tmp_path / "greedy.py"
    start = f"import sys\nsys.path.insert(0, {str(Path(docx_process.__file__).parent)!r})\nimport docx_process\n"
    greedy.write_text(
        start + "docx_process.limit_process()\n"
        "try:\n    x = b'0' * (600 * 1024 * 1024)\nexcept MemoryError:\n    print('{\"refused\": \"too_much_inside\"}')\n"
    )
    monkeypatch.setattr(reading, "PROCESS", greedy)
    with pytest.raises(FileRefused) as refused:
        read_file(SOUND, "a.docx")
    assert refused.value.code == "too_much_inside"
    greedy.write_text(start + "docx_process.CPU_SECONDS = 1\ndocx_process.limit_process()\nwhile True:\n    pass\n")
    with pytest.raises(FileRefused) as refused:
        read_file(SOUND, "a.docx")
    assert refused.value.code == "too_slow"


def test_the_process_sees_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    tells = tmp_path / "tells.py"
    tells.write_text(
        "import json, os, sys\n"
        "told = [sorted(os.environ), os.getcwd(), [m for m in sys.modules if m.startswith(('django', 'workflows'))]]\n"
        "print(json.dumps({'paragraphs': [{'text': json.dumps(told)}], 'unread': {}}))\n"
    )
    monkeypatch.setattr(reading, "PROCESS", tells)
    monkeypatch.setenv("SECRET_KEY", "x")
    assert read_file(SOUND, "a.docx").paragraphs[0].text in {'[[], "/", []]', '[["LC_CTYPE"], "/", []]'}


def test_when_all_turns_are_taken_one_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "SECONDS", 0.1)
    with reading._turns, reading._turns, pytest.raises(FileRefused) as refused:
        read_file(SOUND, "a.docx")
    assert refused.value.code == "busy"
    monkeypatch.undo()
    assert len(read_file(SOUND, "a.docx").paragraphs) == 30


def test_a_pasted_text_that_is_too_long_is_refused():
    with pytest.raises(FileRefused) as refused:
        read_text("a\n\n" * 2_000_000)
    assert refused.value.code == "too_much_inside"


def mutated(random_: random.Random) -> bytes:
    """The sound file with bytes changed, cut, doubled; or its XML so, or with its tags exchanged, in a sound container."""
    inside = random_.random() < 0.6
    data = bytearray(document(p("Reafirmar.") * 5).encode() if inside else SOUND)
    if inside and random_.random() < 0.7:
        tags = [b"w:p", b"w:r", b"w:t", b"w:tbl", b"w:sdt", b"w:ins", b"w:del", b"w:pPr", b"w:body", b"w:drawing", b"w:tab"]
        old, new = random_.sample(tags, 2)
        data = bytearray(bytes(data).replace(old + b">", new + b">"))
        return docx("", more={"word/document.xml": bytes(data)})
    for _n in range(random_.randint(1, 3)):
        at = random_.randrange(len(data))
        way = random_.randrange(3)
        if way == 0:
            data[at] = random_.randrange(256)
        elif way == 1:
            del data[at : at + random_.randint(1, 40)]
        else:
            data[at:at] = data[at : at + random_.randint(1, 40)]
    return docx("", more={"word/document.xml": bytes(data)}) if inside else bytes(data)


def refusals(read: Callable[[bytes], object], seed: int, times: int) -> set[str]:
    """The codes with which so many mutated files were refused; the others were read."""
    random_, codes = random.Random(seed), set()
    for _n in range(times):
        try:
            read(mutated(random_))
        except (docx_process.Refused, FileRefused) as refused:
            codes.add(getattr(refused, "code", str(refused)))
    return codes


def test_mutated_files_are_read_or_refused_and_nothing_else():
    assert refusals(docx_process.read, seed=7, times=1500) <= set(REFUSALS)


@pytest.mark.slow
def test_five_thousand_mutated_files_never_bring_the_server_down():
    assert refusals(lambda data: read_file(data, "a.docx"), seed=11, times=5000) <= set(REFUSALS)
