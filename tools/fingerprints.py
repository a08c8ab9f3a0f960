"""Hashes of recipes that every Python gives alike: what a stored run's code is known by.

The hashes under data/results were made from the text that `ast.dump` gives in Python 3.11; 3.12
and 3.13 write other texts for the same code. Needs nothing but Python.
"""

import ast
import hashlib


def definitions(source: str) -> dict[str, ast.stmt]:
    """Map each name that the recipe defines at top level to its statement."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update({(alias.asname or alias.name).split(".")[0]: node for alias in node.names})
        elif isinstance(node, ast.Assign):
            found.update({name.id: node for target in node.targets for name in ast.walk(target)
                          if isinstance(name, ast.Name)})  # fmt: skip
    return found


def shown(node: ast.AST, field: str) -> bool:
    """Tell whether 3.11 writes a field: no optional one that is None, no `type_params` of 3.12."""
    if field == "type_params":
        return bool(node.type_params)
    return getattr(node, field) is not None or getattr(type(node), field, ...) is not None


def dump(node) -> str:
    """Return a syntax tree, a list of them or a constant as Python 3.11's `ast.dump` does."""
    if isinstance(node, list):
        return f"[{', '.join(map(dump, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.JoinedStr):  # 3.12.1 puts empty parts into some f-strings
        node = ast.JoinedStr([part for part in node.values if getattr(part, "value", "x") != ""])
    fields = [f"{each}={dump(getattr(node, each))}" for each in node._fields if shown(node, each)]
    return f"{type(node).__name__}({', '.join(fields)})"


def fingerprint(source: str, function: str) -> str:
    """Return a hash of a function and of all that it uses in the recipe; comments do not count."""
    known, used, open_ = definitions(source), {}, [function]
    while open_:
        name = open_.pop()
        if name in known and name not in used:
            used[name] = dump(known[name])
            open_ += [part.id for part in ast.walk(known[name]) if isinstance(part, ast.Name)]
    return hashlib.sha256("\n".join(used[name] for name in sorted(used)).encode()).hexdigest()[:16]
