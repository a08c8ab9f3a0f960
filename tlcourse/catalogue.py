"""The prebuilt models of `keras.applications` as a table to choose from."""

import pandas as pd

from tlcourse.runtime import root


def table() -> pd.DataFrame:
    """Return the prebuilt models, one a row by name, the smallest first.

    Measured from the installed Keras (`make catalogue`): `family`, `million_parameters`,
    `million_multiply_adds` for one picture, `size` of its sides in pixels, the range `input_low` to
    `input_high` that the family's own preprocessing makes of 0 to 255. From Keras's own table
    (https://keras.io/api/applications/): `megabytes` of the download, and `top_1`, the percentage
    of ImageNet's validation photographs that it names; missing where that table is silent.
    """
    measured, documented = (
        pd.read_csv(root() / "data" / name, index_col="model")
        for name in ("catalogue.csv", "keras_table.csv")
    )
    table = measured.join(documented)
    for counted in ("parameters", "multiply_adds"):
        table[f"million_{counted}"] = (table.pop(counted) / 1e6).round(1)
    return table
