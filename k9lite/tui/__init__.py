"""The dashboard. Holds a Client and manifests; never the engine, so that a remote cluster looks the same."""
