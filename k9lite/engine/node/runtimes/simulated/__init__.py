"""The simulated runtime: containers that live in this process. Only the cluster that wires it imports it."""
