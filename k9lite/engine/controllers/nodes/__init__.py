"""What follows from the state of nodes: taints, eviction, and the end of pods whose node is gone
(pkg/controller/nodelifecycle, tainteviction, podgc)."""
