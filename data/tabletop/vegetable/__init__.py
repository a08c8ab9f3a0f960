"""Twenty vegetables, a module a kind. A recipe draws one picture's subject; `age` runs from 0 (fresh) to 1 (wilted).

It returns further arguments for `scene.stage`, or None.
"""

from ..scene import stage
from . import bulbs, cabbages, gourds, mushrooms, nightshades, roots, seeds, shoots

CLASSES = {
    "head cabbage": cabbages.head_cabbage,
    "broccoli": cabbages.broccoli,
    "cauliflower": cabbages.cauliflower,
    "zucchini": gourds.zucchini,
    "cucumber": gourds.cucumber,
    "acorn squash": gourds.acorn_squash,
    "butternut squash": gourds.butternut_squash,
    "artichoke": shoots.artichoke,
    "asparagus": shoots.asparagus,
    "bell pepper": nightshades.bell_pepper,
    "tomato": nightshades.tomato,
    "eggplant": nightshades.eggplant,
    "mushroom": mushrooms.mushroom,
    "corn": seeds.corn,
    "pea pod": seeds.pea_pod,
    "carrot": roots.carrot,
    "potato": roots.potato,
    "radish": roots.radish,
    "red onion": bulbs.red_onion,
    "garlic": bulbs.garlic,
}


def compose(rng, label, config):
    """Set up one picture of `label`; returns its truth."""
    age = float(rng.uniform())
    framing = CLASSES[label](rng, age) or {}
    return {"freshness": round(1 - age, 3), **stage(rng, **framing)}
