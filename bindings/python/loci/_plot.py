# SPDX-License-Identifier: MIT
"""Charts, where matplotlib is."""

from typing import Any

import numpy as np


def axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError("matplotlib is missing; pip install matplotlib was expected, or the program's --plot") from None
    return plt.gca()


def recalled(memory: Any, ax: Any, points: int, **options: Any) -> Any:
    """A memory or an archive: what it recalls, and a band of its error."""
    ax = axes(ax)
    if hasattr(memory, "zoom"):
        t, y = memory.zoom(points=points)
        stretches = None
    else:
        t = np.linspace(memory.start, memory.end, points)
        y = memory.recall(t)
        stretches = memory.stretches
    names = memory.names
    for c, column in enumerate(np.atleast_2d(np.asarray(y).T)):
        (line,) = ax.plot(t, column, label=names[c] if c < len(names) else None, **options)
        if stretches and c == 0:
            width = np.zeros(points)
            for s in stretches:
                width[(t >= s["start"]) & (t <= s["end"])] = max(s["mean_square_error"], 0) ** 0.5
            ax.fill_between(t, column - width, column + width, color=line.get_color(), alpha=0.2, linewidth=0)
    ax.set_xlabel("time, s")
    if len(names) > 1:
        ax.legend()
    return ax
