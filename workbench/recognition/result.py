"""What cross-validation found, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench import evaluation
from workbench.checks import one_of
from workbench.evaluation import probability_column

METRICS = ("auc", "accuracy", "recall", "specificity", "precision", "f1")


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What each model said about each case while that case's patient was held out.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row per model, repeat and case, indexed by case: model, patient, label, repeat, fold, one column per
        class, named ``"p_" + class``, and prediction (the class of the highest probability).
    training : pandas.DataFrame
        The same for the training cases of each fold, from its inner folds: what thresholds are chosen on.
    settings : pandas.DataFrame
        Model, repeat, fold, and the settings that the inner folds chose.
    classes : tuple
        The classes, sorted.
    grouped : bool
        Whether patients were named. If not, each row was taken for a patient of its own.
    """

    predictions: pd.DataFrame
    training: pd.DataFrame
    settings: pd.DataFrame
    classes: tuple[Any, ...]
    grouped: bool

    def __repr__(self) -> str:
        table = self.predictions
        units = "patients" if self.grouped else "rows, each taken for one patient (groups=None)"
        return (
            f"CrossValidation({', '.join(self.models)}: {table.index.nunique()} cases of "
            f"{table['patient'].nunique()} {units}, {table['fold'].nunique()} folds, "
            f"{table['repeat'].nunique()} repeat{'s' * (table['repeat'].nunique() > 1)})"
        )

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models."""
        return tuple(self.predictions["model"].unique())

    def of(self, model: str) -> pd.DataFrame:
        """Select the predictions of one model: the table that `evaluation` takes.

        Parameters
        ----------
        model : str
            Its name.

        Returns
        -------
        pandas.DataFrame
            Indexed by case: patient, label, repeat, fold, ``p_`` and each class, prediction. With several
            repeats a case has as many rows.

        Raises
        ------
        ValueError
            If there is no such model.
        """
        one_of(model, self.models, name="model")
        return self.predictions[self.predictions["model"] == model].drop(columns="model")

    def probability(self, model: str, positive: Any) -> pd.Series:
        """Select one model's probabilities of one class.

        Parameters
        ----------
        model : str
            Its name.
        positive
            The class.

        Returns
        -------
        pandas.Series
            One value for each row of ``of(model)``.

        Raises
        ------
        ValueError
            If there is no such model or class.
        """
        return self.of(model)[probability_column(self._class(positive))]

    def summary(
        self, *, positive: Any = None, resamples: int = 1000, level: float = 0.95, seed: int = 0
    ) -> pd.DataFrame:
        """Summarise each metric of each model: over folds, and over all cases with an interval.

        Parameters
        ----------
        positive : optional
            The class to be found; without it, macro averages over the classes.
        resamples : int, optional
            Of the bootstrap over patients.
        level : float, optional
            Share of studies whose interval is to hold the truth.
        seed : int, optional
            Of the bootstrap.

        Returns
        -------
        pandas.DataFrame
            Indexed by model and metric (auc, accuracy, recall, specificity, precision, f1; all but the first for
            the most probable class, or with `positive` for an alarm where its probability is at least one half):
            mean and std over the folds of all repeats in which the metric is defined, their number, and pooled,
            low, high over all cases together, as `evaluation.evaluate` gives them, and majority, the same of the
            baseline. NaN where undefined.

        Raises
        ------
        ValueError
            If there is no such class.
        """
        options = {"positive": self._named(positive), "level": level, "seed": seed}
        tables = {}
        for model in self.models:
            rows = self.of(model)
            judged = evaluation.evaluate(rows, resamples=resamples, **options).table.loc[list(METRICS)]
            folds = pd.DataFrame(
                evaluation.evaluate(fold, resamples=1, **options).table["value"]
                for _, fold in rows.drop(columns="repeat").groupby([rows["repeat"], rows["fold"]])
            )[list(METRICS)]
            spread = pd.DataFrame({"mean": folds.mean(), "std": folds.std(), "folds": folds.count()})
            tables[model] = spread.join(judged.rename(columns={"value": "pooled"}))
        return pd.concat(tables, names=["model", "metric"])

    def compare(
        self,
        model: str,
        other: str,
        *,
        metric: str = "auc",
        positive: Any = None,
        resamples: int = 1000,
        level: float = 0.95,
        seed: int = 0,
    ) -> evaluation.Interval:
        """Compare two models on the same patients: the difference of a metric, with an interval.

        Parameters
        ----------
        model, other : str
            The difference is that of `model` minus that of `other`.
        metric : str, optional
            One of those in `summary`.
        positive : optional
            The class to be found; without it, macro averages over the classes.
        resamples : int, optional
            Of the bootstrap over patients; each draw judges both models on the same patients.
        level : float, optional
            Share of studies whose interval is to hold the truth.
        seed : int, optional
            Of the bootstrap.

        Returns
        -------
        Interval
            An interval that holds 0 means: these patients cannot tell the two apart.

        Raises
        ------
        ValueError
            If there is no such model, metric or class.
        """
        one_of(metric, METRICS, name="metric")
        compared = evaluation.compare_predictions(
            self.of(model),
            self.of(other),
            positive=self._named(positive),
            level=level,
            resamples=resamples,
            seed=seed,
        )
        return evaluation.Interval(*map(float, compared.table.loc[metric, ["difference", "low", "high"]]))

    def decide(self, model: str, *, positive: Any, recall: float) -> pd.DataFrame:
        """Call cases positive at a threshold for a recall, chosen for each fold on its training cases alone.

        Parameters
        ----------
        model : str
            Its name.
        positive
            The class to be found.
        recall : float
            Share of the positive training cases that the threshold finds, as the inner folds predict them.

        Returns
        -------
        pandas.DataFrame
            ``of(model)`` with a column threshold; label and prediction are `positive` or its rival (of more than
            two classes, ``"not "`` and `positive`). The recall reached may fall short of the one asked for.

        Raises
        ------
        ValueError
            If there is no such model or class, or `recall` is out of range.
        """
        column = probability_column(self._class(positive))
        table = self.of(model)
        known = self.training[self.training["model"] == model]
        thresholds = {
            part: evaluation.threshold_for_recall(rows["label"], rows[column], positive=positive, recall=recall)
            for part, rows in known.groupby(["repeat", "fold"])
        }
        limits = [thresholds[part] for part in zip(table["repeat"], table["fold"], strict=True)]
        others = [name for name in self.classes if name != positive]
        rival = others[0] if len(others) == 1 else f"not {positive}"
        return table.assign(
            threshold=limits,
            label=np.where(table["label"] == positive, positive, rival),
            prediction=np.where(table[column] >= limits, positive, rival),
        )

    def _class(self, name: Any) -> Any:
        if name not in self.classes:
            raise ValueError(f"positive must be one of {', '.join(map(repr, self.classes))}, received {name!r}")
        return name

    def _named(self, positive: Any) -> Any:
        return None if positive is None else self._class(positive)
