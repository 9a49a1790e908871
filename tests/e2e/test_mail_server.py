"""The demonstration's mailbox: what a real SMTP conversation brings is kept whole and read back."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest

from summitprep.embedded import free_port
from summitprep.mailbox import list_mails, read_mail, store

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def letter(subject: str = "Cumbre Madrid 2026 · Declaración") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "SummitPrep <no-reply@demo.invalid>"
    message["To"] = "Coordinación Nacional <cn@py.invalid>"
    message["Subject"] = subject
    message["Message-ID"] = "<1@demo.invalid>"
    message.set_content("Señora Coordinadora:\n")
    message.add_alternative("<p>Señora Coordinadora:</p>\n", subtype="html")
    message.add_attachment(CALENDAR, maintype="text", subtype="calendar", filename="plazo.ics")
    return message


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "summitprep.mailbox", "--port", str(port), "--folder", str(tmp_path)]
    process = subprocess.Popen(command)
    try:
        yield port
    finally:
        process.terminate()
        assert process.wait(10) == 0


def test_a_mail_is_kept_whole(server: int, tmp_path: Path) -> None:
    for _ in range(200):
        with suppress(OSError), smtplib.SMTP("127.0.0.1", server, timeout=10) as client:
            client.send_message(letter(), "bounce@demo.invalid", ["cn@py.invalid", "alterno@py.invalid"])
            break
        time.sleep(0.1)

    [summary] = list_mails(tmp_path)
    mail = read_mail(summary.id, tmp_path)

    assert (summary.subject, summary.to) == (letter()["Subject"], letter()["To"])
    assert summary.recipients == ("cn@py.invalid", "alterno@py.invalid")
    assert (mail.text, mail.html) == ("Señora Coordinadora:\n", "<p>Señora Coordinadora:</p>\n")
    assert [(a.name, a.content_type, a.content) for a in mail.attachments] == [("plazo.ics", "text/calendar", CALENDAR)]
    assert ("X-Envelope-From", "bounce@demo.invalid") in mail.headers


def test_the_newest_comes_first_and_a_limit_holds(tmp_path: Path) -> None:
    for number in range(3):
        store(letter(str(number)).as_bytes(), "a@b.invalid", ["c@d.invalid"], tmp_path)
    assert [mail.subject for mail in list_mails(tmp_path)] == ["2", "1", "0"]
    assert [mail.subject for mail in list_mails(tmp_path, limit=1)] == ["2"]


@pytest.mark.parametrize("name", ["", "../secret-key", "20261124T040506000000Z-0000000g", "20261124T040506000000Z-00000000"])
def test_names_that_are_not_of_a_mail_read_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret-key.eml").write_text("x")
    assert read_mail(name, tmp_path) is None


def test_no_folder_is_an_empty_mailbox(tmp_path: Path) -> None:
    assert list_mails(tmp_path / "none") == []
