"""What people are told: one small class per notice, and its rendering."""

from workflows.notices import document_kinds, kinds

__all__ = ["document_kinds", "kinds"]
