"""A sentence in plain small letters, and its clauses."""

from __future__ import annotations

import re
import unicodedata

from .exclusions import NEVER
from .request_words import load_request_words
from .spelling import spelt

_WORDS = load_request_words()

_COLOUR = "|".join(sorted(_WORDS.colours, key=len, reverse=True))
_PART = "|".join(sorted(_WORDS.parts, key=len, reverse=True))

_FRIEND = (
    r"(?:(?:,|(?<!the)(?<! a)(?<!to)(?<!from)(?<!your)) (?:my )?(?:dear|darling|sweetie|pal|mate"
    r"|buddy|dude|bro)|, (?:my )?(?:love|honey|man|son|robot|friend|boy|lad|girl|sir|chap))"
)
_SEEN_AND_TAKEN = (
    r"^(?!.*(?:n't|\b(?:not?|dont|never|nothing|nobody|none|leave|leaving|avoid|avoiding|careful"
    r"|keep|keeping|stay|staying|mind|beware|without|except|and|but|or|unless|than|off|away|out|care"
    r"|was|were|has|(?<!what )(?:is|are))\b))"
    r"(?:(?:do|can|could) you )?(?:see|spot|find|know) ((?:the|that|my|a) [a-z -]+?)"
    r"(?: over there)?\s*[?,.;:!-]+\s*"
    r"((?:(?:please|now|then|so|well|can you|could you|would you|will you),? )*"
    r"(?:(?:take|grab|grasp|get|fetch|pick up|pick|lift up|lift|bring me|bring|give me|hand me"
    r"|pass me|pass|i want|i need|i would like|i'd like) )"
    r"(?:what(?:'s| is| lies| stands| sits)|(?:the|a|an|my|that|one|something)"
    r"(?: (?!(?:to|standing|lying|sitting)\b)[a-z-]+){0,4}?)(?<! left)"
    r" (?:behind|beside|next to|in front of|near|on|in|under|(?:to the )?left of"
    r"|(?:to the )?right of|on top of|close to)) (?:it|that)[ .!]*$"
)
"""What is asked for by what was spoken of: "do you see the box? take the cup behind it".

Only where the second clause takes something, and nothing is forbidden, warned of or stated.
"""

_WRITTEN_OUT = (
    (r"[, ]*\b(?:u+h+m*|u+m+|e+r+m*|e+h+|h+m+)\b[, ]*", " "),
    (r"\b(the|a|an|my|that)\s*(?:\.{2,}|\u2026|,)\s*(?=[a-z])", r"\1 "),
    (
        r"(?<!the )(?<!very )(?<!far )(?<!my )(?<!your )\bright (?=(?:at|in|on) the (?:very )?"
        r"(?:edge|back|front|end|top|bottom|middle|centre|center|corner)\b)",
        "",
    ),
    (rf"(?<=[a-z]),? (?:would|could|will|can) you(?: please| kindly)?{_FRIEND}?[ ?.!]*$", ""),
    (rf"(?<=[a-z]){_FRIEND}[ .!]*$", ""),
    (r"(?<=\bplease) robot[ .!]*$", ""),
    (r"\b((?:can|could|would|will) you) (?:(?:like|maybe|perhaps|kindly|quickly),? )+", r"\1 "),
    (
        r"(?<=[a-z])(?: that)? (?:(?:you|i|we) (?:can )?(?:see|find|spot)|you have(?: got)?"
        r"|in sight|you (?:see|find) (?:here|there|in front of you))[ .!]*$",
        "",
    ),
    (
        r"\b(everyone|everybody)(?: else)? (?:but|except(?: for)?) (?:me|you|us|him|her|them)\b",
        r"\1",
    ),
    (
        r"\b(one|any|either|[a-z]+est|[a-z]+most|bigger|larger|smaller|taller|shorter|longer|nearer"
        r"|closer|farther|further) out of (?=(?:all )?(?:the|these|those|my|our) )",
        r"\1 of ",
    ),
    (r"\bwhose colou?r is\b", "that is"),
    (r"\b((?:far|fur)the(?:st|r)) away from\b", r"\1 from"),
    (r"(est|most)( [a-z]+)? of (?:them )?all(?: of them)?(?=[ .!]*$)", r"\1\2"),
    (
        r"\b(on|at|to) (the|an?) (?!robot|camera|table|desk|arm)([a-z]+(?: [a-z]+)?)'s"
        r" (left|right)(?: side)?(?![a-z -]*[a-z] of\b)",
        r"\1 the \4 of \2 \3",
    ),
    (
        r"\b(thing|something|tool|object|item) (?:that|which) (protect|keep|tighten|loosen|open"
        r"|drill|clean|brush|sharpen|measur|writ|slic|stapl|stick|hammer|spread|mak|heat|cool|boil|cook|wip|peel"
        r"|grat|mix|stir|dr(?:i|y)|charg|light|cover|absorb|mash|whisk|squash)e?s\b",
        r"\1 for \2ing",
    ),
    (r"\b(thing|something|tool|object|item) (?:that|which) cuts\b", r"\1 for cutting"),
    (
        r"^not (the|that|my) (?!.*\b(?:but|rather)\b)([a-z -]*[a-z])"
        r"(?<! on)(?<! in)(?<! at)(?<! to)(?<! of)(?<! by)(?<! from)(?<! with)(?<! near)"
        r" the (?=[a-z]+\b(?! of\b))",
        r"not \1 \2, the ",
    ),
    (r"\bform(?= (?:the )?(?:left|right)\b)", "from"),
    (r"\bcloset(?= (?:to|one)\b)", "closest"),
    (r"\bnobody's (?=[a-z]+ing\b)", "nobody is "),
    (r"\bnobody's\b", "nobody has"),
    (
        r"^(?:no[, ]+)?not (?:that|this) ([a-z-]+)[,;]? (?:but |rather )?"
        r"(?=the (?:one|other one)\b)",
        r"the \1, ",
    ),
    (r"\bcream[- ]colou?red\b", "white"),
    (r"\brose[- ]colou?red\b", "pink"),
    (rf"\b({_COLOUR})[- ]colou?red\b", r"\1"),
    (rf"\b({_COLOUR}) in colou?r\b|\bof (?:a |the )?({_COLOUR}) colou?r\b", r"\1\2"),
    (rf"\b({_COLOUR})(?:[-/]|-and-)(?=(?:{_COLOUR})\b)", r"\1 "),
    (rf"\bwhose ({_PART}) (?:is|are) ({_COLOUR})\b", r"with the \2 \1"),
    (
        r"\b(take|get|grab|grasp|pick|fetch|lift|pull|remove|bring me|give me|hand me|pass me)"
        r" ((?:the|a|an|my|that)"
        r" (?:(?!but|and|while|keep|keeping|stay|staying|leave|leaving)[a-z-]+ ){1,3})out of"
        r" (?=(?:the|a|my|your|that) (?!way|reach|sight|blue|question)[a-z]+(?: [a-z]+)?[ .!?]*$)",
        r"\1 \2from ",
    ),
    (_SEEN_AND_TAKEN, r"\2 \1"),
    (
        rf"\b(the|a|my|that|{_COLOUR}) die(?= (?:next|on|in|at|by|behind|beside|near)\b|[ .!?]*$)",
        r"\1 dice",
    ),
    (r"\b(lid|cap|cover) off (?:of )?(?=(?:the|my|your|that) [a-z]+)", r"\1 of "),
    (rf"\bby (?=(?:{_PART})[ .!?]*$)", "by the "),
    (rf"\bone of (?:its|the) (?=(?:{_PART})[ .!?]*$)", "its "),
    (r"\b(that|it|which|who)(?:'s| has) got\b", r"\1 has"),
    (r"\b(drink|eat|sip) (?:it )?out of(?=[ .!?]*$)", r"\1 from"),
    (r"\bcan'?t\b|\bcannot\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"\bshan't\b", "shall not"),
    (r"\bain't\b", "is not"),
    (r"\b(do|does|did|must|should|is|are|was|could|would)n'?t\b", r"\1 not"),
    (r"n't\b", " not"),
    (r"\bdo'nt\b|\bdont\b", "do not"),
    (r"\bne?ve?r\b|\bneevr\b", "never"),
    (r"\b(i|you|he|she|we|they|it|that|who)'d\b", r"\1 would"),
    (r"\b(i|you|he|she|we|they|it|that|there|what)'ll\b", r"\1 will"),
    (r"\b(i|you|we|they)'ve\b", r"\1 have"),
    (r"\bi'm\b", "i am"),
    (r"\b(there|he|she|who|here|how)'s\b", r"\1 is"),
    (r"\bit's\b", "it is"),
    (r"\bthat's\b", "that is"),
    (r"\bwhat's\b", "what is"),
    (r"\bwhere's\b", "where is"),
    (r"\blet's\b", "let us"),
    (r"\b(they|you|we)'re\b", r"\1 are"),
    (r"\boff[- ]limits\b", "forbidden"),
    (r"\bover (?:my|your|his|her|our) dead (?:body|bodies)\b", "never"),
    (r"\b(?:whether (?:you|they|i) )?(?:like|believe|want) it or not\b,?|\bready or not\b,?", " "),
    (r"\b(?:unless i am (?:very much )?mistaken|if i am not mistaken),?(?: that is)?\b", " "),
    (r"\bif (?:nothing else (?:works|helps)|all else fails|you are (?:not sure|unsure))\b,?", " "),
    (r"\b(?:no sooner said than done|take it easy)\b:?", " "),
    (r"\b(i|we) (?:just|only|really|simply|merely) (want|need|would like)\b", r"\1 \2"),
    (r"\b(?:never mind|(?<!not )forget)(?: about)? (?=(?:the|my|that|this|its|your)\b)", "ignore "),
    (
        r"\b(?:whatever (?:you do|happens)|for (?:heaven|god|goodness|pity)'?s? sake"
        r"|at all costs?)\b,?",
        " ",
    ),
    (rf"\b(must|may|should|shall|will|is|are) (?:to )?{NEVER}", r"\1 not"),
    (NEVER, "do not"),
    (
        r"^you (?:could|would|will|can) not (?:possibly |happen to |by any chance |be able to )*"
        r"((?:pass|hand|give|bring|fetch|get|reach|lend) .+?),? (?:could|would|will|can) you\b",
        r"could you \1",
    ),
    (r"\blast( [a-z]+)? but one\b", r"second to last\1"),
    (r"\blast( [a-z]+)? but two\b", r"third to last\1"),
    (r"\b([a-z]+est)( [a-z]+)? but one\b", r"second \1\2"),
    (r"\bback off\b", "keep off"),
    (r" [&+] ", " and "),
    (r"\b(?:what|any|some)(?:ever|thing) (?:that )?you (?:like|want|please|prefer)\b", "anything"),
    (
        r"\b(?:nothing|no (?:other )?(?:thing|object|item|one)s?|none)(?: else| other)?"
        r" (?:than|but|except(?: for)?|besides|apart from|save(?: for)?)\b",
        "only",
    ),
    (
        r"\b(?:no|nothing) (?:more|less)(?: (?:and|or|nor) (?:no|nothing) (?:less|more))? than\b",
        "only",
    ),
    (r"\bno one\b(?! of)", "nobody"),
    (rf"\bnon-({'|'.join(_WORDS.colours)}) ([a-z-]+)", r"\2 that is not \1"),
    (
        r"\b(any(?:thing|where|one)?(?: [a-z]+)?|everything|something|whatever|all) but\b",
        r"\1 except",
    ),
    (r"^((?:[a-z]+ ){0,4}?(?:hand|pass|bring|give|fetch) )over (?=(?:the|a|an|my|that)\b)", r"\1"),
    (r"\b((?:hand|pass|bring|give|fetch) (?:[a-z-]+ ){1,8}?)over(?=[ .!?]*$)", r"\1"),
    (
        r"\b(?:way |right |just )?over (?:(?:there|here) )?"
        r"(?=(?:on|at|in|by|near|next to|to) (?:the|your|my)\b)",
        "",
    ),
    (
        r"[.,;!] ?no,? (?=i am (?:not (?:joking|kidding)|serious)|really\b|seriously\b|honestly\b)",
        ", ",
    ),
)
_MARKS = re.compile("([,;:.!?()\u2013\u2014]+|\\s-\\s|\\s--\\s|\\s\u2026)")
_FURTHER = re.compile(
    r"\b(?:(?<!anything )(?<!everything )(?<!nothing )(?<!all )(?<!something )(?<!whatever )"
    r"(?<!any )but|however|though|although|while|whilst|whereas|because|since|as long as|so that"
    r"|provided that|and (?=do not|never|not|no|leave|keep|avoid|stay|mind|be careful|make sure"
    r"|ignore|spare|without|please do not|watch|beware|hands|then|put|place|pour|drop|throw|move"
    r"|turn|open|shake|tell|show|count|push|insert|take|hold|use|grip|grasp|grab|lift|try|skip|let|give"
    r"|pick|pass|respect)"
    r"|otherwise (?=(?:i|we|it|he|she|they|people)\b)"
    r"|so (?=(?:please |just |now |then |you can |you (?!can\b)|(?:can|could|will|would) you "
    r"|go ahead and )*"
    r"(?:take|grab|grasp|get|pick|lift|hold|fetch|bring|hand|pass|give|do not|never|leave|keep"
    r"|avoid|i want|i need))|(?<!one )(?<!whether )or (?=do not|else|not)"
    r"|as (?=(?:i|we) (?:can|am|are|do|have|could)\b|my\b|nobody\b)"
    r"|and (?=(?:i|we) (?:can|am|are|do|have|could) (?:not|no|never)\b))\b"
)

_ENGLISH = frozenset(
    ("the", "please", "its", "by", "this", "that", "with", "from", "it", "you", "what", "there")
).union(("something", "anything"))
"""Words that tell English from the languages that share `do`, `a`, `as`, `no` or `die` with it."""


_SHARED = frozenset(("a", "as", "do", "no", "die", "in", "i", "o", "al", "per", "me", "on", "den"))
"""Words of those languages that an English command may have, too."""


def written_out(command: str) -> str:
    """Return a sentence in small letters, its contractions written out."""
    text = unicodedata.normalize("NFKC", command).lower()
    text = spelt(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("`", "'"))
    for pattern, plain in _WRITTEN_OUT:
        text = re.sub(pattern, plain, text)
    return " ".join(text.split())


def why_foreign(command: str, text: str) -> str:
    """Return why a sentence is no English one; empty where it may be.

    Args:
        command: the sentence.
        text: from `written_out`.
    """
    for character in command:
        if character.isalpha() and not unicodedata.name(character, "").startswith("LATIN"):
            return "it is not written in Latin letters"
    said = {_ascii(token) for token in re.findall(r"[^\W\d_]+", text)}
    if said & _ENGLISH:
        return ""
    words = text.split()
    has_verb = bool(said & {verb.split()[0] for verb in _WORDS.verbs})
    for language, known in _WORDS.foreign.items():
        if not has_verb and len(words) in (2, 3, 4) and words[0] in known["articles"]:
            return f"it looks {language}"
        common = set(known["common"]) - (_SHARED if has_verb else set())
        is_said = len(said & common) >= 2
        if is_said or (said & set(known["verbs"]) and not has_verb):
            return f"it looks {language}"
    return ""


def _ascii(token: str) -> str:
    decomposed = unicodedata.normalize("NFKD", token)
    return "".join(character for character in decomposed if ord(character) < 128)


def clauses_of(text: str) -> list[tuple[str, bool]]:
    """Return the clauses of a written-out sentence, and whether each is put as a question."""
    pieces = _MARKS.split(text)
    found: list[tuple[str, bool]] = []
    for piece, mark in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        parts = [part.strip(" -'\"") for part in _FURTHER.split(piece)]
        for index, clause in enumerate(parts):
            if not clause:
                continue
            first, *following = clause.split()
            is_last = index == len(parts) - 1
            is_asked = ("?" in mark and is_last) or (
                first in _WORDS.question_starts and bool(following)
            )
            is_asked = (
                is_asked or re.fullmatch(r"any .+ (?:left|there|here|around)", clause) is not None
            )
            found.append((clause, is_asked and "not" not in (first, *following[:1])))
    return found
