"""A hundred kinds of curio: things that no one has a name for, drawn to pretrain the general weights on.

Kind n belongs to family n % 10. What makes a kind (form, pattern, finish) is drawn once from its own generator
`kind`; what should not matter (pose, proportions, which of the kind's two palettes) from the picture's `rng`.
The idea, to pretrain on pictures that a program makes, is that of FractalDB (Kataoka et al., 2020, arXiv 2101.08515).
"""

import numpy as np

from .materials import Graph, jitter, plain
from .scene import stage
from .shapes import blob, box, copy, corners, heap, lathe, move, place, prism, rest, sheet, sweep, wobble

HUES = (
    "#b3261e", "#d9772b", "#e3b52f", "#8fae2f", "#3c7a3a", "#2a8f8a", "#2f6db5", "#4b3f99", "#8a3f8f", "#d48aa6",
    "#7a4a2a", "#c9a878", "#ece7da", "#8d8f93", "#26262b",
)  # fmt: skip
PATTERNS = ("plain", "spots", "stripes", "bands", "cells", "marble", "gradient", "checks", "speckle", "rim")


def skin(kind, rng):
    """The kind's surface: pattern, finish and a pair of palettes are its own; tones and scale vary."""
    pattern = PATTERNS[kind.integers(len(PATTERNS))]
    palettes = kind.choice(len(HUES), (2, 3), replace=True)
    rough, metal, coat = kind.uniform(0.15, 0.85), float(kind.random() < 0.12), kind.uniform(0, 0.5)
    scale, relief = kind.uniform(0.7, 1.5), kind.random() < 0.4
    first, second, third = (jitter(rng, HUES[i], 0.04, 0.2, 0.2) for i in palettes[rng.integers(2)])
    scale *= rng.uniform(0.8, 1.25)
    g = Graph(pattern, rng.uniform(0, 9))
    height = None
    if pattern == "plain":
        colour = g.mix(g.ramp(g.noise(2 * scale, 2), (0.35, 0.0), (0.65, 0.4)), first, second)
    elif pattern == "spots":
        height = g.ramp(g.voronoi(3.2 * scale), (0.28, 1.0), (0.34, 0.0))
        colour = g.mix(height, first, second)
    elif pattern == "stripes":
        height = g.ramp(g.wave(1.3 * scale, 1.0, "X"), (0.4, 0.0), (0.55, 1.0))
        colour = g.mix(height, first, second)
    elif pattern == "bands":
        height = g.ramp(g.wave(1.2 * scale, 0.3, "Z"), (0.4, 0.0), (0.55, 1.0))
        colour = g.mix(height, first, second)
    elif pattern == "cells":
        height = g.ramp(g.voronoi(2.6 * scale, "DISTANCE_TO_EDGE"), (0.02, 0.0), (0.12, 1.0))
        colour = g.mix(height, second, first)
    elif pattern == "marble":
        height = g.ramp(g.noise(1.6 * scale, 3, 0.6, 2.5), (0.42, 0.0), (0.58, 1.0))
        colour = g.mix(height, first, second)
    elif pattern == "gradient":
        colour = g.ramp(g.axis("Z"), (0.1, first), (0.5, second), (0.9, third))
    elif pattern == "checks":
        colour = g.checker(first, second, 2.2 * scale)
    elif pattern == "speckle":
        height = g.ramp(g.noise(9 * scale, 1), (0.5, 0.0), (0.6, 1.0))
        colour = g.mix(height, first, second)
    else:
        colour = g.mix(g.ramp(g.facing(0.4), (0.2, 0.0), (0.7, 1.0)), first, second)
    bump = height if relief else None
    main = g.surface(colour, rough, bump, 0.5, Metallic=metal, Coat_Weight=coat)
    return main, plain(second, rough), plain(third, 0.6)


def profile(kind, knots):
    """A random outline from foot to top, for the lathe; smooth, of height about 2."""
    z = np.linspace(0, kind.uniform(1.2, 3.0), knots)
    r = kind.uniform(0.25, 1.1, knots)
    r[0] *= 0.8
    return np.vstack([[0, 0], np.c_[r, z], [0, z[-1] * kind.uniform(0.85, 1.08)]])


def turned(kind, rng):
    """Vases and spindles, grooved or not."""
    outline = profile(kind, kind.integers(3, 7))
    lobes, depth = int(kind.choice([0, 0, 4, 6, 9])), kind.uniform(0.1, 0.3)
    lying, many = kind.random() < 0.4, kind.random() < 0.3
    main, _, _ = skin(kind, rng)
    outline[1:, 0] *= rng.uniform(0.85, 1.15)

    def one(_):
        thing = lathe(outline, main, lobes=lobes, depth=depth)
        return rest(place(thing, turn=(0, 0, rng.uniform(0, 6.3))), tilt=(np.pi / 2 if lying else 0, 0, 0))

    heap(rng, one, rng.integers(2, 5) if many else 1)


def lumps(kind, rng):
    """Pebbles, from boxy to pointed, one or several."""
    size, power = kind.uniform(0.5, 1.2, 3), kind.choice([0.5, 0.8, 1.0, 1.0, 1.5])
    amount, frequency, count = kind.uniform(0, 0.13), kind.uniform(0.7, 2.5), int(kind.integers(1, 6))
    main, _, third = skin(kind, rng)
    knob = kind.random() < 0.4

    def one(_):
        thing = wobble(blob(main, size * rng.uniform(0.85, 1.15, 3), power=power), rng, amount, frequency)
        things = [thing]
        if knob:
            things.append(place(blob(third, (0.25, 0.25, 0.35), 12, 8), at=(size[0], 0, 0)))
        move(things, turn=rng.uniform(-0.5, 0.5, 3) + [0, 0, rng.uniform(0, 6.3)])
        return rest(things)

    heap(rng, one, max(1, count + rng.integers(-1, 2)), stack=0.3)


def horns(kind, rng):
    """Bent tubes: hooks, rings, coils and waves."""
    form, thick, taper = kind.integers(5), kind.uniform(0.12, 0.4), kind.uniform(0.1, 1.0)
    turns, angular, count = kind.uniform(0.5, 3), kind.choice([0, 0, 0.08]), int(kind.choice([1, 1, 2, 4]))
    main, second, _ = skin(kind, rng)
    tipped = kind.random() < 0.5

    def one(_):
        t = np.linspace(0, 1, 14)
        reach = rng.uniform(0.85, 1.15)
        if form == 0:
            path = np.c_[np.cos(2.2 * t * reach), np.sin(2.2 * t * reach), 0 * t]
        elif form == 1:
            path = np.c_[0.6 * np.cos(6.3 * turns * t), 0.6 * np.sin(6.3 * turns * t), 1.6 * t * reach]
        elif form == 2:
            path = np.c_[2.4 * t, 0.5 * np.sin(6.3 * turns * t) * reach, 0 * t]
        elif form == 3:
            path = np.c_[np.cos(5.6 * t), np.sin(5.6 * t) * reach, 0 * t]
        else:
            path = np.c_[0.3 * t, 0 * t, 2 * t] + 0.5 * np.c_[t**2, t**3, 0 * t] * reach
        thing = sweep(path, [thick, thick * (1 + taper) / 2, thick * taper], main, 14, 40, corners=angular)
        things = [thing]
        if tipped:
            things.append(place(blob(second, (thick * taper * 1.4,) * 3, 12, 8), at=tuple(path[-1])))
        return rest(move(things, turn=(0, 0, rng.uniform(0, 6.3))))

    heap(rng, one, count)


def clusters(kind, rng):
    """Many small bodies as one: bunches, cones, rows and shells."""
    form, size, count = kind.integers(4), kind.uniform(0.13, 0.3), int(kind.integers(14, 60))
    long, power = kind.uniform(0.8, 2.0), kind.choice([0.6, 1.0, 1.0])
    main, second, _ = skin(kind, rng)
    seed = blob(main, (size, size, size * long), 14, 10, power)
    for i in range(count):
        t, angle = (i + 0.5) / count, i * 2.39996 + rng.uniform(-0.15, 0.15)
        if form == 0:
            r, z = np.sqrt(1 - (2 * t - 1) ** 2), 2 * t - 1
        elif form == 1:
            r, z = 1 - t, 2.4 * t
        elif form == 2:
            r, z = 0.45, 3 * t
        else:
            r, z = 1.2 * np.sqrt(t), 0.1 * rng.normal()
        at = np.array([r * np.cos(angle), r * np.sin(angle), z]) + rng.normal(0, 0.03, 3)
        copy(seed, turn=(0, np.arctan2(r, z - 0.2), angle), at=tuple(at), scale=rng.uniform(0.85, 1.15))
    things = list(_linked())
    if kind.random() < 0.5:
        things.append(sweep([(0, 0, z) for z in (1, 2, 3.2)], 0.08, second, 8, 8))
    place(seed, at=(0, 0, 0), scale=1e-3)
    rest(things, tilt=(kind.choice([0, 1.4]) + rng.uniform(-0.2, 0.2), 0, rng.uniform(0, 6.3)))


def _linked():
    import bpy

    return [t for t in bpy.context.scene.objects if t.type == "MESH"]


def rosettes(kind, rng):
    """Leaves in spirals: open, closed, long or round."""
    count, length, width = int(kind.integers(7, 30)), kind.uniform(0.8, 1.8), kind.uniform(0.3, 1.2)
    lift, ruffle, tip, cup = (
        kind.uniform(-0.1, 1.2),
        kind.choice([0, 0.04, 0.1]),
        kind.uniform(0.3, 1),
        kind.uniform(-0.1, 0.4),
    )
    heart, closed = kind.random() < 0.5, kind.uniform(0, 0.9)
    main, _, third = skin(kind, rng)
    leaf = sheet(length, width, main, lift * 0.5, ruffle, rng, 14, 8, tip, cup)
    things = [leaf]
    for i in range(count):
        t = i / count
        things.append(
            copy(
                leaf,
                scale=1 - 0.55 * t,
                turn=(0, -closed * (0.2 + 1.2 * t), i * 2.39996 + rng.uniform(-0.2, 0.2)),
                at=(0, 0, 0.25 * t),
            )
        )
    if heart:
        things.append(place(blob(third, (0.3, 0.3, 0.3), 16, 10), at=(0, 0, 0.35)))
    rest(things, tilt=(rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2), 0))


def wagons(kind, rng):
    """Boxes joined on wheels or feet: made things, with a front."""
    count, wheels = int(kind.integers(2, 5)), kind.random() < 0.7
    sizes, shifts = kind.uniform(0.4, 1.5, (count, 3)), kind.uniform(-0.7, 0.7, count)
    tapers, radius, pairs = kind.uniform(0.5, 1.0, count), kind.uniform(0.2, 0.42), int(kind.integers(2, 4))
    drum = kind.random() < 0.4
    main, second, third = skin(kind, rng)
    dark = plain("#26262b", 0.7)
    stretch = rng.uniform(0.88, 1.12, 3)
    base = box(main, np.array([2.6, 1.1, 0.5]) * stretch, 0.06)
    things = [place(base, at=(0, 0, radius))]
    for i, (size, shift, taper) in enumerate(zip(sizes, shifts, tapers, strict=True)):
        part = box([main, second, third][i % 3], size * stretch, 0.05, (taper, 1))
        things.append(place(part, at=(shift, 0, radius + 0.45)))
    if drum:
        body = place(
            lathe([(0, 0), (0.45, 0.05), (0.5, 0.8), (0.4, 1.5), (0, 1.55)], second, 20, 12), turn=(0, 1.57, 0)
        )
        things.append(place(body, at=(-1.2, 0, radius + 0.95)))
    for x in np.linspace(-0.95, 0.95, pairs) * stretch[0]:
        for y in (-0.55, 0.55):
            if wheels:
                thing = lathe([(0, 0), (radius, 0), (radius, 0.22), (0, 0.22)], dark, 20, 12)
                things.append(place(place(thing, turn=(np.pi / 2, 0, 0)), at=(x, y * stretch[1] + 0.11, radius)))
            else:
                things.append(place(box(third, (0.2, 0.2, radius + 0.1), 0.02), at=(x, y * 0.8, 0)))
    rest(things, tilt=(0, 0, rng.uniform(0, 6.3)))


def towers(kind, rng):
    """Prisms on one another, of changing number of sides; some under a roof."""
    count, sides = int(kind.integers(2, 6)), int(kind.choice([3, 4, 4, 5, 6, 8]))
    radii, heights = kind.uniform(0.4, 1.1, count), kind.uniform(0.2, 1.0, count)
    star, roof, twist = kind.choice([1.0, 1.0, 0.55]), kind.random() < 0.5, kind.uniform(0, 0.6)
    materials = skin(kind, rng)
    z, things = 0.0, []
    for i in range(count):
        n = sides * 2
        angle = np.arange(n) * 2 * np.pi / n + i * twist
        r = (
            radii[i]
            * rng.uniform(0.9, 1.1)
            * np.where(np.arange(n) % 2, star, 1.0 if star < 1 else np.cos(np.pi / sides) ** -1)
        )
        thing = prism(
            np.c_[r * np.cos(angle), r * np.sin(angle)], heights[i] * rng.uniform(0.85, 1.2), materials[i % 2], 0.04
        )
        place(thing, at=(0, 0, z))
        z = corners(thing)[:, 2].max()
        things.append(thing)
    if roof:
        things.append(
            place(
                lathe([(radii[-1] * 1.25, 0), (radii[-1] * 0.6, 0.5), (0, 1.0)], materials[2], sides, 8), at=(0, 0, z)
            )
        )
    lying = kind.random() < 0.25
    rest(things, tilt=(np.pi / 2 if lying else 0, 0, rng.uniform(0, 6.3)))


def dishes(kind, rng):
    """A bowl or plate with something in it: strands, balls, slices or a pool."""
    deep, fill = kind.uniform(0.15, 0.9), kind.integers(4)
    size, count = kind.uniform(0.12, 0.3), int(kind.integers(5, 26))
    main, second, _ = skin(kind, rng)
    ware = plain(jitter(rng, HUES[rng.integers(len(HUES))]), 0.3)
    lathe(
        [(0, 0), (0.7, 0), (1.1, deep * 0.6), (1.3, deep), (1.25, deep), (1.0, deep * 0.6), (0.6, 0.08), (0, 0.08)],
        ware,
        40,
        40,
    )
    level = deep * 0.72
    disc = lathe([(1.12, level), (1.1, level + 0.02), (0, level + 0.03)], main if fill == 3 else second, 32, 8)
    things = [disc]
    if fill == 0:
        t = np.linspace(0, 1, 12)
        for _ in range(4):
            wave = rng.normal(0, 0.25, (12, 2)).cumsum(0) * 0.4
            strand = sweep(
                np.c_[1.3 * t - 0.65 + 0 * wave[:, 0], wave[:, 1] * 0.8, 0.05 * np.sin(9 * t)], size * 0.3, main, 6, 30
            )
            for _ in range(count // 2):
                copy(
                    strand,
                    turn=(0, 0, rng.uniform(0, 6.3)),
                    at=(*rng.uniform(-0.3, 0.3, 2), level + rng.uniform(0.02, 0.12)),
                )
            place(strand, at=(0, 0, level + 0.03))
    else:
        seed = (
            blob(main, (size * 1.2,) * 3, 14, 10)
            if fill == 1
            else lathe([(0, 0), (size * 1.6, 0), (size * 1.6, 0.08), (0, 0.09)], main, 20, 8)
        )
        for i in range(count if fill != 3 else 4):
            r, a = 0.9 * np.sqrt((i + 0.5) / count), i * 2.39996 + rng.uniform(0, 0.4)
            copy(
                seed,
                turn=(rng.uniform(-0.4, 0.4), rng.uniform(-0.4, 0.4), 0),
                at=(r * np.cos(a), r * np.sin(a), level + 0.06),
            )
        place(seed, at=(0, 0, level + 0.05))
    move(things, scale=1.0)
    return {"elevation": (30, 75)}


def slices(kind, rng):
    """Cut pieces: discs, wedges and halves that show what is inside."""
    sides, wedge, thick = (
        int(kind.choice([3, 5, 24, 24, 24])),
        kind.choice([0.5, 1.0, 1.0, 0.25]),
        kind.uniform(0.15, 0.7),
    )
    inner, spokes, count = kind.integers(3), int(kind.integers(5, 12)), int(kind.integers(1, 5))
    main, second, _ = skin(kind, rng)
    a, b = jitter(rng, HUES[kind.integers(len(HUES))]), jitter(rng, HUES[kind.integers(len(HUES))])
    g = Graph("face", rng.uniform(0, 9))
    if inner == 0:
        face = g.surface(g.mix(g.ramp(g.wave(2.2, 0.4, "Z", "RINGS", at=_bare(g)), (0.4, 0.0), (0.6, 1.0)), a, b), 0.5)
    elif inner == 1:
        face = g.surface(g.mix(g.ramp(g.voronoi(4, at=_bare(g)), (0.15, 1.0), (0.25, 0.0)), a, b), 0.4)
    else:
        face = plain(a, 0.4)
    t = np.linspace(0, 2 * np.pi * wedge, max(4, int(sides * wedge) + 1), endpoint=wedge < 1)
    outline = np.c_[np.cos(t), np.sin(t)]
    if wedge < 1:
        outline = np.vstack([[0, 0], outline])

    def one(_):
        slab = prism(outline, thick * rng.uniform(0.8, 1.2), main, 0.04)
        top = corners(slab)[:, 2].max()
        things = [slab, place(prism(outline * 0.88, 0.012, face), at=(0, 0, top))]
        if inner == 2 and wedge == 1:
            ray = box(second, (0.75, 0.06, 0.03), 0)
            for i in range(spokes):
                phi = 2 * np.pi * i / spokes
                things.append(copy(ray, turn=(0, 0, phi), at=(0.42 * np.cos(phi), 0.42 * np.sin(phi), top)))
            place(ray, at=(0.42, 0, top))
            things.append(ray)
        return rest(move(things, turn=(0, 0, rng.uniform(0, 6.3))), tilt=(kind_tilt + rng.uniform(-0.1, 0.1), 0, 0))

    kind_tilt = kind.choice([0.0, 0.0, 1.2])
    heap(rng, one, count)
    return {"elevation": (30, 70)}


def _bare(graph):
    """Object coordinates without the picture's shift, so that rings stay centred."""
    return graph.node("ShaderNodeTexCoord").outputs["Object"]


def stalks(kind, rng):
    """A stem with something on it: cap, balls, branches or spikes."""
    head, height, thick = kind.integers(5), kind.uniform(0.6, 2.0), kind.uniform(0.1, 0.4)
    count, spread = int(kind.integers(6, 22)), kind.uniform(0.6, 1.3)
    several, lying = kind.random() < 0.35, kind.random() < 0.4
    main, second, third = skin(kind, rng)

    def one(_):
        h = height * rng.uniform(0.85, 1.2)
        lean = rng.uniform(-0.2, 0.2, 2)
        things = [sweep([(0, 0, 0), (*lean / 3, h / 2), (*lean, h)], [thick * 1.2, thick * 0.9, thick], second, 12, 12)]
        top = np.array([*lean, h])
        if head == 0:
            things.append(
                place(
                    lathe([(thick, -0.1), (spread, -0.15), (spread * 0.95, 0.15), (0.4, 0.6), (0, 0.65)], main),
                    at=tuple(top),
                )
            )
        elif head == 1:
            ball = blob(main, (0.34,) * 3, 14, 10)
            for i in range(count):
                t, a = (i + 0.5) / count, i * 2.39996
                r = spread * np.sqrt(1 - (1 - t) ** 2) * 0.8
                things.append(copy(ball, at=tuple(top + [r * np.cos(a), r * np.sin(a), 0.7 * (1 - t) * spread])))
            things.append(place(ball, at=tuple(top)))
        elif head == 2:
            leaf = sheet(spread * 1.2, 0.4, main, 0.4, 0.02, rng, 12, 6)
            for i in range(count // 2):
                things.append(copy(leaf, turn=(0, -0.4, i * 2.39996), at=tuple(top * [1, 1, rng.uniform(0.4, 1)])))
            things.append(place(leaf, at=tuple(top)))
        elif head == 3:
            things.append(
                place(
                    wobble(blob(main, (spread * 0.6, spread * 0.6, spread * 0.8)), rng, 0.05),
                    at=tuple(top + [0, 0, spread * 0.6]),
                )
            )
            thorn = lathe([(0.09, 0), (0.05, 0.2), (0, 0.4)], third, 8, 5)
            for i in range(count):
                t, a = (i + 0.5) / count * 2 - 1, i * 2.39996
                r = np.sqrt(1 - t * t)
                at = top + spread * np.array([0.6 * r * np.cos(a), 0.6 * r * np.sin(a), 0.6 + 0.8 * t])
                things.append(copy(thorn, turn=(0, np.arccos(t), a), at=tuple(at)))
            things.append(place(thorn, at=tuple(top)))
        else:
            for i in range(3):
                things.append(
                    place(
                        lathe([(thick, 0), (spread * (1 - 0.28 * i), 0.05), (0.1, 0.5)], main, 24, 12),
                        at=tuple(top * [1, 1, 0.55 + 0.3 * i]),
                    )
                )
        move(things, turn=(0, 0, rng.uniform(0, 6.3)))
        return rest(things, tilt=(np.pi / 2, 0, rng.uniform(0, 6.3)) if lying else (0, 0, 0))

    heap(rng, one, rng.integers(2, 5) if several else 1)


FAMILIES = (turned, lumps, horns, clusters, rosettes, wagons, towers, dishes, slices, stalks)
CLASSES = {f"curio {n:03d}": n for n in range(100)}


def compose(rng, label, config):
    """Set up one picture of `label`; returns its truth."""
    n = CLASSES[label]
    options = FAMILIES[n % 10](np.random.default_rng([2026, n]), rng) or {}
    return stage(rng, **options)
