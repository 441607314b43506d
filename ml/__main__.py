"""`python -m ml <command>`: words and progress go to standard error, results to standard output."""

from __future__ import annotations

from importlib import import_module

import click

_COMMANDS = {
    "fetch": "Get the raw data from its publisher.",
    "clean": "Clean a raw file and report what changed.",
    "explore": "Write an exploration of the data as a page and figures.",
    "train": "Train, evaluate and register a model.",
    "compare": "Compare families on the same folds.",
    "reproduce": "Make a run again, and say whether it came out the same.",
    "predict": "Answer every row of a file with one model.",
    "audit": "Examine a table, predictions or a published score for cheats.",
}


class _LazyGroup(click.Group):
    """Imports a command when it is run: pandas and MLflow cost seconds that `--help` need not pay."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command = import_module(f"ml.commands.{name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - for mypy: the module is loaded by name
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Proctor on the command line: fetch, clean, explore, train, compare, reproduce, predict, audit."""


if __name__ == "__main__":
    main(prog_name="python -m ml")
