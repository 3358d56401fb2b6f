"""The page of history: all pins as a wall or a table, with filters."""
