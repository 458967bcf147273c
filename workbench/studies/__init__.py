"""Studies of one's own: from a folder of images to a table of cases, an audit and a notebook that runs."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "advising": ["pairs_in_doubt", "remains_in_words", "too_good_in_words"],
        "choosing": ["chosen", "is_study"],
        "gathered": ["Gathered"],
        "gathering": ["gather"],
        "patients": ["patients_in_names"],
        "readme": ["next_steps"],
        "starting": ["Started", "start"],
        "steps": ["again", "commands"],
        "telling": ["told"],
    },
)
