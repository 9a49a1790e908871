"""Small facts about summits: their numbers in Roman figures."""

FIGURES = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: int) -> str:
    """Return an ordinal (1 to 399) in Roman figures, as summits are numbered."""
    figures = ""
    for value, figure in FIGURES:
        count, number = divmod(number, value)
        figures += figure * count
    return figures
