"""Codes of issuing states and nationalities: ISO 3166-1 alpha-3, and the codes that Doc 9303-3, section 5, adds to them."""

from __future__ import annotations

from collections.abc import Mapping

_CODES = """\
AWABW AFAFG AOAGO AIAIA AXALA ALALB ADAND AEARE ARARG AMARM ASASM AQATA TFATF AGATG AUAUS ATAUT AZAZE BIBDI BEBEL BJBEN BQBES
BFBFA BDBGD BGBGR BHBHR BSBHS BABIH BLBLM BYBLR BZBLZ BMBMU BOBOL BRBRA BBBRB BNBRN BTBTN BVBVT BWBWA CFCAF CACAN CCCCK CHCHE
CLCHL CNCHN CICIV CMCMR CDCOD CGCOG CKCOK COCOL KMCOM CVCPV CRCRI CUCUB CWCUW CXCXR KYCYM CYCYP CZCZE DEDEU DJDJI DMDMA DKDNK
DODOM DZDZA ECECU EGEGY ERERI EHESH ESESP EEEST ETETH FIFIN FJFJI FKFLK FRFRA FOFRO FMFSM GAGAB GBGBR GEGEO GGGGY GHGHA GIGIB
GNGIN GPGLP GMGMB GWGNB GQGNQ GRGRC GDGRD GLGRL GTGTM GFGUF GUGUM GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IMIMN ININD
IOIOT IEIRL IRIRN IQIRQ ISISL ILISR ITITA JMJAM JEJEY JOJOR JPJPN KZKAZ KEKEN KGKGZ KHKHM KIKIR KNKNA KRKOR KWKWT LALAO LBLBN
LRLBR LYLBY LCLCA LILIE LKLKA LSLSO LTLTU LULUX LVLVA MOMAC MFMAF MAMAR MCMCO MDMDA MGMDG MVMDV MXMEX MHMHL MKMKD MLMLI MTMLT
MMMMR MEMNE MNMNG MPMNP MZMOZ MRMRT MSMSR MQMTQ MUMUS MWMWI MYMYS YTMYT NANAM NCNCL NENER NFNFK NGNGA NINIC NUNIU NLNLD NONOR
NPNPL NRNRU NZNZL OMOMN PKPAK PAPAN PNPCN PEPER PHPHL PWPLW PGPNG PLPOL PRPRI KPPRK PTPRT PYPRY PSPSE PFPYF QAQAT REREU ROROU
RURUS RWRWA SASAU SDSDN SNSEN SGSGP GSSGS SHSHN SJSJM SBSLB SLSLE SVSLV SMSMR SOSOM PMSPM RSSRB SSSSD STSTP SRSUR SKSVK SISVN
SESWE SZSWZ SXSXM SCSYC SYSYR TCTCA TDTCD TGTGO THTHA TJTJK TKTKL TMTKM TLTLS TOTON TTTTO TNTUN TRTUR TVTUV TWTWN TZTZA UGUGA
UAUKR UMUMI UYURY USUSA UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM ZAZAF ZMZMB ZWZWE
"""  # each with its alpha-2 before its alpha-3
ISO_3166 = frozenset(one[2:] for one in _CODES.split())
THREE_LETTERS: Mapping[str, str] = {one[:2]: one[2:] for one in _CODES.split()}
SPECIAL: Mapping[str, str] = {
    "D": "Germany",
    "EUE": "European Union, laissez-passer",
    "GBD": "British overseas territories citizen",
    "GBN": "British national (overseas)",
    "GBO": "British overseas citizen",
    "GBP": "British protected person",
    "GBS": "British subject",
    "RKS": "Kosovo",
    "UNA": "United Nations specialised agency",
    "UNK": "United Nations Interim Administration Mission in Kosovo",
    "UNO": "United Nations",
    "UTO": "Utopia, for specimens",
    "XBA": "African Development Bank",
    "XCC": "Caribbean Community",
    "XCE": "Council of Europe",
    "XCO": "Common Market for Eastern and Southern Africa",
    "XEC": "Economic Community of West African States",
    "XIM": "African Export-Import Bank",
    "XMP": "Parliamentary Assembly of the Mediterranean",
    "XOM": "Sovereign Military Order of Malta",
    "XPO": "Interpol",
    "XXA": "Stateless person (1954 convention)",
    "XXB": "Refugee (1951 convention)",
    "XXC": "Refugee, other",
    "XXX": "Unspecified nationality",
}


# As in the certificates of these states, Doc 9303-3, section 5, where ISO 3166 has none or another.
_TWO_LETTERS: Mapping[str, str] = {
    **{three: two for two, three in THREE_LETTERS.items()},
    "D": "DE",
    "EUE": "EU",
    "RKS": "KS",
    "UNO": "UN",
    "UTO": "UT",
}


def alpha_2(code: str) -> str:
    """The code of two letters, as certificates have it, of a state's code in travel documents; "" where it has none."""
    return _TWO_LETTERS.get(code, "")


def known(code: str) -> bool:
    """Whether the code, without fillers, is in the lists. A zone with another is read all the same: states are founded."""
    return code in ISO_3166 or code in SPECIAL
