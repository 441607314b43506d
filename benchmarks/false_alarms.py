"""How often does the audit cry wolf? Honest tables of every kind, drawn from a seed, and the findings on them.

.venv/bin/python -m benchmarks.false_alarms --tables 1000
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from ml.audit.look import look_at
from ml.audit.matrix import read_matrix
from ml.audit.twins import wilson_high
from tests.builders.cheats import TARGET, draw_honest_table, draw_recipe


def main() -> None:
    """Print the share of tables with a finding of each severity and kind, with Wilson's 95 % upper end for cheats."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--first-seed", type=int, default=0)
    asked = parser.parse_args()
    start = time.perf_counter()
    severities: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for seed in range(asked.first_seed, asked.first_seed + asked.tables):
        recipe = draw_recipe(seed)
        findings = look_at(read_matrix(draw_honest_table(recipe), TARGET, seed)).findings
        severities.update({finding.severity for finding in findings})
        kinds.update({f"{finding.severity} {finding.check}" for finding in findings})
        if any(finding.severity == "cheat" for finding in findings):
            print(f"cheat on {recipe}: {findings[0]}")
    print(f"{asked.tables} honest tables, {(time.perf_counter() - start) / asked.tables:.3f} s each")
    for severity in ("cheat", "warning", "note"):
        print(f"{severity:8} {severities[severity] / asked.tables:.4f}")
    print(f"cheats at most {wilson_high(severities['cheat'], asked.tables):.4f} with 95 % confidence (Wilson)")
    for kind, count in kinds.most_common():
        print(f"  {kind:30} {count / asked.tables:.4f}")


if __name__ == "__main__":
    main()
