"""Of evergreen trees, about one large stone: mango, avocado."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, box, heap, lathe, move, place, rest, wobble
from .cuts import TURN, across, cut, face, lean, point, points_of, reshape, spotted, twig


def mango_body(rng, skin, long, thick):
    """A whole mango on its side: along x, stalk end at +x, a blunt beak under the other end."""
    body = blob(skin, (1, 1, 1), 44, 34)
    p = points_of(body)[:, [2, 1, 0]]
    s = p[:, 0]
    wide = (1 + 0.16 * s - 0.08 * s**2) * np.maximum(1 - s**2, 1e-3) ** -0.1  # blunter than an ellipsoid
    p[:, 1] *= wide * thick
    p[:, 2] = 0.92 * wide * p[:, 2] + 0.2 * np.maximum(s, 0) ** 2 - 0.28 * np.maximum(-s, 0) ** 2
    p[:, 0] *= long
    return wobble(reshape(body, p), rng, 0.015)


def mango(rng, age):
    kind = rng.choice(["yellow", "red", "red", "green"])
    green, ripe = jitter(rng, "#6f9430"), jitter(rng, "#f0b52c")
    base = blend(green, ripe, age if kind != "green" else age * 0.45)
    g = Graph("mango", rng.uniform(0, 9))
    skin = g.mix(
        g.ramp(g.noise(1.2, 2), (0.38, 0.0), (0.66, 1.0)), base, blend(base, ripe if kind != "green" else green, 0.5)
    )
    if kind == "red":
        end = g.math("ADD", g.math("MULTIPLY", g.axis("X"), 0.55), g.math("MULTIPLY", g.axis("Y"), 0.3))
        end = g.math("ADD", end, g.math("MULTIPLY", g.noise(1.1, 2), 0.5))
        edge = rng.uniform(0.5, 0.72)
        skin = g.mix(g.ramp(end, (edge, 0.0), (edge + 0.28, 0.95)), skin, jitter(rng, "#c22a26"))
    dots = g.ramp(g.voronoi(8), (0.05, 0.6), (0.13, 0.0))
    skin = g.surface(spotted(g, g.mix(dots, skin, "#f3e2a0"), age, "#33200f", 2.6), 0.3, Coat_Weight=0.15)
    f = Graph("mango flesh", rng.uniform(0, 9))
    orange = jitter(rng, blend("#f3c648", "#f09218", age))
    flesh = f.surface(f.mix(f.noise(3), orange, blend(orange, "#ffffff", 0.2)), 0.3)
    azimuth, count = rng.uniform(0, TURN), rng.choice([1, 1, 2, 2, 3])
    cheeks = rng.choice([0, 0, 0, 1, 1])
    count += int(cheeks and rng.random() < 0.8)
    long, thick = rng.uniform(1.3, 1.6), rng.uniform(0.72, 0.85)

    def cheek():
        """A half scored into cubes and turned inside out."""
        body = blob(skin, (long * 0.92, 0.85, 0.5), 40, 24)
        things = cut(body, flesh, ((0, 0, 1), 0.0))
        cube = 0.25
        for x in np.arange(-6, 7) * cube * 1.13:
            for y in np.arange(-4, 5) * cube * 1.13:
                far = (x / (long * 0.92)) ** 2 + (y / 0.85) ** 2
                if far < 0.86:
                    height = 0.34 * np.sqrt(1 - far) + 0.16
                    part = box(flesh, (cube, cube, height), 0.04)
                    things.append(
                        place(part, at=(x * 1.06, y * 1.06, -0.05 + 0.06 * (1 - far)), turn=(-0.5 * y, 0.35 * x, 0))
                    )
        return face(things, (0, 0, 1), azimuth, rng.uniform(0.05, 0.35), rng.uniform(0, TURN))

    def one(i):
        if i < cheeks:
            return cheek()
        body = mango_body(rng, skin, long, thick)
        p = points_of(body)
        tip = p[np.argmax(p[:, 0])]
        things = [body, point(blob(plain("#4a3620", 0.9), (0.06, 0.09, 0.09), 10, 8), tuple(tip), (1, 0, 0.2))]
        if rng.random() < 0.3:
            things.append(twig(rng, [tip, tip + (0.2, 0, 0.03), tip + (0.4, 0.1, 0.1)], 0.045))
        flat = rng.random() < 0.75
        rest(
            things,
            tilt=(np.pi / 2 * rng.choice([-1, 1]) + rng.uniform(-0.3, 0.3) if flat else rng.uniform(-0.2, 0.2), 0, 0),
        )
        return move(
            things,
            turn=(0, 0, azimuth + np.pi / 2 + rng.uniform(-0.9, 0.9) + rng.choice([0, np.pi])),
            scale=rng.uniform(0.92, 1.08),
        )

    heap(rng, one, max(count, cheeks))
    return {"azimuth": azimuth, "elevation": (25, 62)}


def avocado(rng, age):
    slim, tall = rng.uniform(0.42, 0.62), rng.uniform(0.95, 1.15)
    g = Graph("avocado", rng.uniform(0, 9))
    base = blend(jitter(rng, "#4a6b26"), jitter(rng, "#241c1a"), np.clip(1.4 * age - 0.2, 0, 1))
    warts = g.voronoi(6.5, at=g.coordinate())
    skin = g.mix(g.ramp(warts, (0.1, 1.0), (0.6, 0.0)), blend(base, "#000000", 0.35), blend(base, "#9ab05a", 0.22))
    skin = g.surface(skin, 0.45, g.ramp(warts, (0.0, 1.0), (0.8, 0.0)), 0.7)
    f = Graph("avocado flesh", rng.uniform(0, 9))
    yellow, green = jitter(rng, "#ece28c"), jitter(rng, "#a9bf4a")
    flesh = f.ramp(
        across(f),
        (0.0, blend(yellow, "#b88a4a", 0.25)),
        (0.45, yellow),
        (0.75, blend(yellow, green, 0.35)),
        (0.93, green),
        (0.97, "#5a7a24"),
        (0.995, base),
    )
    flesh = f.surface(spotted(f, flesh, age, "#8a6a3a", 2.5), 0.4)
    s = Graph("stone", rng.uniform(0, 9))
    stone = s.surface(s.ramp(s.noise(2.5, 3, 0.6), (0.35, jitter(rng, "#5f3216")), (0.7, jitter(rng, "#a4683a"))), 0.35)
    azimuth = rng.uniform(0, TURN)
    count, halves = [(1, 0), (2, 0), (2, 1), (2, 2), (2, 2), (3, 2), (1, 1), (3, 1)][rng.integers(8)]
    nut = rng.uniform(0.4, 0.5)

    def one(i):
        profile = np.array(
            [
                (0, 0.0),
                (0.35, 0.02),
                (0.85, 0.38),
                (1.0, 0.9),
                (0.88, 1.4),
                (slim + 0.12, 1.95),
                (slim, 2.25),
                (slim * 0.6, 2.5),
                (0, 2.56),
            ]
        )
        body = lean(lathe(profile * (1, tall), skin, 44, 30), rng.uniform(-0.05, 0.05))
        wobble(body, rng, 0.015)
        centre = (0, 0, 0.9 * tall)
        if i < halves:
            things = cut(body, flesh, ((0, 1, 0), 0), centre=centre, hollow=nut if i else 0)
            if i == 0:
                things.append(place(blob(stone, (nut, nut * 0.9, nut * 1.1), 24, 18), at=centre))
            return face(things, (0, 1, 0), azimuth, rng.uniform(0.15, 0.5), rng.uniform(0, TURN))
        things = [
            body,
            place(
                blob(plain("#8a6a3a", 0.8), (0.11, 0.11, 0.07), 10, 8),
                at=(points_of(body)[np.argmax(points_of(body)[:, 2])]),
            ),
        ]
        rest(things, tilt=(1.75, 0, 0))
        return move(
            things,
            turn=(0, 0, azimuth + rng.uniform(-1.3, 1.3) + rng.choice([0, np.pi])),
            scale=rng.uniform(0.92, 1.05),
        )

    heap(rng, one, count)
    return {"azimuth": azimuth, "elevation": (25, 64)}
