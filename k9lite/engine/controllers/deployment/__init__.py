"""The Deployment controller: goes from one template to the next by resizing ReplicaSets (pkg/controller/deployment)."""
