"""Every address × every method × seven actors, pages and API: the expected answers stand in `http.csv`, written by hand.

A row names a path, what is sent, three seats (the right one, a wrong one of the same kind of party, one of another party) and
what each meets; besides them a stranger (the secretary of another summit's SPT), a former member, the technical administrator
and the anonymous. `ok` is 2xx, `done` a redirect after something was done, `login` a redirect to the sign-in. What no row names
is refused. A GET, a HEAD and every refusal leave the database as it was.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import get_resolver, resolve

from tests.factories import SMALL, make_world
from tests.matrix.texts import build_texts
from tests.worlds import shared_world
from workflows.actions.meeting import record_decision
from workflows.actions.party import fill_seat, open_seat
from workflows.actions.summit import create_summit
from workflows.actions.token import create_token
from workflows.models import (
    ChecklistTemplate,
    Deadline,
    Event,
    Heartbeat,
    Membership,
    Message,
    Party,
    Seat,
    Task,
    Token,
    User,
)
from workflows.queries.actor import make_actor
from workflows.queries.clock import read_clock
from workflows.rules.permissions import Permission

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ACTORS = ("as right", "as wrong", "as other", "stranger", "former", "administrator", "anonymous")
REFUSED = {"400", "401", "403", "404", "405", "login"}
"""What a method meets that no row names."""


def read_rows():
    """Return the rows of the table; a line that begins with # is a heading."""
    with (Path(__file__).parent / "http.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


ROWS = read_rows()


# The world ----------------------------------------------------------------------------------------------------------


def build():
    """Return a world in which there is something behind every address, and the values that paths and bodies name."""
    world = make_world()
    create_summit(
        number=32,
        host=Party.objects.get(code="BR"),
        opening_on=date(2029, 11, 10),
        protocol_list=world.summit.protocol_list,
        actor=None,
        now=world.now,
    )
    texts = build_texts(world)
    stranger = Seat.objects.get(party__code="SPT-32", role="secretary")
    since = world.now.date() - timedelta(days=1)
    term = fill_seat(
        stranger, name="stranger", email="stranger@example.org", starts_on=since, invite=False, actor=None, now=world.now
    )
    world.seats["stranger"], world.people["stranger"] = stranger, term.person
    vacant = open_seat(Party.objects.get(code="PY"), role="mailbox", actor=None, now=world.now)
    secretary = world.actor("secretary")
    world.act(world.meeting("cnrc_1"), "begin", "secretary")
    decisions = {
        subject: record_decision(
            world.meeting("cnrc_1"), subject=subject, text_es="Sí", text_pt="Sim", actor=secretary, now=world.now
        )
        for subject in ("postponement", "change_of_host", "representation", "late_communique")
    }
    world.act(world.meeting("rmre_midterm"), "begin", "secretary")
    decisions["representation"] = record_decision(
        world.meeting("rmre_midterm"), subject="representation", text_es="Sí", text_pt="Sim", actor=secretary, now=world.now
    )
    signature = world.act(world.reread(), "postpone", "approver", decision=str(decisions["postponement"].uuid)).waiting
    world.act(world.task("HND-01"), "submit", "spt_officer", evidence="Acta")
    former = Membership.objects.get(person=world.people["cn_pt"])
    former.ends_on = former.starts_on
    former.save()
    for name in world.people:
        world.user(name)
    User.objects.create_superuser("administrator@example.org", "una-clave-larga-de-prueba")
    rows = {
        "reviewer": world.seats["reviewer_py"],
        "coordinator": world.seats["cn_py"],
        "vacant": vacant,
        "term": Membership.objects.get(person=world.people["reviewer_py"]),
        "signature": signature,
        "party": Party.objects.get(code="PY"),
        "other_spt_party": Party.objects.get(code="SPT-32"),
        "summit": world.reread(),
        "meeting": world.meeting("cnrc_1"),
        "extraordinary": world.meeting("cnrc_extraordinary"),
        "task": world.task("CON-03"),
        "child": world.task("DOC-03", "PY"),
        "submitted": world.task("HND-01"),
        "dynamic": world.task("SEC-02"),
        "deadline": Deadline.objects.get(task=world.task("CON-03")),
        "deadline_child": Deadline.objects.get(task=world.task("DOC-03", "PY")),
        "template": ChecklistTemplate.objects.get(),
        "event": Event.objects.get(verb="summit.create", summit_id=world.summit.pk),
        "event_signed": Event.objects.get(verb="summit.postpone.sign"),
    }
    rows |= texts
    world.tokens = {name: _token(world, name) for name in world.people if name != "cn_pt"}
    rows["token"] = Token.objects.get(seat=world.seats["secretary"])
    world.rows = rows
    Heartbeat.objects.create(name="sweep", beat_at=world.now)
    world.keys = {
        "user_pk": User.objects.get(person=world.people["cn_py"]).pk,
        "message_pk": Message.objects.order_by("pk")[0].pk,
        "digest": texts["text_published"].publications.get().version_of_text.digest,
    }
    world.decisions = {subject: str(decision.uuid) for subject, decision in decisions.items()}
    return world


def _token(world, name):
    seat = Seat.objects.select_related("party").get(pk=world.seats[name].pk)
    actor = make_actor(seat=seat, person=world.people[name])
    return create_token(name="test", scopes=("*:read", "*:write"), actor=actor, now=read_clock()).secret


_built, world = shared_world(build)


# What is sent -------------------------------------------------------------------------------------------------------

RULE = {"offset": -30, "unit": "days", "calendar": "none", "time_of_day": "end_of_day_host"}
HOLDER = {"name": "Nueva persona", "email": "nueva@example.org", "language": "es", "note": "NV 1/2027"}


def sends(world, key):
    """Return the body of a key, and of which row the version is sent along."""
    party = {code: Party.objects.get(code=code).pk for code in ("SPT-31", "SEGIB")}
    phases = {phase.code: phase.pk for phase in world.summit.phases.all()}
    line = {
        "title_es": "Otro título",
        "title_pt": "Outro título",
        "responsible": party["SPT-31"],
        "verified_by": party["SEGIB"],
        "blocks": phases["sectoral"],
        "gate": "hard",
    }
    rule = {
        "anchor": "opening_day",
        "number": 90,
        "unit": "days",
        "side": "before",
        "calendar": "none",
        "time_of_day": "end_of_day_host",
    }
    meeting = {"title_es": "Reunión", "title_pt": "Reunião", "starts_at": "2027-09-15T10:00", "zone": "Europe/Madrid"}
    title = {"es": "Reservar la sala", "pt": "Reservar a sala"}
    bodies = {
        "": ({}, ""),
        "nothing": ({}, ""),
        "sign_up": ({"email": "intruder@example.org", "password1": "una-clave-larga-1", "password2": "una-clave-larga-1"}, ""),
        "language": ({"language": "pt-br", "next": "/"}, ""),
        "own_seat": ({"seat": str(world.seats["secretary"].uuid)}, ""),
        "new_summit": ({"number": 33, "host": "MX"}, ""),
        "date": ({"opening_on": "2027-11-17", "reason": "Agenda"}, ""),
        "place": ({"city": "Sevilla", "reason": "Agenda"}, ""),
        "host": ({"host": "PT", "decision": world.decisions["change_of_host"], "reason": "Acuerdo"}, ""),
        "description": ({"theme_es": "Agua", "others_see": "never"}, ""),
        "handover": ({"successor": "BR", "note": "Traspaso"}, ""),
        "checklist": ({"template": str(world.rows["template"].uuid)}, ""),
        "reason": ({"reason": "Falta consulta"}, ""),
        "open_agenda": ({"accepted": ["task:HND-01"]}, ""),
        "postpone": ({"decision": world.decisions["postponement"]}, ""),
        "new_line": ({**line, **rule, "code": "LOG-01", "phase": phases["drafting"], "kind": "work", "scope": "single"}, ""),
        "change_line": (line, ""),
        "start": ({"accepted": ["waits_for:HND-01"]}, ""),
        "waive": ({"reason": "Ya no procede", "authority": "Cancillería"}, ""),
        "text": ({"text": "Recibido"}, ""),
        "begin_text": ({"kind": "report", "title_es": "Informe", "title_pt": "Relatório", "first_language": "es"}, ""),
        "words": ({"text_es": "Otra cosa.", "text_pt": "Outra coisa.", "version": world.rows["paragraph"].version}, ""),
        "more_words": ({"kind": "operative", "text_es": "Más.", "text_pt": "Mais.", "after": "end"}, ""),
        "move": ({"after": "beginning", "kind": "operative", "conditional_on": ""}, ""),
        "correction": ({"language": "pt", "text": "Outra coisa.", "note": "Concordância"}, ""),
        "office": ({"office": "legal"}, ""),
        "comment": ({"kind": "comment", "language": "es", "text": "De acuerdo"}, ""),
        "agrees": ({"kind": "agrees", "note": ""}, ""),
        "pin": ({"due_at": "2027-06-15T12:00", "reason": "Prórroga"}, ""),
        "rule": ({**rule, "reason": "Calendario"}, ""),
        "ask": ({"party": "PY"}, ""),
        "close_window": ({"accepted": ["answers_pending"]}, ""),
        "evidence": ({"evidence": "Aportes"}, ""),
        "paper": ({"evidence": "Nota", "channel": "note_verbale", "note_number": "NV 2/2027"}, ""),
        "convene": ({**meeting, "code": "prep_1", "kind": "other"}, ""),
        "change_meeting": ({**meeting, "starts_at": "", "place": "Sede"}, ""),
        "agenda": ({"es": "Tema\nFechas"}, ""),
        "attendance": ({"level_PY": "coordinator"}, ""),
        "decision": ({"subject": "other", "text_es": "Sí", "text_pt": "Sim"}, ""),
        "minutes": ({"minutes": "Se abre la sesión."}, ""),
        "open_seat": ({"role": "reviewer"}, ""),
        "dispute": ({"summit": "xxxi", "claims": "Dos notas"}, ""),
        "settle": ({"decision": world.decisions["representation"]}, ""),
        "holder": (HOLDER, ""),
        "end": ({"ends_on": "2027-12-31"}, ""),
        "api_nothing": ({}, ""),
        "api_versioned": ({}, "summit"),
        "api_by_note": ({"by_note_verbale": True}, "party"),
        "api_open_seat": ({"party": "PY", "role": "reviewer"}, ""),
        "api_holder": (HOLDER, ""),
        "api_close": ({}, "vacant"),
        "api_end": ({"ends_on": "2027-12-31"}, "term"),
        "api_new_summit": ({"number": 33, "host": "MX"}, ""),
        "api_describe": ({"theme": {"es": "Agua"}}, "summit"),
        "api_date": ({"opening_on": "2027-11-17", "reason": "Agenda"}, "summit"),
        "api_place": ({"city": "Sevilla", "reason": "Agenda"}, "summit"),
        "api_host": ({"host": "PT", "decision": world.decisions["change_of_host"], "reason": "Acuerdo"}, "summit"),
        "api_handover": ({"successor": "BR", "note": "Traspaso"}, "summit"),
        "api_copy": ({"template": str(world.rows["template"].uuid)}, "summit"),
        "api_dispute": ({"party": "PY", "claims": "Dos notas"}, "summit"),
        "api_settle": ({"party": "PY", "decision": world.decisions["representation"]}, "summit"),
        "api_open_agenda": ({"accepted": ["task:HND-01"]}, "summit"),
        "api_postpone": ({"decision": world.decisions["postponement"]}, "summit"),
        "api_decline": ({"reason": "Falta consulta"}, "signature"),
        "api_convene": (
            {"summit": "xxxi", "code": "prep_1", "kind": "other", "title": title, "starts_at": "2027-09-15T10:00:00Z"}, ""
        ),
        "api_change_meeting": ({"place": "Sede"}, "meeting"),
        "api_agenda": ({"items": [{"es": "Tema", "pt": "Tema"}]}, "meeting"),
        "api_attendance": ({"levels": [{"party": "PY", "level": "coordinator"}]}, "meeting"),
        "api_decision": ({"subject": "other", "text": {"es": "Sí", "pt": "Sim"}}, "meeting"),
        "api_begin": ({}, "extraordinary"),
        "api_new_line": (
            {
                "summit": "xxxi", "code": "LOG-01", "phase": "drafting", "title": title, "responsible": "SPT-31",
                "verified_by": "SEGIB", "deadline": RULE,
            },
            "",
        ),
        "api_change_line": ({"title": title}, "task"),
        "api_take_up": ({}, "submitted"),
        "api_text": ({"text": "Recibido"}, ""),
        "api_ask": ({"party": "PY"}, "dynamic"),
        "api_submit": ({"evidence": "Aportes"}, "child"),
        "api_paper": (
            {"evidence": "Nota", "on_behalf": True, "channel": "note_verbale", "note_number": "NV 2/2027"}, "child"
        ),
        "api_close_child": ({}, "child"),
        "api_verify": ({}, "submitted"),
        "api_pin": ({"due_at": "2027-06-15T12:00:00Z", "reason": "Prórroga"}, "deadline"),
        "api_pin_child": ({"due_at": "2027-06-15T12:00:00Z", "reason": "Prórroga"}, "deadline_child"),
        "api_rule": ({"anchor": "opening_day", **RULE, "offset": -90, "reason": "Calendario"}, "deadline"),
        "api_new_text": ({"summit": "xxxi", "kind": "report", "title": title}, ""),
        "api_communique": ({"summit": "xxxi", "kind": "special_communique", "title": title}, ""),
        "api_note": ({}, "note"),
        "api_handed_in": ({}, "handed_in"),
        "api_return": ({"reason": "Falta un párrafo"}, "handed_in"),
        "api_clearance": ({"office": "legal"}, "handed_in"),
        "api_declaration": ({}, "declaration"),
        "api_originals": ({"es": "Archivo", "pt": "Arquivo"}, "declaration"),
        "api_late": ({"decision": world.decisions["late_communique"]}, "declaration"),
        "api_adherence": ({"parties": ["BO"]}, "declaration"),
        "api_corrigendum": ({"wrong_and_right": "Dice 1, debe decir 2"}, "text_published"),
        "api_paragraphs": ({"paragraphs": [{"text": {"es": "Tres"}}]}, "note"),
        "api_own_paragraphs": ({"paragraphs": [{"text": {"es": "Tres"}}]}, "communique"),
        "api_import": ({"text": "Tres", "language": "es"}, "note"),
        "api_write": ({"text": {"es": "Otro texto"}}, "paragraph"),
        "api_place_text": ({"conditional_on": "El presupuesto"}, "paragraph"),
        "api_drafted": ({}, "paragraph"),
        "api_circulated": ({}, "circulated"),
        "api_correct": ({"language": "pt", "text": "Outro texto", "note": "Concordância"}, "circulated"),
        "api_propose": ({"kind": "comment", "text": "Nota"}, ""),
        "api_propose_on_paper": ({"kind": "comment", "text": "Nota", "party": "BR", "channel": "note_verbale"}, ""),
        "api_own_proposal": ({}, "proposal"),
        "api_rewrite": ({"text": "Otra nota"}, "proposal"),
        "api_sent_proposal": ({}, "sent_proposal"),
        "api_position": ({"kind": "agrees"}, ""),
        "api_position_on_paper": ({"kind": "agrees", "party": "BR", "channel": "orally"}, ""),
        "api_template": ({"text": SMALL.replace("version: 1", "version: 2")}, ""),
        "api_token": ({"name": "ERP", "scopes": ["tasks:read"]}, ""),
    }  # fmt: skip
    return bodies[key]


# Asking -------------------------------------------------------------------------------------------------------------

KEPT = [
    *("summit", "meeting", "task", "deadline", "evidence", "comment", "signature", "decision"),
    *("document", "paragraph", "proposal", "position", "clearance", "version", "publication"),
    *("party", "seat", "membership", "person", "token", "checklisttemplate", "message"),
]
COUNTED = [
    *("event", "eventpayload", "deadlinechange", "reminder", "attendance", "agendaitem", "participation"),
    *("dependency", "phase", "user", "paragraphchange"),
]


def snapshot():
    """Return what the database holds: of every table its number of rows, and of those with versions their sum."""
    sums = [f"SELECT '{t}', count(*), coalesce(sum(version), 0) FROM workflows_{t}" for t in KEPT]
    counts = [f"SELECT '{t}', count(*), 0 FROM workflows_{t}" for t in COUNTED]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sums + counts))
        return {name: (int(number), int(version)) for name, number, version in cursor.fetchall()}


class UndoneError(Exception):
    """Raised to leave a savepoint without what was done in it."""


class Asker:
    """Asks as one actor, by page or by API, and undoes what was done."""

    def __init__(self, world):
        self.world, self.clients, self.before = world, {}, snapshot()

    def client(self, name, api):
        """Return the client of an actor: signed in for pages; with a token for the API, where the actor has a seat."""
        if (name, api) not in self.clients:
            found = Client(raise_request_exception=False)
            if name == "administrator":
                found.force_login(User.objects.get(email="administrator@example.org"))
            elif name == "former":
                found.force_login(User.objects.get(person=self.world.people["cn_pt"]))
            elif name != "anonymous" and not api:
                found.force_login(User.objects.get(person=self.world.people[name]))
            self.clients[name, api] = found, found.cookies.copy()
        found, cookies = self.clients[name, api]
        found.cookies = cookies.copy()
        return found

    def ask(self, method, path, key, name):
        """Return the answer in a word, and whether the database was left as it was."""
        api = path.startswith("/api/")
        client = self.client(name, api)
        body, versioned = sends(self.world, key)
        try:
            with transaction.atomic():
                if api:
                    answer = self._call(client, method, path, body, versioned, name)
                else:
                    answer = getattr(client, method.lower())(path, body)
                word, same = self._word(answer), snapshot() == self.before
                raise UndoneError
        except UndoneError:
            return word, same

    def _call(self, client, method, path, body, versioned, name):
        headers = {"Accept-Language": "es"}
        if name in self.world.tokens:
            headers["Authorization"] = f"Bearer {self.world.tokens[name]}"
        if versioned:
            row = type(self.world.rows[versioned]).objects.values("version").get(pk=self.world.rows[versioned].pk)
            headers["If-Match"] = f'"{row["version"]}"'
        form = path.endswith("/import/")
        raw = encode_multipart(BOUNDARY, body) if form else json.dumps(body).encode()
        content_type = MULTIPART_CONTENT if form else "application/json"
        raw = b"" if method in {"GET", "HEAD"} else raw
        return client.generic(method, path, raw, content_type=content_type, headers=headers)

    def _word(self, answer):
        if answer.status_code in {301, 302, 303}:
            return "login" if urlsplit(answer["Location"]).path.endswith("/login/") else "done"
        if 200 <= answer.status_code < 300:
            return "ok"
        return str(answer.status_code)


def path_of(world, row):
    """Return the path of a row with the public ids of this world."""
    return row["path"].format(**{name: found.uuid for name, found in world.rows.items()}, **world.keys)


def actors_of(row):
    """Return each column with the name of its actor."""
    seats = {"as right": row["right"], "as wrong": row["wrong"], "as other": row["other"]}
    return {column: seats.get(column, column) for column in ACTORS}


HEADS = {"as right", "former", "anonymous"}
"""By whom a HEAD is sent where a GET is: it meets the same."""
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
QUIET = ("/i18n/setlang/", "/seat/", "/accounts/", "/admin/logout/", "/summits/xxxi/tasks/DOC-03/note/")
"""What changes only the session or the cookie, shows a form again, or leads on to the next page."""


def differences(world, row):
    """Return in words what each actor meets otherwise than the row says."""
    asker, path, wrong = Asker(world), path_of(world, row), []
    reads = row["method"] == "GET"
    for column, name in actors_of(row).items():
        for method in ("GET", "HEAD") if reads and column in HEADS else (row["method"],):
            word, same = asker.ask(method, path, row["sends"], name)
            if word != row[column]:
                wrong.append(f"{method} {column} ({name}): written {row[column]}, met {word}")
            if not same and (reads or word not in {"ok", "done"}):
                wrong.append(f"{method} {column} ({name}): {word}, and something changed")
            if same and row["method"] in WRITES and word in {"ok", "done"} and not row["path"].startswith(QUIET):
                wrong.append(f"{method} {column} ({name}): {word}, and nothing was done")
    return wrong


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['method']}-{r['path']}-{r['sends']}" for r in ROWS])
def test_each_actor_meets_what_is_written(world, row):
    assert differences(world, row) == []


def find_row(method, path, sends):
    return next(r for r in ROWS if (r["method"], r["path"], r["sends"]) == (method, path, sends))


def test_what_may_not_be_seen_is_noticed_when_it_is_shown(world, monkeypatch):
    """The control: without its rule of visibility, another delegation reads Paraguay's part, by page and by API."""
    monkeypatch.setattr(type(Task.objects.all()), "visible_to", lambda self, actor: self)
    for path in ("/summits/xxxi/tasks/DOC-03/PY/", "/api/v1/tasks/{child}/"):
        assert "GET as other (cn_br): written 404, met ok" in differences(world, find_row("GET", path, ""))


def test_what_may_not_be_done_is_noticed_when_it_is_done(world, monkeypatch):
    """The control: without its permissions, the reviewer submits for the delegation, by page and by API."""
    monkeypatch.setattr(Permission, "refuses", lambda *_args: None)
    page = find_row("POST", "/summits/xxxi/tasks/DOC-03/PY/submit/", "evidence")
    api = find_row("POST", "/api/v1/tasks/{child}/transitions/submit/", "api_submit")
    assert "POST as wrong (reviewer_py): written 403, met done" in differences(world, page)
    assert "POST as wrong (reviewer_py): written 403, met ok" in differences(world, api)


# The table is whole -------------------------------------------------------------------------------------------------


def routes(resolver=None, prefix=""):
    """Yield every route of the project, as its patterns write it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, route)
        else:
            yield route.replace("^", "")


def named(world):
    """Return the rows' paths by the route to which each leads."""
    found = defaultdict(list)
    for row in ROWS:
        found[resolve(path_of(world, row)).route.replace("^", "").removesuffix("$")].append(row)
    return found


def test_every_address_has_a_row(world):
    """A URL without a row fails, and so does a row that leads nowhere."""
    assert sorted(set(routes()) - set(named(world))) == []


def test_what_no_row_names_is_refused_and_changes_nothing(world):
    """Every other method on every address, by the right seat and by nobody."""
    asker, wrong = Asker(world), []
    for rows in named(world).values():
        first, path = rows[0], path_of(world, rows[0])
        written = {row["method"] for row in rows if row["path"] == first["path"]} | {"HEAD"}
        others = {row["method"] for row in rows} - written
        for method in METHODS:
            if method in written | others:
                continue
            for name in (first["right"], "anonymous"):
                word, same = asker.ask(method, path, "", name)
                theirs = path.startswith(("/accounts/", "/admin/logout/"))  # the libraries read a PUT like a POST
                if (word not in REFUSED and not theirs) or word.startswith("5") or not same:
                    wrong.append(f"{method} {path} by {name}: {word}, {'unchanged' if same else 'changed'}")
    assert wrong == []
