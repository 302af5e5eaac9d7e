"""Rules about one pod on its node: what to start and kill, its status, phase and conditions. Pure."""
