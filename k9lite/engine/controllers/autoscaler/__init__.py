"""Horizontal pod autoscalers: replicas by what pods use (pkg/controller/podautoscaler)."""
