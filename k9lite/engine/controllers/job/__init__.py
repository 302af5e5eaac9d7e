"""Jobs: pods that are to succeed, counted once each (pkg/controller/job)."""
