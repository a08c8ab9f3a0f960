"""Twenty noodle dishes, seen by a restaurant's camera above the counter: it never moves, the bowl does."""

import bpy
import numpy as np

from . import scene
from .materials import Graph, blend, jitter, plain
from .shapes import blob, box, copy, corners, lathe, mesh, move, place, prism, rest, sheet, sweep, wobble

VESSEL = 2
PAIRS = ("tsukemen", "zaru soba")
FLAT = ("pad thai", "yakisoba", "japchae", "spaghetti with tomato sauce")
SURFACES = ("oak", "walnut", "linen", "painted board", "slate", "tiles")
TOWARD, HEIGHT, LENS, WIDTH = -np.pi / 2, np.deg2rad(50), 65.0, 3.6  # the camera's pose; table units across a picture
CIRCLE = np.linspace(0, 2 * np.pi, 40, endpoint=False)


# Vessels. A dish has a rim of radius about 1; its food is laid out on a low dome above `level`.
def _glaze(rng):
    """Materials of a bowl's outside and inside, drawn whatever the dish."""
    white = jitter(rng, "#ece7db", 0.03, 0.03, 0.05)
    ink = jitter(rng, rng.choice(["#1f3f86", "#a8231b", "#2c6350", "#23211f"]))
    tones = ["#7fa08c", "#2b2825", "#5b6f83", "#8a5a3a", "#b9a988", "#9c2a1f", "#d9d2c2", "#34507a"]
    tone = jitter(rng, rng.choice(tones))
    style = rng.choice(["plain", "lacquer", "bands", "dots", "speckled", "waves"])
    g, h = Graph("outside", rng.uniform(0, 9)), Graph("inside", rng.uniform(0, 9))
    if style == "plain":
        return plain(tone, 0.25), plain(blend(tone, white, rng.choice([0.0, 0.9])), 0.25)
    if style == "lacquer":
        return plain(ink, 0.15), plain(rng.choice(["#1c1917", "#8f1f17"]), 0.2)
    if style == "bands":
        band = g.ramp(g.axis("Z"), (0.0, 1.0), (0.1, 0.0), (0.7, 0.0), (0.72, 1.0), (0.86, 1.0), (0.88, 0.0))
        rim = h.ramp(h.axis("Z"), (0.86, 0.0), (0.9, 1.0))
        return g.surface(g.mix(band, white, ink), 0.2), h.surface(h.mix(rim, white, ink), 0.2)
    if style == "dots":
        dot = g.ramp(g.voronoi(4.5, random=0.3), (0.28, 1.0), (0.34, 0.0))
        return g.surface(g.mix(dot, white, ink), 0.2), plain(white, 0.2)
    if style == "waves":
        line = g.ramp(g.wave(1.6, 2.0, "Z"), (0.45, 0.0), (0.55, 1.0))
        return g.surface(g.mix(line, ink, white), 0.25), plain(white, 0.2)
    fleck, dust = g.ramp(g.noise(9, 2), (0.55, 0.0), (0.65, 1.0)), h.ramp(h.noise(9, 2), (0.6, 0.0), (0.7, 0.7))
    return g.surface(g.mix(fleck, tone, white), 0.4), h.surface(h.mix(dust, white, tone), 0.4)


def _vessel(rng, outer, inner):
    """A bowl or plate: `outer` and `inner` profiles, both from the foot up to a common rim."""
    outside, inside = _glaze(rng)
    points, along, around = outer + inner[-2::-1], 44, 48
    thing = lathe(points, outside, around, along)
    thing.data.materials.append(inside)
    first = round((len(outer) - 1.3) / (len(points) - 1) * (along - 1)) * around
    count = len(thing.data.polygons)
    thing.data.polygons.foreach_set("material_index", [int(i >= first) for i in range(count - 2)] + [0, 1])
    thing.pass_index = VESSEL
    return thing


class Dish:
    """Where the food lies: a disc of `radius` at height `level` with a dome of `dome` in its middle."""

    def __init__(self, rng, radius, level, dome, at=(0, 0)):
        self.rng, self.radius, self.level, self.dome = rng, radius, level, dome
        self.at, self.taken = np.array(at, float), []

    def top(self, x, y):
        r2 = ((x - self.at[0]) ** 2 + (y - self.at[1]) ** 2) / self.radius**2
        return self.level + self.dome * np.maximum(1 - r2, 0)

    def spot(self, size, low=0.0, high=1.0):
        """A free place for a thing of radius `size`, as near to free as there is."""
        best, clear = None, -9.0
        for _ in range(30):
            r = np.sqrt(self.rng.uniform(low**2, high**2)) * max(self.radius - 0.8 * size, 0.05)
            a = self.rng.uniform(0, 2 * np.pi)
            p = self.at + r * np.array([np.cos(a), np.sin(a)])
            room = min([np.linalg.norm(p - q) - size - s for q, s in self.taken], default=1.0)
            if room > clear:
                best, clear = p, room
            if room > 0:
                break
        self.taken.append((best, size))
        return best

    def put(self, things, size, low=0.0, high=1.0, lift=0.0, turn=None, at=None):
        """Lay `things`, made about the origin on z = 0, on a free place of the dome."""
        x, y = self.spot(size, low, high) if at is None else at
        turn = self.rng.uniform(0, 6.3) if turn is None else turn
        slope = 1.6 * self.dome / self.radius**2
        move(things, turn=(0, 0, turn))
        move(things, turn=(-slope * (y - self.at[1]), slope * (x - self.at[0]), 0))
        move(things, at=(x, y, self.top(x, y) + lift))
        return things

    def strew(self, thing, count, high=0.9, spread=0.0, lift=0.02, tilt=0.4, middle=None):
        """Copies of a small thing all over, or heaped within `spread` of one place."""
        rng = self.rng
        if middle is None:
            middle = self.spot(spread, 0.2, 0.95) if spread else self.at
        reach = spread or self.radius * high
        for i in range(count):
            a, r = rng.uniform(0, 6.3), reach * np.sqrt(rng.uniform())
            x, y = middle + r * np.array([np.cos(a), np.sin(a)])
            z = self.top(x, y) + lift + (rng.uniform(0, 0.6) * spread * (1 - (r / reach) ** 2) if spread else 0)
            one = copy(thing) if i + 1 < count else thing
            place(one, turn=(*rng.uniform(-tilt, tilt, 2), rng.uniform(0, 6.3)), scale=rng.uniform(0.8, 1.2))
            place(one, at=(x, y, z))


def _broth(dish, colour, oil=None, amount=0.35, opaque=False):
    rng = dish.rng
    g = Graph("broth", rng.uniform(0, 9))
    base = jitter(rng, colour, 0.01, 0.05, 0.05)
    depth = g.ramp(g.noise(1.6, 2), (0.35, 0.0), (0.65, 1.0))
    tint = g.mix(depth, base, blend(base, (1, 0.9, 0.65) if opaque else (0.15, 0.05, 0), 0.15))
    if oil:
        drop = g.math("SUBTRACT", g.math("MULTIPLY", g.voronoi(5, output="Color"), amount), g.voronoi(5))
        tint = g.mix(g.ramp(drop, (0.0, 0.0), (0.02, 1.0), (0.1, 0.45)), tint, jitter(rng, oil, 0.01))
    ring = np.c_[np.cos(CIRCLE), np.sin(CIRCLE), 0 * CIRCLE] * dish.radius + (*dish.at, dish.level)
    return mesh(ring, [range(40)], g.surface(tint, 0.35 if opaque else 0.12, Specular_IOR_Level=0.4))


def _bowl(rng, colour, oil=None, opaque=False, amount=0.35, dome=0.1, full=None):
    """A bowl filled with broth."""
    h, foot = rng.uniform(0.62, 0.85), rng.uniform(0.4, 0.52)
    belly, lip = rng.uniform(0.78, 0.92), rng.uniform(0.03, 0.07)
    _vessel(
        rng,
        [(0, 0.03), (foot - 0.05, 0.03), (foot, 0), (foot, 0.1), (belly, 0.4 * h), (1 - lip * 0.4, 0.9 * h), (1, h)],
        [(0, 0.12), (foot, 0.13), (belly - 0.1, 0.45 * h), (1 - lip, 0.9 * h), (1 - lip * 0.7, h), (1, h)],
    )
    full = rng.uniform(0.74, 0.86) if full is None else full
    inner = np.interp(full, [0.13 / h, 0.45, 0.9], [foot, belly - 0.1, 1 - lip])
    dish = Dish(rng, inner + 0.015, full * h, dome)
    _broth(dish, colour, oil, amount, opaque)
    return dish


def _plate(rng, dome=0.3, size=0.82):
    """A plate or a shallow bowl with a mound of noodles."""
    h = rng.uniform(0.1, 0.28)
    _vessel(rng, [(0, 0.02), (0.55, 0.02), (0.6, 0), (0.66, 0.05), (0.95, 0.85 * h), (1, h)],
            [(0, 0.05), (0.6, 0.05), (0.7, 0.08), (0.94, h * 0.95), (1, h)])  # fmt: skip
    return Dish(rng, size, 0.06, dome)


# Noodles.
def _tubes(paths, radius, material, flat=1.0, around=6):
    """One mesh of many tubes: `paths` is strands × points × 3; `flat` is width over height."""
    paths = np.asarray(paths, float)
    n, along, _ = paths.shape
    tangent = np.gradient(paths, axis=1)
    tangent /= np.linalg.norm(tangent, axis=2, keepdims=True) + 1e-9
    side = np.cross(tangent, (0, 0, 1))
    side /= np.linalg.norm(side, axis=2, keepdims=True) + 1e-9
    up = np.cross(side, tangent)
    a = np.linspace(0, 2 * np.pi, around, endpoint=False)
    taper = np.r_[0.05, np.ones(along - 2), 0.05][None, :, None, None]
    ring = np.cos(a)[:, None] * side[:, :, None] * flat + np.sin(a)[:, None] * up[:, :, None]
    points = paths[:, :, None] + radius * taper * ring
    s, i, j = np.meshgrid(np.arange(n), np.arange(along - 1), np.arange(around), indexing="ij")
    low, k = (s * along + i) * around, (j + 1) % around
    faces = np.stack([low + j, low + k, low + around + k, low + around + j], -1)
    return mesh(points.reshape(-1, 3), faces.reshape(-1, 4), material)


def _noodles(dish, colour, radius=0.03, wavy=0.0, flat=1.0, share=1.0, dark=0.5, glossy=0.35, count=None, straight=0.0):
    """A nest of bundles, each of some parallel strands on an arc; their ends dive down."""
    rng = dish.rng
    lane, reach, along = 2.5 * radius * flat, dish.radius * share, 30
    per = int(np.clip(0.32 / lane, 3, 9))
    count = count or int(np.clip(60 * reach / per * 0.035 / radius, 7, 16))
    paths, t = [], np.linspace(0, 1, along)
    for b in range(count):
        bend = rng.uniform(0.25, 0.7) * reach * (1 + 3 * straight * rng.uniform())
        sweep_angle = min(rng.uniform(2.2, 4.5), 1.7 * reach / bend * 1.4) * rng.choice([-1, 1])
        middle = rng.uniform(0, 6.3)
        aim = rng.uniform(0, 6.3)
        target = 0.75 * reach * np.sqrt(rng.uniform()) * np.array([np.cos(aim), np.sin(aim)])
        centre = target - bend * np.array([np.cos(middle), np.sin(middle)])
        phase, layer = rng.uniform(0, 6.3), radius * (2.0 * b / count - 1)
        for j in range(per):
            r = bend + (j - per / 2 + rng.uniform(-0.3, 0.3)) * lane
            a = middle + sweep_angle * (t - 0.5 + rng.uniform(-0.08, 0.08))
            r = r + wavy * np.sin(a * bend * 26 + phase + rng.uniform(-0.4, 0.4))
            r = r + rng.uniform(0, lane) * np.sin(4 * t + 6.3 * rng.uniform())
            x, y = centre[0] + r * np.cos(a), centre[1] + r * np.sin(a)
            d = np.hypot(x, y) / reach
            keep = np.where(d > 0.8, 0.8 + 0.2 * np.tanh((d - 0.8) / 0.2), d) / np.maximum(d, 1e-6)
            x, y = dish.at[0] + x * keep, dish.at[1] + y * keep
            z = dish.top(x, y) + layer + 0.7 * radius * np.sin(5 * t + phase + 0.3 * j) - 0.12 * np.abs(2 * t - 1) ** 6
            paths.append(np.stack([x, y, np.maximum(z, 0.06 + radius)], -1))
    base, tones = jitter(rng, colour, 0.01, 0.05, 0.04), []
    for dim in (0.0, 0.3):  # two tones, so that neighbours stand apart
        g = Graph("noodles", rng.uniform(0, 9))
        tone = blend(base, blend((0.25, 0.12, 0.03), base, 0.25), dim * dark)
        shade = blend(base, blend((0.25, 0.12, 0.03), base, 0.25), dark)
        tint = g.mix(g.ramp(g.facing(0.5), (0.25, 0.0), (0.8, 1.0)), tone, shade)
        tones.append(g.surface(g.mix(g.ramp(g.noise(3, 1), (0.35, 0.35), (0.65, 0.0)), tint, shade), glossy))
    thing = _tubes(paths, radius, tones[0], flat)
    thing.data.materials.append(tones[1])
    dull = np.repeat(rng.random(len(paths)) < 0.4, len(thing.data.polygons) // len(paths))
    thing.data.polygons.foreach_set("material_index", dull.astype(int))


# Toppings: made about the origin, lying on z = 0.
def _egg(dish, count=1, lift=0.0):
    rng = dish.rng
    white = plain(jitter(rng, "#f3ece0", 0.01, 0.03, 0.03), 0.3)
    g = Graph("yolk")
    yolk = g.surface(g.ramp(g.axis("Z"), (0.3, jitter(rng, "#f0a020")), (0.9, jitter(rng, "#e0760c"))), 0.15)
    start = rng.uniform(0, 6.3)
    for i in range(count):
        half = lathe([(0, 0), (0.15, 0.01), (0.24, 0.08), (0.265, 0.15), (0.255, 0.165), (0, 0.165)], white, 28, 18)
        heart = lathe([(0, 0.19), (0.1, 0.185), (0.15, 0.165), (0.155, 0.15)], yolk, 20, 8)
        things = [place(half, scale=(1, 0.76, 1)), place(heart, at=(0.03, 0, 0), scale=(1, 0.95, 1))]
        if count > 1 and i:  # the second half beside the first
            a = start + 1.57
            p = dish.egg + 0.42 * np.array([np.cos(a), np.sin(a)])
            p = dish.at + (p - dish.at) * min(1, 0.78 * dish.radius / (np.linalg.norm(p - dish.at) + 1e-6))
            dish.taken.append((p, 0.22))
            dish.put(things, 0.22, at=p, turn=start, lift=lift - 0.03)
        else:
            dish.egg = dish.spot(0.24, 0.5, 0.95)
            dish.put(things, 0.24, at=dish.egg, turn=start, lift=lift - 0.03)


def _round(rng, radius, height, material, rough=0.08):
    phase = rng.uniform(0, 6.3, 2)
    r = radius * (1 + rough * np.sin(2 * CIRCLE + phase[0]) + rough * 0.6 * np.sin(3 * CIRCLE + phase[1]))
    return prism(np.c_[r * np.cos(CIRCLE), r * np.sin(CIRCLE)], height, material)


def _swirl(radius, thick, material, height, turn):
    """A flat spiral on top of a disc."""
    t = np.linspace(0.06, 1, 30)
    spiral = np.c_[radius * t * np.cos(turn * t), radius * t * np.sin(turn * t), 0 * t + height]
    return sweep(spiral, thick, material, 6, 40, 0.4)


def _chashu(dish, count, colour="#b9795a"):
    """Slices of rolled pork: a spiral of fat, a dark rim; laid like fallen dominoes."""
    rng = dish.rng
    g = Graph("pork", rng.uniform(0, 9))
    meat = jitter(rng, colour, 0.01, 0.06, 0.05)
    face = g.surface(g.mix(g.ramp(g.noise(4, 1), (0.4, 0.0), (0.65, 0.5)), meat, "#efd9bd"), 0.35)
    rim, fat = plain(blend(meat, (0.3, 0.12, 0.05), 0.65), 0.4), plain("#efdcc0", 0.3)
    spot, way, size = dish.spot(0.42, 0.45, 0.8), rng.uniform(0, 6.3), rng.uniform(0.3, 0.36)
    step = 0.24 * np.array([np.cos(way), np.sin(way)])
    for i in range(count):
        seed = np.random.default_rng(rng.integers(2**31))
        things = [_round(seed, size * 1.08, 0.04, rim), _round(seed, size * 0.98, 0.055, face, 0.04)]
        things.append(_swirl(0.72 * size, 0.036, fat, 0.055, 7))
        move(things, turn=(0, 0, rng.uniform(0, 6.3)))
        move(things, turn=(-0.22 * np.sin(way), 0.22 * np.cos(way), 0))
        dish.put(things, 0.3, at=spot + (i - (count - 1) / 2) * step, turn=0.0, lift=0.05 + 0.035 * i)


def _nori(dish, count=1):
    """Sheets of seaweed that stand between food and rim."""
    rng = dish.rng
    g = Graph("nori", rng.uniform(0, 9))
    dark = g.surface(g.mix(g.noise(7, 2), "#0d1a12", "#2b3d2a"), 0.4)
    a = rng.uniform(0, 6.3)
    for i in range(count):
        leaf = box(dark, (0.02, 0.5, rng.uniform(0.5, 0.62)), 0)
        place(leaf, turn=(0, rng.uniform(0.4, 0.6), 0))
        at = a + 0.3 * i
        place(leaf, turn=(0, 0, at + 0.12 * i))
        spot = dish.at + (0.74 - 0.05 * i) * dish.radius * np.array([np.cos(at), np.sin(at)])
        place(leaf, at=(*spot, dish.level - 0.08))
    dish.taken.append((dish.at + 0.85 * dish.radius * np.array([np.cos(a), np.sin(a)]), 0.25))


def _scallion(dish, count=18, heap=0.0, colour="#5f9c2a"):
    rng = dish.rng
    middle = dish.spot(heap, 0.2, 0.95) if heap else dish.at
    for tone in (jitter(rng, colour), blend(jitter(rng, colour), "#dfe8a8", 0.55)):
        ring = lathe([(0.028, 0), (0.058, 0), (0.06, 0.03), (0.03, 0.035), (0.028, 0)], plain(tone, 0.45), 10, 9)
        dish.strew(ring, max(count // 2, 2), spread=heap, middle=middle)


def _naruto(dish, count=1):
    """Fish cake: a scalloped white disc with a pink swirl."""
    rng = dish.rng
    white, pink = plain("#f6f0ea", 0.4), plain(jitter(rng, "#e0447f", 0.01), 0.4)
    for _ in range(count):
        r = 0.2 * (1 + 0.09 * np.cos(10 * CIRCLE))
        disc = prism(np.c_[r * np.cos(CIRCLE), r * np.sin(CIRCLE)], 0.05, white)
        dish.put([disc, _swirl(0.145, 0.026, pink, 0.048, 10)], 0.2, 0.3, 0.95, lift=0.03)


def _sticks(
    dish, colours, count, length=0.4, radius=0.03, spread=0.0, arch=0.06, high=0.8, flat=1.4, rough=0.4, lift=0.03
):
    """Strips, shreds and sprouts: bent little tubes over the dish, or in a tuft."""
    rng = dish.rng
    middle = dish.spot(spread, 0.3, 0.9) if spread else dish.at
    reach, colours = spread or dish.radius * high, [colours] if isinstance(colours, str) else colours
    for colour in colours:
        t = np.linspace(-1, 1, 8)
        paths = []
        for _ in range(max(count // len(colours), 1)):
            a, r, turn = rng.uniform(0, 6.3), reach * np.sqrt(rng.uniform()), rng.uniform(0, 6.3)
            half, bow = length / 2 * rng.uniform(0.7, 1.2), rng.uniform(-arch, arch) * 2
            u, v = half * t, bow * t**2
            x = middle[0] + r * np.cos(a) + u * np.cos(turn) - v * np.sin(turn)
            y = middle[1] + r * np.sin(a) + u * np.sin(turn) + v * np.cos(turn)
            d = np.hypot(x - dish.at[0], y - dish.at[1]).max() / (0.95 * dish.radius)
            x, y = (dish.at[i] + (p - dish.at[i]) / max(d, 1) for i, p in enumerate((x, y)))
            pile = rng.uniform(0, 0.7) * spread * (1 - (r / reach) ** 2) if spread else rng.uniform(0, 0.05)
            paths.append(np.stack([x, y, dish.top(x, y) + lift + pile + arch * (0.6 - t**2) * rng.uniform(0, 1)], -1))
        _tubes(paths, radius, plain(jitter(rng, colour, 0.01, 0.06, 0.06), rough), flat)


def _sprouts(dish, count=22, spread=0.3):
    _sticks(dish, ["#f1ead6", "#e9dfc0", "#f4efe2", "#d9c877"], count, 0.36, 0.027, spread, 0.12, flat=1.0, rough=0.25)


def _bits(
    dish, colour, count, size=0.035, spread=0.0, high=0.85, rough=0.6, shape=(1, 0.8, 0.7), lift=0.03, uneven=0.12
):
    """Crumbs in two tones, all over or in a heap."""
    rng = dish.rng
    middle = dish.spot(spread, 0.2, 0.95) if spread else dish.at
    for _ in range(2):
        bit = blob(plain(jitter(rng, colour, 0.01, 0.08, 0.07), rough), size * np.array(shape), 9, 7)
        if uneven:
            wobble(bit, rng, uneven, 1.5, 6)
        dish.strew(bit, max(count // 2, 1), high, spread, lift, 1.5, middle)


def _corn(dish):
    _bits(dish, "#ffca08", 50, 0.055, 0.3, rough=0.25, uneven=0, shape=(1, 0.85, 0.8))


def _butter(dish):
    pat = box(plain(jitter(dish.rng, "#fbe98a", 0.01, 0.04, 0.02), 0.3), (0.25, 0.22, 0.09), 0.02)
    dish.put(pat, 0.18, 0.1, 0.7, lift=0.05)


def _leaf(dish, colour, length=0.3, count=1, width=0.6, high=0.9, curl=0.15, tip=0.9, bunch=1, lift=0.04):
    """Leaves, one by one or in sprigs of `bunch`."""
    rng = dish.rng
    for _ in range(count):
        g = Graph("leaf")
        tone = jitter(rng, colour, 0.02, 0.1, 0.06)
        vein = g.ramp(g.math("ABSOLUTE", g.math("SUBTRACT", g.axis("Y"), 0.5)), (0.0, 1.0), (0.06, 0.0))
        skin = g.surface(g.mix(vein, tone, blend(tone, "#d5e8a0", 0.5)), 0.4)
        things = []
        for k in range(bunch):
            size = length * rng.uniform(0.8, 1.15)
            blade = sheet(size, size * width, skin, curl, 0.03, rng, 10, 7, tip, 0.12)
            things.append(place(blade, turn=(0, -0.15 * (k > 0), (k - (bunch - 1) / 2) * 1.1)))
        move(things, at=(-length / 2.5, 0, 0))
        dish.put(things, length / 2, 0.2, high, lift=lift)


def _choy(dish, count=1):
    """Halved bok choy: pale stems, dark leaves."""
    rng = dish.rng
    for _ in range(count):
        g = Graph("choy")
        middle, dark = jitter(rng, "#a9c95f"), jitter(rng, "#3f7d22")
        tint = g.ramp(g.axis("X"), (0.1, "#eef2d2"), (0.45, middle), (0.6, dark), (1, "#24601a"))
        skin = g.surface(tint, 0.35)
        things = []
        for k in range(4):
            turn = (k - 1.5) * 0.22
            stem = sheet(0.75 * rng.uniform(0.9, 1.05), 0.3, skin, 0.0, 0.05, rng, 14, 8, 0.35, 0.35)
            things.append(place(stem, turn=(0, -0.06 * (k % 2), turn)))
        move(things, at=(-0.36, 0, 0.0))
        dish.put(things, 0.36, 0.3, 0.75, lift=0.06)


def _batter(rng):
    g = Graph("batter", rng.uniform(0, 9))
    crumb = g.noise(9, 2)
    tint = g.ramp(crumb, (0.35, jitter(rng, "#a8641c")), (0.5, jitter(rng, "#dda23c")), (0.65, "#f3d58a"))
    return g.surface(tint, 0.6, crumb, 0.5)


def _tempura(dish, count):
    """Battered prawns side by side, the red tails bare."""
    rng = dish.rng
    skin, shell = _batter(rng), plain(jitter(rng, "#d9481f", 0.01), 0.25)
    way, off = rng.uniform(0, 6.3), rng.uniform(-0.15, 0.15)
    for i in range(count):
        bow, long = rng.uniform(-0.12, 0.12), rng.uniform(0.95, 1.15)
        back = [(-long / 2, 0, 0), (-long / 6, bow, 0.06), (long / 5, bow, 0.06), (long / 2, 0, 0)]
        body = sweep(back, [0.1, 0.15, 0.16, 0.13, 0.08], skin, 14, 22)
        wobble(body, rng, 0.03, 6.0, 14)
        fins = [blob(shell, (0.13, 0.055, 0.025), 12, 8) for _ in range(2)]
        for fin, s in zip(fins, (-0.5, 0.5), strict=True):
            place(fin, turn=(0, 0, s), at=(long / 2 + 0.1, 0.1 * s, 0))
        joint = place(blob(shell, (0.08, 0.06, 0.06), 10, 8), at=(long / 2, 0, 0))
        things = [body, joint, *fins]
        flip = np.pi * (rng.random() < 0.2)
        move(things, turn=(0, 0, way + flip + rng.uniform(-0.15, 0.15)))
        side = off + (i - (count - 1) / 2) * 0.32
        spot = dish.at + side * np.array([-np.sin(way), np.cos(way)]) + rng.uniform(-0.06, 0.06, 2)
        move(things, at=(*spot, dish.top(*spot) + 0.11))
        dish.taken.append((spot, 0.3))


def _prawn(dish, count):
    """Boiled, peeled prawns: striped crescents with a red tail."""
    rng = dish.rng
    g = Graph("prawn")
    stripe = g.ramp(g.wave(2.2, 1.5, "X"), (0.55, 0.0), (0.8, 1.0))
    flesh = g.surface(g.mix(stripe, jitter(rng, "#ee6a24", 0.01), "#f8d2b4"), 0.25)
    tail = plain("#c93a17", 0.3)
    for _ in range(count):
        a = np.linspace(-2.1, 1.7, 9)
        back = np.c_[0.16 * np.cos(a), 0.16 * np.sin(a), 0 * a + 0.06]
        body = sweep(back, [0.1, 0.1, 0.085, 0.06, 0.035], flesh, 10, 20)
        fin = place(blob(tail, (0.035, 0.1, 0.02), 10, 6), at=back[-1] - (0.08, 0, 0), turn=(0, 0, 1.2))
        dish.put([body, fin], 0.22, 0.1, 0.95, lift=0.03)


def _wedge(dish, colour="#6fa82a", flesh="#d3e38a"):
    """A wedge of lime: rind below, two cut faces meeting above."""
    rng = dish.rng
    things = []
    for s in (-1, 1):
        b = np.linspace(-1, 1, 12)
        rim = np.c_[0.28 * b, s * 0.13 * (1 - b**2), 0.02 + 0.06 * b**2]
        ridge = np.c_[0.25 * b, 0 * b, 0.2 * (1 - 0.5 * b**2)]
        n = len(b)
        faces = [[i, i + 1, n + i + 1, n + i] for i in range(n - 1)]
        things.append(mesh(np.r_[rim, ridge], faces, plain(jitter(rng, flesh, 0.01), 0.25)))
    things.append(place(blob(plain(jitter(rng, colour, 0.02), 0.3), (0.29, 0.15, 0.09), 20, 10), at=(0, 0, 0.0)))
    dish.put(things, 0.27, 0.6, 1.0, lift=0.08)


def _rings(dish, colour, count, size=0.06, rough=0.3):
    """Rings of chilli or onion."""
    profile = [(0.6 * size, 0), (size, 0), (size, 0.03), (0.6 * size, 0.03), (0.6 * size, 0)]
    ring = lathe(profile, plain(jitter(dish.rng, colour), rough), 12, 9)
    dish.strew(ring, count, 0.85, lift=0.05)


def _slices(dish, colours, count, size=0.24):
    """Thin, folded slices of meat."""
    rng = dish.rng
    for _ in range(count):
        g = Graph("meat", rng.uniform(0, 9))
        tone = jitter(rng, rng.choice(colours), 0.01, 0.08, 0.06)
        fat = g.ramp(g.noise(3, 2, 0.5, 1.0), (0.52, 0.0), (0.6, 0.7))
        skin = g.surface(g.mix(fat, tone, blend(tone, "#f0d8c4", 0.6)), 0.35)
        leaf = sheet(size * 2, size * 1.5, skin, 0.0, 0.06, rng, 14, 10, 0.4, 0.15)
        dish.put(place(leaf, at=(-size, 0, 0)), size, 0.1, 0.85, lift=0.07)


def _chunks(dish, colour, count, size=0.17, rough=0.35, power=0.6):
    rng = dish.rng
    for _ in range(count):
        g = Graph("chunk", rng.uniform(0, 9))
        tone = jitter(rng, colour, 0.01, 0.07, 0.06)
        grain = g.noise(2.5, 2, at=g.coordinate(scale=(1, 5, 3)))
        tint = g.mix(g.ramp(grain, (0.35, 0.0), (0.65, 1.0)), tone, blend(tone, (0.12, 0.04, 0.01), 0.45))
        shape = size * rng.uniform((1, 0.75, 0.6), (1.2, 0.95, 0.75))
        lump = blob(g.surface(tint, rough), shape, 20, 12, power)
        wobble(lump, rng, 0.06, 1.5)
        dish.put(lump, size, 0.1, 0.85, lift=size * 0.3)


def _tofu(dish, count):
    """Fried tofu: big golden triangles with rounded corners."""
    rng = dish.rng
    g = Graph("tofu", rng.uniform(0, 9))
    crease = g.noise(3, 2, 0.5, 0.6)
    tint = g.ramp(crease, (0.3, jitter(rng, "#b06a1c", 0.01)), (0.6, jitter(rng, "#e8ac40", 0.01)))
    skin = g.surface(tint, 0.4, crease, 0.5)
    edge = plain(jitter(rng, "#8a4a14", 0.01), 0.45)
    way = rng.uniform(0, 6.3)
    for i in range(count):
        corner = np.array([(0.62, 0), (-0.36, 0.52), (-0.36, -0.52)]) * rng.uniform(0.86, 1.0)
        outline = []
        for k in range(3):
            p, before, after = corner[k], corner[k - 1], corner[(k + 1) % 3]
            outline += [p + (before - p) * 0.1, p + (before - p) * 0.03 + (after - p) * 0.03, p + (after - p) * 0.1]
        slab = prism(outline, 0.09, skin, 0.03)
        slab.data.materials.append(edge)
        slab.data.polygons.foreach_set("material_index", [0, 0] + [1] * len(outline))
        a, r = way + 3.1 * i, 0.22 if count > 1 else rng.uniform(0, 0.2)
        spot = dish.at + r * np.array([np.cos(a), np.sin(a)])
        place(slab, turn=(*rng.uniform(-0.08, 0.08, 2), a + rng.uniform(-0.3, 0.3)))
        place(slab, at=(*spot, dish.top(*spot) + 0.04 + 0.07 * i))
        dish.taken.append((spot, 0.38))


def _wontons(dish, count):
    """Pouches of thin dough: the filling shows through below, pleats gather in a neck under a frill."""
    rng = dish.rng
    g = Graph("wrapper")
    cream, pink = jitter(rng, "#f0d99c", 0.01, 0.05, 0.03), jitter(rng, "#cf8a58", 0.01)
    fold = blend(cream, "#8a6230", 0.55)
    tint = g.ramp(g.axis("Z"), (0.0, pink), (0.45, blend(cream, pink, 0.6)), (0.75, cream), (0.95, fold))
    ruffle = plain(blend(cream, fold, 0.4), 0.3)
    skin = g.surface(g.mix(g.ramp(g.facing(0.5), (0.4, 0.0), (0.9, 0.6)), tint, fold), 0.25)
    profile = [(0, 0), (0.17, 0.02), (0.215, 0.11), (0.15, 0.2), (0.075, 0.24), (0.06, 0.28), (0, 0.28)]
    for _ in range(count):
        pouch = wobble(lathe(profile, skin, 32, 14, int(rng.integers(6, 9)), 0.13), rng, 0.05, 1.2)
        edge = [(0.05, 0.2), (0.08, 0.25), (0.13, 0.29), (0.04, 0.27)]
        frill = lathe(edge, ruffle, 30, 8, int(rng.integers(4, 6)), 0.35)
        things = [pouch, frill]
        move(things, scale=rng.uniform((1.2, 1.0, 0.9), (1.45, 1.15, 1.05)))
        rest(things, (rng.uniform(0.1, 0.7), 0, 0))
        dish.put(things, 0.24, 0.1, 0.85, lift=-0.03)


def _sauce(dish, colour, size=0.5, rough=0.25):
    """A ladle of sauce that clings to the mound."""
    rng = dish.rng
    g = Graph("sauce", rng.uniform(0, 9))
    pulp = g.noise(4, 3)
    tint = g.ramp(pulp, (0.35, jitter(rng, blend(colour, (0.25, 0.02, 0), 0.35))), (0.6, jitter(rng, colour, 0.01)))
    n, m = 40, 10
    r = np.linspace(0, 1, m)[:, None]
    phase = rng.uniform(0, 6.3, 3)
    edge = size * (1 + np.sin(np.outer((3, 5, 8), CIRCLE) + phase[:, None]).T @ (0.16, 0.12, 0.06))
    x, y = dish.at[0] + r * edge * np.cos(CIRCLE), dish.at[1] + r * edge * np.sin(CIRCLE)
    z = dish.top(x, y) + 0.09 * (1 - r**4) - 0.01 + 0.02 * np.sin(9 * x + phase[0]) * np.sin(8 * y + phase[1])
    faces = [
        [i * n + j, i * n + (j + 1) % n, (i + 1) * n + (j + 1) % n, (i + 1) * n + j]
        for i in range(m - 1)
        for j in range(n)
    ]
    return mesh(np.stack([x, y, z], -1).reshape(-1, 3), faces, g.surface(tint, rough, pulp, 0.6))


def _zigzag(dish, colour, radius=0.025):
    rng = dish.rng
    turn, n, t = rng.uniform(0, 6.3), int(rng.integers(5, 8)), np.linspace(-1, 1, 60)
    u, v = 0.8 * dish.radius * t, 0.5 * dish.radius * np.arcsin(np.sin(n * np.pi * t)) / 1.57 * np.sqrt(1 - 0.8 * t**2)
    x, y = dish.at[0] + u * np.cos(turn) - v * np.sin(turn), dish.at[1] + u * np.sin(turn) + v * np.cos(turn)
    _tubes([np.stack([x, y, dish.top(x, y) + 0.07], -1)], radius, plain(colour, 0.3))


def _maybe(rng, chance=0.5):
    return rng.random() < chance


# The dishes.
def shoyu(rng):
    d = _bowl(rng, "#6a3512", "#b5752c")
    _noodles(d, "#ecc65c", 0.032, 0.02)
    _nori(d, rng.integers(1, 3))
    _chashu(d, rng.integers(1, 4))
    if _maybe(rng, 0.75):
        _egg(d, rng.integers(1, 3))
    if _maybe(rng, 0.8):
        _naruto(d)
    if _maybe(rng, 0.6):
        _sticks(d, "#b98a48", 4, 0.42, 0.045, 0.1, 0.02)
    _scallion(d, 20)


def miso(rng):
    d = _bowl(rng, "#c2802f", "#dd9c3a", True)
    _noodles(d, "#f0c650", 0.034, 0.025)
    _corn(d)
    if _maybe(rng, 0.75):
        _butter(d)
    if _maybe(rng, 0.7):
        _chashu(d, rng.integers(1, 3))
    _sprouts(d)
    if _maybe(rng, 0.35):
        _egg(d)
    _scallion(d, 26, rng.choice([0.0, 0.2]))


def tonkotsu(rng):
    d = _bowl(rng, "#eee0c2", "#fbf3dc", True)
    _noodles(d, "#f3dfa4", 0.025, 0.0, dark=0.4)
    _chashu(d, rng.integers(2, 4))
    _sticks(d, "#2a211c", 16, 0.26, 0.028, 0.2, 0.1)
    if _maybe(rng, 0.8):
        _egg(d, rng.integers(1, 3))
    if _maybe(rng, 0.7):
        _sticks(d, ["#d8243a", "#e0506a"], 14, 0.2, 0.024, 0.13, 0.06)
    if _maybe(rng, 0.4):
        _nori(d)
    _scallion(d, 26, rng.choice([0.0, 0.2]))


def shio(rng):
    d = _bowl(rng, "#dcb95e", "#f0da92")
    _noodles(d, "#f3d880", 0.028, 0.012)
    _chashu(d, rng.integers(1, 3), "#d8b08c")
    if _maybe(rng, 0.7):
        _egg(d, rng.integers(1, 3))
    if _maybe(rng, 0.6):
        _sticks(d, "#cfa763", 4, 0.42, 0.045, 0.1, 0.02)
    _leaf(d, "#3f7a2c", 0.4, rng.integers(1, 3), 0.5, 0.8, 0.1, 0.7, 2)
    if _maybe(rng, 0.4):
        _naruto(d)
    _scallion(d, 16)


def spicy(rng):
    d = _bowl(rng, "#b3200c", "#f0581c", amount=0.5)
    _noodles(d, "#eeb84e", 0.033, 0.022)
    _egg(d, rng.integers(1, 3))
    if _maybe(rng, 0.5):
        _chashu(d, rng.integers(1, 3))
    if _maybe(rng, 0.4):
        _nori(d)
    for _ in range(rng.integers(1, 4)):
        bow = [(-0.25, 0, 0), (0, 0.05, 0.02), (0.25, -0.02, 0)]
        pod = sweep(bow, [0.03, 0.055, 0.04, 0.008], plain("#c8140c", 0.15), 10, 14)
        d.put(pod, 0.2, 0.1, 0.9, lift=0.08)
    _rings(d, "#d8180e", 12)
    _scallion(d, 20, rng.choice([0.0, 0.22]))


def tsukemen(rng):
    d = _plate(rng, 0.3, 0.78)
    _noodles(d, "#eac873", 0.046, 0.0, straight=0.5)
    if _maybe(rng, 0.8):
        _egg(d, rng.integers(1, 3), 0.06)
    if _maybe(rng, 0.6):
        _nori(d)
    if _maybe(rng, 0.6):
        _chashu(d, 1)
    _side(rng, "#7a4013", 0.58, 0.42)


def kitsune(rng):
    d = _bowl(rng, "#8f5a20", "#c08f48", amount=0.2)
    _noodles(d, "#efe0bd", 0.058, dark=0.55)
    _tofu(d, rng.integers(1, 3))
    if _maybe(rng, 0.5):
        _naruto(d, rng.integers(1, 3))
    _scallion(d, 20, rng.choice([0.0, 0.2]))


def curry(rng):
    d = _bowl(rng, "#8a4f08", "#a8660f", True)
    _noodles(d, "#e8cf94", 0.058, share=0.85, dark=0.6)
    _chunks(d, "#e8781a", rng.integers(3, 6), 0.13, 0.3)
    _chunks(d, "#e8c868", rng.integers(2, 5), 0.15, 0.4)
    _slices(d, ["#7a4a30", "#8f5a3c"], rng.integers(1, 4), 0.2)
    if _maybe(rng, 0.5):
        _bits(d, "#5c9c34", 12, 0.05, rough=0.3, uneven=0)
    if _maybe(rng, 0.6):
        _scallion(d, 14)


def tempura_udon(rng):
    d = _bowl(rng, "#8f5a20", "#c08f48", amount=0.2)
    _noodles(d, "#efe0bd", 0.058, dark=0.55)
    _tempura_top(d)


def tempura_soba(rng):
    d = _bowl(rng, "#7d4a1c", "#b5803c", amount=0.2)
    _noodles(d, "#9b7850", 0.028, dark=0.6, straight=0.5)
    _tempura_top(d)


def _tempura_top(d):
    rng = d.rng
    _tempura(d, rng.integers(1, 4))
    if _maybe(rng, 0.4):
        _naruto(d)
    if _maybe(rng, 0.3):
        _leaf(d, "#3f7a2c", 0.4, 1, 0.5, 0.8, 0.1, 0.7, 2)
    _scallion(d, 18, rng.choice([0.0, 0.2]))


def zaru(rng):
    tone = jitter(rng, rng.choice(["#c9a25a", "#8f6a34", "#5a3a22"]))
    g = Graph("bamboo", rng.uniform(0, 9))
    slat = g.ramp(g.wave(3.2, 0.0, "Y"), (0.1, 0.9), (0.35, 0.0))
    mat = g.surface(g.mix(slat, "#d9bd7a", "#7a5a2a"), 0.5)
    if _maybe(rng):
        parts = [prism([(-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)], 0.05, mat)]
        for a in np.arange(4) * np.pi / 2:
            edge = box(plain(tone, 0.35), (0.08, 1.84, 0.16), 0.02)
            parts.append(place(edge, at=(0.88 * np.cos(a), 0.88 * np.sin(a), 0), turn=(0, 0, a)))
    else:
        t = np.linspace(0, 2 * np.pi, 13)
        hoop = np.c_[0.94 * np.cos(t), 0.94 * np.sin(t), 0 * t + 0.06]
        parts = [_round(rng, 0.93, 0.05, mat, 0.0), sweep(hoop, 0.07, plain(tone, 0.4), 8, 48)]
    for part in parts:
        part.pass_index = VESSEL
    d = Dish(rng, 0.8, 0.05, 0.26)
    _noodles(d, rng.choice(["#a08058", "#8f7354", "#a88c62"]), 0.034, dark=0.7, straight=0.3)
    if _maybe(rng, 0.8):
        _sticks(d, "#10180f", 26, 0.22, 0.016, 0.24, 0.03, flat=1.6)
    _side(rng, "#3a1c0c", 0.42, 0.38)


def _side(rng, colour, size, height):
    """The small bowl to dip into, beside the main one."""
    a = rng.uniform(0, 6.3)
    at = (1.02 + size) * np.array([np.cos(a), np.sin(a)])
    cup = _vessel(rng, [(0, 0), (0.6, 0), (0.85, 0.3), (0.96, 0.8), (1, 1)],
                  [(0, 0.1), (0.6, 0.15), (0.86, 0.5), (0.92, 0.97), (1, 1)])  # fmt: skip
    place(cup, at=(*at, 0), scale=(size, size, height))
    dip = Dish(rng, 0.89 * size, 0.75 * height, 0.0, at)
    _broth(dip, colour, "#c07a30", 0.3)
    _scallion(dip, 12)


def pho(rng):
    d = _bowl(rng, "#b07c38", "#dcb060", amount=0.3)
    _noodles(d, "#e6dabd", 0.03, flat=1.5, dark=0.5)
    _slices(d, ["#8f5a40", "#74422c", "#a8604a"], rng.integers(3, 5))
    _leaf(d, "#2f7a24", 0.3, rng.integers(1, 3), 0.55, bunch=3)
    if _maybe(rng, 0.85):
        _wedge(d)
    if _maybe(rng, 0.6):
        _sprouts(d, 14, 0.22)
    if _maybe(rng, 0.7):
        _rings(d, "#d01c12", 7)
    _rings(d, "#f2ead8", 6, 0.13)
    _scallion(d, 14)


def laksa(rng):
    d = _bowl(rng, "#cf7f14", "#c23408", True, 0.45)
    _noodles(d, "#f0deb4", 0.036, dark=0.5, share=0.85, count=9)
    _prawn(d, rng.integers(2, 5))
    _chunks(d, "#d39a40", rng.integers(2, 4), 0.15, 0.6, 0.45)
    if _maybe(rng, 0.6):
        _egg(d)
    if _maybe(rng, 0.8):
        _sprouts(d, 16, 0.22)
    _leaf(d, "#3f8a2a", 0.22, rng.integers(1, 4), 0.7, bunch=3)
    if _maybe(rng, 0.5):
        _rings(d, "#d01c12", 6)


def pad_thai(rng):
    d = _plate(rng, 0.28)
    _noodles(d, "#df9c48", 0.03, flat=1.6, dark=0.6)
    _prawn(d, rng.integers(2, 4))
    _bits(d, "#dcb068", 36, 0.038, 0.24)
    _wedge(d)
    _sprouts(d, 14, 0.2)
    _sticks(d, "#3f7f2a", 9, 0.3, 0.02)
    if _maybe(rng, 0.6):
        _chunks(d, "#f3cf62", 4, 0.1, 0.5, 0.8)
    if _maybe(rng, 0.4):
        _bits(d, "#c8341a", 12, 0.02)


def yakisoba(rng):
    d = _plate(rng, 0.3)
    _noodles(d, "#a9672a", 0.034, 0.022, dark=0.6, glossy=0.25)
    _sticks(d, ["#cfdc98", "#a8c468"], 10, 0.22, 0.032, flat=2.2)
    _sticks(d, "#e5791f", 7, 0.26, 0.026)
    if _maybe(rng, 0.7):
        _slices(d, ["#c08a70", "#a86f58"], rng.integers(1, 4), 0.17)
    _sticks(d, ["#e01f3c", "#c8142c"], 34, 0.2, 0.024, 0.18, 0.05)
    if _maybe(rng, 0.6):
        _zigzag(d, "#f8f0cf")
    if _maybe(rng, 0.8):
        _bits(d, "#2c6a28", 40, 0.014, uneven=0)


def dan_dan(rng):
    d = _bowl(rng, "#a82a0a", "#e0641c", amount=0.5, dome=0.24, full=rng.uniform(0.55, 0.7))
    _noodles(d, "#eed59a", 0.036, dark=0.5, share=0.95)
    d.taken.append((d.at, 0.3))
    top = Dish(rng, 0.46, d.top(0, 0) - 0.1, 0.17)
    _bits(top, "#7a4020", 110, 0.06, rough=0.5, high=1.0)
    _bits(d, "#dcae60", 30, 0.045, rough=0.6)
    if _maybe(rng, 0.75):
        _choy(d, rng.integers(1, 3))
    _scallion(d, 22)


def beef(rng):
    d = _bowl(rng, "#6e260c", "#b84c14", amount=0.4)
    _noodles(d, "#f0d79c", 0.044, dark=0.5)
    _chunks(d, "#8a4e2c", rng.integers(4, 7), 0.21, 0.55, 0.38)
    _choy(d, rng.integers(1, 3))
    if _maybe(rng, 0.4):
        _rings(d, "#c81c10", 6)
    if _maybe(rng, 0.5):
        _leaf(d, "#3f8a2a", 0.2, 2, 0.7, bunch=3)
    _scallion(d, 18)


def wonton(rng):
    d = _bowl(rng, "#d3aa58", "#ecd38c", amount=0.25)
    _noodles(d, "#efc24e", 0.022, 0.016, dark=0.5)
    _wontons(d, rng.integers(4, 7))
    if _maybe(rng, 0.85):
        _choy(d, rng.integers(1, 3))
    _scallion(d, 14)


def japchae(rng):
    d = _plate(rng, 0.3)
    _noodles(d, "#b87c34", 0.03, dark=0.75, glossy=0.08)
    _sticks(d, ["#ee7a1a"], 10, 0.32, 0.028)
    _sticks(d, [["#cf2418", "#f0c022"], ["#cf2418", "#4f8f2c"], ["#cf2418"]][rng.integers(3)], 9, 0.3, 0.032)
    _sticks(d, ["#2f5c20", "#3f7426"], 10, 0.26, 0.036, flat=1.8)
    _sticks(d, "#3a281c", 8, 0.28, 0.045)
    if _maybe(rng, 0.4):
        _sticks(d, "#f3d468", 7, 0.34, 0.03)
    _bits(d, "#f6ecd4", 40, 0.018, uneven=0, lift=0.07)


def spaghetti(rng):
    d = _plate(rng, 0.3)
    _noodles(d, "#efc95f", 0.03, dark=0.5)
    _sauce(d, "#c42208", rng.uniform(0.44, 0.54), 0.4)
    if _maybe(rng, 0.4):
        _chunks(d, "#8c5028", rng.integers(3, 6), 0.17, 0.6, 1.0)
    if _maybe(rng, 0.75):
        _leaf(d, "#2f7f22", 0.26, 1, 0.6, 0.3, bunch=3, lift=0.13)
    if _maybe(rng, 0.7):
        _bits(d, "#f6eac2", 40, 0.022, high=0.6, lift=0.11)


CLASSES = {
    "shoyu ramen": shoyu, "miso ramen": miso, "tonkotsu ramen": tonkotsu, "shio ramen": shio, "spicy ramen": spicy,
    "tsukemen": tsukemen, "kitsune udon": kitsune, "curry udon": curry, "tempura udon": tempura_udon,
    "tempura soba": tempura_soba, "zaru soba": zaru, "pho": pho, "laksa": laksa, "pad thai": pad_thai,
    "yakisoba": yakisoba, "dan dan noodles": dan_dan, "beef noodle soup": beef, "wonton noodle soup": wonton,
    "japchae": japchae, "spaghetti with tomato sauce": spaghetti,
}  # fmt: skip


def _clutter(rng, centre, radius):
    """Chopsticks, a spoon, a cup: somewhere on the counter, clear of the dish."""
    taken = np.zeros((0, 2))
    for kind in rng.permutation(["chopsticks", "spoon", "cup"])[: rng.integers(0, 3)]:
        tone = jitter(rng, rng.choice(["#2b211c", "#8f2a1c", "#b58a52", "#e8e2d4", "#4f6a80"]))
        skin = plain(tone, 0.25)
        if kind == "chopsticks":
            stick = sweep([(-1.1, 0, 0.04), (0, 0, 0.04), (1.1, 0, 0.04)], [0.022, 0.04], skin, 8, 12)
            things = [stick, copy(stick, at=(0.03, 0.12, 0), turn=(0, 0, 0.03))]
        elif kind == "spoon":
            scoop = lathe([(0, 0), (0.1, 0.01), (0.2, 0.1), (0.19, 0.11), (0.1, 0.03), (0, 0.02)], skin, 24, 18)
            handle = sweep([(0.2, 0, 0.07), (0.5, 0, 0.16), (0.85, 0, 0.24)], [0.05, 0.04, 0.06], skin, 8, 12, 0.5)
            things = [place(scoop, scale=(1.3, 1, 1)), handle]
        else:
            profile = [(0, 0), (0.22, 0), (0.27, 0.25), (0.28, 0.45), (0.25, 0.45), (0.23, 0.1), (0, 0.08)]
            tea = place(blob(plain("#7a8f3a", 0.1), (0.245, 0.245, 0.01), 24, 6), at=(0, 0, 0.36))
            things = [lathe(profile, skin, 28, 24), tea]
        move(things, turn=(0, 0, rng.uniform(0, 6.3)))
        outline = corners(things)[:, :2]
        for _ in range(40):
            at = rng.uniform(-1.9, 1.9, 2)
            apart = np.linalg.norm((outline + at)[:, None] - taken[None], axis=2).min() if len(taken) else 9.0
            if np.linalg.norm(outline + at - centre, axis=1).min() > radius + 0.1 and apart > 0.15:
                break
        else:
            at = np.array([90.0, 90.0])  # no room: out of sight
        move(things, at=(*at, 0))
        taken = np.r_[taken, (outline + at)[::4]]
        for thing in things:
            thing.pass_index = scene.CLUTTER


def compose(rng, label, config):
    """Set up one picture of `label`; returns its truth."""
    CLASSES[label](rng)
    things = [t for t in bpy.context.scene.objects if t.type == "MESH"]
    points = corners(things)
    middle = (points.max(0) + points.min(0)) / 2
    radius = np.linalg.norm(points[:, :2] - middle[:2], axis=1).max()
    share = rng.uniform(0.54, 0.64) + (0.22 if label in PAIRS else 0.05 if label in FLAT else 0.0)
    scale, yaw = share * WIDTH / 2 / radius, rng.uniform(0, 360)
    move(things, at=(-middle[0], -middle[1], 0))
    move(things, turn=(0, 0, np.deg2rad(yaw)), scale=scale)
    camera = scene.camera(TOWARD, HEIGHT, (0, 0, 0.2), WIDTH * LENS / 36, LENS)
    points = corners(things)
    target = rng.uniform(-0.26, 0.26, 2)
    for reach in np.linspace(1, 0, 30):  # evenly over the picture, but wholly inside
        aim = np.array(camera.matrix_world)[:3, :3] @ (*reach * target * 36 / LENS, -1)
        spot = (np.array(camera.location) - camera.location.z / aim[2] * aim)[:2]
        seen = scene.project(camera, points + np.array([*spot, 0]))
        if seen.min() > 0.015 and seen.max() < 0.985:
            break
    move(things, at=(*spot, 0))
    surface, kind = str(rng.choice(SURFACES)), str(rng.choice(scene.LIGHTS))
    edges = [(-60, -60, 0), (60, -60, 0), (60, 60, 0), (-60, 60, 0)]
    table = mesh(edges, [[0, 1, 2, 3]], scene.table_material(rng, surface))
    table.pass_index = 0
    _clutter(rng, spot, radius * scale)
    scene.light(rng, kind, np.array([*spot, 0.2]), 1.0, TOWARD)
    bpy.context.scene.view_settings.exposure = rng.uniform(-0.3, 0.15) + 0.35 * (kind in ("lamp", "evening"))
    column, row = scene.project(camera, np.array([[*spot, middle[2] * scale]]))[0]
    centre = [round(1 - float(row), 4), round(float(column), 4)]
    return {"light": kind, "surface": surface, "centre": centre, "yaw": round(float(yaw), 1)}
