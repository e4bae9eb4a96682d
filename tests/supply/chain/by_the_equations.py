"""The model's equations, in stocks as they are written down there, a matrix at a time: slow, and no code of ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def run(
    *,
    flows: Array,
    output: Array,
    product: NDArray[np.int64],
    essential: NDArray[np.bool_],
    important: NDArray[np.bool_],
    mode: str,
    days_of_stock: Array,
    consumed: Array,
    paid: Array,
    others: Array,
    capacity: Array,
    tau: float = 5.0,
    hire: float = 1 / 30,
    fire: float = 2 / 30,
    rho: float = 1 - 0.4 / 90,
    benefit: float = 0.8,
) -> Array:
    """Output of each day (T, N). ``essential``, ``important`` (P, N); households buy ``consumed`` and earn ``paid`` (N, H)."""
    sums = np.eye(product.max() + 1)[:, product]  # (P, N): which industries make a product
    one_unit = flows / output
    of_product = sums @ one_unit
    stock = of_product * output * days_of_stock
    target = stock.copy()
    labour, demand, inputs = output.copy(), output.copy(), np.full(len(output), np.inf)
    spent = consumed.sum(axis=0)
    found = []
    for today in capacity:
        wish = np.minimum(inputs, demand) - labour
        labour = np.minimum(labour + np.where(wish >= 0, hire, fire) * wish, today * output)
        income = (paid * (labour / output)[:, None]).sum(axis=0) / paid.sum(axis=0)
        now = benefit + (1 - benefit) * income
        spent = spent**rho * (consumed.sum(axis=0) * now) ** ((1 - rho) / 2) * consumed.sum(axis=0) ** ((1 - rho) / 2)
        share = np.divide(target - stock, of_product, out=np.zeros_like(stock), where=of_product > 0) / tau
        orders = np.maximum(one_unit * (demand + share[product]), 0.0)
        demand = orders.sum(axis=1) + (consumed / consumed.sum(axis=0)) @ spent + others
        suffices = np.divide(stock, of_product, out=np.full_like(stock, np.inf), where=of_product > 0)
        inputs = {
            "leontief": suffices.min(axis=0),
            "strongly_critical": least(suffices, essential | important),
            "half_critical": np.minimum(least(suffices, essential), (least(suffices, important) + output) / 2),
            "weakly_critical": least(suffices, essential),
            "linear": stock.sum(axis=0) / of_product.sum(axis=0),
        }[mode]
        made = np.minimum(np.minimum(labour, inputs), demand)
        stock = np.maximum(stock + sums @ (orders * (made / demand)[:, None]) - of_product * made, 0.0)
        found.append(made)
    return np.array(found)


def least(suffices: Array, where: NDArray[np.bool_]) -> Array:
    return np.asarray(np.where(where, suffices, np.inf).min(axis=0))
