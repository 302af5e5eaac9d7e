"""The embedded cluster. Its parts never import each other: they meet in the store, through a Client."""
