"""The only writers: one public, keyword-only function per intent of a user."""
