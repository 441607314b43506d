"""One metric of many runs, laid over each other. `show_curves` makes what `compare/curves.html` shows."""

from webapp.compare.curves.asked import OverlayAsked, read_overlay
from webapp.compare.curves.views import ComparedCurves, show_curves

__all__ = ["ComparedCurves", "OverlayAsked", "read_overlay", "show_curves"]
