"""The list of what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench import phantoms

from .embedded import SAMPLES, WISCONSIN

if TYPE_CHECKING:
    import pandas as pd

SIMULATION = {"source": "simulated by workbench.phantoms: no patient", "licence": "BSD-3-Clause"}


def catalog() -> pd.DataFrame:
    """List the samples and the simulated studies.

    Returns
    -------
    pandas.DataFrame
        One row per sample or study, indexed by name: modality, description, source, licence, simulated (bool).
        Real images open with `load`, simulated ones with `study`; `public_sets` lists what `fetch` downloads.

    Examples
    --------
    >>> catalog().loc["head_ct", "modality"]
    'CT'
    >>> catalog().query("simulated").index.tolist()
    ['chest', 'head', 'limb', 'breast']
    """
    import pandas as pd

    rows = {
        name: {"modality": s.modality, "description": s.description, "source": s.source, "licence": s.licence}
        for name, s in SAMPLES.items()
    }
    simulated = {
        name: {"modality": anatomy.modality, "description": anatomy.description} | SIMULATION
        for name, anatomy in phantoms.ANATOMIES.items()
    }
    table = pd.DataFrame.from_dict(rows | {"wisconsin": WISCONSIN} | simulated, orient="index").rename_axis("name")
    return table.assign(simulated=table.index.isin(list(simulated)))
