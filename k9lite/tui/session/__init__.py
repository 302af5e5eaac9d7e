"""Where the user is and has been: the place with the focus, filters, visited views, what is kept on disk."""
