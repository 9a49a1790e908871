"""What people are told: one small class per notice, and its rendering."""
