"""Model houses on a plot of constant size, for the regression of a price from the front.

Lengths are in metres of the real house. The plot is the measure: it is equally large under every house, so a larger
house fills more of it, however near the camera stands. Mask: 1 wall and chimney, 2 roof, 3 windows, 4 door,
5 garden, 6 garage, 7 plot with path, drive and fence.
"""

from itertools import pairwise

import bpy
import numpy as np

from .materials import Graph, blend, jitter, plain
from .scene import LIGHTS, stage
from .shapes import blob, copy, lathe, mesh, move, place, wobble

WALL, ROOF, WINDOW, DOOR, GREEN, GARAGE, PLOT = range(1, 8)
PLOT_SIZE = (13.0, 9.0)  # of every plot
DEPTH, STOREY, GROUND = 5.0, 2.7, 0.4  # of every house; GROUND is the height of the plot's top
FRONT = -1.4  # y of every front wall
ROOFS = {"flat": 0.92, "gable": 1.0, "hip": 1.06, "mansard": 1.2}
ROOF_MATERIALS = {"metal": 0.95, "clay tile": 1.0, "slate": 1.08, "thatch": 1.14}
GARDENS = {"none": 0, "lawn": 18, "planted": 45}
WALLS = ("plaster", "plaster", "plaster", "brick", "timber", "half-timbered")


def price(features, rng):
    """The price in thousand euros: what the house would cost, by what can be seen of it, times 8 % of noise.

    Building: 15 + 1.5 per square metre of floor (width × DEPTH × storeys) + 4 per window of the front, all times the
    factors of the roof's kind and material. Then 9 for a chimney, 32 for a garage, and the garden as in GARDENS.
    The sum is multiplied by 0.55 (ruinous) to 1.0 (like new). Walls, colours and light are worth nothing.
    """
    floor = features["width"] * DEPTH * features["storeys"]
    worth = 15 + 1.5 * floor + 4 * features["windows"] * features["storeys"]
    worth *= ROOFS[features["roof"]] * ROOF_MATERIALS[features["roof_material"]]
    worth += 9 * features["chimney"] + 32 * features["garage"] + GARDENS[features["garden"]]
    return worth * (0.55 + 0.45 * features["condition"]) * float(np.exp(rng.normal(0, 0.08)))


def draw_features(rng):
    """What the price depends on, each drawn independently; only a flat roof is always of metal."""
    roof = str(rng.choice(list(ROOFS), p=[0.2, 0.35, 0.25, 0.2]))
    material = str(rng.choice(list(ROOF_MATERIALS), p=[0.2, 0.35, 0.25, 0.2]))
    return {
        "width": round(float(rng.uniform(4.6, 9.2)), 2),
        "storeys": int(rng.integers(1, 4)),
        "windows": int(rng.integers(2, 6)),
        "roof": roof,
        "roof_material": "metal" if roof == "flat" else material,
        "garden": str(rng.choice(list(GARDENS))),
        "garage": bool(rng.random() < 0.45),
        "chimney": bool(rng.random() < 0.5),
        "condition": round(float(rng.uniform()), 3),
    }


class Build:
    """Flat faces gathered into one mesh, with texture coordinates in metres: u level, v up the face.

    With a `frame` (origin, direction of u, direction outward) points are given as (u, out, up) on a wall.
    """

    def __init__(self, frame=None):
        self.points, self.faces, self.uv, self.frame = [], [], [], frame

    def on(self, frame):
        self.frame = frame
        return self

    def face(self, *points):
        points = np.array(points, float)
        if self.frame:
            origin, right, out = (np.asarray(v, float) for v in self.frame)
            points = origin + points[:, :1] * right + points[:, 1:2] * out + points[:, 2:] * np.array([0, 0, 1.0])
        normal = np.cross(points[1] - points[0], points[2] - points[0])
        normal /= np.linalg.norm(normal) + 1e-9
        level = np.array([1.0, 0, 0]) if abs(normal[2]) > 0.99 else np.cross([0, 0, 1.0], normal)
        level /= np.linalg.norm(level)
        up = np.cross(normal, level)
        self.faces.append(list(range(len(self.points), len(self.points) + len(points))))
        self.points.extend(points)
        self.uv.extend(np.c_[points @ level, points @ up])

    def box(self, u0, u1, v0, v1, z0, z1):
        self.extrude([(u0, v0, z0), (u1, v0, z0), (u1, v0, z1), (u0, v0, z1)], (0, v1 - v0, 0))

    def extrude(self, outline, along):
        near = np.array(outline, float)
        far = near + along
        self.face(*near)
        self.face(*far[::-1])
        for i in range(len(near)):
            j = (i + 1) % len(near)
            self.face(near[i], far[i], far[j], near[j])

    def link(self, material, number):
        if not self.faces:
            return None
        thing = mesh(self.points, self.faces, material, smooth=False)
        thing.data.uv_layers.new().data.foreach_set("uv", np.array(self.uv, np.float32).ravel())
        thing.pass_index = number
        return thing


def weathered(g, rng, colour, condition, dirt, stretch=(1.0, 0.3, 1)):
    """`colour` with patches of `dirt`: none at condition 1, over most of the surface at 0."""
    spots = g.noise(0.75, 3, 0.65, at=g.coordinate("UV", stretch))
    low, most = 0.36 + 0.27 * condition, 0.85 * min(1.0, 4 * (1 - condition))
    return g.mix(g.ramp(spots, (low, 0.0), (low + 0.1, most)), colour, dirt)


def wall_material(rng, kind, condition):
    g = Graph("wall", rng.uniform(0, 9))
    at = g.coordinate("UV")
    if kind == "brick":
        tone = jitter(rng, rng.choice(["#a04a32", "#8a3b2c", "#b8704c", "#c9a877", "#7a4a3c"]))
        tone = blend(tone, "#7d766c", 0.25 * (1 - condition))
        colour = g.brick(tone, blend(tone, (0.15, 0.08, 0.06), 0.35), blend(tone, "#d8cfc0", 0.65), 1.0, at=at,
                         Brick_Width=0.9, Row_Height=0.42, Mortar_Size=0.045)  # fmt: skip
    elif kind == "timber":
        tone = jitter(rng, rng.choice(["#8a2f26", "#7a5232", "#a9784a", "#3f5a6b", "#e3ded2", "#5b6b4a", "#d9b45a"]))
        tone = blend(tone, "#8d867b", 0.5 * (1 - condition))
        colour = g.brick(tone, blend(tone, (1, 1, 1), 0.08), blend(tone, (0, 0, 0), 0.5), 1.0, at=at,
                         Brick_Width=30, Row_Height=0.5, Mortar_Size=0.06)  # fmt: skip
    else:
        tones = ["#f1ece0", "#f0d9a0", "#e8b96a", "#d98c66", "#c9605a", "#e5b7b0", "#a9c4d6", "#7fa3bd", "#b5cfae",
                 "#86a884", "#c8bede", "#dcdcd8", "#b9a48a", "#f4f2ee"]  # fmt: skip
        tone = jitter(rng, rng.choice(tones if kind == "plaster" else tones[:2] + tones[-1:]))
        colour = blend(tone, "#9a9286", 0.5 * (1 - condition))
    dirt = rng.choice(["#5a5246", "#6a6152", "#4c4a40"])
    return g.surface(weathered(g, rng, colour, condition, dirt), 0.85)


def roof_material(rng, kind, condition):
    g = Graph("roof", rng.uniform(0, 9))
    at = g.coordinate("UV")
    if kind == "clay tile":
        tone = jitter(rng, rng.choice(["#c0552f", "#a8402a", "#cf7040", "#8f4a35"]))
        colour = g.brick(tone, blend(tone, "#e8a070", 0.3), blend(tone, (0.1, 0.04, 0.02), 0.6), 1.0, at=at,
                         Brick_Width=0.42, Row_Height=0.55, Mortar_Size=0.06)  # fmt: skip
        rough, shine = 0.8, {}
    elif kind == "slate":
        tone = jitter(rng, rng.choice(["#474e59", "#3a3f47", "#565a66", "#4b4656"]))
        colour = g.brick(tone, blend(tone, (1, 1, 1), 0.22), blend(tone, (0, 0, 0), 0.5), 1.0, at=at,
                         Brick_Width=0.8, Row_Height=0.5, Mortar_Size=0.03)  # fmt: skip
        rough, shine = 0.5, {}
    elif kind == "thatch":
        straw = g.noise(1.6, 3, 0.7, at=g.coordinate("UV", (3.0, 0.5, 1)))
        tone = jitter(rng, rng.choice(["#b8974f", "#9a8050", "#8a7450"]))
        colour, rough, shine = g.mix(straw, blend(tone, (0.1, 0.07, 0.03), 0.6), blend(tone, "#f0e0a8", 0.4)), 1.0, {}
    else:
        tone = jitter(rng, rng.choice(["#aab2b8", "#8a9298", "#6fa08c", "#8c3a34", "#3f6a86"]))
        colour = g.brick(tone, tone, blend(tone, (0, 0, 0), 0.5), 1.0, at=at,
                         Brick_Width=0.75, Row_Height=50, Mortar_Size=0.07)  # fmt: skip
        rough, shine = 0.35, {"Metallic": 0.55}
    dirt = "#8a4a22" if kind == "metal" else rng.choice(["#5c6a30", "#4a5a2c", "#6b7040"])
    return g.surface(weathered(g, rng, colour, condition, dirt, (0.8, 0.6, 1)), rough, **shine)


def leaves(rng, tone):
    g = Graph("leaves", rng.uniform(0, 9))
    tone = jitter(rng, tone, 0.03, 0.12, 0.1)
    at = g.coordinate()
    dark, light = blend(tone, (0, 0.05, 0), 0.55), blend(tone, "#d9e070", 0.25)
    return g.surface(g.ramp(g.noise(1.6, 2, 0.7, at=at), (0.35, dark), (0.65, light)), 0.9)


def walls_and_roof(rng, features, x0, x1, walls):
    """The body (into `walls`) and the roof's faces; returns the roof, the height of its top and the wall's."""
    y0, y1 = FRONT, FRONT + DEPTH
    top = GROUND + STOREY * features["storeys"] + 0.25
    middle, eaves, thick = (y0 + y1) / 2, rng.uniform(0.25, 0.5), 0.22
    kind = features["roof"]
    if features["roof_material"] == "thatch":
        eaves, thick = 0.45, 0.45
    roof = Build()
    if kind == "gable":
        across = rng.random() < 0.35 and x1 - x0 < 8  # the gable faces the front
        a0, a1, b0, b1 = (y0, y1, x0, x1) if not across else (x0, x1, y0, y1)
        pitch = rng.uniform(0.7, 1.05) if not across else rng.uniform(0.65, 0.9)
        half = (a1 - a0) / 2
        ridge, low = top + half * pitch, top - eaves * pitch
        to = (lambda a, b, z: (b, a, z)) if not across else (lambda a, b, z: (a, b, z))
        body = [(a0, GROUND), (a1, GROUND), (a1, top), ((a0 + a1) / 2, ridge), (a0, top)]
        walls.extrude([to(a, b0, z) for a, z in body], to(0, b1 - b0, 0))
        cover = [(a0 - eaves, low), ((a0 + a1) / 2, ridge), (a1 + eaves, low)]
        cover += [(a1 + eaves, low + thick), ((a0 + a1) / 2, ridge + thick), (a0 - eaves, low + thick)]
        roof.extrude([to(a, b0 - eaves, z) for a, z in cover], to(0, b1 - b0 + 2 * eaves, 0))
        return roof, ridge, top
    walls.box(x0, x1, y0, y1, GROUND, top)
    if kind == "flat":
        roof.box(x0 - eaves, x1 + eaves, y0 - eaves, y1 + eaves, top, top + 0.4)
        return roof, top + 0.4, top
    x0, x1, y0, y1 = x0 - eaves, x1 + eaves, y0 - eaves, y1 + eaves
    roof.box(x0, x1, y0, y1, top - 0.05, top + thick)
    base, height = top + thick, top + thick
    if kind == "mansard":
        inset, height = 0.85, base + 2.1
        ring = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        inner = [(x0 + inset, y0 + inset), (x1 - inset, y0 + inset), (x1 - inset, y1 - inset), (x0 + inset, y1 - inset)]
        for i in range(4):
            j = (i + 1) % 4
            roof.face((*ring[i], base), (*ring[j], base), (*inner[j], height), (*inner[i], height))
        x0, x1, y0, y1 = x0 + inset, x1 - inset, y0 + inset, y1 - inset
    run = min((y1 - y0) / 2, (x1 - x0) / 2 - 0.01)
    ridge = height + (y1 - y0) / 2 * (0.25 if kind == "mansard" else rng.uniform(0.6, 0.9))
    left, right = (x0 + run, middle, ridge), (x1 - run, middle, ridge)
    roof.face((x0, y0, height), (x1, y0, height), right, left)
    roof.face((x1, y1, height), (x0, y1, height), left, right)
    roof.face((x1, y0, height), (x1, y1, height), right)
    roof.face((x0, y1, height), (x0, y0, height), left)
    return roof, ridge, top


class Windows:
    """All windows of a house in one style: frames, panes dark or lit, shutters, boards over the broken ones."""

    def __init__(self, rng, condition):
        self.rng, self.condition = rng, condition
        self.frames, self.panes, self.lit, self.shutters, self.boards = (Build() for _ in range(5))
        self.shuttered, self.lit_share = rng.random() < 0.5, rng.choice([0, 0, 0.2, 0.5])
        self.bars, self.tall = rng.integers(3), rng.uniform(1.25, 1.6)
        self.sill = rng.uniform(0.7, 0.9)

    def add(self, frame, u, z, room, height=None, shutters=True):
        """One window about `u`, its sill at `z`, no wider than its `room`."""
        rng, tall, deep = self.rng, height or self.tall, 0.1
        shutters = shutters and self.shuttered
        half = min(0.62, room * (0.25 if shutters else 0.36))
        pane = self.lit if rng.random() < self.lit_share else self.panes
        pane.on(frame).box(u - half, u + half, 0, 0.03, z, z + tall)
        edge, f = 0.12, self.frames.on(frame)
        f.box(u - half - edge, u - half + 0.02, 0, deep, z - edge, z + tall + edge)
        f.box(u + half - 0.02, u + half + edge, 0, deep, z - edge, z + tall + edge)
        f.box(u - half, u + half, 0, deep, z + tall - 0.02, z + tall + edge)
        f.box(u - half - 0.2, u + half + 0.2, 0, 0.25, z - 0.16, z)
        if self.bars > 0:
            f.box(u - 0.04, u + 0.04, 0, 0.07, z, z + tall)
        if self.bars > 1:
            f.box(u - half, u + half, 0, 0.07, z + 0.6 * tall, z + 0.6 * tall + 0.08)
        broken = rng.random() < 0.45 * (0.5 - self.condition)
        if broken:
            tilt = rng.uniform(-0.25, 0.25)
            for at in (0.15, 0.5, 0.85):
                a, b = z + tall * at - 0.14 + tilt, z + tall * at - 0.14 - tilt
                self.boards.on(frame).extrude([(u - half - 0.15, 0.1, a), (u + half + 0.15, 0.1, b),
                                               (u + half + 0.15, 0.1, b + 0.28), (u - half - 0.15, 0.1, a + 0.28)],
                                              (0, 0.06, 0))  # fmt: skip
        if not shutters:
            return
        for side in (-1, 1):
            if rng.random() < 0.6 * (0.55 - self.condition):
                continue  # fallen off
            slip = rng.uniform(-0.2, 0.2) * max(0.0, 0.6 - self.condition) * 1.5
            inner, outer = u + side * (half + edge), u + side * (2 * half + edge)
            self.shutters.on(frame).extrude([(inner, 0.02, z), (outer, 0.02, z - slip),
                                             (outer, 0.02, z + tall - slip), (inner, 0.02, z + tall)],
                                            (0, 0.08, 0))  # fmt: skip

    def link(self, trim):
        rng = self.rng
        glass = blend(rng.choice(["#27323d", "#3c5468", "#1d2226", "#5b7486"]), "#5b564c", 0.5 * (1 - self.condition))
        self.panes.link(plain(glass, 0.12 + 0.3 * (1 - self.condition), Specular_IOR_Level=0.9), WINDOW)
        glow = plain("#f0c070", 0.3, Emission_Color="#ffc766", Emission_Strength=0.5)
        glow.cycles.emission_sampling = "NONE"
        self.lit.link(glow, WINDOW)
        self.frames.link(plain(trim, 0.6), WINDOW)
        tone = jitter(rng, rng.choice(["#2f6b4a", "#2e5a8a", "#8a2a2a", "#6b4426", "#e8e2d4", "#3a3f44", "#7a9aa8"]))
        self.shutters.link(plain(blend(tone, "#8c857a", 0.5 * (1 - self.condition)), 0.6), WINDOW)
        self.boards.link(plain("#8d6c45", 0.9), WINDOW)


def front(rng, features, x0, x1, windows, beams, bands):
    """Windows and door of the front, windows of the sides; returns the door's middle."""
    width, count = x1 - x0, features["windows"]
    face = ((x0, FRONT, GROUND + 0.25), (1, 0, 0), (0, -1, 0))
    room = width / (count + 1)  # the door takes one place on the ground floor
    place_of_door = int(rng.integers(0, count + 1)) if rng.random() < 0.4 else (count + 1) // 2
    for storey in range(features["storeys"]):
        z = storey * STOREY + windows.sill
        if storey == 0:
            spots = [(i + 0.5) * room for i in range(count + 1) if i != place_of_door]
        else:
            spots = [(i + 0.5) * width / count for i in range(count)]
        for u in spots:
            windows.add(face, u, z, room)
        for x, right, out in ((x0, (0, -1, 0), (-1, 0, 0)), (x1, (0, 1, 0), (1, 0, 0))):
            side = ((x, FRONT + DEPTH / 2, GROUND + 0.25), right, out)
            for u in (-DEPTH / 4, DEPTH / 4):
                windows.add(side, u, z, 2.4)
        if storey:
            bands.box(x0 - 0.06, x1 + 0.06, FRONT - 0.06, FRONT + DEPTH + 0.06,
                      GROUND + 0.2 + storey * STOREY, GROUND + 0.38 + storey * STOREY)  # fmt: skip
        if beams is not None:
            frame_beams(beams, face, width, storey, spots, room)
    return x0 + (place_of_door + 0.5) * room, room


def frame_beams(beams, face, width, storey, spots, room):
    """Half-timbering of one storey of the front: posts between the windows, braces at the corners."""
    b, z0, z1 = beams.on(face), storey * STOREY, (storey + 1) * STOREY
    b.box(0, width, 0, 0.07, z1 - 0.2, z1)
    b.box(0, width, 0, 0.07, z0, z0 + 0.2)
    for u in (0.1, width - 0.1):
        b.box(u - 0.1, u + 0.1, 0, 0.08, z0, z1)
    gaps = [(p + q) / 2 for p, q in pairwise(spots)] if storey else []
    for u in gaps:
        b.box(u - 0.09, u + 0.09, 0, 0.07, z0, z1)
    reach = min(0.75, room * 0.35)
    for u, way in ((0.15, 1), (width - 0.15, -1)):
        b.extrude([(u, 0, z1 - 0.9), (u, 0, z1 - 0.6), (u + way * reach, 0, z1 - 0.1), (u + way * reach, 0, z1 - 0.35)],
                  (0, 0.06, 0))  # fmt: skip


def entrance(rng, x, room, condition, trim):
    """Door with frame, steps, and mostly a small roof over it."""
    half, z, tall = min(0.55, 0.34 * room), GROUND + 0.25, 2.1
    frame = ((x, FRONT, z), (1, 0, 0), (0, -1, 0))
    door, edge, steps, hood = Build(frame), Build(frame), Build(), Build(frame)
    door.box(-half, half, 0, 0.06, 0, tall)
    for side in (-1, 1):
        edge.box(side * half - 0.08, side * half + 0.08, 0, 0.12, 0, tall)
    edge.box(-half - 0.08, half + 0.08, 0, 0.12, tall, tall + 0.16)
    steps.box(x - half - 0.3, x + half + 0.3, FRONT - 0.7, FRONT, GROUND, z)
    steps.box(x - half - 0.3, x + half + 0.3, FRONT - 1.1, FRONT - 0.7, GROUND, GROUND + 0.13)
    style = rng.integers(3)
    if style == 1:
        hood.box(-half - 0.35, half + 0.35, 0, 0.9, tall + 0.15, tall + 0.3)
    elif style == 2:
        hood.extrude([(-half - 0.4, 0, tall + 0.12), (half + 0.4, 0, tall + 0.12), (0, 0, tall + 0.6)], (0, 0.8, 0))
    tones = ["#7a2a20", "#21472f", "#274a78", "#5a3a22", "#c9962e", "#e6e0d2", "#2b2b2e", "#8a5a8a"]
    tone = jitter(rng, rng.choice(tones))
    door.link(plain(blend(tone, "#7d766a", 0.45 * (1 - condition)), 0.45), DOOR)
    edge.link(plain(trim, 0.6), DOOR)
    steps.link(plain("#a9a49a", 0.85), PLOT)
    hood.link(plain(trim if rng.random() < 0.5 else blend(tone, (0, 0, 0), 0.2), 0.6), WALL)


def garage(rng, x0, x1, wall, condition):
    """A flat-roofed garage from `x0` to `x1` beside the house, with a sectional door; all of it GARAGE."""
    y0, top = FRONT + 0.5, GROUND + 2.75
    body, roof, gate = Build(), Build(), Build()
    body.box(x0, x1, y0, y0 + 4.2, GROUND, top)
    roof.box(x0 - 0.12, x1 + 0.12, y0 - 0.15, y0 + 4.3, top, top + 0.25)
    gate.box(x0 + 0.35, x1 - 0.35, y0 - 0.06, y0, GROUND, GROUND + 2.2)
    g = Graph("gate", rng.uniform(0, 9))
    tone = jitter(rng, rng.choice(["#e8e6e0", "#b9bdc0", "#6b4a30", "#5a6470", "#d8cfb8"]))
    panel = g.brick(tone, tone, blend(tone, (0, 0, 0), 0.5), 1.0, at=g.coordinate("UV"), Brick_Width=20, Row_Height=0.5,
                    Mortar_Size=0.05)  # fmt: skip
    gate.link(g.surface(weathered(g, rng, panel, condition, "#6d4a30"), 0.5), GARAGE)
    body.link(wall, GARAGE)
    roof.link(plain("#5d5f62", 0.7), GARAGE)


def plot(rng, features, door, drive):
    """The board with kerb, ground, path to the door, drive to the garage, and perhaps a fence at sides and back."""
    a, b = PLOT_SIZE[0] / 2, PLOT_SIZE[1] / 2
    board, ground, path, fence = Build(), Build(), Build(), Build()
    board.box(-a, a, -b, b, 0, GROUND - 0.12)
    for x0, x1, y0, y1 in ((-a, a, -b, -b + 0.3), (-a, a, b - 0.3, b), (-a, -a + 0.3, -b, b), (a - 0.3, a, -b, b)):
        board.box(x0, x1, y0, y1, 0, GROUND + 0.1)
    ground.box(-a + 0.3, a - 0.3, -b + 0.3, b - 0.3, GROUND - 0.12, GROUND)
    path.box(door - 0.5, door + 0.5, -b + 0.05, FRONT, GROUND, GROUND + 0.11)
    if drive:
        path.box(drive[0] + 0.3, drive[1] - 0.3, -b + 0.05, FRONT + 0.5, GROUND, GROUND + 0.11)
    if rng.random() < 0.5:
        rails = [((-1, 0), (-a + 0.15, -b), 2 * b), ((1, 0), (a - 0.15, -b), 2 * b)]
        for _, (x, y), length in rails:
            for s in np.arange(0.2, length, 0.62):
                fence.box(x - 0.05, x + 0.05, y + s, y + s + 0.22, GROUND, GROUND + 1.0)
            fence.box(x - 0.04, x + 0.04, y + 0.1, y + length - 0.1, GROUND + 0.62, GROUND + 0.78)
        for s in np.arange(0.2, 2 * a - 0.3, 0.62):
            fence.box(-a + s, -a + s + 0.22, b - 0.2, b - 0.1, GROUND, GROUND + 1.0)
    wood = jitter(rng, rng.choice(["#8a6a45", "#c2a071", "#4a4036", "#d9d4c8", "#6f7478"]))
    board.link(plain(wood, 0.6), PLOT)
    fence.link(plain(jitter(rng, rng.choice(["#f0ece2", "#8a6a48", "#5a4a3c", "#54705a"])), 0.7), PLOT)
    path.link(plain(jitter(rng, rng.choice(["#b5ada0", "#9a8f86", "#a8705a", "#cfc4ae", "#77777a"])), 0.9), PLOT)
    g = Graph("ground", rng.uniform(0, 9))
    spots = g.noise(1.1, 3, 0.7, at=g.coordinate("UV"))
    if features["garden"] == "none":
        tone = jitter(rng, rng.choice(["#a39a8c", "#b79f7a", "#8b8378", "#c4b79c", "#7c6650"]))
        soil = g.ramp(spots, (0.3, blend(tone, (0, 0, 0), 0.25)), (0.7, blend(tone, (1, 1, 1), 0.15)))
        ground.link(g.surface(soil, 0.95), PLOT)
    else:
        tone = jitter(rng, rng.choice(["#5c9a36", "#4f8a3a", "#74a843"]))
        tone = blend(tone, "#9c9450", 0.55 * (1 - features["condition"]))
        grass = g.ramp(spots, (0.3, blend(tone, (0, 0.1, 0), 0.3)), (0.7, blend(tone, "#c8d870", 0.25)))
        ground.link(g.surface(grass, 0.95), GREEN)


def tree(rng, height):
    """A tree or a conifer of `height` at the origin, standing on the plot, as a list."""
    leaf = leaves(rng, rng.choice(["#3f7a2c", "#3f7a2c", "#2f6a34", "#5a8f2e", "#6d8f3a", "#a8642c"]))
    if rng.random() < 0.3:
        crown = [lathe([(0, 0.12), (0.3, 0.12), (0.2, 0.45), (0.1, 0.75), (0, 1.0)], leaf, 14, 12)]
        wobble(crown[0], rng, 0.05, 2.5)
    else:
        first = wobble(blob(leaf, (0.26, 0.26, 0.25), 16, 12), rng, 0.1, 2.5)
        crown = [place(first, at=(0, 0, 0.7))]
        for _ in range(3):
            crown.append(copy(first, at=(*rng.uniform(-0.16, 0.16, 2), rng.uniform(-0.2, 0.05))))
    trunk = lathe([(0.05, 0), (0.04, 0.3), (0.03, 0.6)], plain("#5a4028", 0.9), 8, 6)
    things = [*crown, trunk]
    for thing in things:
        thing.pass_index = GREEN
    return move(things, scale=height)


def planting(rng, x0, x1, door, drive):
    """Hedges along the kerb, trees beside and behind the house, flowers under the windows."""
    a, b = PLOT_SIZE[0] / 2 - 0.35, PLOT_SIZE[1] / 2 - 0.35
    keep = [(door - 0.9, door + 0.9)] + ([drive] if drive else [])

    def free(lo, hi):
        return all(hi < p or lo > q for p, q in keep)

    hedge = Build()
    if rng.random() < 0.7:
        for s in np.arange(-a, a - 0.9, 1.0):
            if free(s, s + 1.0):
                hedge.box(s, s + 1.0, -b, -b + 0.6, GROUND, GROUND + rng.uniform(0.62, 0.75))
    for x in (-a, a - 0.6):
        if rng.random() < 0.7:
            hedge.box(x, x + 0.6, -b, b, GROUND, GROUND + 0.8)
    hedge.link(leaves(rng, "#3f6f2c"), GREEN)
    first = None
    for _ in range(int(rng.integers(10, 26))):  # flowers
        x, y = rng.uniform(-a + 0.8, a - 0.8), FRONT - rng.uniform(0.3, 0.75)
        if not free(x - 0.3, x + 0.3) or not x0 < x < x1:
            x, y = rng.uniform(-a + 0.8, a - 0.8), -b + rng.uniform(0.8, 1.2)
        if not free(x - 0.3, x + 0.3):
            continue
        tone = rng.choice(["#d8344a", "#e8c233", "#d86ab0", "#f0f0f0", "#8a52c0", "#e8742a"])
        if first is None or rng.random() < 0.3:
            first = blob(plain(tone, 0.7), (0.2, 0.2, 0.2), 8, 6)
            first.pass_index = GREEN
            place(first, at=(x, y, GROUND + 0.2))
            origin = (x, y)
        else:
            copy(first, at=(x - origin[0], y - origin[1], 0))
    spots = [(-a + 1.0, FRONT + 1.0), (a - 1.0, FRONT + 1.0), (-a + 0.9, -b + 1.3), (a - 0.9, -b + 1.3),
             (-a + 1.2, b - 0.8), (a - 1.2, b - 0.8)]  # fmt: skip
    for i in rng.permutation(len(spots))[: rng.integers(2, 5)]:
        x, y = spots[i]
        if (FRONT - 1 < y < FRONT + DEPTH and x0 - 1.3 < x < x1 + 1.3) or not free(x - 0.7, x + 0.7):
            continue
        height = rng.uniform(1.6, 2.4) if y < FRONT else rng.uniform(3.0, 5.5)
        move(tree(rng, height), at=(x, y, GROUND))


def compose(rng, label, config):
    """Set up one picture of a house; returns its truth, the price in thousand euros among it."""
    features = draw_features(rng)
    truth = {"price": round(price(features, rng), 1), **features}
    condition, width = features["condition"], features["width"]
    side = rng.choice([-1, 1])
    shift = -side * 1.4 if features["garage"] else rng.uniform(-1, 1) * min(1.5, (PLOT_SIZE[0] - width) / 2 - 0.8)
    x0, x1 = shift - width / 2, shift + width / 2
    kind = str(rng.choice(WALLS))
    wall = wall_material(rng, kind, condition)
    trim = jitter(rng, rng.choice(["#f2efe8", "#f2efe8", "#e0d6c0", "#5a3c26", "#3c3f44"]))
    trim = blend(trim, "#8f887b", 0.45 * (1 - condition))
    walls, beams, bands = Build(), Build() if kind == "half-timbered" else None, Build()
    roof, ridge, top = walls_and_roof(rng, features, x0, x1, walls)
    walls.link(wall, WALL)
    tiles = roof_material(rng, features["roof_material"], condition)
    roof.link(tiles, ROOF)
    windows = Windows(rng, condition)
    door, room = front(rng, features, x0, x1, windows, beams, bands)
    if features["roof"] == "mansard":
        dormers, hood = Build(), Build()
        for u in (x0 + x1) / 2 + np.array([-0.25, 0.25]) * width:
            dormers.box(u - 0.6, u + 0.6, FRONT - 0.4, FRONT + 1.5, top + 0.5, top + 2.0)
            hood.box(u - 0.75, u + 0.75, FRONT - 0.6, FRONT + 1.5, top + 2.0, top + 2.2)
            windows.add(((u, FRONT - 0.4, top + 0.8), (1, 0, 0), (0, -1, 0)), 0, 0.05, 1.3, 1.0, shutters=False)
        dormers.link(wall, WALL)
        hood.link(tiles, ROOF)
    windows.link(trim)
    if kind == "half-timbered":
        beams.link(plain(jitter(rng, "#4a3020"), 0.8), WALL)
    else:
        bands.link(plain(trim, 0.7), WALL)
    entrance(rng, door, room, condition, trim)
    if features["chimney"]:
        x, stack = rng.uniform(x0 + 1.0, x1 - 1.0), Build()
        stack.box(x - 0.4, x + 0.4, FRONT + DEPTH * 0.4, FRONT + DEPTH * 0.4 + 0.8, top, ridge + 0.8)
        stack.box(x - 0.5, x + 0.5, FRONT + DEPTH * 0.4 - 0.1, FRONT + DEPTH * 0.4 + 0.9, ridge + 0.8, ridge + 1.0)
        stack.link(plain(jitter(rng, rng.choice(["#96503a", "#8a8078", "#c9c2b4", "#6a4438"])), 0.9), WALL)
    drive = None
    if features["garage"]:
        drive = (x1, x1 + 2.8) if side > 0 else (x0 - 2.8, x0)
        garage(rng, *drive, wall, condition)
    plot(rng, features, door, drive)
    if features["garden"] == "planted":
        planting(rng, min(x0, drive[0]) if drive else x0, max(x1, drive[1]) if drive else x1, door, drive)
    azimuth = -np.pi / 2 + np.deg2rad(rng.uniform(-30, 30))
    lights = tuple(kind for kind in LIGHTS if kind != "backlight")  # it leaves the front in the dark
    truth.update(stage(rng, azimuth=azimuth, elevation=(8, 25), fill=(0.78, 0.94), cluttered=0.15, lights=lights))
    for thing in bpy.context.scene.objects:
        if thing.pass_index == 0:
            thing.visible_shadow = False  # the wall behind would keep off a sun that stands a little behind
    bpy.context.scene.camera.data.dof.aperture_fstop *= 3  # the whole front is sharp
    truth.pop("yaw")  # always the front
    return truth
