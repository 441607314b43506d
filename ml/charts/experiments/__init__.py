"""An experiment from above: its best so far, what two metrics cost each other, and when anything ran."""
