"""A manifest in the editor: where it comes from, what fits at the cursor, how problems are repaired."""
