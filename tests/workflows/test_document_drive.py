"""Texts from their first draft to their publication, step by step, by the real actions.

What each step does, says, refuses and tells is printed, with the text as it then stands; the whole equals
`document_drive.txt`, which a person can read. SUMMITPREP_WRITE_DRIVE=1 writes that file anew.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

from tests.factories import to_stage
from tests.workflows.document_drive import TITLES, Drive
from workflows.actions import document as documents
from workflows.actions.paragraph import correct_translation, edit_paragraph
from workflows.models import Document, Party, Position, Proposal
from workflows.queries.record import verify_all

PRINTED = Path(__file__).with_name("document_drive.txt")
TABLE, MINISTERS = "cnrc_final_texts", "rmre_final_texts"

AGENDA = [
    ("Apertura de la sesión por el país sede.", "Abertura da sessão pelo país-sede."),
    ("Primera sesión plenaria: ciencia abierta y lenguas.", "Primeira sessão plenária: ciência aberta e línguas."),
]
DECLARATION = [
    ("preambular", "Convencidos de que una lengua se cuida cuando en ella se investiga;", ""),
    ("operative", "Publicar en abierto los resultados de la investigación que se pague con fondos públicos.", ""),
    ("operative", "Formar cada año a mil personas jóvenes en la traducción de textos científicos.", ""),
    ("operative", "Crear un fondo común para bibliotecas digitales, con aportes iguales de los países.", ""),
    ("annex", "Materias que se traducen primero: salud, suelos, energía y mares.", ""),
]
PORTUGUESE = [
    "Convencidos de que uma língua é bem cuidada quando nela se pesquisa;",
    "Publicar em acesso aberto os resultados da pesquisa que seja paga com fundos públicos, em um ano.",
    "Formar a cada ano mil pessoas jovens na tradução de textos científicos.",
    "Criar um fundo comum para bibliotecas digitais, com contribuições iguais dos países.",
    "Matérias que se traduzem primeiro: saúde, solos, energia e mares.",
]
SHORT = {
    "resolution": [
        ("Encargar un estudio sobre los plazos de publicación.", "Encomendar um estudo sobre os prazos de publicação.")
    ],
    "special_communique": [
        ("Saludan la lectura en voz alta en las escuelas.", "Saúdam a leitura em voz alta nas escolas."),
    ],
    "programme_of_action": [("Abrir dos bibliotecas digitales cada año.", "Abrir duas bibliotecas digitais a cada ano.")],
}


def the_agenda(drive: Drive) -> None:
    """Drafted, cleared, approved by a decision."""
    drive.chapter("The agenda")
    to_stage(drive.world, "agenda_drafting")
    paragraphs = [("operative", *texts) for texts in AGENDA]
    drive.step(
        "SPT", "begins the agenda, in both languages", lambda: drive.create("spt_officer", "agenda", paragraphs), "agenda"
    )
    drive.step("SPT", "submits it for clearance", drive.act("spt_officer", "agenda", "submit_for_clearance"))
    drive.step("SEGIB", "clears it before anybody has signed", drive.act("approver", "agenda", "clear"))
    drive.step("SEGIB", "signs the four clearances", lambda: drive.sign("agenda"))
    drive.step("SEGIB", "clears it", drive.act("approver", "agenda", "clear"))
    drive.step("SPT", "convenes the coordinators", lambda: drive.meet("cnrc_agenda", "cnrc", "coordinator"))
    decision = drive.step("Coordinators", "approve the agenda", lambda: drive.decide("cnrc_agenda", "document"))
    drive.step("SPT", "approves it, by that decision", drive.act("secretary", "agenda", "approve", decision=decision), "agenda")


def the_first_version(drive: Drive) -> None:
    """Drafted in Spanish, cleared, edited and cleared again, translated, circulated, commented, closed by the system."""
    drive.chapter("The declaration, version 1")
    to_stage(drive.world, "text_drafting")
    code, ends = "declaration", drive.world.now + timedelta(days=7)
    drive.step(
        "SPT", "begins the declaration in Spanish", lambda: drive.create("spt_officer", "declaration", DECLARATION), code
    )
    drive.step("SPT", "submits it for clearance", drive.act("secretary", code, "submit_for_clearance"))
    drive.step("SEGIB", "returns it for changes, without a reason", drive.act("approver", code, "return_for_changes"))
    why = "Falta decir en qué plazo."
    drive.step("SEGIB", f"returns it: “{why}”", drive.act("approver", code, "return_for_changes", reason=why))
    better = "Publicar en abierto los resultados de la investigación que se pague con fondos públicos, en un año."
    drive.step("SPT", "changes paragraph 1", lambda: drive.edit("spt_officer", code, "1", text_es=better))
    drive.step("SPT", "submits it again", drive.act("secretary", code, "submit_for_clearance"))
    drive.step(
        "SEGIB", "signs the four clearances and clears it", lambda: (drive.sign(code), drive.act("approver", code, "clear")())
    )
    drive.step("SPT", "circulates it in Spanish alone", drive.act("secretary", code, "circulate", window_ends_at=ends))

    def translate() -> None:
        for number, text in zip(drive.paragraphs(code), PORTUGUESE, strict=True):
            written = edit_paragraph(
                drive.paragraphs(code)[number], text_pt=text, actor=drive.world.actor("segib_officer"), now=drive.world.now
            )
            if written.dropped:
                drive.say(f"clearances dropped at paragraph {number}: {', '.join(written.dropped)}", 2)

    drive.step("SEGIB", "translates it", translate, code)
    drive.step(
        "SEGIB",
        "signs the language clearance and clears it",
        lambda: (drive.sign(code, "language"), drive.act("approver", code, "clear")()),
    )
    short = drive.world.now + timedelta(hours=20)
    drive.step(
        "SPT", "circulates it with a window of less than a day", drive.act("secretary", code, "circulate", window_ends_at=short)
    )
    drive.step(
        "SPT",
        f"circulates it, with a window until {ends:%d %B, %H:%M}",
        drive.act("secretary", code, "circulate", window_ends_at=ends),
        code,
    )
    words = "Bastaría con seis meses, y no un año."
    drive.step("Paraguay", f"on paragraph 1: “{words}”", lambda: drive.say_of("cn_py", code, "1", words))
    words = "O fundo pode receber contribuições voluntárias."
    drive.step("Brazil", f"on paragraph 3: “{words}”", lambda: drive.say_of("cn_br", code, "3", words))
    drive.world.now = ends + timedelta(minutes=1)
    drive.step("The system", "closes the window at its instant", lambda: documents.close_due_windows(now=drive.world.now))
    words = "Uma vírgula a mais no preâmbulo."
    drive.step("Portugal", f"on paragraph A: “{words}”", lambda: drive.say_of("cn_pt", code, "A", words, "editorial"))


def the_second_version(drive: Drive) -> None:
    """What was said is disposed of; a new version goes out."""
    drive.chapter("The declaration, version 2")
    code, ends = "declaration", drive.world.now + timedelta(days=5)
    drive.step("SPT", "circulates a new version at once", drive.act("secretary", code, "recirculate", window_ends_at=ends))

    def dispose() -> None:
        for party, verb in (("PY", "merge"), ("BR", "accept"), ("PT", "not_retain")):
            proposal = Proposal.objects.select_related("document__summit", "party").get(document__code=code, party__code=party)
            moved = drive.world.act(proposal, verb, "secretary").row
            drive.say(f"{moved.party.name}: {moved.get_state_display()}", 2)

    drive.step("SPT", "disposes of what was said", dispose)
    changed = {
        "1": (
            "Publicar en abierto los resultados de la investigación que se pague con fondos públicos, en nueve meses.",
            "Publicar em acesso aberto os resultados da pesquisa que seja paga com fundos públicos, em nove meses.",
        ),
        "3": (
            "Crear un fondo común para bibliotecas digitales, con aportes voluntarios.",
            "Criar um fundo comum para bibliotecas digitais, com contribuições voluntárias.",
        ),
    }

    def write() -> None:
        for number, (es, pt) in changed.items():
            drive.edit("spt_officer", code, number, text_es=es, text_pt=pt)

    drive.step("SPT", "writes paragraphs 1 and 3 anew", write)
    drive.step("SPT", "circulates version 2", drive.act("secretary", code, "recirculate", window_ends_at=ends), code)


def the_coordinators(drive: Drive) -> None:
    """Paragraph by paragraph; what stays open is elevated."""
    drive.chapter("The coordinators")
    to_stage(drive.world, "minister_review")
    code = "declaration"
    drive.world.now += timedelta(days=5)
    drive.step("The system", "closes the windows at their instants", lambda: documents.close_due_windows(now=drive.world.now))
    drive.step("SPT", "opens the final meeting of the coordinators", lambda: drive.meet(TABLE, "cnrc", "coordinator"))
    drive.step("SPT", "lays the declaration on the table", drive.act("secretary", code, "open_negotiation", meeting=TABLE))
    reserve = drive.step(
        "Brazil", "scrutiny reservation on paragraph 2", lambda: drive.take("cn_br", code, "2", "scrutiny_reserve")
    )
    drive.step(
        "The chair", "declares paragraphs A and Annex 1 agreed", lambda: drive.gavel(code, "agree", TABLE, "A", "Anexo 1")
    )
    drive.step("The chair", "declares paragraph 2 agreed", lambda: drive.gavel(code, "agree", TABLE, "2"))
    drive.step("Brazil", "lifts its reservation", lambda: drive.lift("cn_br", reserve))
    drive.step("The chair", "declares paragraph 2 agreed", lambda: drive.gavel(code, "agree", TABLE, "2"))
    drive.step(
        "Portugal", "agrees ad referendum to paragraph 1", lambda: drive.take("cn_pt", code, "1", "agrees_ad_referendum")
    )
    drive.step(
        "The chair", "declares paragraph 1 agreed ad referendum", lambda: drive.gavel(code, "agree_ad_referendum", TABLE, "1")
    )
    drive.step("Paraguay", "proposes an amendment to paragraph 3", lambda: drive.take("cn_py", code, "3", "proposes_amendment"))
    drive.step("The chair", "puts paragraph 3 in brackets", lambda: drive.gavel(code, "bracket", TABLE, "3"), code)
    drive.step("The chair", "declares the declaration agreed", drive.act("secretary", code, "agree", meeting=TABLE))
    drive.step("The chair", "elevates it to the ministers", drive.act("secretary", code, "elevate", meeting=TABLE), code)


def the_ministers(drive: Drive) -> None:
    """They close the two paragraphs, once the capital has confirmed."""
    drive.chapter("The ministers")
    code = "declaration"
    drive.step("SPT", "opens the meeting of the foreign ministers", lambda: drive.meet(MINISTERS, "rmre", "minister"))
    es = "Crear un fondo común para bibliotecas digitales, con aportes voluntarios de los países y de quienes deseen sumarse."
    pt = "Criar um fundo comum para bibliotecas digitais, com contribuições voluntárias dos países e de quem deseje somar-se."
    drive.step(
        "SPT",
        "writes paragraph 3 as the ministers found it",
        lambda: drive.edit("spt_officer", code, "3", text_es=es, text_pt=pt),
    )
    drive.step("Paraguay", "agrees to paragraph 3", lambda: drive.take("cn_py", code, "3", "agrees"))
    drive.step("The chair", "declares paragraph 3 agreed", lambda: drive.gavel(code, "agree", MINISTERS, "3"))
    drive.step("SPT", "approves it with the ministers", drive.act("secretary", code, "approve_by_ministers", meeting=MINISTERS))
    waiting = Position.objects.standing().select_related("document__summit").get(kind="agrees_ad_referendum")
    drive.step("Portugal", "lifts its ad referendum", lambda: drive.lift("cn_pt", waiting))
    drive.step("The chair", "declares paragraph 1 agreed", lambda: drive.gavel(code, "agree", MINISTERS, "1"))
    drive.step(
        "SPT", "approves it with the ministers", drive.act("secretary", code, "approve_by_ministers", meeting=MINISTERS), code
    )


def the_other_texts(drive: Drive) -> dict[str, str]:
    """Three short ones, brought as far as the heads."""
    drive.chapter("Three short texts")
    codes = {}
    for kind, texts in SHORT.items():
        by = "cn_py" if kind == "special_communique" else "secretary"
        who = "Paraguay" if kind == "special_communique" else "SPT"
        paragraphs = [("operative", *pair) for pair in texts]
        code = codes[kind] = drive.step(
            who, f"begins: {TITLES[kind][2]}", lambda k=kind, b=by, p=paragraphs: drive.create(b, k, p)
        )
        drive.step("SEGIB", "clears it", lambda c=code, b=by: drive.clear(c, b))
        ends = drive.world.now + timedelta(days=4)
        drive.step("SPT", "circulates it", drive.act("secretary", code, "circulate", window_ends_at=ends), code)
    return codes


def the_table_of_the_others(drive: Drive, codes: dict[str, str]) -> None:
    """They find no agreement with the coordinators nor with the ministers, and go to the heads."""
    drive.chapter("Without agreement, to the heads")
    for kind, code in codes.items():
        title = TITLES[kind][2]
        drive.step("SPT", f"lays on the table: {title}", drive.act("secretary", code, "open_negotiation", meeting=TABLE))
        drive.step("The chair", f"elevates: {title}", drive.act("secretary", code, "elevate", meeting=TABLE))
        drive.step(
            "SPT", f"elevates to the heads: {title}", drive.act("secretary", code, "elevate_to_heads", meeting=MINISTERS)
        )


def the_outcomes(drive: Drive, codes: dict[str, str]) -> None:
    """What the heads did with each of the four, both secretariats signing."""
    drive.chapter("The heads of State and Government")
    to_stage(drive.world, "in_session")
    code, world = "declaration", drive.world
    drive.step("SPT", "records its adoption", drive.act("secretary", code, "record_outcome", outcome="adopted"))
    officer = world.actor("segib_officer")
    drive.step(
        "SEGIB",
        "certifies that both languages say the same",
        lambda: documents.certify_concordance(world.document(code), actor=officer, now=world.now),
    )
    drive.step(
        "SPT", "records its adoption, which waits for SEGIB", drive.act("secretary", code, "record_outcome", outcome="adopted")
    )
    drive.step("SEGIB", "signs too", drive.act("approver", code, "record_outcome"), code)
    outcomes = {
        "resolution": "presidency_text",
        "special_communique": "adopted_by_countries",
        "programme_of_action": "not_adopted",
    }
    for kind, outcome in outcomes.items():
        other = codes[kind]
        if outcome == "adopted_by_countries":
            without = drive.act("secretary", other, "record_outcome", outcome=outcome)
            drive.step("SPT", "records it without an adherence", without)
            parties = list(Party.objects.filter(code__in=["PY", "PT"]).order_by("code"))
            drive.step(
                "SPT",
                "records who adheres: Paraguay and Portugal",
                lambda c=other, p=parties: documents.record_adherence(
                    world.document(c), parties=p, actor=world.actor("secretary"), now=world.now
                ),
            )
        drive.step("SPT", f"{TITLES[kind][2]}: {outcome}", drive.act("secretary", other, "record_outcome", outcome=outcome))
        drive.step("SEGIB", "signs too", drive.act("approver", other, "record_outcome"), other)


def the_publication(drive: Drive) -> None:
    """Of the adopted text: the originals filed, a frozen copy, a correction of one language, a corrigendum."""
    drive.chapter("Publication")
    code, world = "declaration", drive.world
    officer, approver = world.actor("segib_officer"), world.actor("approver")
    drive.step("SEGIB", "publishes it before the originals are filed", drive.act("approver", code, "publish"))
    drive.step(
        "SEGIB",
        "publishes it as adopted, provisionally",
        lambda: documents.publish_provisional(world.document(code), actor=approver, now=world.now),
    )
    text = "Convencidos de que uma língua é bem cuidada quando nela se faz pesquisa;"
    drive.step(
        "SEGIB",
        "corrects the Portuguese of paragraph A",
        lambda: correct_translation(
            drive.paragraphs(code)["A"], language="pt", text=text, note="Concordância", actor=officer, now=world.now
        ),
    )
    drive.step(
        "SEGIB",
        "files both originals",
        lambda: documents.file_originals(
            world.document(code), es="Archivo, caja 31", pt="Arquivo, caixa 31", actor=officer, now=world.now
        ),
    )
    drive.step("SEGIB", "publishes it", drive.act("approver", code, "publish"), code)
    words = "En el Anexo 1, donde dice «suelos», debe decir «suelos y aguas»."
    drive.step(
        "SEGIB",
        f"corrigendum: “{words}”",
        lambda: documents.publish_corrigendum(world.document(code), wrong_and_right=words, actor=approver, now=world.now),
    )
    drive.say()
    for version in world.document(code).versions.order_by("number"):
        drive.say(f"version {version.number}, at {version.occasion}: {version.symbol_es}, {version.symbol_pt}", 2)


@pytest.mark.django_db
def test_texts_go_from_draft_to_publication_as_the_committed_file_says() -> None:
    with translation.override("en"):
        drive = Drive()
        the_agenda(drive)
        the_first_version(drive)
        the_second_version(drive)
        codes = the_other_texts(drive)
        the_coordinators(drive)
        the_ministers(drive)
        the_table_of_the_others(drive, codes)
        the_outcomes(drive, codes)
        the_publication(drive)
    assert [v.problems for v in verify_all() if v.problems] == []
    assert dict(Document.objects.values_list("code", "outcome")) == {
        "agenda": "",
        "declaration": "adopted",
        "resolution": "presidency_text",
        "special-communique-py": "adopted_by_countries",
        "programme-of-action": "not_adopted",
    }
    received = "\n".join([*drive.printed[1:], ""])
    if os.environ.get("SUMMITPREP_WRITE_DRIVE") == "1":
        PRINTED.write_text(received, encoding="utf-8")
    assert received == PRINTED.read_text(encoding="utf-8")
