"""Banana, pineapple, custard apple, jackfruit."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, copy, lathe, move, place, rest, sheet, sweep
from .parts import CLOSE, FACING, cap, circle, clip, knobs, lattice, many, pile, read, roll, show, stalk, tag


def banana(rng, age):
    g = Graph("banana", rng.uniform(0, 9))
    yellow = blend(jitter(rng, "#a5bd2e"), jitter(rng, "#f7cb14"), min(1, 0.15 + age * 4))
    along = read(g, "along")
    colour = g.ramp(along, (0.06, blend("#8a8f3a", "#7a6a35", age)), (0.22, blend(yellow, "#a8b83a", 0.5)),
                    (0.4, yellow), (0.86, yellow), (0.93, blend(yellow, "#8a8a35", 0.6)),
                    (0.955, "#2e2217"))  # fmt: skip
    spots = g.ramp(g.noise(6, 2), (0.78 - 0.22 * age, 0), (0.83 - 0.22 * age, 1))
    spots = g.math("MULTIPLY", spots, 0.75 if age > 0.5 else 0.0)
    skin = g.surface(g.mix(spots, colour, "#5a3a1a"), 0.42)
    arc, count = rng.uniform(1.1, 1.7), rng.choice([1, 2, 3, 3, 4, 4, 5])
    flat = rng.uniform(1.0, 1.5) if count < 3 else rng.uniform(0, 1.1)
    s = np.linspace(-0.5, 0.5, 9) * arc
    path = np.c_[(np.sin(s) + np.sin(arc / 2)) / arc * 2.6, np.zeros(9), (np.cos(s) - np.cos(arc / 2)) / arc * 2.6]
    path[:2, 2] += [0.12, 0.02]
    fan, width = rng.uniform(0.03, 0.17), rng.uniform(0.21, 0.27)
    radii = np.array([0.3, 0.28, 0.32, 0.6, 0.9, 0.98, 1, 1, 1, 1, 0.97, 0.88, 0.66, 0.34, 0.24]) * width
    things = []
    for i in range(count):
        fruit = sweep(path * rng.uniform(0.93, 1.05), radii, skin, 20, 40, corners=0.09)
        tag(fruit, "along", np.repeat(np.linspace(0, 1, 40), 20))
        k = i - (count - 1) / 2
        things.append(place(fruit, at=(0, k * 0.13, -0.05 * abs(k)), turn=(rng.uniform(-0.1, 0.1), 0, k * fan * 1.25)))
    if count > 1:
        wide = 0.065 * count
        things.append(place(blob(plain("#5d4a26", 0.8), (0.12, wide + 0.05, 0.11), 16, 10, 0.8), at=(0, 0, 0.1)))
    rest(things, (flat * rng.choice([-1, 1]), 0, 0))
    move(things, turn=(0, 0, rng.uniform(0, 6.3)))
    return {"elevation": (25, 68), "fill": (0.72, 0.95)}


def pineapple(rng, age):
    g = Graph("pineapple", rng.uniform(0, 9))
    base = blend(jitter(rng, "#83902c"), jitter(rng, "#e08a10"), min(1, 1.3 * age))
    fade = g.mix(g.ramp(g.axis("Z", "Object"), (0.0, 0), (1.0, 1)), base, blend(base, "#6f7a2a", 0.6))
    eye = g.mix(g.ramp(read(g, "knob"), (0.2, 0), (0.6, 1)), blend(base, "#4a3010", 0.7), fade)
    eye = g.mix(g.ramp(read(g, "knob"), (0.9, 0), (0.95, 1)), eye, "#5a3a16")
    skin = g.surface(g.mix(g.ramp(read(g, "edge"), (0.0, 1), (0.3, 0)), eye, blend(base, "#2c1c0a", 0.85)), 0.55)
    tall = rng.uniform(2.2, 2.9)
    profile = [(0, 0), (0.55, 0.02), (0.88, 0.3), (1, 0.45 * tall), (0.93, 0.75 * tall), (0.66, 0.96 * tall), (0, tall)]
    body = knobs(rng, lathe(profile, skin, 110, 84), lattice(profile, 0.31, 13), 0.3, 0.1, 0.8, 0.02)
    things, count = [body], 46
    tone = blend(jitter(rng, "#5c8a45"), "#8a8a4a", 0.5 * age)
    h = Graph("blade")
    green = h.surface(
        h.ramp(h.axis("X"), (0.0, blend(tone, "#c9d08a", 0.5)), (0.3, tone), (0.95, blend(tone, "#6b6a35", 0.4))), 0.5
    )
    blades = [sheet(1, 0.17, green, -c, rows=9, columns=5, tip=0.75, cup=0.25) for c in (0.05, 0.22, 0.45)]
    reach = rng.uniform(1.0, 1.6)
    for k in range(count):
        f = k / count
        length = reach * (0.55 + 0.75 * f) * rng.uniform(0.85, 1.15)
        lift = 0.25 + 1.25 * f**0.8 + rng.uniform(-0.1, 0.1)
        radius = 0.28 * (1 - f)
        a = 2.4 * k
        things.append(
            copy(
                blades[k % 3],
                at=(radius * np.cos(a), radius * np.sin(a), tall - 0.06 + 0.3 * f),
                turn=(0, -lift, a),
                scale=(length, reach, length),
            )
        )
    for blade in blades:
        place(blade, at=(0, 0, tall), turn=(0, -1.4, rng.uniform(0, 6)), scale=reach)
    things += blades
    move(things, turn=(0, 0, rng.uniform(0, 6.3)))
    if rng.random() < 0.12:
        move(rest(things, (1.5, 0, 0)), turn=(0, 0, rng.uniform(0, 6.3)))
    return {"elevation": (10, 45), "fill": (0.8, 0.97)}


def custard_apple(rng, age):
    g = Graph("custard apple", rng.uniform(0, 9))
    green = blend(jitter(rng, "#8fae45", 0.025), jitter(rng, "#8a8a45", 0.02), age**2)
    colour = g.mix(g.ramp(g.noise(1, 3), (0.4, 0), (0.7, 0.5)), green, blend(green, "#5d7a35", 0.6))
    top = g.ramp(read(g, "knob"), (0.0, 0), (0.9, 1))
    colour = g.mix(top, blend(green, "#35421c", 0.5), colour)
    groove = g.ramp(read(g, "edge"), (0.0, 1), (0.2, 0))
    colour = g.mix(groove, colour, blend(green, "#e3e0a0" if rng.random() < 0.5 else "#3a3a1c", 0.6))
    blot = g.ramp(g.noise(3, 3), (0.72 - 0.16 * age, 0), (0.78 - 0.16 * age, 0.8))
    skin = g.surface(g.mix(blot, colour, "#3f2f1c"), 0.6)
    wide, tall = rng.uniform(0.92, 1.1), rng.uniform(1.6, 2.0)
    profile = [
        (0, 0),
        (0.3 * wide, 0.06),
        (0.75 * wide, 0.5),
        (wide, 0.62 * tall),
        (0.85 * wide, 0.9 * tall),
        (0.4 * wide, tall),
        (0, 0.92 * tall),
    ]
    spacing = rng.uniform(0.3, 0.4)

    f = Graph("custard apple cut", rng.uniform(0, 9))
    cream = f.mix(f.ramp(f.noise(4, 2), (0.35, 0), (0.65, 1)), "#f8f3df", "#e3d9b4")
    face = f.surface(f.mix(f.ramp(read(f, "rim"), (0.93, 0), (0.96, 1)), cream, blend(green, "#6b6a35", 0.3)), 0.4)
    cut = rng.random() < 0.35
    count = rng.choice([1, 1, 2, 3]) + cut * rng.integers(2)

    def one(i):
        if cut and i == count - 1:
            shell = [(0, -0.95), (0.4, -0.9), (0.85, -0.5), (1, -0.03), (0.97, 0)]
            body = knobs(
                rng, lathe(shell, skin, 80, 40), lattice(shell[:-1], spacing), 0.62 * spacing, 0.42 * spacing, 0.6, 0
            )
            clip(body)
            n = rng.integers(6, 12)
            a, reach = np.arange(n) * 2.4, rng.uniform(0.3, 0.68, n)
            seeds = many(
                blob(plain("#1c120c", 0.2), (0.14, 0.075, 0.06), 12, 8),
                np.c_[reach * np.cos(a), reach * np.sin(a), np.zeros(n)],
                np.ones(n),
                a + rng.normal(0, 0.3, n),
            )
            return show(rng, [body, place(cap(circle(0.98), face), at=(0, 0, 0.005)), seeds], 0.3, 1.0)
        body = knobs(rng, lathe(profile, skin, 72, 56), lattice(profile, spacing), 0.62 * spacing, 0.42 * spacing, 0.6)
        return roll(rng, [body, place(stalk(rng, 0.4, 0.07, "#5d4a2c"), at=(0, 0, 0.9 * tall))], 0.6)

    pile(rng, one, count, 2.25, 1.5)
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE


def jackfruit(rng, age):
    g = Graph("jackfruit", rng.uniform(0, 9))
    base = blend(jitter(rng, "#6f8f2a", 0.02), jitter(rng, "#8f8a2e", 0.02), age)
    patch = g.mix(g.ramp(g.noise(0.8, 3), (0.4, 0), (0.7, 0.7)), base, blend(base, "#8a6a2a", 0.6))
    colour = g.mix(g.ramp(read(g, "knob"), (0.0, 0), (0.5, 1)), blend(base, "#2b2a0c", 0.65), patch)
    skin = g.surface(g.mix(g.ramp(read(g, "knob"), (0.6, 0), (0.95, 0.5)), colour, blend(base, "#d9c86a", 0.4)), 0.65)
    tall = rng.uniform(2.6, 3.5)
    profile = [(0, 0), (0.4, 0.05), (0.85, 0.45), (1, 0.45 * tall), (0.9, 0.75 * tall), (0.5, 0.96 * tall), (0, tall)]
    spacing = rng.uniform(0.11, 0.14)

    spike = 0.6 * spacing, 0.62 * spacing, 1.5

    def uneven(points):
        return points + rng.uniform(-0.16, 0.16, points.shape) * spacing

    flesh = plain(jitter(rng, "#f5a80c", 0.015), 0.3)
    f = Graph("jackfruit cut", rng.uniform(0, 9))
    fibre = f.mix(f.ramp(f.noise(5, 2, warp=1.5), (0.4, 0), (0.6, 1)), "#f0dc98", "#dda840")
    face = f.surface(
        f.mix(
            f.ramp(read(f, "rim"), (0.94, 0), (0.96, 1)),
            f.mix(f.ramp(read(f, "rim"), (0.2, 1), (0.26, 0), (0.9, 0), (0.92, 1)), fibre, "#f7f0d4"),
            base,
        ),
        0.5,
    )

    def whole(_):
        body = knobs(rng, lathe(profile, skin, 170, 117), uneven(lattice(profile, spacing)), *spike)
        things = [body, place(stalk(rng, 0.7, 0.09, "#6b5a35"), at=(0, 0, tall - 0.08))]
        return move(
            rest(things, (rng.uniform(1.35, 1.75), 0, 0)),
            turn=(0, 0, rng.uniform(-0.6, 0.6) if cut else rng.uniform(0, 6.3)),
        )

    def opened(_):
        shell = [(0, -1.5), (0.5, -1.4), (0.9, -0.9), (1, -0.03), (0.97, 0)]
        body = knobs(rng, lathe(shell, skin, 110, 66), lattice(shell[:-1], spacing), *spike, 0)
        clip(body)
        n = rng.integers(9, 13)
        a = np.arange(n) * 2 * np.pi / n + rng.uniform(-0.08, 0.08, n)
        reach = rng.uniform(0.52, 0.6, n)
        bulbs = many(
            blob(flesh, (0.27, 0.15, 0.14), 14, 9),
            np.c_[reach * np.cos(a), reach * np.sin(a), np.zeros(n)],
            rng.uniform(0.85, 1.15, n),
            a,
        )
        things = [body, place(cap(circle(0.98), face), at=(0, 0, 0.005)), bulbs]
        return show(rng, move(things, scale=(rng.uniform(1, 1.6), 1, 1)), 0.4, 1.1)

    cut = rng.random() > 0.87
    count = 1 + (cut and rng.random() < 0.5)
    pile(rng, lambda i: opened(i) if cut and i == count - 1 else whole(i), count, 2.3 if cut else 0.5 + tall)
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE
