"""Mimesh's kernel cases in PyTorch, each in the ways that could be its fastest."""

import functools
import time

import torch
import torch.nn.functional as F

LAYOUTS = {"channels-last": lambda t: t.permute(0, 3, 1, 2), "contiguous": lambda t: t.permute(0, 3, 1, 2).contiguous()}


def variants(kernel, s, x):
    """Functions by name that compute a case of specification s. Inputs, and outputs once given to mimesh(), are as Mimesh has them:
    pictures (N, H, W, C), filters (K, R, S, C)."""
    if kernel.startswith("Conv2d") or kernel in ("GridSample", "InstanceNormRelu"):
        return {name: of_pictures(kernel, s, x, layout) for name, layout in LAYOUTS.items()}
    if kernel == "MatMul":
        return {"": lambda: x[0] @ x[1]}
    if kernel == "LeakyRelu":
        return {"": lambda: F.leaky_relu(x[0], s["slope"])}
    if kernel == "SparseProduct":
        a = sparse(s, x[0])
        before, earlier = [t.transpose(0, 1).flatten(1).contiguous() for t in x[1:]]  # (V, N·C)
        return {"CSR": lambda: torch.addmm(earlier, a, before, beta=-1, alpha=2)}
    if kernel == "ChebyshevConv":
        a = sparse(s, x[0])
        return {name: chebyshev_conv(form, s["order"], *x[1:]) for name, form in (("CSR", a), ("COO", coordinates(a)))}
    raise ValueError(f"nothing is known to compare {kernel} with")


def mimesh(y):
    """An output as Mimesh has it."""
    return y.permute(0, 2, 3, 1) if y.dim() == 4 else y


def of_pictures(kernel, s, inputs, layout):
    if kernel == "GridSample":
        x, grid = layout(inputs[0]), inputs[1]
        return lambda: F.grid_sample(x, grid, "bilinear", ("zeros", "border")[s["padding"]], s["alignCorners"])
    if kernel == "InstanceNormRelu":
        x = layout(inputs[0])
        return lambda: F.instance_norm(x, eps=s["epsilon"]).relu_()
    first, second = [layout(t) for t in inputs]
    stride, pad = [s["stride"]] * 2, [s["pad"]] * 2
    if kernel == "Conv2d":
        return lambda: F.conv2d(first, second, None, stride, pad)
    images = dict(dtype=first.dtype, device=first.device)
    empty = layout(torch.empty(s["n"], s["h"], s["w"], s["c"], **images)), layout(torch.empty(s["k"], s["r"], s["s"], s["c"], **images))
    wanted = kernel == "Conv2dInputGrad"
    gy, x, w = (first, empty[0], second) if wanted else (second, first, empty[1])
    backward, mask = torch.ops.aten.convolution_backward, [wanted, not wanted, False]
    return lambda: backward(gy, x, w, None, stride, pad, [1, 1], False, [0, 0], 1, mask)[0 if wanted else 1]


def sparse(s, values):
    """The matrix in compressed rows."""
    starts, columns = [torch.tensor(s[name], device=values.device) for name in ("rowStart", "column")]
    return torch.sparse_csr_tensor(starts, columns, values, [len(starts) - 1] * 2)


def coordinates(a):
    """The same matrix by coordinates."""
    starts = a.crow_indices()
    rows = torch.arange(len(starts) - 1, device=starts.device).repeat_interleave(starts.diff())
    return torch.sparse_coo_tensor(torch.stack([rows, a.col_indices()]), a.values(), a.shape).coalesce()


def chebyshev_conv(a, order, x, weight, bias):
    """y = sum_k T_k(a)·x·theta_k + bias of one mesh (1, V, C)."""
    def run():
        terms = [x[0], a @ x[0]]
        while len(terms) < order:
            terms.append(torch.addmm(terms[-2], a, terms[-1], beta=-1, alpha=2))
        return linear()(torch.cat(terms, -1), weight, bias)[None]
    return run


@functools.cache
def linear():
    """The faster of PyTorch's own F.linear and a convolution: Debian's PyTorch multiplies matrices with whatever BLAS there is, which can
    be the reference one, a hundred times slower than its convolutions."""
    def by_convolution(x, weight, bias):
        rows = x.reshape(-1, x.shape[-1]).t()[None, :, :, None]  # pixels of a picture, channels last
        return F.conv2d(rows, weight[:, :, None, None], bias)[0, :, :, 0].t().reshape(*x.shape[:-1], -1)

    def seconds(f):
        start = time.perf_counter()
        f(torch.ones(4096, 96), torch.ones(32, 96), torch.ones(32))
        return time.perf_counter() - start

    return min((F.linear, by_convolution), key=lambda f: min(seconds(f) for _ in range(5)))
