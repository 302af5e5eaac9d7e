"""kube-apiserver's HTTPS surface over the same verbs. Knows the apiserver and nothing else of the engine."""
