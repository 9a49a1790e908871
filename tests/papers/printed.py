"""Sheets to print, made by hand: nothing of them is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from workflows.papers.sheet import Face, Row, Sheet

AT = datetime(2026, 9, 30, 8, 40, tzinfo=UTC)
DIGEST = "0123456789abcdef" * 4

ROWS_ES = (
    Row("preambular", "A", "Las Jefas y los Jefes de Estado y de Gobierno, reunidos en Madrid;"),
    Row("heading", "", "Servicios públicos y conocimiento"),
    Row("operative", "1", "Reafirmar su compromiso con el acceso universal a los servicios públicos.", "Acordado"),
    Row("operative", "2", "", "Suprimido. Su número se conserva."),
    Row("annex", "Anexo 1", "Lista de los programas."),
)
ROWS_PT = (
    Row("preambular", "A", "As Chefes e os Chefes de Estado e de Governo, reunidos em Madri;"),
    Row("heading", "", "Serviços públicos e conhecimento"),
    Row("operative", "1", "Reafirmar o seu compromisso com o acesso universal aos serviços públicos.", "Acordado"),
    Row("operative", "2", "", "Suprimido. O seu número é conservado."),
    Row("annex", "Anexo 1", "Lista dos programas."),
)


def face(language: str, rows: Sequence[Row], **more) -> Face:
    spanish = language == "es"
    values = {
        "name": "Español" if spanish else "Português",
        "summit": "XXXI Cumbre Iberoamericana" if spanish else "XXXI Cúpula Ibero-Americana",
        "kind": "Declaración" if spanish else "Declaração",
        "title": "Declaración de Prueba" if spanish else "Declaração de Prova",
        "symbol": f"DEC-SPT-XXXI-{language.upper()}-v3",
        "edition": "Versión 3, 30/09/2026, 10:40 (Madrid, UTC+2)",
        "standing": "Distribuido para observaciones.",
        "marks": (),
        "demonstration": "",
        "page": "Página %(page)s de %(pages)s",
        "check": "Esta copia puede comprobarse.",
    }
    return Face(language=language, rows=tuple(rows), **{**values, **more})


def sheet(es: Sequence[Row] = ROWS_ES, pt: Sequence[Row] = ROWS_PT, *, digest: str = DIGEST, **more) -> Sheet:
    return Sheet(es=face("es", es, **more), pt=face("pt", pt, **more), made_at=AT, zone="Europe/Madrid", digest=digest)
