"""Which module imports which, in rooms and on floors: what scripts/architecture.py draws and checks.

The floors are those of the contracts of import-linter in pyproject.toml. Between rooms every import counts, those that
are only for types and those inside functions too. Within a room two modules may know each other's types, but must not
need each other to run. Only the standard library is used.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Edges = frozenset[tuple[str, str]]


def modules_of(package: Path) -> dict[str, Path]:
    """The modules of a package and their files, by dotted name; a package has its own name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(modules: Mapping[str, Path]) -> dict[tuple[str, str], bool]:
    """Pairs of modules of which the first imports the second; False where that is only for types."""
    found: dict[tuple[str, str], bool] = {}
    for name, path in modules.items():
        waiting: list[tuple[ast.AST, bool]] = [(ast.parse(path.read_text("utf-8")), True)]
        while waiting:
            node, runs = waiting.pop()
            runs = runs and not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
            waiting += [(child, runs) for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt | _HOLDERS)]
            for target in _targets(name, path, node, modules):
                if target != name:
                    found[name, target] = runs or found.get((name, target), False)
    return found


_HOLDERS = ast.excepthandler | ast.match_case
"""What holds statements without being one."""


def _targets(name: str, path: Path, node: ast.AST, modules: Mapping[str, Path]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        names = [(alias.name, "") for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = name.split(".")
            above = len(parts) - node.level + (path.name == "__init__.py")
            base = ".".join([*parts[:above], *filter(None, [node.module])])
        names = [(base, alias.name) for alias in node.names]
    else:
        return
    for base, item in names:
        if f"{base}.{item}" in modules:
            yield f"{base}.{item}"
        elif base in modules:
            yield base


def circle(edges: Iterable[tuple[str, str]]) -> list[str]:
    """Modules of which each imports the next one, and the last one the first; empty where there is no such circle."""
    graph: dict[str, list[str]] = {}
    for source, target in sorted(edges):
        graph.setdefault(target, []).append(source)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


# rooms and floors


@dataclass(frozen=True)
class Room:
    """A box of the picture: a package, or modules that share a floor."""

    name: str
    """Without its container's name."""
    container: str
    members: tuple[str, ...]
    """The dotted names of what is in it; the first one has given the room its name."""
    sentence: str
    without: tuple[str, ...] = ()
    """What it must not import, for people."""

    @property
    def key(self) -> str:
        return self.members[0]


@dataclass
class Container:
    """A package whose children have floors."""

    name: str
    floors: list[list[Room]] = field(default_factory=list)
    sentence: str = ""
    without: tuple[str, ...] = ()


_FORBIDDEN = {
    "textual": "no Textual",
    "sqlalchemy": "no SQLAlchemy",
    "pymysql": "no PyMySQL",
    "dolt_tui.engine": "no engine",
}


class House:
    """Containers with their floors, from the top to the bottom, and what imports what between rooms."""

    def __init__(self, modules: Mapping[str, Path], layers: Mapping[str, list[str]], forbidden: Mapping[str, set[str]]):
        """``layers``: the floors of each container in import-linter's spelling; ``forbidden``: what a package lacks."""
        self._modules = modules
        self._imports = imports(modules)
        self.root = min(modules, key=len)
        self.containers: dict[str, Container] = {}
        for name, floors in layers.items():
            container = Container(name, sentence=_sentence(modules[name]), without=_without(forbidden, name))
            self.containers[name] = container
            for floor in floors:
                if rooms := [room for part in floor.split("|") for room in self._rooms(name, part, forbidden)]:
                    container.floors.append(rooms)
        self.order: dict[str, tuple[int, ...]] = {}
        """Where each room is: the floor in its outermost container, then that in the next one."""
        self._place(self.root, ())
        self.rooms = {room.key: room for c in self.containers.values() for floor in c.floors for room in floor}
        self.edges: Edges = frozenset(
            (a, b) for a, b in ((self.room_of(s), self.room_of(t)) for s, t in self._imports) if a and b and a != b
        )
        self.back: Edges = frozenset(edge for edge in self.edges if not self._down(*edge))

    @classmethod
    def of(cls, settings: Path) -> House:
        """The house that a pyproject.toml describes, beside which its package lies."""
        linter = tomllib.loads(settings.read_text("utf-8"))["tool"]["importlinter"]
        layers: dict[str, list[str]] = {}
        forbidden: dict[str, set[str]] = {}
        for contract in linter["contracts"]:
            for container in contract.get("containers", ()):
                layers[container] = contract["layers"]
            for module in contract.get("source_modules", ()):
                forbidden.setdefault(module, set()).update(contract["forbidden_modules"])
        return cls(modules_of(settings.parent / linter["root_package"]), layers, forbidden)

    def _rooms(self, container: str, part: str, forbidden: Mapping[str, set[str]]) -> Iterator[Room]:
        """The rooms of siblings that share a floor: each package is one, all modules together are one."""
        names = [f"{container}.{name.strip(' ()')}" for name in part.split(":")]
        present = [name for name in names if name in self._modules]
        packages = [(name,) for name in present if self._modules[name].name == "__init__.py"]
        modules = tuple(name for name in present if (name,) not in packages)
        for members in (*packages, *([modules] if modules else [])):
            name, sentence = members[0].removeprefix(f"{container}."), _sentence(self._modules[members[0]])
            yield Room(name, container, members, sentence, _without(forbidden, members[0]))

    def _place(self, container: str, above: tuple[int, ...]) -> None:
        for number, floor in enumerate(self.containers[container].floors):
            for room in floor:
                self.order[room.key] = (*above, number)
                if room.key in self.containers:
                    self._place(room.key, (*above, number))

    def room_of(self, module: str) -> str | None:
        """The innermost room that a module is in; a container's own face is in its uppermost room."""
        if module == self.root:
            return None
        if module in self.containers:
            return self.containers[module].floors[0][0].key
        while module:
            for room in self.rooms.values():
                if module in room.members:
                    return room.key
            module = module.rpartition(".")[0]
            if module in self.containers:
                return None
        return None

    def _down(self, source: str, target: str) -> bool:
        one, other = self.order[source], self.order[target]
        common = min(len(one), len(other))
        return one[:common] < other[:common]

    @property
    def shown(self) -> Edges:
        """The arrows of the picture: those that do not follow from others, and those that run back."""
        down = self.edges - self.back
        beyond: dict[str, set[str]] = {}
        for room in sorted(self.order, key=lambda name: self.order[name], reverse=True):
            direct = {target for source, target in down if source == room}
            beyond[room] = direct.union(*(beyond[target] for target in direct))
        kept = {
            (source, target)
            for source, target in down
            if not any(target in beyond[other] for s, other in down if s == source and other != target)
        }
        return frozenset(kept) | self.back

    def faults(self) -> list[str]:
        """What is not as it should be, a line for each."""
        found = [
            f"{source} imports {target}, which is above it or beside it"
            for source, target in sorted(self._imports)
            if (self.room_of(source), self.room_of(target)) in self.back
        ]
        faces = self.containers.keys()
        if around := circle(edge for edge, runs in self._imports.items() if runs and not faces & set(edge)):
            found.append(f"a circle: {' imports '.join(around)}")
        found += [
            f"{name} has no floor: name it in pyproject.toml"
            for name in sorted(self._modules)
            if name not in faces and self.room_of(name) is None
        ]
        return found


def _sentence(path: Path) -> str:
    """The first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    first = " ".join(text.split("\n\n")[0].split())
    return first.partition(". ")[0].replace("`", "").rstrip(".")


def _without(forbidden: Mapping[str, set[str]], name: str) -> tuple[str, ...]:
    return tuple(words for module, words in _FORBIDDEN.items() if module in forbidden.get(name, ()))
