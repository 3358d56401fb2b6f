"""What is said of pins: sentences that the page, home and mails share."""
