"""Who reads a page: sign-in, the seat that acts, the language, and refusals as pages."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import make_world

pytestmark = pytest.mark.django_db


def client_of(world, name: str) -> Client:
    client = Client()
    client.force_login(world.user(name))
    return client


def test_who_has_not_signed_in_is_led_to_the_sign_in_and_back():
    answer = Client().get("/seat/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/seat/")


def test_an_account_without_a_seat_is_told_so_in_a_sentence():
    world = make_world(seats=["approver"])
    user = world.user("approver")
    user.person = None
    user.save()
    client = Client()
    client.force_login(user)
    answer = client.get("/seat/")
    assert answer.status_code == 403
    assert "no_seat" in answer.content.decode()


def test_the_language_is_the_persons_own_unless_another_was_chosen():
    world = make_world(seats=["cn_br"])
    person = world.people["cn_br"]
    person.language = "pt-br"
    person.save()
    client = client_of(world, "cn_br")
    assert '<html lang="pt-br">' in client.get("/seat/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/seat/"})
    assert '<html lang="en">' in client.get("/seat/").content.decode()


def test_a_seat_that_is_not_held_is_not_taken():
    world = make_world(seats=["secretary", "approver"])
    client = client_of(world, "secretary")
    assert client.post("/seat/", {"seat": str(world.seats["approver"].uuid)}).status_code == 400
    assert client.post("/seat/", {"seat": str(world.seats["secretary"].uuid)}).status_code == 302


def test_the_clock_is_read_once(django_assert_num_queries):
    world = make_world(seats=["cn_py"])
    client = client_of(world, "cn_py")
    client.get("/seat/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get("/seat/")
    assert len([q for q in queries if "statement_timestamp" in q["sql"]]) == 1
