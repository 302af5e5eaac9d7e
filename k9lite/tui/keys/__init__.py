"""The table of actions with their keys, and the context that their handlers work with."""
