"""Write a fitted pipeline as an ONNX graph, in double precision throughout.

Our own few nodes instead of a converter: skl2onnx 1.20 gives other probabilities for missing text cells, fails on
grouped rare categories and knows no class prior. One module a kind of family.
"""

from ml.serve.graph.pipeline import build_graph

__all__ = ["build_graph"]
