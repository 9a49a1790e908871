"""The API by which the secretariats share their work."""
