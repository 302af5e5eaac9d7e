"""etcd: versioned, watchable memory with bounded history. Knows bytes, keys and revisions, no rules."""
