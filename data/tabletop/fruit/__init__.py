"""Twenty fruits, a module a kind. A recipe draws one picture's subject; `age` runs from 0 (unripe) to 1 (overripe).

It returns further arguments for `scene.stage`, or None.
"""

from ..scene import stage
from ..shelf import shelf_stage
from . import berries, citrus, evergreen, pomes, seeded, stone, tropical

CLASSES = {
    "Granny Smith": pomes.granny_smith,
    "pear": pomes.pear,
    "banana": tropical.banana,
    "pineapple": tropical.pineapple,
    "custard apple": tropical.custard_apple,
    "jackfruit": tropical.jackfruit,
    "orange": citrus.orange,
    "lemon": citrus.lemon,
    "strawberry": berries.strawberry,
    "grape": berries.grape,
    "kiwi": berries.kiwi,
    "raspberry": berries.raspberry,
    "fig": seeded.fig,
    "pomegranate": seeded.pomegranate,
    "watermelon": seeded.watermelon,
    "peach": stone.peach,
    "plum": stone.plum,
    "cherry": stone.cherry,
    "mango": evergreen.mango,
    "avocado": evergreen.avocado,
}


def compose(rng, label, config):
    """Set up one picture of `label`; returns its truth."""
    age = float(rng.uniform())
    wishes = CLASSES[label](rng, age) or {}
    if config == "fruit_shelf":
        return {"ripeness": round(age, 3), **shelf_stage(rng, **wishes)}
    return {"ripeness": round(age, 3), **stage(rng, **wishes)}
