"""Statements that come to a command: "what I need is the mug", "you see that mug? I want it"."""

from __future__ import annotations

import re

_NAMED = (
    r"(?:(?:a|an|such a) (?:nice|lovely|good|great|pretty|beautiful|fine) |(?=(?:the|a|an|that|this|my|your|our) ))"
    r"(?P<thing>[a-z0-9' -]+?)"
)
_LIKING = r"(?:want|need|would like|would love|require|mean|meant|am after|am looking for|desire|asked for|choose)"
_ONLY = r"(?:only|just|really|actually|simply|still|even|already|once|also|all)"

_ASKING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NAMED} would be (?:lovely|great|nice|good|perfect|fine|ideal|useful|handy|helpful|appreciated|wonderful)"
        r"(?: to have)?",
        rf"{_NAMED} (?:is|was) (?:what|the (?:one|thing)) (?:that )?i (?:{_ONLY} )*{_LIKING}",
        rf"{_NAMED} (?:is|will be) (?:my|your|the) (?:choice|pick|target|goal|next target|object)",
        rf"{_NAMED} (?:is )?(?:needed|wanted|required)",
        rf"{_NAMED} it is",
        rf"(?:what|all|the (?:one|thing|object|only thing))(?: that)? i (?:{_ONLY} )*{_LIKING}"
        rf"(?: now| today| most| here)? is {_NAMED}",
        rf"(?:my|your|the) (?:choice|pick|target|goal|wish|object|next (?:target|task|object)|order) (?:now )?(?:is|would be) {_NAMED}",
        rf"it is {_NAMED} (?:that |which )?i (?:{_ONLY} )*{_LIKING}",
        rf"(?:i|we) (?:could|can) (?:really )?(?:use|do with) {_NAMED}",
        rf"(?:get|close|put|place|wrap|lay) (?:your|the) (?:gripper|fingers|hand|jaws) (?:around|on|onto|round) {_NAMED}"
        r"(?: and (?:lift|raise|pick|hold)(?: it)?(?: up)?)?",
    )
)
"""How something is asked for without a verb of taking."""

_WHILE = r"(?:all (?:day|morning|evening|week)|for (?:hours|ages|days|a while|so long)|everywhere)"
_WHEN = (
    r"(?:the other (?:day|night|week|morning|evening|time)|yesterday|last (?:week|night|time|month|year)"
    r"|this morning|earlier(?: today| on)?|(?:a (?:minute|moment|second|while|week)|two days|some time) ago|just now|before"
    r"|a few (?:minutes|days|weeks) ago|today|now|again|somewhere|there|here|on the (?:table|desk|bench)"
    r"|over there|in front of (?:you|me)|in (?:view|the picture|my kitchen|a shop)|yet|so far|at all|either|in ages"
    rf"|much|very much|from here|myself|on my own|in the way|lying (?:there|around)|any longer|of yours|{_WHILE})"
)
_ABOUT = re.compile(
    rf"(?:well |look |so |and |but |as |since |because |{_WHEN} )*(?:"
    r"there(?: really)? (?:is|are|was|should be|must be|might be|seems to be|lies)"
    r"|(?:is|are)(?: not)? (?:that|this|there|it)"
    r"|(?:i|we|you)(?: (?:can|could|may|might|should|will|just|already|clearly|probably|even|surely|have|finally|once))*"
    r" (?:see|saw|seen|spot|spotted|find|found|dropped|left|lost|put(?: down)?|placed|bought|noticed|forgot"
    r"|remember|recognise|recognize|know|been (?:looking|searching|hunting) for|look(?:ed)? for|sold|made|brought|picked up"
    r"|lifted|grasped|grabbed|held|took|taken|handed me|passed me|gave me)"
    r"|i have been (?:looking|searching|hunting) for|(?:i|we) (?:am|are) (?:looking|searching) for"
    r"|(?:i|we) (?:can|could) not(?: quite| even| seem to| possibly| really)*"
    r" (?:reach|find|get at|get to|get|lift|carry|fetch|bend down to|see|stop thinking (?:of|about)|do without|live without|work without"
    r"|manage without|wait for|grab|grasp|hold|pick up|take|get hold of)"
    r"|(?:i|we) (?:do|did) not(?: quite| even| seem to| possibly| really| often| usually)* (?:see|find|know|remember|recall|like|mind|own)"
    r"|(?:i|we) (?:have not got|have no|do not have|do not own|have never had|am out of|have run out of|lack)"
    r"|(?:and |please )*do not forget(?: about)?"
    r"|(?:nobody|no one|none of us)(?: else)? (?:is using|uses|used|has used|needs|wants|wanted|likes|liked|misses|will miss|claims|owns|asked for|cares about)"
    r"|(?:i|we) (?:have )?never(?: really| quite)? (?:liked|used|owned|saw|seen|noticed|dropped|lost|understood|cleaned)"
    r"|you (?:have|did) not (?:touch(?:ed)?|take|taken|move|moved|use|used|lift|lifted|see|seen|grasp|grasped|grab|grabbed|try|tried|pick|picked|find|found)"
    rf") {_NAMED}(?: {_WHEN})*"
)
"""What only speaks of a thing; "it" may be meant by that."""


_IS_NOT = re.compile(rf"{_NAMED} (?:is|was|looks|does|can) not\b")


def asked_for(clause: str) -> str:
    """Return the thing that a statement asks for; empty where it is no such statement.

    Args:
        clause: in lower case, contractions written out.
    """
    told = next((found for form in _ASKING if (found := form.fullmatch(clause))), None)
    return told["thing"] if told else ""


def spoken_of(clause: str) -> str:
    """Return the thing that a clause speaks of without asking for it; empty where none.

    Args:
        clause: in lower case, contractions written out.
    """
    told = _ABOUT.fullmatch(clause)
    return told["thing"] if told else ""


def said_not_to_be(clause: str) -> str:
    """Return the thing that a clause says to be not hot or the like; empty where none.

    Args:
        clause: that is known to be harmless, in lower case, contractions written out.
    """
    told = _IS_NOT.match(clause)
    return told["thing"] if told else ""
