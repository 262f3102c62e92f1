"""The words of the field, by concept. Lemmas in sets, phrases in the notation of `apology_rules.reading.phrases`.

The concepts follow the linguistic inventory of the apology literature (Blum-Kulka & Olshtain 1984; Kampf 2009; Benoit
1995). A word stands here for a meaning in a grammatical place; alone it never makes a finding.
"""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files

FIRST_PRONOUNS = frozenset("i we us me my our ours mine myself ourselves im ive weve".split())
SECOND_PRONOUNS = frozenset("you u ya ye yous y'all yall your yours yourself yourselves ur thee".split())
THIRD_PRONOUNS = frozenset("he she they him her them his hers their theirs".split())

KIN = frozenset(
    "mum mummy mom mommy mam mama dad daddy papa gran granny grandma nan nana grandpa grandad granddad auntie aunt uncle".split()
)
"""How family sign."""

OWN_UNITS = frozenset(
    "team company firm business organisation organization department office branch shop store restaurant kitchen hotel "
    "warehouse depot crew staff management board school hospital clinic surgery practice council university college club "
    "bank airline airport service support desk reception group society charity committee studio workshop salon garage "
    "site plant factory lab bakery farm agency brand side end people engineer engineers editor editors employee employees".split()
)
"""Units that are the sender's own when a first-person possessive or a bare definite article stands before them."""

HOUSES = OWN_UNITS | frozenset(
    "administration association authority cathedral church commission department directorate federation foundation government "
    "institute library magazine ministry museum newspaper orchestra palace parish party secretariat theatre tribunal trust union "
    "registry consulate embassy".split()
)
"""What speaks of itself by its name: "the Commission regrets"."""

THIRD_PARTIES = frozenset(
    "supplier courier contractor subcontractor partner vendor carrier provider manufacturer printer caterer wholesaler "
    "distributor landlord broker bank insurer processor host network operator agency consultant accountant solicitor "
    "lawyer builder plumber installer haulier postman post platform marketplace competitor hacker attacker criminal "
    "thief fraudster press media journalist reporter newspaper neighbour neighbor government authority council customs "
    "airline airport venue florist stylist mechanic fitter firm company outfit lot developer upstream regulator "
    "franchisee franchise reseller merchant".split()
)
SCAPEGOATS = frozenset(
    "temp intern trainee apprentice junior assistant newcomer starter predecessor colleague employee individual "
    "receptionist cashier driver nurse technician clerk operator agent waiter waitress barista member guy girl lad kid "
    "student volunteer secretary brother sister husband wife son daughter flatmate roommate editor manager supervisor "
    "staffer worker person chap bloke somebody someone handler porter picker packer teacher steward freelancer "
    "babysitter housemate mate cousin boyfriend girlfriend partner dad mum mom".split()
)
STRANGERS, COLLEAGUES = THIRD_PARTIES - OWN_UNITS, SCAPEGOATS - OWN_UNITS
"""Who stands outside of the sender's house, and who is one in it, whatever the word before them."""

INSIDERS = frozenset(
    "temp intern trainee apprentice junior assistant starter predecessor contractor freelancer".split()
)

CIRCUMSTANCES = frozenset(
    "weather snow storm rain flood wind fog ice heat demand volume traffic backlog shortage strike pandemic covid system "
    "algorithm software server computer autocorrect phone battery app machine printer email inbox filter network internet "
    "wifi policy regulation rule procedure protocol law legislation circumstance circumstances pressure staffing workload "
    "schedule calendar holiday christmas season market economy supply brexit migration update upgrade maintenance "
    "technicality glitch bug issue outage power cut stress deadline train bus delay delays conditions factors factor "
    "limitation limitations setting settings configuration template spreadsheet database platform technology popularity "
    "interest number numbers complexity nature tradition budget cuts constraints constraint timing clock alarm hormones "
    "drink alcohol wine beer medication tiredness mood".split()
)

FAILURE_VERBS = frozenset(
    "fail lose break miss delay cancel overcharge undercharge leak expose forget ignore mislead misplace mishandle "
    "mistake misread misjudge misunderstand misprice mislabel misspell misdirect misinform mistreat misquote misreport "
    "miscalculate misfile misdiagnose misclassify damage ruin spoil burn crash drop spill scratch dent crack "
    "neglect omit overlook skip disappoint hurt upset offend insult embarrass humiliate harm injure wrong deny refuse "
    "reject abandon withhold duplicate corrupt delete erase wipe destroy contaminate infect botch bungle muddle mess screw "
    "bodge fumble blunder err slip lie cheat steal betray deceive swear shout snap scream yell belittle mock dismiss "
    "breach violate infringe discriminate overbook oversell overbill overrun overlap bounce freeze stall jam leave "
    "double-charge doublebook double-book mischarge underpay overpay underestimate overreact interrupt patronise "
    "exclude plagiarise copy stuff cock".split()
)
STRONG_FAILURE_VERBS = FAILURE_VERBS - {
    "leave",
    "copy",
    "drop",
    "skip",
    "refuse",
    "snap",
    "wrong",
    "deny",
    "cancel",
    "dismiss",
    "slip",
    "stuff",
    "upset",
    "hurt",
}
FAILURE_NOUNS = frozenset(
    "mistake error failure fault delay outage breach leak incident problem issue oversight blunder slip lapse mix-up mixup "
    "muddle mess disruption cancellation overcharge shortcoming failing omission negligence bug glitch defect damage "
    "loss accident crash breakdown disaster fiasco misunderstanding miscommunication confusion wrongdoing misconduct "
    "complaint leakage spill downtime vulnerability shambles cock-up balls-up stuff-up screw-up mishap hiccup".split()
)
OWN_FAULT_NOUNS = frozenset(
    "mistake error failure fault failing oversight blunder slip lapse mix-up mixup muddle mess responsibility doing "
    "carelessness negligence incompetence stupidity fuck-up cock-up screw-up stuff-up omission shortcoming shortcomings bad "
    "call decision choice wrongdoing misjudgement misjudgment neglect thoughtlessness laziness cowardice job duty problem".split()
)
"""Nouns that own the failure when a first-person possessive stands before them ("our error")."""

RECEPTION_VERBS = frozenset("receive perceive interpret read come land take hear see understand experience".split())
FEELING_VERBS = frozenset("feel find think believe consider perceive take interpret see experience".split())
SEEMING_VERBS = frozenset({"appear", "seem", "sound"})
FEELING_WORDS = frozenset(
    "upset offended disappointed frustrated unhappy dissatisfied hurt annoyed angry displeased inconvenienced "
    "uncomfortable bothered aggrieved confused distressed let-down concerned disheartened insulted disrespected "
    "unsatisfied affronted troubled put-out worried cross".split()
)
FEELING_NOUNS = frozenset(
    "disappointment frustration dissatisfaction offence offense upset feeling feelings concern displeasure annoyance "
    "perception impression reaction experience unhappiness".split()
)
VAGUE_OBJECTS = frozenset(
    "inconvenience situation matter issue confusion trouble distress upset misunderstanding concern disruption difficulty "
    "frustration experience thing things everything stuff mix-up hassle bother offence offense discomfort annoyance "
    "disappointment worry anxiety event events circumstance circumstances problem problems".split()
)
ALARM_WORDS = frozenset(
    "devastated heartbroken mortified ashamed horrified gutted distraught appalled sickened shattered crushed broken "
    "destroyed inconsolable tormented tortured anguished wretched miserable desperate humiliated sick haunted "
    "overwhelmed grief-stricken beside terrified ruined numb empty".split()
)
INTENSIFIERS = frozenset(
    "so very truly deeply sincerely really terribly awfully incredibly extremely utterly absolutely completely totally "
    "profoundly unreservedly wholeheartedly genuinely desperately eternally endlessly beyond unbelievably infinitely "
    "hugely immensely massively".split()
)
SELF_INSULTS = frozenset(
    "idiot fool monster moron failure disgrace coward loser scum trash garbage worst terrible horrible awful worthless "
    "pathetic useless stupid selfish rotten despicable disgusting wretch animal pig imbecile dunce clown disaster rubbish "
    "hopeless vile unworthy undeserving villain".split()
)
BODY_VERBS = frozenset(
    "cry weep sob sleep eat shake tremble ache vomit collapse die breathe bleed agonise agonize suffer torment haunt".split()
)

REMEDY_VERBS = frozenset(
    "refund credit waive replace resend re-send reissue re-issue redo re-do rerun re-run reprint restore correct retract "
    "rebook re-book reinstate repay reimburse compensate collect deliver redeliver dispatch fix repair mend cancel cover pay "
    "extend release return remove delete reverse transfer upgrade rearrange reschedule rebuild recover amend swap "
    "exchange renew honour honor unlock reopen re-open withdraw resolve settle apply arrange book post ship courier drop "
    "bring clean rewrite republish update patch roll revert match donate offer send give add issue put write re-run "
    "clear reset deduct knock buy finish complete drive visit".split()
)
STRONG_REMEDY_VERBS = frozenset(
    "refund credit waive replace resend re-send reissue re-issue redo reprint restore retract rebook re-book reinstate "
    "repay reimburse compensate redeliver repair reverse rerun re-run fix correct cover pay return recover exchange swap "
    "rearrange honour honor withdraw mend re-do reset deduct knock clear resolve settle revert patch".split()
)
PREVENTION_VERBS = frozenset(
    "change introduce add install retrain train replace stop rewrite redesign separate require check double-check test "
    "review audit monitor move switch remove block automate hire appoint implement set put make sign log record alert "
    "lock limit restrict disable enforce update upgrade tighten strengthen improve ban end scrap withdraw rota label".split()
)

TIME_WORDS = frozenset(
    "today tonight tomorrow yesterday now already immediately straightaway monday tuesday wednesday thursday friday "
    "saturday sunday mon tue tues wed thu thurs fri sat sun january february march april may june july august september "
    "october november december jan feb mar apr jun jul aug sept sep oct nov dec morning afternoon evening noon midnight "
    "lunchtime hour hours minute minutes day days week weeks month weekend fortnight tonite tmrw tomoz instant".split()
)

CONCEPTS: Mapping[str, tuple[str, ...]] = {
    concept: tuple(" ".join(phrase.split()) for phrase in re.split(r"\s/\s", phrases))
    for concept, phrases in tomllib.loads(
        files("apology_rules.reading").joinpath("phrases.toml").read_text(encoding="utf-8")
    ).items()
}
"""The phrases of `phrases.toml` by concept."""
