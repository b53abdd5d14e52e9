"""Letters, and signs that are letters in Unicode: Greek, Hebrew, Latin with marks, double-struck, units."""

from __future__ import annotations

LETTERS = {
    "µ": "Micro micro", "Å": "AA", "Æ": "AE", "Ð": "DH", "Ø": "O", "Þ": "TH", "ß": "ss", "å": "aa", "æ": "ae",
    "ð": "dh eth matheth", "ø": "o", "Đ": "DJ", "đ": "dj", "Ł": "L", "ł": "l", "Ŋ": "NG", "ŋ": "ng", "Œ": "OE",
    "œ": "oe", "Ƶ": "Zbar", "Α": "Alpha upAlpha", "Β": "Beta upBeta", "Γ": "Gamma Upgamma upGamma",
    "Δ": "Delta Updelta upDelta", "Ε": "Epsilon upEpsilon", "Ζ": "Zeta upZeta", "Η": "Eta upEta",
    "Θ": "Theta Uptheta upTheta", "Ι": "Iota upIota", "Κ": "Kappa upKappa", "Λ": "Lambda Uplambda upLambda",
    "Μ": "Mu upMu", "Ν": "Nu upNu", "Ξ": "Xi Upxi upXi", "Ο": "Omicron upOmicron", "Π": "Pi Uppi upPi",
    "Ρ": "Rho upRho", "Σ": "Sigma Upsigma upSigma", "Τ": "Tau upTau", "Υ": "Upsilon Upupsilon upUpsilon",
    "Φ": "Phi Upphi upPhi", "Χ": "Chi upChi", "Ψ": "Psi Uppsi upPsi", "Ω": "Omega Upomega upOmega", "α": "alpha",
    "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "ς": "varsigma", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "ϐ": "varbeta", "ϑ": "thetasym vartheta", "ϕ": "phi", "ϖ": "varpi", "Ϙ": "Coppa Qoppa",
    "ϙ": "coppa qoppa varcoppa", "Ϛ": "Stigma upStigma", "ϛ": "stigma", "Ϝ": "Digamma upDigamma", "ϝ": "digamma",
    "Ϟ": "Koppa upKoppa", "ϟ": "koppa", "Ϡ": "Sampi upSampi", "ϡ": "sampi", "ϰ": "varkappa", "ϱ": "varrho",
    "ϵ": "epsilon", "ℂ": "C CC BbbC cnums Complex", "℃": "celsius degreecelsius", "ℇ": "Euler Eulerconst",
    "ℍ": "HH BbbH", "ℎ": "Planckconst planck", "ℏ": "hbar hslash", "ℑ": "Im image imaginary", "ℓ": "ell",
    "ℕ": "N NN BbbN natnums", "℘": "wp weierp", "ℙ": "PP BbbP", "ℚ": "Q QQ BbbQ", "ℜ": "Re real",
    "ℝ": "R RR BbbR Reals reals", "ℤ": "Z ZZ BbbZ", "Ω": "ohm tcohm", "℧": "Mho mho", "℩": "turnediota",
    "Å": "Angstrom Angstroem", "Ⅎ": "Finv", "ℵ": "alef aleph alefsym", "ℶ": "beth", "ℷ": "gimel", "ℸ": "daleth",
    "ℼ": "Bbbpi", "ℽ": "Bbbgamma", "ℾ": "BbbGamma", "ℿ": "BbbPi", "⅁": "Game", "⅂": "sansLturned",
    "⅃": "sansLmirrored", "⅄": "Yup", "ⅅ": "DifferentialD differentialD CapitalDifferentialD", "ⅆ": "differentiald",
    "ⅇ": "ExponetialE exponentialE", "ⅈ": "ComplexI imaginaryI", "ⅉ": "ComplexJ imaginaryJ", "⅊": "PropertyLine",
    "𝔼": "E EE", "𝔽": "FF", "𝕜": "Bbbk", "𝚤": "imath", "𝚥": "jmath", "𝛤": "varGamma", "𝛥": "varDelta",
    "𝛩": "varTheta", "𝛬": "varLambda", "𝛯": "varXi", "𝛱": "varPi", "𝛴": "varSigma", "𝛶": "varUpsilon", "𝛷": "varPhi",
    "𝛹": "varPsi", "𝛺": "varOmega",
}  # fmt: skip
"""Small ones are drawn in italics; capital letters stand upright."""
