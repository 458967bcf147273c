import re
import warnings
from datetime import date, timedelta

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.privacy.cleaning import clean, new_uid, subject_of
from workbench.privacy.dates import as_date, days_of, shifted
from workbench.privacy.profile import actions
from workbench.privacy.streams import clean_pixels, overlay_bits_of, without_comments
from workbench.privacy.words import TERMS, known_terms, spellings, words

KEY = b"a key of the tests alone"
texts = st.text(max_size=60)


def dataset(**elements):
    made = pydicom.Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fill(made, elements)
    return made


def fill(made, elements):
    for name, value in ({"PatientID": "4711", "PatientName": "Muster^Erika", "Modality": "CT"} | elements).items():
        setattr(made, name, value)


def cleaned(**elements):
    made = dataset(**elements)
    clean(made, subject_of(made, KEY))
    return made


def test_the_table_is_the_profile():
    # PS3.15 Table E.1-1: Patient's Name Z, Patient ID Z/D, Patient's Age X, Study Instance UID U, ROI Name Z
    expected = {(0x10, 0x10): "Z", (0x10, 0x20): "D", (0x10, 0x1010): "X", (0x20, 0xD): "U", (0x3006, 0x26): "Z"}
    assert expected.items() <= actions().items()
    assert len(actions()) > 640


@settings(deadline=None, max_examples=50)
@given(st.from_regex(r"[1-9]\d{0,5}(\.[1-9]\d{0,5}){2,8}", fullmatch=True), st.binary(min_size=16))
def test_new_uids_are_valid_and_determined(uid, key):
    new = new_uid(uid, key=key)
    assert pydicom.uid.UID(new).is_valid
    assert new == new_uid(uid + "\0", key=key) != new_uid(uid + "1", key=key)


@settings(deadline=None, max_examples=50)
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1900, 1, 1), date(2099, 12, 31)), texts)
def test_intervals_between_a_patients_dates_stay(first, second, patient):
    days = days_of(patient, key=KEY)
    assert -7306 < days <= -3653
    moved = [as_date(shifted(f"{day:%Y%m%d}", "DA", days)) for day in (first, second)]
    assert moved[1] - moved[0] == second - first
    assert moved[0] - first == timedelta(days=days)
    assert shifted(f"{first:%Y%m%d}1234", "DT", days) == f"{moved[0]:%Y%m%d}1234"


@settings(deadline=None, max_examples=50)
@given(texts, st.sampled_from(["DA", "DT", "TM"]))
def test_what_is_no_date_does_not_stay(text, vr):
    after = shifted(text, vr, -4000)
    assert re.fullmatch(r"[\d:.+-]*", after)


@settings(deadline=None, max_examples=50)
@given(texts)
def test_only_terms_stay_in_a_description(text):
    assert set(words(known_terms(text))) <= TERMS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CT Thorax Dr. Erika Muster", "CT Thorax"),
        ("T2 TSE sag 4711", "T2 TSE sag"),
        ("GTV_Mass", "GTV_Mass"),
        ("\u5c71\u7530 MR brain", "MR brain"),
        ("Muster", "REMOVED"),
    ],
)
def test_descriptors_are_cleaned(before, after):
    assert cleaned(SeriesDescription=before).SeriesDescription == after


def test_a_patient_who_is_called_like_a_term_is_not_named():
    assert cleaned(PatientName="Head^Lung", SeriesDescription="CT head").SeriesDescription == "CT"
    assert cleaned(PatientName="Siemens^Anna", Manufacturer="Siemens").Manufacturer == "REMOVED"
    assert cleaned(Manufacturer="Siemens").Manufacturer == "Siemens"


def test_spellings_of_a_name():
    assert spellings("M\u00fcller^Jos\u00e9") == {("muller", "jose"), ("mueller", "jose")}


def test_names_and_numbers_are_pseudonyms_at_any_depth():
    inner = dataset(AccessionNumber="A1")
    after = cleaned(AccessionNumber="A1", ReferencedSeriesSequence=[inner])
    item = after.ReferencedSeriesSequence[0]
    assert after.PatientID == str(after.PatientName) == item.PatientID != "4711"
    assert after.AccessionNumber == item.AccessionNumber != "A1"
    assert len(after.AccessionNumber) <= 16
    assert cleaned(AccessionNumber="").AccessionNumber == ""


def test_what_was_done_is_written():
    after = cleaned()
    codes = {item.CodeValue for item in after.DeidentificationMethodCodeSequence}
    assert codes == {"113100", "113103", "113104", "113105", "113107"}
    assert after.PatientIdentityRemoved == "YES"
    assert after.LongitudinalTemporalInformationModified == "MODIFIED"
    assert "basic profile" in after.DeidentificationMethod[0]


def test_classes_stay_and_instances_change():
    ct = "1.2.840.10008.5.1.4.1.1.2"
    after = cleaned(SOPClassUID=ct, ReferencedSOPClassUID="1.2.3.4", SOPInstanceUID="1.2.840.10008.99.1")
    assert (after.SOPClassUID, after.ReferencedSOPClassUID) == (ct, "1.2.3.4")
    assert after.SOPInstanceUID == new_uid("1.2.840.10008.99.1", key=KEY)


def test_birth_is_removed_and_other_dates_are_shifted():
    after = cleaned(PatientBirthDate="19700101", StudyDate="20200310", StudyTime="1430", SeriesDate="yesterday")
    assert not after.PatientBirthDate and not after.SeriesDate
    assert after.StudyTime == "1430"
    assert after.StudyDate == shifted("20200310", "DA", days_of("4711", key=KEY))


def test_uptake_values_can_still_be_computed_and_nothing_else_is_kept():
    assert cleaned(PatientWeight="70.5", Modality="PT").PatientWeight == 70.5
    assert "PatientWeight" not in cleaned(PatientWeight="70.5")


def test_codes_of_persons_are_replaced():
    code = pydicom.Dataset()
    code.CodeValue = code.CodeMeaning = "Dr Muster"
    after = cleaned(PersonIdentificationCodeSequence=[code], OperatorIdentificationSequence=[code])
    assert after.PersonIdentificationCodeSequence[0].CodeMeaning == "REMOVED"
    assert "OperatorIdentificationSequence" not in after


def test_studies_without_patient_are_told_apart():
    first, second = (dataset(PatientID="", PatientName="", StudyInstanceUID=uid) for uid in ("1.2.3", "1.2.4"))
    assert subject_of(first, KEY).name != subject_of(second, KEY).name


@pytest.mark.parametrize("prefix", [b"\xff\xd8", b"\xff\x4f\xff\x51\x00\x04ab"])
def test_comments_of_compressed_streams_are_removed(prefix):
    jpeg = prefix == b"\xff\xd8"
    comment = (b"\xff\xfe" if jpeg else b"\xff\x64") + b"\x00\x06Anna"
    scan = b"\xff\xda\x00\x02pixels" if jpeg else b"\xff\x90\x00\x02pixels"
    if jpeg:
        prefix += b"\xff\xdb\x00\x02"
    assert without_comments(prefix + comment + scan) == prefix + scan
    assert without_comments(b"RIFF" + comment) == b"RIFF" + comment
    assert without_comments(prefix + comment[:3]) == prefix + comment[:3]


def test_overlays_within_the_pixels_are_blanked():
    made = dataset(Rows=1, Columns=2, SamplesPerPixel=1, BitsAllocated=16, BitsStored=12, HighBit=11)
    made.PixelRepresentation, made.PhotometricInterpretation = 0, "MONOCHROME2"
    made.add_new(0x60000102, "US", 15)
    made.PixelData = np.array([0x8123, 0x0456], "<u2").tobytes()
    made.file_meta = pydicom.dataset.FileMetaDataset()
    made.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    clean_pixels(made, overlay_bits_of(made))
    assert np.frombuffer(made.PixelData, "<u2").tolist() == [0x0123, 0x0456]
