"""Fruits about one stone: peach, plum, cherry."""

import numpy as np
from mathutils import Vector

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, copy, heap, lathe, move, place, rest, wobble
from .cuts import TURN, across, cut, face, long_leaf, spotted, tumble, twig


def peach(rng, age):
    g = Graph("peach", rng.uniform(0, 9))
    yellow = blend(jitter(rng, "#c9c25a"), jitter(rng, rng.choice(["#f0a43a", "#f3bf6a"])), 0.3 + age)
    red = blend(jitter(rng, "#d0583a"), jitter(rng, "#a3202c"), age)
    side = g.math("ADD", g.math("MULTIPLY", g.axis("Y"), 0.55), g.math("MULTIPLY", g.noise(1.6, 3, 0.55), 0.75))
    edge = rng.uniform(0.5, 0.75)
    skin = g.mix(g.ramp(side, (edge - 0.14, 0.0), (edge + 0.16, 1.0)), yellow, red)
    fuzz = g.ramp(g.facing(0.35), (0.2, 0.0), (1.0, 0.55))
    skin = g.surface(g.mix(fuzz, spotted(g, skin, age, "#6e3a22"), "#f2cdb0"), 0.85, Specular_IOR_Level=0.15)
    f = Graph("peach flesh", rng.uniform(0, 9))
    amber = jitter(rng, rng.choice(["#f5a92e", "#f7b944", "#f6e2b4"]))
    flesh = f.ramp(across(f), (0.0, "#8e1f2a"), (0.42, "#b5303a"), (0.6, amber), (0.94, amber), (0.99, red))
    flesh = f.surface(flesh, 0.35, f.noise(4, 2), 0.2)
    s = Graph("stone", rng.uniform(0, 9))
    grain = s.voronoi(6, "DISTANCE_TO_EDGE")
    stone = s.surface(s.ramp(grain, (0.0, "#43200f"), (0.2, "#9a5a32")), 0.7, grain, 1.0)
    azimuth, count, halves = rng.uniform(0, TURN), rng.choice([1, 2, 2, 3, 4]), rng.choice([0, 0, 1, 1, 2])
    count = max(count, halves)

    def one(i):
        body = lathe(
            [(0, 0.12), (0.12, 0.02), (0.6, 0.17), (0.98, 0.75), (0.93, 1.3), (0.5, 1.72), (0.2, 1.7), (0.0, 1.45)],
            skin,
            56,
            30,
            lobes=1,
            depth=0.16,
            sharp=0.22,
        )
        wobble(body, rng, 0.015)
        if i < halves:
            kernel = i == 0
            things = cut(body, flesh, ((0, 1, 0), 0), centre=(0.05, 0, 0.85), hollow=0 if kernel else 0.36)
            if kernel:
                things.append(place(blob(stone, (0.34, 0.27, 0.44), 20, 14, 1.15), at=(0.05, 0.03, 0.85)))
            return face(things, (0, 1, 0), azimuth, rng.uniform(0.2, 0.6), rng.uniform(0, TURN))
        things = [body]
        if rng.random() < 0.35:
            things.append(twig(rng, [(0, 0, 1.4), (0, 0.02, 1.6), (0.06, 0, 1.8)], 0.06))
            if rng.random() < 0.7:
                things.append(place(long_leaf(rng, 1.7, 0.45), at=(0, 0, 1.72), turn=(0, 0.25, rng.uniform(0, TURN))))
        # The suture runs down the side of -x: turn it to where it is seen.
        tilt = (rng.uniform(-0.3, 0.3), -rng.uniform(0.1, 0.7), 0)
        rest(things, tilt=tilt)
        return move(things, turn=(0, 0, azimuth + np.pi + rng.uniform(-0.7, 0.7)), scale=rng.uniform(0.9, 1.1))

    heap(rng, one, count, stack=0.3)
    return {"azimuth": azimuth}


def plum(rng, age):
    kind = rng.choice(["blue", "blue", "purple", "red", "yellow"])
    unripe, ripe = {
        "blue": ("#5a3560", "#2a1a45"),
        "purple": ("#8a2a4a", "#421330"),
        "red": ("#c7502e", "#8f1424"),
        "yellow": ("#b9b83a", "#eaa62a"),
    }[kind]
    g = Graph("plum", rng.uniform(0, 9))
    skin = jitter(rng, blend(unripe, ripe, age))
    skin = g.mix(g.ramp(g.noise(1.2, 2), (0.4, 0.0), (0.7, 0.5)), skin, jitter(rng, unripe))
    bloom = {"blue": "#8d9cc9", "purple": "#b09cc0", "red": "#d8a4a8", "yellow": "#efe3a8"}[kind]
    dust = g.ramp(g.noise(0.9, 2), (0.35, 0.05), (0.75, 0.42))
    skin = g.surface(g.mix(dust, skin, bloom), g.mix(dust, 0.25, 0.7))
    f = Graph("plum flesh")
    amber = jitter(rng, rng.choice(["#e0a83a", "#d9b94e", "#c8543a"]))
    flesh = f.ramp(
        across(f),
        (0.0, blend(amber, "#8a4a20", 0.5)),
        (0.5, amber),
        (0.93, blend(amber, "#ffffff", 0.15)),
        (0.985, ripe),
    )
    flesh = f.surface(flesh, 0.25)
    s = Graph("stone")
    stone = s.surface(s.ramp(s.noise(5), (0.35, "#5b371d"), (0.65, "#a0703f")), 0.7, s.noise(7), 0.8)
    azimuth, count, halves = rng.uniform(0, TURN), rng.integers(2, 7), rng.choice([0, 0, 1, 1, 2])
    long = rng.uniform(1.0, 1.35)

    def one(i):
        body = lathe(
            np.array(
                [(0, 0.02), (0.3, 0.04), (0.75, 0.35), (0.92, 0.9), (0.74, 1.45), (0.3, 1.74), (0.1, 1.72), (0, 1.62)]
            )
            * (1, long),
            skin,
            48,
            26,
            lobes=1,
            depth=0.13,
            sharp=0.2,
        )
        wobble(body, rng, 0.012)
        centre = (0.03, 0, 0.88 * long)
        if i < halves:
            things = cut(body, flesh, ((0, 1, 0), 0), centre=centre, hollow=0 if i == 0 else 0.34)
            if i == 0:
                things.append(place(blob(stone, (0.3, 0.2, 0.5 * long), 18, 14, 1.1), at=centre))
            return face(things, (0, 1, 0), azimuth, rng.uniform(0.2, 0.6), rng.uniform(0, TURN))
        things = [body]
        if rng.random() < 0.45:
            bow = rng.uniform(-0.3, 0.3)
            things.append(
                twig(rng, [(0, 0, 1.6 * long), (0, 0, 1.8 * long), (bow, 0, 1.65 * long + 0.6)], 0.04, "#6b6a35")
            )
        rest(
            things, tilt=(rng.uniform(-0.25, 0.25), -rng.uniform(0.8, 1.5) if long > 1.1 else -rng.uniform(0.2, 1.3), 0)
        )
        return move(things, turn=(0, 0, azimuth + np.pi + rng.uniform(-0.9, 0.9)), scale=rng.uniform(0.9, 1.1))

    heap(rng, one, count, stack=0.5)
    return {"azimuth": azimuth}


def cherry(rng, age):
    kind = rng.choice(["red", "red", "dark", "rainier"])
    unripe, ripe = {"red": ("#d8402c", "#a30f1c"), "dark": ("#7a1420", "#3a0812"), "rainier": ("#f0b84a", "#e08a3a")}[
        kind
    ]
    g = Graph("cherry", rng.uniform(0, 9))
    skin = jitter(rng, blend(unripe, ripe, age), 0.01)
    other = "#c8202a" if kind == "rainier" else blend(skin, "#000000", 0.3)
    skin = g.mix(g.ramp(g.noise(0.8, 2), (0.42, 0.0), (0.62, 0.9)), skin, other)
    skin = g.surface(skin, 0.15, Coat_Weight=0.5, Coat_Roughness=0.08)
    ball = lathe(
        [(0, 0.05), (0.3, 0.0), (0.8, 0.35), (1.02, 0.95), (0.85, 1.5), (0.4, 1.75), (0.12, 1.66), (0, 1.5)],
        skin,
        32,
        22,
        lobes=1,
        depth=0.06,
        sharp=0.3,
    )
    place(ball, at=(0, 0, -0.88))
    green = jitter(rng, rng.choice(["#7c9a3a", "#8a8f3c", "#6b7030"]))
    used = []

    def hung(at, knot):
        """A cherry about `at` whose stalk reaches `knot`."""
        at, knot = np.asarray(at, float), np.asarray(knot, float)
        aim = (knot - at) / np.linalg.norm(knot - at)
        aim = aim + (0, 0, 0.35) + rng.normal(0, 0.12, 3)
        aim /= np.linalg.norm(aim)
        fruit = ball if not used else copy(ball, at=tuple(-np.array(ball.matrix_world.translation)))
        used.append(fruit)
        if fruit is not ball:
            fruit.matrix_world.identity()
            place(fruit, at=(0, 0, -0.88))
        place(fruit, turn=(0, 0, rng.uniform(0, TURN)))
        place(fruit, turn=Vector(aim).to_track_quat("Z", "X").to_euler(), scale=rng.uniform(0.92, 1.06))
        place(fruit, at=tuple(at))
        start = at + 0.62 * aim
        stem = twig(rng, [start, start + aim * 0.9, (start + aim * 1.4 + knot) / 2, knot], 0.055, green)
        return [fruit, stem]

    def pair(_):
        height, aside = rng.uniform(1.8, 3.6), rng.uniform(-1.8, 1.8)
        gap = rng.uniform(1.03, 1.35)
        knot = (rng.uniform(-0.4, 0.4), aside, height)
        things = hung((-gap, 0, 0.92), knot) + hung((gap, rng.uniform(-0.3, 0.3), 0.92), knot)
        things.append(place(blob(plain("#6b4a2a", 0.8), (0.12, 0.12, 0.16), 8, 6), at=knot))
        if rng.random() < 0.3:
            things.append(
                place(long_leaf(rng, 2.8, 1.3), at=knot, turn=(0, rng.uniform(0.1, 0.5), rng.uniform(0, TURN)))
            )
        return move(things, turn=(0, 0, rng.uniform(0, TURN)))

    if rng.random() < 0.6:
        heap(rng, pair, rng.choice([1, 1, 2, 2]))
    else:
        for spot in tumble(rng, rng.integers(5, 14), 0.96):
            out = np.array([*(spot[:2] * 0.5 + rng.normal(0, 1.0, 2)), spot[2] + rng.uniform(2.0, 3.0)])
            hung(spot, out + (spot[0] * 0.3, spot[1] * 0.3, 0))
    return {"elevation": (15, 55), "fill": (0.65, 0.9)}
