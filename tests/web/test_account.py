"""Accounts: sign-in and out, invitation, password, second factor; nobody opens an account for oneself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD, make_world
from tests.web.clock import stand_at
from tests.web.pages import client_of, words
from workflows.models import Membership, User
from workflows.queries.account import invitation_url

pytestmark = pytest.mark.django_db
NEW = "otra-clave-bastante-larga"


@pytest.fixture(autouse=True)
def _no_attempts_counted():
    cache.clear()


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def sign_in(world, name: str, password: str = PASSWORD) -> tuple[Client, object]:
    user = world.user(name)
    client = Client(headers={"accept-language": "en"})
    return client, client.post("/accounts/login/", {"login": user.email, "password": password})


def confirm(client: Client, address: str) -> object:
    """Open what concerns the account's safety, writing the password once more."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": address})
    return client.get(address)


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_who_signs_in_sees_home_and_who_signs_out_does_not(world):
    client, answer = sign_in(world, "cn_py")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


def test_a_wrong_password_is_said_above_the_form_and_what_was_typed_stays(world):
    _client, answer = sign_in(world, "cn_py", "no-es-esta-la-clave")
    assert answer.status_code == 200
    assert "data-errors" in answer.content.decode()
    assert 'value="cn.py@example.org"' in answer.content.decode()


def test_nobody_opens_an_account_for_oneself(world):
    client = Client(headers={"accept-language": "en"})
    assert "by invitation" in words(client.get("/accounts/signup/"))
    data = {"email": "nadie@example.org", "password1": NEW, "password2": NEW}
    assert client.post("/accounts/signup/", data).status_code == 200
    assert User.objects.filter(email="nadie@example.org").exists() is False
    assert client.get("/accounts/email/").status_code == 404


def test_an_invitation_chooses_a_password_once(world):
    user = User.objects.create_user("invitada@example.org", person=world.people["cn_br"])
    path = invitation_url(user).removeprefix("http://localhost:8000")
    client = Client(headers={"accept-language": "en"})
    page = client.get(path, follow=True)
    assert "Choose your password" in words(page)
    address = page.redirect_chain[-1][0]
    assert client.post(address, {"password1": NEW, "password2": NEW}).status_code == 302
    assert Client().login(email=user.email, password=NEW)
    assert "no longer works" in words(Client(headers={"accept-language": "en"}).get(path, follow=True))


def test_a_forgotten_password_is_chosen_anew_by_mail_in_the_persons_language(world):
    user = world.user("cn_py")
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/password/reset/", {"email": user.email})
    (sent,) = mail.outbox
    assert sent.to == [user.email]
    address = re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+)", sent.body)[1]
    page = client.get(address, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert Client().login(email=user.email, password=NEW)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(world):
    client = Client(headers={"accept-language": "en"})
    known = client.post("/accounts/password/reset/", {"email": world.user("cn_py").email}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nadie@example.org"}, follow=True)
    assert words(known) == words(unknown)
    assert len(mail.outbox) == 1


def test_a_short_password_is_refused_at_its_field(world):
    client, _answer = sign_in(world, "cn_py")
    data = {"oldpassword": PASSWORD, "password1": "corta", "password2": "corta"}
    answer = client.post("/accounts/password/change/", data)
    assert 'href="#id_password1"' in answer.content.decode()


def test_a_secretariats_seat_sets_up_its_second_factor_before_anything_else(world, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client, _answer = sign_in(world, "secretary")
    assert client.get("/")["Location"] == "/accounts/2fa/totp/activate/"
    page = confirm(client, "/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)}).status_code == 302
    assert client.get("/").status_code == 200
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)
    assert TOTP(stored).validate_code(code_for(secret))


def test_a_delegations_seat_is_not_asked_for_one(world, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client, _answer = sign_in(world, "cn_py")
    assert client.get("/").status_code == 200


def test_the_second_factor_is_asked_at_sign_in(world):
    client, _answer = sign_in(world, "cn_py")
    page = confirm(client, "/accounts/2fa/totp/activate/")
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(page.context["form"].secret)})
    codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    other, answer = sign_in(world, "cn_py")
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert other.get("/")["Location"].startswith("/accounts/login/")
    assert other.post("/accounts/2fa/authenticate/", {"code": codes[0]})["Location"] == "/"
    assert other.get("/").status_code == 200


def test_a_former_member_signs_in_and_is_told_that_no_seat_is_held(world):
    Membership.objects.filter(person=world.people["cn_py"]).update(ends_on=world.now.date() - timedelta(days=1))
    client = client_of(world, "cn_py")
    answer = client.get("/")
    assert answer.status_code == 403
    assert "holds no seat" in words(answer)
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["login/", "signup/", "password/reset/", "password/reset/done/", "password/reset/key/done/", "inactive/", "logout/"],
)
@pytest.mark.parametrize("language", ["es", "pt-br", "pt-pt", "en"])
def test_pages_before_sign_in_have_the_products_frame(client, address, language):
    answer = client.get(f"/accounts/{address}", headers={"accept-language": language}, follow=True)
    assert answer.status_code == 200
    assert 'class="reply"' in answer.content.decode()


def test_pages_of_ones_own_account_have_one_title_each(world):
    client, _answer = sign_in(world, "approver")
    for address in ("/account/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/reauthenticate/"):
        page = client.get(address, follow=True)
        assert page.status_code == 200
        assert page.content.decode().count("<h1") == 1
