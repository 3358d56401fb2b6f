"""Reading pins: history's pages, the calendar's days, filters, and the search for words."""
