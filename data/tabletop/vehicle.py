"""Twelve toy vehicles. A recipe builds one about the origin, its front along +x, standing on z = 0.

`colour` is the body's; every class draws it from the same PALETTE, so that colour tells nothing about the class.
In the mask wheels are 2, windows 3, everything else of the vehicle 1.
"""

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .materials import Graph, blend, jitter, plain
from .scene import project, stage
from .shapes import blob, copy, corners, lathe, mesh, move, place, prism, sweep

PALETTE = {
    "red": "#c2231d", "blue": "#1f57b5", "yellow": "#efb516", "green": "#2f8a3c", "white": "#ebe8e1",
    "black": "#2a2a2e", "orange": "#e56a1b", "grey": "#868c92",
}  # fmt: skip
WHEEL, WINDOW = 2, 3
FACES = {
    "back": (0, 1, 5, 4), "front": (3, 2, 6, 7), "left": (1, 2, 6, 5), "right": (0, 3, 7, 4), "top": (4, 7, 6, 5),
}  # fmt: skip


def _rod(start, end, radius, material, around=8):
    return sweep([start, end], radius, material, around, 2)


def _disc(radius, thickness, material, axis, at, count=24):
    """A flat cylinder centred at `at`, its axis along "x", "y" or "z"."""
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    thing = prism(radius * np.c_[np.cos(a), np.sin(a)], thickness, material)
    place(thing, at=(0, 0, -thickness / 2))
    return place(thing, turn={"x": (0, np.pi / 2, 0), "y": (np.pi / 2, 0, 0), "z": (0, 0, 0)}[axis], at=at)


class Block:
    """A box from x, y and z ranges (`y` may be a full width); `top` = (x range, width factor) of its upper face."""

    def __init__(self, material, x, y, z, top=None, bevel=0.05):
        y = (-y / 2, y / 2) if np.isscalar(y) else y
        (tx0, tx1), narrow = top or (x, 1.0)
        middle, half = (y[0] + y[1]) / 2, (y[1] - y[0]) / 2 * narrow
        low = [(x[0], y[0], z[0]), (x[0], y[1], z[0]), (x[1], y[1], z[0]), (x[1], y[0], z[0])]
        high = [
            (tx0, middle - half, z[1]),
            (tx0, middle + half, z[1]),
            (tx1, middle + half, z[1]),
            (tx1, middle - half, z[1]),
        ]
        self.points = np.array(low + high, float)
        faces = [[0, 1, 2, 3], [4, 7, 6, 5], [0, 4, 5, 1], [1, 5, 6, 2], [2, 6, 7, 3], [3, 7, 4, 0]]
        self.thing = mesh(self.points, faces, material, smooth=False)
        if bevel:
            modifier = self.thing.modifiers.new("bevel", "BEVEL")
            modifier.width, modifier.segments = bevel, 2
        self.things = [self.thing]

    def panel(self, faces, u, v, material, index=1, lift=0.014):
        """A flat piece on the named faces ("sides" is left and right), from `u` along and `v` up, in shares of them."""
        for name in {"sides": ("left", "right")}.get(faces, (faces,)):
            quad = self.points[list(FACES[name])]
            a, b, c, d = (
                (1 - s) * (1 - t) * quad[0] + s * (1 - t) * quad[1] + s * t * quad[2] + (1 - s) * t * quad[3]
                for s, t in ((u[0], v[0]), (u[1], v[0]), (u[1], v[1]), (u[0], v[1]))
            )
            normal = np.cross(b - a, d - a)
            normal *= np.sign(normal @ (quad.mean(0) - self.points.mean(0))) / np.linalg.norm(normal)
            thing = mesh(np.array([a, b, c, d]) + lift * normal, [[0, 1, 2, 3]], material, smooth=False)
            thing.pass_index = index
            self.things.append(thing)
        return self

    def windows(self, faces, count, material, v=(0.12, 0.86), edge=0.06, gap=0.05):
        """A row of `count` windows along the named faces."""
        width = (1 - 2 * edge - (count - 1) * gap) / count
        for i in range(count):
            start = edge + i * (width + gap)
            self.panel(faces, (start, start + width), v, material, WINDOW)
        return self


def _loft(stations, material, power=0.4, along=0):
    """A body through `stations`, rows of (x, half width, bottom, top), with rounded-off square sections."""
    rows = np.asarray(stations, float)
    if along:
        t = np.linspace(0, len(rows) - 1, along)
        rows = np.stack([np.interp(t, range(len(rows)), c) for c in rows.T], 1)
    a = np.linspace(0, 2 * np.pi, 28, endpoint=False) + np.pi / 28
    c, s = (np.sign(f) * np.abs(f) ** power for f in (np.cos(a), np.sin(a)))
    points, n = [], len(a)
    for x, half, low, high in rows:
        points.append(np.c_[np.full(n, x), half * c, (low + high) / 2 + (high - low) / 2 * s])
    faces = [
        [i * n + j, i * n + (j + 1) % n, (i + 1) * n + (j + 1) % n, (i + 1) * n + j]
        for i in range(len(rows) - 1)
        for j in range(n)
    ]
    faces += [list(range(n))[::-1], [(len(rows) - 1) * n + j for j in range(n)]]
    thing = mesh(np.concatenate(points), faces, material)
    thing.data.set_sharp_from_angle(angle=0.6)
    return thing


def _cut(thing, cutter):
    """Take `cutter` out of `thing`."""
    modifier = thing.modifiers.new("cut", "BOOLEAN")
    modifier.object, modifier.operation, modifier.solver = cutter, "DIFFERENCE", "EXACT"
    bpy.context.view_layer.update()
    data = bpy.data.meshes.new_from_object(thing.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    thing.modifiers.remove(modifier)
    thing.data = data
    bpy.data.objects.remove(cutter)
    return thing


def _tray(material, x, width, z, thick=0.07, flare=0.0, inside=None):
    """An open box; its rim is wider by `flare` to each side and end. Its floor is `inside`'s colour."""
    rings = []
    for grow, height in ((0, z[0]), (flare, z[1]), (flare - thick, z[1]), (-thick, z[0] + thick)):
        x0, x1, half = x[0] - grow, x[1] + grow, width / 2 + grow
        rings += [(x0, -half, height), (x1, -half, height), (x1, half, height), (x0, half, height)]
    faces = [[3, 2, 1, 0], [12, 13, 14, 15]]
    faces += [
        [4 * k + i, 4 * k + (i + 1) % 4, 4 * k + 4 + (i + 1) % 4, 4 * k + 4 + i] for k in range(3) for i in range(4)
    ]
    thing = mesh(rings, faces, material, smooth=False)
    if inside:
        thing.data.materials.append(inside)
        for k in (1, 10, 11, 12, 13):
            thing.data.polygons[k].material_index = 1
    return thing


class Kit:
    """One toy's materials and measures, and the parts that every vehicle has."""

    def __init__(self, rng, colour, second):
        self.rng = rng
        self.finish = str(rng.choice(["gloss", "matt plastic", "wood", "metal"], p=[0.4, 0.2, 0.2, 0.2]))
        self.worn = rng.uniform(0, 1) ** 2
        self.paint, self.second = self.coat(colour), self.coat(second)
        dim = float(np.mean(blend(colour, colour, 0))) < 0.25
        tone = rng.choice(["#8fb4c6", "#a9c3cc"]) if dim else rng.choice(["#15191e", "#1d2b36", "#2a3f4d", "#111111"])
        self.glass = plain(str(tone), 0.12)
        self.dark = plain(str(rng.choice(["#1c1c1e", "#2c2c2e", "#3a3b3d"])), 0.6)
        self.chrome = plain(str(rng.choice(["#c9ccd0", "#a8acb0"])), 0.3, Metallic=0.7)
        self.white = plain("#e9e6df", 0.5)
        self.lamp = plain("#fff3c8", 0.2, Emission_Color="#fff0c0", Emission_Strength=0.35)
        self.tail = plain("#c01015", 0.3, Emission_Color="#d01010", Emission_Strength=0.25)
        self.amber = plain("#f59a10", 0.3, Emission_Color="#f59a10", Emission_Strength=0.3)
        self.trim = [self.dark, self.chrome, self.second][rng.choice(3, p=[0.5, 0.35, 0.15])]
        self.w, self.r = rng.uniform(1.6, 1.85), rng.uniform(0.36, 0.46)
        self.tread = rng.uniform(0.26, 0.36)
        self.style = rng.integers(4)
        self.tyre = (
            plain("#18181a", rng.uniform(0.6, 0.9))
            if rng.random() < 0.88
            else plain(str(rng.choice(["#6a4a2c", "#b98a55", "#4a4d50"])), 0.6)
        )
        self.hub = [self.chrome, self.second, self.white, plain("#d8b13a", 0.4)][
            rng.choice(4, p=[0.5, 0.2, 0.15, 0.15])
        ]
        self.round_lamps = rng.random() < 0.5

    def coat(self, colour):
        """Paint in this toy's finish, chipped where it is worn."""
        rng = self.rng
        g = Graph("paint", rng.uniform(0, 9))
        tone = jitter(rng, colour, 0.012, 0.06, 0.06)
        bare = {"wood": "#c79a63", "metal": "#8b8e91"}.get(self.finish, blend(tone, (0.8, 0.8, 0.8), 0.5))
        chips = g.ramp(g.noise(2.2, 3, 0.65), (0.72 - 0.1 * self.worn, 0.0), (0.75 - 0.1 * self.worn, 0.85))
        look = g.mix(chips, tone, bare) if self.worn > 0.15 else tone
        if self.finish == "wood":
            grain = g.noise(3, 2, at=g.coordinate(scale=(0.5, 4, 4)))
            look = g.mix(g.ramp(grain, (0.45, 0.0), (0.7, 0.35)), look, blend(tone, bare, 0.45))
            return g.surface(look, 0.7)
        if self.finish == "metal":
            return g.surface(look, 0.28, Metallic=0.35, Coat_Weight=0.4, Coat_Roughness=0.1)
        if self.finish == "gloss":
            return g.surface(look, 0.3, Coat_Weight=0.6, Coat_Roughness=0.06)
        return g.surface(look, 0.55)

    def wheel(self, r=None, tread=None):
        """One wheel about the origin, its outer face toward +y: a list of tyre and hub."""
        r, t = r or self.r, tread or self.tread
        h = t / 2
        tyre = lathe(
            [
                (r * 0.55, -h),
                (r * 0.9, -h),
                (r, -h * 0.6),
                (r, h * 0.6),
                (r * 0.9, h),
                (r * 0.62, h),
                (r * 0.58, h * 0.6),
            ],
            self.tyre,
            26,
            16,
        )
        share = (0.6, 0.62, 0.6, 0.45)[self.style]
        hub = lathe(
            [(0, -h), (r * share, -h), (r * share, h * 0.75), (r * 0.3, h * 0.6), (r * 0.25, h * 1.05), (0, h * 1.1)],
            self.hub,
            20,
            12,
        )
        things = [tyre, hub]
        if self.style == 1:  # five dark holes
            for a in np.arange(5) * 2 * np.pi / 5:
                things.append(
                    _disc(r * 0.12, 0.02, self.dark, "z", (r * 0.42 * np.cos(a), r * 0.42 * np.sin(a), h * 0.76), 8)
                )
        elif self.style == 2:  # a dark dish with a cross of spokes
            things.append(_disc(r * 0.56, 0.02, self.dark, "z", (0, 0, h * 0.72), 20))
            for a in np.arange(3) * np.pi / 3:
                spoke = mesh(
                    [
                        (-r * 0.56, -r * 0.07, 0),
                        (r * 0.56, -r * 0.07, 0),
                        (r * 0.56, r * 0.07, 0),
                        (-r * 0.56, r * 0.07, 0),
                    ],
                    [[0, 1, 2, 3]],
                    self.hub,
                    smooth=False,
                )
                things.append(place(spoke, turn=(0, 0, a), at=(0, 0, h * 0.85)))
        for thing in things:
            thing.pass_index = WHEEL
        return move(things, turn=(-np.pi / 2, 0, 0))

    def axles(self, xs, width, r=None, tread=None, arch=None, lid=9.0):
        """Wheels on both sides at each of `xs`, their outer faces at ±width/2.

        With `arch`, the body's width, they have dark arches, which end below the height `lid`.
        """
        r, tread = r or self.r, tread or self.tread
        first = None
        for x in xs:
            for side in (1, -1):
                wheel = first if first is None else [copy(t) for t in first]
                if first is None:
                    first = wheel = self.wheel(r, tread)
                    origin = [t.matrix_world.copy() for t in wheel]
                for thing, matrix in zip(wheel, origin, strict=True):
                    thing.matrix_world = matrix.copy() if side > 0 else Matrix.Rotation(np.pi, 4, "Z") @ matrix
                move(wheel, at=(x, side * (width / 2 - tread / 2), r))
            _rod((x, -width / 2 + tread, r), (x, width / 2 - tread, r), 0.09 * r + 0.03, self.dark)
            if arch:
                a = np.linspace(-0.12, np.pi + 0.12, 18)
                outline = np.c_[np.cos(a), np.sin(a)] * (1.18 * r, min(1.18 * r, lid - r))
                for y in (arch / 2 + 0.012, -arch / 2 + 0.15):
                    place(prism(outline, 0.162, self.dark), turn=(np.pi / 2, 0, 0), at=(x, y, r))

    def pair(self, x, y, z, size, material, bezel=True):
        """Two lamps at (x, ±y, z): toward the front if x > 0, else toward the back."""
        out = np.sign(x)
        for side in (1, -1):
            if self.round_lamps and x > 0:
                if bezel:
                    _disc(
                        size * 0.68,
                        0.1,
                        self.dark if self.trim is self.dark else self.chrome,
                        "x",
                        (x, side * y, z),
                        18,
                    )
                _disc(size * 0.52, 0.14, material, "x", (x + 0.01 * out, side * y, z), 18)
            else:
                wide = size * (0.62 if x > 0 else 0.5)
                high = size * (0.42 if x > 0 else 0.62)
                if bezel:
                    Block(
                        self.dark,
                        (x - 0.05, x + 0.05),
                        (side * y - wide - 0.03, side * y + wide + 0.03),
                        (z - high - 0.03, z + high + 0.03),
                        bevel=0,
                    )
                deep = (x - 0.06, x + 0.08) if x > 0 else (x - 0.08, x + 0.06)
                Block(material, deep, (side * y - wide, side * y + wide), (z - high, z + high), bevel=0.02)

    def bumper(self, x, width, z, high=0.16):
        Block(self.trim, (x - 0.08, x + 0.08), width, (z, z + high), bevel=0.04)

    def mirrors(self, x, width, z):
        for side in (1, -1):
            y = side * (width / 2 + 0.1)
            Block(self.trim, (x - 0.05, x + 0.05), (y - 0.09, y + 0.09), (z, z + 0.24), bevel=0.03)

    def plate(self, x, z):
        Block(self.white, (x - 0.02, x + 0.02), 0.42, (z, z + 0.13), bevel=0)

    def beacons(self, x, z, width, colours=None):
        """A light bar across a roof."""
        colours = colours or [self.amber, self.amber]
        Block(self.dark, (x - 0.12, x + 0.12), width, (z - 0.02, z + 0.06), bevel=0)
        for i, material in enumerate(colours):
            y = width * ((i + 0.5) / len(colours) - 0.5)
            half = 0.42 * width / len(colours)
            Block(
                material,
                (x - 0.11, x + 0.11),
                (y - half, y + half),
                (z + 0.05, z + 0.24),
                ((x - 0.08, x + 0.08), 0.85),
                0.03,
            )

    def truck(self, length, rear=1, crew=False, nosed=None, tall=1.0):
        """Chassis, cab, wheels, lamps, bumpers of a lorry; returns (x of the cab's back, heights of frame and roof)."""
        rng, r, w, front = self.rng, self.r, self.w, length / 2
        floor = 1.4 * r
        Block(self.dark, (-front, front - 0.2), 0.6 * w, (0.75 * r, floor), bevel=0.02)
        nosed = rng.random() < 0.4 if nosed is None else nosed
        nose = rng.uniform(0.7, 0.95) if nosed else 0.0
        deep = rng.uniform(1.0, 1.25) + (0.65 if crew else 0) - (0.15 if nosed else 0)
        high = rng.uniform(1.3, 1.5) * tall
        x0, x1, belt, roof = front - nose - deep, front - nose, floor + 0.45 * high, floor + high
        low = Block(self.paint, (x0, x1), w, (0.72 * r, belt + 0.02), bevel=0.06)
        slope = rng.uniform(0.08, 0.3)
        cab = Block(self.paint, (x0, x1), w, (belt, roof), ((x0 + 0.02, x1 - slope), rng.uniform(0.86, 0.96)), 0.07)
        cab.panel("front", (0.08, 0.92), (0.1, 0.84), self.glass, WINDOW).panel(
            "back", (0.2, 0.8), (0.3, 0.8), self.glass, WINDOW
        )
        cab.windows("sides", 2 if crew else 1, self.glass, (0.08, 0.8), 0.12)
        if nosed:
            bonnet = Block(
                self.paint, (x1 - 0.05, front), 0.86 * w, (0.8 * r, belt), ((x1 - 0.05, front - 0.06), 0.92), 0.09
            )
            bonnet.panel("front", (0.3, 0.7), (0.3, 0.8), self.trim)
            Block(
                self.second if rng.random() < 0.4 else self.paint,
                (front - 2.5 * r - 0.1, front - 0.08),
                w,
                (1.7 * r, 2.15 * r),
                bevel=0.08,
            )
            self.pair(front, 0.33 * w, belt - 0.32, 0.24, self.lamp)
        else:
            low.panel("front", (0.28, 0.72), (0.35, 0.8), self.trim)
            self.pair(front, 0.36 * w, 1.75 * r, 0.26, self.lamp)
        if rng.random() < 0.4:
            low.panel("sides", (0.04, 0.96), (0.72, 0.9), self.second).panel(
                "front", (0.04, 0.96), (0.86, 0.96), self.second
            )
        if rng.random() < 0.35:
            _rod((x0 - 0.08, 0.42 * w, floor), (x0 - 0.08, 0.42 * w, roof + 0.25), 0.06, self.chrome)
        self.bumper(front + 0.02, 1.0 * w, 0.62 * r)
        self.mirrors(x1 - 0.12, w, belt + 0.12)
        self.axles([front - 1.25 * r - 0.08], w + 0.06, arch=w if not nosed else 0.95 * w)
        back = -front + 1.35 * r
        self.axles([back] if rear == 1 else [back, back + 2.1 * r], w + 0.04)
        Block(self.dark, (-front - 0.02, -front + 0.08), 0.94 * w, (0.85 * r, 1.35 * r), bevel=0.02)
        self.pair(-front - 0.02, 0.36 * w, 1.1 * r, 0.24, self.tail, bezel=False)
        self.plate(-front - 0.04, 0.95 * r)
        return x0, floor, roof

    def car(self, length, nose, tail, low, belt, waist=None):
        """The lower body of a car as a loft from tail to nose; `nose` and `tail` are the heights of its ends."""
        f, w = length / 2, self.w / 2
        waist = waist or belt
        return _loft(
            [
                (-f, 0.80 * w, low + 0.08, tail - 0.10),
                (-f + 0.05, 0.90 * w, low, tail),
                (-f + 0.3, w, low - 0.02, waist),
                (0.12 * length, w, low - 0.02, belt),
                (0.2 * length, w, low - 0.02, belt - 0.02),
                (f - 0.25, 0.97 * w, low - 0.02, nose + 0.03),
                (f - 0.05, 0.88 * w, low, nose - 0.05),
                (f, 0.78 * w, low + 0.08, nose - 0.15),
            ],
            self.paint,
            0.3,
        )

    def face(self, length, z, low):
        """Lamps, grille, bumpers and plates at both ends of a car."""
        f, w = length / 2, self.w
        self.pair(f, 0.33 * w, z, 0.24, self.lamp)
        self.pair(-f, 0.34 * w, z + 0.06, 0.25, self.tail)
        Block(self.trim, (f - 0.05, f + 0.03), 0.34 * w, (z - 0.1, z + 0.07), bevel=0.02)
        for x in (f, -f):
            self.bumper(x, 0.94 * w, low)
        self.plate(-f - 0.04, z - 0.08)

    def stripe(self, length, width, z):
        """A pair of racing stripes would hide in the loft: a thin band along each flank instead."""
        for side in (1, -1):
            y = side * width / 2
            Block(self.second, (-0.34 * length, 0.3 * length), (y - 0.012, y + 0.012), (z, z + 0.12), bevel=0)


def _load(rng, x, width, z):
    """A heap of sand, gravel or earth that fills a tray."""
    g = Graph("load", rng.uniform(0, 9))
    tone = str(rng.choice(["#c9a667", "#8c8378", "#5a4330", "#b5b0a6"]))
    lumps = g.voronoi(5)
    material = g.surface(g.mix(lumps, blend(tone, (0, 0, 0), 0.35), tone), 0.95, lumps, 0.5)
    heap = blob(material, ((x[1] - x[0]) / 2 * 0.93, width / 2 * 0.9, 0.42), 28, 14, 0.75)
    return place(heap, at=((x[0] + x[1]) / 2, 0, z))


def _ladder(material, length, width=0.36, thick=0.045):
    """A ladder along +x from the origin."""
    things = [_rod((0, s * width / 2, 0), (length, s * width / 2, 0), thick, material, 6) for s in (1, -1)]
    for x in np.arange(0.12, length - 0.05, 0.26):
        things.append(_rod((x, -width / 2, 0), (x, width / 2, 0), thick * 0.75, material, 6))
    return things


def dump_truck(rng, colour, second):
    kit = Kit(rng, colour, second)
    length = rng.uniform(3.9, 4.5)
    cab, floor, roof = kit.truck(length, rng.choice([1, 2]))
    x0, x1, base = -length / 2 - 0.1, cab - 0.1, floor + 0.05
    body = kit.second if rng.random() < 0.65 else kit.paint
    rib = kit.paint if body is kit.second else kit.second
    high, flare = rng.uniform(0.7, 0.9), rng.uniform(0.05, 0.14)
    things = [
        _tray(body, (x0, x1), kit.w - 0.12, (base, base + high), 0.08, flare, kit.dark if rng.random() < 0.5 else None)
    ]
    for x in np.linspace(x0 + 0.2, x1 - 0.2, rng.integers(3, 6)):
        for side in (1, -1):
            y = side * (kit.w / 2 - 0.06 + flare / 2)
            things.append(
                Block(rib, (x - 0.05, x + 0.05), (y - 0.06, y + 0.06), (base + 0.05, base + high), bevel=0).thing
            )
    guard = max(roof + 0.06, base + high)  # a roof over the cab
    things.append(
        Block(body, (x1 - 0.09, x1 + 0.02), kit.w - 0.12, (base + high - 0.05, guard + 0.02), bevel=0.02).thing
    )
    things.append(
        Block(body, (x1 - 0.09, x1 + rng.uniform(0.4, 0.75)), kit.w - 0.1, (guard, guard + 0.1), bevel=0.02).thing
    )
    if rng.random() < 0.55:
        things.append(_load(rng, (x0, x1), kit.w - 0.12, base + high * 0.72))
    tilt = rng.uniform(0.3, 0.75) if rng.random() < 0.75 else 0.0
    if tilt:
        move(things, at=(-x0 - 0.2, 0, -base))
        move(things, turn=(0, -tilt, 0))
        move(things, at=(x0 + 0.2, 0, base))
        reach = 0.6 * (x1 - x0)
        _rod((x1 - 0.3, 0, floor), (x0 + 0.2 + reach * np.cos(tilt), 0, base + reach * np.sin(tilt)), 0.09, kit.chrome)


def fire_engine(rng, colour, second):
    kit = Kit(rng, colour, second)
    length = rng.uniform(4.6, 5.2)
    cab, floor, roof = kit.truck(length, 1, crew=rng.random() < 0.7, nosed=rng.random() < 0.15)
    top = floor + rng.uniform(1.05, 1.25)
    body = Block(kit.paint, (-length / 2, cab - 0.04), kit.w, (floor - 0.12, top), bevel=0.05)
    count = rng.integers(2, 4)
    for i in range(count):
        span = (0.06 + i * 0.9 / count, 0.02 + (i + 1) * 0.9 / count)
        body.panel("sides", span, (0.42, 0.88), kit.chrome)
        for v in np.linspace(0.5, 0.8, 4):
            body.panel("sides", span, (v, v + 0.025), kit.dark, lift=0.02)
    body.panel("sides", (0.0, 1.0), (0.2, 0.32), kit.white if colour != PALETTE["white"] else kit.second)
    body.panel("back", (0.25, 0.75), (0.3, 0.9), kit.chrome)
    for side in (1, -1):  # hose reels
        x = -length / 2 + 0.9 / count * (cab + length / 2) * 0.5 + 0.1
        for radius, material, out in (
            (0.32, kit.tail, 0.03),
            (0.23, kit.white, 0.05),
            (0.15, kit.tail, 0.07),
            (0.07, kit.dark, 0.09),
        ):
            _disc(radius, 0.08, material, "y", (x, side * (kit.w / 2 + out), floor + 0.5), 18)
    blue = plain("#1746d8", 0.2, Emission_Color="#2050ff", Emission_Strength=0.5)
    kit.beacons(cab + 0.7, roof, 0.8 * kit.w, [blue, kit.white, blue] if rng.random() < 0.6 else [blue, kit.tail])
    _disc(0.42, 0.22, kit.dark, "z", (-length / 2 + 0.7, 0, top + 0.1), 20)
    Block(kit.dark, (-length / 2 + 0.5, -length / 2 + 0.9), 0.44, (top, top + 0.34), bevel=0.03)
    rails = kit.chrome if rng.random() < 0.6 else kit.white
    ladder = _ladder(rails, length * 0.82, 0.5, 0.07)
    if rng.random() < 0.6:
        ladder += move(_ladder(rails, length * 0.7, 0.36, 0.05), at=(0.3, 0, 0.14))
    rise = np.arctan2(max(roof + 0.32 - top - 0.3, 0), cab + length / 2 - 0.4) + rng.choice(
        [0.02, rng.uniform(0.1, 0.45)]
    )
    move(ladder, turn=(0, -rise, 0))
    move(ladder, at=(-length / 2 + 0.25, 0, top + 0.3))


def tow_truck(rng, colour, second):
    kit = Kit(rng, colour, second)
    length = rng.uniform(3.8, 4.3)
    cab, floor, roof = kit.truck(length, 1, nosed=rng.random() < 0.6)
    x0, part = -length / 2, [kit.second, kit.coat("#e8b020"), kit.white][rng.choice(3, p=[0.6, 0.25, 0.15])]
    _tray(kit.paint, (x0, cab - 0.06), kit.w, (floor - 0.05, floor + 0.32), 0.12, 0, kit.dark)
    kit.beacons((cab + min(cab + 1.0, length / 2)) / 2, roof, 0.75 * kit.w)
    foot, reach, tip = cab - 0.35, rng.uniform(0.15, 0.45), floor + rng.uniform(1.35, 1.7)
    end = np.array([x0 - reach, 0, tip])
    for side in (1, -1):  # an A-shaped jib: two beams that meet above the tail, and their stays
        _rod((foot, side * 0.42, floor), np.add(end, (0, side * 0.06, 0)), 0.12, part)
        _rod((foot - 0.75, side * 0.42, floor), (foot - 0.1, side * 0.34, floor + 0.95), 0.08, part)
        _rod((foot - 0.1, side * 0.34, floor + 0.95), end, 0.05, kit.dark)
    _rod((foot - 0.1, -0.36, floor + 0.95), (foot - 0.1, 0.36, floor + 0.95), 0.08, part)
    _disc(0.16, 0.22, kit.chrome, "y", end, 16)
    _disc(0.2, 0.5, kit.chrome, "y", (foot - 0.35, 0, floor + 0.3), 16)
    drop = rng.uniform(0.5, 0.75)
    hang = np.add(end, (-0.16, 0, 0))
    _rod(hang, hang - (0, 0, drop), 0.03, kit.dark)
    _disc(0.1, 0.12, kit.amber, "y", hang - (0, 0, drop), 12)
    curve = [(0, 0, 0), (0, 0, -0.2), (-0.12, 0, -0.38), (-0.32, 0, -0.38), (-0.4, 0, -0.16)]
    place(sweep(curve, [0.08, 0.08, 0.08, 0.08, 0.04], kit.chrome, 8, 14), at=tuple(hang - (0, 0, drop)))
    Block(kit.dark, (x0 - 0.35, x0), 0.3, (0.7 * kit.r, 1.0 * kit.r), bevel=0.02)
    Block(kit.dark, (x0 - 0.45, x0 - 0.3), 1.1, (0.65 * kit.r, 1.0 * kit.r), bevel=0.02)


def cement_mixer(rng, colour, second):
    kit = Kit(rng, colour, second)
    length = rng.uniform(4.2, 4.7)
    cab, floor, _ = kit.truck(length, 2)
    room = cab + length / 2
    size = rng.uniform(0.78, 0.88)
    long = room * 1.02
    drum = lathe(
        [
            (0, 0),
            (0.5 * size, 0.02),
            (0.86 * size, 0.28 * long),
            (1.0 * size, 0.42 * long),
            (0.95 * size, 0.58 * long),
            (0.5 * size, 0.93 * long),
            (0.42 * size, long),
            (0.2 * size, long),
            (0.15 * size, 0.9 * long),
        ],
        None,
        36,
        40,
    )
    plainly = rng.random() < 0.5
    first, stripe = (kit.white, kit.second) if plainly else (kit.second, kit.white)
    for material in (first, kit.paint if rng.random() < 0.35 else stripe, kit.dark):
        drum.data.materials.append(material)
    bands, turns = int(rng.choice([2, 3])), rng.choice([-1, 1]) * rng.uniform(0.5, 1.0)
    for i in range(39):
        for j in range(36):
            phase = (bands * (j / 36 + turns * i / 39)) % 1
            drum.data.polygons[i * 36 + j].material_index = 2 if i > 36 else int(phase < 0.38)
    tilt = rng.uniform(0.2, 0.32)
    place(drum, turn=(0, -np.pi / 2 + tilt, 0), at=(cab - 0.2, 0, floor + size * 0.95))
    tail = (cab - 0.2 - long * np.cos(tilt), floor + size * 0.95 + long * np.sin(tilt))
    Block(
        kit.paint,
        (cab - 0.4, cab - 0.08),
        0.9 * kit.w,
        (floor, floor + size * 1.2),
        ((cab - 0.3, cab - 0.12), 0.6),
        0.03,
    )
    for side in (1, -1):
        x = tail[0] + 0.3
        _rod((x - 0.1, side * 0.55, floor), (x, side * 0.42, tail[1]), 0.09, kit.paint)
        _rod((x + 0.8, side * 0.6, floor), (x, side * 0.42, tail[1] - 0.1), 0.07, kit.paint)
    funnel = lathe([(0.12, 0), (0.2, 0.02), (0.42, 0.36), (0.36, 0.36), (0.15, 0.08)], kit.chrome, 20, 14)
    place(funnel, at=(tail[0] + 0.02, 0, tail[1] + 0.1))
    chute = _tray(kit.chrome, (-0.85, 0), 0.3, (0, 0.16), 0.05, 0.04)
    place(chute, turn=(0, -0.75, rng.uniform(-0.3, 0.3)), at=(tail[0] + 0.1, 0, tail[1] - 0.35))


def tank_truck(rng, colour, second):
    kit = Kit(rng, colour, second)
    length = rng.uniform(4.6, 5.3)
    cab, floor, _ = kit.truck(length, 2)
    long, size = cab + length / 2 - 0.06, rng.uniform(0.74, 0.86)
    body = [kit.chrome, kit.paint, kit.second, kit.white][rng.choice(4, p=[0.35, 0.3, 0.2, 0.15])]
    cap = 0.12
    tank = lathe(
        [
            (0, 0),
            (0.7 * size, 0.03),
            (0.95 * size, cap),
            (size, 2 * cap),
            (size, long / 2),
            (size, long - 2 * cap),
            (0.95 * size, long - cap),
            (0.7 * size, long - 0.03),
            (0, long),
        ],
        body,
        40,
        40,
    )
    wide = min(rng.uniform(1.0, 1.15), 0.5 * kit.w / size)
    z = floor + size + 0.08
    place(place(tank, turn=(0, np.pi / 2, 0)), scale=(1, wide, 1), at=(-length / 2, 0, z))
    band = kit.paint if body is not kit.paint else kit.second
    for x in np.linspace(-length / 2 + 0.4, -length / 2 + long - 0.4, rng.integers(2, 5)):
        place(_disc(size * 1.02, 0.1, band, "x", (0, 0, 0), 36), scale=(1, wide, 1), at=(x, 0, z))
    for x in np.linspace(-length / 2 + 0.7, -length / 2 + long - 0.7, rng.integers(2, 4)):
        _disc(0.22, 0.2, kit.dark if rng.random() < 0.5 else band, "z", (x, 0, z + size + 0.06), 18)
    Block(kit.dark, (-length / 2 + 0.2, cab - 0.3), 0.85 * kit.w, (floor - 0.06, floor + 0.22), bevel=0)
    Block(
        kit.paint,
        (-length / 2 + 2.2 * kit.r + kit.r * 2.2, cab - 0.3),
        0.98 * kit.w,
        (0.7 * kit.r, floor - 0.05),
        bevel=0.03,
    )
    move(move(_ladder(kit.dark, 2 * size + 0.1, 0.34), turn=(0, -np.pi / 2, 0)), at=(-length / 2 - 0.06, 0.3, floor))
    if rng.random() < 0.5:
        for side in (1, -1):
            sign = Block(kit.amber, (-0.2, 0.2), (-0.02, 0.02), (-0.2, 0.2), bevel=0).thing
            place(sign, turn=(0, np.pi / 4, 0), at=(-length / 2 + long / 2, side * (size * wide + 0.015), z))


def pickup(rng, colour, second):
    kit = Kit(rng, colour, second)
    length, low = rng.uniform(4.2, 4.7), kit.r * rng.uniform(0.85, 1.05)
    crew = rng.random() < 0.4
    belt = low + rng.uniform(0.72, 0.82)
    f, w = length / 2, kit.w
    back = -f + length * (0.36 if crew else 0.45)
    front = 0.18 * length
    kit_nose = _loft(
        [
            (back, w / 2, low, belt),
            (front, w / 2, low, belt),
            (f - 0.2, 0.97 * w / 2, low, belt - 0.06),
            (f - 0.03, 0.9 * w / 2, low + 0.02, belt - 0.12),
            (f, 0.84 * w / 2, low + 0.06, belt - 0.2),
        ],
        kit.paint,
        0.28,
    )
    kit_nose.name = "body"
    _tray(kit.paint, (-f, back + 0.05), w, (low, belt), 0.1, 0, kit.dark)
    cabin = Block(
        kit.paint,
        (back, front + 0.02),
        0.95 * w,
        (belt - 0.04, belt + rng.uniform(0.68, 0.8)),
        ((back + 0.06, front - rng.uniform(0.4, 0.55)), 0.84),
        0.08,
    )
    cabin.panel("front", (0.07, 0.93), (0.12, 0.86), kit.glass, WINDOW).panel(
        "back", (0.12, 0.88), (0.22, 0.84), kit.glass, WINDOW
    )
    cabin.windows("sides", 2 if crew else 1, kit.glass, (0.12, 0.84), 0.1)
    kit.axles([-f + 0.23 * length, f - 0.2 * length], w + 0.06, arch=w, lid=belt - 0.1)
    kit.face(length, low + 0.42, low - 0.04)
    kit.mirrors(front - 0.25, w, belt + 0.02)
    tailgate = Block(kit.second, (-f - 0.03, -f + 0.03), 0.5 * w, (belt - 0.26, belt - 0.06), bevel=0)
    tailgate.thing.name = "tailgate"
    load = rng.choice(["none", "boxes", "bar", "sacks"], p=[0.4, 0.25, 0.2, 0.15])
    if load == "boxes":
        for x in np.linspace(-f + 0.5, back - 0.45, 2):
            size = rng.uniform(0.2, 0.3)
            y = rng.uniform(-0.35, 0.35)
            Block(
                plain(jitter(rng, "#b98a55"), 0.8),
                (x - size, x + size),
                (y - size, y + size),
                (low + 0.1, low + 0.1 + 2 * size + 0.2),
                bevel=0.03,
            )
    elif load == "bar":
        for x in (back - 0.15, back - 0.45):
            for side in (1, -1):
                _rod((x, side * 0.42 * w, belt - 0.1), (back - 0.15, side * 0.36 * w, belt + 0.6), 0.05, kit.trim)
        _rod((back - 0.15, -0.36 * w, belt + 0.6), (back - 0.15, 0.36 * w, belt + 0.6), 0.05, kit.trim)
    elif load == "sacks":
        sack = plain(jitter(rng, "#c8b48a"), 0.9)
        for x in (-f + 0.5, -f + 1.0):
            place(blob(sack, (0.25, 0.6, 0.2), 20, 12, 0.7), at=(x, rng.uniform(-0.1, 0.1), low + 0.3))
    if rng.random() < 0.4:
        kit.stripe(length, w, low + 0.42)


def delivery_van(rng, colour, second):
    kit = Kit(rng, colour, second)
    length, low, w = rng.uniform(3.9, 4.4), kit.r * 0.75, kit.w
    f, top = length / 2, kit.r + rng.uniform(1.85, 2.2)
    belt = low + 0.95
    front = f - rng.uniform(0.35, 0.6)
    back = front - rng.uniform(0.9, 1.1)
    Block(kit.paint, (-f, back + 0.05), w, (low, top), ((-f + 0.03, back + 0.05), 0.96), 0.08).panel(
        "back", (0.48, 0.52), (0.08, 0.92), kit.dark
    ).panel("back", (0.36, 0.44), (0.4, 0.48), kit.chrome).panel(
        "back", (0.1, 0.42), (0.58, 0.85), kit.glass, WINDOW
    ).panel("back", (0.58, 0.9), (0.58, 0.85), kit.glass, WINDOW)
    Block(kit.paint, (back, f), w, (low, belt + 0.02), ((back, f - 0.12), 0.98), 0.1)
    roof = min(top, belt + rng.uniform(0.85, 1.05))
    cab = Block(kit.paint, (back, f - 0.14), 0.98 * w, (belt, roof), ((back, front - 0.25), 0.92), 0.07)
    cab.panel("front", (0.07, 0.93), (0.08, 0.8), kit.glass, WINDOW).panel(
        "sides", (0.3, 0.8), (0.08, 0.74), kit.glass, WINDOW
    )
    Block(
        kit.paint, (back - 0.2, back + 0.45), 0.92 * w, (roof - 0.1, top - 0.06), ((back - 0.2, back + 0.1), 0.97), 0.04
    )
    side = Block(
        kit.paint, (-f + 0.15, back - 0.1), w - 0.02, (low + 0.2, top - 0.15), ((-f + 0.17, back - 0.1), 0.97), 0
    )
    mark = rng.choice(["sign", "stripe", "both"])
    if mark != "sign":
        side.panel("sides", (0.0, 1.0), (0.12, 0.26), kit.second, lift=0.03)
    if mark != "stripe":  # an arrow on a disc
        x, z = (back - f) / 2 + rng.uniform(-0.2, 0.2), low + 0.2 + 0.62 * (top - low - 0.35)
        badge, arrow = (kit.second, kit.white) if rng.random() < 0.6 else (kit.white, kit.second)
        for side in (1, -1):
            lean = side * np.arctan(0.03 * w / 2 / (top - low)) * 1.6
            _disc(0.44, 0.05, badge, "y", (x, side * 0.49 * w, z), 24).rotation_euler.x += lean
            flat = prism(
                [(-0.3, -0.1), (0.0, -0.1), (0.0, -0.26), (0.34, 0.0), (0.0, 0.26), (0.0, 0.1), (-0.3, 0.1)],
                0.06,
                arrow,
            )
            place(place(flat, at=(0, 0, -0.03)), turn=(np.pi / 2, 0, 0), at=(x, side * (0.49 * w + 0.012), z))
    kit.axles([-f + 0.21 * length, f - 0.19 * length], w + 0.04, arch=w)
    kit.face(length, low + 0.5, low - 0.04)
    kit.mirrors(front + 0.05, w, belt + 0.05)


def minibus(rng, colour, second):
    kit = Kit(rng, colour, second)
    length, low, w = rng.uniform(4.4, 5.1), kit.r * 0.75, kit.w
    f, belt = length / 2, kit.r + rng.uniform(0.62, 0.75)
    top = belt + rng.uniform(0.85, 1.0)
    lower, upper = (
        (kit.paint, kit.paint) if rng.random() < 0.5 else (kit.paint, kit.white if rng.random() < 0.6 else kit.second)
    )
    if colour == PALETTE["white"]:
        upper = kit.paint
    Block(lower, (-f, f), w, (low, belt + 0.02), bevel=0.12)
    slope = rng.uniform(0.12, 0.5)
    body = Block(upper, (-f, f - 0.03), 0.99 * w, (belt, top), ((-f + 0.08, f - slope), 0.9), 0.12)
    body.panel("front", (0.06, 0.94), (0.06, 0.78), kit.glass, WINDOW).panel(
        "back", (0.1, 0.9), (0.15, 0.8), kit.glass, WINDOW
    )
    body.windows("sides", rng.integers(4, 7), kit.glass, (0.08, 0.74), 0.04, 0.03)
    base = Block(lower, (-f + 0.1, f - 0.1), w - 0.02, (low + 0.05, belt), bevel=0)
    base.panel("sides", (0, 1), (0.72, 0.88), kit.second, lift=0.03)
    base.panel("right", (0.72, 0.74), (0.05, 0.95), kit.dark, lift=0.04).panel(
        "right", (0.87, 0.89), (0.05, 0.95), kit.dark, lift=0.04
    )
    extra = rng.choice(["none", "rack", "hatches", "sign"])
    if extra == "rack":
        for side in (1, -1):
            _rod((-f + 0.5, side * 0.34 * w, top + 0.1), (f - 1.0, side * 0.34 * w, top + 0.1), 0.04, kit.chrome)
        for x in np.linspace(-f + 0.6, f - 1.1, 4):
            _rod((x, -0.34 * w, top + 0.06), (x, 0.34 * w, top + 0.06), 0.04, kit.chrome)
    elif extra == "hatches":
        for x in (-0.9, 0.6):
            Block(kit.white, (x - 0.25, x + 0.25), 0.6, (top - 0.02, top + 0.1), bevel=0.03)
    elif extra == "sign":
        Block(kit.amber, (f - slope - 0.35, f - slope - 0.15), 0.7 * w, (top - 0.03, top + 0.2), bevel=0.02)
    kit.axles([-f + 0.23 * length, f - 0.2 * length], w + 0.04, arch=w)
    kit.face(length, low + 0.45, low - 0.04)
    kit.mirrors(f - 0.12, w, belt + 0.15)


def camper(rng, colour, second):
    kit = Kit(rng, colour, second)
    length, low, w = rng.uniform(4.2, 4.8), kit.r * 0.8, kit.w
    f, top = length / 2, kit.r + rng.uniform(1.95, 2.2)
    belt, wide = low + 0.8, w * 1.04
    back = f - rng.uniform(1.55, 1.75)
    shell = kit.paint
    Block(kit.paint, (back - 0.05, f), 0.94 * w, (low, belt), ((back, f - 0.1), 0.98), 0.1)
    cab_top = belt + 0.55
    cab = Block(
        kit.paint, (back - 0.05, f - 0.5), 0.92 * w, (belt - 0.02, cab_top + 0.05), ((back, f - 0.95), 0.9), 0.03
    )
    cab.panel("front", (0.06, 0.94), (0.1, 0.85), kit.glass, WINDOW).panel(
        "sides", (0.35, 0.9), (0.12, 0.82), kit.glass, WINDOW
    )
    house = Block(shell, (-f, back), wide, (low, top), ((-f + 0.03, back), 0.98), 0.07)
    nose = f - rng.uniform(0.3, 0.55)
    alcove = Block(shell, (back - 0.1, nose - 0.2), wide, (cab_top, top), ((back - 0.1, nose - 0.1), 0.97), 0.1)
    alcove = Block(shell, (back, nose - 0.3), wide * 0.985, (cab_top + 0.02, top - 0.04), ((back, nose), 0.98), 0.09)
    alcove.panel("front", (0.25, 0.75), (0.35, 0.7), kit.glass, WINDOW).panel(
        "sides", (0.35, 0.8), (0.3, 0.7), kit.glass, WINDOW
    )
    house.panel("left", (0.1, 0.42), (0.52, 0.76), kit.glass, WINDOW).panel(
        "left", (0.55, 0.85), (0.52, 0.76), kit.glass, WINDOW
    )
    house.panel("right", (0.1, 0.5), (0.52, 0.76), kit.glass, WINDOW)
    house.panel("back", (0.2, 0.8), (0.55, 0.8), kit.glass, WINDOW)
    house.panel("right", (0.64, 0.9), (0.06, 0.86), kit.second, lift=0.02).panel(
        "right", (0.69, 0.85), (0.52, 0.76), kit.glass, WINDOW, 0.03
    )
    house.panel("left", (0, 1), (0.32, 0.42), kit.second).panel("right", (0, 0.6), (0.32, 0.42), kit.second)
    house.panel("left", (0, 1), (0.26, 0.29), kit.second).panel("back", (0, 1), (0.32, 0.42), kit.second)
    y, z = -wide / 2, top - 0.14  # the awning, rolled up or drawn out, on the door's side; striped
    count = 7
    out = rng.uniform(0.5, 0.8) if rng.random() < 0.5 else 0.0
    for i in range(count):
        x = np.linspace(-f + 0.15, back + 0.1, count + 1)
        material = kit.white if i % 2 else (kit.second if colour != PALETTE["white"] else kit.tail)
        if out:
            sheet = mesh(
                [
                    (x[i], y, z + 0.08),
                    (x[i + 1], y, z + 0.08),
                    (x[i + 1], y - out, z - 0.18),
                    (x[i], y - out, z - 0.18),
                ],
                [[0, 1, 2, 3]],
                material,
                smooth=False,
            )
            sheet.name = "awning"
        else:
            _rod((x[i], y - 0.07, z), (x[i + 1], y - 0.07, z), 0.09, material)
    if out:
        for at in (-f + 0.2, back + 0.05):
            _rod((at, y - out, z - 0.18), (at, y, z - 0.75), 0.025, kit.chrome)
    for at in (-f + 0.7, back - 0.4):
        Block(kit.white, (at - 0.25, at + 0.25), 0.55, (top - 0.02, top + 0.12), ((at - 0.2, at + 0.2), 0.85), 0.03)
    if rng.random() < 0.5:
        move(move(_ladder(kit.chrome, top - low - 0.1, 0.3), turn=(0, -np.pi / 2, 0)), at=(-f - 0.06, 0.55, low + 0.15))
    kit.axles([-f + 0.25 * length, f - 0.19 * length], w + 0.08, arch=wide)
    kit.face(length, low + 0.42, low - 0.04)
    kit.mirrors(f - 0.7, w, belt + 0.02)


def hatchback(rng, colour, second):
    kit = Kit(rng, colour, second)
    kit.r *= 0.92
    length, low, w = rng.uniform(3.2, 3.6), kit.r * 0.62, kit.w
    f, belt = length / 2, low + rng.uniform(0.68, 0.78)
    kit.car(length, belt - 0.14, belt - 0.02, low, belt)
    roof = belt + rng.uniform(0.62, 0.76)
    front, back = rng.uniform(0.2, 0.24) * length, -f + 0.08
    top = kit.paint if rng.random() < 0.75 else kit.second
    cabin = Block(
        top,
        (back, front),
        0.93 * w,
        (belt - 0.05, roof),
        ((back + rng.uniform(0.25, 0.45), front - rng.uniform(0.5, 0.65)), 0.8),
        0.12,
    )
    cabin.panel("front", (0.07, 0.93), (0.12, 0.86), kit.glass, WINDOW).panel(
        "back", (0.1, 0.9), (0.2, 0.84), kit.glass, WINDOW
    )
    cabin.panel("sides", (0.08, 0.5), (0.14, 0.82), kit.glass, WINDOW).panel(
        "sides", (0.54, 0.92), (0.14, 0.82), kit.glass, WINDOW
    )
    kit.axles([-f + 0.2 * length, f - 0.21 * length], w + 0.05, arch=w, lid=belt - 0.16)
    kit.face(length, low + 0.38, low - 0.02)
    kit.mirrors(front - 0.3, w * 0.97, belt)
    if rng.random() < 0.3:
        Block(top, (back + 0.15, back + 0.5), 0.7 * w, (roof - 0.06, roof + 0.03), bevel=0.02)
    if rng.random() < 0.35:
        kit.stripe(length, w, low + 0.3)


def convertible(rng, colour, second):
    kit = Kit(rng, colour, second)
    kit.r *= 0.87
    length, low, w = rng.uniform(3.8, 4.3), kit.r * 0.6, kit.w
    f, belt = length / 2, low + rng.uniform(0.62, 0.7)
    body = kit.car(length, belt - 0.12, belt - 0.06, low, belt)
    front, back = 0.12 * length, -f + rng.uniform(0.75, 0.95)
    _cut(body, Block(None, (back, front), 0.8 * w, (low + 0.14, belt + 1), bevel=0).thing)
    Block(kit.dark, (back - 0.01, front + 0.01), 0.81 * w, (low + 0.1, low + 0.17), bevel=0)
    leather = (
        kit.second if rng.random() < 0.6 else plain(str(rng.choice(["#d8c6a0", "#8c5a33", "#efe9dc", "#a02a20"])), 0.6)
    )
    rows = [back + 0.2] if front - back < 1.75 and rng.random() < 0.4 else [back + 0.12, (back + front) / 2 + 0.02]
    for x in rows:
        for side in (1, -1):
            y = side * 0.2 * w
            Block(leather, (x, x + 0.5), (y - 0.24, y + 0.24), (low + 0.15, low + 0.36), bevel=0.05)
            Block(
                leather,
                (x, x + 0.16),
                (y - 0.25, y + 0.25),
                (low + 0.15, belt + 0.16),
                ((x - 0.1, x + 0.04), 0.85),
                0.05,
            )
            Block(leather, (x - 0.1, x + 0.02), (y - 0.13, y + 0.13), (belt + 0.18, belt + 0.34), bevel=0.04)
    a = np.linspace(0, 2 * np.pi, 13)
    ring = sweep(0.19 * np.c_[np.cos(a), np.sin(a), 0 * a], 0.035, kit.dark, 6, 24)
    place(ring, turn=(0, -1.1, 0), at=(front - 0.22, 0.2 * w, belt + 0.04))
    Block(kit.dark, (front - 0.1, front + 0.02), 0.8 * w, (belt - 0.22, belt - 0.02), bevel=0.02)
    tall, lean = rng.uniform(0.42, 0.52), rng.uniform(0.3, 0.45)  # the windscreen: a frame with its glass
    a, b = 0.42 * w, 0.36 * w
    foot, head = front + 0.1, front + 0.1 - lean
    pane = mesh(
        [(foot, -a, belt), (foot, a, belt), (head, b, belt + tall), (head, -b, belt + tall)],
        [[0, 1, 2, 3]],
        plain("#b5d3de", 0.1, Alpha=0.3),
        smooth=False,
    )
    pane.pass_index = WINDOW
    frame = kit.chrome if rng.random() < 0.6 else kit.dark
    for side in (1, -1):
        _rod((foot, side * a, belt - 0.06), (head, side * b, belt + tall), 0.045, frame)
    _rod((head, -b, belt + tall), (head, b, belt + tall), 0.045, frame)
    if rng.random() < 0.6:  # the folded hood
        hood = sweep(
            [(back - 0.12, -0.4 * w, belt), (back - 0.2, 0, belt + 0.03), (back - 0.12, 0.4 * w, belt)],
            0.13,
            kit.dark,
            12,
            12,
        )
        hood.name = "hood"
    kit.axles([-f + 0.2 * length, f - 0.2 * length], w + 0.05, arch=w, lid=belt - 0.2)
    kit.face(length, low + 0.36, low - 0.02)
    kit.mirrors(front - 0.05, w * 0.95, belt)
    if rng.random() < 0.35:
        kit.stripe(length, w, low + 0.26)


def racing_car(rng, colour, second):
    kit = Kit(rng, colour, second)
    length, w = rng.uniform(4.2, 4.7), rng.uniform(1.9, 2.1)
    f, r = length / 2, rng.uniform(0.36, 0.42)
    low = 0.14
    body = _loft(
        [
            (-f + 0.25, 0.16, low + 0.1, 0.55),
            (-f + 0.5, 0.26, low, 0.62),
            (-0.7, 0.36, low, 0.82),
            (0.1, 0.38, low, 0.74),
            (0.75, 0.32, low, 0.66),
            (f - 0.9, 0.22, low + 0.04, 0.52),
            (f - 0.2, 0.14, low + 0.08, 0.38),
            (f - 0.05, 0.1, low + 0.12, 0.32),
        ],
        kit.paint,
        0.55,
    )
    _cut(body, Block(None, (-0.5, 0.3), 0.52, (0.4, 2), bevel=0).thing)
    for side in (1, -1):  # sidepods
        _loft(
            [
                (-f + 0.75, side * 0.12, low, 0.34),
                (-0.7, side * 0.3, low, 0.5),
                (0.2, side * 0.32, low, 0.56),
                (0.4, side * 0.28, low + 0.04, 0.5),
            ],
            kit.second if rng.random() < 0.15 else kit.paint,
            0.4,
        ).matrix_world.translation.y = side * 0.52
        Block(kit.dark, (0.36, 0.42), (side * 0.52 - 0.2, side * 0.52 + 0.2), (low + 0.1, 0.44), bevel=0)
        Block(kit.second, (-0.75, 0.1), (side * 0.83 - 0.015, side * 0.83 + 0.015), (0.24, 0.42), bevel=0)
    intake = _loft([(-f + 0.6, 0.06, 0.4, 0.62), (-0.85, 0.15, 0.5, 1.02), (-0.55, 0.16, 0.6, 1.1)], kit.paint, 0.6)
    intake.name = "intake"
    _disc(0.1, 0.06, kit.dark, "x", (-0.55, 0, 0.97), 14)
    helmet = plain(
        jitter(rng, str(rng.choice(["#f2c21a", "#ffffff", "#d02020", "#2050c0", "#30a050"]))), 0.2, Coat_Weight=0.5
    )
    place(blob(helmet, (0.23, 0.21, 0.23), 20, 14), at=(-0.18, 0, 0.86))
    visor = place(blob(kit.dark, (0.2, 0.19, 0.07), 20, 10), at=(-0.13, 0, 0.88))
    visor.pass_index = WINDOW
    wing = kit.second if rng.random() < 0.6 else kit.paint
    high = rng.uniform(0.85, 1.05)
    Block(wing, (-f - 0.02, -f + 0.42), 1.15, (high, high + 0.07), ((-f - 0.06, -f + 0.4), 1), 0.02)
    Block(wing, (-f - 0.08, -f + 0.12), 1.15, (high - 0.22, high - 0.16), bevel=0.02)
    for side in (1, -1):
        Block(
            wing,
            (-f - 0.1, -f + 0.48),
            (side * 0.58 - 0.03, side * 0.58 + 0.03),
            (high - 0.36, high + 0.16),
            bevel=0.02,
        )
        Block(wing, (f - 0.32, f + 0.1), (side * 0.84 - 0.03, side * 0.84 + 0.03), (0.1, 0.36), bevel=0.02)
        Block(kit.dark, (-f + 0.05, -f + 0.3), (side * 0.12 - 0.025, side * 0.12 + 0.025), (0.4, high), bevel=0)
    Block(wing, (f - 0.3, f + 0.06), 1.7, (0.13, 0.19), bevel=0.02)
    Block(wing, (f - 0.34, f - 0.12), 1.7, (0.24, 0.29), bevel=0.02)
    _disc(0.17, 0.03, kit.white, "z", (f - 0.95, 0, 0.535), 18)
    Block(kit.dark, (f - 1.06, f - 0.84), 0.05, (0.54, 0.56), bevel=0)
    Block(kit.tail, (-f + 0.18, -f + 0.26), 0.16, (0.3, 0.42), bevel=0)
    rear, front = -f + 0.55, f - 0.95
    kit.axles([front], w, r, 0.36)
    kit.axles([rear], w + 0.06, r * 1.12, 0.48)
    for x, height in ((front, r), (rear, r * 1.1)):
        for dx in (-0.22, 0.22):
            for side in (1, -1):
                _rod((x, side * (w / 2 - 0.4), height), (x + dx, side * 0.2, height + 0.05), 0.035, kit.dark, 6)


CLASSES = {
    "dump truck": dump_truck, "fire engine": fire_engine, "tow truck": tow_truck, "cement mixer": cement_mixer,
    "tank truck": tank_truck, "pickup": pickup, "delivery van": delivery_van, "minibus": minibus, "camper": camper,
    "hatchback": hatchback, "convertible": convertible, "racing car": racing_car,
}  # fmt: skip


def _step_back(things):
    """Move the camera away until the whole vehicle is in the picture: end-on and up close `frame` can overshoot."""
    camera, points = bpy.context.scene.camera, corners(things)
    centre = (points.max(0) + points.min(0)) / 2
    for _ in range(12):
        seen = project(camera, points)
        if seen.min() > 0.01 and seen.max() < 0.99:
            return
        camera.location = Vector(centre + 1.12 * (np.array(camera.location) - centre))
        camera.data.dof.focus_distance *= 1.12
        bpy.context.view_layer.update()
        middle = (seen.max(0) + seen.min(0)) / 2 - 0.5
        camera.data.shift_x, camera.data.shift_y = camera.data.shift_x + middle[0], camera.data.shift_y + middle[1]


def compose(rng, label, config):
    """Set up one picture of `label`; returns its truth.

    `heading` counts eighths of a turn, counter-clockwise seen from above: 0 has the front toward the camera,
    2 toward the picture's right, 4 away, 6 toward the left; up to 10 degrees are added at random.
    """
    name, other = (str(n) for n in rng.choice(list(PALETTE), 2, replace=False))
    CLASSES[label](rng, PALETTE[name], PALETTE[other])
    heading = int(rng.integers(8))
    yaw = np.deg2rad(45 * heading + rng.uniform(-10, 10))
    things = [t for t in bpy.context.scene.objects if t.type == "MESH"]
    move(things, turn=(0, 0, yaw), scale=(1, rng.uniform(0.94, 1.06), 1))
    truth = stage(rng, azimuth=0.0, elevation=(15, 50), fill=(0.66, 0.92))
    _step_back(things)
    truth.pop("yaw")  # the heading says it
    return {"heading": heading, "colour": name, **truth}
