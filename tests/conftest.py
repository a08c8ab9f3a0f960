"""What several test modules share."""

import matplotlib.pyplot as plt
import pytest

from tlcourse import plots


@pytest.fixture
def drawn(monkeypatch):
    """Collect figures and their texts instead of displaying them."""
    shown = []
    monkeypatch.setattr(plots, "show", lambda figure, alt, **_: shown.append((figure, alt)))
    yield shown
    plt.close("all")
