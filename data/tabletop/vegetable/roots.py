"""From under the ground: carrot, potato, radish."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, corners, heap, lathe, move, place, rest, sweep, wobble
from .vertices import (
    DRY,
    broad_leaf,
    coins,
    face,
    feather,
    halve,
    lay_flat,
    lerp,
    local,
    pack,
    path_up,
    pick,
    reshape,
    rgb,
    tint_vertices,
    tinted,
)


def carrot(rng, age):
    """Tapered roots with fine rings and feathery tops, or cropped; sometimes with slices."""
    tone = jitter(rng, pick(rng, (7, "#e8731c"), (1, "#5a2350"), (1.2, "#e9a92a"), (0.5, "#ead9ae")), 0.01, 0.06, 0.05)
    tone = blend(tone, DRY, 0.45 * age**2)
    g = Graph("carrot", rng.uniform(0, 9))
    rings = g.noise(1.0, 2, at=g.coordinate(scale=(0.5, 0.5, 5.5)))
    colour = g.mix(g.ramp(rings, (0.54, 0), (0.60, 0.75), (0.64, 0)), tone, blend(tone, "#4a2208", 0.75))
    skin = g.surface(
        g.mix(g.ramp(rings, (0.3, 0.3), (0.45, 0)), colour, blend(tone, (1, 1, 1), 0.25)), 0.5, rings, 0.25
    )
    green = blend(jitter(rng, "#4f8a2a"), "#97852f", age**1.5)
    leaves = tinted(rng, 0.7)
    length, radius, blunt = rng.uniform(4.2, 6.5), rng.uniform(0.5, 0.75), rng.uniform(0, 1)
    tops = rng.random() < 0.68 or tone[0] < 2 * tone[2]

    def one(_):
        long, r = length * rng.uniform(0.85, 1.1), radius * rng.uniform(0.85, 1.1)
        tip = 0.12 + 0.35 * blunt
        profile = [(0.02, -0.6), (0.06, -0.3), (tip * r, 0.1), ((0.45 + 0.3 * blunt) * r, 0.3 * long),
                   ((0.72 + 0.18 * blunt) * r, 0.62 * long), (r, 0.93 * long), (0.75 * r, long),
                   (0.3 * r, long - 0.05)]  # fmt: skip
        root = wobble(lathe(profile, skin, 20, 40), rng, 0.006 + 0.012 * age, 4.0)
        place(root, at=(0, 0, -long))
        crown = place(
            blob(plain(blend(green, "#6b5a2a", 0.5), 0.7), (0.36 * r, 0.36 * r, 0.12), 12, 8), at=(0, 0, -0.02)
        )
        things = [root, crown]
        lay_flat(things, rng.uniform(0, 6.3))
        move(things, turn=(0, -np.arcsin(0.45 * r / long), 0))
        rest(things)
        z = corners(crown)[:, 2].mean()
        x = corners(crown)[:, 0].mean()
        count = rng.integers(4, 7) if tops else rng.integers(3, 6)
        for k in range(count):
            out = (1.5 * (k + rng.uniform(0, 1)) / count - 0.75) if tops else rng.uniform(-0.25, 0.25)
            span = rng.uniform(2.4, 4.2) * length / 5 if tops else rng.uniform(0.25, 0.5)
            way = path_up(rng, (x, out * 0.3, z), out, rng.uniform(0.0, 0.8 - 0.5 * age), span, rng.uniform(0.2, 0.5))
            if tops:
                things.append(feather(rng, way, rng.uniform(0.55, 0.85) * (1 - 0.4 * age), green, leaves))
            else:
                things.append(sweep(way, 0.07, plain(green, 0.7), 6, 6))
        return things

    if rng.random() < 0.2:
        core, count = blend(tone, "#ffd77a", 0.4), rng.integers(5, 9)
        inside = tinted(rng, 0.35)

        def paint(r, a):
            edge = 0.48 + 0.05 * np.cos(7 * a)
            return lerp(lerp(core, tone, (r - edge) * 14), blend(tone, "#7a3208", 0.5), (np.abs(r - edge) < 0.06) * 0.8)

        def slice_(_):
            disc = lathe([(radius, 0), (radius, 0.1), (radius, 0.2), (radius, 0.3)], skin, 28, 5)
            return [disc, face(disc, 28, paint, inside, 10)]

        roots = pack(rng, [one(i) for i in range(rng.integers(1, 3))], 0.05)
        low = corners([t for group in roots for t in group])
        row = coins(rng, slice_, count, radius, 0.3)
        move(row, turn=(0, 0, rng.uniform(-0.3, 0.3)))
        points = corners(row)
        move(row, at=(low[:, 0].mean() - points[:, 0].mean() - 1, low[:, 1].min() - points[:, 1].max() - 0.2, 0))
        for i in range(rng.integers(0, 3)):
            rest(move(slice_(i), at=(low[:, 0].mean() + 0.6 + 1.7 * radius * i, low[:, 1].min() - 1.6 * radius, 0)))
    else:
        pack(rng, [one(i) for i in range(rng.choice([1, 2, 3, 4, 5]))], 0.03, 0.12, 0.35)
    return {"elevation": (30, 75), "fill": (0.7, 0.95)}


def potato(rng, age):
    """Lumpy tubers with eyes, brown, yellow, red or purple; sometimes halved, sprouting when old."""
    tone = pick(rng, (4, "#aa8a63"), (2.5, "#c8ae7c"), (1.4, "#9c5053"), (0.6, "#54384f"), (1, "#84644a"))
    tone = jitter(rng, tone, 0.01, 0.06, 0.06)
    around, rows = 56, 40
    skin = tinted(rng, 0.75, mottle=0.55, scale=2.8, dark=blend(tone, "#3c2a18", 0.6), spots=0.5 * age)
    inside = jitter(rng, pick(rng, (3, "#ecdb9a"), (2, "#f0e8cc"), (1, "#e8cf72")), 0.01, 0.05, 0.03)
    if tone[2] > tone[1] * 1.2 and rng.random() < 0.5:
        inside = rgb("#7a5590")
    inside = blend(inside, "#9a7a52", 0.5 * age**2)
    flesh = tinted(rng, 0.45, mottle=0.12, scale=3, dark="#8a6f3a")
    size = (rng.uniform(0.8, 1), rng.uniform(0.75, 0.95), rng.uniform(1.0, 1.75))
    sprout = blend("#d8d0a0", "#9a6a8a", rng.random())

    def tuber():
        scale = rng.uniform(0.8, 1.15)
        thing = blob(
            skin, tuple(np.array(size) * scale * rng.uniform(0.9, 1.1, 3)), around, rows, rng.uniform(0.88, 1.0)
        )
        bend_x = rng.uniform(-0.12, 0.12)
        points = local(thing)
        points[:, 0] += bend_x * points[:, 2] ** 2
        reshape(thing, points)
        wobble(wobble(thing, rng, 0.05 + 0.02 * age, 1.1), rng, 0.014 + 0.012 * age, 3.0)
        points = local(thing)
        colours = np.tile(rgb(tone), (len(points), 1)) * (1 + 0.06 * np.sin(points @ rng.normal(0, 1.5, 3)))[:, None]
        if age > 0.5 and rng.random() < 0.5:
            colours = lerp(colours, "#87934f", (points @ rng.normal(0, 0.5, 3)) * 0.7)
        chance = (np.abs(points[:, 2]) < 0.9 * points[:, 2].max()) * np.hypot(points[:, 0], points[:, 1])
        eyes = points[rng.choice(len(points), rng.integers(9, 15), False, chance / chance.sum())]
        for eye in eyes:
            out = eye / np.linalg.norm(eye)
            d = points - eye
            side = np.cross(out, (0, 0, 1))
            side /= np.linalg.norm(side)
            along, up = d @ side, d @ np.cross(out, side)
            near = np.exp(-((along / 0.2) ** 2) - ((up - 2 * along**2) / 0.1) ** 2) * (d @ out > -0.5)
            points -= 0.09 * near[:, None] * out
            colours = lerp(colours, blend(tone, "#2a1a10", 0.75), near * 0.95)
        tint_vertices(reshape(thing, points), colours)
        return thing, eyes

    def whole(_):
        thing, eyes = tuber()
        things = [thing]
        if age > 0.75:
            for eye in eyes[:5]:
                out = eye / np.linalg.norm(eye)
                if out[0] > -0.2:
                    tip = eye + out * rng.uniform(0.15, 0.4) + rng.normal(0, 0.06, 3)
                    things.append(
                        sweep([eye * 0.97, (eye + tip) / 2, tip], [0.09, 0.07, 0.04], plain(sprout, 0.6), 8, 6)
                    )
        return lay_flat(things, rng.uniform(-1.0, 1.0) + (np.pi if rng.random() < 0.5 else 0))

    def half(_):
        thing, _ = tuber()
        halve(thing, around, lambda x, up: lerp(inside, blend(inside, tone, 0.35), np.abs(x) * 12 - 10.4), flesh)
        move(thing, turn=(-np.pi / 2, 0, 0))
        return rest([thing], (rng.uniform(-0.3, 0.3), rng.uniform(-0.3, 0.3), rng.uniform(0, 6.3)))

    def turned(i):
        return move(half(i) if i < halves else whole(i), turn=(0, 0, rng.uniform(0, 6.3)))

    halves = rng.choice([0, 0, 1, 2])
    heap(rng, turned, max(halves + (halves > 0), rng.choice([1, 2, 3, 4, 5])), stack=0.5)
    return {"elevation": (22, 65)}


def radish(rng, age):
    """Small red, pink or white-tipped globes with a thread of root and broad leaves, often in a bunch."""
    tone = jitter(rng, pick(rng, (6, "#c4173f"), (1.5, "#d8386e"), (1, "#7c2f78"), (1, "#ece6e0")), 0.012, 0.06, 0.05)
    tone = blend(tone, "#8a4a45", 0.5 * age**2)
    tip = rng.random() < 0.45
    slim = rng.random() < 0.3
    around, rows = 36, 32
    high = rng.uniform(1.7, 2.3) if slim else rng.uniform(0.88, 1.1)
    skin = tinted(rng, 0.22 + 0.35 * age, spots=max(age - 0.5, 0) * 0.6)
    flesh, leaves = tinted(rng, 0.3), tinted(rng, 0.6, mottle=0.25, scale=2.5, dark="#24401a")
    green, rib = (
        blend(jitter(rng, "#4f8f33"), "#a09a3c", age**1.6),
        jitter(rng, pick(rng, (2, "#a9c277"), (1, "#94736a"))),
    )

    def bulb():
        tail = rng.uniform(0.8, 1.8)
        profile = [(0.015, -tail), (0.04, -0.5 * tail), (0.09, -0.12), (0.45, 0.12), (0.92, 0.55 * high),
                   (0.97, 1.15 * high),
                   (0.72, 1.75 * high), (0.3, 1.97 * high), (0.12, 1.95 * high)]  # fmt: skip
        thing = wobble(lathe(profile, skin, around, rows), rng, 0.008 + 0.02 * age, 1.5)
        points = local(thing)
        low = np.clip(-points[:, 2] / tail, 0, 1)
        points[:, :2] += (low**1.5)[:, None] * rng.uniform(-0.4, 0.4, 2)
        s = points[:, 2] / (2 * high)
        colour = lerp(tone, blend(tone, (1, 1, 1), 0.3), 0.8 * np.exp(-(((s - 0.15) / 0.25) ** 2)))
        limit = rng.uniform(0.17, 0.32) if tip or slim else 0.03
        colour = lerp("#f0e8e2", colour, (s - limit) * 9)
        colour = lerp(colour, blend(green, tone, 0.4), (s - 0.96) * 20)
        return tint_vertices(reshape(thing, points), colour)

    def one(_, spread=1.0, tied=None):
        things = [bulb()]
        lay_flat(things, rng.uniform(0, 6.3))
        move(things, turn=(0, rng.uniform(0, 0.15), 0))
        rest(things)
        points = corners(things[0])
        crown = points[-around:].mean(0)
        for _ in range(rng.integers(3, 6)):
            out = rng.uniform(-0.6, 0.6) * spread
            way = path_up(
                rng,
                crown,
                out,
                rng.uniform(0.1, 0.9) * (1 - 0.6 * age),
                rng.uniform(3.0, 4.8),
                rng.uniform(0.2, 0.5),
                0.05,
                12,
            )
            things.append(broad_leaf(rng, way, rng.uniform(0.9, 1.5) * (1 - 0.35 * age), green, rib, leaves))
        return things

    def cropped(_):
        thing = bulb()
        stubs = []
        for _ in range(3):
            a = rng.uniform(0, 6.28)
            foot = np.array([0.12 * np.cos(a), 0.12 * np.sin(a), 1.9 * high])
            stubs.append(
                sweep(
                    [foot, foot * 1.05, foot * [2.2, 2.2, 1] + [0, 0, rng.uniform(0.3, 0.6)]],
                    [0.1, 0.07],
                    plain(green, 0.5),
                    7,
                    5,
                )
            )
        return move(lay_flat([thing, *stubs], rng.uniform(0, 6.3)), turn=(0, 0, rng.uniform(0, 6.3)))

    def half(_):
        thing = bulb()
        halve(
            thing, around, lambda x, up: lerp(blend("#f5f0ea", DRY, 0.4 * age**2), tone, (np.abs(x) - 0.86) * 20), flesh
        )
        move(thing, turn=(-np.pi / 2, 0, 0))
        return rest([thing], (rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2), rng.uniform(0, 6.3)))

    mode = rng.random()
    if mode < 0.6:  # a bunch
        count = rng.integers(3, 7)
        low = pack(rng, [one(i, 0.7) for i in range((count + 1) // 2 + 1)], 0.02, 0.08, 0.4)
        middle = np.mean([corners(t[0]).mean(0) for t in low], axis=0)
        move([t for group in low for t in group], at=(0, -middle[1], 0))
        for i in range(len(low) - 1 if count > 4 else 0):
            there = [corners(low[i][0]), corners(low[i + 1][0])]
            extra = one(i, 0.6)
            y = (there[0][:, 1].max() + there[1][:, 1].min()) / 2
            move(
                extra,
                at=(
                    0.5 * (np.median(there[0][:, 0]) + np.median(there[1][:, 0])) - np.median(corners(extra[0])[:, 0]),
                    y,
                    1.68,
                ),
            )
    elif mode < 0.8:
        count = rng.integers(1, 4)
        pack(rng, [one(i) for i in range(count)], 0.3, 0.4, 0.5)
    else:
        heap(rng, lambda i: half(i) if i % 3 == 1 else cropped(i), rng.integers(3, 7), stack=0.0)
    return {"elevation": (25, 72), "fill": (0.7, 0.95)}
