"""The classical models, each with all its preparation inside one pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from workbench.checks import one_of

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline


def models(names: str | Iterable[str] | None = None, *, seed: int = 0) -> dict[str, Pipeline]:
    """Make the classical models as scikit-learn pipelines.

    Each pipeline fills gaps with the median, drops constant features, scales to mean 0 and standard deviation 1,
    and classifies. All of it is learnt from the rows that the pipeline is fitted on, so nothing is learnt from
    the cases of a fold that is held out.

    Parameters
    ----------
    names : str or iterable of str, optional
        Which: ``"bayes"`` (Gaussian class-conditional densities, features independent given the class),
        ``"logistic"`` (logistic regression), ``"svm"`` (support vector machine, Gaussian kernel; probabilities
        by Platt's sigmoid on inner folds of rows of its training data), ``"forest"`` (200 trees), ``"majority"``
        (the baseline: the classes' shares, whatever the features). Several in one text are separated by commas.
        All where not given.
    seed : int, optional
        Of the forest and of the inner folds.

    Returns
    -------
    dict of str to sklearn.pipeline.Pipeline
        Not fitted yet; plain scikit-learn.

    Raises
    ------
    ValueError
        If a name is none of these.

    References
    ----------
    Pedregosa F, et al. Scikit-learn: machine learning in Python. JMLR 12 (2011) 2825-2830.
    Cortes C, Vapnik V. Support-vector networks. Machine Learning 20 (1995) 273-297.
    Breiman L. Random forests. Machine Learning 45 (2001) 5-32.

    Examples
    --------
    >>> list(models())
    ['bayes', 'logistic', 'svm', 'forest', 'majority']
    >>> pipeline = models("bayes, majority")["bayes"].fit([[1.0], [2.0], [5.0], [6.0]], ["a", "a", "b", "b"])
    >>> str(pipeline.predict([[5.5]])[0])
    'b'
    """
    if names is None:
        wanted = list(CLASSIFIERS)
    else:
        wanted = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    return {name: _pipeline(CLASSIFIERS[one_of(name, list(CLASSIFIERS), name="models")](seed)) for name in wanted}


def _pipeline(classifier: BaseEstimator) -> Pipeline:
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("select", VarianceThreshold()),
            ("scale", StandardScaler()),
            ("classify", classifier),
        ]
    )


def _bayes(seed: int) -> BaseEstimator:
    from sklearn.naive_bayes import GaussianNB

    return GaussianNB()


def _logistic(seed: int) -> BaseEstimator:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)


def _svm(seed: int) -> BaseEstimator:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    return CalibratedClassifierCV(SVC(), cv=folds, ensemble=False)


def _forest(seed: int) -> BaseEstimator:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(200, random_state=seed)


def _majority(seed: int) -> BaseEstimator:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior")


CLASSIFIERS: dict[str, Callable[[int], BaseEstimator]] = {
    "bayes": _bayes,
    "logistic": _logistic,
    "svm": _svm,
    "forest": _forest,
    "majority": _majority,
}
