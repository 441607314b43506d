"""Many runs in one chart: what they were given against what came of it."""
