"""Charts on pages: the reader's words, what a template shows of a figure, and the plotly.js that draws it."""
