"""kube-controller-manager: one file per loop. Every loop holds a Client and informers, never the apiserver."""
