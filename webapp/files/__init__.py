"""The files that a run left: as a tree, one by one, all in one archive, and fetched from where they lie."""
