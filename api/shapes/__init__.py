"""Shapes of what the API takes and gives, one module a noun; they hold no rule and write nothing."""
