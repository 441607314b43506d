"""Does the score mean what it says? One check a function; each returns findings, none raises for what it finds."""
