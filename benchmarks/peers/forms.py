"""Writes gradient descent on p·L in the forms a user of PyTorch, JAX or NumPy would, from plain to laborious.

Each form is a function of a batch of draws, a learning rate and a precision. It returns `advance(steps)`, which goes
on from where it stands and returns the losses of the first draw: before its first step, and after every step but the
last. All read the loss off every step, as any stop needs it.
"""

import functools


def stacked(draws, precision, name, transpose=False):
    """An array of all draws, contiguous, with one axis more when there are several."""
    import numpy

    arrays = [getattr(draw, name).astype(precision) for draw in draws]
    arrays = [array.T if transpose else array for array in arrays]
    return numpy.ascontiguousarray(arrays[0] if len(draws) == 1 else numpy.stack(arrays))


def tensors(draws, precision, transpose=False):
    """(X, y, W, a) as tensors of PyTorch; X as d × n when asked."""
    import torch

    kinds = {"f32": "float32", "f64": "float64"}
    flags = (transpose, False, False, False)
    names = ("inputs", "labels", "hidden", "output")
    return [torch.from_numpy(stacked(draws, kinds[precision], name, flag)) for name, flag in zip(names, flags)]


def pytorch_autograd(draws, rate, precision, compiled=False):
    """A module, autograd, `torch.optim.SGD`."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self, hidden, output):
            super().__init__()
            self.hidden, self.output = torch.nn.Parameter(hidden), torch.nn.Parameter(output)

        def forward(self, x):
            return torch.relu(x @ self.hidden.T) @ self.output / len(self.output)

    x, y, w, a = tensors(draws, precision)
    n, p = len(y), len(a)
    network = Network(w, a)
    optimiser = torch.optim.SGD(network.parameters(), lr=rate)
    forward = torch.compile(network) if compiled else network

    def advance(steps):
        losses = []
        for _ in range(steps):
            optimiser.zero_grad()
            loss = ((y - forward(x)) ** 2).sum() / (2 * n)
            (p * loss).backward()
            optimiser.step()
            losses.append(loss.item())
        return losses

    return advance


def pytorch_by_hand_rows(draws, rate, precision):
    """No autograd, in place; preactivations n × p, an example a row."""
    import torch

    x, y, w, a = tensors(draws, precision)
    n, p = len(y), len(a)
    u, g = x.new_empty(n, p), x.new_empty(n, p)
    r, h, ga = x.new_empty(n), x.new_empty(n), x.new_empty(p)

    @torch.no_grad()
    def advance(steps):
        losses = []
        for _ in range(steps):
            torch.mm(x, w.T, out=u).clamp_min_(0)
            torch.mv(u, a, out=h)
            torch.sub(y, h, alpha=1 / p, out=r)
            losses.append(torch.dot(r, r).item() / (2 * n))
            torch.mv(u.T, r, out=ga)
            torch.outer(r, a, out=g).mul_(u.sign_())
            w.addmm_(g.T, x, alpha=rate / n)
            a.add_(ga, alpha=rate / n)
        return losses

    return advance


def pytorch_by_hand_columns(draws, rate, precision):
    """No autograd, in place; preactivations p × n, a neuron a row, X in both layouts."""
    import torch

    x, y, w, a = tensors(draws, precision)
    columns = x.T.contiguous()
    n, p = len(y), len(a)
    u, g = x.new_empty(p, n), x.new_empty(p, n)
    r, h, ga = x.new_empty(n), x.new_empty(n), x.new_empty(p)

    @torch.no_grad()
    def advance(steps):
        losses = []
        for _ in range(steps):
            torch.mm(w, columns, out=u).clamp_min_(0)
            torch.mv(u.T, a, out=h)
            torch.sub(y, h, alpha=1 / p, out=r)
            losses.append(torch.dot(r, r).item() / (2 * n))
            torch.mv(u, r, out=ga)
            torch.outer(a, r, out=g).mul_(u.sign_())
            w.addmm_(g, x, alpha=rate / n)
            a.add_(ga, alpha=rate / n)
        return losses

    return advance


def pytorch_by_hand_compiled(draws, rate, precision):
    """The formulas of the flow through `torch.compile`, for one draw or a batch of them."""
    import torch

    x, y, w, a = tensors(draws, precision)
    n, p = y.shape[-1], a.shape[-1]

    @torch.compile
    def step(x, y, w, a):
        u = x @ w.mT
        r = y - (u.relu() @ a.unsqueeze(-1)).squeeze(-1) / p
        g = torch.where(u > 0, r.unsqueeze(-1) * a.unsqueeze(-2), 0)
        ga = (u.relu() * r.unsqueeze(-1)).sum(-2)
        w.add_(g.mT @ x, alpha=rate / n)
        a.add_(ga, alpha=rate / n)
        return (r * r).sum(-1) / (2 * n)

    @torch.no_grad()
    def advance(steps):
        return [float(step(x, y, w, a).flatten()[0]) for _ in range(steps)]

    return advance


def pytorch_batched_rows(draws, rate, precision):
    """No autograd, in place, all draws in one `bmm`; preactivations B × n × p."""
    import torch

    x, y, w, a = tensors(draws, precision)
    (b, n), p = y.shape, a.shape[1]
    u, g = x.new_empty(b, n, p), x.new_empty(b, n, p)
    h, ga = x.new_empty(b, n, 1), x.new_empty(b, p, 1)
    r = x.new_empty(b, n)

    @torch.no_grad()
    def advance(steps):
        losses = []
        for _ in range(steps):
            torch.bmm(x, w.mT, out=u).clamp_min_(0)
            torch.bmm(u, a.unsqueeze(-1), out=h)
            torch.sub(y, h.squeeze(-1), alpha=1 / p, out=r)
            losses.append(torch.linalg.vecdot(r, r).tolist()[0] / (2 * n))
            torch.bmm(u.mT, r.unsqueeze(-1), out=ga)
            torch.mul(r.unsqueeze(-1), a.unsqueeze(-2), out=g).mul_(u.sign_())
            w.baddbmm_(g.mT, x, alpha=rate / n)
            a.add_(ga.squeeze(-1), alpha=rate / n)
        return losses

    return advance


def pytorch_batched_columns(draws, rate, precision):
    """No autograd, in place, all draws in one `bmm`; preactivations B × p × n, X in both layouts."""
    import torch

    x, y, w, a = tensors(draws, precision)
    columns = x.mT.contiguous()
    (b, n), p = y.shape, a.shape[1]
    u, g = x.new_empty(b, p, n), x.new_empty(b, p, n)
    h, ga = x.new_empty(b, 1, n), x.new_empty(b, p, 1)
    r = x.new_empty(b, n)

    @torch.no_grad()
    def advance(steps):
        losses = []
        for _ in range(steps):
            torch.bmm(w, columns, out=u).clamp_min_(0)
            torch.bmm(a.unsqueeze(-2), u, out=h)
            torch.sub(y, h.squeeze(-2), alpha=1 / p, out=r)
            losses.append(torch.linalg.vecdot(r, r).tolist()[0] / (2 * n))
            torch.bmm(u, r.unsqueeze(-1), out=ga)
            torch.mul(a.unsqueeze(-1), r.unsqueeze(-2), out=g).mul_(u.sign_())
            w.baddbmm_(g, x, alpha=rate / n)
            a.add_(ga.squeeze(-1), alpha=rate / n)
        return losses

    return advance


def pytorch_orthogonal(draws, rate, precision):
    """By hand in the coordinates v_ji = ⟨w_j, x_i/‖x_i‖⟩, for a user who knows the inputs to be orthogonal."""
    import torch

    x, y, w, a = tensors(draws, precision)
    n, p = len(y), len(a)
    norms = x.norm(dim=1)
    v = (x @ w.T).T.div(norms).contiguous()
    u, r, h, ga = v.new_empty(p, n), x.new_empty(n), x.new_empty(n), x.new_empty(p)

    @torch.no_grad()
    def advance(steps):
        losses = []
        for _ in range(steps):
            torch.clamp_min(v, 0, out=u)
            torch.mv(u.T, a, out=h).mul_(norms)
            torch.sub(y, h, alpha=1 / p, out=r)
            losses.append(torch.dot(r, r).item() / (2 * n))
            force = r.mul_(norms)
            torch.mv(u, force, out=ga)
            v.addcmul_(u.sign_().mul_(a.unsqueeze(1)), force, value=rate / n)
            a.add_(ga, alpha=rate / n)
        return losses

    return advance


def numpy_by_hand(draws, rate, precision):
    """The formulas in NumPy, in place; preactivations p × n."""
    import numpy

    kind = {"f32": "float32", "f64": "float64"}[precision]
    x, y, w, a = (stacked(draws, kind, name) for name in ("inputs", "labels", "hidden", "output"))
    columns = numpy.ascontiguousarray(x.T)
    n, p = len(y), len(a)
    u, g = numpy.empty((p, n), kind), numpy.empty((p, n), kind)
    scale = numpy.dtype(kind).type(rate / n)

    def advance(steps):
        losses = []
        for _ in range(steps):
            numpy.matmul(w, columns, out=u)
            numpy.maximum(u, 0, out=u)
            r = y - a @ u / p
            losses.append(float(r @ r) / (2 * n))
            ga = u @ r
            numpy.sign(u, out=u)
            numpy.multiply(a[:, None], r, out=g)
            numpy.multiply(g, u, out=g)
            w.__iadd__(scale * (g @ x))
            a.__iadd__(scale * ga)
        return losses

    return advance


def jax_loss(theta, x, y):
    """L of one draw."""
    import jax
    import jax.numpy as jnp

    w, a = theta
    return jnp.sum((y - jax.nn.relu(x @ w.T) @ a / len(a)) ** 2) / (2 * len(y))


def jax_autodiff(draws, rate, precision):
    """`jax.value_and_grad` in a compiled `lax.scan`; `vmap` over the draws when there are several."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    kind = {"f32": "float32", "f64": "float64"}[precision]
    x, y, w, a = (jnp.array(stacked(draws, kind, name)) for name in ("inputs", "labels", "hidden", "output"))
    p = a.shape[-1]
    gradient = jax.value_and_grad(jax_loss)
    if len(draws) > 1:
        gradient = jax.vmap(gradient)

    @functools.partial(jax.jit, static_argnums=1)
    def descend(theta, steps):
        def step(theta, _):
            loss, slope = gradient(theta, x, y)
            return jax.tree.map(lambda v, g: v - jnp.asarray(rate * p, kind) * g, theta, slope), loss

        return jax.lax.scan(step, theta, length=steps)

    theta = (w, a)

    def advance(steps):
        nonlocal theta
        theta, losses = descend(theta, steps)
        return losses.reshape(steps, -1)[:, 0].tolist()

    return advance
