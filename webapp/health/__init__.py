"""Whether the site can serve: for load balancers, supervisors and people with curl."""
