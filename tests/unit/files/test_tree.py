"""Files as a tree."""

from __future__ import annotations

import os
from pathlib import Path

from webapp.files.tree import Branch, read_tree


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("12345")


def names_of(branch: Branch) -> tuple[list[str], list[str]]:
    return [below.name for below in branch.branches], [leaf.name for leaf in branch.leaves]


def test_folders_stand_apart_and_all_is_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    write(tmp_path, "step-10", "step-2", "b/x", "a/c/y", "a/z")
    tree = read_tree(tmp_path)
    assert names_of(tree.root) == (["a", "b"], ["step-2", "step-10"])
    assert (tree.root.files, tree.root.size, tree.shown) == (5, 25, 5)
    first = tree.root.branches[0]
    assert (first.files, first.size, first.path) == (2, 10, "a")
    assert first.branches[0].leaves[0].path == "a/c/y"


def test_a_part_of_the_tree_names_paths_from_the_top(tmp_path: Path) -> None:
    write(tmp_path, "a/c/y")
    assert read_tree(tmp_path / "a", "a/").root.branches[0].leaves[0].path == "a/c/y"


def test_a_large_folder_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, *(f"many/{number}" for number in range(50)), "one/x", "y")
    tree = read_tree(tmp_path, most=10)
    assert names_of(tree.root) == (["many", "one"], ["y"])
    many, one = tree.root.branches
    assert (many.files, len(many.leaves), many.hidden) == (50, 8, 42)
    assert (one.hidden, tree.root.hidden, tree.root.files) == (0, 0, 52)


def test_more_folders_than_are_shown_are_counted(tmp_path: Path) -> None:
    write(tmp_path, *(f"folder {number}/x" for number in range(30)))
    root = read_tree(tmp_path, most=10).root
    assert (len(root.branches), root.hidden) == (10, 20)


def test_links_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "in/x", "out/secret")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "file").symlink_to(tmp_path / "out" / "secret")
    assert read_tree(tmp_path / "in").root.files == 1


def test_a_name_that_is_no_text_has_no_address(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9")).touch()
    (leaf,) = read_tree(tmp_path).root.leaves
    assert (leaf.name, leaf.path) == ("caf\ufffd", None)


def test_folders_within_folders_end_somewhere(tmp_path: Path) -> None:
    write(tmp_path, "d/" * 60 + "x")
    branch, depth = read_tree(tmp_path).root, 0
    while branch.branches:
        branch, depth = branch.branches[0], depth + 1
    assert depth == 20
    assert branch.leaves[0].name == "d/" * 40 + "x"
