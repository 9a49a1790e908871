"""What tests of pages share: clients by seat, the text of a page, the queries that it costs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from tests.factories import World


class Reader(HTMLParser):
    """The words of a page's main part, as they are read aloud."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "main"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "main"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.words.append(data)


def words(answer: Any) -> str:
    """Return the text of a page's main part in one line."""
    return re.sub(r"\s+", " ", " ".join(Reader(answer.content.decode()).words)).strip()


def client_of(world: World, name: str, language: str = "en") -> Client:
    """Return a browser in which the holder of a seat has signed in and reads in a language."""
    client = Client()
    client.force_login(world.user(name))
    client.cookies["language"] = language
    return client


def queries_of(client: Client, address: str) -> int:
    """Return how many queries a page costs once caches are warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
