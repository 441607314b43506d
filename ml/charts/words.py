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
    says_share: str = _("The model says (%)")
    came_true: str = _("Came true (%)")
    came_true_from: str = _("from (%)")
    came_true_to: str = _("to (%)")
    as_it_says: str = _("as it says")
    answer: str = _("The answer")
    class_label: str = _("Class")
    reliability_title: str = _(
        "Said and true differ by %(value)s points; with perfect calibration it would be %(perfect)s [%(low)s–%(high)s]"
    )
    reliability_alt: str = _(
        "A dot for each tenth of the scale: the share that the model gave its answer, and how often it was right, with"
        " its interval. On the dashed line both are equal."
    )
    reliability_classes_title: str = _("%(label)s strays furthest from what the model says: %(value)s points")
    reliability_classes_alt: str = _(
        "A line for each class, the class against the rest: the share that the model gave it, and how often it came"
        " true. On the dashed line both are equal."
    )
    coverage_title: str = _("%(share)s of the sets hold the true class; %(level)s are promised")
    coverage_alt: str = _("A dot with its interval for each class and for all: how often the set holds it. %(list)s.")
    coverage_axis: str = _("Sets that hold the true class (%)")
    promised: str = _("promised")
    every_class: str = _("All classes")
    interval_from: str = _("Interval from")
    interval_to: str = _("Interval to")
    set_sizes_title: str = _("A set names %(size)s classes on average; %(share)s name one alone")
    set_sizes_alt: str = _("A bar for each number of classes in a set: %(list)s.")
    classes_in_set: str = _("Classes in the set")
    share_of_sets: str = _("Share of sets (%)")
    training_rows: str = _("Training rows")
    measured: str = _("measured")
    the_law: str = _("the curve through them")
    beyond: str = _("beyond the rows that there are")
    point_kind: str = _("Kind")
    accuracy: str = _("Accuracy")
    log_loss: str = _("Log-loss")
    curve_title: str = _("%(metric)s with twice the rows: %(twice)s [%(low)s–%(high)s] expected")
    curve_title_none: str = _("%(metric)s by training rows: the points do not say how it goes on")
    curve_alt: str = _(
        "Measured scores by training rows with their intervals, %(list)s, and the curve through them if there is one,"
        " dashed beyond the rows that there are."
    )

    # ── a run: for whom ──
    people_title: str = _("Of those who are %(classes)s, found: %(high)s of %(first)s, %(low)s of %(second)s")
    people_title_accuracy: str = _("Right for %(high)s of %(first)s, for %(low)s of %(second)s")
    people_title_one: str = _("Right for %(share)s of all")
    people_alt: str = _("A dot for each group, with the interval as a line: %(list)s.")
    people_axis: str = _("Share (%)")
    people_group: str = _("Group")
    people_right: str = _("Right")
    people_found: str = _("Found, of those who are %(classes)s")
    people_low: str = _("Interval from")
    people_high: str = _("Interval to")
    people_or: str = _("%(first)s or %(second)s")

    # ── a run: curves and reasons ──
    low_end: str = _("lower end")
    high_end: str = _("upper end")
    interval: str = _("95\N{NO-BREAK SPACE}% interval")
    auc: str = _("AUC")
    average_precision: str = _("AP")
    false_alarms: str = _("False alarms")
    recall: str = _("Recall")
    precision: str = _("Precision")
    roc_title: str = _("%(best)s is told from the rest best (AUC %(high)s), %(worst)s worst (%(low)s)")
    roc_alt: str = _("A ROC curve with its band for each class, and the diagonal of chance: %(list)s.")
    precision_recall_title: str = _("%(best)s gains most over its share of the rows: %(value)s against %(share)s")
    precision_recall_alt: str = _(
        "A precision–recall curve with its band for each class, and the line of the class’s share: %(list)s."
    )
    log_loss_rise: str = _("Rise of the log-loss")
    accuracy_fall: str = _("Fall of the accuracy")
    importance_title: str = _("The answers rest most on %(column)s: shuffled, it raises the log-loss by %(value)s")
    importance_title_none: str = _("No single column is missed beyond doubt when it is shuffled")
    importance_alt: str = _("A dot with its interval for each column, most important first: %(list)s.")
    mean_probability: str = _("Mean probability (%)")
    dependence_title: str = _("With %(column)s set to %(first)s: %(low)s for %(label)s; to %(last)s: %(high)s")
    dependence_title_none: str = _("%(column)s: there is one value only")
    dependence_alt: str = _("For each value of %(column)s, the mean probability of every class.")
    repeat: str = _("Repeat")
    fold: str = _("Fold")
    mean_of_folds: str = _("Mean of all folds")
    prior_mean: str = _("Class prior")
    single_mean: str = _("%(column)s alone")
    folds_title: str = _("%(metric)s goes from %(low)s to %(high)s by the fold alone; the mean is %(mean)s")
    folds_alt: str = _("A dot for each fold, a line for each repeat, the mean with its interval and both baselines.")
    metric_accuracy: str = _("Accuracy")
    metric_balanced_accuracy: str = _("Balanced accuracy")
    metric_precision_macro: str = _("Macro precision")
    metric_recall_macro: str = _("Macro recall")
    metric_f1_macro: str = _("Macro F1")
    metric_precision_weighted: str = _("Weighted precision")
    metric_recall_weighted: str = _("Weighted recall")
    metric_f1_weighted: str = _("Weighted F1")
    metric_qwk: str = _("Quadratic weighted kappa")
    metric_ordinal_mae: str = _("Mean steps off")
    metric_log_loss: str = _("Log-loss")
    metric_brier: str = _("Brier score")
    metric_ece: str = _("Calibration error")

    # ── metric curves ──
    step: str = _("Step")
    steps: str = _("Steps")
    since_first: str = _("Time since the first value (%(unit)s)")
    clock: str = _("Time (UTC)")
    last_time: str = _("Last at (UTC)")
    seconds: str = _("s")
    minutes: str = _("min")
    hours: str = _("h")
    days: str = _("days")
    values_logged: str = _("Values")
    lowest: str = _("Lowest")
    highest: str = _("Highest")
    last_value: str = _("Last")
    smoothed: str = _("Last, smoothed")
    zoom: str = _("Zoom in on what you draw a frame around")
    pan: str = _("Move the curve")
    zoom_in: str = _("Zoom in")
    zoom_out: str = _("Zoom out")
    zoom_reset: str = _("Show all again")
    zoom_back: str = _("Double-click to show all again")
    history_title: str = _("%(metric)s: last %(last)s, between %(low)s and %(high)s")
    history_title_lower: str = _("%(metric)s: best (lowest) %(best)s at step %(step)s, last %(last)s")
    history_title_higher: str = _("%(metric)s: best (highest) %(best)s at step %(step)s, last %(last)s")
    history_title_none: str = _("%(metric)s: no value is a finite number")
    history_alt: str = _("A line through %(count)s values.")
    overlay_title: str = _("%(metric)s of %(runs)s runs: last values between %(low)s and %(high)s")
    overlay_title_lower: str = _("%(metric)s of %(runs)s runs: lowest, %(best)s at step %(step)s, in %(run)s")
    overlay_title_higher: str = _("%(metric)s of %(runs)s runs: highest, %(best)s at step %(step)s, in %(run)s")
    overlay_title_none: str = _("%(metric)s: no run has a value that is a finite number")
    overlay_alt: str = _("A line for each run: %(list)s.")
    mean_curves_alt: str = _("A line through the mean of each group, with a band of one standard deviation: %(list)s.")
    group: str = _("Group")
    run: str = _("Run")
    without_value: str = _("(none)")

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

    # ── many runs ──
    runs: str = _("Runs")
    not_logged: str = _("not logged")
    all_others: str = _("all others")
    sd: str = _("SD")
    scatter_title_rises: str = _("%(y)s rises with %(x)s: rank correlation %(rho)s over %(n)s runs")
    scatter_title_falls: str = _("%(y)s falls as %(x)s rises: rank correlation %(rho)s over %(n)s runs")
    scatter_title_none: str = _("%(y)s hardly goes with %(x)s: rank correlation %(rho)s over %(n)s runs")
    scatter_title_flat: str = _("%(y)s by %(x)s: one of them is the same in all %(n)s runs")
    scatter_title_means: str = _("%(y)s in the mean: %(low)s with %(first)s, %(high)s with %(last)s")
    scatter_title_empty: str = _("No run logged both %(x)s and %(y)s")
    scatter_alt: str = _("A mark for each of %(n)s of %(all)s runs: %(x)s across, %(y)s upwards.")
    parallel_title: str = _("%(n)s runs, a line each")
    parallel_title_by: str = _("In the strongest colour: the %(n)s of %(all)s runs with %(metric)s %(range)s")
    parallel_alt: str = _("A line for each of %(n)s runs over these axes: %(list)s.")
    groups_title: str = _("Median of %(metric)s: %(low)s in %(first)s, %(high)s in %(last)s")
    groups_alt: str = _(
        "For each group a box of %(metric)s, every run as a mark, and the mean with the standard deviation to both"
        " sides: %(list)s."
    )
    grid_title_highest: str = _(
        "%(metric)s is highest in the mean, %(value)s, at %(x)s %(x_value)s and %(y)s %(y_value)s (n = %(n)s)"
    )
    grid_title_lowest: str = _(
        "%(metric)s is lowest in the mean, %(value)s, at %(x)s %(x_value)s and %(y)s %(y_value)s (n = %(n)s)"
    )
    grid_alt: str = _("A grid of shades: the mean of %(metric)s for each cell of %(x)s and %(y)s that holds runs.")


ENGLISH = Words()
