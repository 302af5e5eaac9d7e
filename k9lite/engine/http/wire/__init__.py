"""Encodings on the wire, without I/O: SPDY/3.1 frames, Kubernetes' protobuf bodies."""
