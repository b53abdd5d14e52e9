r"""Chemical formulas (`\ce{2H2O -> 2H2 + O2}`), as https://mhchem.github.io/MathJax-mhchem/ describes them.

`reader` takes the source apart by what `grammar` says, `pieces` puts it together; `latex_parts` and `scripts` read what
stands inside of both.
"""
