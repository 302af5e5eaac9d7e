"""What one line about an object says: the same rows for `kubectl get` and the dashboard. Pure functions."""
