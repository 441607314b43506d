"""The model card: what a model is for, what it was measured at, for whom, and how to make it again.

After Mitchell et al., Model Cards for Model Reporting (FAT* 2019). The value is made once, by the training; documents
and pages are made from it. Neither numpy nor pandas is imported here: the web process shows cards too.
"""

from ml.report.card.describe import describe_card
from ml.report.card.document import Document
from ml.report.card.make import make_card
from ml.report.card.parts import PARTS, find_missing
from ml.report.card.render import card_documents
from ml.report.card.values import ModelCard

__all__ = ["PARTS", "Document", "ModelCard", "card_documents", "describe_card", "find_missing", "make_card"]
