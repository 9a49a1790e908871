"""The Conference as every installation has it, and who begins in a new one."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from workflows.actions.account import open_first_account
from workflows.actions.reference import load_conference
from workflows.errors import WrongState
from workflows.models import Chain, Membership, Message, Party, ProtocolPlace, Seat, Summit, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_yet")]

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def test_countries_stand_in_protocol_order_with_names_in_each_language():
    protocol = load_conference(now=NOW)
    places = ProtocolPlace.objects.filter(protocol_list=protocol).select_related("party").order_by("position")
    assert "".join(p.party.code for p in places) == "ADARBOBRCOCRCUCLDOECSVESGTHNMXNIPAPYPEPTUYVE"
    brazil = Party.objects.get(code="BR")
    assert (brazil.name_es, brazil.name_pt, brazil.name_en, brazil.language) == ("Brasil", "Brasil", "Brazil", "pt-br")
    assert Party.objects.get(code="PT").language == "pt-pt"
    assert Party.objects.get(code="AD").language == "es"


def test_every_party_has_the_seats_of_its_kind():
    load_conference(now=NOW)
    assert sorted(Seat.objects.filter(party__code="SEGIB").values_list("role", flat=True)) == ["approver", "officer"]
    assert list(Seat.objects.filter(party__kind="body").values_list("role", flat=True).distinct()) == ["liaison"]
    assert Seat.objects.filter(party__kind="delegation", role="national_coordinator").count() == 22
    assert Seat.objects.filter(party__kind="delegation").count() == 22 * 4


def test_past_summits_are_records_that_do_not_move():
    load_conference(now=NOW)
    assert Summit.objects.filter(is_record=True, state="archived").count() == 30
    assert Chain.objects.count() == 31
    assert [s.roman for s in Summit.objects.order_by("number")[:4]] == ["I", "II", "III", "IV"]


def test_a_second_time_changes_nothing():
    load_conference(now=NOW)
    before = [m.objects.count() for m in (Party, Seat, Summit, Chain, ProtocolPlace)]
    said = StringIO()
    call_command("load_conference", stdout=said)
    assert [m.objects.count() for m in (Party, Seat, Summit, Chain, ProtocolPlace)] == before
    assert said.getvalue().startswith("22 countries")


# The first approver -----------------------------------------------------------------------------------------------


def test_the_first_approver_gets_a_link_that_works(client):
    said = StringIO()
    call_command("create_first_approver", "aprobador@segib.example", "--name", "Aprobador de la SEGIB", stdout=said)
    link = said.getvalue().splitlines()[-1]
    user = User.objects.get()
    assert not user.has_usable_password()
    assert Membership.objects.get().seat.role == "approver"
    path = "/" + link.split("/", 3)[3]
    form = client.get(path, follow=True)
    assert form.status_code == 200
    words = "una-clave-larga-y-propia"
    client.post(form.request["PATH_INFO"], {"password1": words, "password2": words})
    user.refresh_from_db()
    assert user.check_password(words)
    assert client.login(request=None, email=user.email, password=words) or client.get(reverse("home")).status_code in {200, 302}


def test_it_is_offered_again_until_somebody_has_signed_in():
    first = open_first_account(name="Aprobador", email="uno@segib.example", now=NOW)
    assert open_first_account(name="Aprobador", email="Uno@segib.example", now=NOW) == first
    with pytest.raises(WrongState) as refusal:
        open_first_account(name="Otro", email="dos@segib.example", now=NOW)
    assert refusal.value.code == "has_approver"
    User.objects.filter(pk=first.pk).update(last_login=NOW)
    with pytest.raises(CommandError, match="SEGIB"):
        call_command("create_first_approver", "uno@segib.example")
    assert Message.objects.filter(kind="account_invited").count() == 1


def test_what_is_no_address_is_refused():
    with pytest.raises(CommandError, match="no mail address"):
        call_command("create_first_approver", "nadie")
    assert not User.objects.exists()
