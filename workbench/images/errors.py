"""What can go wrong while reading, by name."""


class ImageReadError(Exception):
    """A file cannot be read as an image; the message names the file, the cause and what to do."""


class ImageReadWarning(UserWarning):
    """An image was read, but something about it is not as it should be; the message says what."""
