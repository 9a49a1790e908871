"""What the tests name where the product names a job."""


def nothing(*_arguments: object, **_named: object) -> None:
    """Do nothing."""
