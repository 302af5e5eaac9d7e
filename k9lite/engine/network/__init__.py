"""kube-proxy, addresses and names: real sockets on loopback, and the same in memory for tests."""
