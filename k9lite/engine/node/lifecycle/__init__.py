"""What carries a pod through its life: worker, sync, hooks, termination. The rules it follows are in `pods/`."""
