"""Descends as a theorist would write it in PyTorch: a module, autograd, SGD."""

import time

import torch


class Network(torch.nn.Module):
    """h(x) = (1/p) sum_j a_j relu(<w_j, x>)."""

    def __init__(self, hidden, output):
        super().__init__()
        self.hidden = torch.nn.Parameter(hidden.clone())
        self.output = torch.nn.Parameter(output.clone())

    def forward(self, x):
        return torch.relu(x @ self.hidden.T) @ self.output / len(self.output)


def descend(inputs, labels, hidden, output, steps):
    """`steps` steps of learning rate 1 on p L, L = (1/2n) sum_i (y_i - h(x_i))^2.

    Returns the losses before each step and after the last, and the processor seconds of it all (one thread: the
    same as the clock's on an idle machine).
    """
    n, p = len(labels), len(output)
    network = Network(hidden, output)
    optimiser = torch.optim.SGD(network.parameters(), lr=1.0)
    losses = []
    start = time.thread_time()
    for _ in range(steps):
        optimiser.zero_grad()
        loss = ((labels - network(inputs)) ** 2).sum() / (2 * n)
        (p * loss).backward()
        optimiser.step()
        losses.append(loss.item())
    with torch.no_grad():
        losses.append((((labels - network(inputs)) ** 2).sum() / (2 * n)).item())
    return losses, time.thread_time() - start


def draw(law, n, d, p, generator):
    """The paper's laws: inputs, labels, hidden and output weights, in float32."""

    def uniform(*shape):
        return torch.rand(*shape, generator=generator)

    def signs(count):
        return (torch.randint(0, 2, (count,), generator=generator) * 2 - 1).float()

    if law == "orthogonal":
        directions = torch.eye(n, d)
    else:
        directions = torch.nn.functional.normalize(torch.randn(n, d, generator=generator))
    inputs = directions * (1 + uniform(n, 1))
    labels = signs(n) * (1 + uniform(n))
    hidden = (2 * uniform(p, d) - 1) / d**0.5
    margins = torch.empty(p).exponential_(generator=generator)
    output = signs(p) * (hidden.norm(dim=1) + margins)
    if law == "orthogonal":
        hidden = 0.01 * hidden
    return inputs, labels, hidden, output
