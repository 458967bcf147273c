"""The classical models, each with all its preparation inside one pipeline, and a few settings to choose among."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.checks import one_of

from .recognizer import Recognizer

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline


def models(names: str | Iterable[str] | None = None, *, inner: int = 3, seed: int = 0) -> dict[str, Recognizer]:
    """Make the classical models: pipelines with a small search space each.

    Each pipeline fills gaps with the median, drops constant and redundant features, scales to mean 0 and standard
    deviation 1, and classifies. All of it is learnt from the rows that the pipeline is fitted on, so nothing is
    learnt from the cases of a fold that is held out. So are the settings and the calibration; see `Recognizer`.

    Parameters
    ----------
    names : str or iterable of str, optional
        Which. Several in one text are separated by commas. All where not given.

        ==============  ===========================================================================
        ``bayes``       Gaussian class-conditional densities, features independent given the class
        ``lda``         linear discriminant analysis: Gaussians with one covariance, shrunk
        ``logistic``    logistic regression
        ``linear_svm``  support vector machine, straight border
        ``svm``         support vector machine, Gaussian kernel
        ``forest``      100 trees, each on another resample
        ``boosting``    trees that mend each other's errors, on binned features
        ``knn``         the nearest neighbours' shares
        ``majority``    the baseline: the classes' shares, whatever the features
        ==============  ===========================================================================
    inner : int, optional
        Inner folds, on which settings are chosen and probabilities calibrated.
    seed : int, optional
        Of the forest, boosting and the inner folds.

    Returns
    -------
    dict of str to Recognizer
        Not fitted yet. ``models()["svm"].pipeline`` is plain scikit-learn.

    Raises
    ------
    ValueError
        If a name is none of these.

    References
    ----------
    Pedregosa F, et al. Scikit-learn: machine learning in Python. JMLR 12 (2011) 2825-2830.
    Fisher RA. The use of multiple measurements in taxonomic problems. Annals of Eugenics 7 (1936) 179-188.
    Cover T, Hart P. Nearest neighbor pattern classification. IEEE Trans. Information Theory 13 (1967) 21-27.
    Cortes C, Vapnik V. Support-vector networks. Machine Learning 20 (1995) 273-297.
    Breiman L. Random forests. Machine Learning 45 (2001) 5-32.
    Friedman JH. Greedy function approximation: a gradient boosting machine. Ann. Statistics 29 (2001) 1189-1232.

    Examples
    --------
    >>> list(models())
    ['bayes', 'lda', 'logistic', 'linear_svm', 'svm', 'forest', 'boosting', 'knn', 'majority']
    >>> chosen = models("logistic, majority", inner=2)
    >>> fitted = chosen["logistic"].fit([[1.0], [2.0], [5.0], [6.0]], ["a", "a", "b", "b"])
    >>> str(fitted.predict([[5.5]])[0])
    'b'
    """
    if names is None:
        wanted = list(KINDS)
    else:
        wanted = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    made = {}
    for name in wanted:
        kind = KINDS[one_of(name, list(KINDS), name="models")]
        pipeline = _pipeline(kind.classifier(seed))
        made[name] = Recognizer(pipeline, dict(kind.space), inner=inner, calibrate=kind.calibrate, seed=seed)
    return made


def _pipeline(classifier: BaseEstimator) -> Pipeline:
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from .selecting import DropRedundant

    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("varying", VarianceThreshold()),
            ("different", DropRedundant(0.98)),
            ("scale", StandardScaler()),
            ("classify", classifier),
        ]
    )


def _bayes(seed: int) -> BaseEstimator:
    from sklearn.naive_bayes import GaussianNB

    return GaussianNB()


def _lda(seed: int) -> BaseEstimator:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr")


def _logistic(seed: int) -> BaseEstimator:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=2000)


def _linear_svm(seed: int) -> BaseEstimator:
    from sklearn.svm import LinearSVC

    return LinearSVC(dual=False, max_iter=5000)


def _svm(seed: int) -> BaseEstimator:
    from sklearn.svm import SVC

    return SVC()


def _forest(seed: int) -> BaseEstimator:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(100, random_state=seed)


def _boosting(seed: int) -> BaseEstimator:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=100, early_stopping=False, random_state=seed)


def _knn(seed: int) -> BaseEstimator:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier()


def _majority(seed: int) -> BaseEstimator:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior")


@dataclass(frozen=True)
class _Kind:
    classifier: Callable[[int], BaseEstimator]
    space: Mapping[str, Sequence[Any]]
    calibrate: bool = True


KINDS = {
    "bayes": _Kind(_bayes, {"different__above": [0.9, 0.98]}),
    "lda": _Kind(_lda, {"classify__shrinkage": [0.001, "auto", 0.5]}),
    "logistic": _Kind(_logistic, {"classify__C": [0.01, 0.1, 1.0, 10.0]}),
    "linear_svm": _Kind(_linear_svm, {"classify__C": [0.01, 0.1, 1.0]}),
    "svm": _Kind(_svm, {"classify__C": [1.0, 10.0, 100.0]}),
    "forest": _Kind(_forest, {"classify__min_samples_leaf": [1, 5]}),
    "boosting": _Kind(_boosting, {"classify__max_leaf_nodes": [4, 15]}),
    "knn": _Kind(_knn, {"classify__n_neighbors": [3, 7, 15]}),
    "majority": _Kind(_majority, {}, calibrate=False),
}
