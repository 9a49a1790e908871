"""The demonstration's mailbox: there in the demonstration only; a mail's HTML can do nothing to the page around it."""

from __future__ import annotations

import pytest

from summitprep.mailbox import store
from tests.factories import make_world
from tests.web.clock import stand_at

pytestmark = pytest.mark.django_db

MAIL = b"""From: SummitPrep <no-reply@example.org>\r
To: cn.py@example.org\r
Subject: =?utf-8?q?Aportes_a_la_Declaraci=C3=B3n?=\r
Message-ID: <one@example.org>\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
\r
Responda en https://example.org/r/1\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
<html><body style="color:#000"><script>alert(1)</script><a href="https://example.org/r/1">Responder</a></body></html>\r
--b--\r
"""


@pytest.fixture
def folder(settings, tmp_path):
    settings.SUMMITPREP_DEMO = True
    settings.DEMO_MAILBOX_DIR = tmp_path
    return tmp_path


@pytest.fixture
def reader(client):
    world = make_world()
    stand_at(world.now)
    client.force_login(world.user("cn_br"))
    return client


def test_without_the_demonstration_there_is_none(reader, settings, tmp_path):
    settings.DEMO_MAILBOX_DIR = tmp_path
    mail = store(MAIL, "a@example.org", ["cn.py@example.org"], tmp_path).stem
    assert [reader.get(f"/mailbox/{path}").status_code for path in ("", f"{mail}/", f"{mail}/html/")] == [404, 404, 404]


def test_who_has_not_signed_in_is_asked_to(client, folder):
    assert client.get("/mailbox/").status_code == 302


def test_the_mails_as_they_arrive(reader, folder):
    assert "No mail has arrived yet" in reader.get("/mailbox/").content.decode()
    mail = store(MAIL, "a@example.org", ["cn.py@example.org"], folder).stem
    html = reader.get("/mailbox/").content.decode()
    assert "Aportes a la Declaración" in html
    assert f'href="/mailbox/{mail}/"' in html
    assert "Aportes" in reader.get("/mailbox/?q=declaracion").content.decode()
    assert "No mail matches." in reader.get("/mailbox/?q=zzz").content.decode()


def test_a_mail_is_framed_without_rights_and_shown_as_text(reader, folder):
    mail = store(MAIL, "a@example.org", ["cn.py@example.org"], folder).stem
    answer = reader.get(f"/mailbox/{mail}/")
    page = answer.content.decode()
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page
    assert 'href="https://example.org/r/1"' in page
    assert "alert(1)" not in page
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    framed = reader.get(f"/mailbox/{mail}/html/")
    policy = framed["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "script-src" not in policy
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert framed.content.decode().startswith('<base target="_top">')


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fetc%2fpasswd", "20260101T000000000000Z-00000000"])
def test_a_name_that_is_no_mail_s_reads_nothing(reader, folder, name):
    assert reader.get(f"/mailbox/{name}/").status_code == 404
