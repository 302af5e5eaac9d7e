"""The three kinds of patches a client may send: JSON patch, merge patch, strategic merge patch."""
