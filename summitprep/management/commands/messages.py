"""`manage.py messages`: brings the catalogues of es, pt_BR and pt_PT up to date and compiles them, by Babel alone."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from summitprep.catalogues import LOCALES, compile_catalogue, missing, update


class Command(BaseCommand):
    """Collect the sentences, compile them, and say what is untranslated."""

    help = "Extract the sentences, update locale/*/LC_MESSAGES/django.po, compile them, and list what is untranslated."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="fail when a sentence is untranslated")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        open_ = {}
        for locale in LOCALES:
            update(locale)
            compile_catalogue(locale)
            open_[locale] = missing(locale)
            self.stdout.write(f"{locale}: {len(open_[locale])} untranslated")
        if check and any(open_.values()):
            raise CommandError("Some sentences are not translated.")
