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


def head_motion(source, driving, places):
    """The offset to the source around the head: the affine map that fits the meshes best, fading with the distance."""
    middle, shift = driving[:, :2].mean(0), source[:, :2].mean(0) - driving[:, :2].mean(0)
    d, s = driving[:, :2] - middle, source[:, :2] - middle - shift
    away = places - middle
    affine, inverse = np.linalg.solve(d.T @ d, d.T @ s), np.linalg.inv(d.T @ d / len(d))
    distance = np.sqrt(np.einsum("...i,ij,...j->...", away, inverse, away))
    t = np.clip(3 - distance, 0, 1)[..., None]
    return t * t * (3 - 2 * t) * (shift + away @ affine - away)


def draw(source, driving, face, outside, size):
    """What the driving mesh shows of each pixel: offset to the source (x, y), covered, seen there; offset to the mirror image (x, y), seen
    only there; normal (x, y), depth; sclera, iris, teeth, gums, tongue, inside of the mouth. The first vertices make the outside."""
    triangles, mirror, channels = face["triangles"], face["mirror"], face["channels"]
    index, weights, near = rasterize(driving, triangles, size)
    _, _, depth = rasterize(source, triangles, size)
    grid = (2 * np.arange(size) + 1) / size - 1
    pixels = np.zeros((size, size, 16))
    pixels[..., :2] = head_motion(source[:outside], driving[:outside], np.stack(np.meshgrid(grid, grid), -1))
    y, x = np.nonzero(index >= 0)
    corners, here = triangles[index[y, x]], np.stack([grid[x], grid[y]], -1)
    w = np.stack([1 - weights[y, x].sum(-1), *weights[y, x].T], -1)[..., None]  # (P, 3, 1)
    p, q, r = driving[triangles].transpose(1, 0, 2)
    normals = np.zeros_like(driving)
    np.add.at(normals, triangles, np.cross(r - p, q - p)[:, None])

    def seen(place):
        column, row = np.floor((place[:, :2] + 1) * size / 2).astype(int).T
        inside = (column >= 0) & (row >= 0) & (column < size) & (row < size)
        last = size - 1
        return inside & (depth[row.clip(0, last), column.clip(0, last)] - place[:, 2] < 0.018 + 1.5 / size)

    place, mirrored, normal, loose = [
        (w * of).sum(1) for of in (source[corners], source[mirror[corners]], normals[corners], face["looseness"][corners])]
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    neck, scalp = loose.T
    away = 1 - np.clip(normal[:, 2] / 0.5, 0, 1)
    loose = np.maximum(neck, scalp * away * away * (3 - 2 * away))[:, None]  # goes with what is around the mesh
    values = np.zeros((len(x), 16))
    own = place[:, :2] - here
    values[:, :2] = own + loose * (pixels[y, x, :2] - own)
    values[:, 4:6], values[:, 7:9] = mirrored[:, :2] - here, normal[:, :2]
    values[:, 2], values[:, 3] = 1, seen(place)
    values[:, 6] = ~seen(place) & seen(mirrored)
    values[:, 9] = near[y, x] - driving[:outside, 2].mean()
    channel = channels[index[y, x]]
    values[channel >= 0, channel[channel >= 0]] = 1
    pixels[y, x] = values
    return pixels.transpose(2, 0, 1)[None].astype(np.float32)  # (1, 16, size, size)


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

    size = shape("regressor", "image")[2]
    source, driving = load(source_path), load(driving_path)
    s, d = run("regressor", image=source), run("regressor", image=driving)
    a = run("face_model", identity=s["identity"], expression=s["expression"], camera=s["camera"])
    b = run("face_model", identity=s["identity"], expression=d["expression"], camera=d["camera"])
    drawing = draw(a["mesh"][0].astype(float), b["mesh"][0].astype(float), a, int(a["outside"][0]), size)
    flow = run("motion_net", source_mesh=a["mesh"], driving_mesh=b["mesh"], drawing=drawing)["flow"]
    image = run("reenacting_module", source=source, flow=flow, drawing=drawing)["image"]
    Image.fromarray((image[0].transpose(1, 2, 0) * 255).round().astype(np.uint8)).save(output_path)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
