#!/usr/bin/env python
"""Entry point of every command; says clearly which Python is needed."""

import os
import sys


def main() -> None:
    """Run a management command under the project's settings."""
    if sys.version_info < (3, 12):  # noqa: UP036 - the sentence is for those who run it with an older one
        sys.exit("SummitPrep needs Python 3.12 or later. Run `make demo` or `make test`: they find or download one.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summitprep.settings")
    if sys.argv[1:2] == ["demo"]:  # it serves nobody itself: it starts processes that get settings of their own
        os.environ["SUMMITPREP_BUILD"] = "1"
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the version check
    except ImportError:
        sys.exit("Django is not installed here. Run `make demo` or `make test`, or `uv sync` and `uv run manage.py …`.")

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
