"""Who stands on the stage of the tables: one actor per seat, made by hand; no database, no permission code."""

from __future__ import annotations

from dataclasses import replace

from workflows.rules.facts import Actor, Scene

SPT, SEGIB, PY, BR, PT, ES, OEI, OBSERVER, OTHER_SPT, OLD_SPT = range(1, 11)
"""Parties by id: the SPT of the XXXI Summit (whose host is Spain), SEGIB, delegations, a body, an observer, strangers."""

SUMMIT, OTHER_SUMMIT = 31, 32

_PARTIES = {
    SPT: {"party_kind": "spt", "summit_id": SUMMIT, "host_party_id": ES},
    SEGIB: {"party_kind": "segib"},
    PY: {"party_kind": "delegation"},
    BR: {"party_kind": "delegation"},
    PT: {"party_kind": "delegation"},
    ES: {"party_kind": "delegation"},
    OEI: {"party_kind": "body"},
    OBSERVER: {"party_kind": "observer"},
    OTHER_SPT: {"party_kind": "spt", "summit_id": OTHER_SUMMIT, "host_party_id": BR},
    OLD_SPT: {"party_kind": "spt", "summit_id": SUMMIT, "host_party_id": PT, "rights_ended": True},
}

_SEATS = [
    ("secretary", SPT, "secretary"),
    ("spt_officer", SPT, "officer"),
    ("approver", SEGIB, "approver"),
    ("segib_officer", SEGIB, "officer"),
    ("auditor", SEGIB, "auditor"),
    ("cn_py", PY, "national_coordinator"),
    ("alternate_py", PY, "alternate_coordinator"),
    ("rc_py", PY, "cooperation_officer"),
    ("alternate_rc_py", PY, "alternate_cooperation"),
    ("reviewer_py", PY, "reviewer"),
    ("mailbox_py", PY, "mailbox"),
    ("cn_br", BR, "national_coordinator"),
    ("cn_pt", PT, "national_coordinator"),
    ("cn_host", ES, "national_coordinator"),
    ("liaison", OEI, "liaison"),
    ("observer", OBSERVER, "observer"),
    ("other_spt", OTHER_SPT, "secretary"),
    ("former_spt", OLD_SPT, "secretary"),
]

ACTORS = {
    name: Actor(seat_id=100 + n, role=role, party_id=party, person_id=1000 + n, **_PARTIES[party])
    for n, (name, party, role) in enumerate(_SEATS)
}
SEATS = tuple(ACTORS)

assert len(SEATS) == 18  # every column of the tables


def scene(state: str = "negotiation", *, other: bool = False) -> Scene:
    """Return the XXXI Summit in a state, or the XXXII (whose SPT is the other one)."""
    if other:
        return Scene(summit_id=OTHER_SUMMIT, slug="xxxii", state=state, spt_party_id=OTHER_SPT, host_party_id=BR)
    return Scene(summit_id=SUMMIT, slug="xxxi", state=state, spt_party_id=SPT, host_party_id=ES)


def as_person(name: str, person_of: str) -> Actor:
    """Return the actor of a seat held by the person of another seat."""
    return replace(ACTORS[name], person_id=ACTORS[person_of].person_id)
