"""kube-scheduler: filters and scores as lists of pure functions that give their reasons."""
