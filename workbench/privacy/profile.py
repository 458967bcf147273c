"""What the basic profile of DICOM PS3.15 Annex E says about each element, and what we say beyond it."""

from functools import cache

EDITION = "2026c"
ACTIONS = {
    "D_TAGS": "D",
    "Z_TAGS": "Z",
    "X_TAGS": "X",
    "U_TAGS": "U",
    "Z_D_TAGS": "D",
    "X_Z_TAGS": "Z",
    "X_D_TAGS": "D",
    "X_Z_D_TAGS": "D",
    "X_Z_U_STAR_TAGS": "C",
}
CODES = {
    "113100": "Basic Application Confidentiality Profile",
    "113103": "Clean Graphics Option",
    "113104": "Clean Structured Content Option",
    "113105": "Clean Descriptors Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
}
# Removed although they are dates or times, which the modified-dates option would keep shifted.
BIRTH = {"PatientBirthDate", "PatientBirthTime"}
# Sequences of which the profile wants dummy content, and the options that we follow want clean content.
CLEANED_SEQUENCES = {
    "ContentSequence",
    "FlowIdentifierSequence",
    "GraphicAnnotationSequence",
    "VerifyingObserverSequence",
    "WaveformAnnotationSequence",
}
# Free text that reading, sorting or finding a region needs: its known terms are kept, all else goes.
DESCRIPTORS = {
    "AcquisitionDeviceProcessingDescription",
    "AcquisitionProtocolDescription",
    "ContentDescription",
    "ContrastBolusAgent",
    "DerivationDescription",
    "EntityLabel",
    "PerformedProcedureStepDescription",
    "ProtocolName",
    "ROIDescription",
    "ROIName",
    "ROIObservationLabel",
    "RTPlanLabel",
    "RequestedProcedureDescription",
    "SeriesDescription",
    "StructureSetLabel",
    "StudyDescription",
    "UnformattedTextValue",
    "UserContentLabel",
}
# Short text that the profile's table does not name and that names a machine, a method or a code, not a person.
HARMLESS = {
    "AnatomicalOrientationType",
    "CodeMeaning",
    "CodeValue",
    "CodingSchemeDesignator",
    "CodingSchemeVersion",
    "ConvolutionKernel",
    "FilterMaterial",
    "FilterType",
    "ImageFilter",
    "ImagedNucleus",
    "LUTExplanation",
    "LossyImageCompressionMethod",
    "Manufacturer",
    "ManufacturerModelName",
    "ModalityLUTType",
    "PulseSequenceName",
    "ReceiveCoilName",
    "ReconstructionAlgorithm",
    "ReconstructionMethod",
    "RescaleType",
    "ScatterCorrectionMethod",
    "AttenuationCorrectionMethod",
    "RandomsCorrectionMethod",
    "SequenceName",
    "SoftwareVersions",
    "TransmitCoilName",
    "TypeOfDetectorMotion",
}
# Standardized uptake values cannot be computed without them.
NEEDED_IN_PET = {"PatientWeight", "PatientSize", "PatientSex"}


@cache
def actions() -> dict[tuple[int, int], str]:
    """Return the profile's table: what is to be done with each element.

    Returns
    -------
    dict
        (group, element) to ``"X"`` remove, ``"Z"`` empty, ``"D"`` put a dummy value, ``"U"`` put another UID,
        ``"C"`` clean the items of the sequence. Where the profile lets the kind of object decide (such as
        ``X/Z/D``), the strictest that every kind of object allows.

    Examples
    --------
    >>> actions()[0x0010, 0x0010]
    'Z'
    """
    from importlib import import_module

    tables = import_module(f"dicomanonymizer.dicom_anonymization_databases.dicomfields_{EDITION}")
    # Its entries with masks, the repeating groups of curves and overlays, are removed whole: see `cleaning`.
    return {tag: action for name, action in ACTIONS.items() for tag in getattr(tables, name) if len(tag) == 2}
