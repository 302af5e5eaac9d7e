"""What the dashboard writes to a cluster, and how each write is taken back. Knows no Textual."""
