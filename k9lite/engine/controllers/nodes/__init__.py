"""Acts on the state of nodes: taints them, evicts pods, removes pods of deleted nodes
(pkg/controller/nodelifecycle, tainteviction, podgc)."""
