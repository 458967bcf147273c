"""Saving a running notebook so that a kill at any moment leaves a whole one."""

from pathlib import Path

from papermill.iorw import LocalHandler, papermill_io

from workbench.files import replacing


class WholeFiles(LocalHandler):
    """Replaces a notebook only when the new one is complete; papermill itself empties it first."""

    def write(self, buf: str, path: str) -> None:
        """Write a notebook.

        Parameters
        ----------
        buf : str
            Its JSON.
        path : str
            Where.
        """
        with replacing(path) as temporary:
            temporary.write_text(buf, encoding="utf-8")


def save_whole(target: Path) -> None:
    """Make papermill, in this process, save a notebook whole.

    Parameters
    ----------
    target : Path
        The notebook that is going to be executed.
    """
    papermill_io.register(str(target), WholeFiles())
