"""Every sentence that a chart says, in English; who draws in another language hands in its own.

`%(name)s` is filled in by the chart.
"""

from __future__ import annotations

from dataclasses import dataclass

_ = str  # marks what pybabel extracts; the web process translates when it draws


@dataclass(frozen=True)
class Words:
    """The templates, one a sentence."""

    rows: str = _("Rows")
    share_of_rows: str = _("Share of rows (%)")
    share: str = _("Share")
    column: str = _("Column")
    other_column: str = _("Other column")
    category: str = _("Category")
    from_value: str = _("From")
    to_value: str = _("To")
    missing: str = _("Missing")
    bits: str = _("Bits about the result")
    by_chance: str = _("By chance (mean, up to the 95th percentile)")
    p_value: str = _("p-value")
    p_adjusted: str = _("p, for all columns together")
    association: str = _("Cramér’s V, bias-corrected")
    missing_cells: str = _("Missing cells")
    spellings: str = _("Raw spellings")
    values: str = _("Values after cleaning")
    cells_changed: str = _("Cells rewritten")
    cells_lost: str = _("Cells that held no value")
    mean: str = _("Mean")
    minimum: str = _("Minimum")
    first_quartile: str = _("First quartile")
    median: str = _("Median")
    third_quartile: str = _("Third quartile")
    maximum: str = _("Maximum")
    extremes: str = _("Furthest values")
    unique: str = _("Stands alone")
    agreeing: str = _("Repeated, same result")
    contradicting: str = _("Repeated, different results")
    standing: str = _("Rows by profile")

    report_title: str = _("%(title)s: an exploration")
    report_origin: str = _("%(rows)s rows from %(name)s, sha256 of the content %(sha256)s.")
    report_stand_in: str = _(
        "These rows are synthetic, drawn from published frequencies: nothing here is about people."
    )
    ceiling: str = _("No rule on these columns can be right on more than %(ceiling)s of these very rows.")
    table: str = _("The numbers as a table")

    target_title: str = _("%(label)s is the commonest: %(count)s of %(rows)s rows (%(share)s)")
    target_alt: str = _("A bar for each class: %(list)s.")
    information_title: str = _("%(column)s says %(bits)s of the %(all)s bits; the next column says %(next)s")
    information_title_one: str = _("%(column)s says %(bits)s of the %(all)s bits")
    information_alt: str = _("A bar of bits for each column, most first: %(list)s.")
    association_title: str = _("Closest pair of columns: %(first)s with %(second)s (%(value)s)")
    association_title_none: str = _("No two columns go together")
    association_alt: str = _("A half square of shades, one a pair of columns, from 0 (none) to 1 (one-to-one).")
    twins_title: str = _("Profiles that repeat: %(repeated)s; with results that differ: %(mixed)s")
    twins_alt: str = _("Bars of rows: %(list)s.")
    cleaning_title: str = _("Cleaning rewrote %(cells)s cells; the most in %(column)s")
    cleaning_alt: str = _("Two dots for each column: raw spellings and values after cleaning.")
    missing_title: str = _("%(share)s of all cells are missing, most of them in %(column)s")
    missing_alt: str = _("A bar of missing cells for each column: %(list)s.")
    by_class_title: str = _("%(category)s: %(share)s are %(label)s, against %(overall)s of all rows")
    by_class_alt: str = _("For each category of %(column)s, a bar divided by class; the table below has the numbers.")
    histogram_title: str = _("Half of all values lie between %(low)s and %(high)s")
    histogram_title_none: str = _("No value is known")
    histogram_alt: str = _("A histogram of %(column)s, each bar divided by class.")
    box_title: str = _("Median: %(low)s in %(first)s, %(high)s in %(last)s")
    box_alt: str = _("A box for each class: quartiles, median and whiskers of %(column)s.")

    # ── a run: how sure ──

    # ── a run: for whom ──

    # ── a run: curves and reasons ──

    # ── comparisons ──
    family: str = _("Family")
    low: str = _("Low end")
    high: str = _("High end")
    mean_and_interval: str = _("Mean over the folds, 95 % interval")
    corrected: str = _("The best, corrected for having been picked")
    difference: str = _("Difference")
    difference_in: str = _("Difference in %(metric)s")
    p_holm: str = _("p, Holm")
    p_holm_best: str = _("p against the best, Holm")
    comparison_title: str = _("%(metric)s: %(undecided)s of %(families)s families cannot be told from the best")
    comparison_alt: str = _("A dot with its interval for each: %(list)s.")
    differences_title: str = _("Told from %(reference)s: %(told)s of %(all)s")


ENGLISH = Words()
