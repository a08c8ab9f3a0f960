"""Apple and pear."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, heap, lathe, move, place, rest, wobble
from .cuts import TURN, across, cut, face, lean, point, spotted, twig
from .parts import CLOSE, leaf, pile, roll, stalk


def granny_smith(rng, age):
    g = Graph("granny smith", rng.uniform(0, 9))
    green = blend(jitter(rng, "#7cb518"), jitter(rng, "#bcc22f"), age**2)
    colour = g.mix(g.ramp(g.noise(1.5, 3), (0.4, 0), (0.7, 0.6)), green, blend(green, (0.85, 0.85, 0.35), 0.45))
    dots = g.ramp(g.voronoi(6), (0.06, 0.8), (0.12, 0.0))
    skin = g.surface(g.mix(dots, colour, "#dbe39a"), 0.25, Coat_Weight=0.4, Coat_Roughness=0.12)
    profile = [
        (0, 0.12),
        (0.25, 0.02),
        (0.5, 0.04),
        (0.85, 0.42),
        (1.0, 0.98),
        (0.88, 1.48),
        (0.5, 1.72),
        (0.22, 1.66),
        (0, 1.3),
    ]

    def one(_):
        apple = wobble(lathe(profile, skin, 44, 34, lobes=5, depth=0.04), rng, 0.03)
        things = [apple, place(stalk(rng, 0.6, 0.045), at=(0, 0, 1.3))]
        if rng.random() < 0.15:
            things.append(place(leaf(rng, 0.9), at=(0, 0, 1.7), turn=(0, -0.3, 0)))
        return roll(rng, things, 0.8)

    pile(rng, one, rng.choice([1, 1, 1, 2, 3, 4, 5, 10]), 2.15, 1.5)
    return CLOSE


def pear(rng, age):
    kind = rng.choice(["green", "green", "blush", "red", "russet"])
    unripe, ripe = {"red": ("#7d3a2c", "#a3262a"), "russet": ("#8a7a34", "#b07a35")}.get(kind, ("#86a534", "#e6c440"))
    g = Graph("pear", rng.uniform(0, 9))
    skin = g.mix(
        g.ramp(g.noise(1.3, 2), (0.35, 0.0), (0.7, 1.0)),
        jitter(rng, blend(unripe, ripe, age)),
        jitter(rng, blend(unripe, ripe, age * 0.6 + 0.2)),
    )
    if kind == "blush":
        side = g.math("ADD", g.math("MULTIPLY", g.axis("X"), 0.7), g.math("MULTIPLY", g.noise(1.5, 2), 0.6))
        skin = g.mix(g.ramp(side, (0.65, 0.0), (0.95, 0.9)), skin, "#c2402a")
    dots = g.ramp(g.voronoi(7), (0.06, 0.6), (0.14, 0.0))
    skin = spotted(g, g.mix(dots, skin, "#8a6a35"), age)
    skin = g.surface(skin, 0.42)
    f = Graph("pear flesh")
    pale = f.ramp(across(f), (0.0, "#d8c79a"), (0.3, "#f2e9c8"), (0.93, "#f5eed2"), (0.985, "#b9a54a"))
    flesh = f.surface(spotted(f, pale, age, "#b98b4a"), 0.4)
    dark = plain("#35200f", 0.35)
    azimuth, slim, tall = rng.uniform(0, TURN), rng.uniform(0.27, 0.42), rng.uniform(0.95, 1.2)
    count = rng.choice([1, 1, 2, 2, 3])
    halves = rng.choice([0, 0, 0, 1])

    def one(i):
        profile = np.array(
            [
                (0, 0.12),
                (0.3, 0.0),
                (0.82, 0.3),
                (1.0, 0.85),
                (0.83, 1.4),
                (slim + 0.12, 1.95),
                (slim, 2.3),
                (slim * 0.62, 2.52),
                (0.06, 2.5),
                (0, 2.46),
            ]
        )
        body = lean(lathe(profile * (1, tall), skin, lobes=5, depth=0.03), tip := rng.uniform(-0.035, 0.035))
        wobble(body, rng, 0.02)
        top = np.array([tip * (2.46 * tall) ** 2, 0, 2.44 * tall])
        bow = rng.uniform(-0.3, 0.3)
        stem = twig(rng, [top, top + (bow / 4, 0, 0.35), top + (bow, 0, rng.uniform(0.6, 0.85))], 0.055)
        things = [body, stem]
        if i < halves:
            seeds = [
                point(blob(dark, (0.15, 0.08, 0.05), 10, 8), (s * 0.17, 0.01, 0.92 * tall), (s * 0.3, 0, 1))
                for s in (-1, 1)
            ]
            things = cut(body, flesh, ((0, 1, 0), 0), centre=(0, 0, 0.9 * tall)) + [stem, *seeds]
            return face(things, (0, 1, 0), azimuth, rng.uniform(0.15, 0.4), rng.uniform(0, TURN))
        move(things, turn=(0, 0, rng.uniform(0, TURN)), scale=rng.uniform(0.9, 1.1))
        if rng.random() < 0.6:
            return rest(things, tilt=(rng.uniform(-0.12, 0.12), rng.uniform(-0.12, 0.12), 0))
        rest(things, tilt=(1.72, 0, 0))
        return move(things, turn=(0, 0, azimuth + rng.uniform(-1.2, 1.2) + rng.choice([0, np.pi])))

    heap(rng, one, count)
    return {"azimuth": azimuth, "elevation": (18, 50)}
