"""Contact sheets, to look at: `python -m tabletop.sheet fruit` writes build/tabletop/fruit.png, a row a class."""

import argparse
from pathlib import Path

from .domains import CONFIGS
from .render import ROOT


def sheet(config, out, columns=10, zoom=1, only=None, split="train", masks=False):
    """One row a class of the first `columns` pictures, names at the left; returns the sheet's path.

    A configuration of a single class gets six rows of it.
    """
    from PIL import Image, ImageDraw

    names = [n for n in CONFIGS[config]["classes"] if not only or n in only]
    rows = [(name, 0) for name in names] if len(names) > 1 else [(names[0], r * columns) for r in range(6)]
    side, margin = 100 * zoom, 110
    page = Image.new("RGB", (margin + columns * (side + 2), len(rows) * (side + 2)), "white")
    pen = ImageDraw.Draw(page)
    for row, (name, first) in enumerate(rows):
        pen.text((3, row * (side + 2) + side // 2 - 6), name.replace(" ", "\n"), fill="black")
        folder = Path(out) / config / split / name.replace(" ", "_")
        for column, path in enumerate(sorted(folder.glob("[0-9]*.png"))[first : first + columns]):
            with Image.open(path) as opened:
                picture = opened.getchannel("A").point(lambda v: min(255, v * 60)) if masks else opened.convert("RGB")
                page.paste(
                    picture.resize((side, side), Image.BICUBIC), (margin + column * (side + 2), row * (side + 2))
                )
    path = Path(out) / f"{config}{'_masks' if masks else ''}.png"
    page.save(path)
    return path


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configs", nargs="+", choices=sorted(CONFIGS))
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--zoom", type=int, default=1)
    parser.add_argument("--only")
    parser.add_argument("--masks", action="store_true")
    parser.add_argument("--out", default=ROOT / "build" / "tabletop", type=Path)
    options = parser.parse_args(arguments)
    for config in options.configs:
        only = options.only.split(",") if options.only else None
        print(sheet(config, options.out, options.columns, options.zoom, only, masks=options.masks))


if __name__ == "__main__":
    main()
