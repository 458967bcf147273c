"""When an alignment is believed: the limits, each with its reason.

They were set on real slices, turned and shifted (right), and on noise, other body parts and halves without overlap
(wrong). No limit divides the two by itself; together they do, to which the tests and
``benchmarks/registration.py`` hold them.
"""

#: Part of the fixed image that must be covered: narrow strips resemble each other too often. The coarse search
#: leaves out shifts below it, so that it does not propose what would be refused.
LEAST_OVERLAP = 0.25
#: A climb stops below this part of the points. Less than `LEAST_OVERLAP`, for it may pass through a poor place.
LEAST_POINTS = 0.15
#: Standard deviations above wrong alignments. A slice with itself reaches 19 and more, two people 5.0 to 6.5, T1
#: and PD weightings of one head 6.8; images that have nothing in common -0.3 to 5.7.
LEAST_DISTINCTNESS = 4.8
#: A slice with itself correlates by 0.99 and more, those of two people by 0.93 to 0.96; what is lower than this is
#: another body part, or so noisy or so changed that a map between the two says little.
LEAST_CORRELATION = 0.6
#: How far searches begun aside may end from the alignment, as a part of the longest side: 0.0003 for a slice with
#: itself, up to 0.006 for two people; up to 0.5 for images that have nothing in common.
MOST_WANDERING = 0.03
#: How far aside they begin, as a part of each side: beyond a wrong one's own peak, within a true one's reach.
ASIDE = 0.06
