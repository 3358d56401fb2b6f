"""What pages of pins show, put together in one place for the page and for its fragment."""
