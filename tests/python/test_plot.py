# SPDX-License-Identifier: MIT
"""Charts, where matplotlib is."""

import loci
import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")


def test_charts():
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    x = np.sin(np.arange(2000) / 30.0)
    for thing in (loci.Memory().push(x), loci.Memory().push(np.stack([x, x], 1)), loci.Archive().push(x), loci.Readout(20).fit(x)):
        _, ax = plt.subplots()
        assert thing.plot(ax) is ax and len(ax.lines) == (thing.channels or 1)
        ax.figure.canvas.draw()
        plt.close()
