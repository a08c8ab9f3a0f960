"""Full of seeds: fig, pomegranate, watermelon."""

import bpy
import numpy as np
from mathutils import Vector

from ..materials import Graph, blend, jitter, plain
from ..shapes import blob, copy, corners, heap, lathe, move, place, rest, sheet, wobble
from .cuts import TURN, cut, face, point, points_of, swing, twig
from .parts import CLOSE, FACING, cap, circle, halve, many, pile, read, roll, show, stalk


def fig(rng, age):
    g = Graph("fig", rng.uniform(0, 9))
    dark = jitter(rng, "#32182f", 0.03) if rng.random() < 0.8 else jitter(rng, "#7d9a3a", 0.02)
    green = jitter(rng, "#8fa04a")
    up = g.math("ADD", g.axis("Z"), g.math("MULTIPLY", g.math("SUBTRACT", g.noise(1.2, 2), 0.5), 0.5))
    ripe = 0.35 + 0.6 * age
    blush = g.ramp(
        up,
        (max(0.0, ripe - 0.3), blend(dark, "#5a2f4a", 0.3)),
        (ripe, blend(dark, green, 0.25)),
        (min(1.0, ripe + 0.3), green),
    )
    ribs = g.node("ShaderNodeTexNoise")
    g.set(ribs.inputs["Vector"], g.coordinate(scale=(4, 4, 0.35)))
    stripes = g.ramp(ribs.outputs[0], (0.48, 0), (0.66, 0.5))
    skin = g.surface(g.mix(stripes, blush, blend(dark, "#a08a92", 0.5)), 0.5)
    f = Graph("fig cut", rng.uniform(0, 9))
    rim = f.math("ADD", read(f, "rim"), f.math("MULTIPLY", f.math("SUBTRACT", f.noise(3, 2), 0.5), 0.22))
    pulp = jitter(rng, "#8f2c38", 0.02) if rng.random() < 0.8 else jitter(rng, "#c9824a", 0.02)
    flesh = f.ramp(
        rim,
        (0.1, blend(pulp, "#4a1018", 0.6)),
        (0.35, pulp),
        (0.62, blend(pulp, "#d99a80", 0.6)),
        (0.74, "#ecdcb4"),
        (0.9, blend("#e3cfa8", dark, 0.15)),
        (0.95, dark),
    )
    seeds = f.math("MULTIPLY", f.ramp(f.voronoi(9), (0.2, 0.75), (0.34, 0)), f.ramp(rim, (0.66, 1), (0.76, 0)))
    face = f.surface(f.mix(seeds, flesh, blend(pulp, "#f0cf9a", 0.75)), 0.3)
    tall = rng.uniform(1.8, 2.3)
    profile = [
        (0, 0),
        (0.35, 0.02),
        (0.85, 0.35),
        (1, 0.8),
        (0.75, 1.3),
        (0.35, 0.82 * tall),
        (0.2, 0.97 * tall),
        (0, tall),
    ]
    cut = rng.random() < 0.6
    count = rng.integers(2, 6) if cut else rng.choice([1, 2, 3, 4, 7, 10])
    halves = rng.integers(1, min(count, 3) + 1) if cut else 0

    def one(i):
        if i >= count - halves:
            return show(rng, halve(profile, skin, face, dome=0.05), 0.1, 0.7)
        body = wobble(lathe(profile, skin, 44, 30, lobes=11, depth=0.05), rng, 0.04)
        return roll(rng, [body, place(stalk(rng, 0.3, 0.11, "#7d8a4a"), at=(0, 0, tall - 0.08))], 0.6)

    pile(rng, one, count, 2.25, 1.4)
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE


def pomegranate(rng, age):
    g = Graph("pomegranate", rng.uniform(0, 9))
    red = blend(jitter(rng, "#c4343c", 0.02), jitter(rng, "#8f1428", 0.02), age)
    pale = blend("#d9a85a", "#c9704a", age)
    colour = g.mix(g.ramp(g.noise(0.9, 3), (0.45, 0), (0.68, 0.85 - 0.3 * age)), red, pale)
    spots = g.ramp(g.noise(5, 2), (0.6 - 0.05 * age, 0), (0.68, 0.5))
    skin = g.surface(g.mix(spots, colour, "#7a4a2a"), 0.35)
    profile = [(0, 0.02), (0.3, 0), (0.8, 0.3), (1, 0.9), (0.8, 1.5), (0.42, 1.73), (0.26, 1.76), (0, 1.72)]
    juicy = plain(jitter(rng, "#a80a1c", 0.015), 0.12, Coat_Weight=0.6)
    rind = Graph("pomegranate cut")
    walls, rim = rng.integers(5, 8), read(rind, "rim")
    turned = rind.math("ARCTAN2", rind.axis("Y", "Object"), rind.axis("X", "Object"))
    wave = rind.math("SINE", rind.math("ADD", rind.math("MULTIPLY", turned, walls / 2), 1.0))
    chamber = rind.ramp(rind.math("MULTIPLY", rim, rind.math("ABSOLUTE", wave)), (0.05, "#f0dca0"), (0.12, "#7d1f20"))
    rind_tone = rind.ramp(rim, (0.88, "#7d1f20"), (0.9, "#f3e2b0"), (0.95, "#f0d090"), (0.97, red))
    face = rind.surface(rind.mix(rind.ramp(rim, (0.86, 0), (0.88, 1)), chamber, rind_tone), 0.5)

    def crown():
        tube = lathe([(0.34, -0.02), (0.22, 0.1), (0.25, 0.25), (0.2, 0.2)], skin, 18, 10)
        teeth = [
            place(
                sheet(0.26, 0.28, skin, 0.2, rows=6, columns=4, tip=0.7),
                at=(0.22, 0, 0.16),
                turn=(0, -rng.uniform(0.9, 1.4), 0),
            )
            for _ in range(6)
        ]
        for k, tooth in enumerate(teeth):
            place(tooth, turn=(0, 0, k * np.pi / 3))
        return move([tube, *teeth], at=(0, 0, 1.7))

    def arils():
        """Seeds packed in the chambers of a cut of radius 1."""
        x, y = np.meshgrid(np.arange(-1, 1.01, 0.16), np.arange(-1, 1.01, 0.14))
        x[::2] += 0.08
        points = np.c_[x.ravel(), y.ravel(), np.zeros(x.size)] + rng.uniform(-0.025, 0.025, (x.size, 3))
        r, a = np.linalg.norm(points[:, :2], axis=1), np.arctan2(points[:, 1], points[:, 0])
        wall = r * np.abs(np.sin(a * walls / 2 + 1.0))
        points = points[(r < 0.84) & (r > 0.1) & (wall > 0.085)]
        turns = np.arctan2(points[:, 1], points[:, 0])
        return many(blob(juicy, (0.098, 0.08, 0.1), 10, 7, 0.9), points, rng.uniform(0.85, 1.2, len(points)), turns)

    cut = rng.random() < 0.82
    count = rng.choice([1, 1, 2, 2, 3]) if cut else rng.choice([1, 1, 2, 3])
    halves = rng.integers(1, min(count, 2) + 1) if cut else 0

    def one(i):
        if i >= count - halves:
            low = lathe([(0, -0.9), (0.3, -0.9), (0.8, -0.6), (1, 0)], skin, 40, 18, lobes=6, depth=0.03)
            top = place(cap(circle(0.985), face), at=(0, 0, 0.005))
            return show(rng, [low, top, place(arils(), at=(0, 0, 0.02))], 0.3, 1.1)
        body = wobble(lathe(profile, skin, 40, 28, lobes=6, depth=0.05), rng, 0.04)
        return roll(rng, [body, *crown()], 0.85)

    pile(rng, one, count, 2.15, 1.5)
    if cut and rng.random() < 0.25:
        n = rng.integers(3, 9)
        front = corners(list(bpy.context.scene.objects))[:, 0].max()
        spots = np.c_[front + rng.uniform(0, 0.45, n), rng.uniform(-0.8, 0.8, n), np.full(n, 0.08)]
        many(blob(juicy, (0.12, 0.09, 0.09), 10, 7, 0.85), spots, np.ones(n), rng.uniform(0, 6, n))
    return {**FACING, "azimuth": rng.uniform(-0.5, 0.5)} if cut else CLOSE


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
