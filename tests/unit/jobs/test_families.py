from flask import Flask

from ml.families import BASELINES, FAMILY_NAMES, FIRST_FAMILIES, PACKAGES
from ml.train.families import FAMILIES
from webapp import languages
from webapp.runs.sentences import describe_family


def test_the_light_list_of_names_is_that_of_the_families() -> None:
    assert set(FAMILY_NAMES) == set(FAMILIES)
    assert set(BASELINES) == {name for name, family in FAMILIES.items() if family.is_baseline}


def test_a_new_store_is_filled_with_few_families_and_both_baselines() -> None:
    assert FIRST_FAMILIES == ("logistic_regression", "random_forest", "single_column", "prior")


def test_every_family_has_a_name_for_people() -> None:
    app = Flask("test")
    languages.init_app(app)
    with app.test_request_context():
        names = [describe_family(name) for name in (*FAMILY_NAMES, *PACKAGES)]
    assert not set(names) & set(FAMILY_NAMES)
    assert len(set(names)) == len({*FAMILY_NAMES, *PACKAGES})
