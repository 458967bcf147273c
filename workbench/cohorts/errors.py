"""What goes wrong with cohorts."""


class CohortError(Exception):
    """A cohort's table or folder is not what it must be; the message names it and what to do."""


class LeakError(CohortError):
    """A cohort's splits share a patient or an image; the message names them and what to do."""
