from ml.families import BASELINES, FAMILY_NAMES
from ml.train.families import FAMILIES


def test_the_light_list_of_names_is_that_of_the_families() -> None:
    assert set(FAMILY_NAMES) == set(FAMILIES)
    assert set(BASELINES) == {name for name, family in FAMILIES.items() if family.is_baseline}
