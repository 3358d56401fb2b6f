"""What works in the background, apart from the web: the jobs, their claims, and the process that runs them."""
