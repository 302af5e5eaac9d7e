"""YAML and JSON text to data that remembers file, line and column, read as kubectl reads it; pure, knows no cluster.

parser     the bytes of a file to its documents, and what is wrong with them
splitting  where each document of a file begins, so that only those are parsed that have changed
builder    the events of one document to data and places; scalars: what a single value means
document   one object with the places of its fields; problem: what is wrong, and where
"""
