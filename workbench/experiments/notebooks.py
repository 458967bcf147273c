"""nbformat, imported without what it does not need."""

import sys

# jsonschema builds parsers of international addresses when it is imported. That takes two seconds, and nothing in
# a notebook is such an address; where the module cannot be imported, jsonschema goes on without it.
NEEDLESS = "rfc3987_syntax"

if NEEDLESS not in sys.modules:
    sys.modules[NEEDLESS] = None  # type: ignore[assignment]
import nbformat  # noqa: E402 (after what it is to be kept from)

if sys.modules[NEEDLESS] is None:
    del sys.modules[NEEDLESS]

__all__ = ["nbformat"]
