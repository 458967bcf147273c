import pytest

from workbench.reports.formulas import mathml
from workbench.reports.markdown import to_html


@pytest.mark.parametrize(
    ("source", "display"),
    [
        ("so $x^2$ is", "inline"),
        ("$$x^2$$", "block"),
        ("$$\nx^2\n$$", "block"),
        (r"\begin{equation}x^2\end{equation}", "block"),
    ],
)
def test_each_way_to_write_a_formula_becomes_mathml(source, display):
    html = to_html(source)
    assert f'display="{display}"' in html
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html
    assert "$" not in html


def test_money_is_no_formula_and_code_is_kept():
    assert "<math" not in to_html("it costs 5 and `$x$` is code")


def test_a_fraction():
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in mathml(
        r"\frac{a}{b}", display="inline"
    )


def test_limits_stand_below_their_sign_also_below_a_root():
    html = mathml(r"\sqrt{\sum_i x_i} + \arg\max_k f", display="block")
    assert html.count("<munder>") == 2
    assert "\\" not in html


def test_a_formula_that_cannot_be_read_is_shown_as_it_was_written():
    assert mathml(r"\left( a < b", display="inline") == r"<code>\left( a &lt; b</code>"
