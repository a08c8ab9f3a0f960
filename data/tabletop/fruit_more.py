"""Ten further fruits, many of them cut. Each recipe draws one picture's subject; `age` runs from 0 to 1 (overripe).

A recipe returns further arguments for `scene.stage`: cut faces are turned towards the camera, so it sets the azimuth.
"""

import bmesh
import bpy
import numpy as np
from mathutils import Quaternion, Vector

from .materials import Graph, blend, jitter, plain
from .shapes import blob, box, copy, corners, heap, lathe, mesh, move, place, rest, sheet, spline, sweep, wobble

TURN = 2 * np.pi


# Helpers


def points_of(thing):
    return np.array([v.co for v in thing.data.vertices])


def reshape(thing, points):
    thing.data.vertices.foreach_set("co", np.ascontiguousarray(points, float).ravel())
    thing.data.update()
    return thing


def cut(thing, flesh, *planes, centre=None, hollow=0.0):
    """Cut away what lies beyond each plane, a (normal, offset) pair; returns the rest and its cut faces as a list.

    The faces carry an attribute "t", 0 at `centre` (else the middle) and 1 at the skin; `hollow` is the radius of the
    bowl that a stone left at `centre`.
    """
    body = bmesh.new()
    body.from_mesh(thing.data)
    for normal, offset in planes:
        everything = [*body.verts, *body.edges, *body.faces]
        bmesh.ops.bisect_plane(
            body, geom=everything, dist=1e-5, plane_co=np.multiply(normal, offset), plane_no=normal, clear_outer=True
        )
    body.to_mesh(thing.data)
    body.free()
    things, points = [thing], points_of(thing)
    for normal, offset in planes:
        normal = np.asarray(normal, float)
        rim = points[np.abs(points @ normal - offset) < 1e-4]
        middle = (rim.max(0) + rim.min(0)) / 2 if centre is None else np.asarray(centre, float)
        first = np.cross(normal, (0, 0, 1) if abs(normal[2]) < 0.9 else (1, 0, 0))
        first /= np.linalg.norm(first)
        second = np.cross(normal, first)
        rim = rim[np.argsort(np.arctan2((rim - middle) @ second, (rim - middle) @ first))]
        t = np.linspace(0.01, 1, 18)
        grid = middle + t[:, None, None] * (rim - middle)
        if hollow:
            away = np.linalg.norm(grid - middle, axis=2, keepdims=True)
            grid = grid - normal * np.sqrt(np.maximum(hollow**2 - away**2, 0))
        n = len(rim)
        faces = [
            [i * n + j, i * n + (j + 1) % n, (i + 1) * n + (j + 1) % n, (i + 1) * n + j]
            for i in range(len(t) - 1)
            for j in range(n)
        ]
        face = mesh(grid.reshape(-1, 3), [*faces, list(range(n))], flesh)
        face.data.attributes.new("t", "FLOAT", "POINT").data.foreach_set("value", np.repeat(t, n))
        things.append(face)
    return things


def across(g):
    """On a cut face: 0 at its centre, 1 at the skin."""
    return g.node("ShaderNodeAttribute", attribute_name="t").outputs["Fac"]


def swing(g, first, second, times, noise=None):
    """A wave of `times` periods about an axis: `first` and `second` name the two axes across it."""
    angle = g.math("ARCTAN2", g.axis(first, "Object"), g.axis(second, "Object"))
    angle = g.math("MULTIPLY", angle, times)
    wave = g.math("SINE", g.math("ADD", angle, noise) if noise else angle)
    return g.math("ADD", g.math("MULTIPLY", wave, 0.5), 0.5)


def spotted(g, colour, age, dark="#4a2c14", scale=2.0):
    """`colour` with dark patches, the more the further `age` is past 0.55."""
    if age < 0.55:
        return colour
    edge = 0.68 - 0.2 * (age - 0.55)
    return g.mix(g.ramp(g.noise(scale, 3), (edge, 0.0), (edge + 0.06, 0.85)), colour, dark)


def face(things, normal, azimuth, tilt, spin=0.0):
    """Turn `things` so that `normal` points up, `tilt` radians towards the camera; rest them on the table."""
    target = Vector((np.sin(tilt) * np.cos(azimuth), np.sin(tilt) * np.sin(azimuth), np.cos(tilt)))
    normal = Vector(normal)
    turn = Quaternion(target, spin) @ normal.rotation_difference(target)
    return rest(move(things, turn=turn.to_euler()))


def point(thing, at, direction):
    """Turn an object lying along x into `direction` and move it to `at`."""
    return place(thing, at=at, turn=Vector(direction).to_track_quat("X", "Z").to_euler())


def lean(thing, amount):
    """Shift the upper part of a standing fruit sideways."""
    p = points_of(thing)
    p[:, 0] += amount * np.maximum(p[:, 2], 0) ** 2
    return reshape(thing, p)


def twig(rng, path, radius, colour="#5a4428", around=7):
    return sweep(path, [radius, radius * 0.75, radius * 0.8, radius * 1.5], plain(colour, 0.7), around, 10)


def leaf(rng, length, width, colour="#4f7d2a"):
    g = Graph("leaf")
    vein = g.ramp(g.math("ABSOLUTE", g.axis("Y", "Object")), (0.0, 1.0), (0.05 * width, 0.0))
    skin = g.surface(g.mix(vein, jitter(rng, colour), "#a9bf6a"), 0.45)
    return sheet(length, width, skin, rng.uniform(-0.1, 0.2), 0.03, rng, 16, 9, 0.95, rng.uniform(0.05, 0.2))


def pile(rng, count, radius, steps=150):
    """Centres of `count` balls heaped on the table."""
    p = rng.normal(0, 0.9 * radius * count ** (1 / 3), (count, 3))
    p[:, 2] = np.abs(p[:, 2]) + radius
    for step in range(steps):
        pull = 0.03 if step < steps * 0.7 else 0.0
        p *= 1 - pull * np.array([1, 1, 0])
        p[:, 2] -= 2 * pull * radius
        settle(p, radius)
    return p


def settle(p, radius, give=0.5):
    """Push overlapping balls apart and above the table, in place."""
    apart = p[:, None] - p[None]
    distance = np.linalg.norm(apart, axis=2) + 1e-6
    overlap = np.maximum(2 * radius - distance, 0)
    np.fill_diagonal(overlap, 0)
    p += give * (apart / distance[..., None] * overlap[..., None]).sum(1)
    p[:, 2] = np.maximum(p[:, 2], radius)


# Fruits


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
                things.append(place(leaf(rng, 1.7, 0.45), at=(0, 0, 1.72), turn=(0, 0.25, rng.uniform(0, TURN))))
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


def grape(rng, age):
    kind = rng.choice(["green", "red", "dark"])
    unripe, ripe = {"green": ("#8fae3c", "#c9c050"), "red": ("#a8504a", "#7a2338"), "dark": ("#4a2a4e", "#1d1430")}[
        kind
    ]
    bloom = {"green": "#dbe6a8", "red": "#d3a2ac", "dark": "#7c86b8"}[kind]
    balls = []
    long = rng.choice([1.0, 1.0, 1.25, 1.5])
    for _ in range(3):
        g = Graph("grape", rng.uniform(0, 9))
        skin = jitter(rng, blend(unripe, ripe, age + rng.uniform(-0.25, 0.25)), 0.02, 0.1, 0.08)
        dust = g.ramp(g.noise(1.2, 2), (0.45, 0.0), (0.75, 0.5))
        lit = g.mix(g.ramp(g.facing(0.4), (0.1, 0.5), (0.8, 0.0)), skin, blend(skin, "#ffffff", 0.16))
        skin = g.surface(g.mix(dust, lit, bloom), 0.2, Coat_Weight=0.2)
        balls.append(blob(skin, (1, 1, long), 22, 14))
    length, width, count = rng.uniform(8.5, 11.5), rng.uniform(2.6, 3.4), rng.integers(38, 62)
    x = length * (1 - rng.uniform(0, 1, count) ** 0.6)
    p = np.stack([x, *rng.normal(0, 1, (2, count))], 1)
    p[:, 2] += 2
    for step in range(140):
        if step < 100:
            wide = width * (1 - np.clip(p[:, 0] / length, 0, 0.95)) ** 0.55
            out = np.hypot(p[:, 1], p[:, 2] - wide * 0.8) / wide
            p[:, 1] /= np.maximum(out, 1) ** 0.3
            p[:, 2] -= 0.08
            p[:, 0] += 0.02 * (x - p[:, 0])
        settle(p, 0.97 * long**0.4, 0.3)
    for i, spot in enumerate(p):
        copy(
            balls[i % 3],
            turn=tuple(rng.uniform(0, TURN, 3)) if long < 1.1 else (rng.normal(0, 0.4), rng.normal(np.pi / 2, 0.4), 0),
            at=tuple(spot),
            scale=rng.uniform(0.9, 1.05),
        )
    loose = rng.integers(0, 4)
    for _ in range(loose):
        spot = (rng.uniform(-1, length), rng.choice([-1, 1]) * rng.uniform(width + 2.3, width + 3.4), 1.0)
        copy(balls[0], turn=(0, np.pi / 2, rng.uniform(0, TURN)), at=spot)
    for ball in balls:
        bpy.data.objects.remove(ball)
    wood = jitter(rng, rng.choice(["#7d8a3a", "#6f5530"]))
    top = p[p[:, 0] < 3.5]
    high = top[:, 2].max() if len(top) else 2.5
    bow = rng.uniform(-1.2, 1.2)
    twig(
        rng,
        [(4, 0, high * 0.6), (1.0, 0, high + 0.3), (-1.2, bow * 0.4, high + 0.9), (-3.2, bow, high + 1.1)],
        0.25,
        wood,
    )
    if rng.random() < 0.6:
        twig(rng, [(-3.1, bow - 1.3, high + 0.9), (-3.2, bow, high + 1.1), (-3.4, bow + 1.2, high + 1.3)], 0.28, wood)
    return {"elevation": (22, 62), "fill": (0.65, 0.9)}


def watermelon(rng, age):
    size = np.array([rng.choice([1.0, 1.15, 1.4]), 1.0, 1.0])
    g = Graph("rind", rng.uniform(0, 9))
    dark, light = jitter(rng, "#1f4a1e"), jitter(rng, rng.choice(["#8fb05a", "#a9c07a", "#5f8f3c"]))
    ragged = g.math("MULTIPLY", g.noise(3.5, 3, 0.6, at=g.coordinate(scale=(2.2, 1, 1))), 5.0)
    stripe = swing(g, "Y", "Z", int(rng.integers(8, 13)), ragged)
    edge = rng.uniform(0.35, 0.6)
    rind = g.surface(g.mix(g.ramp(stripe, (edge - 0.1, 0.0), (edge + 0.1, 1.0)), light, dark), 0.3, Coat_Weight=0.2)
    f = Graph("melon flesh")
    deep = f.node("ShaderNodeVectorMath", operation="LENGTH")
    f.set(deep.inputs[0], f.coordinate(scale=tuple(1 / size)))
    red = blend(jitter(rng, "#ef7f7a"), jitter(rng, "#d21f2c", 0.01), 0.25 + age)
    if rng.random() < 0.08:
        red = jitter(rng, "#f2b91e", 0.01)
    flesh = f.ramp(
        deep.outputs["Value"],
        (0.0, blend(red, "#ffffff", 0.12)),
        (0.4, red),
        (0.83, red),
        (0.88, "#f0ead0"),
        (0.93, "#cfdca0"),
        (0.97, dark),
    )
    flesh = f.surface(flesh, 0.35, f.noise(9, 2), 0.15)
    pip = blob(plain(rng.choice(["#14100d", "#2a1a10"]), 0.3), (0.055, 0.032, 0.02), 10, 7)
    azimuth = rng.uniform(0, TURN)

    def seeded(things, normals):
        for part, normal in zip(things[1:], normals, strict=True):
            p = points_of(part)
            d = np.linalg.norm(p / size, axis=1)
            ring = p[(d > 0.42) & (d < 0.75)]
            for spot in ring[rng.permutation(len(ring))[:60]]:
                near = [
                    t for t in things[len(normals) + 1 :] if (t.matrix_world.translation - Vector(spot)).length < 0.13
                ]
                if not near:
                    things.append(
                        point(copy(pip), tuple(spot + np.asarray(normal) * 0.008), tuple(spot / np.linalg.norm(spot)))
                    )
        return things

    def whole():
        body = wobble(blob(rind, tuple(size), 48, 30), rng, 0.012)
        knob = twig(
            rng, [(size[0] * 0.97, 0, 0), (size[0] + 0.12, 0, 0.02), (size[0] + 0.2, 0.1, 0.1)], 0.035, "#8a8a4a"
        )
        things = [body, knob]
        rest(things, tilt=(rng.uniform(0, TURN), rng.uniform(-0.2, 0.2), 0))
        return move(things, turn=(0, 0, azimuth + rng.uniform(0.4, 2.7)))

    def half():
        normal = (1, 0, 0) if rng.random() < 0.6 else (0, 1, 0)
        things = seeded(cut(blob(rind, tuple(size), 64, 40), flesh, (normal, 0.0)), [normal])
        return face(things, normal, azimuth, rng.uniform(0.3, 1.3), rng.uniform(0, TURN))

    def wedge():
        angle = rng.uniform(0.5, 0.9)
        planes = [((0, np.sin(a), np.cos(a)), 0.0) for a in (angle, -angle)]
        things = seeded(cut(blob(rind, tuple(size), 64, 48), flesh, *planes), [n for n, _ in planes])
        # The body left points down (-z); tip it onto one side or let it rock on its rind.
        rest(things, tilt=(rng.choice([-1, 1]) * rng.uniform(0.0, 0.5), 0, 0))
        return move(things, turn=(0, 0, azimuth + np.pi / 2 + rng.uniform(-0.7, 0.7)))

    def slab():
        wide = rng.uniform(0.07, 0.12)
        planes = [((1, 0, 0), wide), ((-1, 0, 0), wide), ((0, 0, 1), rng.choice([0.0, 0.0, 0.3]))]
        things = cut(blob(rind, tuple(size), 64, 40), flesh, *planes)
        things = seeded(things[:3], [(1, 0, 0), (-1, 0, 0)]) + things[3:]
        return face(things, (1, 0, 0), azimuth, rng.uniform(0.1, 0.35), rng.uniform(0, TURN))

    plans = {
        "whole": [whole],
        "half": [half],
        "whole and half": [whole, half],
        "wedges": [wedge] * rng.integers(1, 3),
        "half and wedge": [half, wedge],
        "slices": [slab] * rng.integers(1, 4),
        "half and slice": [half, slab],
    }
    plan = plans[rng.choice(list(plans))]
    heap(rng, lambda i: plan[i](), len(plan))
    bpy.data.objects.remove(pip)
    return {"azimuth": azimuth, "elevation": (20, 60), "fill": (0.62, 0.9)}


def kiwi(rng, age):
    long = rng.uniform(1.15, 1.35)
    g = Graph("kiwi", rng.uniform(0, 9))
    hair = g.noise(8, 3, 0.6, at=g.coordinate(scale=(0.3, 1, 1)))
    brown = g.ramp(hair, (0.25, jitter(rng, "#5a4220")), (0.75, jitter(rng, "#86673a")))
    fuzz = g.ramp(g.facing(0.3), (0.3, 0.0), (1.0, 0.5))
    skin = g.surface(g.mix(fuzz, brown, "#b89a66"), 0.95, hair, 0.25, Specular_IOR_Level=0.1)
    f = Graph("kiwi flesh", rng.uniform(0, 9))
    green = (
        blend(jitter(rng, "#9cc23c"), jitter(rng, "#6f9a1e"), age) if rng.random() < 0.88 else jitter(rng, "#e0bb3a")
    )
    ray = swing(f, "Y", "Z", int(rng.integers(16, 26)), f.math("MULTIPLY", f.noise(3), 3.0))
    ray = f.mix(f.ramp(across(f), (0.3, 0.0), (0.42, 0.75), (0.9, 0.0)), 0.0, ray, "MIX")
    base = f.ramp(
        across(f),
        (0.0, "#f1efc8"),
        (0.2, "#eceab4"),
        (0.34, blend(green, "#f5f7c0", 0.45)),
        (0.5, green),
        (0.92, blend(green, "#3c5a10", 0.35)),
        (0.975, "#5a4420"),
    )
    flesh = f.surface(f.mix(ray, base, blend(green, "#e9f2a8", 0.6)), 0.3)
    pip = blob(plain("#120d0a", 0.3), (0.075, 0.04, 0.03), 8, 6)
    place(pip, at=(0, 0, 0.3))
    azimuth, count = rng.uniform(0, TURN), rng.integers(2, 6)
    cuts = rng.integers(1, count + 1)
    oval = rng.uniform(0.9, 1.0)

    def seeded(things, normal, offset, centre=0.38):
        for i, a in enumerate(np.linspace(0, TURN, 24, endpoint=False)):
            a, r = a + rng.normal(0, 0.05), centre + (0.07 if i % 2 else -0.03) + rng.normal(0, 0.02)
            out = np.array([0, np.cos(a), oval * np.sin(a)])
            things.append(
                point(copy(pip, at=(0, 0, -0.3)), tuple(r * out + (offset + 0.004) * np.array(normal)), tuple(out))
            )
        return things

    def one(i):
        body = wobble(blob(skin, (long, 1.0, oval), 44, 32), rng, 0.008)
        if i < cuts and rng.random() < 0.75:
            where = rng.uniform(-0.1, 0.15)
            things = seeded(cut(body, flesh, ((1, 0, 0), where)), (1, 0, 0), where)
            return face(things, (1, 0, 0), azimuth, rng.uniform(0.15, 0.8), rng.uniform(0, TURN))
        if i < cuts:
            things = seeded(cut(body, flesh, ((1, 0, 0), 0.11), ((-1, 0, 0), 0.11)), (1, 0, 0), 0.11)
            return face(things, (1, 0, 0), azimuth, rng.uniform(0.0, 0.1), rng.uniform(0, TURN))
        knob = point(blob(plain("#3a2914", 0.9), (0.05, 0.16, 0.14), 12, 8), (long * 0.985, 0, 0), (1, 0, 0))
        rest([body, knob], tilt=(0, rng.uniform(-0.15, 0.15), 0))
        return move([body, knob], turn=(0, 0, azimuth + rng.uniform(-1.5, 1.5)))

    heap(rng, one, count, stack=0.0)
    bpy.data.objects.remove(pip)
    return {"azimuth": azimuth, "elevation": (28, 66)}


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
            things.append(place(leaf(rng, 2.8, 1.3), at=knot, turn=(0, rng.uniform(0.1, 0.5), rng.uniform(0, TURN))))
        return move(things, turn=(0, 0, rng.uniform(0, TURN)))

    if rng.random() < 0.6:
        heap(rng, pair, rng.choice([1, 1, 2, 2]))
    else:
        for spot in pile(rng, rng.integers(5, 14), 0.96):
            out = np.array([*(spot[:2] * 0.5 + rng.normal(0, 1.0, 2)), spot[2] + rng.uniform(2.0, 3.0)])
            hung(spot, out + (spot[0] * 0.3, spot[1] * 0.3, 0))
    return {"elevation": (15, 55), "fill": (0.65, 0.9)}


def raspberry(rng, age):
    g = Graph("raspberry", rng.uniform(0, 9))
    red = blend(jitter(rng, "#e2605a"), jitter(rng, "#9c1030"), 0.1 + 0.9 * age)
    if rng.random() < 0.05:
        red = blend(jitter(rng, "#efc268"), jitter(rng, "#e59a3c"), age)
    haze = g.ramp(g.facing(0.35), (0.1, 0.0), (0.9, 0.5))
    skin = g.surface(g.mix(haze, red, blend(red, "#ffd8d8", 0.45)), 0.35, Specular_IOR_Level=0.4)
    inner = plain(blend(red, "#2a0008", 0.45), 0.8)
    unit = blob(None, (1, 1, 1), 9, 7)
    ball, faces = points_of(unit), [list(f.vertices) for f in unit.data.polygons]
    tall = rng.uniform(1.15, 1.5)
    unit.data.materials.append(skin)

    def berry():
        curve = spline(
            [(0.92, 0.0), (1.0, 0.35 * tall), (0.86, 0.85 * tall), (0.5, 1.3 * tall), (0.08, 1.48 * tall)], 40
        )
        rows, vertices, polygons = 7, [], []
        for row in range(rows + 1):
            radius, z = curve[int(39 * row / rows)]
            around = max(round(TURN * radius / 0.41), 1)
            turn = rng.uniform(0, TURN)
            for k in range(around):
                a = turn + TURN * (k + rng.normal(0, 0.06)) / around
                r, at = rng.uniform(0.22, 0.26), (radius * np.cos(a), radius * np.sin(a), z + rng.normal(0, 0.03))
                polygons += [[v + len(vertices) * len(ball) for v in f] for f in faces]
                vertices.append(ball * r + at)
        drupelets = mesh(np.concatenate(vertices), polygons, skin)
        core = lathe(
            [
                (0.94, -0.05),
                (0.95, 0.4 * tall),
                (0.8, 0.85 * tall),
                (0.4, 1.3 * tall),
                (0.0, 1.42 * tall),
                (0.3, 1.0 * tall),
                (0.55, 0.5 * tall),
                (0.68, -0.05),
                (0.94, -0.05),
            ],
            inner,
            20,
            26,
        )
        return [drupelets, core]

    place(unit, scale=0.1, at=(0, 0, 0.2))
    kinds = [berry() for _ in range(3)]
    for pair in kinds:
        move(pair, at=(0, 0, -0.7 * tall))
    count = rng.choice([2, 3, 5, 8, 12, 16])
    spots = pile(rng, count, 1.1) if count > 3 else None
    used = set()

    def one(i):
        k = i % 3
        pair = kinds[k] if k not in used else [copy(t) for t in kinds[k]]
        for t in pair:
            t.matrix_world.identity()
        move(pair, at=(0, 0, -0.7 * tall))
        used.add(k)
        tilt = (rng.uniform(-0.3, 0.3), 0, 0) if rng.random() < 0.25 else (rng.uniform(1.2, 2.0), 0, 0)
        move(pair, turn=tilt, scale=rng.uniform(0.9, 1.08))
        return move(pair, turn=(0, 0, rng.uniform(0, TURN)))

    if spots is None:
        heap(rng, lambda i: rest(one(i)), count)
    else:
        for i, spot in enumerate(spots):
            pair = move(one(i), at=tuple(spot))
            low = corners(pair)[:, 2].min()
            move(pair, at=(0, 0, -low if low < 0 or spot[2] < 1.2 else 0))
    for t in [unit, *(t for k in range(3) if k not in used for t in kinds[k])]:
        bpy.data.objects.remove(t)
    kinds = [kinds[k] for k in used]
    if rng.random() < 0.35:
        p = corners([t for pair in kinds for t in pair])
        place(leaf(rng, 2.6, 1.8, "#5d8a3a"), at=(0, p[:, 1].max() + 0.1, 0.12), turn=(0, 0, rng.uniform(0.3, 2.8)))
    return {"elevation": (22, 62)}


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


CLASSES = {
    "pear": pear,
    "peach": peach,
    "plum": plum,
    "grape": grape,
    "watermelon": watermelon,
    "kiwi": kiwi,
    "mango": mango,
    "cherry": cherry,
    "raspberry": raspberry,
    "avocado": avocado,
}
