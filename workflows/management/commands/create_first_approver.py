"""`manage.py create_first_approver EMAIL`: who begins in a new installation, since there is no account by default."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.forms import ValidationError

from workflows.actions.account import open_first_account
from workflows.errors import InvalidInput, WrongState
from workflows.queries.account import invitation_url
from workflows.queries.clock import read_clock
from workflows.states import Language


class Command(BaseCommand):
    """Seat SEGIB's first approver, and print the address at which that person chooses a password, once."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address, and how the person is called."""
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="as it stands in the directory; by default the address")
        parser.add_argument("--language", choices=Language.values, default=Language.ES)

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the account; the same address again gets a new link until it has signed in."""
        email = options["email"].strip()
        try:
            validate_email(email)
            user = open_first_account(
                name=options["name"] or email, email=email, language=options["language"], now=read_clock()
            )
        except ValidationError as error:
            raise CommandError(f"{email} is no mail address.") from error
        except WrongState as error:
            raise CommandError(str(error)) from error
        except InvalidInput as error:
            raise CommandError(" ".join(str(sentence) for sentence in error.fields.values())) from error
        self.stdout.write(f"{user.email} is SEGIB's approver. To choose a password, once and within three days:")
        self.stdout.write(invitation_url(user))
