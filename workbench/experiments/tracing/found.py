"""The few facts of a result that a report needs: counts and metrics, never an array or a name of a patient."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

PARTS = ("train", "validation", "test", "unused")
Facts = dict[str, Any]


def found_by(result: Any) -> Facts:
    """Take the few facts out of a result that a report needs.

    Parameters
    ----------
    result : object
        Of a call.

    Returns
    -------
    dict
        Counts of cases, patients, rows, weights, epochs; metrics as value, low and high; a single number. Empty
        for an array.

    Examples
    --------
    >>> found_by([1, 2, 3])
    {}
    """
    reader = READERS.get(type(result).__name__)
    return reader(result) if reader else {}


def _of_number(result: Any) -> Facts:
    return {"value": float(result)} if math.isfinite(result) else {}


def _of_cases(table: Any) -> Facts:
    facts: Facts = {"cases": len(table)}
    if "patient" in table:
        facts["patients"] = int(table["patient"].nunique())
    if "label" in table and table["label"].nunique() <= 10:
        facts["labels"] = sorted(table["label"].value_counts().tolist(), reverse=True)
    if "split" in table:
        parts = {name: part for name, part in table.groupby("split") if name in PARTS}
        facts["split"] = {name: len(parts[name]) for name in PARTS if name in parts}
        if "patient" in table:
            facts["split_patients"] = {n: int(parts[n]["patient"].nunique()) for n in PARTS if n in parts}
    return facts


def _of_cohort(result: Any) -> Facts:
    table = result.table
    simulated = "simulated" in table and bool(table["simulated"].all())
    return _of_cases(table) | ({"simulated": True} if simulated else {})


def _of_frame(table: Any) -> Facts:
    columns = set(map(str, table.columns))
    if {"patient", "label"} <= columns:
        return _of_cases(table) | {"columns": len(columns) - 2}
    if {"pooled", "low", "high"} <= columns and table.index.nlevels == 2:
        groups = table[["pooled", "low", "high"]].groupby(level=0, sort=False)
        return {"models": {str(model): _metrics(rows.droplevel(0)) for model, rows in groups}}
    return {"rows": len(table), "columns": len(columns)}


def _of_classification(result: Any) -> Facts:
    return {
        "cases": int(result.cases),
        "patients": int(result.patients),
        "grouped": bool(result.names),
        "metrics": _metrics(result.table[["value", "low", "high"]]),
    } | ({"one_class": True, "share": _share(result.table)} if len(result.classes) == 1 else {})


def _share(table: Any) -> float:
    # Who always says the same has an average precision that is the share of the positive cases.
    return float(table.loc["average_precision", "majority"])


def _of_cross_validation(result: Any) -> Facts:
    table = result.predictions
    return {
        "models": [str(name) for name in result.models],
        "cases": int(table.index.nunique()),
        "patients": int(table["patient"].nunique()),
        "grouped": bool(result.grouped),
        "folds": int(table["fold"].nunique()),
        "repeats": int(table["repeat"].nunique()),
    }


def _of_training(result: Any) -> Facts:
    return {
        "epochs": len(result.table),
        "best_epoch": int(result.best_epoch),
        "validated": "val_loss" in result.table,
        "of_pixels": "dice" in result.table,
    }


def _of_split(result: Any) -> Facts:
    return {"split": {name: len(getattr(result, name)) for name in PARTS if hasattr(result, name)}}


def _of_network(result: Any) -> Facts:
    return {"weights": int(result.count_params())}


def _of_slices(result: Any) -> Facts:
    return {"slices": len(result.table), "cases": int(result.table["case"].nunique())}


def _of_comparison(result: Any) -> Facts:
    return {"differences": _metrics(result.table[["difference", "low", "high"]])}


def _of_models(result: Any) -> Facts:
    models = {name: getattr(model, "pipeline", None) for name, model in result.items()}
    return {"models": [str(name) for name in models]} if models and None not in models.values() else {}


def _metrics(rows: Any) -> dict[str, list[float | None]]:
    return {
        str(name): [None if math.isnan(value) else float(value) for value in row]
        for name, row in zip(rows.index, rows.to_numpy(), strict=True)
    }


READERS: dict[str, Callable[[Any], Facts]] = {
    "Classification": _of_classification,
    "Cohort": _of_cohort,
    "Comparison": _of_comparison,
    "CrossValidation": _of_cross_validation,
    "DataFrame": _of_frame,
    "Functional": _of_network,
    "LabelledSlices": _of_slices,
    "Split": _of_split,
    "Trainer": _of_training,
    "Training": _of_training,
    "dict": _of_models,
    "float": _of_number,
    "float64": _of_number,
}
