"""A subject arrives as it was written, however long and accented; a line break in it is refused."""

from __future__ import annotations

import email.policy
from email.parser import BytesParser

import pytest

from workflows.notices.mail import Mail

SUBJECTS = [
    "plain",
    "plain and long " * 12,
    "Aportes a la Declaración · hasta el 11/07/2026, 07:59 (Madrid)",
    "[Cumbre Madrid 2026] DOC-11 · Preparar informes de la SEGIB (actividades, cuotas, ejecución, auditoría, "
    "presupuesto, programa de trabajo) · hasta el 24/11/2026, 23:59 (Montevideo)",
    "[Cimeira Madrid 2026] Contribuições à Declaração, às decisões e à programação — até às 23h59 " * 3,
    "ñ" * 300,
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_subject_arrives_as_it_was_written(subject: str) -> None:
    sent = Mail(subject, "x", "a@b.invalid", ["c@d.invalid"]).message(policy=email.policy.SMTP).as_bytes()
    got = BytesParser(policy=email.policy.default).parsebytes(sent)
    assert got["Subject"].rstrip() == subject.rstrip()
    assert max(map(len, sent.split(b"\r\n"))) <= 78


def test_a_line_break_in_a_subject_is_refused() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        Mail("a\nBcc: e@f.invalid", "x", "a@b.invalid", ["c@d.invalid"]).message(policy=email.policy.SMTP)
