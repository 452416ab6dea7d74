"""English plurals and singulars of one noun in lower case: rules, and the words that do not follow them."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(words: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in words.split())


def _turned(pairs: dict[str, str]) -> dict[str, str]:
    return {plural: single for single, plural in pairs.items()}


# One word for one and for many.
_SAME = _words("""
    aerobics aircraft analytics athletics barracks beef bison cattle chassis clothes corps crossroads debris deer
    economics electronics equipment ethics evidence feedback fish furniture genetics gymnastics headquarters herpes
    homework information jeans knowledge linguistics logistics mathematics metadata money moose mumps news
    obstetrics offspring pants physics police politics rabies rendezvous rice robotics salmon scissors series shambles
    sheep shrimp software species spacecraft sweepstakes swine tongs trousers trout tweezers whereabouts
    """)

# Nouns by themselves, and at the end of others: `grandchild`.
_ENDS = _pairs("""
    child:children foot:feet knife:knives person:people self:selves shelf:shelves tooth:teeth wife:wives wolf:wolves
    """)
_WHOLE = _pairs("""
    afterlife:afterlives alga:algae die:dice calf:calves dormouse:dormice elf:elves fez:fezzes goose:geese half:halves
    hoof:hooves larva:larvae leaf:leaves life:lives loaf:loaves louse:lice mouse:mice ox:oxen quiz:quizzes scarf:scarves
    sheaf:sheaves thief:thieves topaz:topazes vertebra:vertebrae whiz:whizzes
    addendum:addenda bacterium:bacteria curriculum:curricula datum:data erratum:errata medium:media memorandum:memoranda
    millennium:millennia ovum:ova spectrum:spectra stratum:strata criterion:criteria phenomenon:phenomena corpus:corpora
    genus:genera alumnus:alumni bacillus:bacilli bronchus:bronchi cactus:cacti fungus:fungi hypothalamus:hypothalami
    locus:loci nucleus:nuclei radius:radii stimulus:stimuli syllabus:syllabi terminus:termini
    apex:apices appendix:appendices codex:codices cortex:cortices helix:helices index:indices matrix:matrices
    vertex:vertices vortex:vortices
    """)
# What people write beside the plurals of rules and those above.
_OTHERS = _turned(_pairs("""
    abscissa:abscissae alkali:alkalies antenna:antennae aorta:aortae axis:axes beef:beeves bus:busses
    arthritis:arthritides ellipsis:ellipsises passerby:passersby
    formula:formulae gas:gasses hanky:hankies lemma:lemmata nebula:nebulae persona:personae
    schema:schemata stigma:stigmata trachea:tracheae aquarium:aquaria automaton:automata continuum:continua dictum:dicta
    equilibrium:equilibria forum:fora maximum:maxima minimum:minima momentum:momenta optimum:optima quantum:quanta
    referendum:referenda stadium:stadia symposium:symposia focus:foci genius:genii octopus:octopi thesaurus:thesauri
    virus:viri dwarf:dwarves staff:staves
    """))
_SINGLE = _turned(_ENDS)
_SINGLES = _turned(_WHOLE) | _OTHERS

# Singulars that end as plurals do.
_ENDING_IN_S = _words("""
    alias asbestos atlas aws axis bias biceps biogas cannabis canvas chaos christmas clematis cms cosmos diabetes dns
    gis ios macos pos tos
    ephemeris epidermis ethos forceps fracas gas glottis gps ibis iris kudos kubernetes lens mantis molasses overseas
    pancreas pathos patois pelvis penis postgres praxis redis rhinoceros sms summons tennis testis thermos tls trellis
    triceps vps yes
    """)
_NOT_IN_S = _words("adieus cpus emus flus gnus graffitis gpus gurus haikus menus skus taxis tutus")
_KEEPS_S = r".*(?:ss|sis|itis|polis|(?<!ea)us)|..?"

# Plurals that lose the `s` alone, where the rules below would take more.
_ENDING_IN_E = _words("""
    aches avalanches backaches brioches caches cartouches cliches creches earaches headaches heartaches moustaches
    mustaches niches pastiches psyches quiches stomachaches toothaches tranches
    crevasses dioceses finesses impasses mousses posses
    aloes backhoes canoes does floes foes hoes mistletoes oboes roes sloes throes tiptoes toes woes
    abuses cruses disuses excuses fuses hypotenuses misuses muses overuses recluses refuses reuses ruses uses
    aunties birdies bogies bowties brownies calories collies cookies coteries cuties foodies freebies genies goalies
    groupies hippies hoodies indies junkies lingeries magpies menageries movies neckties newbies pixies prairies
    reveries rookies selfies smoothies sorties techies yuppies zombies
    """)
# From what a plural ends in to what its singular does; the first that fits.
_RULES = (
    (r"(.)ies", r"\1ie"),
    (r"(.*(?:[^aeiou]|qu))ies", r"\1y"),
    (r"(.*sh)oes", r"\1oe"),
    (r"(.*)oes", r"\1o"),
    (r"(.*[ao]use)s", r"\1"),
    (r"(.*(?:ss|sh|ch|x|zz|tz))es", r"\1"),
    (r"(.*ys)es", r"\1is"),
    (r"(.*(?<!e)es)es", r"\1is"),
    (r"(.*(?:gn|pn|ych|eur|rph|mb|bi|cul|ecr|ler|rrh|pt|sm|the)os)es", r"\1is"),
    (r"(cathars|cris|emphas|metastas|oas|synops)es", r"\1is"),
    (r"(.*(?:us|itis|polis))es", r"\1"),
)
_SINGULAR_MEN = _words("""
    abdomen acumen albumen amen bitumen cyclamen dolmen foramen hymen lumen omen ramen regimen semen specimen stamen
    yemen
    """)
_MANS = _words("brahman caiman german human norman ottoman roman shaman superhuman talisman")
# These do not hiss.
_HARD_CH = r".*(?:narch|riarch|garch|tech)|epoch|eunuch|loch|mach|stomach|czech"
_OES = _words("""
    buffalo cargo domino echo embargo hero innuendo mango mosquito motto negro potato superhero tomato tornado torpedo
    veto volcano
    """)


def singular(noun: str) -> str:
    """The singular of a noun, which may be one already."""
    while (shorter := _shorter(noun)) != noun:
        noun = shorter
    return noun


def _shorter(noun: str) -> str:
    if noun in _SAME or noun in _ENDING_IN_S:
        return noun
    if noun in _SINGLES:
        return _SINGLES[noun]
    for end, single in _SINGLE.items():
        if noun.endswith(end):
            return noun.removesuffix(end) + single
    if noun.endswith("men") and noun not in _SINGULAR_MEN:
        return noun[:-2] + "an"
    if noun in _NOT_IN_S or noun in _ENDING_IN_E:
        return noun[:-1]
    if not noun.endswith("s") or re.fullmatch(_KEEPS_S, noun):
        return noun
    if noun.endswith("es") and noun[:-2] in _ENDING_IN_S:
        return noun[:-2]
    for pattern, ending in _RULES:
        if found := re.fullmatch(pattern, noun):
            return found.expand(ending)
    return noun[:-1]


def plural(noun: str) -> str:
    """The plural of a singular."""
    if noun in _SAME:
        return noun
    if noun in _WHOLE:
        return _WHOLE[noun]
    for end, many in _ENDS.items():
        if noun.endswith(end):
            return noun.removesuffix(end) + many
    if noun.endswith("man") and noun not in _MANS:
        return noun[:-2] + "en"
    if re.fullmatch(r".*(?:[^aeiou]|qu)y", noun):
        return noun[:-1] + "ies"
    if noun.endswith(("sis", "xis")):
        return noun[:-2] + "es"
    if noun.endswith(("s", "x", "z", "ch", "sh")) and not re.fullmatch(_HARD_CH, noun):
        return noun + "es"
    return noun + ("es" if noun in _OES else "s")
