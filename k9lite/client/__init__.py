"""How every part talks to a cluster: the Client protocol, informers, controllers, event recorder, port-forward.

Knows the API (k9lite.api), never a part of the engine: a cluster in this process and a remote one look alike.
"""
