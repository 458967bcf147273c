"""Words: what texts are compared by, and the terms that may stay in a description."""

import re
import unicodedata

TERMS = frozenset(
    """
    abdomen abdominal acquisition adc adrenal and angio angiography ankle anterior aorta aortic ap arm arterial
    artery attenuation average ax axial bed bladder blood body bolus bone bones bowel brain brainstem breast
    bronchus calcification cardiac carotid cerebellum cerebral cerebrum cervical chest colon contrast cor
    coronal coronary corrected correction cranial cranium ct ctv cyst delayed derived diffusion distal dose
    dual dwi dx dynamic early echo edema elbow emphysema enhanced epi esophagus eye eyes fast fat fdg femoral
    femur field finger fl flair foot for forearm fracture frame full gad gadolinium gastric gland gradient gtv
    gy haemorrhage hand head heart hemorrhage hepatic high hip hu humerus iliac image infarct inferior
    intestine inversion iodine ischaemia ischemia jaw joint kernel kidney kidneys knee kv kvp label larynx
    late lateral left leg lesion liver lobe localiser localizer low lower lumbar lung lungs lymph mag mammo
    mammogram mammography mandible map mask mass maxilla mean medial mediastinum medium mediumsmooth
    metastasis mip mpr mr mra mri muscle native neck necrosis node nodes nodule nose oblique oesophagus optic
    oral orbit organ ovary pa palate pancreas parotid pelvic pelvis perfusion pet phantom phase plain plane
    portal post posterior pre prostate proximal pt ptv pulmonary raw recon reconstruction rectum reduced
    region renal rib ribs right roi rt sag sagittal sarcoma scan scout segment segmentation sequence series
    sharp short shoulder sinus skeleton skin skull slice small smooth soft spinal spine spleen standard
    sternum stir stomach study superior suv t1 t1w t2 t2w te test thick thigh thin thoracic thorax thyroid
    tibia time tirm tissue tongue topogram tr trachea transverse trigger tse tumor tumour turbo ulna
    ultrasound upper urinary us uterus vein venous ventricle vertebra vessel vessels view visible volume water
    weighted whole with without wrist xr
    """.split()
)
_WORD = re.compile(r"[^\W_]+")
_EXPANSIONS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})


def words(text: str) -> list[str]:
    """Split a text into the words that comparisons go by: runs of letters and digits, without case or accents.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    list of str
        In order.

    Examples
    --------
    >>> words("MÜLLER^Jean-René_2")
    ['muller', 'jean', 'rene', '2']
    """
    return _WORD.findall(folded(text))


def folded(text: str) -> str:
    """Return a text without case or accents.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        The same in lower case, each accented letter as its base letter.

    Examples
    --------
    >>> folded("Müller")
    'muller'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def spellings(text: str) -> set[tuple[str, ...]]:
    """Return the ways in which a name's words may be written: without accents, and with umlauts spelled out.

    Parameters
    ----------
    text : str
        A name.

    Returns
    -------
    set of tuple of str
        Words of each spelling.

    Examples
    --------
    >>> sorted(spellings("Müller"))
    [('mueller',), ('muller',)]
    """
    composed = unicodedata.normalize("NFC", text).casefold()
    return {tuple(words(text)), tuple(words(composed.translate(_EXPANSIONS)))}


def known_terms(text: str, *, without: frozenset[str] = frozenset()) -> str:
    """Keep the terms of radiology in a description and drop every other word and number.

    Parameters
    ----------
    text : str
        Such as a SeriesDescription.
    without : frozenset of str, optional
        Words that are dropped although they are terms: a patient may be called Head.

    Returns
    -------
    str
        What cannot identify anyone, with its punctuation; may be empty.

    Examples
    --------
    >>> known_terms("CT chest, Mrs Smith 10.3.2020")
    'CT chest'
    >>> known_terms("GTV_Mass")
    'GTV_Mass'
    """
    kept = re.sub(r"[^\W_]+", lambda word: word[0] if _is_term(word[0], without) else "\0", text)
    # Characters of other alphabets are words too; of the punctuation only what stands between two terms is kept.
    runs = [run.strip(" ,;:.-_^/=()[]{}<>'\"+*#&|\\\t\r\n") for run in kept.split("\0")]
    return " ".join(run for run in runs if re.search(r"[A-Za-z]", run))


def _is_term(word: str, without: frozenset[str]) -> bool:
    plain = word.casefold()
    return plain in TERMS and plain not in without
