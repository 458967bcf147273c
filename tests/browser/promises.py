"""Waiting for what a page promises, but not without end."""


def kept(page, script, argument=None, *, seconds=90):
    """Evaluate an asynchronous function in a page; Playwright itself would wait for its promise for ever.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Where.
    script : str
        A JavaScript function of one argument.
    argument : optional
        What JSON can hold.
    seconds : float, optional
        How long to wait before this is an error.
    """
    either = f"""(argument) => Promise.race([
      ({script})(argument),
      new Promise((_, fail) => setTimeout(() => fail(new Error("no answer in {seconds} s")), {seconds} * 1000)),
    ])"""
    return page.evaluate(either, argument)
