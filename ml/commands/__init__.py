"""One module a command; `ml.__main__` loads each when it is asked for."""
