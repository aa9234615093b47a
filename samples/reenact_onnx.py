"""Reenacts with the models of 'mimesh export onnx': python reenact_onnx.py MODELS SOURCE DRIVING OUTPUT

Needs onnxruntime, numpy and pillow. The networks are ONNX models; drawing the meshes between them is done here.
"""
import sys

import numpy as np
import onnxruntime
from PIL import Image


def rasterize(mesh, triangles, side):
    """The nearest front-facing triangle of each sample of a z-buffer, the place on it, and its depth; larger z is nearer."""
    index, depth, weights = np.full((side, side), -1), np.full((side, side), -np.inf), np.zeros((side, side, 2))
    points = mesh * [side / 2, side / 2, 1] + [side / 2 - 0.5, side / 2 - 0.5, 0]
    corners = points[triangles]  # (T, 3, 3)
    p, u, v = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = u[:, 0] * v[:, 1] - v[:, 0] * u[:, 1]  # negative in front, as y points down
    low = np.ceil(np.maximum(corners[..., :2].min(1), 0)).astype(int)
    high = np.floor(np.minimum(corners[..., :2].max(1), side - 1)).astype(int)
    for t in np.flatnonzero((area < 0) & (low <= high).all(1)):
        y, x = np.mgrid[low[t, 1]:high[t, 1] + 1, low[t, 0]:high[t, 0] + 1]
        dx, dy = x - p[t, 0], y - p[t, 1]
        b, c = (dx * v[t, 1] - dy * v[t, 0]) / area[t], (dy * u[t, 0] - dx * u[t, 1]) / area[t]
        z = p[t, 2] + b * u[t, 2] + c * v[t, 2]
        near = (b >= 0) & (c >= 0) & (b + c <= 1) & (z > depth[y, x])
        at = y[near], x[near]
        index[at], depth[at], weights[at] = t, z[near], np.stack([b[near], c[near]], -1)
    return index, weights, depth


def fill(cells):
    """From sums (x, y, count) to means; an empty cell takes the mean of a block twice as wide, and so on."""
    i, j = np.indices(cells.shape[:2]) // 2
    blocks = np.zeros((i.max() + 1, j.max() + 1, 3))
    np.add.at(blocks, (i, j), cells[..., :3])
    empty = cells[..., 2] == 0
    if empty.any() and len(cells) > 1:
        fill(blocks)
    cells[..., :2] = np.where(empty[..., None], blocks[i, j, :2], cells[..., :2] / np.where(empty, 1, cells[..., 2])[..., None])


def draw(source, driving, triangles, side):
    """What the driving mesh shows: the offset to the source (x, y), the part covered, and the part the source shows too."""
    samples = 2 * side
    index, weights, _ = rasterize(driving, triangles, samples)
    _, _, depth = rasterize(source, triangles, samples)
    y, x = np.nonzero(index >= 0)
    corners, (b, c) = source[triangles[index[y, x]]], weights[y, x].T[..., None]
    place = corners[:, 0] + b * (corners[:, 1] - corners[:, 0]) + c * (corners[:, 2] - corners[:, 0])
    offset = place[:, :2] - (2 * np.stack([x, y], -1) + 1) / samples + 1
    px, py = np.floor((place[:, :2] + 1) * samples / 2).astype(int).T
    inside = (px >= 0) & (py >= 0) & (px < samples) & (py < samples)
    last = samples - 1
    seen = inside & (depth[py.clip(0, last), px.clip(0, last)] - place[:, 2] < 0.018 + 1.5 / samples)
    cells = np.zeros((side, side, 4))
    np.add.at(cells, (y // 2, x // 2), np.column_stack([offset, np.ones(len(x)), seen]) / 4)
    fill(cells)
    return cells.transpose(2, 0, 1)[None].astype(np.float32)  # (1, 4, side, side)


def main(models, source_path, driving_path, output_path):
    sessions = {
        name: onnxruntime.InferenceSession(f"{models}/{name}.onnx", providers=["CPUExecutionProvider"])
        for name in ("regressor", "face_model", "motion_net", "reenacting_module")}

    def run(name, **inputs):
        return dict(zip([o.name for o in sessions[name].get_outputs()], sessions[name].run(None, inputs)))

    def shape(name, given):
        return next(i.shape for i in sessions[name].get_inputs() if i.name == given)

    def load(path):  # (1, 3, S, S) in [0, 1]
        image = Image.open(path).convert("RGB").resize((size, size))
        return np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 255

    size, side = shape("regressor", "image")[2], shape("motion_net", "drawing")[2]
    source, driving = load(source_path), load(driving_path)
    s, d = run("regressor", image=source), run("regressor", image=driving)
    a = run("face_model", identity=s["identity"], expression=s["expression"], camera=s["camera"])
    b = run("face_model", identity=s["identity"], expression=d["expression"], camera=d["camera"])
    drawing = draw(a["mesh"][0], b["mesh"][0], a["triangles"], side)
    flow = run("motion_net", source_mesh=a["mesh"], driving_mesh=b["mesh"], drawing=drawing)["flow"]
    image = run("reenacting_module", source=source, flow=flow, coverage=drawing[:, 2:])["image"]
    Image.fromarray((image[0].transpose(1, 2, 0) * 255).round().astype(np.uint8)).save(output_path)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
