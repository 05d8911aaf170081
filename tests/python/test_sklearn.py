# SPDX-License-Identifier: MIT
"""The estimators: scikit-learn's own checks, and its tools around them. Skipped where it is not."""

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")

from loci.sklearn import BankClassifier, BankRegressor, NetworkClassifier, NetworkRegressor  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

NETWORK = dict(steps=5, config={"layers": 1, "width": 4, "order": 2})


@parametrize_with_checks([BankClassifier(20), BankRegressor(20), NetworkClassifier(**NETWORK), NetworkRegressor(**NETWORK)])
def test_checks(estimator, check):
    check(estimator)


@pytest.fixture
def waves(random):
    y = np.arange(60) % 2
    x = np.sin(np.arange(40) * np.where(y, 0.9, 0.2)[:, None] + random.uniform(0, 6, (60, 1)))
    return x, np.array(["slow", "fast"])[y]


def test_tools(waves):
    x, y = waves
    assert cross_val_score(BankClassifier(50), x, y, cv=3).min() > 0.9
    pipe = make_pipeline(StandardScaler(), BankClassifier(50)).fit(x, y)
    assert pipe.score(x, y) > 0.9 and set(pipe.predict(x)) == {"slow", "fast"}
    search = GridSearchCV(BankClassifier(), {"modes": [5, 50]}, cv=2).fit(x, y)
    assert search.best_params_["modes"] in (5, 50)
    network = NetworkClassifier(epochs=20, batch=8, config={"layers": 1, "width": 16, "order": 8, "dt_min": 0.1, "dt_max": 1}).fit(x, y)
    assert network.score(x, y) > 0.9 and clone(network).get_params() == network.get_params()
    assert network.model_.stream().push(x[0]).shape == (40, 2)


def test_several_inputs(random):
    x = random.standard_normal((40, 20, 3))
    y = x[:, :, 0].mean(1)
    model = BankRegressor(100).fit(x, y)
    assert model.predict(x).shape == (40,) and BankRegressor(20).fit(x, np.stack([y, -y], 1)).predict(x).shape == (40, 2)
