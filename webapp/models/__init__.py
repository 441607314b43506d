"""Which version answers today, since when, who decided, and why."""
