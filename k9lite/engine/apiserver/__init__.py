"""kube-apiserver without HTTP: default, validate, admit, store, per verb; and LocalClient. Alone knows the store."""
