"""What draws: each widget is told what to show and never asks the cluster."""
