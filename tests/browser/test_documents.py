"""Texts before a real browser: two people at one paragraph, a stale language, a dropped signature, an ended session, axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import SIZES, Visitor
from tests.factories import NOW, PASSWORD, clear, draft, make_world, to_stage
from tests.texts import LONG, drafted, negotiated, paragraphs_of, position, published, sent
from tests.web.clock import stand_at
from workflows.actions.paragraph import edit_paragraph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "/summits/xxxi/documents/"


def world_today():
    """Return the usual world, with all processes standing at its hour."""
    world = make_world()
    stand_at(NOW)
    return world


@pytest.fixture
def come(browser: Browser, live_server):
    """Let somebody come, each in a browser of their own; all leave at the end."""
    contexts = []

    def visitor(**context) -> Visitor:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}, **context))
        found = Visitor(contexts[-1].new_page(), live_server.url)
        found.watch()
        return found

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture
def enter(come):
    """Let somebody come and sign in."""

    def visitor(world, name: str, language: str = "es", **context) -> Visitor:
        found = come(**context)
        found.read_in(language)
        found.sign_in(world.user(name).email, PASSWORD)
        return found

    return visitor


def press(visitor: Visitor, form: str) -> None:
    """Press the first button of the form that goes to an address."""
    with visitor.page.expect_navigation():
        visitor.page.locator(f"main form[action$='{form}'] button[type=submit]").first.click()


def test_two_people_write_one_paragraph_and_nothing_is_lost(enter):
    world = world_today()
    draft(world, texts=LONG)
    paragraph = paragraphs_of(world)[1]
    address = f"{URL}declaration/paragraphs/{paragraph.uuid}/"
    first = enter(world, "secretary")
    second = enter(world, "segib_officer")
    for visitor in (first, second):
        visitor.open(address)
    first.page.locator("[name=text_es]").fill("Reafirmar el acceso de todas las personas.")
    press(first, f"{paragraph.uuid}/")
    second.page.locator("[name=text_es]").fill("Reafirmar el acceso gratuito.")
    second.odd.clear()
    press(second, f"{paragraph.uuid}/")
    assert second.page.locator("[name=text_es]").input_value() == "Reafirmar el acceso gratuito."
    assert second.page.locator(".beside .para__t").first.inner_text() == "Reafirmar el acceso de todas las personas."
    assert second.axe() == []
    second.photograph("conflict-es-1280")
    assert "412" in " ".join(second.odd)
    second.page.locator("[name=text_es]").fill("Reafirmar el acceso gratuito de todas las personas.")
    press(second, f"{paragraph.uuid}/")
    assert paragraphs_of(world)[1].text_es == "Reafirmar el acceso gratuito de todas las personas."


def test_a_stale_language_is_marked_where_it_stands_until_it_catches_up(enter):
    world = world_today()
    draft(world, texts=LONG)
    paragraph = paragraphs_of(world)[1]
    visitor = enter(world, "segib_officer")
    edit_paragraph(paragraph, text_es="Reafirmar otra cosa.", substance=True, actor=world.actor("secretary"), now=world.now)
    visitor.open(f"{URL}declaration/")
    mark = visitor.page.locator(f"#p-{paragraph.uuid} .stale--pt")
    assert "02/03/2026" in mark.inner_text()
    visitor.open(f"{URL}declaration/paragraphs/{paragraph.uuid}/")
    visitor.page.locator("[name=text_pt]").fill("Reafirmar outra coisa.")
    press(visitor, f"{paragraph.uuid}/")
    assert visitor.page.locator(f"#p-{paragraph.uuid} .stale").count() == 0
    assert [paragraphs_of(world)[1].status(lang) for lang in ("es", "pt")] == ["current", "current"]
    assert visitor.odd == []


def test_a_signature_drops_when_another_person_writes_and_says_why(enter):
    world = world_today()
    to_stage(world, "text_drafting")
    clear(world, draft(world, texts=LONG))
    paragraph = paragraphs_of(world)[0]
    writer = enter(world, "spt_officer")
    reader = enter(world, "approver")
    writer.open(f"{URL}declaration/paragraphs/{paragraph.uuid}/")
    writer.page.locator("[name=text_pt]").fill("As Chefes e os Chefes, reunidos em Madri;")
    writer.page.locator("[name=change][value=wording]").check()
    press(writer, f"{paragraph.uuid}/")
    reader.open(f"{URL}declaration/")
    assert world.document("declaration").state == "in_clearance"
    assert reader.page.locator("#clearances .st--done").count() == 3
    assert "1" in reader.page.locator("#clearances .st--risk + *, #clearances .quiet").first.inner_text()
    press(reader, "sign_clearance/")
    assert reader.page.locator("#clearances .st--done").count() == 4
    assert (writer.odd, reader.odd) == ([], [])


def test_what_was_written_survives_the_end_of_the_session_without_scripts(enter):
    world = world_today()
    draft(world, texts=LONG)
    paragraph = paragraphs_of(world)[0]
    visitor = enter(world, "secretary", java_script_enabled=False)
    visitor.open(f"{URL}declaration/paragraphs/{paragraph.uuid}/")
    visitor.page.locator("[name=text_es]").fill("Lo escrito durante una tarde entera.")
    visitor.page.context.clear_cookies(name="sessionid")
    press(visitor, f"{paragraph.uuid}/")
    assert "/accounts/login/" in visitor.page.url
    visitor.page.locator("input[name=login]").fill(world.user("secretary").email)
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    with visitor.page.expect_navigation():
        visitor.page.locator("main form button[type=submit]").first.click()
    assert visitor.page.url.endswith(f"/paragraphs/{paragraph.uuid}/")
    assert visitor.page.locator("[name=text_es]").input_value() == "Lo escrito durante una tarde entera."
    press(visitor, f"{paragraph.uuid}/")
    assert paragraphs_of(world)[0].text_es == "Lo escrito durante una tarde entera."


def look(visitor: Visitor, pages: dict[str, str], axe: int) -> list[str]:
    """Open each page at both widths; return what is wrong with it."""
    wrong = []
    for name, address in pages.items():
        visitor.page.set_viewport_size({"width": 1280, "height": SIZES[1280]})
        status = visitor.open(address)
        wrong += [] if status == 200 else [f"{name}: {status}"]
        for width in SIZES:
            visitor.page.set_viewport_size({"width": width, "height": SIZES[width]})
            wrong += [f"{name} {width}: {line}" for line in (visitor.axe() if width == axe else ())]
            wrong += [f"{name} {width}: scrolls sideways"] if visitor.is_too_wide() else []
            visitor.photograph(f"texts-{name}-{width}")
    return wrong


@pytest.mark.long
def test_every_page_of_texts_is_fit_to_be_read(enter):
    world = world_today()
    negotiated(world)
    _first, second, third, fourth, fifth = paragraphs_of(world)
    world.act(second, "agree", "secretary", meeting="cnrc_texts")
    world.act(third, "bracket", "secretary", meeting="cnrc_texts")
    world.act(fifth, "delete", "secretary", meeting="cnrc_texts")
    for party, kind in (("PY", "agrees"), ("BR", "agrees"), ("AR", "agrees_ad_referendum"), ("BO", "proposes_amendment")):
        position(world, party, kind, on=third)
    position(world, "PE", "scrutiny_reserve", on=third, note="La capital estudia las consecuencias del texto.")
    sent(world, "BO", "Impulsar la gestión sostenible de las cuencas y de los saberes de sus pueblos.", on=third)
    sent(world, "MX", "Preferimos una declaración más breve.", kind="comment")
    own = drafted(world, "Borrador de la delegación.", on=fourth)
    edit_paragraph(
        fourth, text_es="Celebrar el trabajo de las bibliotecas.", substance=True, actor=world.actor("secretary"), now=world.now
    )
    draft(world, "agenda")
    chair = enter(world, "secretary")
    pages = {
        "list": URL,
        "document": f"{URL}declaration/",
        "editor": f"{URL}declaration/paragraphs/{fourth.uuid}/",
        "add": f"{URL}declaration/paragraphs/add/",
        "import": f"{URL}declaration/paragraphs/import/",
        "move": f"{URL}declaration/paragraphs/{fourth.uuid}/place/",
        "gavel": f"{URL}declaration/paragraphs/{third.uuid}/consult/",
        "recirculate": f"{URL}declaration/recirculate/",
        "compare": f"{URL}declaration/compare/?from=1&to=now",
        "version": f"{URL}declaration/versions/1/",
        "positions": f"{URL}declaration/positions/",
        "record-position": f"{URL}declaration/positions/take/?paragraph={third.uuid}",
        "meeting": "/summits/xxxi/meetings/cnrc_texts/",
        "home": "/",
    }
    wrong = look(chair, pages, axe=1280)
    ministry = enter(world, "cn_py", "pt-br")
    wrong += look(
        ministry,
        {
            "own-document": f"{URL}declaration/",
            "own-draft": f"{URL}declaration/proposals/{own.uuid}/",
            "propose": f"{URL}declaration/proposals/write/?paragraph={third.uuid}",
            "own-home": "/",
        },
        axe=390,
    )
    chair.page.emulate_media(media="print")
    chair.page.set_viewport_size({"width": 1280, "height": 900})
    for name in ("document", "positions"):
        chair.open(pages[name])
        chair.photograph(f"texts-print-{name}")
    chair.page.emulate_media(media="screen", color_scheme="dark")
    for name in ("document", "compare", "editor"):
        chair.open(pages[name])
        wrong += [f"dark {name}: {line}" for line in chair.axe()]
        chair.photograph(f"texts-dark-{name}")
    assert (wrong, chair.odd, ministry.odd) == ([], [], [])


def test_anybody_reads_and_checks_what_was_published(come):
    world = world_today()
    document = published(world)
    page = f"/published/{document.publications.get().uuid}/"
    visitor = come()
    wrong = look(visitor, {"published": page, "check": "/published/"}, axe=390)
    with visitor.page.expect_download() as saved:
        visitor.open(page)
        visitor.page.locator("a[href$='/json/']").click()
    visitor.open("/published/")
    visitor.page.locator("input[type=file]").set_input_files(saved.value.path())
    with visitor.page.expect_navigation():
        visitor.page.locator("main form[method=post] button").click()
    assert visitor.page.locator(f"a[href='{page}']").count() == 1
    assert (wrong, visitor.odd) == ([], [])
