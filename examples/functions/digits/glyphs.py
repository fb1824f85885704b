"""Digits as a hand would draw them: strokes in a unit square (x to the right, y down), bent, slanted and rendered to 28x28.

No picture is copied from a data set. Each digit has the shapes that people use for it (a 7 with and without its bar, an open and a
closed 4, ...), with their proportions drawn at random.
"""

import numpy as np

SIZE = 28  # pixels of a side
INK = 20  # pixels of the longer side of the digit itself
DOTS = 120  # points that a digit is drawn with


def arc(cx, cy, rx, ry, start, end):
    """Points of an ellipse from angle start to end, in degrees: 0 is right, 90 is down."""
    angles = np.radians(np.linspace(start, end, 24))
    return np.stack([cx + rx * np.cos(angles), cy + ry * np.sin(angles)], axis=1)


def line(*corners):
    """Points of straight strokes through the corners."""
    corners = np.array(corners, float)
    steps = np.linspace(0, 1, 12)[:, None]
    return np.concatenate([a + (b - a) * steps for a, b in zip(corners, corners[1:])])


def curve(*knots):
    """Points of a smooth stroke through the knots (Catmull-Rom)."""
    p = np.array([knots[0], *knots, knots[-1]], float)
    t = np.linspace(0, 1, 12)[:, None]
    return np.concatenate([
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:])
    ])


def zero(u, chance):
    start = u(-150, 0)
    ring = arc(0.5, 0.5, u(0.2, 0.45), 0.5, start, start + u(325, 400))
    if chance(0.2):  # the pen comes in or leaves through the middle
        return [np.concatenate([ring, line(ring[-1], (u(0.3, 0.7), u(0.2, 0.6)))])]
    return [ring]


def one(u, chance):
    strokes = [line((0.5, 0), (0.5 + u(-0.03, 0.03), 1))]
    if chance(0.35):
        strokes.append(line((0.5, 0), (u(0.22, 0.42), u(0.08, 0.32))))
        if chance(0.5):
            strokes.append(line((u(0.15, 0.35), 1 + u(-0.04, 0.04)), (u(0.65, 0.9), 1 + u(-0.04, 0.04))))
    return strokes


def two(u, chance):
    left, right, foot = u(0.05, 0.3), u(0.6, 0.9), u(0.75, 0.95)
    top = [(left, u(0.1, 0.32)), (left + u(0.15, 0.25), 0), (right, u(0.12, 0.38)), (u(0.45, 0.75), u(0.5, 0.68))]
    end = (u(0.8, 1.25), u(0.75, 1.05))
    if chance(0.5):  # a loop at the foot
        loop = u(0.06, 0.28)
        return [curve(*top, (u(0.2, 0.35), 0.97), (u(0, 0.15), 1 - loop * 0.7), (u(0.15, 0.3), 1 - loop * 1.4), (u(0.45, 0.6), foot), end)]
    corner = (u(0.05, 0.25), 1)
    return [curve(*top, corner), curve(corner, (0.5, foot + 0.04), end) if chance(0.5) else line(corner, end)]


def three(u, chance):
    waist, right, belly = u(0.36, 0.54), u(0.65, 0.85), u(0.75, 1)
    inner = (u(0.25, 0.6), waist)
    lower = curve(inner, (belly - 0.1, waist + 0.08), (belly, u(0.62, 0.8)), (u(0.4, 0.6), 1), (u(0, 0.25), u(0.8, 1)))
    if chance(0.12):  # a flat top
        return [line((u(0.12, 0.25), 0.02), (right, 0), inner), lower]
    return [curve((u(0.05, 0.3), u(0.02, 0.2)), (u(0.4, 0.55), 0), (right, u(0.12, 0.25)), inner), lower]


def four(u, chance):
    bar, stem = u(0.42, 0.68), u(0.55, 0.8)
    foot = (stem + u(-0.15, 0.02), 1)
    if chance(0.3):  # closed
        return [line((stem, 0), (u(0.02, 0.2), bar), (u(0.85, 1.1), bar + u(-0.08, 0.04))), line((stem, 0), foot)]
    left = (u(0.05, 0.35), u(-0.05, 0.2))
    side = (u(0.02, 0.22), bar - u(0, 0.1))
    end = (stem + u(0, 0.3), bar + u(-0.12, 0.03))
    down = curve(left, (side[0], bar * 0.65), side, (0.4, bar + u(0, 0.06)), end) if chance(0.6) else line(left, side, end)
    return [down, line((stem + u(0, 0.15), u(-0.05, 0.25)), foot)]


def five(u, chance):
    left, shoulder, belly, top = u(0.1, 0.32), u(0.3, 0.52), u(0.6, 0.95), u(0, 0.12)
    bowl = curve((left, shoulder), (0.45, shoulder - u(-0.02, 0.12)), (belly, u(0.55, 0.75)), (u(0.35, 0.6), 1), (u(-0.05, 0.25), u(0.85, 1)))
    start = (left + u(-0.02, 0.15), top)
    bar = line((start[0] + u(-0.05, 0.08), top + u(-0.05, 0.05)), (u(0.65, 1.2), top + u(-0.15, 0.06)))
    return [line(start, (left, shoulder)), bar, bowl]


def six(u, chance):
    loop, right, left = u(0.4, 0.7), u(0.6, 1), u(0.05, 0.22)
    back = [(u(0.3, 0.85), u(0, 0.05)), (left + u(0.05, 0.25), u(0.22, 0.38)), (left, u(0.6, 0.75)), (u(0.35, 0.5), 1), (right, u(0.7, 0.84)), (u(0.45, 0.6), loop)]
    return [curve(*back, (left + u(0, 0.2), u(0.65, 0.88)))]


def seven(u, chance):
    corner = (u(0.65, 0.95), u(-0.05, 0.1))
    foot = (u(0.2, 0.65), 1)
    bar = curve((u(0, 0.2), u(0, 0.18)), (0.45, u(0, 0.08)), corner)
    strokes = [bar, curve(corner, (u(0.48, 0.7), u(0.35, 0.55)), foot) if chance(0.6) else line(corner, foot)]
    if chance(0.2):
        strokes.append(line((u(0.2, 0.4), u(0.45, 0.56)), (u(0.65, 0.95), u(0.4, 0.54))))
    if chance(0.25):
        strokes.append(line(bar[0], bar[0] + [u(-0.06, 0.06), u(0.08, 0.25)]))
    return strokes


def eight(u, chance):
    waist, top, bottom, shift = u(0.36, 0.6), u(0.15, 0.42), u(0.18, 0.42), u(-0.08, 0.15)
    if chance(0.25):  # two rings
        return [arc(0.5 + shift, waist / 2, top, waist / 2, 90, 450), arc(0.5, (1 + waist) / 2, bottom, (1 - waist) / 2, -90, 270)]
    middle = 0.5 + shift
    start, end = (middle + top * u(0.4, 1.4), waist * u(0.05, 0.4)), (middle + top * u(0.4, 1.5), waist * u(-0.15, 0.4))
    return [curve(start, (middle, 0), (middle - top, waist * u(0.35, 0.6)), (0.5, waist), (0.5 + bottom, u(0.68, 0.84)), (u(0.4, 0.55), 1),
                  (0.5 - bottom, u(0.7, 0.88)), (0.5 + u(0, 0.06), waist), (middle + top, waist * u(0.3, 0.6)), start if chance(0.5) else end)]


def nine(u, chance):
    ring, right = u(0.35, 0.6), u(0.6, 0.85)
    rx = u(0.18, 0.4)
    start = u(-95, 0)
    head = arc(right - rx, ring / 2 + u(0, 0.08), rx, ring / 2, start, start - u(280, 375))
    top = (right + u(-0.03, 0.06), u(0, ring / 2))
    style = u(0, 1)
    if style < 0.5:
        return [head, line(top, (right + u(-0.3, 0.05), 1))]
    if style < 0.8:
        return [head, curve(top, (right, 0.5), (right - u(0, 0.2), 0.8), (right - u(0.1, 0.45), 1))]
    return [head, curve(top, (right + 0.02, 0.6), (right - 0.1, 0.92), (0.4, 1), (u(0.05, 0.25), u(0.82, 0.95)))]


SHAPES = [zero, one, two, three, four, five, six, seven, eight, nine]


def strokes_of(digit, random):
    """DOTS points of one digit, bent, slanted, turned and fitted to the middle of the picture, in pixels."""
    strokes = SHAPES[digit](random.uniform, lambda p: random.random() < p)
    lengths = [np.linalg.norm(np.diff(s, axis=0), axis=1) for s in strokes]
    total = sum(part.sum() for part in lengths)
    points = []
    for stroke, part in zip(strokes, lengths):
        count = max(4, int(DOTS * part.sum() / total))
        along = np.concatenate([[0], np.cumsum(part)])
        at = np.linspace(0, along[-1], count)
        points.append(np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=1))
    points = np.resize(np.concatenate(points), (DOTS, 2))

    low, high = points.min(axis=0), points.max(axis=0)
    points = ((points - low) / (high - low + 1e-9)) ** np.exp(random.normal(0, [0.15, 0.22])) * (high - low) + low

    waves = random.normal(0, 0.025, (3, 2, 2))
    for wave in waves:
        phase, pace = random.uniform(0, 2 * np.pi, (2, 2)), random.uniform(2, 8, (2, 2))
        points = points + sum(wave[axis] * np.sin(pace[axis] * points[:, [axis]] + phase[axis]) for axis in (0, 1))

    points = (points - 0.5) * [0.85 * np.exp(random.normal(0, 0.27)), 1]
    turn, slant = np.radians(random.normal(0, 9)), random.normal(-0.2, 0.25)
    points = points @ np.array([[1, 0], [slant, 1]]) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return points


def render(digits, random):
    """Pictures [N, 28, 28], 0..1, white on black: ink fitted to 20 pixels and its centre of mass in the middle."""
    points = np.stack([strokes_of(digit, random) for digit in digits])
    count = len(digits)
    radius = np.exp(random.normal(np.log(1.4), 0.32, count)).clip(0.6, 3)
    low, high = points.min(axis=1), points.max(axis=1)
    scale = (INK - 2 * radius) / (high - low).max(axis=1)
    points = (points - points.mean(axis=1, keepdims=True)) * scale[:, None, None] + SIZE / 2 + random.uniform(-1, 1, (count, 1, 2))

    centres = np.arange(SIZE, dtype=np.float32) + 0.5
    pictures = np.empty((count, SIZE, SIZE), np.float32)
    edge = random.uniform(0.7, 1.3, count)
    for first in range(0, count, 64):
        part = slice(first, first + 64)
        p = points[part].astype(np.float32)
        across = (centres - p[:, :, :1]) ** 2  # [n, dots, columns]
        down = (centres - p[:, :, 1:]) ** 2
        nearest = np.sqrt(np.min(down[:, :, :, None] + across[:, :, None, :], axis=1))
        pictures[part] = ((radius[part, None, None] - nearest) / edge[part, None, None] + 0.5).clip(0, 1)
    ink = random.uniform(0.85, 1, (count, 1, 1)).astype(np.float32)
    grain = 1 + random.normal(0, 0.06, pictures.shape).astype(np.float32)
    return (pictures * ink * grain).clip(0, 1)
