"""History: the wall and the table of all pins, with filters."""
