"""e to a negative power in vector instructions, which the C library's exponential keeps a loop from becoming.

x / log 2 is split into a whole number, which goes into the exponent's bits, and the rest of at most one half, for
which a Taylor series is exact to rounding. The relative error is that of x itself: about 1e-7 times 1 + |x| in
single precision, 1e-16 in double.
"""

import numpy as np
from numba import types
from numba.extending import overload

# Adding it leaves a whole number in the lowest bits of the sum.
_WHOLE32, _WHOLE64 = np.float32(1.5 * 2**23), 1.5 * 2.0**52
_LOG2E32, _LOG2E64 = np.float32(1 / np.log(2)), 1 / np.log(2)
# The Taylor series of 2**rest.
_S = tuple(np.float32(np.log(2.0) ** k / np.prod(np.arange(1.0, k + 1))) for k in range(8))
_D = tuple(float(np.log(2.0) ** k / np.prod(np.arange(1.0, k + 1))) for k in range(13))


def exponential(x):
    """Return e**x for a number x of at most 0; what would be below 1e-37 is of that order.

    >>> float(round(exponential(-1.0), 12)), exponential(np.float32(0)).dtype
    (0.367879441171, dtype('float32'))
    """
    return (_single if isinstance(x, np.float32) else _double)(x)


@overload(exponential, inline="always")
def _exponential(x):
    return _single if x == types.float32 else _double


def _single(x):
    t = max(x * _LOG2E32, np.float32(-126))
    shifted = t + _WHOLE32
    f = t - (shifted - _WHOLE32)
    series = ((((((_S[7] * f + _S[6]) * f + _S[5]) * f + _S[4]) * f + _S[3]) * f + _S[2]) * f + _S[1]) * f + _S[0]
    return series * np.int32((np.float32(shifted).view(np.int32) + np.int32(127)) << np.int32(23)).view(np.float32)


def _double(x):
    t = max(x * _LOG2E64, -126.0)
    shifted = t + _WHOLE64
    f = t - (shifted - _WHOLE64)
    series = ((((_D[12] * f + _D[11]) * f + _D[10]) * f + _D[9]) * f + _D[8]) * f + _D[7]
    series = ((((((series * f + _D[6]) * f + _D[5]) * f + _D[4]) * f + _D[3]) * f + _D[2]) * f + _D[1]) * f + _D[0]
    return series * np.int64((np.float64(shifted).view(np.int64) + 1023) << 52).view(np.float64)
