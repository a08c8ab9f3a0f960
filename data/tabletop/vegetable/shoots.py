"""Artichoke and asparagus."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import bend, blob, copy, mesh, move, place, rest, sweep
from .parts import BROWN, CLOSE, discard, grid, huddle, tint
from .vertices import drop, lerp, local, pack, pick, reshape, tint_vertices, tinted


def artichoke(rng, age):
    green = blend(jitter(rng, rng.choice(["#86a558", "#7aa060", "#93ad5c"])), "#94864c", 0.6 * age)
    purple = rng.choice([0.0, 0.25, 0.6])
    s, t = np.linspace(0, 1, 14)[:, None], np.linspace(-1, 1, 9)[None, :]
    across = 0.38 * np.sin(np.pi * (0.25 + 0.745 * s)) ** 0.85 * t
    hook = 0.05 + 0.05 * rng.random()
    bulge = 0.06 + 0.12 * np.sin(np.pi * s) - 0.25 * s**2 + hook * s**6
    points = np.stack([bulge - 0.55 * across**2, across, 0.95 * s + 0 * t], -1)
    g = Graph("scale", rng.uniform(0, 9))
    margin = blend(blend(green, "#2f4a26", 0.35), "#5d3a55", purple)
    colour = g.ramp(tint(g), (0.0, blend(green, "#e9ecc0", 0.6)), (0.5, green), (0.8, margin),
                    (1.0, blend(green, "#3d3020", 0.7)))  # fmt: skip
    colour = g.mix(g.ramp(g.noise(5), (0.5, 0), (0.7, 0.1 + 0.5 * age)), colour, BROWN)
    skin = g.surface(colour, 0.5)
    value = np.clip(s * 0.65 + 0.35 * np.abs(t) ** 3 * s + 0.35 * s**6, 0, 1)
    scale = grid(points, skin, value)
    flesh = plain(blend(green, "#c5cf9a", 0.3), 0.6)

    def one(_):
        things = [place(blob(plain(green, 0.6), (0.7, 0.7, 0.8), 16, 12), at=(0, 0, 0.83))]
        count, loose = rng.integers(54, 72), rng.uniform(0.2, 0.4) + 0.1 * age
        for i in range(count):
            h = i / (count - 1)
            polar = np.interp(h, [0, 1], [0.7, 2.75])
            lean = np.arctan2(0.72 * np.cos(polar), 0.85 * np.sin(polar)) + loose * (1 - 0.75 * h)
            piece = place(copy(scale), turn=(0, lean, 0), scale=np.interp(h, [0, 0.3, 0.7, 1], [0.6, 0.95, 0.85, 0.42]))
            place(piece, at=(0.7 * np.sin(polar), 0, 0.85 * (1 - np.cos(polar))))
            things.append(place(piece, turn=(0, 0, 2.39996 * i + rng.uniform(-0.1, 0.1))))
        long = rng.uniform(0.15, 1.1)
        things.append(sweep([(0, 0, -long), (0, 0, -long / 2), (0, 0, 0.25)], [0.2, 0.2, 0.3], flesh, 12, 8))
        move(things, scale=(1, 1, rng.uniform(0.95, 1.2)))
        lie = rng.random() < 0.5
        return rest(things, tilt=(rng.uniform(1.3, 1.75) if lie else rng.uniform(-0.25, 0.25), 0, rng.uniform(0, 6.3)))

    huddle(rng, one, rng.choice([1, 2, 3, 4]))
    discard(scale)
    return CLOSE | {"elevation": (12, 50)}


def spear(rng, long, radius, tone, tip, material, age):
    """An asparagus spear along x: a stem with scattered pointed scales and a bud of close ones."""
    around, along = 14, 26

    def thickness(x):
        u = x / long
        return radius * np.interp(u, [0, 0.1, 0.7, 0.82, 0.9, 0.96, 1.0], [0.92, 1, 0.9, 0.98, 0.86, 0.52, 0.1])

    x = np.linspace(0, long, along)
    x[-8:] = np.linspace(0.83 * long, long, 8)
    a = np.linspace(0, 6.2832, around, endpoint=False)
    r = thickness(x)[:, None]
    stem = np.stack([np.broadcast_to(x[:, None], (along, around)), r * np.cos(a), r * np.sin(a)], -1).reshape(-1, 3)
    faces = [[i * around + j, i * around + (j + 1) % around, (i + 1) * around + (j + 1) % around, (i + 1) * around + j]
             for i in range(along - 1) for j in range(around)] + [list(range(around))[::-1]]  # fmt: skip
    s = np.repeat(x / long, around)
    colours = lerp(lerp(blend(tone, "#ece4c0", 0.75), tone, s * 3.5), tip, (s - 0.72) * 4)
    points, colours = [stem], [colours]
    base = len(stem)
    spots = [(0.1 + 0.11 * i + rng.uniform(-0.02, 0.02), 2.4 * i, 1.9 * radius, 0.85) for i in range(6)]
    spots += [(0.74 + 0.016 * i, 2.4 * i, (1.7 - 0.04 * i) * radius, 0.85) for i in range(13)]
    for at, turn, size, wide in spots:
        u, v = (t.ravel() for t in np.meshgrid(np.linspace(0, 1, 5), np.linspace(-1, 1, 5), indexing="ij"))
        px = np.minimum(at * long + size * 1.5 * u, long * 1.01)
        angle = turn + wide * v * (1 - u**1.4) ** 0.8
        pr = thickness(np.minimum(px, long)) + radius * (0.2 * (1 - v**2) * (1 - u) + 0.03 + 0.1 * u + 0.25 * age * u)
        points.append(np.stack([px, pr * np.cos(angle), pr * np.sin(angle)], -1))
        edge = np.clip(np.maximum(np.abs(v), u) * 2.2 - 0.9, 0, 1)
        colours.append(lerp(lerp(tone, tip, at * 1.0 + 0 * u), blend(tip, "#2e2233", 0.65), edge * 0.85))
        faces += [[base + i * 5 + j, base + i * 5 + j + 1, base + i * 5 + j + 6, base + i * 5 + j + 5]
                  for i in range(4) for j in range(4)]  # fmt: skip
        base += 25
    return tint_vertices(mesh(np.concatenate(points), faces, material), np.concatenate(colours))


def asparagus(rng, age):
    """Green, white or purple spears with scaly tips, scattered or tied in a bundle."""
    tone, tip = pick(
        rng,
        (6, ("#6f9a3a", "#4d6b34")),
        (2, ("#e9e2c4", rng.choice(["#b79ab0", "#c3c58a", "#d3c398"]))),
        (1.2, ("#6a4a62", "#4a2c4e")),
        (2, ("#7ea548", "#6a4a6a")),
    )
    tone, tip = (blend(jitter(rng, c, 0.015, 0.06, 0.05), "#8f8648", 0.55 * age**1.5) for c in (tone, tip))
    material = tinted(rng, 0.45 + 0.2 * age, spots=max(age - 0.7, 0) * 0.5)
    long, radius = rng.uniform(6, 8.5), rng.uniform(0.33, 0.5)
    bundled = rng.random() < 0.5

    def kind():
        thing = spear(rng, long * rng.uniform(0.93, 1.05), radius, tone, tip, material, age)
        reshape(thing, local(thing) - [long / 2, 0, 0])
        return thing if bundled else bend(thing, rng.choice([-1, 1]) * rng.uniform(0.01, 0.15 + 0.25 * age))

    kinds = [kind() for _ in range(4)]

    def one(i):
        thing = copy(kinds[i % 4])
        return [place(thing, turn=(rng.choice([0, np.pi]), 0, 0))]

    if bundled:
        rows = pick(rng, (1, (4, 3)), (1, (5, 4, 3)), (1, (4, 5, 4)), (1, (3, 2)))
        step = 2.08 * radius
        ys = []
        for row, count in enumerate(rows):
            for i in range(count):
                thing = place(copy(kinds[rng.integers(4)]), turn=(rng.uniform(0, 6.3), 0, 0))
                y, z = (i - (count - 1) / 2) * step, radius * 1.02 + row * step * 0.866
                ys.append((y, z))
                place(thing, at=(rng.uniform(-0.25, 0.25), y, z), turn=(0, 0, rng.uniform(-0.012, 0.012)))
        drop(kinds)
        band = plain(pick(rng, (1, "#b3262e"), (1, "#2f5f9a"), (1, "#d9c79a"), (1, "#7a4a8a")), 0.6)
        ys = np.array(ys)
        a = np.linspace(0, 6.2832, 48, endpoint=False)
        out = np.stack([np.cos(a), np.sin(a)], -1)
        hull = ys[np.argmax(ys @ out.T, axis=0)] + out * radius * 1.04
        for at in rng.choice([-0.25, 0.0, 0.16], rng.integers(1, 3), replace=False):
            rings = [np.c_[np.full(48, at * long + dx), hull + out * lift]
                     for dx, lift in ((-0.27, -0.05), (-0.25, 0.05), (0.25, 0.05), (0.27, -0.05))]  # fmt: skip
            points = np.concatenate(rings)
            points[:, 2] = np.maximum(points[:, 2], 0.01)
            mesh(points, [[i * 48 + j, i * 48 + (j + 1) % 48, (i + 1) * 48 + (j + 1) % 48, (i + 1) * 48 + j]
                          for i in range(3) for j in range(48)], band)  # fmt: skip
    else:
        groups = [rest(one(i)) for i in range(rng.choice([2, 3, 4, 5, 6, 7]))]
        drop(kinds)
        pack(rng, groups, 0.05, 0.07, 0.5)
    return {"elevation": (32, 75), "fill": (0.75, 0.97)}
