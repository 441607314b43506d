"""What the audit says in English; who speaks another language hands in their own.

Each finding has a name, a sentence with `%(evidence)s` gaps, and advice. Nothing heavy is imported: pages read this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ml.examination.audit import Check, Finding

_ = str  # marks what pybabel extracts; the web process translates when it shows

CHECK_OF: Mapping[str, str] = MappingProxyType(
    {
        "target_copy": "target",
        "target_pieces": "target",
        "target_part": "target",
        "target_mixture": "mixture",
        "target_means": "means",
        "strong_column": "strength",
        "too_easy": "strength",
        "row_index": "order",
        "row_order": "order",
        "id_like": "columns",
        "constant": "columns",
        "near_unique": "columns",
        "repeats": "twins",
        "twins": "twins",
        "copied_rows": "copies",
        "oversampled": "copies",
        "missing_labels": "labels",
        "few_rows": "labels",
        "rare_categories": "categories",
        "scaled": "fitted",
        "rotated": "fitted",
        "shared_rows": "shared",
        "training_gap": "training",
        "above_ceiling": "bound",
        "above_twins": "bound",
        "above_rules": "rules",
        "memorised": "rules",
        "score": "rules",
        "shuffled_labels": "permutation",
        "no_signal": "permutation",
        "shuffled_score": "permutation",
        "refit_differs": "refit",
        "across_folds": "folds",
        "calibration": "calibration",
        "winner": "selection",
        "possible_fraction": "claim",
        "impossible_fraction": "claim",
    }
)
"""The check that makes each finding."""

_SHOWN = 6
"""Names of columns or classes in one sentence."""


@dataclass(frozen=True)
class Said:
    """A finding in words."""

    title: str
    what: str
    advice: str


@dataclass(frozen=True)
class Words:
    """The templates: `<finding>`, `<finding>_what` and `<finding>_do`; `check_<code>`; `skipped_<code>`."""

    # ── the target among the features ──
    target_copy: str = _("The target in other words")
    target_copy_what: str = _(
        "%(where)s is the target under another name: in all %(rows)s rows each of its values goes with one class, and"
        " each class with values of its own."
    )
    target_copy_do: str = _("Remove it and train again: every score reached with it is void.")
    target_pieces: str = _("The target in pieces")
    target_pieces_what: str = _(
        "%(where)s spell the target together: each is settled by the class, and all of them settle the class, in all"
        " %(rows)s rows."
    )
    target_pieces_do: str = _("Encode the features only, never the target; remove these columns and train again.")
    target_part: str = _("A column settled by the target")
    target_part_what: str = _(
        "%(where)s: whoever knows the class knows its value, without one exception in %(rows)s rows."
    )
    target_part_do: str = _("Find out whether its value is known before the outcome is; if not, remove it.")
    target_mixture: str = _("The target mixed into the columns")
    target_mixture_what: str = _(
        "A weighted sum of %(columns)s columns gives the class exactly, in %(share)s of rows that were held out. What"
        " was measured never does: the target was there when these columns were computed, as principal components of a"
        " table that contains it."
    )
    target_mixture_do: str = _("Compute the columns anew from the features alone, inside the folds, and train again.")
    target_means: str = _("Labels averaged into a column")
    target_means_what: str = _(
        "%(where)s holds means of the target: its %(groups)s values are what averaging the labels of these very rows"
        " gives, so each row carries a part of its own label."
    )
    target_means_do: str = _("Encode by target inside each fold, from its training rows only.")

    # ── columns that are too good, or good for nothing ──
    strong_column: str = _("One column says nearly everything")
    strong_column_what: str = _(
        "%(where)s alone gets %(accuracy)s of held-out rows right, where the commonest class is %(majority)s."
    )
    strong_column_do: str = _("Find out how and when it was recorded: before the outcome, or because of it?")
    too_easy: str = _("The columns settle the class")
    too_easy_what: str = _(
        "A plain rule on all columns gets %(accuracy)s of held-out rows right; the commonest class is %(majority)s."
        " Either the task is that easy, or the columns know the outcome."
    )
    too_easy_do: str = _("Find out how the columns were made, and whether all of them are known before the outcome.")
    row_index: str = _("A row number that knows the class")
    row_index_what: str = _(
        "%(where)s numbers the rows, and the file was sorted: neighbours by that number have the same class"
        " %(agreement)s of the time, against %(chance)s by chance."
    )
    row_index_do: str = _("Remove it: new rows have no place in this file.")
    row_order: str = _("The rows are sorted by class")
    row_order_what: str = _(
        "Neighbouring rows have the same class %(agreement)s of the time, against %(chance)s by chance: the row number"
        " alone would get %(accuracy)s of rows right."
    )
    row_order_do: str = _("Shuffle before splitting, and let no row number become a feature. Proctor’s folds do so.")
    id_like: str = _("A column that only numbers rows")
    id_like_what: str = _("%(where)s has a different whole number in every row, like an identifier.")
    id_like_do: str = _("Remove it: a model can only learn it by heart.")
    constant: str = _("Columns with one value")
    constant_what: str = _("The same in every row: %(where)s.")
    constant_do: str = _("Remove them, or find out why nothing varies.")
    near_unique: str = _("Nearly a value for every row")
    near_unique_what: str = _("Text that hardly repeats: %(where)s (%(values)s values in %(rows)s rows).")
    near_unique_do: str = _("Names and identifiers tell nothing about new rows: remove them, or group them.")

    # ── rows that repeat ──
    repeats: str = _("Rows that repeat")
    repeats_what: str = _("%(repeated)s of %(rows)s rows are equal to another in every feature.")
    repeats_do: str = _("Keep equal rows in the same fold, or a model is asked what it was told.")
    twins: str = _("Equal rows, different classes")
    twins_what: str = _(
        "%(profiles)s profiles stand with more than one class, so that no rule can be right on more than %(ceiling)s of"
        " these rows. Two equal rows agree %(agreement)s [%(low)s, %(high)s] of the time: on such rows the best"
        " possible accuracy lies between %(best_low)s and %(best_high)s (Cover and Hart, 1967), at the utmost at"
        " %(at_most)s."
    )
    twins_do: str = _("Believe no score above what equal rows allow.")
    copied_rows: str = _("Rows were copied")
    copied_rows_what: str = _(
        "%(copies)s rows repeat an earlier one with its label, where about %(expected)s would by chance. Equal rows"
        " agree %(agreement)s of the time, but a rule that has not seen the twin gets %(accuracy)s right."
    )
    copied_rows_do: str = _("Remove the copies, or keep them in the same fold as their originals.")
    oversampled: str = _("Classes evened out by copying rows")
    oversampled_what: str = _(
        "Every class has exactly %(size)s rows, and %(copies)s of all rows repeat an earlier one with its label, where"
        " about %(expected)s would by chance: rows were drawn again before the split, and copies stand on both sides"
        " of it."
    )
    oversampled_do: str = _("Split first; resample the training rows of each fold only, or weight the classes.")
    shared_rows: str = _("Tested on rows it was trained on")
    shared_rows_what: str = _(
        "%(shared)s of %(rows)s test rows are in the training file with the same label, where about %(expected)s would"
        " by chance."
    )
    shared_rows_do: str = _("Split once, test on rows that training has never seen.")
    across_folds: str = _("Equal rows on both sides of a fold")
    across_folds_what: str = _(
        "%(rows)s held-out rows have an equal row with the same label among those trained on, where about %(expected)s"
        " would by chance."
    )
    across_folds_do: str = _("Keep equal rows in the same fold (grouped cross-validation).")

    # ── labels, categories, preparation ──
    missing_labels: str = _("Rows without a label")
    missing_labels_what: str = _(
        "%(rows)s rows have no class, or a word for “no value” in its place (%(spellings)s). Encoded, they become a"
        " class of their own; filled in, wrong labels."
    )
    missing_labels_do: str = _("Drop these rows: they can neither train nor be scored. The audit left them out.")
    few_rows: str = _("Too few rows of a class")
    few_rows_what: str = _("%(where)s: the rarest has %(rows)s rows, for %(folds)s folds.")
    few_rows_do: str = _("Use fewer folds, gather more rows, or join classes; do not read figures of such a class.")
    rare_categories: str = _("Categories that a fold has not seen")
    rare_categories_what: str = _(
        "%(values)s categories stand in one row only (%(where)s): whichever fold holds that row out has never seen"
        " its category."
    )
    rare_categories_do: str = _("See that the encoder knows what to do with an unknown category.")
    scaled: str = _("Scaled before the split")
    scaled_what: str = _(
        "Over all rows together the mean is 0 and the deviation 1 in %(where)s: the scale was learned from the test"
        " rows too."
    )
    scaled_do: str = _("Put scaling into the pipeline. It moves a score little, but nothing else should slip in so.")
    rotated: str = _("Components computed before the split")
    rotated_what: str = _(
        "The %(columns)s numeric columns are centred and uncorrelated over all rows, as principal components are: they"
        " were learned from the test rows too."
    )
    rotated_do: str = _("Put the components into the pipeline, and see that the target was not among their columns.")

    # ── the score ──
    training_gap: str = _("Better on its own rows")
    training_gap_what: str = _(
        "On the rows it was trained on it gets %(training)s right, on rows held out %(held_out)s."
    )
    training_gap_do: str = _("Quote the held-out figure only; a simpler model may lose nothing.")
    above_ceiling: str = _("More than equal rows allow")
    above_ceiling_what: str = _(
        "Accuracy %(accuracy)s [%(low)s, %(high)s] is above %(bound)s: equal rows with different classes leave no rule"
        " on these columns more."
    )
    above_ceiling_do: str = _("The score is not what it claims: look for the target among the features, for test rows"
                              " in training, or for another table.")  # fmt: skip
    above_twins: str = _("More than equal rows suggest")
    above_twins_what: str = _(
        "Accuracy %(accuracy)s [%(low)s, %(high)s] is above %(bound)s, the best possible on rows that have an equal."
    )
    above_twins_do: str = _("Ask how it was measured: on rows held out, with equal rows in the same fold?")
    above_rules: str = _("Far better than plain rules")
    above_rules_what: str = _(
        "Accuracy %(accuracy)s [%(low)s, %(high)s], where plain rules get %(rules)s of the same rows right when they"
        " are held out."
    )
    above_rules_do: str = _("Ask for the code, and for predictions of rows held out.")
    memorised: str = _("It knows what cannot be known")
    memorised_what: str = _(
        "Held out, %(hard)s rows are wrong by every plain rule; the predictions have %(share)s of them right: they"
        " were made on rows that the model was trained on, or from columns that are not here."
    )
    memorised_do: str = _("Predict rows that were held out, and score those.")
    score: str = _("The score of these predictions")
    score_what: str = _(
        "Accuracy %(accuracy)s [%(low)s, %(high)s] on %(rows)s rows; the commonest class is %(majority)s, and plain"
        " rules get %(rules)s when rows are held out."
    )
    score_do: str = _("Quote it with its interval and beside these.")
    shuffled_labels: str = _("Against shuffled labels")
    shuffled_labels_what: str = _(
        "With labels shuffled %(shuffles)s times, %(reached)s did as well: p = %(p)s, and it could not be below"
        " %(smallest)s."
    )
    shuffled_labels_do: str = _("Nothing to do: the columns do say something about the class.")
    no_signal: str = _("No better than shuffled labels")
    no_signal_what: str = _(
        "With labels shuffled %(shuffles)s times, %(reached)s did as well: p = %(p)s. The model may have learned"
        " nothing."
    )
    no_signal_do: str = _("Do not use it before more rows or better columns show otherwise.")
    shuffled_score: str = _("It predicts labels made of chance")
    shuffled_score_what: str = _(
        "With labels shuffled, it still gets %(accuracy)s of held-out rows right, where %(majority)s is what chance"
        " allows: labels of held-out rows reach the model."
    )
    shuffled_score_do: str = _("Look for a step that sees all labels before the folds are made.")
    refit_differs: str = _("Not reproduced inside the folds")
    refit_differs_what: str = _(
        "Fitted anew to the training rows of each fold, the pipeline gets %(refit)s of held-out rows right, not"
        " %(accuracy)s; %(rows)s predictions differ."
    )
    refit_differs_do: str = _("Put every step that learns into the pipeline, and evaluate again.")
    calibration: str = _("Probabilities off the mark")
    calibration_what: str = _(
        "%(where)s: the predicted share is %(predicted)s, the true one %(observed)s; the slope of calibration is"
        " %(slope)s [%(low)s, %(high)s], and 1 would be right."
    )
    calibration_do: str = _("Calibrate inside the folds before anybody reads these probabilities.")
    winner: str = _("The best of many")
    winner_what: str = _(
        "The best of %(tried)s was chosen on the rows that it is scored on. Had all been alike, luck would add up to"
        " about %(luck)s: read %(accuracy)s as %(corrected)s."
    )
    winner_do: str = _("Choose inside the folds (nested cross-validation), or score the choice on new rows.")
    possible_fraction: str = _("The claim as a fraction")
    possible_fraction_what: str = _(
        "%(value)s of %(rows)s rows is %(right)s right: its exact 95%% interval is [%(low)s, %(high)s]"
        " (Clopper and Pearson, 1934)."
    )
    possible_fraction_do: str = _("Quote the interval with it.")
    impossible_fraction: str = _("No such fraction")
    impossible_fraction_what: str = _(
        "No whole number of %(rows)s rows gives %(value)s: the nearest are %(below)s and %(above)s."
    )
    impossible_fraction_do: str = _("Ask what was averaged, and over how many rows.")

    # ── names of checks ──
    check_target: str = _("The target among the features")
    check_mixture: str = _("The target mixed into columns")
    check_means: str = _("Labels averaged into columns")
    check_strength: str = _("A column, or a plain rule, that is too good")
    check_order: str = _("The order of the rows")
    check_columns: str = _("Columns that tell nothing")
    check_twins: str = _("What equal rows allow")
    check_copies: str = _("Copied rows")
    check_labels: str = _("Missing labels and rare classes")
    check_categories: str = _("Categories that a fold has not seen")
    check_fitted: str = _("Learned from all rows before the split")
    check_shared: str = _("Rows in training and in test")
    check_training: str = _("Training rows against held-out rows")
    check_bound: str = _("The score against what equal rows allow")
    check_rules: str = _("The predictions against plain rules")
    check_permutation: str = _("The score against shuffled labels")
    check_refit: str = _("The predictions made again inside the folds")
    check_folds: str = _("Equal rows in different folds")
    check_calibration: str = _("What the probabilities mean")
    check_selection: str = _("The best of many, corrected")
    check_claim: str = _("The claimed score")

    # ── why a check was not made ──
    skipped_baseline: str = _("A baseline hardly looks: there is nothing to find.")
    skipped_no_predictions: str = _("No predictions were given.")
    skipped_no_probabilities: str = _("There are no probabilities.")
    skipped_no_folds: str = _("The predictions do not say which fold a row was held out in.")
    skipped_no_training: str = _("No file of training rows was given.")
    skipped_no_numbers: str = _("There are too few numeric columns.")
    skipped_no_claim: str = _("No score was claimed.")
    skipped_not_accuracy: str = _("Only accuracy is a fraction of rows.")
    skipped_one_tried: str = _("One configuration was tried.")
    skipped_nested: str = _("The configuration was searched for inside every fold.")


ENGLISH = Words()


def say_finding(finding: Finding, words: Words, format_number: Callable[[float], str]) -> Said:
    """Fill a finding's evidence into its sentence."""
    gaps = {
        key: value if isinstance(value, str) else format_number(value) for key, value in finding.evidence.items()
    } | {"where": _join(finding.where)}
    return Said(
        title=getattr(words, finding.check),
        what=getattr(words, f"{finding.check}_what") % gaps,
        advice=getattr(words, f"{finding.check}_do"),
    )


def name_check(check: Check, words: Words) -> str:
    """Return what a check is called."""
    return str(getattr(words, f"check_{check.code}"))


def say_skipped(check: Check, words: Words) -> str:
    """Return why a check was not made; empty where it was."""
    return str(getattr(words, f"skipped_{check.skipped}")) if check.skipped else ""


def format_plainly(value: float) -> str:
    """Write whole numbers whole and others with three decimals, as English does."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:.3f}"


def _join(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
