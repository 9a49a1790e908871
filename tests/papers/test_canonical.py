"""A copy of a version can be checked by anyone: with our page, with one file of Python, with the hash on the PDF."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import make_world
from tests.papers.test_sheet import circulated
from workflows.errors import InvalidInput
from workflows.papers import check as checker
from workflows.papers.canonical import check_copy, json_of
from workflows.papers.check import NotACopy, check, digest_of
from workflows.papers.sheet import sheet_of_version
from workflows.rules.texts import body_digest


def copy(**more) -> dict:
    body = [{"uuid": "1", "es": "Señal \U0001f600 \u202e", "pt": "Sinal"}]
    symbol = {"es": "DEC-ES-v1", "pt": "DEC-PT-v1"}
    return {"format": "summitprep.text.v1", "symbol": symbol, "digest": body_digest(body), "body": body} | more


def encoded(data: object) -> bytes:
    return json.dumps(data).encode()


@pytest.mark.django_db
def test_the_copy_of_a_version_gives_the_hash_that_is_stored_and_printed():
    version = circulated(make_world())
    checked = check_copy(json_of(version))
    assert (checked.is_intact, checked.recomputed, checked.symbol_pt) == (True, version.digest, "DEC-SPT-XXXI-PT-v1")
    assert sheet_of_version(version).digest == checked.recomputed
    assert json_of(version) == json_of(type(version).objects.get(pk=version.pk))
    assert json.loads(json_of(version))["made_at"] == (version.made_at + timedelta(0)).isoformat(timespec="microseconds")


def test_the_file_alone_computes_what_the_product_computes():
    body = copy()["body"]
    assert digest_of(body) == body_digest(body)


def test_a_copy_written_with_other_spaces_and_order_is_intact():
    assert check(json.dumps(copy(), indent=2, ensure_ascii=False).encode()).is_intact


def test_a_changed_word_is_found():
    data = copy()
    data["body"][0]["pt"] = "Sinais"
    assert not check(encoded(data)).is_intact


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        b"[" * 100_000,
        encoded(copy(format="other")),
        encoded(copy(digest="abc")),
        encoded(copy(digest=None)),
        encoded(copy(body="x")),
        encoded(copy(symbol=[])),
        encoded(copy(body=[float("nan")])),
        b'{"format": "summitprep.text.v1", "format": "summitprep.text.v1"}',
        encoded(copy(body=["\ud800"])),
    ],
)
def test_what_is_no_copy_is_refused(data: bytes):
    with pytest.raises(NotACopy):
        check(data)
    with pytest.raises(InvalidInput) as refused:
        check_copy(data)
    assert (refused.value.code, [*refused.value.fields]) == ("not_a_copy", ["file"])


@pytest.mark.parametrize(("spoil", "code"), [(False, 0), (True, 1)])
def test_it_runs_by_itself(tmp_path: Path, spoil: bool, code: int):
    data = copy(body=[]) if spoil else copy()
    file = tmp_path / "copy.json"
    file.write_bytes(encoded(data))
    done = subprocess.run([sys.executable, "-I", "-S", checker.__file__, file], capture_output=True, text=True, check=False)
    assert (done.returncode, data["digest"] in done.stdout) == (code, True)


def test_without_a_file_it_says_what_it_wants():
    done = subprocess.run([sys.executable, "-I", "-S", checker.__file__], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
