"""Measure data/catalogue.csv: every prebuilt model of the installed Keras, one row each."""

import pandas as pd
from tqdm import tqdm

from tlcourse import runtime


def main() -> None:
    runtime.load_tensorflow()
    from tlcourse import catalogue

    rows = [catalogue.measure(name) for name in tqdm(catalogue.model_names())]
    table = pd.DataFrame(rows).sort_values(["parameters", "model"])
    path = catalogue.stored_file()
    partial = path.with_suffix(".part")
    table.to_csv(partial, index=False, float_format="%.3f", lineterminator="\n")
    partial.replace(path)


if __name__ == "__main__":
    main()
