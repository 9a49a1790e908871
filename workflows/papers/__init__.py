"""Texts to and from files: what a Word file or a plain text says, and a text as Word, PDF or canonical JSON. Writes nothing."""
