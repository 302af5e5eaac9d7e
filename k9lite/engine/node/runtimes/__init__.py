"""Container runtimes behind one protocol: simulated in this process; others by extras."""
