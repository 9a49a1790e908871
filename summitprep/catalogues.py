"""Message catalogues without gettext's tools: Babel extracts, updates and compiles; templates through Django's templatize."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ("es", "pt_BR", "pt_PT")
SOURCES = (("workflows", "*.py"), ("api", "*.py"), ("summitprep", "*.py"), ("templates", "*.html"), ("templates", "*.txt"))
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def catalogue_path(locale: str) -> Path:
    """Return where the catalogue of a locale (es, pt_BR, pt_PT) is kept."""
    return ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"


def _sources() -> Iterator[Path]:
    for folder, pattern in SOURCES:
        yield from sorted(p for p in (ROOT / folder).rglob(pattern) if "migrations" not in p.parts)


def extract_messages() -> Catalog:
    """Return every sentence of the code and the templates, with the files in which it stands."""
    catalogue = Catalog(project="SummitPrep", charset="utf-8")
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else templatize(text, origin=str(path))
        for _line, message, _comments, context in extract(
            "python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
        ):
            name = path.relative_to(ROOT).as_posix()
            catalogue.add(message, locations=[(name, 0)], context=context)
    return catalogue


def load(locale: str) -> Catalog:
    """Return the stored catalogue of a locale, empty where there is none yet."""
    path = catalogue_path(locale)
    if not path.exists():
        return Catalog(locale=locale, project="SummitPrep", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def update(locale: str) -> Catalog:
    """Bring a stored catalogue up to date with the sources, without guesses, and save it."""
    catalogue = load(locale)
    catalogue.update(extract_messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path = catalogue_path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True, omit_header=False)
    return catalogue


def compile_catalogue(locale: str) -> None:
    """Write the compiled catalogue beside the text."""
    with catalogue_path(locale).with_suffix(".mo").open("wb") as file:
        write_mo(file, load(locale))


def missing(locale: str) -> list[str]:
    """Return the sentences of the sources that the stored catalogue does not translate (all plural forms)."""
    stored = load(locale)
    found = []
    for message in extract_messages():
        if not message.id:
            continue
        known = stored.get(message.id if isinstance(message.id, str) else message.id[0], context=message.context)
        said = known.string if known is not None else ()
        forms = [said] if isinstance(said, str) else list(said or ())
        if known is None or known.fuzzy or not forms or not all(forms):
            found.append(str(message.id))
    return found
