import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.experiments import best, by_setting, compare, export
from workbench.experiments.comparing import rule


def runs(means, *, seeds=6, spread=0.01, shared=0.0, seed=0):
    rng = np.random.default_rng(seed)
    common = rng.normal(0, shared, seeds)
    rows = [
        {"status": "complete", "parameters.depth": depth, "parameters.seed": s, "started": str(s)}
        | {"results.dice": mean + common[s] + rng.normal(0, spread)}
        for depth, mean in means.items()
        for s in range(seeds)
    ]
    return pd.DataFrame(rows)


def test_intervals_and_chances_are_those_of_students_test():
    table = runs({2: 0.5, 3: 0.8}, spread=0.2)
    found = compare(table, "dice")
    by_depth = {depth: group["results.dice"].to_numpy() for depth, group in table.groupby("parameters.depth")}
    for depth, values in by_depth.items():
        interval = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
        assert found.loc[depth, ["low", "high"]].tolist() == pytest.approx(interval)
    assert found["p"].iloc[1] == pytest.approx(stats.ttest_rel(by_depth[3], by_depth[2]).pvalue)


def test_unpaired_repetitions_are_compared_by_welch():
    table = runs({2: 0.5, 3: 0.6}, spread=0.1)
    table.loc[table["parameters.depth"] == 3, "parameters.seed"] += 100
    groups = [group["results.dice"] for _, group in table.groupby("parameters.depth")]
    expected = stats.ttest_ind(*groups, equal_var=False).pvalue
    assert compare(table, "dice")["p"].iloc[1] == pytest.approx(expected)


def test_pairing_finds_what_the_chance_of_seeds_hides():
    table = runs({2: 0.70, 3: 0.72}, spread=0.002, shared=0.1)
    assert compare(table, "dice")["verdict"].tolist() == ["best", "worse"]
    unpaired = table.assign(**{"parameters.seed": range(len(table))})
    assert compare(unpaired, "dice")["verdict"].tolist() == ["best", "cannot be told from the best"]


def test_equal_settings_are_seldom_called_worse():
    wrong = [
        compare(runs({d: 0.7 for d in range(6)}, seed=n), "dice")["verdict"].eq("worse").any() for n in range(60)
    ]
    # The best of six is chosen by looking, which costs some of the level; without Holm's method it is about half.
    assert np.mean(wrong) < 0.2


def test_single_runs_are_ranked_but_not_told_apart():
    table = runs({2: 0.5, 3: 0.9}, seeds=1)
    assert compare(table, "dice")["verdict"].tolist() == ["best", "unknown: one run"]
    table["results.dice_low"], table["results.dice_high"] = (
        table["results.dice"] - 0.1,
        table["results.dice"] + 0.1,
    )
    assert compare(table, "dice")["verdict"].tolist() == ["best", "worse: intervals apart"]
    table["results.dice_low"] -= 0.4
    assert compare(table, "dice")["verdict"].tolist() == ["best", "cannot be told: intervals overlap"]
    assert "intervals are compared" in rule(compare(table, "dice"))


def test_less_may_be_better_and_failed_runs_do_not_count():
    table = runs({2: 0.5, 3: 0.9})
    assert compare(table, "dice", largest=False).index[0] == 2
    table.loc[table["parameters.depth"] == 3, "status"] = "interrupted"
    assert compare(table, "dice").index.tolist() == [2]
    assert best(table, "dice")["parameters.depth"] == 2


def test_a_repetition_under_another_source_is_none():
    table = runs({2: 0.5, 3: 0.9}, seeds=3)
    later = table.assign(started="9", **{"results.dice": table["results.dice"] + 1})
    found = compare(pd.concat([later, table], ignore_index=True), "dice")
    assert found["runs"].tolist() == [3, 3]
    assert found["mean"].min() > 1


def test_parameters_by_metrics():
    table = runs({2: 0.5, 3: 0.9}).assign(**{"parameters.width": 8, "results.seconds": 2.0, "results.name": "x"})
    found = by_setting(table)
    assert found.index.names == ["depth"] and found.columns.tolist() == ["runs", "dice", "seconds"]
    expected = table.groupby("parameters.depth")["results.dice"].mean()
    assert found["dice"].tolist() == pytest.approx(expected.tolist())


def test_an_unknown_metric_lists_those_there_are():
    with pytest.raises(ValueError, match="no run recorded 'dise'; recorded are dice"):
        compare(runs({2: 0.5}), "dise")
    with pytest.raises(ValueError, match="no complete run"):
        best(runs({2: 0.5}).assign(status="failed"), "dice")


def test_tables_are_written_for_programs_and_papers(tmp_path):
    table = runs({2: 0.5, 3: 0.9}).assign(notebook="a_b.ipynb")
    pd.testing.assert_frame_equal(pd.read_parquet(export(table, tmp_path / "t.parquet")), table)
    assert pd.read_csv(export(table, tmp_path / "t.csv"))["results.dice"].tolist() == pytest.approx(
        table["results.dice"].tolist()
    )
    latex = export(compare(table, "dice"), tmp_path / "t.tex").read_text()
    assert latex.startswith("\\begin{tabular}") and "depth & runs & mean" in latex
    assert "notebook" not in export(table, tmp_path / "u.tex").read_text()
    with pytest.raises(ValueError, match=r"\.csv, \.parquet or \.tex, received 't\.xlsx'"):
        export(table, tmp_path / "t.xlsx")
