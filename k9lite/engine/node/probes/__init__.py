"""Probes of containers: how they are done, and what their results mean (kubelet: prober)."""
