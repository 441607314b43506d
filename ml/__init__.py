"""The pipeline: source → clean → features → train → evaluate → track → serve. It knows nothing of the web."""
