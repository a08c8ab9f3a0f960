"""Foliage, cut faces and markings coloured by vertex; and how such things lie."""

import numpy as np

from ..materials import Graph, blend
from ..shapes import corners, mesh, move, rest, spline

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


def tint_vertices(thing, colours):
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
    return tint_vertices(top, paint(rr.ravel(), aa.ravel()))


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
    return tint_vertices(thing, colours.reshape(-1, 3))


def lay_flat(things, turn=0.0):
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
    return tint_vertices(mesh(points.reshape(-1, 3), faces, material), np.asarray(colours).reshape(-1, 3))


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
    return tint_vertices(mesh(points, faces, material, smooth=False), np.array(colours))


def coins(rng, make, count, radius, thick):
    """Slices fallen over like dominoes, in a row along x from the origin; `make(i)` stands on z = 0 about it."""
    lean, things = rng.uniform(0.75, 1.1), []
    for i in range(count):
        part = make(i)
        move(part, turn=(0, lean, 0))
        move(part, at=(i * 1.25 * thick / np.sin(lean), rng.uniform(-0.06, 0.06) * radius, 0))
        things += rest(part)
    return things


def drop(things):
    """Take objects out of the picture again."""
    import bpy

    for thing in things:
        bpy.data.objects.remove(thing)
    return True
