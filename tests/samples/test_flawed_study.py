import pytest

from workbench import cohorts, samples

PLANTED = {
    "patient in two splits": ("06-1", "06-2"),
    "identical images in two splits": ("02-1", "05-1"),
    "unreadable file": ("04-2",),
    "mask of other geometry": ("01-1",),
    "intensity outlier": ("03-2",),
}


@pytest.mark.parametrize("seed", [0, 1])
def test_the_audit_finds_each_planted_fault(tmp_path, seed):
    findings = cohorts.read(samples.write_flawed_study(tmp_path, seed=seed)).audit().set_index("kind")["cases"]
    assert {kind: findings[kind] for kind in PLANTED} == PLANTED
    assert set(findings.index) - set(PLANTED) <= {
        "box without area",
        "empty mask",
        "identical images with different labels",
    }
    assert len(findings["box without area"]) == 1


def test_the_splits_leak(tmp_path):
    with pytest.raises(cohorts.LeakError):
        cohorts.check_leak(cohorts.read(samples.write_flawed_study(tmp_path)))
