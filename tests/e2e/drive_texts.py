"""The texts of the drive: what secretariats do to them by the API and delegations on their pages, as the lines fall due."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.e2e.test_drive import Drive

OFFICES = ("legal", "mandates", "budget", "language")
TITLES = {
    "agenda": ("Agenda", "Agenda"),
    "concept_note": ("Nota conceptual", "Nota conceitual"),
    "declaration": ("Declaración de Colonia", "Declaração de Colônia"),
    "programme_of_action": ("Programa de Acción", "Programa de Ação"),
    "resolution": ("Resolución", "Resolução"),
}
TEXTS = {
    "agenda": [("operative", "Sesión plenaria.", "Sessão plenária.")],
    "concept_note": [("operative", "El agua llega a todas las mesas.", "A água chega a todas as mesas.")],
    "declaration": [
        ("preambular", "Conscientes de que el agua une;", "Conscientes de que a água une;"),
        ("operative", "Compartir los datos de los ríos.", "Compartilhar os dados dos rios."),
        ("operative", "Llevar agua segura a cada escuela.", "Levar água segura a cada escola."),
        ("operative", "Crear un fondo común.", "Criar um fundo comum."),
        ("operative", "Reunirse de nuevo en dos años.", "Reunir-se novamente em dois anos."),
    ],
    "programme_of_action": [("operative", "Formar a cien personas.", "Formar cem pessoas.")],
    "resolution": [("operative", "Encargar un estudio.", "Encomendar um estudo.")],
}
NUMBERS = {"A": 0, "1": 1, "2": 2, "3": 3, "4": 4}
"""The paragraphs of the declaration by their place."""
OUTCOMES = {
    "declaration": "adopted",
    "programme_of_action": "not_adopted",
    "resolution": "presidency_text",
    "communique": "adopted_by_countries",
}
OTHERS = tuple(key for key in OUTCOMES if key != "declaration")
"""What finds no agreement below the heads."""


class Texts:
    """Where each text is, and what is done with a line of the checklist, with what is asked, and in a meeting."""

    def __init__(self, drive: Drive) -> None:
        self.drive = drive
        self.where: dict[str, str] = {}
        self.instead: dict[str, Callable[[], None]] = {
            "CON-04": lambda: self.clear("concept_note"),
            "DOC-05": lambda: self.clear("declaration"),
            "DOC-08": self.circulate,
            "NEG-04": self.recirculate,
            "SGM-01": self.publish,
        }
        """Lines that a text completes: nothing is submitted, nobody verifies."""
        self.besides: dict[str, Callable[[], None]] = {
            "CON-07": lambda: self.clear("agenda"),
            "DOC-07": self.clear_others,
            "DOC-10": self.propose_communique,
            "NEG-01": self.comment,
            "NEG-02": self.consolidate,
            "NEG-06": lambda: self.lift("BR", "agrees_ad_referendum"),
            "CIE-03": self.certify,
            "CUM-02": self.conclude,
        }
        self.tables: dict[str, Callable[[], None]] = {
            "cnrc_1": self.approve,
            "cnrc_extraordinary": self.negotiate,
            "cnrc_final": self.elevate,
            "rmre_final": self.close,
        }

    # Doing -------------------------------------------------------------------------------------------------------

    def do(self, by: str, href: str, what: str, **given: Any) -> Any:
        """Do something to a text or a paragraph by a secretariat's system, under the version that it now has."""
        system = self.drive.systems[by]
        return system.post(f"{href}{what}/", given, system.get(href)["version"])

    def act(self, by: str, key: str, verb: str, **given: Any) -> Any:
        """Perform a verb on a text."""
        return self.do(by, self.where[key], f"transitions/{verb}", **given)

    def refused(self, by: str, href: str, verb: str, **given: Any) -> list[str]:
        """Return the codes of the reasons for which a verb is refused."""
        system = self.drive.systems[by]
        version = system.get(href)["version"]
        status, answer = system.request("POST", f"{href}transitions/{verb}/", given, version)
        assert status == 422, answer
        return [reason["code"] for reason in answer["errors"]]

    def paragraph(self, number: str) -> dict[str, Any]:
        """Read a paragraph of the declaration."""
        return self.drive.systems["officer"].every(f"{self.where['declaration']}paragraphs/")[NUMBERS[number]]

    def take(self, verb: str, meeting: str, *numbers: str) -> None:
        """Let the chair take paragraphs of the declaration."""
        for number in numbers:
            self.do("secretary", self.paragraph(number)["href"], f"transitions/{verb}", meeting=meeting)

    def page(self, party: str, path: str, **fields: Any) -> str:
        """Send a form on a delegation's page of a text; return the address at which it ended."""
        return self.drive.people[party].browser.post(f"/summits/xxxi/documents/{path}", **fields)[0]

    def ahead(self, days: int) -> str:
        """Return an instant that lies so many days ahead."""
        return (self.drive.house.now() + timedelta(days=days)).isoformat().replace("+00:00", "Z")

    # Drafting ----------------------------------------------------------------------------------------------------

    def clear(self, key: str) -> None:
        """Draft a text, have it cleared by SEGIB."""
        es, pt = TITLES[key]
        spt = self.drive.systems["officer"]
        made = spt.post("documents/", {"summit": "xxxi", "kind": key, "title": {"es": es, "pt": pt}})
        self.where[key] = made["href"]
        rows = [{"kind": kind, "text": {"es": es, "pt": pt}} for kind, es, pt in TEXTS[key]]
        self.do("officer", made["href"], "paragraphs", paragraphs=rows)
        self.act("officer", key, "submit_for_clearance")
        self.sign(key)

    def sign(self, key: str) -> None:
        """Sign the four clearances, and clear."""
        for office in OFFICES:
            self.do("segib", self.where[key], "sign-clearance", office=office)
        self.act("approver", key, "clear")

    def clear_others(self) -> None:
        """The programme of action and the resolution."""
        for key in ("programme_of_action", "resolution"):
            self.clear(key)

    def approve(self) -> None:
        """The agenda and the concept note are approved in the coordinators' first meeting."""
        for key in ("agenda", "concept_note"):
            self.act("secretary", key, "approve")

    # Circulation -------------------------------------------------------------------------------------------------

    def circulate(self) -> None:
        """All go out, with the window of the observations to the first version."""
        ends = self.drive.lines["NEG-01"]["due_at"]["utc"]
        for key in ("declaration", "programme_of_action", "resolution"):
            self.act("secretary", key, "circulate", window_ends_at=ends)
            self.drive.rest()

    def comment(self) -> None:
        """Two delegations comment on their pages; a draft is nobody else's."""
        for party, number, words in (("BR", "3", "O fundo pode ser voluntário."), ("PY", "1", "Y de las lluvias.")):
            given = {"kind": "substantive", "text": words}
            address = f"declaration/proposals/write/?paragraph={self.paragraph(number)['uuid']}"
            where = self.page(party, address, language="pt" if party == "BR" else "es", **given)
            assert self.drive.systems["officer"].every(f"{self.where['declaration']}proposals/?party={party}") == []
            self.page(party, f"{where.partition('/documents/')[2]}submit/")

    def propose_communique(self) -> None:
        """Ecuador writes a communiqué on its pages; it is cleared and circulated."""
        titles = {"title_es": "Comunicado sobre los páramos", "title_pt": "Comunicado sobre os páramos"}
        self.page("EC", "begin/", kind="special_communique", first_language="es", **titles)
        assert self.drive.systems["officer"].every("documents/?summit=xxxi&kind=special_communique") == []
        written = {"text_es": "Cuidar los páramos.", "text_pt": "Cuidar dos páramos."}
        self.page("EC", "special-communique-ec/paragraphs/add/", kind="operative", after="end", **written)
        self.page("EC", "special-communique-ec/submit_for_clearance/")
        found = self.drive.systems["officer"].every("documents/?summit=xxxi&kind=special_communique")
        self.where["communique"] = found[0]["href"]
        self.sign("communique")
        self.act("secretary", "communique", "circulate", window_ends_at=self.ahead(10))

    def consolidate(self) -> None:
        """What was said is disposed of."""
        spt = self.drive.systems["officer"]
        for row, verb in zip(spt.every(f"{self.where['declaration']}proposals/"), ("accept", "merge"), strict=True):
            self.do("officer", row["href"], f"transitions/{verb}", note="Recogido en la versión 2")
        self.write("3", "Crear un fondo común y voluntario.", "Criar um fundo comum e voluntário.")

    def recirculate(self) -> None:
        """What the extraordinary meeting left goes out anew."""
        self.act("secretary", "declaration", "recirculate", window_ends_at=self.ahead(4))

    def write(self, number: str, es: str, pt: str) -> None:
        """Write a paragraph of the declaration in both languages."""
        row = self.paragraph(number)
        self.drive.systems["officer"].post(row["href"], {"text": {"es": es, "pt": pt}}, row["version"], method="PATCH")

    # The tables --------------------------------------------------------------------------------------------------

    def position(self, party: str, number: str, kind: str) -> None:
        """Let a delegation take a position on its page."""
        self.page(party, f"declaration/positions/take/?paragraph={self.paragraph(number)['uuid']}", kind=kind)

    def lift(self, party: str, kind: str) -> None:
        """Let a delegation lift its position on its page."""
        taken = self.drive.systems["officer"].every(f"{self.where['declaration']}positions/")
        (found,) = [p for p in taken if p["party"]["code"] == party and p["kind"] == kind]
        self.page(party, f"declaration/positions/{found['uuid']}/lift/")

    def negotiate(self) -> None:
        """The extraordinary meeting: two paragraphs agreed, one ad referendum, one reserved, one in brackets."""
        meeting = "cnrc_extraordinary"
        self.act("secretary", "declaration", "open_negotiation", meeting=meeting)
        self.position("BR", "1", "scrutiny_reserve")
        self.position("BR", "2", "agrees_ad_referendum")
        self.position("PY", "3", "proposes_amendment")
        self.take("agree", meeting, "A", "4")
        self.take("agree_ad_referendum", meeting, "2")
        self.take("bracket", meeting, "3")
        reserved = self.paragraph("1")
        assert self.refused("secretary", reserved["href"], "agree", meeting=meeting) == [f"position:BR:{reserved['uuid']}"]

    def elevate(self) -> None:
        """The coordinators' final meeting: the declaration goes up with two open paragraphs, the others as they are."""
        meeting = "cnrc_final"
        self.act("secretary", "declaration", "open_negotiation", meeting=meeting)
        self.take("agree", meeting, "2")
        still_open = [self.paragraph(number)["uuid"] for number in ("1", "3")]
        refused = self.refused("secretary", self.where["declaration"], "agree", meeting=meeting)
        assert [code for code in refused if code.startswith("paragraph")] == [f"paragraph:{uuid}" for uuid in still_open]
        self.act("secretary", "declaration", "elevate", meeting=meeting)
        for key in OTHERS:
            self.act("secretary", key, "open_negotiation", meeting=meeting)
            self.act("secretary", key, "elevate", meeting=meeting)

    def close(self) -> None:
        """The ministers close the declaration; what nobody could close goes to the heads."""
        meeting = "rmre_final"
        self.lift("BR", "scrutiny_reserve")
        self.write("3", "Crear un fondo voluntario.", "Criar um fundo voluntário.")
        self.take("agree", meeting, "1", "3")
        self.act("secretary", "declaration", "approve_by_ministers", meeting=meeting)
        for key in OTHERS:
            self.act("secretary", key, "elevate_to_heads", meeting=meeting)

    # The end -----------------------------------------------------------------------------------------------------

    def certify(self) -> None:
        """SEGIB certifies that both languages of the declaration say the same."""
        self.do("segib", self.where["declaration"], "certify-concordance")

    def conclude(self) -> None:
        """What the heads did with each, both secretariats signing."""
        for key, outcome in OUTCOMES.items():
            if outcome == "adopted_by_countries":
                self.do("secretary", self.where[key], "record-adherence", parties=["EC", "PT"])
            assert self.act("secretary", key, "record_outcome", outcome=outcome)["waiting"]
            assert self.act("approver", key, "record_outcome")["outcome"] == outcome
            self.drive.rest()

    def publish(self) -> None:
        """The originals are filed, the declaration is published, and anybody can check its hash."""
        href = self.where["declaration"]
        assert self.refused("approver", href, "publish") == ["originals_filed"]
        self.do("segib", href, "file-originals", es="Archivo, caja 31", pt="Arquivo, caixa 31")
        self.act("approver", "declaration", "publish")
        (publication,) = self.drive.systems["segib"].every(f"{href}publications/")
        page = self.drive.people["PY"].browser.get(f"/api/v1/published/{publication['text']['digest']}/")
        assert json.loads(page)["symbol"] == publication["text"]["symbol"]
