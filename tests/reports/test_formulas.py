import pytest

from workbench.reports.formulas import markdown_to_html, mathml


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
    html = markdown_to_html(source)
    assert f'display="{display}"' in html
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html
    assert "$" not in html


def test_money_is_no_formula_and_code_is_kept():
    assert "<math" not in markdown_to_html("it costs 5 and `$x$` is code")


def test_a_fraction():
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in mathml(
        r"\frac{a}{b}", display="inline"
    )
