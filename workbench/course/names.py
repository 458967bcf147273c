"""Which names a cell binds, and which of them later cells read."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def bound(source: str) -> dict[str, ast.stmt]:
    r"""List the names that a cell binds at its top level.

    Parameters
    ----------
    source : str
        Python, as in a cell.

    Returns
    -------
    dict of str to ast.stmt
        Each name, in the order in which it is first bound, with the statement that binds it last.

    Raises
    ------
    SyntaxError
        If it is not Python.

    Examples
    --------
    >>> list(bound("best = max(sizes)\nfor size in sizes:\n    worst = size"))
    ['best', 'size', 'worst']
    """
    return {name: statement for statement in ast.parse(source).body for name in _bound(statement)}


def read_later(names: Iterable[str], sources: Iterable[str]) -> set[str]:
    r"""Tell which names are read by later cells, before these give them another meaning.

    Parameters
    ----------
    names : iterable of str
        Bound by a cell.
    sources : iterable of str
        Of the cells after it, in order.

    Returns
    -------
    set of str
        Those that are read.

    Raises
    ------
    SyntaxError
        If a source is not Python.

    Examples
    --------
    >>> sorted(read_later(["best", "size"], ["assert best > 3", "size = 5\nprint(size)"]))
    ['best']
    """
    alive, found = set(names), set()
    for source in sources:
        for statement in ast.parse(source).body:
            found |= alive & _read(statement)
            if not isinstance(statement, ast.If | ast.Try):  # these may leave the old meaning
                alive -= set(_bound(statement))
    return found


def _bound(statement: ast.stmt) -> list[str]:
    symbols = _table(statement).get_symbols()
    return [symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()]


def _read(statement: ast.stmt) -> set[str]:
    table = _table(statement)
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    inner = list(table.get_children())
    for scope in inner:  # grows as scopes within scopes are found
        inner += scope.get_children()
        names |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
    nodes = list(ast.walk(statement))
    targets = [node.target for node in nodes if isinstance(node, ast.For | ast.NamedExpr)]
    targets += [node.optional_vars for node in nodes if isinstance(node, ast.withitem) and node.optional_vars]
    own = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    changed = {
        node.target.id for node in nodes if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return (names - own) | changed


def _table(statement: ast.stmt) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(_Scopes().visit(ast.parse(ast.unparse(statement)))), "cell", "exec")


class _Scopes(ast.NodeTransformer):
    """Turns comprehensions into generators: Python 3.12 gives only these a scope of their own."""

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self.visit_SetComp(node)

    def visit_SetComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        return ast.GeneratorExp(ast.Tuple([node.key, node.value], ast.Load()), node.generators)
