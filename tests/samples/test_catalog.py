from workbench import phantoms, samples


def test_catalog_is_complete():
    catalog = samples.catalog()
    assert set(catalog.index) == {*samples.SAMPLES, "wisconsin", *phantoms.ANATOMIES}
    assert list(catalog.columns) == ["modality", "description", "source", "licence", "simulated"]
    assert (
        catalog.drop(columns="simulated").map(lambda text: isinstance(text, str) and len(text) > 1).all(axis=None)
    )
    assert set(catalog.index[catalog["simulated"]]) == set(phantoms.ANATOMIES)
    assert catalog.loc[catalog["simulated"], "description"].str.startswith("simulated").all()
