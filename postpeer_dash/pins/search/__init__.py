"""Reading pins: history, the calendar, filters, and words in a text."""
