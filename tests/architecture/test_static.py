"""What the browser gets: small, unmodified where it is others' work, and nothing that the content policy refuses."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
STATIC = PROJECT / "static"
STYLE = STATIC / "css" / "summitprep.css"
TEMPLATES = [path for path in sorted((PROJECT / "templates").rglob("*.html")) if "emails" not in path.parts]
COMPONENTS = sorted((PROJECT / "templates" / "components").glob("*.html"))

FONTS = {
    "source-sans-3-latin-wght-italic.woff2": "9a15dafc2c2b2414aaa9d6c30830d9aab4361329d8495b1574633603b994b411",
    "source-sans-3-latin-wght-normal.woff2": "7a19a7027e125257d310c6dbd78ae3a30b5ea1e3794d60b12bb28227a003bfda",
    "source-serif-4-latin-opsz-normal.woff2": "f2ea9c12d2fe9bd3a9589b02ad2c0909da88f30938c91adc838c4f4098f9f9e0",
}
"""Of the packages @fontsource-variable/source-sans-3 and @fontsource-variable/source-serif-4, version 5.3, as released."""


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def test_fonts_are_the_released_files() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (STATIC / "fonts").glob("*.woff2")}
    assert found == FONTS


@pytest.mark.parametrize("family", ["source-sans-3", "source-serif-4"])
def test_each_font_has_its_licence_beside_it(family: str) -> None:
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / f"LICENSE-{family}.txt").read_text()


def test_stylesheet_is_one_and_within_its_budget() -> None:
    assert list(STATIC.rglob("*.css")) == [STYLE]
    assert len(gzip.compress(STYLE.read_bytes(), 9)) <= 12 * 1024


def test_own_script_is_small_and_evaluates_nothing() -> None:
    scripts = list(STATIC.rglob("*.js"))
    assert scripts == [STATIC / "js" / "summitprep.js"]
    assert len(gzip.compress(scripts[0].read_bytes(), 9)) <= 2 * 1024
    assert re.findall(r"\beval\b|\bnew Function\b|innerHTML|\.style\b", scripts[0].read_text()) == []


def test_stylesheet_asks_only_for_files_that_exist_here() -> None:
    targets = re.findall(r"url\(\"?([^)\"]+)\"?\)", STYLE.read_text())
    assert [target for target in targets if not (STYLE.parent / target).resolve().is_file()] == []


def test_colours_stand_in_the_tokens_alone() -> None:
    css = without_comments(STYLE.read_text())
    tokens = re.compile(r":root \{.*?\}", re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", tokens.sub("", css)) in ([], ["#000"])  # print outlines in black


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT / "templates")))
def test_template_keeps_the_content_policy(path: Path) -> None:
    html = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert re.findall(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", html) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", html) if "src=" not in tag] == []
    assert re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=\"(?:https?:)?//", html) == []


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_component_says_first_what_it_takes(path: Path) -> None:
    if path.stem == "index":
        return
    assert re.match(r"(?:{% load [\w ]+ %})?{% comment %}", path.read_text())


def test_every_class_of_a_component_is_in_the_stylesheet() -> None:
    known = set(re.findall(r"\.([a-z][\w-]*)", without_comments(STYLE.read_text())))
    used: set[str] = set()
    for path in [*COMPONENTS, PROJECT / "templates" / "base.html"]:
        html = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
        for value in re.findall(r'class="([^"]*)"', html):
            plain = re.sub(r"{{.*?}}", "?", re.sub(r"{%.*?%}", " ", value))
            used |= {name for name in plain.split() if "?" not in name and not name.endswith("--")}
    hooks = {"menu-nav"}  # only a name for the reader of the markup
    assert used - known - hooks == set()
