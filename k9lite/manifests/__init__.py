"""YAML files to objects that remember file, line and column; apply a set, prune what left it, watch a folder.

Knows the Client protocol, no engine.
"""
