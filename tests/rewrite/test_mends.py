"""Each mender on sentences of its own: what it makes of the words in double brackets."""

from dataclasses import replace

import pytest

from apology_rules import Context, Draft, Facts, Finding, FindingSource, Options, Relation, Reviewer, Span
from apology_rules.catalogue import RULES
from apology_rules.reading import Reading
from apology_rules.rewrite import cuts
from apology_rules.rewrite.case import Case, Mend
from apology_rules.rewrite.cuts import behind, joined
from apology_rules.rewrite.doubts import drops_news
from apology_rules.rewrite.edits import Edit, applied
from apology_rules.rewrite.flaws import FLAWS
from apology_rules.rewrite.general import plain
from apology_rules.rewrite.instead import instead
from apology_rules.rewrite.mends import MENDERS, ways
from apology_rules.rewrite.named import failure_called
from apology_rules.rewrite.remains import beheaded
from apology_rules.rewrite.search import asks_needlessly
from apology_rules.rewrite.words import I_VOICE, past, voice_of, voice_of_doing
from tests.rewrite.conftest import Readings

CASES = {
    "insincere-hedging.conditional": [
        ("[[We apologise if anyone was upset by the delay]].", "We apologise for the delay."),
        ("[[I'm sorry if I embarrassed you on Friday]].", "I'm sorry that I embarrassed you on Friday."),
        ("[[If our letter distressed your family, we are sorry]].", "We are sorry for our letter."),
        ("[[I apologise for the crash if it bothered you]].", "I apologise for the crash."),
        ("[[We regret it if the smoke annoyed some guests]].", "We regret the smoke."),
        ("[[Should our advert have upset anybody, we regret it]].", "We regret our advert."),
        ("We broke the lamp. [[We are sorry if it annoyed you]].", "We broke the lamp. We are sorry."),
        ("[[I'm sorry if I sounded rude at lunch]].", "I'm sorry that I was rude at lunch."),
        ("[[The board is sorry if some took its letter badly]].", "The board is sorry for [what you did]."),
        ("[[The board is sorry if you were upset about the fee]].", "The board is sorry for the fee."),
        ("[[If I lost my temper at the fair, I am sorry]].", "I am sorry that I lost my temper at the fair."),
        ("[[We apologise if you did not get the parcel]].", "We apologise that you did not get the parcel."),
        ("[[We apologise if you had trouble with the oven]].", "We apologise for the trouble with the oven."),
        ("[[Sorry if there was any gap in your cover]].", "Sorry for the gap in your cover."),
        ("[[Sorry if I was a bit short with Pa on Monday]].", "Sorry that I was short with Pa on Monday."),
        ("[[Sorry if I was somewhat abrupt]].", "Sorry that I was abrupt."),
        ("[[You will forgive me if I was a bit rude here]].", "I am sorry that I was rude here."),
        ("[[I apologise if anybody has been kept waiting]].", "I apologise to everyone who has been kept waiting."),
        ("[[We are sorry if anyone was upset]].", "We are sorry for [what you did]."),
    ],
    "insincere-hedging.reaction": [
        ("[[I'm sorry you took it that way]]. I lost your diary.", "I'm sorry. I lost your diary."),
        ("[[We are sorry that you felt let down]].", "We are sorry for [what you did]."),
        ("[[We apologise for how the memo was perceived]].", "We apologise for the memo."),
        ("[[We are sorry that our song has ruffled feathers]].", "We are sorry for our song."),
        ("[[To all who felt let down by the menu, we are sorry]].", "We are sorry for the menu."),
        ("[[We're sorry you were upset by our letter]].", "We're sorry for our letter."),
        ("[[I was sorry to hear you found our driver abrupt]].", "I am sorry that our driver was abrupt."),
        ("[[We are sorry you found the new forms confusing]].", "We are sorry that the new forms were confusing."),
        ("[[I am sorry that you felt the insult]].", "I am sorry for the insult."),
        (
            "My remarks were about cricket. [[I'm sorry you took it so]].",
            "My remarks were about cricket. I'm sorry for my remarks.",
        ),
        ("[[I'm sorry to hear you were upset at being billed]].", "I'm sorry that you were billed."),
        ("[[We're sorry you were cross about having to queue]].", "We're sorry that you had to queue."),
        ("[[We are sorry for your disappointment with Nina's report]].", "We are sorry for Nina's report."),
        ("[[We are sorry for any wait that you may have had]].", "We are sorry for the wait."),
        ("[[I'm sorry for the wait you may have had at our desk]].", "I'm sorry for the wait you had at our desk."),
    ],
    "insincere-hedging.blurred-object": [
        ("[[We apologise for any trouble]].", "We apologise for [what you did]."),
        ("[[We apologise to all parents for any worry]].", "We apologise to all parents for [what you did]."),
        ("[[We apologise to anyone upset for any worry]].", "We apologise for [what you did]."),
        (
            "[[We are sorry for the wait and for any alarm that our siren caused]].",
            "We are sorry for the wait and for the alarm that our siren caused.",
        ),
        ("We lost your keys. [[Sorry for the inconvenience]].", "We lost your keys. Sorry for that."),
        (
            "A slight delay hit the 9.40. [[We apologise for any inconvenience]].",
            "A slight delay hit the 9.40. We apologise for the delay.",
        ),
        (
            "The power cut spoilt it. [[Sorry for any trouble]]. We rely on the grid.",
            "The power cut spoilt it. Sorry for the power cut. We rely on the grid.",
        ),
        ("[[Shame you're upset about Saturday]]. Call us.", "We are sorry about Saturday. Call us."),
        ("[[Sorry about the mix-up with the coats]].", "Sorry for what went wrong with the coats."),
        ("[[Sorry about the confusion over the late bus]].", "Sorry for the late bus."),
        ("[[Sorry about the confusion around the raffle]].", "Sorry for what went wrong with the raffle."),
        (
            "[[We apologise for the broken gate and for whatever trouble it caused]].",
            "We apologise for the broken gate.",
        ),
        ("[[We wish to express our regret]].", "We wish to express our regret for [what you did]."),
        (
            "[[We are sorry for any inconvenience this may have caused]] and thank you for waiting.",
            "We are sorry for [what you did] and thank you for waiting.",
        ),
    ],
    "insincere-hedging.blurred-victim": [
        ("[[I apologise to anybody who was hurt by my joke]].", "I apologise for my joke."),
        ("[[We are sorry to anyone offended by the poster]].", "We are sorry for the poster."),
        ("[[We are sorry that certain people were upset]].", "We are sorry for [what you did]."),
        ("[[Sorry to anyone who had to wait outside]].", "Sorry to everyone who had to wait outside."),
        (
            "[[We apologise to any pupil who feels that their essay was lost]].",
            "We apologise to every pupil whose essay was lost.",
        ),
    ],
    "insincere-hedging.doubt": [
        ("We are sorry. [[Errors may have been made in the audit]].", "We are sorry. We made errors in the audit."),
        ("I am sorry. [[This may have caused you some worry]].", "I am sorry. This caused you some worry."),
        ("I am sorry. [[It may be that the ladder broke]].", "I am sorry. The ladder broke."),
        ("I am sorry. [[Some cries might have been heard]].", "I am sorry. Some cries were heard."),
        (
            "We are sorry. Some of you have mentioned some bags in the last van [[may have been wet]].",
            "We are sorry. Some of you have mentioned some bags in the last van were wet.",
        ),
        ("I am sorry. [[It has been put to us that a bolt may have sheared]].", "I am sorry. A bolt sheared."),
        ("I am sorry. [[We have had reports suggesting that the lamps broke]].", "I am sorry. The lamps broke."),
        ("I am sorry. [[The lock may possibly be faulty]].", "I am sorry. The lock is faulty."),
        ("I am sorry. [[It has come to my notice that the boat sank]].", "I am sorry. The boat sank."),
        ("We are sorry. [[It seems that your file was lost]].", "We are sorry. Your file was lost."),
        ("We are sorry. [[Two lids are alleged to have cracked]].", "We are sorry. Two lids cracked."),
        ("We are sorry. [[Our cooks may have seemed rude]].", "We are sorry. Our cooks were rude."),
        ("We are sorry. [[Two lids are said to have been cracked]].", "We are sorry. Two lids were cracked."),
        (
            "We had letters on [[lids that are reported to have cracked]]. Sorry.",
            "We had letters on lids that cracked. Sorry.",
        ),
        (
            "We are sorry. It seems that [[a number of files may have been lost]].",
            "We are sorry. A number of files were lost.",
        ),
        (
            "We are sorry. [[Your letter seems to have fallen behind a desk]].",
            "We are sorry. Your letter fell behind a desk.",
        ),
        ("We are sorry. [[Apparently, our driver broke the gate]].", "We are sorry. Our driver broke the gate."),
        ("We are sorry. [[You may have noticed that the bill was wrong]].", "We are sorry. The bill was wrong."),
        ("We are sorry. [[As many of you may have noticed]], the bill was wrong.", "We are sorry. The bill was wrong."),
        ("I am sorry. [[Several people have mentioned that I was loud]].", "I am sorry. I was loud."),
        (
            "I am sorry. Folks, [[there seems to be some anger about the memo]].",
            "I am sorry. Folks, there is some anger about the memo.",
        ),
        (
            "To [[anybody who may have been misled]], we apologise.",
            "To everyone who was misled, we apologise.",
        ),
        (
            "We sent it twice, and [[it appears two firms might have seen two bills]].",
            "We sent it twice, and two firms saw two bills.",
        ),
        ("The heating failed. [[Some may have been cold]].", "The heating failed. Some were cold."),
    ],
    "insincere-hedging.grudging": [
        ("[[Okay, I apologise, I guess]].", "I apologise."),
        ("[[It's a pity that the choir had no seats]].", "We are sorry that the choir had no seats."),
        ("[[If it helps, I am sorry that I shouted]].", "I am sorry that I shouted."),
        ("[[Fine, sorry that I ate your lunch]].", "Sorry that I ate your lunch."),
        ("[[ok ok I'm sorry, happy now]]? I lost it.", "I'm sorry. I lost it."),
        ("[[I have been told to say sorry for the dent]].", "I am sorry for the dent."),
        ("[[We're happy to apologise to Ms Lund for the dent]].", "We apologise to Ms Lund for the dent."),
        ("[[We regret it and are prepared to apologise for the dent]].", "We regret it and apologise for the dent."),
        ("[[I suppose I'm willing to apologise for the dent]].", "I apologise for the dent."),
        ("Tess, [[fine, sorry the rug came in grey]].", "Tess, sorry the rug came in grey."),
        ("[[If it makes you happy I am ready to say sorry for the dent]].", "I am sorry for the dent."),
        ("[[I suppose I should apologise for the noise]].", "I apologise for the noise."),
        ("[[I suppose that we ought to say sorry to both, so we do]].", "We apologise to both."),
        ("[[We'd say sorry, but you saw it coming]].", "We are sorry."),
        ("[[I've been told to say sorry so sorry]].", "Sorry."),
    ],
    "blame-shifting.agent-omission": [
        ("We are sorry. [[Two invoices were sent twice]].", "We are sorry. We sent two invoices twice."),
        ("I am sorry. [[The window was left open overnight]].", "I am sorry. I left the window open overnight."),
        ("We are sorry. [[Some boxes went missing]] in March.", "We are sorry. We lost some boxes in March."),
        ("We are sorry. [[It was not checked before the sale]].", "We are sorry. We did not check it before the sale."),
        ("We are sorry. [[Your claim has been forgotten]].", "We are sorry. We have forgotten your claim."),
        ("We are sorry. In May, [[the keys were broken]].", "We are sorry. In May, we broke the keys."),
        ("We are sorry. [[An error occurred in the draw]].", "We are sorry. We made an error in the draw."),
        ("We are sorry. [[An error in the draw occurred]].", "We are sorry. We made an error in the draw."),
        ("We are sorry. [[There were two mistakes in the draw]].", "We are sorry. We made two mistakes in the draw."),
        ("I am sorry. On Friday [[some slips happened]].", "I am sorry. On Friday I made some slips."),
        (
            "Your form was signed [[but was never sent]]. We are sorry.",
            "Your form was signed but we never sent it. We are sorry.",
        ),
    ],
    "blame-shifting.victim": [
        ("We are sorry about the charge, [[but you did not read the terms]].", "We are sorry about the charge."),
        ("I am sorry. [[You should have asked me first]]. I will pay for it.", "I am sorry. I will pay for it."),
        ("We are sorry. [[Had you rung us]], it would have been fixed. Call me.", "We are sorry. Call me."),
    ],
    "blame-shifting.intent-defence": [
        ("I broke it. [[I never wanted to upset you]]. I will replace it.", "I broke it. I will replace it."),
        ("We lied to you, and [[we meant well]].", "We lied to you."),
        ("I am sorry. [[It was not my intention to hurt anyone]].", "I am sorry."),
    ],
    "blame-shifting.shared": [
        ("I'm sorry. [[We both told lies]].", "I'm sorry. I told lies."),
        ("We regret that [[there were mistakes on both sides]].", "We regret that there were mistakes on our side."),
        ("I am sorry. [[We both behaved badly]].", "I am sorry. I behaved badly."),
    ],
    "blame-shifting.scapegoat": [
        (
            "We are sorry. [[A trainee shredded your letters]].",
            "We are sorry. A trainee shredded your letters, and we should have [what you could have done differently].",
        ),
        (
            "I am sorry. [[My secretary lost the form]].",
            "I am sorry. My secretary lost the form, and I should have [what you could have done differently].",
        ),
        (
            "We apologise. [[Our new cook burned the cake]]!",
            "We apologise. Our new cook burned the cake, and we should have [what you could have done differently]!",
        ),
    ],
    "blame-shifting.third-party": [
        (
            "We are sorry. [[The printer sent us the wrong posters]].",
            "We are sorry. The printer sent us the wrong posters, and we should have [what you could have done differently].",
        ),
        (
            "I am sorry. [[The bank delayed the transfer]]",
            "I am sorry. The bank delayed the transfer, and I should have [what you could have done differently]",
        ),
        (
            "We are sorry. [[Our caterer forgot it]]. We will refund you.",
            "We are sorry. Our caterer forgot it, and we should have [what you could have done differently]. We will refund you.",
        ),
        (
            "We are sorry. [[The bank moved its server]]. Banks of that size tell nobody. You will be paid.",
            "We are sorry. The bank moved its server, and we should have [what you could have done differently]. "
            "Banks of that size tell nobody. You will be paid.",
        ),
        (
            "We are sorry. [[Our fitter missed the van]]. He has now been told. You will be paid.",
            "We are sorry. Our fitter missed the van, and we should have [what you could have done differently]. "
            "He has now been told. You will be paid.",
        ),
        (
            "We are sorry. [[Our fitter missed the van, his mate the train, and nobody rang the depot]]. He has been told. Bye.",
            "We are sorry. Our fitter missed the van, his mate the train, and nobody rang the depot, and we should have "
            "[what you could have done differently]. He has been told. Bye.",
        ),
        (
            "We are sorry. [[Our fitter missed the van, his mate the train, and nobody rang the depot]]. Bye.",
            "We are sorry. Our fitter missed the van, his mate the train, and nobody rang the depot. We should have "
            "[what you could have done differently]. Bye.",
        ),
        (
            "We are sorry. [[Our fitter missed this: the van]]. He has been told. Bye.",
            "We are sorry. Our fitter missed this: the van. He has been told. We should have "
            "[what you could have done differently]. Bye.",
        ),
        (
            "We are sorry. [[The bank lost it: two forms and a key]]. You will be paid.",
            "We are sorry. The bank lost it: two forms and a key. We should have [what you could have done differently]. "
            "You will be paid.",
        ),
        (
            "We are sorry. [[The bank rang us at 5 p.m.]]",
            "We are sorry. The bank rang us at 5 p.m., and we should have [what you could have done differently].",
        ),
    ],
    "blame-shifting.circumstance": [
        (
            "We are sorry. [[The storm delayed every van]].",
            "We are sorry. The storm delayed every van, and we should have [what you could have done differently].",
        ),
        (
            "I am sorry. [[The lift failed]]!",
            "I am sorry. The lift failed, and I should have [what you could have done differently]!",
        ),
        (
            "We apologise. [[The software deleted your photos]].",
            "We apologise. The software deleted your photos, and we should have [what you could have done differently].",
        ),
    ],
    "overlong-drama.self-focus": [
        ("I lost your ring. [[I have cried all week]]. I will find it.", "I lost your ring. I will find it."),
        ("I am sorry that I lied, and [[I cannot eat any more]].", "I am sorry that I lied."),
        (
            "Sorry, Ann.\n\n[[My nerves are in pieces]].\n\nI will call on Monday.",
            "Sorry, Ann.\n\nI will call on Monday.",
        ),
    ],
    "overlong-drama.self-vilify": [
        ("I forgot you. [[I am the worst friend alive]]. I am sorry.", "I forgot you. I am sorry."),
        ("I am sorry that I lied, and [[I am a worthless fool]].", "I am sorry that I lied."),
        ("[[I am a monster]]. I broke the vase.", "I broke the vase."),
    ],
    "overlong-drama.begging": [
        ("I am sorry. [[Please, please take me back]]. I was late.", "I am sorry. Please take me back. I was late."),
        ("I broke it. [[I beg you to forgive me]].", "I broke it. Please forgive me."),
        ("I broke it. [[We beg you to let us explain]].", "I broke it. Please let us explain."),
        ("[[I implore you to write. Please please ring]].", "Please write. Please ring."),
        (
            "I am sorry that I shouted, and [[i beg you please please write to me]].",
            "I am sorry that I shouted, and please write to me.",
        ),
        ("I am sorry that I shouted, and [[I am begging for mercy]].", "I am sorry that I shouted."),
    ],
    "overlong-drama.hyperbole": [
        ("I was late. [[My world has ended]]. I am sorry.", "I was late. I am sorry."),
        ("I am sorry that I forgot, and [[I will regret it until I die]].", "I am sorry that I forgot."),
        ("[[No crime was ever so vile]]. I broke your cup.", "I broke your cup."),
    ],
    "overlong-drama.stacking": [
        ("[[I am so deeply, truly, terribly sorry]] that I was late.", "I am sorry that I was late."),
        ("I was late. [[We are heartbroken, ashamed and mortified]]. Sorry.", "I was late. Sorry."),
        ("[[We are very, very sorry]] for the delay.", "We are sorry for the delay."),
    ],
    "overlong-drama.rehash": [
        ("I am sorry I was late. [[I am so sorry]]. I will be on time.", "I am sorry I was late. I will be on time."),
        ("We broke it.\n\n[[Again, we apologise]].\n\nAnn", "We broke it.\n\nAnn"),
        ("Sorry. Sorry, sorry. [[And again, sorry]]. I broke the urn.", "Sorry. I broke the urn."),
        ("I lost it. I will pay on Friday, and [[I am sorry again]].", "I lost it. I will pay on Friday."),
    ],
    "minimising.trivialise": [
        ("We are sorry. [[It was just a typing error]].", "We are sorry. It was a typing error."),
        (
            "We are sorry. [[The dose was just a fraction above the limit]].",
            "We are sorry. The dose was above the limit.",
        ),
        ("We are sorry. [[There was a slight error in the bill]].", "We are sorry. There was an error in the bill."),
        ("We are sorry. [[Just a small slip on our side]].", "We are sorry. A slip on our side."),
        ("I am sorry. [[It is no big deal]]. I will pay.", "I am sorry. I will pay."),
        ("I broke it. [[Good job it was only the old one]]. I will pay.", "I broke it. I will pay."),
    ],
    "minimising.downscale": [
        ("We are sorry. [[Only 12 guests were ill]].", "We are sorry. 12 guests were ill."),
        ("We are sorry. [[No more than sixty guests fell ill]].", "We are sorry. [How many] guests fell ill."),
        ("We are sorry. [[A tiny number of parcels were lost]].", "We are sorry. [How many] parcels were lost."),
        ("We are sorry. [[A small share (3%) of the seeds was mouldy]].", "We are sorry. 3% of the seeds was mouldy."),
        (
            "We apologise for the fault, [[which hit just 4% of users]].",
            "We apologise for the fault, which hit 4% of users.",
        ),
        ("We are sorry. [[This only hit a handful of readers]].", "We are sorry. This hit [how many] readers."),
        ("We are sorry. [[Only a handful of you were billed]].", "We are sorry. [How many] of you were billed."),
    ],
    "minimising.normalise": [
        ("We are sorry. [[Every airline loses bags]]. We will pay.", "We are sorry. We will pay."),
        ("We lost it, and [[such mishaps occur everywhere]].", "We lost it."),
        ("I am sorry. [[Things like this happen]].", "I am sorry."),
        ("We are sorry. [[Like many other shops, we lost your order]].", "We are sorry. We lost your order."),
    ],
    "minimising.worse-case": [
        (
            "We are sorry. [[Luckily nobody was hurt]]. We will repair the fence.",
            "We are sorry. We will repair the fence.",
        ),
        ("We lost it, but [[it could have been far worse]].", "We lost it."),
        ("I am sorry. [[At least the cat is alive]].", "I am sorry."),
    ],
    "minimising.bolster": [
        ("[[We pride ourselves on our service]]. We lost your bag.", "We lost your bag."),
        ("We failed you, and [[our team has won six prizes]].", "We failed you."),
        ("We are sorry. [[Our record is second to none]].", "We are sorry."),
    ],
    "minimising.silver-lining": [
        ("Sorry. [[The good news is that the notes have been printed]].", "Sorry. The notes have been printed."),
        ("We are sorry. [[On the bright side, you saw the sea]].", "We are sorry."),
        ("I was late, but [[we had a lovely walk]].", "I was late."),
        ("[[The good news is that the cake was nice]]. I forgot the candles.", "I forgot the candles."),
    ],
    "premature-selling": [
        ("We are sorry. [[Why not try our new app]]? Call me.", "We are sorry. Call me."),
        ("We will refund you on Friday, and [[we hope you will book again]].", "We will refund you on Friday."),
        ("We are sorry.\n\n[[Use code SAVE5 for 5% off]]!\n\nAnn", "We are sorry.\n\nAnn"),
    ],
}


def case_of(reading: Reading, rule_id: str, begin: int, end: int, readings: Readings) -> Case:
    rule = next(rule for rule in RULES if rule.id == rule_id)
    assert rule.category is not None
    finding = Finding(
        rule_id=rule_id,
        category=rule.category,
        severity=rule.severity,
        confidence=1.0,
        span=Span(begin=begin, end=end, text=reading.text[begin:end]),
        message=rule.message,
        why=rule.why,
        reference=rule.reference,
        sources=(FindingSource.GRAMMAR,),
    )
    return Case(
        reading=reading,
        finding=finding,
        begin=begin,
        end=end,
        voice=voice_of(reading),
        parse=lambda fact: readings(fact).doc,
    )


def mended(marked: str, rule_id: str, readings: Readings, context: Context | None = None) -> list[str]:
    begin = marked.index("[[")
    end = marked.index("]]") - 2
    text = marked.replace("[[", "").replace("]]", "")
    case = case_of(readings(text, context), rule_id, begin, end, readings)
    return [applied(text, mend.edits) for mend in MENDERS[rule_id](case)]


@pytest.mark.parametrize(
    ("rule_id", "marked", "expected"), [(r, *pair) for r, pairs in CASES.items() for pair in pairs]
)
def test_the_mend_is_a_sentence_that_a_person_would_write(
    rule_id: str, marked: str, expected: str, reading_of: Readings
) -> None:
    offered = mended(marked, rule_id, reading_of)
    assert offered
    assert offered[0] == expected


def test_nobody_is_asked_to_count_quarters(reading_of: Readings) -> None:
    marked = "We are sorry. [[The harm has been overstated in certain quarters]]."
    assert not any("[how many]" in text for text in mended(marked, "minimising.downscale", reading_of))


def test_whom_an_apology_names_stays(reading_of: Readings) -> None:
    marked = "We lost it. [[We apologise to Ms Baker and her son for any upset that may have come of it]]."
    offered = mended(marked, "insincere-hedging.reaction", reading_of)
    assert offered[0] == "We lost it. We apologise to Ms Baker and her son for that."


@pytest.mark.parametrize(
    "words",
    [
        "Complaints were made",
        "The cause was identified on Monday",
        "A night's sleep was lost",
        "Your train was missed",
        "The gate was stuck for an hour",
        "The lift was broken for 6 days",
    ],
)
def test_what_others_went_through_is_not_said_to_be_the_senders_doing(words: str, reading_of: Readings) -> None:
    offered = mended(f"We are sorry. [[{words}]].", "blame-shifting.agent-omission", reading_of)
    assert not [text for text in offered if text.startswith("We are sorry. We ")]


def test_an_apology_for_a_definite_thing_keeps_it(reading_of: Readings) -> None:
    for said, kept in (("We regret the wait", True), ("We regret any inconvenience", False)):
        text = f"The gate failed for an hour. {said}. It has been mended."
        begin = text.index("We regret")
        case = case_of(reading_of(text), "insincere-hedging.reaction", begin, begin + len(said), reading_of)
        offered = [applied(text, mend.edits) for mend in (*ways(case), *instead(case))]
        assert all(said in told for told in offered) is kept


def test_a_question_is_not_turned_into_a_statement(reading_of: Readings) -> None:
    marked = "We are sorry. [[Why was the trip cancelled so late]]?"
    assert not any("we cancelled" in text for text in mended(marked, "blame-shifting.agent-omission", reading_of))


def test_a_quotation_begins_with_a_capital_still(reading_of: Readings) -> None:
    marked = '"[[We have heard reports that the lamp was broken]]. We are sorry."'
    assert '"The lamp was broken. We are sorry."' in mended(marked, "insincere-hedging.doubt", reading_of)


@pytest.mark.parametrize(("told", "needless"), [("I had not locked the shed.", True), ("It rained.", False)])
def test_nobody_is_asked_for_their_part_beside_where_they_tell_it(
    told: str, needless: bool, reading_of: Readings
) -> None:
    text = (
        f"I am sorry about your bicycle. A thief took it from the shed. {told} You get mine until you have a new one."
    )
    begin = text.index("A thief")
    case = case_of(
        reading_of(text), "blame-shifting.third-party", begin, begin + len("A thief took it from the shed"), reading_of
    )
    end = case.end + 1
    edit = Edit(end, end, " I should have [what you could have done differently].")
    assert asks_needlessly(case, [edit]) is needless


def test_every_rule_over_words_has_a_mender_and_three_cases() -> None:
    over_words = {rule.id for rule in RULES if not rule.id.startswith(("missing-", "absent-"))} - {"placeholder-left"}
    assert set(MENDERS) == over_words == set(CASES) == set(FLAWS) - {"placeholder-left"}
    assert all(len(pairs) >= 3 for pairs in CASES.values())


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ("We sent the wrong size.", "We apologise that we sent the wrong size."),
        ("the wrong size", "We apologise for the wrong size."),
    ],
)
def test_a_fact_takes_the_place_of_the_nameless(fact: str, expected: str, reading_of: Readings) -> None:
    context = Context(facts=Facts(what_happened=fact))
    offered = mended("[[We apologise for any inconvenience]].", "insincere-hedging.blurred-object", reading_of, context)
    assert offered[0] == expected


def test_what_critics_say_in_their_own_words_is_not_admitted_in_them(reading_of: Readings) -> None:
    text = 'It has been said that we "burned the fair down". I am sorry.'
    case = case_of(reading_of(text), "insincere-hedging.doubt", 0, 47, reading_of)
    assert not [mend for mend in MENDERS[case.finding.rule_id](case) if applied(text, mend.edits).startswith("We")]


def test_an_act_that_the_trained_reader_sees_is_told_with_its_doer(reviewer: Reviewer) -> None:
    text = (
        'Corrigendum. In Table 2 the columns for "control" and "treated" were transposed. The correct table is printed '
        "below. The authors apologise for any inconvenience."
    )
    review = reviewer.review(Draft(text=text), options=Options(include_rewrite=True))
    new = [edit.new_text for f in review.findings if f.span for s in f.suggestions for edit in s.edits]
    assert 'we transposed the columns for "control" and "treated"' in new
    assert "[what you did]" not in " ".join(new)


def test_an_apology_goes_to_those_it_went_to_without_what_they_felt(reading_of: Readings) -> None:
    marked = "We lost heat 3. [[We apologise to the swimmers and coaches who may have been upset]]."
    assert mended(marked, "insincere-hedging.doubt", reading_of)[0] == (
        "We lost heat 3. We apologise to the swimmers and coaches."
    )


def test_no_plain_apology_takes_the_place_of_what_only_those_words_tell(reading_of: Readings) -> None:
    text = (
        "It was a hot day at the derby. Remarks may have been shouted at the linesman from our dugout and, to the "
        "extent that they were, the club apologises."
    )
    begin = text.index("Remarks")
    case = case_of(reading_of(text), "insincere-hedging.conditional", begin, len(text) - 1, reading_of)
    offered = [applied(text, mend.edits) for mend in (*ways(case), *instead(case))]
    assert not [new for new in offered if "linesman" not in new]


@pytest.mark.parametrize(
    ("told", "acts"), [("It never fell under 14", False), ("The pool was not heated", True), ("The pool cooled", True)]
)
def test_no_part_is_asked_for_beside_what_never_came_about(told: str, acts: bool, reading_of: Readings) -> None:
    text = f"We are sorry. {told}."
    case = case_of(reading_of(text), "blame-shifting.agent-omission", 14, len(text) - 1, reading_of)
    assert case.acts is acts


def test_no_frame_is_taken_off_what_critics_say_in_their_own_words(reading_of: Readings) -> None:
    text = 'I have seen it said that we "burned the fair down". I am sorry.'
    case = case_of(reading_of(text), "insincere-hedging.doubt", 0, 49, reading_of)
    assert not [mend for mend in ways(case) if "said" not in applied(text, mend.edits)]


@pytest.mark.parametrize(
    "told",
    [
        "We take care to avoid a delay.",
        "Your mistake cost us a day.",
        "There was no delay on our side.",
        "If there was a delay, it was brief.",
        "The delay was long, and the mistake was ours.",
        "Any further delay will be told at once.",
        "The delayed parcels were many.",
    ],
)
def test_what_is_no_name_for_the_failure_is_not_apologised_for(told: str, reading_of: Readings) -> None:
    text = f"{told} We apologise for any inconvenience."
    begin = text.index("We apologise")
    case = case_of(reading_of(text), "insincere-hedging.blurred-object", begin, len(text) - 1, reading_of)
    assert failure_called(case) == ""


@pytest.mark.parametrize(("relation", "voice"), [(Relation.WORKPLACE, "I"), (Relation.CUSTOMER, "we")])
def test_among_colleagues_we_may_be_the_writer_and_the_reader(
    relation: Relation, voice: str, reading_of: Readings
) -> None:
    text = "Sam, I think we were both cross. The tent got wet. Sorry. Jo"
    assert voice_of(reading_of(text, Context(relation=relation))).subject == voice


def test_what_the_trained_reader_sees_told_is_not_asked_for(reviewer: Reviewer) -> None:
    text = "Hi Jo,\n\nI gave your chapter a demolition at the club. I'm sorry if it felt like an attack.\n\nPete"
    review = reviewer.review(Draft(text=text), options=Options(include_rewrite=True))
    assert not any("[what you did]" in e.new_text for f in review.findings for s in f.suggestions for e in s.edits)


def test_a_house_that_says_neither_i_nor_we_speaks_by_its_name(reading_of: Readings) -> None:
    voice = voice_of(reading_of("The University regrets that your name was left off. It was printed late."))
    assert voice.own_part == "The University should have [what you could have done differently]."


def test_an_apology_said_again_keeps_to_whom_and_how_it_was_said(reading_of: Readings) -> None:
    def said(words: str) -> str:
        return plain(case_of(reading_of(words), "insincere-hedging.reaction", 0, len(words), reading_of))

    assert said("We are happy to apologise to Mr Lomax for any embarrassment.") == "We apologise to Mr Lomax."
    assert said("I'm sorry it has left you feeling low.") == "I'm sorry."
    assert said("We are sorry that you feel low.") == "We are sorry."


def test_sorry_about_that_may_stand_behind_what_is_asked(reading_of: Readings) -> None:
    text = "The rack fell over. Sorry about that. It will be back."
    edit = behind(reading_of(text), 0, "Yes.", unparted=True)
    assert edit is not None
    assert edit.begin == len("The rack fell over.")


SNEER = "A few people with time on their hands turned it into a campaign against the shop"
FAIR = f"Dear all,\n\nI'm sorry about the mess at the fair on Saturday. {SNEER}. I'll be at the hall on Monday.\n\nTom"


def test_nobody_is_asked_for_a_part_in_what_is_no_cause(reviewer: Reviewer) -> None:
    review = reviewer.review(Draft(text=FAIR), options=Options(include_rewrite=True))
    sneers = [f for f in review.findings if f.span and f.span.text == SNEER]
    assert sneers
    assert not any("[" in edit.new_text for f in sneers for s in f.suggestions for edit in s.edits)


def test_nobody_is_asked_for_a_part_before_words_that_nothing_could_be_done(reading_of: Readings) -> None:
    words = "The host moved our list to a slow machine"
    for behind_it, needless in (
        ("There wasn't anything that I could do.", True),
        ("There was a test in May.", False),
    ):
        reading = reading_of(f"I am sorry. {words}. {behind_it}")
        case = case_of(reading, "blame-shifting.third-party", 12, 12 + len(words), reading_of)
        end = 13 + len(words)
        assert asks_needlessly(case, [Edit(end, end, f" {case.voice.own_part}")]) is needless


def test_what_was_on_the_news_is_no_doubt(reading_of: Readings) -> None:
    text = "It was reported on the news that we had a leak which may have begun in May."
    begin = text.index("which")
    case = case_of(reading_of(text), "insincere-hedging.doubt", begin, len(text) - 1, reading_of)
    offered = [applied(text, mend.edits) for mend in MENDERS[case.finding.rule_id](case)]
    assert offered[0] == "It was reported on the news that we had a leak which began in May."
    assert all(words.startswith("It was reported on the news that") for words in offered)


def test_no_mend_leaves_a_lead_in_alone(reading_of: Readings) -> None:
    words = "errors like it happen to the best of hauliers"
    text = f"It got let through by an oversight. We'll be honest, {words}. I am sorry."
    case = case_of(
        reading_of(text), "minimising.normalise", text.index(words), text.index(words) + len(words), reading_of
    )
    assert not any("honest. I am" in applied(text, mend.edits) for mend in ways(case))


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("We lost your keys.", "Sorry for that."),
        ("We lost your keys.\n", "Sorry."),
        ("We lost your keys. You may know the feeling.", "Sorry."),
        ("We are sorry that we lost your keys.", "Sorry."),
        ("We lost your keys. Did we lose your coat?", "Sorry."),
        ("We lost your keys. Others had no delay on Monday.", "Sorry."),
    ],
)
def test_an_apology_points_at_what_was_told_right_before_it(before: str, said: str, reading_of: Readings) -> None:
    offered = mended(f"{before} [[Sorry for the inconvenience]].", "insincere-hedging.blurred-object", reading_of)
    assert offered[0] == f"{before} {said}"


EDGES = [
    "A bit late, no big deal. We are sorry that your parcel was late.",
    "Just late. Sorry.",
    "Under ten lamps broke",
    "Sorry. The order may have been lost, apparently. Possibly",
    "It may be",
    "In",
    "Sorry",
    "We beg you to",
    "so",
    "fifty",
    "[a]",
    "?",
]


@pytest.mark.parametrize("rule_id", sorted(MENDERS))
@pytest.mark.parametrize("text", EDGES)
def test_words_at_the_edges_of_a_draft_break_nothing(rule_id: str, text: str, reading_of: Readings) -> None:
    reading = reading_of(text)
    for first in range(len(reading.doc)):
        for last in range(first, len(reading.doc)):
            end = reading.doc[last].idx + len(reading.doc[last])
            case = case_of(reading, rule_id, reading.doc[first].idx, end, reading_of)
            for mend in (*ways(case), *instead(case)):
                applied(text, mend.edits)


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        ("The host moved our list to a slow machine", False),
        ("The host left us no choice", True),
        ("The host had a test, and our clerks had no involvement in it", True),
        ("The host was not our responsibility", True),
        ("This is due to the new routes of the host", False),
        ("Hosts are slow", True),
    ],
)
def test_a_part_is_asked_for_where_there_can_be_one(words: str, needless: bool, reading_of: Readings) -> None:
    reading = reading_of(f"I am sorry. {words}. Your list is back.")
    case = case_of(reading, "blame-shifting.third-party", 12, 12 + len(words), reading_of)
    end = 13 + len(words)
    assert asks_needlessly(case, [Edit(end, end, f" {case.voice.own_part}")]) is needless


def test_no_part_is_asked_for_beside_words_that_go_as_another_flaw(reading_of: Readings) -> None:
    words = "The host moved our list to a slow machine"
    case = case_of(reading_of(f"I am sorry. {words}."), "blame-shifting.third-party", 12, 12 + len(words), reading_of)
    edit = Edit(13 + len(words), 13 + len(words), f" {case.voice.own_part}")
    assert not asks_needlessly(case, [edit])
    assert not asks_needlessly(replace(case, doomed=((case.begin, case.begin + 4),)), [edit])
    assert asks_needlessly(replace(case, doomed=((case.begin + 4, case.end),)), [edit])


def test_the_clause_that_carries_the_flaw_goes_before_the_sentence_around_it(reading_of: Readings) -> None:
    marked = "I was late. I see you sitting there alone on your birthday, and [[I want to hide in a hole]]. I am sorry."
    first = mended(marked, "overlong-drama.self-focus", reading_of)[0]
    assert first == "I was late. I see you sitting there alone on your birthday. I am sorry."


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Dear Ms Rao, I am sorry. We lost the ring.\n\nYours sincerely\nAnn Lee", "we"),
        ("Dear Ms Rao, I am sorry. Our staff lost the ring.\n\nYours sincerely\nAnn Lee", "we"),
        ("Dear Ms Rao, I am sorry. The ring was lost.\n\nYours sincerely\nAnn Lee\nAssociate Director", "we"),
        ("Dear Ms Rao, I am sorry. I lost the ring, all of us looked for it.\n\nYours sincerely\nAnn Lee", "I"),
    ],
)
def test_behind_who_signs_for_a_house_the_house_did_it(text: str, subject: str, reading_of: Readings) -> None:
    reading = reading_of(text, Context(relation=Relation.CUSTOMER))
    assert voice_of_doing(reading, I_VOICE).subject == subject
    friends = reading_of(text, Context(relation=Relation.PERSONAL))
    assert voice_of_doing(friends, I_VOICE) == I_VOICE


@pytest.mark.parametrize(
    "words",
    [
        "It finds that the tests were not done and that the risks were missed",
        "The order was lost in spite of having been sent twice",
        "The plan was not carried out at your end",
    ],
)
def test_the_sender_is_not_made_to_do_what_others_did(words: str, reading_of: Readings) -> None:
    offered = mended(f"We are sorry. [[{words}]].", "blame-shifting.agent-omission", reading_of)
    assert not any(f" we {verb}" in text for text in offered for verb in ("missed", "lost", "did not"))


def test_what_is_reported_is_not_joined_to_what_the_sender_should_have_done(reading_of: Readings) -> None:
    for words, joined_to in (("The report finds that the gate broke", False), ("The gate broke on Friday", True)):
        reading = reading_of(f"We are sorry. {words}. Ann")
        assert (joined(reading, 5, "we should have [x]") is not None) is joined_to


def test_how_many_is_asked_in_the_place_of_the_number_alone(reading_of: Readings) -> None:
    words = "a small number of pupils using the Bus app experienced cuts, which have been mended"
    asked = mended(f"[[Earlier today {words}]]. We are sorry.", "minimising.downscale", reading_of)
    assert f"Earlier today {words.replace('a small number of', '[how many]')}. We are sorry." in asked


@pytest.mark.parametrize(
    ("rule_id", "words"),
    [
        ("insincere-hedging.conditional", "I'm sorry if the branch took it personally"),
        ("insincere-hedging.reaction", "I'm sorry that the branch took it personally"),
    ],
)
def test_whoever_takes_it_badly_is_not_what_the_apology_is_for(rule_id: str, words: str, reading_of: Readings) -> None:
    offered = mended(f"I sent a harsh mail. [[{words}]].", rule_id, reading_of)
    assert offered
    assert not any("for the branch" in text for text in offered)


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        ("Buyers who read the guide met no trouble", True),
        ("The host closed the hall at ten. It is a shame. Nothing we could have done", True),
        ("The host closed the hall at ten. It is a shame. You get your money back", False),
    ],
)
def test_no_part_is_asked_for_where_nothing_went_wrong_or_could_be_helped(
    words: str, needless: bool, reading_of: Readings
) -> None:
    first = words.split(". ")[0]
    reading = reading_of(f"I am sorry. {words}.")
    case = case_of(reading, "blame-shifting.third-party", 12, 12 + len(first), reading_of)
    end = 13 + len(first)
    assert asks_needlessly(case, [Edit(end, end, f" {case.voice.own_part}")]) is needless


@pytest.mark.parametrize(("confidence", "needless"), [(0.45, True), (0.55, False)])
def test_no_part_is_asked_for_beside_what_may_be_no_blame(
    confidence: float, needless: bool, reading_of: Readings
) -> None:
    words = "The host moved our list to a slow machine"
    case = case_of(reading_of(f"I am sorry. {words}."), "blame-shifting.third-party", 12, 12 + len(words), reading_of)
    case = replace(case, finding=replace(case.finding, confidence=confidence))
    end = 13 + len(words)
    assert asks_needlessly(case, [Edit(end, end, f" {case.voice.own_part}")]) is needless


@pytest.mark.parametrize(
    ("participle", "told"),
    [
        ("overwritten", "overwrote"),
        ("mistaken", "mistook"),
        ("rewritten", "rewrote"),
        ("lost", "lost"),
        ("sung", "sang"),
    ],
)
def test_the_past_of_an_irregular_verb(participle: str, told: str) -> None:
    assert past(participle) == told


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        ("Some of it comes from people who have never organised anything", True),
        ("The contractor left the valve open", False),
    ],
)
def test_no_part_is_asked_for_in_what_others_are_like(words: str, needless: bool, reading_of: Readings) -> None:
    text = f"I am sorry about the race. {words}. You get your fee back."
    begin = text.index(words)
    case = case_of(reading_of(text), "blame-shifting.third-party", begin, begin + len(words), reading_of)
    edit = Edit(case.end + 1, case.end + 1, " I should have [what you could have done differently].")
    assert asks_needlessly(case, [edit]) is needless


def test_a_share_is_not_mended_by_a_question_beside_it(reading_of: Readings) -> None:
    text = "I lost your keys and I am sorry. We both let things slide. You get new ones today."
    begin = text.index("We both")
    case = case_of(
        reading_of(text), "blame-shifting.shared", begin, begin + len("We both let things slide"), reading_of
    )
    asked = Edit(case.end + 1, case.end + 1, " I should have [what you could have done differently].")
    assert asks_needlessly(case, [asked])
    assert not asks_needlessly(case, [Edit(case.begin, case.begin + len("We both"), "I")])


def test_what_was_done_about_it_outlives_what_makes_it_small(reading_of: Readings) -> None:
    text = "I am sorry. We left the bride on the jetty. She was fetched within the hour and saw the funny side."
    begin = text.index("She was")
    case = case_of(reading_of(text), "minimising.silver-lining", begin, len(text) - 1, reading_of)
    assert any(applied(text, mend.edits).endswith("She was fetched within the hour.") for mend in ways(case))


def test_no_plain_apology_takes_the_place_of_what_is_in_doubt(reading_of: Readings) -> None:
    text = "Some pupils may have been told that nothing was left. We apologise for this. Call me on 01632 960011."
    end = text.index(" Call")
    case = case_of(reading_of(text), "insincere-hedging.doubt", 0, end - 1, reading_of)
    plain = Mend(edits=(Edit(0, end, "We are sorry."),), told="")
    certain = Mend(edits=(Edit(12, 25, "were"),), told="")
    assert drops_news(case, plain)
    assert not drops_news(case, certain)


def test_a_point_of_a_list_goes_with_its_number(reading_of: Readings) -> None:
    text = (
        "Our boat was late and we are sorry. This is what we have found so far:\n\n"
        "i. The pump failed because we had not cleaned it in the spring.\n"
        "ii. We pride ourselves on the highest standards on the river.\n"
        "iii. The pump was changed on Monday."
    )
    words = "We pride ourselves on the highest standards on the river"
    begin = text.index(words)
    case = case_of(reading_of(text), "minimising.bolster", begin, begin + len(words), reading_of)
    gone = [applied(text, mend.edits) for mend in ways(case)]
    assert any("ii." not in told.replace("iii.", "") and "iii." in told for told in gone)


def test_an_apology_that_blame_is_hung_on_stays(reading_of: Readings) -> None:
    text = "We fitted the wrong pads. We are sorry for the two buses, though you gave us the wrong number."
    begin = text.index("We are")
    case = case_of(reading_of(text), "blame-shifting.victim", begin, len(text) - 1, reading_of)
    assert any(applied(text, mend.edits).endswith("We are sorry for the two buses.") for mend in ways(case))


def test_no_part_in_it_is_left_where_it_is_gone(reading_of: Readings) -> None:
    text = "The traders locked their gates. For our part in it, we apologise. We sold out by nine and told nobody."
    begin, end = 0, text.index(" For")
    assert not cuts.without(reading_of(text), begin, end)


def test_who_regrets_it_is_not_made_to_be_the_sender(reading_of: Readings) -> None:
    text = (
        "He slapped the boy. If the Commissioner's action has caused any ill feeling, he regrets it. The boy was paid."
    )
    begin = text.index("If the")
    case = case_of(reading_of(text), "insincere-hedging.conditional", begin, text.index(" The boy") - 1, reading_of)
    assert not [m for m in (*ways(case), *instead(case)) if "sorry" in applied(text, m.edits)]


def test_what_was_done_behind_half_an_apology_stays(reading_of: Readings) -> None:
    text = "The print took long. Sorry that it feels long. We have pinged them."
    case = case_of(reading_of(text), "insincere-hedging.reaction", text.index("Sorry"), len(text) - 1, reading_of)
    assert all("We have pinged them." in applied(text, mend.edits) for mend in ways(case))


@pytest.mark.parametrize(
    "words",
    [
        "I guess I should have apologised sooner",
        "I suppose I should apologise more often",
        "I suppose you think I should apologise",
        "Should I apologise, I suppose",
    ],
)
def test_only_an_apology_that_is_spoken_of_is_made(words: str, reading_of: Readings) -> None:
    offered = mended(f"I lost your keys. [[{words}]].", "insincere-hedging.grudging", reading_of)
    assert not [told for told in offered if "should" not in told.lower() and "apologise" in told]


def test_what_is_denied_in_part_is_not_denied_whole(reading_of: Readings) -> None:
    offered = mended("We are sorry. [[We may not always have been fair]].", "insincere-hedging.doubt", reading_of)
    assert not [told for told in offered if "were not fair" in told]


def test_the_lead_of_a_proviso_does_not_stand_alone(reading_of: Readings) -> None:
    text = "Insofar as we failed you, we apologise. We forgot your booking."
    case = case_of(reading_of(text), "insincere-hedging.conditional", 0, text.index(". We"), reading_of)
    cut_ = [Edit(text.index(" as we"), text.index(", we"))]
    assert beheaded(case.reading, [Edit(text.index("as we"), text.index(", we"))]) or beheaded(case.reading, cut_)
