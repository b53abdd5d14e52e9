r"""Chemical formulas (`\ce{2H2O -> 2H2 + O2}`), as https://mhchem.github.io/MathJax-mhchem/ describes them.

`reader` takes the source apart by what `grammar` says, `pieces` puts it together; `latex_parts` and `scripts` read what
stands inside. Where models write what the description has no sense for, it is what they mean that is shown: "2H2+O2" is
a sum and "Fe3+" an ion. `printed_quantities` are those of `\pu{…}`.
"""
