"""A Kubernetes cluster that you can watch converge."""
