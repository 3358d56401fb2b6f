"""The calendar of a month."""
