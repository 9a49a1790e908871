"""Verify the record: prints the head of every chain and what does not hold; exits with 1 when something does not."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.queries.record import Expected, verify_all

MAILED = re.compile(r"(?P<name>[^:]+):(?P<number>[0-9]+):(?P<hash>[0-9a-f]{64})")


def mailed_head(text: str) -> Expected:
    """Read "XXXI:412:9f…" as the head that was mailed."""
    match = MAILED.fullmatch(text.strip())
    if match is None:
        raise ArgumentTypeError(f"{text!r} is not NAME:NUMBER:HASH, as in XXXI:412: and 64 hexadecimal figures")
    return Expected(match["name"], int(match["number"]), match["hash"])


class Command(BaseCommand):
    """Find a changed, a missing and a cut-off event, and say where."""

    help = (
        "Verifies every chain of events: hashes, numbers without gaps, what lies beside the chain, and the end. "
        "Compare with a head that was mailed by --expect XXXI:NUMBER:HASH (the chain of no summit is named -)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            metavar="NAME:NUMBER:HASH",
            action="append",
            default=[],
            type=mailed_head,
            help="a head as it was mailed; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a chain, then its problems."""
        broken = 0
        for found in verify_all(expected=options["expect"]):
            self.stdout.write(f"{found.name}:{found.number}:{found.head}")
            for problem in found.problems:
                broken += 1
                self.stdout.write(self.style.ERROR(f"  {problem.sentence}"))
        if broken:
            raise CommandError("The record does not hold.", returncode=1)
        self.stdout.write(self.style.SUCCESS("The record holds."))
