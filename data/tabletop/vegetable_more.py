"""Nine of the twenty vegetables, with their helpers. `age` runs from 0 (fresh) to 1 (wilted).

Recipes may return further arguments for `scene.stage`. Foliage, cut faces and markings are coloured by vertex.
"""

import numpy as np

from .materials import Graph, blend, jitter, plain
from .shapes import bend, blob, copy, corners, heap, lathe, mesh, move, place, rest, sheet, spline, sweep, wobble

DRY = "#8a6f45"


def rgb(colour):
    return np.array(blend(colour, colour, 0))


def lerp(first, second, amount):
    """Colours between two (each "#rrggbb", three numbers or n × 3), by an array of amounts."""
    first, second = (rgb(c) if isinstance(c, str) else np.asarray(c, float) for c in (first, second))
    return first + (second - first) * np.clip(np.asarray(amount, float), 0, 1)[..., None]


def pick(rng, *choices):
    """One of (weight, value) pairs."""
    weights = np.array([w for w, _ in choices], float)
    return choices[rng.choice(len(choices), p=weights / weights.sum())][1]


def local(thing):
    points = np.empty(len(thing.data.vertices) * 3)
    thing.data.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


def reshape(thing, points):
    thing.data.vertices.foreach_set("co", np.asarray(points, float).ravel())
    thing.data.update()
    return thing


def tint(thing, colours):
    """Give every vertex its own sRGB colour, which materials made by `tinted` show."""
    c = np.clip(np.broadcast_to(np.asarray(colours, float), (len(thing.data.vertices), 3)), 0, 1)
    c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    layer = thing.data.color_attributes.new("tint", "FLOAT_COLOR", "POINT")
    layer.data.foreach_set("color", np.c_[c, np.ones(len(c))].ravel())
    return thing


def tinted(rng, rough=0.5, mottle=0.0, scale=3.0, dark="#3a2a18", spots=0.0, at=None, bump=0.0, **inputs):
    """A material that shows the vertices' colours; `mottle` darkens by noise, `spots` (0–1) adds blemishes."""
    g = Graph("tinted", rng.uniform(0, 9))
    colour = g.node("ShaderNodeVertexColor", layer_name="tint").outputs["Color"]
    noise = None
    if mottle or bump:
        noise = g.noise(scale, 3, at=g.coordinate(scale=at) if at else None)
        colour = g.mix(g.ramp(noise, (0.4, 0.0), (0.65, mottle)), colour, dark)
    if spots > 0:
        blemish = g.ramp(g.noise(1.7, 2), (0.72 - 0.18 * spots, 0.0), (0.77 - 0.14 * spots, 0.75))
        colour = g.mix(blemish, colour, dark)
    return g.surface(colour, rough, noise if bump else None, bump, **inputs)


def face(thing, around, paint, material, rings=16, lift=0.015):
    """A cut face over the last ring of a lathe or sweep: `paint(r, a)` colours it, r in 0–1 and a in 0–2π."""
    points = local(thing)
    ring, before = points[-around:], points[-2 * around : -around]
    centre = ring.mean(0)
    axis = np.cross(ring[0] - centre, ring[around // 4] - centre)
    axis *= np.sign(axis @ (centre - before.mean(0)) or 1) / (np.linalg.norm(axis) + 1e-9)
    r = np.linspace(0.02, 1, rings)
    grid = centre + r[:, None, None] * (ring - centre) + lift * axis
    faces = [[i * around + j, i * around + (j + 1) % around, (i + 1) * around + (j + 1) % around, (i + 1) * around + j]
             for i in range(rings - 1) for j in range(around)]  # fmt: skip
    top = mesh(grid.reshape(-1, 3), [list(range(around)), *faces], material, smooth=False)
    rr, aa = np.meshgrid(r, np.linspace(0, 2 * np.pi, around, endpoint=False), indexing="ij")
    return tint(top, paint(rr.ravel(), aa.ravel()))


def halve(thing, around, paint, material):
    """Cut a lathe or blob along its axis: y < 0 becomes flat, coloured by `paint(across −1–1, up 0–1)`."""
    points = local(thing).reshape(-1, around, 3)
    half, rows = around // 2, len(local(thing)) // around
    t = np.linspace(0, 1, half + 1)
    left, right = points[:, half].copy(), points[:, 0].copy()
    for k in range(1, half):
        points[:, half + k] = left + (right - left) * t[k]
    across = np.ones((rows, around))
    across[:, half:] = 2 * t[:-1] - 1
    up = np.broadcast_to(np.linspace(0, 1, rows)[:, None], across.shape)
    reshape(thing, points)
    colours = np.array(paint(across.ravel(), up.ravel())).reshape(rows, around, 3)
    kept = thing.data.color_attributes.get("tint")
    if kept:
        skin = np.empty(len(thing.data.vertices) * 4)
        kept.data.foreach_get("color", skin)
        thing.data.color_attributes.remove(kept)
        skin = np.where(skin <= 0.0031308, skin * 12.92, 1.055 * np.maximum(skin, 1e-9) ** (1 / 2.4) - 0.055)
        colours[:, :half] = skin.reshape(rows, around, 4)[:, :half, :3]
    thing.data.materials.append(material)
    flags = np.zeros((rows - 1, around), bool)
    flags[:, half:] = True
    count = len(thing.data.polygons)
    index = np.zeros(count, np.int32)
    index[: flags.size] = flags.ravel()
    thing.data.polygons.foreach_set("material_index", index)
    thing.data.polygons.foreach_set("use_smooth", index == 0)
    return tint(thing, colours.reshape(-1, 3))


def lay(things, turn=0.0):
    """Lay what stands along z down along x, its top toward +x."""
    return rest(move(things, turn=(0, np.pi / 2, 0)), tilt=(turn, 0, 0))


def pack(rng, groups, gap=0.0, yaw=0.1, shift=0.0):
    """Lay groups along x side by side in y; a group's first object decides how close they come."""
    edge = None
    for things in groups:
        move(things, turn=(0, 0, rng.uniform(-yaw, yaw)))
        move(things, at=(rng.uniform(-shift, shift), 0, 0))
        points = corners(things[0])
        bins = np.clip(((points[:, 0] + 12) / 24 * 80).astype(int), 0, 79)
        low, high = np.full(80, np.inf), np.full(80, -np.inf)
        np.minimum.at(low, bins, points[:, 1])
        np.maximum.at(high, bins, points[:, 1])
        near = [np.r_[low[max(k - 2, 0) : k + 3]].min() for k in range(80)]
        step = 0.0 if edge is None else float(np.max(edge - near, initial=-9)) + gap
        move(things, at=(0, step, 0))
        high = high + step
        edge = high if edge is None else np.maximum(edge, high)
    return groups


def path_up(rng, start, azimuth, rise, length, sag, floor=0.05, count=18):
    """A stem's way from `start`: up by `rise` (radians), sinking by `sag`, on the table where it meets it."""
    s = np.linspace(0, 1, count)
    turn = azimuth + rng.uniform(-0.35, 0.35) * s**2
    x = start[0] + length * s * np.cos(rise) * np.cos(turn)
    y = start[1] + length * s * np.cos(rise) * np.sin(turn)
    z = start[2] + length * (s * np.sin(rise) - sag * s**2)
    low = floor + rng.uniform(0, 0.12)
    return np.stack([x, y, low + np.log1p(np.exp(8 * (z - low))) / 8], -1)


def ribbon(path, width, colours, material, cup=0.15, columns=7, floor=0.03):
    """A leaf along `path` (n × 3), `width` (n × columns offsets or n half-widths), `colours` n × columns × 3."""
    tangent = np.gradient(path, axis=0)
    side = np.stack([-tangent[:, 1], tangent[:, 0], np.zeros(len(path))], -1)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    t = np.linspace(-1, 1, columns)
    w = np.asarray(width)[:, None] * t[None, :]
    points = path[:, None, :] + w[:, :, None] * side[:, None, :]
    points[:, :, 2] = np.maximum(points[:, :, 2] + cup * np.abs(w), floor)
    n = len(path)
    faces = [[i * columns + j, i * columns + j + 1, (i + 1) * columns + j + 1, (i + 1) * columns + j]
             for i in range(n - 1) for j in range(columns - 1)]  # fmt: skip
    return tint(mesh(points.reshape(-1, 3), faces, material), np.asarray(colours).reshape(-1, 3))


def broad_leaf(rng, path, width, colour, rib, material, petiole=0.35):
    """A radish's leaf: a bare stalk, small lobes, then a broad round blade with a pale midrib."""
    path = spline(path, 26)
    s = np.linspace(0, 1, 26)
    blade = np.sin(np.pi * np.clip((s - petiole) / (1 - petiole), 0, 1) ** 1.35) ** 0.7
    blade *= 1 + 0.28 * np.sin(s * rng.uniform(24, 34) + rng.uniform(0, 6))
    half = 0.07 * (1 - 0.5 * s) + width / 2 * blade
    t = np.abs(np.linspace(-1, 1, 7))
    amount = np.clip((t[None, :] - 0.12) * 6, 0, 1) * np.clip((s - petiole) * 14, 0, 1)[:, None]
    shade = 1 + 0.12 * np.sin(s * 40)[:, None] * t[None, :]
    colours = lerp(rib, colour, amount) * shade[..., None]
    return ribbon(path, half, colours, material, cup=rng.uniform(-0.1, 0.35))


def feather(rng, path, width, colour, material):
    """A carrot's leaf: a thin stalk with ever finer leaflets."""
    path = spline(path, 24)
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
    side = np.cross(tangent, (0, 0, 1))
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    points, colours = [], []

    def blade(base, direction, across, length, half, tone):
        middle = base + 0.5 * length * direction
        points.extend([base, middle + half * across, base + length * direction, middle - half * across])
        colours.extend([tone * 0.8, tone, tone * 1.1, tone])

    for i in range(23):  # the stalk
        d = path[i + 1] - path[i]
        points.extend(
            [
                path[i] - 0.05 * side[i],
                path[i] + 0.05 * side[i],
                path[i] + d + 0.05 * side[i],
                path[i] + d - 0.05 * side[i],
            ]
        )
        colours.extend([rgb(colour) * 1.15] * 4)
    for i in range(8, 24):
        s = (i - 8) / 15
        reach = width * (0.35 + 0.65 * np.sin(np.pi * min(0.25 + 0.75 * s, 1))) * rng.uniform(0.8, 1.15)
        for sign in (-1, 1):
            out = 0.8 * sign * side[i] + 0.55 * tangent[i] + rng.normal(0, 0.15, 3)
            across = np.cross(out, (0, 0, 1)) + rng.normal(0, 0.2, 3)
            tone = rgb(colour) * rng.uniform(0.75, 1.2)
            blade(path[i], out, across, reach, 0.05, tone)
            for u, turn in ((0.35, -1), (0.6, 1), (0.85, -1), (0.85, 1)):
                twig = out + turn * 0.8 * across
                blade(path[i] + u * reach * out, twig, np.cross(twig, (0, 0, 1)), 0.36 * reach, 0.06, tone)
    points = np.array(points)
    points[:, 2] = np.maximum(points[:, 2], 0.03)
    faces = np.arange(len(points)).reshape(-1, 4)
    return tint(mesh(points, faces, material, smooth=False), np.array(colours))


def coins(rng, make, count, radius, thick):
    """Slices fallen over like dominoes, in a row along x from the origin; `make(i)` stands on z = 0 about it."""
    lean, things = rng.uniform(0.75, 1.1), []
    for i in range(count):
        part = make(i)
        move(part, turn=(0, lean, 0))
        move(part, at=(i * 1.25 * thick / np.sin(lean), rng.uniform(-0.06, 0.06) * radius, 0))
        things += rest(part)
    return things


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
        lay(things, rng.uniform(0, 6.3))
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


def tomato(rng, age):
    """Globes, ribbed or egg-shaped, with a green star; whole, on the vine, or halved."""
    ripe = pick(
        rng, (6, "#cf2a1a"), (1.3, "#efb023"), (1, "#e8761d"), (0.8, "#c2453f"), (0.6, "#6e2a24"), (0.8, "#8aa33a")
    )
    ripe = blend(jitter(rng, ripe, 0.012), "#7a2a16", 0.35 * age**2)
    shoulder = blend(ripe, "#8f9a35", rng.uniform(0, 0.7))
    g = Graph("tomato", rng.uniform(0, 9))
    top = g.ramp(g.mix(0.25, g.axis("Z"), g.noise(2.5, 2)), (0.6, 0), (0.85, 0.85))
    skin = g.mix(top, ripe, shoulder)
    if age > 0.6:
        skin = g.mix(g.ramp(g.noise(1.6, 2), (0.66, 0), (0.7, 0.6)), skin, "#3b2015")
    wrinkles = g.noise(1.0, 2, at=g.coordinate(scale=(5, 5, 1.2)))
    skin = g.surface(skin, 0.16 + 0.3 * age, wrinkles, 0.5 * max(age - 0.45, 0), Coat_Weight=0.5)
    green = plain(blend(jitter(rng, "#3f7a25"), DRY, 0.8 * age**2), 0.6)
    kind = pick(rng, (4, "round"), (2, "beef"), (1.5, "plum"))
    lobes, depth = (rng.integers(5, 9), rng.uniform(0.08, 0.17)) if kind == "beef" else (5, rng.uniform(0, 0.03))
    high = {"round": rng.uniform(0.8, 0.95), "beef": rng.uniform(0.62, 0.75), "plum": rng.uniform(1.25, 1.5)}[kind]

    def star(size=1.0):
        parts, count = [], rng.integers(5, 7)
        for i in range(count):
            sepal = sheet(
                size * rng.uniform(0.5, 0.75),
                0.2 * size,
                green,
                rng.uniform(-0.3, 0.5),
                rows=7,
                columns=4,
                tip=1.0,
                cup=0.2,
            )
            parts.append(
                place(sepal, turn=(0, -rng.uniform(-0.15, 0.3), 2 * np.pi * (i + rng.uniform(-0.2, 0.2)) / count))
            )
        lean = rng.uniform(-0.15, 0.15, 2)
        stem = [(0, 0, -0.1), (*lean / 2, 0.15), (*lean, rng.uniform(0.2, 0.42))]
        return [*parts, sweep(stem, [0.07, 0.06, 0.08], green, 8, 6)]

    def one(i, upright=None):
        fruit = lathe([(0, 0.06), (0.25, 0.0), (0.68, 0.2 * high), (0.99, 0.95 * high), (0.75, 1.65 * high),
                       (0.35, 1.84 * high), (0.0, 1.72 * high)], skin, 44, 28, lobes, depth, 0.8)  # fmt: skip
        wobble(fruit, rng, 0.015 + 0.03 * age)
        things = [fruit, *move(star(), at=(0, 0, 1.77 * high), turn=(0, 0, 0))]
        move(things, turn=(0, 0, rng.uniform(0, 6.3)), scale=rng.uniform(0.9, 1.1))
        down = kind == "plum" if upright is None else not upright
        return rest(
            things, (rng.uniform(1.0, 1.7), 0, 0) if down else (rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), 0)
        )

    flesh, wall = tinted(rng, 0.2), blend(ripe, "#f2795a" if ripe[0] > ripe[1] * 1.6 else "#f0d070", 0.45)
    seed = plain("#e8cf84", 0.35)

    def half(_):
        chambers = rng.integers(3, 5) if kind != "beef" else rng.integers(5, 8)
        phase, jelly = rng.uniform(0, 1), blend(blend(ripe, "#8a9a2a", 0.35), (0, 0, 0), 0.22)
        body = lathe(
            [(0, 0.06), (0.25, 0.0), (0.68, 0.2 * high), (0.94, 0.6 * high), (1, 0.95 * high)],
            skin,
            64,
            16,
            lobes,
            depth,
            0.8,
        )

        def paint(r, a):
            b = np.abs(np.mod(a * chambers / 6.2832 + phase, 1) - 0.5)
            inside = (
                np.clip((0.82 - r) * 15, 0, 1) * np.clip((r - 0.26) * 15, 0, 1) * np.clip((0.40 - b) * 15 * r, 0, 1)
            )
            colour = lerp(lerp(blend(wall, (1, 0.9, 0.8), 0.4), wall, r * 2.2), jelly, inside)
            return lerp(colour, ripe, (r - 0.94) * 30)

        things, z = [body, face(body, 64, paint, flesh, 24)], 0.95 * high + 0.03
        for c in range(chambers):
            for _ in range(rng.integers(4, 7)):
                a = (c + 0.5 - phase + 0.5 + rng.uniform(-0.27, 0.27)) * 6.2832 / chambers
                r = rng.uniform(0.4, 0.74)
                things.append(
                    place(blob(seed, (0.075, 0.045, 0.03), 8, 6), at=(r * np.cos(a), r * np.sin(a), z), turn=(0, 0, a))
                )
        return rest(
            move(things, turn=(0, 0, rng.uniform(0, 6.3))), (rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25), 0)
        )

    mode = rng.random()
    if mode < 0.22:  # a truss
        count, parts = rng.integers(4, 8), []
        way = np.array([(-0.9, 0.0, 1.95 * high), (0.8 * count - 0.9, 0.2, 1.9 * high)])
        for i in range(count):
            fruit = one(i, True)
            side = 1.0 if i % 2 else -1.0
            move(fruit, at=(1.03 * i, 0.92 * side, 0))
            parts.append(fruit)
            foot = (1.03 * i, 0.92 * side, 1.86 * high)
            mid = (1.03 * i - 0.25, 0.4 * side, 2.02 * high)
            sweep([foot, mid, (1.03 * i - 0.45, 0.0, 1.95 * high)], 0.06, green, 8, 8)
        way = [
            (-1.1, 0, 2.05 * high),
            (1.03 * count / 2 - 0.5, rng.uniform(-0.1, 0.1), 1.93 * high),
            (1.03 * count - 0.6, 0, 1.95 * high),
        ]
        sweep(way, [0.11, 0.07, 0.05], green, 8, 16)
    elif mode < 0.55:
        halves = rng.integers(1, 3)
        heap(rng, lambda i: half(i) if i < halves else one(i), halves + rng.integers(0, 3))
    else:
        heap(rng, one, rng.choice([1, 1, 2, 3, 4]), stack=0.3)
    return {"elevation": (25, 68)}


def eggplant(rng, age):
    """Glossy purple, striped or white; a green cap with a thick stalk; whole, halved or sliced."""
    kind = pick(rng, (5, "purple"), (1.7, "striped"), (0.5, "white"), (0.9, "lilac"))
    tone = jitter(
        rng, {"purple": "#2c1230", "striped": "#7a3f7c", "white": "#ece7d6", "lilac": "#8e4f92"}[kind], 0.02, 0.1, 0.05
    )
    tone = blend(tone, "#5a3c33", 0.35 * age**2)
    around, rows = 60, 44
    width, long = rng.uniform(0.75, 1.15), rng.choice([rng.uniform(2.6, 3.4), rng.uniform(3.6, 5.0)])
    neck = rng.uniform(0.42, 0.7)
    profile = [(0.0, 0.0), (0.5 * width, 0.06), (width, 0.28 * long), (0.88 * width, 0.55 * long),
               (neck * width, 0.85 * long),
               (0.8 * neck * width, 0.97 * long), (0.2, long)]  # fmt: skip
    skin = tinted(rng, 0.12 + 0.3 * age, spots=max(age - 0.4, 0) * 0.7, dark="#4a3320", Coat_Weight=0.6)
    green = jitter(rng, "#5f7a35") if kind == "white" or rng.random() < 0.8 else jitter(rng, "#4a3a4a")
    green = blend(green, DRY, 0.7 * age**2)
    leafy, flesh = tinted(rng, 0.6), tinted(rng, 0.6)
    cream = blend("#efe6c2", "#b08a55", 0.6 * age)

    def body(curve):
        thing = wobble(lathe(profile, skin, around, rows), rng, 0.012 + 0.03 * age, 1.5 + age)
        s, a = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 6.2832, around, endpoint=False), indexing="ij")
        if kind == "striped":
            streak = np.sin(a * 9 + 1.2 * np.sin(s * 7 + a)) + 0.8 * np.sin(17 * a + 2 * np.sin(9 * s))
            colours = lerp(tone, "#ece0e6", 0.9 * (streak.ravel() > 0.35))
        else:
            colours = lerp(tone, blend(tone, "#b89ac0" if kind != "white" else "#cfc98a", 0.6), (s.ravel() - 0.78) * 3)
        return tint(thing, colours)

    def cap(turn):
        """The calyx hugs the shoulder in four or five points; `turn` is how far about it goes (2π or, halved, π)."""
        count, n, m = rng.integers(4, 6), 12, 41
        curve = spline(profile, 100)[::-1]
        a = np.linspace(0, turn, m)
        b = np.abs(np.mod(a * count / 6.2832, 1) - 0.5) * 2
        reach = rng.uniform(0.17, 0.21) + rng.uniform(0.16, 0.24) * b**1.5
        s = np.linspace(0, 1, n)[:, None] * reach[None, :]
        r = np.interp(s, np.linspace(0, 1, 100), curve[:, 0]) + 0.05 * (1 - np.linspace(0, 1, n)[:, None] ** 3) + 0.025
        z = np.interp(s, np.linspace(0, 1, 100), curve[:, 1]) + 0.03
        points = np.stack([r * np.cos(a), r * np.sin(a), z], -1)
        faces = [
            [i * m + j, i * m + j + 1, (i + 1) * m + j + 1, (i + 1) * m + j] for i in range(n - 1) for j in range(m - 1)
        ]
        shell = mesh(points.reshape(-1, 3), faces, leafy)
        shade = 0.85 + 0.3 * np.linspace(0, 1, n)[:, None] * np.ones(m)
        tint(shell, rgb(green) * shade.reshape(-1, 1))
        lean = rng.uniform(-0.25, 0.25, 2) * [1, turn > 4]
        stalk = sweep(
            [(0, 0, long - 0.1), (0, 0, long + 0.15), (*lean, long + rng.uniform(0.5, 0.9))],
            [0.26, 0.17, 0.2],
            leafy,
            12,
            10,
        )
        return [shell, tint(stalk, rgb(green) * 0.9)]

    def whole(_):
        return lay([body(0), *cap(6.2832)], rng.uniform(0, 6.3))

    def seeds(r):
        grain = rng.random(len(r)) < 0.4
        return lerp(cream, blend("#8a6a35", cream, 0.1), grain * np.clip(1 - np.abs(r - 0.55) / 0.25, 0, 1) * 1.3)

    def half(_):
        def paint(across, up):
            colour = seeds(np.sqrt(across**2 + (1.2 * np.maximum(up - 0.42, 0)) ** 2))
            return lerp(colour, tone if kind != "white" else "#b9a862", (np.abs(across) - 0.87) * 20)

        thing = body(0)
        halve(thing, around, paint, flesh)
        things = [thing, *cap(np.pi)]
        move(things, turn=(-np.pi / 2, 0, 0))
        return rest(move(things, turn=(0, 0, -np.pi / 2)), (rng.uniform(-0.25, 0.25), 0, 0))

    def slice_(_):
        r = width * rng.uniform(0.85, 1)
        disc = tint(lathe([(r, 0), (r, 0.1), (r, 0.25), (r, 0.35)], skin, 36, 5), rgb(tone))
        return [disc, face(disc, 36, lambda q, a: lerp(seeds(q), "#b9a862", (q - 0.93) * 8), flesh, 14)]

    mode = rng.random()
    if mode < 0.2:
        pack(rng, [whole(0), half(1)], 0.1, 0.2, 0.3)
    elif mode < 0.28:
        pack(rng, [half(0), whole(1), half(2)], 0.1, 0.2, 0.3)
    elif mode < 0.45:
        row = coins(rng, slice_, rng.integers(4, 7), width, 0.35)
        move(row, at=(-corners(row)[:, 0].mean() + long / 2, 0, 0))
        pack(rng, [whole(0)], 0.1, 0.1)
        low = corners(row)[:, 1].max()
        move(row, at=(0, -width * 1.15 - low - 0.15, 0))
    else:
        pack(rng, [whole(i) for i in range(rng.choice([1, 1, 2, 3]))], 0.05, 0.25, 0.4)
    return {"elevation": (28, 70)}


def red_onion(rng, age):
    """Purple bulbs with papery lines, a dry neck and a root tuft; halves show their rings."""
    tone = jitter(rng, pick(rng, (3, "#691c46"), (2, "#4e173a"), (1.5, "#842f5a")), 0.014, 0.08, 0.05)
    around, rows = 72, 36
    high, neck = rng.uniform(0.75, 1.15), rng.uniform(0.3, 0.7)
    paper = tinted(rng, 0.35 + 0.2 * age, spots=max(age - 0.55, 0) * 0.6, dark="#2c1a1a")
    flesh = tinted(rng, 0.25)
    straw = plain(jitter(rng, "#b79f74"), 0.9)

    def bulb():
        profile = [(0, 0.02), (0.2, 0.0), (0.72, 0.3 * high), (1.0, high), (0.68, 1.68 * high), (0.24, 2.0 * high),
                   (0.14, 2.0 * high + 0.5 * neck), (0.17, 2.0 * high + neck)]  # fmt: skip
        thing = wobble(lathe(profile, paper, around, rows), rng, 0.015 + 0.02 * age)
        streak = np.abs(np.sin(np.linspace(0, np.pi * rng.integers(7, 11), around) + rng.normal(0, 0.35, around)))
        s = np.linspace(0, 1, rows)[:, None] * np.ones(around)
        lines = np.clip((0.3 - streak) * 4, 0, 1) * np.ones((rows, 1))
        colour = lerp(tone, blend(tone, "#e0b5c0", 0.55), lines * 0.8)
        peel = np.sin(np.linspace(0, 6.2832, around) + rng.uniform(0, 6)) + 0.5 * np.sin(5 * s + rng.uniform(0, 6))
        colour = lerp(colour, blend(tone, "#c08a6a", 0.75), 0.7 * np.clip((peel - 0.75) * 5, 0, 1) * (0.4 + 0.6 * age))
        colour = lerp(colour, "#b58d62", np.clip((s - 0.82) * 7, 0, 1))
        colour = lerp(colour, "#a58a68", np.clip((0.06 - s) * 20, 0, 1))
        return tint(thing, colour.reshape(-1, 3))

    def roots(length):
        points = []
        for _ in range(26):
            a, out = rng.uniform(0, 6.28), rng.uniform(0.03, 0.2)
            d, e = np.array([np.cos(a), np.sin(a), 0]), np.array([-np.sin(a), np.cos(a), 0])
            end = d * (out + rng.uniform(0, 0.3)) + e * rng.uniform(-0.15, 0.15) - [0, 0, length * rng.uniform(0.6, 1)]
            points += [d * out - 0.035 * e + [0, 0, 0.04], d * out + 0.035 * e + [0, 0, 0.04], end]
        return [mesh(points, np.arange(len(points)).reshape(-1, 3), straw, smooth=False)]

    def whole(_):
        things = [bulb(), *roots(rng.uniform(0.2, 0.45))]
        if rng.random() < 0.6:
            return lay(things, rng.uniform(0, 6.3))
        return rest([things[0]], (rng.uniform(-0.5, 0.5), rng.uniform(-0.4, 0.4), 0)) if drop(things[1:]) else things

    white = blend(jitter(rng, "#f7eff3", 0.02, 0.02, 0.02), "#c8a98a", 0.5 * age**2)
    line = blend("#7a1f58", tone, 0.4)

    def ring_colours(r, layers):
        k = r * layers
        edge = np.abs(np.mod(k, 1) - 0.5) * 2
        colour = lerp(white, blend(white, line, 0.2), np.mod(k, 1) * 0.8)
        return lerp(lerp(colour, line, np.clip((edge - 0.66) * 5, 0, 1) * (0.65 + 0.35 * r)), tone, (r - 0.95) * 30)

    def lengthwise(_):
        thing = bulb()
        layers = rng.integers(4, 6)
        halve(thing, around, lambda x, up: lerp(ring_colours(np.abs(x), layers), "#b58d62", (up - 0.86) * 9), flesh)
        things = [thing]
        move(things, turn=(-np.pi / 2, 0, 0))
        return rest(things, (rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25), 0))

    def across(_):
        thing = lathe([(0, 0.02), (0.2, 0.0), (0.72, 0.3 * high), (0.95, 0.7 * high), (1.0, high)], paper, around, 18)
        tint(thing, rgb(tone))
        phase, off, layers = rng.uniform(0, 6.28), rng.uniform(0.02, 0.06), rng.integers(5, 8)
        top = face(
            thing, around, lambda r, a: ring_colours(r * (1 + off * (1 - r) * np.cos(2 * a + phase)), layers), flesh, 44
        )
        return rest([thing, top], (rng.uniform(-0.25, 0.25), rng.uniform(-0.25, 0.25), 0))

    mode, count = rng.random(), rng.choice([1, 2, 3, 4])
    if mode < 0.55:
        heap(rng, whole, rng.choice([1, 2, 3, 4]), stack=0.3)
    else:
        cut = lengthwise if mode < 0.75 else across
        heap(rng, lambda i: cut(i) if i < 1 + (count > 2) else whole(i), max(count, 1 + (mode > 0.9)))
    return {"elevation": (28, 70)}


def drop(things):
    """Take objects out of the picture again."""
    import bpy

    for thing in things:
        bpy.data.objects.remove(thing)
    return True


def garlic(rng, age):
    """White bulbs of cloves under paper, streaked with purple; loose cloves beside them."""
    white = blend(
        jitter(rng, pick(rng, (3, "#efe9dc"), (1.5, "#e8dccb"), (1, "#eadfe2")), 0.02, 0.04, 0.03),
        "#c9b083",
        0.6 * age**2,
    )
    purple = jitter(rng, pick(rng, (2, "#b9a0b0"), (1, "#8d5f86"), (2, "#d8cbb2")), 0.02, 0.1, 0.05)
    around, rows = 80, 34
    skin, peeled = tinted(rng, 0.55), tinted(rng, 0.3)
    high, neck = rng.uniform(0.65, 0.85), rng.uniform(0.5, 1.5)
    root = blend("#a58f6c", DRY, age)

    def bulb():
        lobes, depth = rng.integers(6, 10), rng.uniform(0.13, 0.2)
        profile = [(0.05, 0.06), (0.3, 0.0), (0.8, 0.2 * high), (1.0, 0.75 * high), (0.72, 1.4 * high),
                   (0.3, 1.85 * high),
                   (0.17, 1.9 * high + 0.4 * neck), (0.15, 1.9 * high + neck)]  # fmt: skip
        thing = wobble(
            lathe(profile, skin, around, rows, lobes, depth, 0.6, rng.uniform(-0.2, 0.2)), rng, 0.02 + 0.03 * age
        )
        s, a = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 6.2832, around, endpoint=False), indexing="ij")
        groove = np.abs(np.cos(lobes * a / 2))
        veins = np.clip(np.sin(a * lobes * 2.5 + rng.uniform(0, 6)) * 2 - 1, 0, 1) * np.clip(1.1 - s, 0, 1)
        colour = lerp(white, purple, veins * 0.9)
        colour = lerp(colour, blend(white, "#8a6d52", 0.7), np.clip(0.35 - groove, 0, 1) * 2.2 * np.clip(1.2 - s, 0, 1))
        colour = lerp(colour, root, np.clip((0.07 - s) * 25, 0, 1))
        colour = lerp(colour, "#bfa987", np.clip((s - 0.88) * 6, 0, 1) * 0.7)
        return tint(thing, colour.reshape(-1, 3))

    def whole(_):
        thing = bulb()
        fuzz = sweep([(0, 0, 0.1), (0, 0, -0.08)], [0.3, 0.24], plain(root, 0.95), 14, 4)
        things = [thing, fuzz]
        return (
            lay(things, rng.uniform(0, 6.3))
            if rng.random() < 0.45
            else rest(things, (rng.uniform(-0.35, 0.35), rng.uniform(-0.35, 0.35), 0))
        )

    def clove(i, bare=None):
        bare = rng.random() < 0.35 if bare is None else bare
        size = rng.uniform(0.85, 1.05)
        thing = sweep([(-0.75, 0, 0.0), (-0.3, 0, 0.13), (0.25, 0, 0.1), (0.85, 0, -0.12)],
                      [0.14, 0.34, 0.42, 0.36, 0.2, 0.04],
                      peeled if bare else skin, 18, 22, rng.uniform(0.75, 1.0))  # fmt: skip
        points = local(thing)
        s = (points[:, 0] - points[:, 0].min()) / np.ptp(points[:, 0])
        base = rgb("#efe3b8") if bare else white
        a = np.tile(np.linspace(0, 6.2832, 18, endpoint=False), 22)
        colour = lerp(base, purple, 0 if bare else np.clip(np.sin(5 * a + 1) * 2 - 1, 0, 1) * 0.6)
        colour = lerp(colour, "#9a7b52", np.clip((0.06 - s) * 30, 0, 1))
        colour = lerp(colour, "#b59a5a", np.clip((s - 0.9) * 8, 0, 1) * 0.7 + 0 * s)
        tint(thing, colour)
        return rest([place(thing, scale=size, turn=(rng.uniform(-0.7, 0.7), 0, rng.uniform(0, 6.3)))])

    mode = rng.random()
    bulbs = rng.choice([1, 1, 2, 3]) if mode < 0.85 else 1
    cloves = rng.integers(2, 6) if mode > 0.4 else 0
    if mode > 0.85:
        cloves = rng.integers(4, 8)
    heap(rng, lambda i: whole(i) if i < bulbs else clove(i), bulbs + cloves, gap=0.02, stack=0.15 if not cloves else 0)
    return {"elevation": (22, 65)}


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
        tint(reshape(thing, points), colours)
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
        return lay(things, rng.uniform(-1.0, 1.0) + (np.pi if rng.random() < 0.5 else 0))

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
        return tint(reshape(thing, points), colour)

    def one(_, spread=1.0, tied=None):
        things = [bulb()]
        lay(things, rng.uniform(0, 6.3))
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
        return move(lay([thing, *stubs], rng.uniform(0, 6.3)), turn=(0, 0, rng.uniform(0, 6.3)))

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
    return tint(mesh(np.concatenate(points), faces, material), np.concatenate(colours))


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
        return tint(thing, colours)

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


CLASSES = {
    "carrot": carrot, "tomato": tomato, "eggplant": eggplant, "red onion": red_onion, "garlic": garlic,
    "potato": potato, "radish": radish, "asparagus": asparagus, "pea pod": pea_pod,
}  # fmt: skip
