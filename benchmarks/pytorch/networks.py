"""The twin of Mimesh's networks (tests/fixtures/twin.py), in float32, with Mimesh's weights, and as fast as eager PyTorch has it: the
Laplacians sparse, instance norm PyTorch's own, what the meshes show of the motion drawn before."""

import torch
import torch.nn.functional as F

import kernels
import make_fixtures
import twin

torch.set_default_dtype(torch.float32)  # the twin's fixtures are in float64
PHILOX = twin.philox


class Given:
    """First weights, of which only the shapes count."""

    @staticmethod
    def normal(shape, fan_in, gain):
        return torch.empty(shape)


class Generator(twin.Generator):
    """A generator that is given the drawing of the meshes."""

    drawn = None

    def __call__(self, source, source_mesh, driving_mesh):
        flow = self.motion(source_mesh, driving_mesh, self.drawn)
        return self.paint(source, flow, self.drawn)


class Product(torch.autograd.Function):
    """A sparse matrix times x (N, V, C), with the transposed matrix for its gradient."""

    @staticmethod
    def forward(context, x, matrix):
        context.matrix = matrix
        return multiply(matrix[0], x)

    @staticmethod
    def backward(context, gy):
        return multiply(context.matrix[1], gy), None


def multiply(a, x):
    n, v, c = x.shape
    return (a @ x.transpose(0, 1).reshape(v, n * c)).reshape(-1, n, c).transpose(0, 1)


def chebyshev(order):
    def forward(x, weight, bias, matrix):
        terms = [x, Product.apply(x, matrix)]
        while len(terms) < order:
            terms.append(2 * Product.apply(terms[-1], matrix) - terms[-2])
        return kernels.linear()(torch.cat(terms[:order], -1), weight, bias)
    return forward


def configure(s):
    twin.WIDTH, twin.PRESET_SIZE, twin.SEED = s["width"], s["presetSize"], s["seed"]
    twin.MESH = [len(level["rowStart"]) - 1 for level in s["levels"]]
    twin.IDENTITIES, twin.EXPRESSIONS = s["identities"], s["expressions"]
    twin.Regressor.UNIT, twin.Regressor.FRONTAL = twin.Regressor.UNIT.float(), twin.Regressor.FRONTAL.float()
    twin.chebyshev = chebyshev
    twin.Net.linear = lambda self, name, inputs, outputs, gain=1.0: self.layer(
        name, (outputs, inputs), inputs, gain, kernels.linear())
    twin.instance_norm = lambda x, eps=1e-5: make_fixtures.nhwc(F.instance_norm(make_fixtures.nchw(x), eps=eps))
    twin.philox = lambda *args, **named: PHILOX(*args, **named).float()


def place(t, layout):
    """A tensor of four axes in Mimesh's order, in memory as PyTorch's layout has it."""
    return kernels.mimesh(kernels.LAYOUTS[layout](t)) if t.dim() == 4 else t


def load(net, prefix, tensors, layout, train=False):
    for name, w in net.weights.items():
        given = tensors[f"{prefix}.{name}"]
        assert given.shape == w.shape, name
        net.weights[name] = place(given.clone(), layout).requires_grad_(train)
    return net


def make_generator(s, tensors, layout, train=False):
    # Symmetric by construction, so a matrix is its own transpose; the gradient of the pooling needs no matrix.
    laplacians = [(a, a) for a in (kernels.sparse(level, tensors[f"laplacian{i}"]) for i, level in enumerate(s["levels"]))]
    kept = [torch.tensor(level["kept"]) for level in s["levels"][1:]]
    net = Generator(Given(), laplacians, kept, None)
    net.drawn = place(tensors["drawing"], layout)
    return load(net, "generator", tensors, layout, train)


def generator(s, tensors):
    """The motion net and the reenacting module: inference."""
    configure(s)

    def of(layout):
        net = make_generator(s, tensors, layout)
        source, *meshes = [place(tensors[name], layout) for name in ("source", "source_mesh", "driving_mesh")]
        run = lambda: net(source, *meshes)["image"]
        return run, run
    return {layout: of(layout) for layout in kernels.LAYOUTS}


def training(s, tensors):
    """One step of the generator and the critic with its gradient penalty; answers the losses."""
    configure(s)

    def of(layout):
        nets = make_generator(s, tensors, layout, True), load(twin.Critic(Given()), "critic", tensors, layout, True)
        regressor = load(twin.Regressor(Given()), "regressor", tensors, layout)
        optimizers = [twin.Optimizer(net, s["rate"], s["steps"]) for net in nets]
        data = {
            name: place(tensors[name], layout)
            for name in ("source", "driving", "source_mesh", "driving_mesh", "flow", "flow_mask", "details")}

        def run():
            losses, made, real_score = twin.generator_losses(nets[0], nets[1], regressor, data, s["warmUp"], True)
            optimizers[0].step(twin.total(losses), 0)
            wasserstein, penalty = twin.critic_losses(nets[1], data["driving"], made["image"], real_score, 0)
            optimizers[1].step(wasserstein + 10 * penalty, 0)
            return torch.stack([loss for _, loss in losses.values()] + [wasserstein, penalty])
        return run, run
    return {layout: of(layout) for layout in kernels.LAYOUTS}
