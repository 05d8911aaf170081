# SPDX-License-Identifier: MIT
"""Estimators for scikit-learn: classify sequences, or tell a value from them.

Trained by gradients (``NetworkClassifier``, ``NetworkRegressor``) or in one pass (``BankClassifier``, ``BankRegressor``). X is [sequences][samples], or
[sequences][samples][inputs]; the features of scikit-learn are the samples, in the order of time.

>>> from loci.sklearn import BankClassifier
>>> cross_val_score(BankClassifier(modes=500), X, y)
"""

from __future__ import annotations

from typing import Any, Dict, Optional

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from .fitting import fit as _fit
from .training import train as _train

try:
    from sklearn.utils.validation import validate_data as _validate
except ImportError:  # before scikit-learn 1.6

    def _validate(estimator: Any, *data: Any, **options: Any) -> Any:
        return estimator._validate_data(*data, **options)


__all__ = ["BankClassifier", "BankRegressor", "NetworkClassifier", "NetworkRegressor"]


_TYPES = [np.float64, np.float32, np.uint8]


class _Sequences(BaseEstimator):
    """What all four have in common."""

    def _seed(self) -> int:
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _checked(self, X: Any) -> Any:
        return _validate(self, X, reset=False, dtype=_TYPES, allow_nd=True)

    def _pairs(self, X: Any, y: Any) -> Any:
        if y is None:
            raise ValueError("the estimator requires y to be passed, but the target y is None")
        return _validate(self, X, y, dtype=_TYPES, allow_nd=True, multi_output=self._values, y_numeric=self._values, ensure_min_samples=2)

    def _more_tags(self) -> Dict[str, Any]:  # before scikit-learn 1.6
        return {"poor_score": True, "multioutput": self._values}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = self._values
        return tags


class _Classifier(ClassifierMixin, _Sequences):
    _values = False

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # features in no order are no sequences
        return tags

    def fit(self, X: Any, y: Any) -> Any:
        """Learns from sequences X and their classes y [sequences]."""
        X, y = self._pairs(X, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has one class, {self.classes_[0]}; two at least were expected")
        self.model_ = self._learned(X, codes.reshape(-1), tuple(map(str, range(len(self.classes_)))))
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each of ``classes_``: [sequences][classes]."""
        check_is_fitted(self)
        return self.model_.predict_proba(_several(self._checked(X)), threads=self.threads)

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest class of each sequence."""
        shares = self.predict_proba(X)
        return self.classes_[shares.argmax(1)]


class _Regressor(RegressorMixin, _Sequences):
    _values = True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags

    def fit(self, X: Any, y: Any) -> Any:
        """Learns from sequences X and their values y, [sequences] or [sequences][values]."""
        X, y = self._pairs(X, y)
        self.model_ = self._learned(X, np.asarray(y, dtype=np.float64), None)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The value of each sequence, as y had it."""
        check_is_fitted(self)
        return self.model_.predict(_several(self._checked(X)), threads=self.threads)


def _several(X: np.ndarray) -> np.ndarray:
    """[sequences][samples] of one input with its axis, so that it is not taken for one sequence."""
    return X[:, :, None] if X.ndim == 2 else X


class _Trained:
    """By gradients."""

    def __init__(
        self,
        preset: Optional[str] = None,
        *,
        epochs: Optional[int] = None,
        steps: Optional[int] = None,
        batch: Optional[int] = None,
        lr: Optional[float] = None,
        valid: Any = None,
        patience: Optional[int] = None,
        config: Optional[Dict[str, Any]] = None,
        rate: Optional[float] = None,
        random_state: Any = 0,
        threads: int = 0,
        verbose: bool = False,
    ) -> None:
        self.preset, self.epochs, self.steps, self.batch, self.lr = preset, epochs, steps, batch, lr
        self.valid, self.patience = valid, patience
        self.config, self.rate, self.random_state, self.threads, self.verbose = config, rate, random_state, threads, verbose

    def _learned(self: Any, X: np.ndarray, y: np.ndarray, classes: Any) -> Any:
        return _train(
            _several(X), y, task="value" if self._values else "class", classes=classes, seed=self._seed(), preset=self.preset, epochs=self.epochs,
            steps=self.steps, batch=self.batch, lr=self.lr, valid=self.valid, patience=self.patience, threads=self.threads, rate=self.rate,
            verbose=bool(self.verbose), **(self.config or {}),
        )  # fmt: skip


class _Fitted:
    """In one pass."""

    def __init__(
        self,
        modes: int = 1000,
        *,
        statistics: str = "all",
        span: float = 0.0,
        rate: Optional[float] = None,
        random_state: Any = 0,
        threads: int = 0,
    ) -> None:
        self.modes, self.statistics, self.span = modes, statistics, span
        self.rate, self.random_state, self.threads = rate, random_state, threads

    def _learned(self: Any, X: np.ndarray, y: np.ndarray, classes: Any) -> Any:
        return _fit(
            _several(X), y, task="value" if self._values else "class", classes=classes, seed=self._seed(), modes=self.modes, statistics=self.statistics,
            span=self.span, threads=self.threads, rate=self.rate,
        )  # fmt: skip


_TRAINED = """{what}, a network trained by gradients, as ``loci.train``.

    Parameters
    ----------
    preset, config : the network: a preset, and a dict of changes, as {{"layers": 2, "width": 32}}.
    epochs, steps, batch, lr, valid, patience : as ``loci.train`` has them; None: what suits the data.
    rate : samples a second. random_state : seeds all that is random. threads : 0: one a processor; nothing depends on it.

    Attributes
    ----------
    model_ : the ``loci.Model``, which saves, streams, exports.
    """
_FITTED = """{what}, in one pass without gradients, as ``loci.fit``: a bank of random oscillators, read by a ridge regression.

    Parameters
    ----------
    modes : oscillators. statistics : all, shares or power. span : samples that the slowest look back; 0: as long as sequences are.
    rate : samples a second. random_state : seeds the bank. threads : 0: one a processor; nothing depends on it.

    Attributes
    ----------
    model_ : the ``loci.Model``, which saves, streams, exports.
    """


class NetworkClassifier(_Trained, _Classifier):
    __doc__ = _TRAINED.format(what="Classes of sequences")


class NetworkRegressor(_Trained, _Regressor):
    __doc__ = _TRAINED.format(what="Values of sequences")


class BankClassifier(_Fitted, _Classifier):
    __doc__ = _FITTED.format(what="Classes of sequences")


class BankRegressor(_Fitted, _Regressor):
    __doc__ = _FITTED.format(what="Values of sequences")
