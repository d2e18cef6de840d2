"""Ask: a question in plain English becomes a `SpendQuery`, and its answer a sentence."""

from finora.ask.answer import Answer, answer_to_json, charted
from finora.ask.chips import Chip
from finora.ask.flat_rates import FlatRates
from finora.ask.flat_table import FlatTable
from finora.ask.language_model import LanguageModel
from finora.ask.service import Ask, Asked, TooLong
from finora.ask.vocabulary import Known

__all__ = [
    "Answer",
    "Ask",
    "Asked",
    "Chip",
    "FlatRates",
    "FlatTable",
    "Known",
    "LanguageModel",
    "TooLong",
    "answer_to_json",
    "charted",
]
