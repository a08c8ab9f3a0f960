"""`%%needs`: a cell that depends on something which may be missing is skipped by name.

The first line of such a cell is `%%needs WHAT: the cell's name`. Where WHAT is there, the line is
dropped and the cell runs as it stands; where it is not, the cell prints one sentence instead.
Under nbval the same cells are reported as skipped (see the repository's conftest.py).
"""

import re

from tlcourse import photographs, weights

REQUIREMENTS = {"labelled": lambda: weights.missing() or photographs.labelled_missing()}
FIRST_LINE = re.compile(r"^%%needs\s+(?P<what>\w+)\s*:\s*(?P<name>.+?)\s*$")


def skip_reason(source: str) -> str | None:
    """Return why a cell with this source cannot run here, or None where it can.

    Raises ValueError for a requirement that is not in `REQUIREMENTS`.
    """
    found = FIRST_LINE.match(source.splitlines()[0]) if source.strip() else None
    if not found:
        return None
    if found["what"] not in REQUIREMENTS:
        raise ValueError(f"%%needs knows {', '.join(REQUIREMENTS)}, not {found['what']!r}")
    sentence = REQUIREMENTS[found["what"]]()
    return None if sentence is None else f"Skipped: {found['name']}. {sentence}"


def transform(lines: list[str]) -> list[str]:
    """IPython's input transformer for cells that begin with `%%needs`."""
    if not lines or not FIRST_LINE.match(lines[0]):
        return lines
    reason = skip_reason("".join(lines))
    return lines[1:] if reason is None else [f"print({reason!r})\n"]


def install() -> None:
    """Teach `%%needs` to the running IPython; does nothing outside of it or a second time."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell and transform not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(transform)
