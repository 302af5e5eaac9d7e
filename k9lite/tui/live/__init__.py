"""What follows the cluster: its objects, the pace of painting, rows of tables, the summary in the header."""
