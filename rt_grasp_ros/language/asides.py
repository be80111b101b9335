"""What is said beside a command and changes nothing of it: "no hurry", "I can't reach that far".

The list is the positive one: of clauses and turns with a word that may forbid something, those are
harmless that are known to be. Any other has to be explained by a rule of `exclusions.py`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml

from .name_words import stray_word
from .request_words import load_request_words

_WORDS = load_request_words()


@cache
def _lists() -> dict[str, str]:
    """Return each list of `asides.yaml` as alternatives of a pattern, the longest first."""
    text = resources.files(__package__).joinpath("asides.yaml").read_text(encoding="utf-8")
    return {
        name: "|".join(sorted(map(re.escape, phrases), key=len, reverse=True)).replace(r"\ ", " ")
        for name, phrases in yaml.safe_load(text).items()
    }


_MANNER, _MEANWHILE = _lists()["manner"], _lists()["meanwhile"]
_NOT_TO_DO = rf"(?:{_lists()['not_to_do']})(?: (?:{_lists()['not_to_do_ends']}))*"
_UNTRUE = rf"(?:{_lists()['untrue']})"
_STATES = "|".join(sorted(_WORDS.states, key=len, reverse=True))
_CLAUSE_ENDS = r"(?=$| and\b| but\b| to\b)"
_SLIGHTEST = r"(?:any|a|an|the|further|more|single|slightest|least|much|single|other|so much as)"
_BACK_TO_IT = r"(?: (?:it|them|anything|anyone|me|us|first|twice|about it|over|up|down|of it|too))*"

_WITHIN = re.compile(
    rf"\bwithout (?:{_SLIGHTEST} )*(?:{_MANNER})(?: (?:or|and) (?:{_MANNER}))?"
    rf"(?: (?:at all|whatsoever|of any kind|about it|please))*{_CLAUSE_ENDS}"
    rf"|\bwithout (?:even |ever |first )*(?:{_MEANWHILE}){_BACK_TO_IT}{_CLAUSE_ENDS}"
    r"|\bnot (?:too|so|very|that|overly|particularly) (?:fast|quick|quickly|hard|tight|tightly|slow"
    r"|slowly|high|rough|roughly|far|heavy|big|small|much|long|late|soon|firmly|gently|loud|bad)"
    rf"(?: please| though)*{_CLAUSE_ENDS}"
    rf"|\bdo not (?:you )?(?:just |even |ever |please |simply |go and )*{_NOT_TO_DO}{_CLAUSE_ENDS}"
    r"|\bdo not (?:hesitate|forget|fail|fear|bother asking but|wait) to\b"
    rf"|\b(?:with|at) no (?:{_MANNER}){_CLAUSE_ENDS}"
    r"|\bno (?:matter (?:what|how|where|who|why)(?: (?:it|that|you|they|he|she|happens|comes"
    r"|others|say|says|said|think|takes|costs|looks|weighs|is|heavy|the|cost|price|long))*"
    r"|later than now|longer than needed)\b"
    r"|\b(?:not (?:only|just|merely)(?: (?:that|because i asked))?|not that it matters"
    r"|not that i (?:need|want|care|mind|like|know)[a-z ]*|not (?:a|the) (?:problem|big deal|hurry)"
    r"|not to (?:mention|be rude|be difficult|be fussy|worry|hurry you)|if not sooner|why not"
    r"|not yesterday|not (?:later|tomorrow|next week|next year)|not (?:least|for nothing)"
    r"|like it or not|believe it or not|ready or not|or not at all|now or never|more or less"
    r"|last but not least|as often as not|if (?:it|that) is not [a-z ]*|is it not|will you not"
    r"|would you not|can you not|could you not|if i am not mistaken|unless i am mistaken"
    r"|if you do not mind|if you would not mind|if nothing else|if no one minds"
    r"|if nobody minds|in no time(?: at all)?|by the way|all things considered)"
    rf"{_CLAUSE_ENDS}"
    r"|\bnothing but\b|\bin no time\b|\bkeep (?:going|calm|hold of it|it)$|\bhold (?:it )?tight\b"
    r"|\b(?:lid|cap|lights?) off\b|\bcome off\b|\b(?:off|from) there$"
    r"|\b(?:off|from|out of) (?:the|my|our|this|that) (?:table|desk|floor|bench|counter|box|shelf|tray"
    r"|workbench|tabletop|mat|surface|pile|heap|mess|group|row|bunch|drawer)$"
    r"|\b(?:made )?out of (?:wood|metal|plastic|glass|steel|paper|rubber|wool|stone|clay|tin)\b"
    r"|\b(?:despite|in spite of|regardless of|notwithstanding|never mind|ignore|ignoring) (?:all )?(?:the|this|that|my|your) (?:mess|noise|clutter|chaos"
    r"|weather|rain|rush|hour|dust|dirt|dark|smell|price|cost|rest|others?|crowd|traffic|look of it|risk|cold|heat|sound)\b"
    r"|\bif (?:it|that) is free\b|\bbe careful$|\b(?:with|take|great|all|due) care$|\bcareful$"
)
"""Turns within a clause."""

_LACKING = re.compile(
    r"\b(?:that|which) (?:is|are|does|do|has|have|had|was|comes? with) (?:not|no)"
    r"(?:(?<=has not)(?: (?:a|an|any))?|(?<=have not)(?: (?:a|an|any))?| have(?: (?:a|an|any))?)? (?P<stated>(?!for\b|to\b|the\b|an?\b|any\b|my\b|your\b|its\b|their\b)"
    r"[a-z-]+(?: [a-z-]+)?)$"
    r"|(?<=[a-z] )with no (?!(?:contact|touch|fingers?|hands?|part|pressure|force)\b)(?P<bare>[a-z-]+(?: in it| on it| at all)?)$"
    r"|(?<=[a-z] )without (?:a |an |any |its |the |their )?(?P<thing>[a-z-]+)"
    r"(?: in it| on it| at all| inside)?$"
    r"|\b(?:that|which) (?:nobody|no one) (?:uses|wants|needs|likes|is using|owns|claims)$"
)
"""Said of the thing itself, to tell it from its like."""

_TOUCHING = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|one|ones|here|anything|something|everything"
    r"|whatever|you|your|yours|fingers?|hands?|gripper|claws?|jaws|paws|must|should|shall|may|ought"
    r"|let|leave|leaves|keep|keeps|stay|stays|remain|remains|belongs?|touch\w*|grab\w*|grasp\w*|grip\w*"
    r"|hold\w*|lift\w*|pick\w*|squeez\w*|press\w*|pinch\w*|mov\w+|forbid\w*|forbad\w*|prohibit\w*|allow\w*|permit\w*"
    r"|refus\w*|avoid\w*|prefer\w*|rather|hate|hates|dislike\w*|want\w*|wish\w*|insist\w*|promis\w*|warn\w*|danger\w*"
    r"|mind|stop|wait|joking|kidding|mistaken?|wrong|changed|scream|angry|until|unless|except|only"
    r"|first|take|takes|taking|took|if|when|not|never|no|nothing|nobody|none|without|but|off|away)\b"
)
"""Words of a clause that may be about what is touched, or about whether anything is."""

_OWN = re.compile(
    r"(?:and |but |so |well |look |since |because |as |anyway )*(?:"
    r"(?:i|we) (?:am|are|was|were|got|feel|have|had|need to|have to|want to|would like to|am about to"
    r"|am going to|will|should have)\b.*"
    r"|(?:my|our) (?:hands|arms|fingers|eyes|legs|back|feet|guests?|friends?|boss|wife|husband|kids?"
    r"|children|mother|tea|coffee|soup|lunch|dinner|breakfast|break|shift|turn|time) .*"
    r"|(?:it is|it has been|it was|it gets) (?:getting |been |a |an )?(?:dark|late|cold|warm|hot in here|early|time|monday"
    r"|tuesday|wednesday|thursday|friday|saturday|sunday|lunch|dinner|tea|raining|long|nice|lovely|busy)\b.*"
    r"|(?:it is )?(?:high )?time (?:to|for) .*"
    r"|(?:lunch|dinner|breakfast|tea|coffee|time|the time|work|today|everything|life|supper) (?:is|was|has|will)\b.*)"
)
"""What is told of oneself and the day."""

_WISHES_WITH_VERB = re.compile(
    r"\b(?:want|would like|would love|need) to (?:have|take|grasp|hold)\b"
)

_KNOWN = re.compile(
    rf"(?:and |but |so |well |because |since |as |for |though )*(?:"
    rf"no (?:{_SLIGHTEST} )*(?:{_MANNER})(?:(?: or| and|,)? (?:no )?(?:{_MANNER}))*"
    r"(?: (?:at all|whatsoever|here|please|about it|this time|today|to ask|to be gentle|to be careful|to wait"
    r"|to hurry|to rush|to worry|to explain|to thank me|to answer))*"
    rf"|there is (?:no|not) (?:{_SLIGHTEST} )*(?:{_MANNER})(?: (?:at all|whatsoever|about it|to it|to hurry|to wait"
    r"|to ask|to be gentle|to worry|to rush|here))*"
    rf"|(?:it|that|this|they|(?:the|its|my|your) [a-z-]+(?: [a-z-]+)?) (?:is|are|was|will be|does|do|looks?|can)(?: probably| surely| really)*"
    rf" not (?:too |so |that |very |really |exactly |even |all that |at all )*(?:{_UNTRUE}|{_STATES}|bite|weigh (?:a lot|much)|hurt|matter(?: which| much| how)*)"
    r"(?: (?:at all|anyway|any more|anymore|you know|for you|to ask|after all))*"
    r"|it (?:is|was|will be|lies|sits|stands|should be) (?:right |just |only |over |still )*(?:there|here|in front of you|on the table|easy|light"
    r"|a light one|urgent|important|yours|for (?:you|me|dinner|lunch|us)|my turn|your turn|what i (?:want|need)|safe|close by|nearby)"
    r"|(?:nobody|no one|none of us)(?: else)? (?:is (?:watching|looking|using it|here)|wants it|needs it|uses it|will miss it|minds"
    r"|will mind|would mind|will know|knows|cares|has used it|will notice|is going to mind|asked (?:you|me))(?: (?:anyway|any more|today))*"
    r"|you (?:can|could|will|would) not (?:possibly )?(?:miss it|regret it|break it|be sorry|hurt it|go wrong)"
    r"|you (?:do not|need not|will not|would not)(?: (?:have|need) to)? (?:be (?:so |too )?(?:gentle|careful|shy|polite)|ask|hurry|rush|worry|wait"
    r"|thank me|answer|say anything|explain)(?: (?:about it|me|at all|first|why))*"
    r"|(?:i|we) (?:do not|did not|could not|can not|would not)(?: really| even| honestly| quite| exactly)*"
    r" (?:care|know|mind|remember|recall|ask (?:for )?much|have (?:all day|much time|time|forever|a clue|any idea"
    r"|the time|the strength)|believe (?:it|this)|see why not|reach(?: it| that far)?|bend down|get up|move|stand up|find it|see it|lift it|carry it|be bothered|wait"
    r"|want to (?:wait|be late|rush you|hurry you|bother you|be rude|sound rude|argue|ask twice|starve|be a bother))"
    r"(?: (?:how|why|which|where|what|much|well|if|whether|any longer|any more|anymore|all|day|it is called|it looks|you do it|you do that|at all"
    r"|myself|alone|anyone|else|about anything|from here|today|right|now|very|it takes|of its name|its name|for it|more))*"
    r"|(?:i|we) have (?:not|no|never)(?: got)?(?: (?:all day|much time|time|forever|long|idea|a clue|any idea|the time|the strength|patience|slept|eaten"
    r"|had (?:breakfast|lunch|dinner|coffee|my tea|my coffee|a coffee)|been (?:so )?(?:hungry|thirsty|happier|more serious|more certain)|the patience"
    r"|much patience|free hand|hand free|a hand free|hands free|arms|words|objection|objections|doubt|preference|other wish|other wishes|further wishes|more to say|choice|other choice))"
    r"(?: (?:what|how|why|it|is|called|yet|today|to|wait|lose|waste|for|that|this|games|all|week|left|about|at))*"
    r"|(?:i|we) (?:am|are) not (?:sure|certain|kidding|joking|picky|fussy|in a (?:rush|hurry)|afraid|asking (?:much|twice|again)|getting any younger|strong enough|tall enough|able to"
    r"|made of time|angry|cross)(?: (?:why|how|what|whether|it|will|fit|works|is|called|reach|that|far|to|lift))*"
    r"|not (?:now and not later but now|that (?:it matters|i (?:need|want|care|mind|know)[a-z ]*|you asked)"
    r"|a (?:moment|second|minute) (?:to (?:lose|waste|spare)|too (?:soon|late))|to be (?:rude|difficult|fussy|impolite)"
    r"|to hurry you|only that|bad|quite|yet|to worry|much|surprisingly)"
    r"|never (?:mind|fear|better|say never|too late|you mind)(?: (?:me|the (?:mess|noise|weather|time|rest|dust)|what i (?:said|asked|told you)(?: (?:before|earlier))?|that|all that|about that))*"
    r"|better late than never|it is now or never|it is never too late|you never know|why not|nothing (?:fancy|special|more|else|less|to it|personal"
    r"|to worry about|to fear|to be afraid of|complicated|difficult|much|simpler|easier|new|could be (?:simpler|easier))(?: (?:and|or) nothing (?:less|more|else))*"
    r"|(?:neither|no) more (?:and|nor|or) no? ?less|no ifs(?: and)? (?:no )?buts|nothing ventured"
    r"|that is (?:all|it|an order|right|the one|what i (?:want|need)|everything|settled|fine)(?: (?:i (?:ask|need|want)|for now|please))*"
    r"|before (?:it|i|we|they|dinner|lunch|someone|somebody)(?: .*)?"
    r"|take (?:no|your) (?:notice of (?:me|the noise|the mess)|time)"
    r"|(?:just |only )*(?:kidding|a moment|a second)"
    r"|(?:your|the|next) (?:job|task|mission|order|turn)(?: is simple| is easy| now| today)*|(?:task|job|order|mission|next up|next one|target|goal|command|request)"
    r"|[a-z]+ time|once more|first things first|as (?:always|usual|before|agreed|promised|i said|you know|ever)|to be (?:honest|clear|brief|precise|fair|frank)"
    r"|(?:in )?(?:short|brief|fact|any case|any event|other words|the meantime|a word|the end)|on the other hand|one way or (?:the other|another)|somehow or other"
    r"|some way or (?:other|another)|among other things|sooner or later|for (?:a change|once|the love of [a-z]+|heaven's sake|goodness sake|pity's sake|starters)"
    r"|(?:do|does) not matter|all the same|other than that|be my guest|be (?:nice|kind|quick|brave|bold|good|brisk)|go on|come on|hurry(?: up)?|chop chop|quick|of all things|at (?:last|long last|your convenience|your leisure)"
    r"|(?:no )?rush|just this once|as fast as (?:you can|possible)|as (?:quickly|soon|gently|carefully|firmly) as (?:you can|possible)|when(?:ever)? you (?:are ready|can|have time|like|want|get round to it|have a (?:moment|minute|second))"
    r"|if (?:you|it)(?: (?:can|could|would|will|want|like|wish|please|have (?:a (?:moment|minute|second)|time|a free hand)|are (?:free|ready|able|willing|up to it|not (?:too )?(?:busy|tired))|see it|do not mind(?: me asking)?|would not mind"
    r"|is (?:possible|there|free|convenient|no (?:trouble|bother|problem)|all the same to you|not (?:too much )?(?:trouble|to ask)|not (?:a )?(?:bother|problem|burden|trouble))|is not too (?:much(?: (?:trouble|bother|to ask))?|heavy|late|far|difficult|hard|big)))+(?: for you)?"
    r"|(?:it |this |that )?(?:does|will|would) not matter(?: (?:how|which|where|when|what|why|one|much|it|you|do|take|to|me|looks|costs|hold))*"
    r"|it is (?:unavoidable|inevitable|obvious|simple|child's play|a simple task|an easy one|time|high time|no use|what it is|very simple|really simple|now or never|all yours)"
    r"|you know(?: what| me)?|(?:the|my|your) (?:note|list|recipe|manual|boss|instructions?|doctor|book|rules?|plan|script|label|sign) (?:says?|said|reads?|tells? you|calls? for)(?: so)?"
    r"|there is (?:no one|nobody|nothing|no obstacle|no danger|no harm|no one else)(?: (?:near|around|in|you|us|me|it|the way|here|else|to fear|to see|behind|beside|next to|on the table|watching|to worry about))*"
    r"|(?:be |take )?careful not to (?:fall|trip|slip|stumble|fall over|trip over|bump your head|hurt yourself)"
    r"|except for (?:the|my|this|that) [a-z]+ (?:it|that|everything|all) is (?:fine|good|ok|okay|perfect|great)"
    r"|not (?:long|far)(?: now| to go)*|not every(?:body|one) likes [a-z]+|(?:i|we) do|i would if i could|no pain no gain|nothing gained"
    r"|(?:i|we) do not (?:mind|care)(?: (?:how|where|which|what|when|if|whether|you|hold|grab|take|grip|pick|lift|get|do|go|it|them|that|up|one|side|about it|way|end))*"
    r"|other people (?:are waiting|want to work|wait|have left).*"
    r")(?: please| now| then| either| though| though please| today| anyway| again| and| so| thanks| ok| okay)*"
)
"""Whole clauses."""


def without_asides(clause: str) -> tuple[str, str]:
    """Return a clause without the turns in it that forbid nothing, and those turns.

    Args:
        clause: in lower case, contractions written out.
    """
    said = []
    while found := _WITHIN.search(clause) or _lacking(clause):
        said.append(found.group())
        clause = _joined(clause[: found.start()], clause[found.end() :])
    return clause, " ".join(said)


def is_aside(clause: str, *, is_before: bool) -> bool:
    """Whether a whole clause changes nothing of a command.

    What is told of oneself is of no consequence before a command, whereas behind one it may take
    it back: "I was joking".

    Args:
        clause: in lower case, contractions written out.
        is_before: whether the command is still to come.
    """
    if _KNOWN.fullmatch(clause):
        return True
    if not _OWN.fullmatch(clause) or _WISHES_WITH_VERB.search(clause):
        return False
    is_brief = len(clause.split()) <= 4 and re.match(r"(?:my|our|i am|we are) ", clause)
    about = re.sub(r"\b(?:my|our) [a-z]+\b|\bi have to\b", " ", clause)
    if _TOUCHING.search(about) or any(word in _WORDS.parts for word in about.split()):
        return False
    return bool(is_before or is_brief)


def _lacking(clause: str) -> re.Match[str] | None:
    """Return where a clause says what the thing does not have or is not."""
    found = _LACKING.search(clause)
    if found is None:
        return None
    stated = found["stated"] or found["bare"] or found["thing"] or ""
    bare = re.sub(r" (?:in it|on it|at all|inside)$", "", stated)
    is_state = bare.split()[-1:] and bare.split()[-1] in _WORDS.states
    return found if is_state or not stray_word(bare.split()[-1] if bare else "") else None


def _joined(before: str, after: str) -> str:
    """Return what stands around something that was taken out, without the words that led to it."""
    before = re.sub(r"\b(?:and|or|nor|but|by|at|from|with)$", "", before.strip()).strip()
    after = re.sub(r"^(?:and|or|but|then)\b", "", after.strip()).strip()
    return f"{before} {after}".strip()
