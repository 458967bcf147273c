"""Bayes' theorem on one case, with every term on the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class BayesExplanation:
    """Why Gaussian Bayes says what it says of one case.

    Parameters
    ----------
    classes : pandas.DataFrame
        One row per class: prior P(C), log_likelihood log P(x|C), log_joint (the sum of its logarithm and the
        second), posterior P(C|x).
    features : pandas.DataFrame
        One row per feature used: its value as measured, and per class log p(x_j|C). Each class's column sums to
        its log_likelihood.
    log_evidence : float
        log P(x), over all classes.
    """

    classes: pd.DataFrame
    features: pd.DataFrame
    log_evidence: float

    def weights(self, positive: Any) -> pd.Series:
        """Weigh each feature: how far it moves the log odds towards a class.

        Parameters
        ----------
        positive
            The class. Its rival is the most probable of the others.

        Returns
        -------
        pandas.Series
            log p(x_j|C) - log p(x_j|rival), feature by feature. With the logarithm of the priors' ratio they sum
            to the logarithm of the posteriors' ratio.

        Raises
        ------
        ValueError
            If there is no such class.
        """
        if positive not in self.classes.index:
            raise ValueError(f"positive must be one of {list(self.classes.index)}, received {positive!r}")
        rival = self.classes["log_joint"].drop(positive).idxmax()
        return self.features[positive] - self.features[rival]


def explain_bayes(model: Any, case: pd.Series | pd.DataFrame) -> BayesExplanation:
    """Show likelihood, prior and posterior of each class for one case.

    Parameters
    ----------
    model : Recognizer or sklearn.pipeline.Pipeline
        Fitted on a table of features; the last step is a `sklearn.naive_bayes.GaussianNB`. Of a Recognizer, the
        posterior is that of Bayes' theorem, before calibration.
    case : pandas.Series or DataFrame of one row
        The features of one case, under the names that the model was fitted with. For an honest example take a case
        that the model was not fitted on.

    Returns
    -------
    BayesExplanation
        Densities are those of the features as the pipeline hands them on (scaled), so their values depend on that
        scale; posteriors and weights do not.

    Raises
    ------
    TypeError
        If the model does not end in Gaussian Bayes.
    ValueError
        If `case` is not one case, or lacks a feature.
    sklearn.exceptions.NotFittedError
        If the model is not fitted.

    References
    ----------
    Bayes T. An essay towards solving a problem in the doctrine of chances. Philosophical Transactions of the Royal
    Society 53 (1763) 370-418.

    Examples
    --------
    Two classes of equal spread, equally frequent; the case lies on the second one's mean:

    >>> from workbench.recognition import models
    >>> table = pd.DataFrame({"size": [1.0, 3.0, 5.0, 7.0]})
    >>> fitted = models("bayes", inner=2)["bayes"].fit(table, ["small", "small", "large", "large"])
    >>> explain_bayes(fitted, pd.Series({"size": 6.0})).classes["posterior"].round(4).to_dict()
    {'large': 0.9997, 'small': 0.0003}
    """
    from sklearn.naive_bayes import GaussianNB
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import check_is_fitted

    from .recognizer import Recognizer

    if isinstance(model, Recognizer):
        model = model.pipeline_ if hasattr(model, "pipeline_") else model.pipeline
    if not isinstance(model, Pipeline) or not isinstance(model[-1], GaussianNB):
        raise TypeError(
            f"expected a pipeline that ends in GaussianNB, received {type(model).__name__}; "
            "fit recognition.models()['bayes']"
        )
    bayes, prepare = model[-1], model[:-1]
    check_is_fitted(bayes)
    row = _one_row(case, list(model.feature_names_in_))
    names = list(prepare.get_feature_names_out())
    x = np.asarray(prepare.transform(row), dtype=float)[0]
    log_densities = -0.5 * (np.log(2 * np.pi * bayes.var_) + (x - bayes.theta_) ** 2 / bayes.var_)
    log_likelihood = log_densities.sum(axis=1)
    log_joint = np.log(bayes.class_prior_) + log_likelihood
    log_evidence = float(np.logaddexp.reduce(log_joint))
    index = pd.Index(bayes.classes_, name="class")
    classes = pd.DataFrame(
        {
            "prior": bayes.class_prior_,
            "log_likelihood": log_likelihood,
            "log_joint": log_joint,
            "posterior": np.exp(log_joint - log_evidence),
        },
        index=index,
    )
    features = pd.DataFrame(log_densities.T, index=pd.Index(names, name="feature"), columns=index)
    features.insert(0, "value", row.iloc[0][names].to_numpy())
    return BayesExplanation(classes, features, log_evidence)


def _one_row(case: pd.Series | pd.DataFrame, names: list[str]) -> pd.DataFrame:
    table = case.to_frame().T if isinstance(case, pd.Series) else case
    if len(table) != 1:
        raise ValueError(f"expected one case, received {len(table)}; choose one: features.loc[[case]]")
    missing = [name for name in names if name not in table]
    if missing:
        raise ValueError(f"case must have the model's features, missing: {', '.join(map(repr, missing[:5]))}")
    return table[names].astype(float)
