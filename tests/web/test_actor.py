"""Who reads a page: sign-in, the seat that acts, the language, and refusals as pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.factories import make_world
from tests.web.clock import stand_at
from tests.web.pages import client_of, words
from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, Reason, Ref, StaleObject, WrongState
from workflows.models import Membership, Party, Seat, User
from workflows.queries.names import of_country
from workflows.web.errors import RefusalMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def test_who_has_not_signed_in_is_led_to_the_sign_in_and_back():
    answer = Client().get("/seat/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/seat/")


def test_an_account_without_a_seat_is_told_so_in_a_sentence(world):
    user = world.user("approver")
    user.person = None
    user.save()
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    answer = client.get("/seat/")
    assert answer.status_code == 403
    assert "no_seat" in answer.content.decode()


def test_the_language_is_the_persons_own_unless_another_was_chosen(world):
    person = world.people["cn_br"]
    person.language = "pt-br"
    person.save()
    client = Client()
    client.force_login(world.user("cn_br"))
    assert '<html lang="pt-br">' in client.get("/seat/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/seat/"})
    assert '<html lang="en">' in client.get("/seat/").content.decode()


def test_a_seat_that_is_not_held_is_not_taken(world):
    client = client_of(world, "secretary")
    assert client.post("/seat/", {"seat": str(world.seats["approver"].uuid)}).status_code == 400
    assert client.post("/seat/", {"seat": str(world.seats["secretary"].uuid)}).status_code == 302


def test_the_clock_is_read_once(world):
    client = client_of(world, "cn_py")
    client.get("/seat/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/seat/")
    assert len([q for q in queries if "statement_timestamp" in q["sql"]]) == 1


def test_who_holds_several_seats_acts_from_the_one_that_is_chosen(world):
    seat = Seat.objects.create(party=world.seats["cn_py"].party, role="reviewer", number=7, opened_at=world.now)
    Membership.objects.create(seat=seat, person=world.people["cn_py"], starts_on=world.now.date())
    client = client_of(world, "cn_py")
    assert "Change" in client.get("/seat/").content.decode()
    client.post("/seat/", {"seat": str(seat.uuid)})
    assert "Reviewer, Paraguay" in client.get("/").content.decode()


def test_an_unknown_address_has_a_page_of_ours(world):
    answer = client_of(world, "cn_py").get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is no such page" in words(answer)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (WrongState(), 409),
        (NotPermitted(), 403),
        (GuardsFailed([Reason("a", "The text is missing.", Ref("summits"))]), 422),
        (StaleObject(), 412),
        (InvalidInput({"name": "Write the name."}), 400),
    ],
)
def test_a_refusal_that_no_view_takes_is_a_page_with_its_code(rf, error, status):
    request = rf.post("/summits/xxxi/", headers={"referer": "http://testserver/summits/"})
    answer = RefusalMiddleware(lambda _request: None).process_exception(request, error)
    assert answer.status_code == status
    assert f": {error.code}" in " ".join(answer.content.decode().split())
    assert 'href="/summits/"' in answer.content.decode()


def test_only_the_technical_administrator_enters_the_administration_and_changes_nothing(world):
    client = client_of(world, "approver")
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    admin = Client()
    admin.force_login(User.objects.create_superuser("tecnico@example.org", "una-clave-cualquiera"))
    assert admin.get("/admin/workflows/user/").status_code == 200
    assert admin.get("/admin/workflows/user/add/").status_code == 403
    assert admin.get("/summits/").status_code == 403


@pytest.mark.parametrize("country", ["BR", "AR", "PT", "DO"])
def test_countries_stand_in_a_sentence_as_each_language_asks(world, country):
    expected = {
        "BR": ("do Brasil", "de Brasil", "of Brazil"),
        "AR": ("da Argentina", "de Argentina", "of Argentina"),
        "PT": ("de Portugal", "de Portugal", "of Portugal"),
        "DO": ("da República Dominicana", "de la República Dominicana", "of the Dominican Republic"),
    }
    party = Party.objects.get(code=country)
    said = []
    for language in ("pt-pt", "es", "en"):
        with translation.override(language):
            said.append(of_country(party))
    assert tuple(said) == expected[country]
