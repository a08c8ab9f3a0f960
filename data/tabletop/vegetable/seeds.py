"""Corn and pea pods."""

import numpy as np

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, copy, corners, mesh, move, place, rest, sheet, sweep, wobble
from .parts import CLOSE, discard, grid, lay, tint
from .vertices import drop, lerp, local, pack, pick, reshape, rgb, tint_vertices, tinted


def corn(rng, age):
    yellow = blend(jitter(rng, rng.choice(["#fbcf3a", "#fbdf6a", "#f2ba24"]), 0.008), "#c08a30", 0.3 * age)
    rows, along = rng.choice([10, 12, 14]), rng.integers(22, 28)
    s, phi = np.linspace(0, 1, along * 5)[:, None], np.linspace(0, 2 * np.pi, rows * 6, endpoint=False)[None, :]
    shift = 0.5 * (np.floor(phi / (2 * np.pi) * rows) % 2)
    kernel = np.abs(np.sin(phi * rows / 2) * np.sin(np.pi * (s * along + shift))) ** 0.45
    kernel = np.where(s < 0.012, 0.6, kernel)  # the cut end
    radius = np.interp(s, [0, 0.008, 0.05, 0.3, 0.7, 0.93, 1], [0.02, 0.36, 0.5, 0.56, 0.5, 0.3, 0.02])
    r = radius * (0.86 + 0.14 * kernel)
    points = np.stack([3.8 * s + 0 * phi, r * np.cos(phi), r * np.sin(phi)], -1)
    g = Graph("kernels", rng.uniform(0, 9))
    single = g.mix(g.noise(2.5, 2), blend(yellow, "#fff0a0", 0.45), yellow)
    colour = g.mix(g.ramp(tint(g), (0.35, 0), (0.7, 1)), blend(yellow, "#8a5a14", 0.6), single)
    cob = grid(points, g.surface(colour, 0.3), kernel, wrap=True)
    green = blend(jitter(rng, "#8fae4e"), "#c9b06a", 0.8 * age)
    g = Graph("husk", rng.uniform(0, 9))
    stripe = g.noise(9, 2, at=g.coordinate(scale=(0.1, 1.6, 1.6)))
    husk = g.surface(g.mix(g.ramp(stripe, (0.35, 0), (0.65, 1)), green, blend(green, "#eef0c0", 0.5)), 0.6)
    silk = plain(blend("#d8c27a", "#6b4420", rng.uniform(0, 1)), 0.7)

    def leaf(turn, reach, opened):
        """A husk leaf wrapped round the cob; `opened` turns its free end away from the cob."""
        u, v = np.linspace(0, 1, 24)[:, None], np.linspace(-1, 1, 11)[None, :]
        wide = 1.15 * (1 - 0.85 * u**2)
        away = 0.56 + 0.06 * rng.random() + opened * u**2 * 1.6
        angle = turn + v * wide * 0.55 / np.maximum(away, 0.55)
        x = -0.35 + reach * u * (1 - 0.25 * opened * u)
        r = away * np.interp(u, [0, 0.12, 0.3], [0.4, 0.95, 1.05])
        return grid(np.stack([x + 0 * v, r * np.cos(angle), r * np.sin(angle)], -1), husk)

    bare = rng.random() < 0.5

    def one(_):
        dressed = "bare" if bare else rng.choice(["open", "open", "half"])
        things = [copy(cob)]
        if dressed != "bare":
            count = rng.integers(4, 6)
            for k in range(count):
                opened = rng.uniform(0.3, 0.9) if dressed == "open" else rng.uniform(0, 0.2)
                turn = np.pi * 1.5 + (k - (count - 1) / 2) * 0.55 + rng.uniform(-0.15, 0.15)
                things.append(leaf(turn, rng.uniform(2.6, 4.4), opened))
            things.append(sweep([(-0.9, 0, 0), (-0.6, 0, 0), (-0.2, 0, 0)], [0.16, 0.17, 0.25], husk, 12, 8))
        if dressed == "half":
            for _ in range(10):
                a, b = rng.normal(0, 0.18, (2, 2))
                things.append(sweep([(3.6, 0, 0), (4.0, *a), (4.6, *(a + b))], 0.02, silk, 5, 8))
        move(things, at=(-2, 0, 0), turn=(rng.uniform(-0.6, 0.6), 0, rng.uniform(-0.08, 0.08)))
        return rest(things)

    lay(rng, one, rng.choice([2, 3, 4, 5] if bare else [1, 2, 3]), 0.57 if bare else 0.64, stack=0.5)
    discard(cob)
    return CLOSE


def pea_pod(rng, age):
    """Flat green pods with stalk and beak, some open on a row of round peas, loose peas beside."""
    green = blend(
        jitter(rng, pick(rng, (3, "#6aa336"), (2, "#86b848"), (1, "#4d8a34")), 0.02), "#a39248", 0.8 * age**1.7
    )
    pea_tone = blend(jitter(rng, pick(rng, (2, "#86b53c"), (1, "#a5c95a")), 0.015), "#9c8a48", 0.5 * age**2)
    shell = tinted(rng, 0.38, mottle=0.3, scale=1.2, dark=blend(green, "#3a3a10", 0.5), spots=max(age - 0.5, 0) * 0.5)
    pea_skin = plain(pea_tone, 0.28)
    stalk = plain(blend(green, "#3f6a20", 0.4), 0.6)
    count = rng.integers(6, 10)
    pitch = rng.uniform(0.78, 0.95)
    long, deep = pitch * (count + 1.6), rng.uniform(0.62, 0.78)
    ball = blob(pea_skin, (0.42,) * 3, 18, 12)
    wobble(ball, rng, 0.01 + 0.05 * age, 2)

    def body(opening, thick):
        """Valves as one surface along x, its seam up; `opening` in radians from the seam to either lip."""
        rows, around = 60, 30
        s = np.linspace(0, 1, rows)
        h = deep * np.clip(np.sin(np.pi * (0.02 + 0.96 * s)), 0, 1) ** 0.42
        peas = np.clip(np.cos((s * long - 1.3) * 6.2832 / pitch), -1, 1) * (s * long > 0.8) * (s * long < long - 0.8)
        a = np.linspace(opening, 6.2832 - opening, around)
        y = (thick * h * (1 + 0.13 * peas * (opening == 0)))[:, None] * np.sin(a)
        z = h[:, None] * np.cos(a)
        x = np.broadcast_to((s * long)[:, None], y.shape)
        faces = [[i * around + j, i * around + j + 1, (i + 1) * around + j + 1, (i + 1) * around + j]
                 for i in range(rows - 1) for j in range(around - 1)]  # fmt: skip
        thing = mesh(np.stack([x, y, z], -1).reshape(-1, 3), faces, shell)
        shade = 0.94 + 0.1 * np.repeat(peas, around) * (opening == 0)
        colours = rgb(green) * shade[:, None]
        seam = np.tile(np.maximum(np.cos(a), -np.cos(a)) ** 12, rows)
        lip = np.tile(np.abs(np.linspace(-1, 1, around)) ** 8, rows)
        colours = lerp(colours, blend(green, "#d5e59a", 0.65), 0.7 * (lip if opening else seam))
        return tint_vertices(thing, colours)

    def trimmings():
        parts = [
            sweep(
                [(0.1, 0, 0.05), (-0.35, 0, 0.15), (-0.9, rng.uniform(-0.2, 0.2), 0.45)], [0.13, 0.1, 0.09], stalk, 8, 8
            )
        ]
        for k in range(5):
            leaf = sheet(0.7, 0.3, stalk, 0.25, rows=6, columns=3, tip=1.0)
            parts.append(place(place(leaf, turn=(0, -0.5, 0)), turn=(6.2832 * k / 5, 0, 0), at=(-0.15, 0, 0.05)))
        parts.append(
            sweep([(long - 0.12, 0, 0), (long + 0.2, 0, 0.05), (long + 0.5, 0, 0.25)], [0.09, 0.05, 0.02], stalk, 8, 6)
        )
        return parts

    def finish(things, curve):
        """Curve the group in its own x–z plane and centre it."""
        for thing in things:
            matrix = np.array(thing.matrix_world)
            points = local(thing) @ matrix[:3, :3].T + matrix[:3, 3]
            points[:, 2] += curve * ((points[:, 0] - long / 2) / long) ** 2 * long
            if thing.data.users > 1:
                thing.data = thing.data.copy()
            thing.matrix_world = np.eye(4).tolist()
            reshape(thing, points - [long / 2, 0, 0])
        return things

    def closed(_):
        things = finish([body(0.0, 0.5 - 0.15 * age), *trimmings()], rng.uniform(-0.35, 0.35))
        return rest(move(things, turn=(np.pi / 2 * rng.choice([-1, 1]) + rng.uniform(-0.15, 0.15), 0, 0)))

    def opened(_):
        first, last = rng.integers(0, 2), count - rng.integers(0, 2)
        things = [body(rng.uniform(0.75, 1.05), rng.uniform(0.85, 1.05)), *trimmings()]
        for i in range(first, last):
            u = (1.3 + i * pitch) / long
            size = pitch / 0.86 * (0.72 + 0.28 * np.sin(np.pi * np.clip(u, 0, 1)) ** 0.5)
            things.append(copy(ball, at=(1.3 + i * pitch, 0, -0.12 * size), scale=size))
        finish(things, rng.uniform(-0.2, 0.25))
        return rest(move(things, turn=(rng.uniform(-0.5, 0.5), 0, 0)))

    mode = rng.random()
    total, loose = rng.choice([1, 2, 3, 4]), []
    open_ones = 0 if mode < 0.15 else rng.integers(1, 3)
    groups = [opened(i) if i < open_ones else closed(i) for i in range(max(total, open_ones))]
    rng.shuffle(groups)
    pack(rng, groups, 0.12, 0.2, 0.6)
    if rng.random() < 0.55 or not open_ones:
        low = corners([t for group in groups for t in group])
        for _ in range(rng.integers(3, 9)):
            for _ in range(20):
                spot = (rng.uniform(low[:, 0].min(), low[:, 0].max()), low[:, 1].min() - rng.uniform(0.5, 2.2), 0)
                if all(np.hypot(spot[0] - q[0], spot[1] - q[1]) > 0.9 for q in loose):
                    loose.append(spot)
                    rest(copy(ball, at=spot))
                    break
    drop([ball])
    return {"elevation": (30, 75), "fill": (0.7, 0.95)}
