"""`make bench`: how fast the dashboard is beside a bare Django page, at 1,000 and at 100,000 pins."""
