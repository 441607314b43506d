"""Every sentence of a card, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ml.rules import MEDIAN, OVER_PRIOR
from ml.spec.values import Text

PART_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "use": Text("What it is for, and what not", "Para qué sirve y para qué no"),
        "limits": Text("Limits", "Límites"),
        "data": Text("Data and its history", "Los datos y su historia"),
        "figures": Text("Figures in company", "Cifras acompañadas"),
        "classes": Text("By class", "Por clase"),
        "sure": Text("How sure one answer is", "Cuán segura es una respuesta"),
        "groups": Text("For whom", "Para quién"),
        "audit": Text("Audit", "Auditoría"),
        "making": Text("How to make it again", "Cómo reproducirlo"),
        "author": Text("Whom to ask", "A quién preguntar"),
    }
)

FAMILIES: Mapping[str, Text] = MappingProxyType(
    {
        "prior": Text("class prior", "frecuencia de las clases"),
        "single_column": Text("best single column", "mejor columna sola"),
        "logistic_regression": Text("logistic regression", "regresión logística"),
        "random_forest": Text("random forest", "bosque aleatorio"),
        "proportional_odds": Text("proportional odds", "razones proporcionales"),
        "naive_bayes": Text("naive Bayes", "Bayes ingenuo"),
        "random_forest_150": Text(
            "random forest, 150 trees of depth 8", "bosque aleatorio, 150 árboles de profundidad 8"
        ),
        "random_forest_20": Text("random forest, 20 deep trees", "bosque aleatorio, 20 árboles profundos"),
        "extra_trees": Text("extra trees", "árboles extra"),
        "hist_gradient_boosting": Text("gradient boosting", "potenciación de gradiente"),
        "svc": Text("support vectors", "vectores de soporte"),
        "mlp": Text("small neural network", "red neuronal pequeña"),
        "nearest_neighbours": Text("nearest neighbours", "vecinos más cercanos"),
        "soft_vote": Text("vote of several models", "voto de varios modelos"),
        "lightgbm": Text("LightGBM", "LightGBM"),
        "xgboost": Text("XGBoost", "XGBoost"),
        "catboost": Text("CatBoost", "CatBoost"),
    }
)

METRICS: Mapping[str, Text] = MappingProxyType(
    {
        "accuracy": Text("Accuracy", "Exactitud"),
        "balanced_accuracy": Text("Balanced accuracy", "Exactitud equilibrada"),
        "f1_macro": Text("Macro F1", "F1 macro"),
        "qwk": Text("Quadratic weighted kappa", "Kappa ponderado cuadrático"),
        "ordinal_mae": Text("Mean steps off (lower is better)", "Pasos de error, media (menos es mejor)"),
        "log_loss": Text("Log-loss (lower is better)", "Pérdida logarítmica (menos es mejor)"),
        "brier": Text("Brier score (lower is better)", "Puntuación de Brier (menos es mejor)"),
        "ece": Text("Calibration error (lower is better)", "Error de calibración (menos es mejor)"),
    }
)

ORIGINS: Mapping[str, Text] = MappingProxyType(
    {
        "file": Text("a file that was named", "un archivo indicado"),
        "download": Text("the published archive", "el archivo publicado"),
        "stand_in": Text("a synthetic stand-in", "un sustituto sintético"),
    }
)

RULES: Mapping[str, Text] = MappingProxyType(
    {
        MEDIAN: Text(
            "It names the class in the middle of the probabilities, not always the likeliest: fewest steps off.",
            "Nombra la clase que queda en medio de las probabilidades, no siempre la más probable: así se equivoca por"
            " menos escalones.",
        ),
        OVER_PRIOR: Text(
            "It names the class that is most probable for its frequency, not always the likeliest: rare classes count"
            " as much as common ones.",
            "Nombra la clase más probable para su frecuencia, no siempre la más probable: las clases raras cuentan"
            " tanto como las comunes.",
        ),
    }
)
"""What is to be said of a rule that does not always name the likeliest class."""

VERDICTS: Mapping[str, Text] = MappingProxyType(
    {
        "clean": Text(
            "✓ Clean: nothing found that takes away from the figures.",
            "✓ Limpio: nada de lo hallado resta valor a las cifras.",
        ),
        "look": Text("△ Look here: there are warnings.", "△ Atención: hay advertencias."),
        "cheat": Text(
            "✗ Not what it claims: the figures are not what they seem.",
            "✗ No es lo que dice: las cifras no son lo que parecen.",
        ),
    }
)

SEVERITIES: Mapping[str, Text] = MappingProxyType(
    {
        "cheat": Text("✗ cheat", "✗ trampa"),
        "warning": Text("△ warning", "△ advertencia"),
        "note": Text("· note", "· nota"),
    }
)


class Words:
    """The templates, one a sentence; `%(name)s` is filled in."""

    title = Text("Model card: %(title)s, %(family)s", "Ficha del modelo: %(title)s, %(family)s")
    synthetic = Text(
        "Trained on synthetic rows, not on the dataset itself: its figures say nothing about real people.",
        "Entrenado con filas sintéticas y no con los datos mismos: sus cifras no dicen nada de personas reales.",
    )
    incomplete = Text(
        "This card is incomplete, and its model may not answer. Missing: %(parts)s.",
        "Esta ficha está incompleta y su modelo no puede responder. Falta: %(parts)s.",
    )
    worth = Text(
        "It is right for %(share)s %(interval)s of the %(rows)s that it has not seen. Guessing the commonest class is"
        " right for %(prior)s; the best single column (%(column)s), for %(single)s.",
        "Acierta con el %(share)s %(interval)s de los %(rows)s que no ha visto. Decir siempre la clase más frecuente"
        " acierta con el %(prior)s; la mejor columna sola (%(column)s), con el %(single)s.",
    )
    answers = Text(
        "For one %(noun)s it names a value of %(target)s (%(classes)s) and gives a probability for each, from"
        " %(columns)s.",
        "Para cada %(noun)s nombra un valor de %(target)s (%(classes)s) y da una probabilidad para cada uno, a"
        " partir de %(columns)s.",
    )
    for_whom = Text(
        "It is meant for people who want to see what such a table can tell and what it cannot, and who know the"
        " interval and the baselines of what they read.",
        "Está pensado para quien quiere ver qué puede decir una tabla así y qué no, y conoce el intervalo y las"
        " referencias de lo que lee.",
    )
    not_for = Text(
        "It is not for deciding about anybody by itself, nor for data gathered otherwise than those it was trained on.",
        "No sirve para decidir por sí solo sobre nadie, ni para datos recogidos de otro modo que aquellos con los que"
        " se entrenó.",
    )
    one_table = Text(
        "Measured on one table only; another year, place or way of selection may differ.",
        "Medido con una sola tabla; otro año, otro lugar u otra forma de selección pueden dar algo distinto.",
    )
    correlations = Text(
        "What it learnt are regularities of the table, not causes: changing a value does not change the person.",
        "Lo que aprendió son regularidades de la tabla, no causas: cambiar un dato no cambia a la persona.",
    )
    training_scores = Text(
        "The scores on its own training rows are no result and stand here struck through.",
        "Las cifras sobre las propias filas de entrenamiento no son un resultado y aparecen tachadas.",
    )
    reads_sensitive = Text(
        "Sensitive columns: %(columns)s. The model reads them.", "Columnas sensibles: %(columns)s. El modelo las lee."
    )
    spares_sensitive = Text(
        "Sensitive columns: %(columns)s. The model does not read them; they were used for the audit only.",
        "Columnas sensibles: %(columns)s. El modelo no las lee; solo se usaron para la auditoría.",
    )
    origin = Text("%(name)s, from %(kind)s", "%(name)s, de %(kind)s")
    sha256 = Text("sha256 of its content: %(sha256)s, %(identity)s", "sha256 de su contenido: %(sha256)s, %(identity)s")
    verified = Text("the one that the dataset's spec names", "el que indica la especificación de los datos")
    unverified = Text("not the one that the dataset's spec names", "no es el que indica la especificación")
    unnamed = Text("the dataset's spec names none", "la especificación no indica ninguno")
    rows = Text(
        "%(raw)s rows as got, %(clean)s after cleaning, %(used)s used for training",
        "%(raw)s filas recibidas, %(clean)s tras la limpieza, %(used)s usadas para entrenar",
    )
    changed = Text(
        "%(changed)s cells brought to one spelling; %(missing)s feature cells without a value, each a category of its"
        " own or, in numbers, the median",
        "%(changed)s celdas llevadas a una sola grafía; %(missing)s celdas sin valor, que cuentan como categoría"
        " propia o, en los números, como la mediana",
    )
    dropped = Text(
        "Columns of the raw table that are not in the spec: %(columns)s",
        "Columnas de la tabla original que no están en la especificación: %(columns)s",
    )
    repeats_kept = Text(
        "%(count)s rows repeat an earlier one; they were kept, and never stand on both sides of a fold",
        "%(count)s filas repiten otra anterior; se conservaron y nunca están a ambos lados de un pliegue",
    )
    repeats_dropped = Text(
        "%(count)s rows repeat an earlier one; they were dropped",
        "%(count)s filas repiten otra anterior; se descartaron",
    )
    licence = Text(
        "Licence: %(licence)s. Cite: %(citation)s, doi %(doi)s",
        "Licencia: %(licence)s. Cita: %(citation)s, doi %(doi)s",
    )
    measured = Text(
        "Means of %(repeats)s × %(folds)s folds (grouped by feature vector, stratified, seed %(seed)s), in brackets the"
        " 95 %% interval. No row was predicted by a model that had seen it.",
        "Medias de %(repeats)s × %(folds)s pliegues (agrupados por perfil, estratificados, semilla %(seed)s); entre"
        " corchetes, el intervalo del 95 %%. Ninguna fila la predijo un modelo que la hubiera visto.",
    )
    metric = Text("Metric", "Medida")
    this_model = Text("This model", "Este modelo")
    on_training = Text("On its own training rows", "Sobre sus filas de entrenamiento")
    class_ = Text("Class", "Clase")
    precision = Text("Precision", "Precisión")
    recall = Text("Recall", "Sensibilidad")
    f1 = Text("F1", "F1")
    support = Text("Rows", "Filas")
    out_of_fold = Text("From predictions of rows that were held out.", "A partir de predicciones de filas apartadas.")
    believed = Text(
        "Stated shares are off by %(error)s in the mean; perfectly calibrated ones would show %(perfect)s"
        " [%(low)s, %(high)s] on as many rows.",
        "Las probabilidades dadas se desvían %(error)s en promedio; si estuvieran perfectamente calibradas, con tantas"
        " filas se vería %(perfect)s [%(low)s, %(high)s].",
    )
    sets = Text(
        "A set of classes that is to hold the true one %(level)s of the time holds it %(coverage)s of the time and has"
        " %(size)s classes in the mean.",
        "Un conjunto de clases que debe contener la verdadera el %(level)s de las veces la contiene el %(coverage)s y"
        " tiene %(size)s clases en promedio.",
    )
    twice = Text(
        "With twice the rows, expect %(metric)s %(score)s instead of %(now)s.",
        "Con el doble de filas cabe esperar %(metric)s %(score)s en lugar de %(now)s.",
    )
    held = Text("The set holds the true class", "El conjunto contiene la clase verdadera")
    by_class = Text(
        "Of rows of each class, from rows that were held out.",
        "De las filas de cada clase, a partir de filas apartadas.",
    )
    nobody = Text(
        "The spec marks no column as sensitive, so there are no groups to compare.",
        "La especificación no marca ninguna columna como sensible: no hay grupos que comparar.",
    )
    not_looked = Text("Nobody looked at the groups.", "No se examinaron los grupos.")
    gap_found = Text(
        "Of those who are %(classes)s, it recognises %(high)s among %(first)s and %(low)s among %(second)s: a"
        " difference of %(from_)s to %(to)s points.",
        "De quienes son %(classes)s, reconoce al %(high)s entre %(first)s y al %(low)s entre %(second)s: una diferencia"
        " de %(from_)s a %(to)s puntos.",
    )
    gap_right = Text(
        "It is right for %(high)s of %(first)s and %(low)s of %(second)s: a difference of %(from_)s to %(to)s points.",
        "Acierta con el %(high)s de %(first)s y el %(low)s de %(second)s: una diferencia de %(from_)s a %(to)s puntos.",
    )
    group = Text("Group", "Grupo")
    everybody = Text("Everybody", "Todo el conjunto")
    right = Text("Right", "Acierta")
    found = Text("Found", "Reconocidos")
    falsely = Text("Falsely taken", "Tomados por error")
    surplus = Text("Expected beyond the share", "Esperado por encima de la cuota")
    headers_of = Text(
        "Found: of those who are %(classes)s, the share that is answered so. Falsely taken: of the others, the share"
        " that is answered so. Expected beyond the share: their mean probability minus the share that there is, in"
        " points.",
        "Reconocidos: de quienes son %(classes)s, la parte para la que se responde así. Tomados por error: de los"
        " demás, la parte para la que se responde así. Esperado por encima de la cuota: su probabilidad media menos la"
        " parte que hay en realidad, en puntos.",
    )
    headers = Text(
        "Found: of those in the class, the share that is answered so. Falsely taken: of the others, the share that is"
        " answered so. Expected beyond the share: its mean probability minus the share that there is, in points.",
        "Reconocidos: de los que son de la clase, la parte para la que se responde así. Tomados por error: de los"
        " demás, la parte para la que se responde así. Esperado por encima de la cuota: su probabilidad media menos la"
        " parte que hay en realidad, en puntos.",
    )
    groups_of = Text("By %(columns)s", "Por %(columns)s")
    hidden = Text("hidden", "oculto")
    too_few = Text("too few", "muy pocos")
    hidden_why = Text(
        "Figures of fewer than %(fewest)s rows are hidden, and so is a group that would give a hidden one away.",
        "Se ocultan las cifras de menos de %(fewest)s filas y el grupo que delataría a otro oculto.",
    )
    without = Text(
        "Without the sensitive columns the same family is right for %(without)s instead of %(with_them)s (difference"
        " %(from_)s to %(to)s points), and %(changed)s of its answers change.",
        "Sin las columnas sensibles, la misma familia acierta con el %(without)s en lugar del %(with_them)s (diferencia"
        " de %(from_)s a %(to)s puntos) y cambia el %(changed)s de sus respuestas.",
    )
    proxy = Text(
        "The other columns name %(column)s rightly for %(share)s %(interval)s, each category counting the same; by"
        " chance %(chance)s. Alone, %(strongest)s says most.",
        "Las demás columnas aciertan %(column)s en el %(share)s %(interval)s, contando igual cada categoría; por azar,"
        " el %(chance)s. La que más dice por sí sola es %(strongest)s.",
    )
    no_audit = Text("No audit was made.", "No se hizo ninguna auditoría.")
    ceiling = Text(
        "No rule on these columns can be right on more than %(ceiling)s of these very rows.",
        "Ninguna regla sobre estas columnas puede acertar con más del %(ceiling)s de estas filas.",
    )
    best = Text(
        "The best possible accuracy on new rows lies between %(low)s and %(high)s.",
        "La mejor exactitud posible con filas nuevas está entre el %(low)s y el %(high)s.",
    )
    findings = Text("What was found", "Lo hallado")
    severity = Text("How grave", "Gravedad")
    finding = Text("Finding", "Hallazgo")
    where = Text("Where", "Dónde")
    checks = Text("Checks made: %(checks)s.", "Comprobaciones hechas: %(checks)s.")
    skipped = Text("Checks not made: %(checks)s.", "Comprobaciones no hechas: %(checks)s.")
    command = Text(
        "On the same data, with Proctor at the same commit:", "Con los mismos datos y Proctor en el mismo commit:"
    )
    commit = Text("Proctor's commit: %(commit)s", "Commit de Proctor: %(commit)s")
    seed = Text(
        "Seed %(seed)s, %(folds)s folds, %(repeats)s repeats",
        "Semilla %(seed)s, %(folds)s pliegues, %(repeats)s repeticiones",
    )
    spec = Text("sha256 of the spec: %(sha256)s", "sha256 de la especificación: %(sha256)s")
    versions = Text("Made with %(versions)s", "Hecho con %(versions)s")
    author = Text("Trained by %(author)s with Proctor.", "Entrenado por %(author)s con Proctor.")
    no_author = Text("Nobody is named.", "No consta nadie.")
    or_ = Text("%(first)s or %(second)s", "%(first)s o %(second)s")
    missing = Text("%(column)s: missing", "%(column)s: falta")
