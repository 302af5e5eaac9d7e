"""StatefulSets: pods with an ordinal, a name and claims of their own (pkg/controller/statefulset)."""
