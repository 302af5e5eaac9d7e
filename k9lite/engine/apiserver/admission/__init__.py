"""Admission: what depends on other objects is filled in or refused here, between decoding and validation."""
