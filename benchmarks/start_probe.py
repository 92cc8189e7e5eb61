"""Run the program, and write down where its processor time goes until all panes are filled.

start_probe.py OUTPUT [ARGUMENTS OF DOLT-TUI]; see `start.py`, which runs it. The program itself is as always: its
imports and some functions of it, of Textual and of SQLAlchemy are wrapped from outside. What a wrapped function does
is put to its phase, without what it calls of other phases.
"""

import sys
import time

_INTERPRETER = time.process_time()

import _frozen_importlib as importing  # type: ignore[import-not-found]  # noqa: E402
import atexit  # noqa: E402
import json  # noqa: E402
import threading  # noqa: E402

spans: list[tuple[float, str, str, float]] = [(time.perf_counter(), "main", "interpreter", _INTERPRETER)]
"""Moment, thread, phase, and seconds of the processor since the last of this thread."""
marks: dict[str, float] = {"interpreter": time.perf_counter()}
"""When something first ended, by time.perf_counter()."""
missing: list[str] = []
"""Functions that are to be wrapped, and are not there (any more)."""
_here = threading.local()
_MAIN = threading.get_ident()
PACKAGES = {
    "sqlalchemy": "import: SQLAlchemy",
    "pymysql": "import: PyMySQL",
    "textual": "import: Textual",
    "rich": "import: Textual",
    "markdown_it": "import: Textual",
    "pygments": "import: Textual",
}
FUNCTIONS = {
    "textual.css.stylesheet": {
        "Stylesheet.read_all": "styles: parse",
        "Stylesheet.parse": "styles: parse",
        "Stylesheet.reparse": "styles: parse",
        "Stylesheet.add_source": "styles: parse",
        "Stylesheet.rules_map.fget": "styles: parse",
        "Stylesheet.update_nodes": "styles: apply",
        "Stylesheet.apply": "styles: apply",
    },
    "textual.app": {
        "App.__init__": "widgets: make",
        "App._register": "widgets: make",
        "App.get_css_variables": "styles: parse",
    },
    "textual.screen": {
        "Screen._refresh_layout": "layout",
        "Screen._on_timer_update": "drawing",
    },
    "textual._compositor": {
        "Compositor.reflow": "layout",
        "Compositor.render_update": "drawing",
        "Compositor.update_widgets": "drawing",
    },
    "textual.message_pump": {"MessagePump._dispatch_message": "messages"},
    "dolt_tui.ui.workspace": {"Workspace.__init__": "widgets: make"},
    "dolt_tui.engine.connecting.private_server": {
        "PrivateServer._start": "connecting",
        "PrivateServer._wait_until_ready": "connecting",
        "open_server": "connecting",
    },
    "dolt_tui.engine.opening": {"connect": "connecting", "_open": "opening the database"},
    "dolt_tui.ui.session.reads": {"Reading.read": "reading the panes"},
    "dolt_tui.engine.core.session": {"Session.rows": "statements", "Session.execute": "statements"},
    "dolt_tui.cli": {"_launch": "command line", "_arguments": "command line"},
}


def _phases() -> list[str]:
    try:
        return _here.phases
    except AttributeError:
        main = threading.get_ident() == _MAIN
        _here.phases = ["event loop" if main else "threads"]
        _here.name = "main" if main else threading.current_thread().name
        _here.last = time.thread_time() if not main else 0.0
        return _here.phases


def _note(phases: list[str]) -> None:
    now = time.thread_time()
    spans.append((time.perf_counter(), _here.name, phases[-1], now - _here.last))
    _here.last = now


def wrapped(work, phase):
    """``work``, put to a phase."""
    name = getattr(work, "__name__", "")

    def call(*arguments, **named):
        phases = _phases()
        _note(phases)
        phases.append(phase)
        begun = time.perf_counter()
        try:
            return work(*arguments, **named)
        finally:
            _note(phases)
            phases.pop()
            marks.setdefault(f"{name} began", begun)
            marks.setdefault(f"{name} ended", time.perf_counter())

    call.__name__ = name
    call.__doc__ = work.__doc__
    call.__wrapped__ = work
    return call


def _wrap(module: object, path: str, phase: str) -> None:
    *owners, name = path.removesuffix(".fget").split(".")
    owner = module
    for each in owners:
        owner = getattr(owner, each, None)
    found = None if owner is None else vars(owner).get(name)
    if found is None:
        missing.append(f"{module.__name__}.{path}")
        return
    if path.endswith(".fget"):
        setattr(owner, name, property(wrapped(found.fget, phase), found.fset))
    elif not hasattr(found, "__wrapped__"):
        setattr(owner, name, wrapped(found, phase))


def _group(name: str, inherited: str) -> str:
    package = name.partition(".")[0]
    if package == "dolt_tui":
        part = name.split(".")[1:2]
        return f"import: dolt_tui.{part[0]}" if part and part[0] in ("ui", "engine", "demo") else "import: dolt_tui"
    if package in PACKAGES:
        return PACKAGES[package]
    return inherited if inherited.startswith("import: ") else "import: standard library"


_load = importing._find_and_load


def _find_and_load(name, import_):
    phases = _phases()
    _note(phases)
    phases.append(_group(name, phases[-1]))
    begun = time.perf_counter()
    try:
        return _load(name, import_)
    finally:
        _note(phases)
        phases.pop()
        marks.setdefault(f"import {name} began", begun)
        marks.setdefault(f"import {name} ended", time.perf_counter())
        for path, phase in FUNCTIONS.get(name, {}).items():
            if name in sys.modules:
                _wrap(sys.modules[name], path, phase)


def run(output: str, arguments: list[str]) -> int:
    """Run the program; ``output`` is written when it ends."""
    _phases()
    _here.last = time.thread_time()
    spans.append((time.perf_counter(), "main", "the probe itself", time.process_time() - _INTERPRETER))
    importing._find_and_load = _find_and_load

    def write() -> None:
        with open(output, "w", encoding="utf-8") as file:
            json.dump({"spans": spans, "marks": marks, "missing": missing}, file)

    atexit.register(write)
    from dolt_tui import cli

    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
