"""The words of the field, by concept. Lemmas in sets, phrases in the notation of `apology_rules.reading.phrases`.

The concepts follow the linguistic inventory of the apology literature (Blum-Kulka & Olshtain 1984; Kampf 2009; Benoit
1995). A word stands here for a meaning in a grammatical place; alone it never makes a finding.
"""

FIRST_PRONOUNS = frozenset("i we us me my our ours mine myself ourselves im ive ill id 'em weve".split()) - {"'em", "ill", "id"}
SECOND_PRONOUNS = frozenset("you u ya ye yous y'all yall your yours yourself yourselves ur thee".split())
THIRD_PRONOUNS = frozenset("he she they him her them his hers their theirs".split())

OWN_UNITS = frozenset(
    "team company firm business organisation organization department office branch shop store restaurant kitchen hotel "
    "warehouse depot crew staff management board school hospital clinic surgery practice council university college club "
    "bank airline airport service support desk reception group society charity committee studio workshop salon garage "
    "site plant factory lab bakery farm agency brand side end people engineer engineers editor editors employee employees".split()
)
"""Units that are the sender's own when a first-person possessive or a bare definite article stands before them."""

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
INSIDERS = frozenset("temp intern trainee apprentice junior assistant starter predecessor contractor freelancer".split())

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
STRONG_FAILURE_VERBS = FAILURE_VERBS - {"leave", "copy", "drop", "skip", "refuse", "snap", "wrong", "deny", "cancel", "dismiss", "slip", "stuff", "upset", "hurt"}
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

MOTION_VERBS = frozenset("go come get slip creep fall find make arise occur happen appear emerge disappear vanish malfunction".split())
RECEPTION_VERBS = frozenset("receive perceive interpret read come land take hear see understand experience".split())
FEELING_VERBS = frozenset("feel find think believe consider perceive take interpret see experience".split())
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
BODY_VERBS = frozenset("cry weep sob sleep eat shake tremble ache vomit collapse die breathe bleed agonise agonize suffer torment haunt".split())

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
REFERRALS = frozenset(
    "log note pass forward remind train review strive value hear appreciate bear monitor investigate look escalate "
    "raise consider assess acknowledge listen share feed discuss examine".split()
)

TIME_WORDS = frozenset(
    "today tonight tomorrow yesterday now already immediately straightaway monday tuesday wednesday thursday friday "
    "saturday sunday mon tue tues wed thu thurs fri sat sun january february march april may june july august september "
    "october november december jan feb mar apr jun jul aug sept sep oct nov dec morning afternoon evening noon midnight "
    "lunchtime hour hours minute minutes day days week weeks month weekend fortnight tonite tmrw tomoz instant".split()
)

CONCEPTS: dict[str, tuple[str, ...]] = {
    # apologies
    "idiom_apology": (
        "mea culpa", "my bad", "OWE you|u an|a apology", "OWE you|everyone|them an apology", "SAY sorry", "hat in hand",
        "EAT humble pie", "make my|our apologies",
    ),
    "condolence": (
        "sorry for your loss", "sorry for the loss", "sorry to hear", "sorry to learn", "sorry to read", "sorry you|u ARE ill",
        "sorry about your mum|dad|father|mother|nan|gran|dog|cat|grandmother|grandfather|brother|sister|husband|wife",
        "condolences", "thoughts are with", "thinking of you", "sorry for what you're|you going through",
        "heard about your", "deepest sympathy", "PASS away",
    ),
    "decline": (
        "sorry but i|we can't|cannot|can|won't", "regret to inform", "regret to advise", "regret to say", "regret that * cannot",
        "regret that * unable", "unable to offer", "on this occasion", "not been successful", "unsuccessful",
        "will not be able to|unfortunately", "have to decline", "HAVE to pass", "have to say no", "going to say no",
        "can't make it", "not be able to join|attend|make|come", "regret we cannot|can't", "regret we are unable",
        "another candidate", "other candidates", "sorry we can't|cannot", "sorry i can't|cannot", "sorry to say",
    ),
    "courtesy": (
        "sorry to bother", "sorry to chase", "sorry to trouble", "sorry to interrupt", "sorry to nag", "sorry to be a pain",
        "sorry for bothering", "sorry for the long", "sorry for the length", "sorry for rambling", "sorry for the spam",
        "sorry for my english", "sorry for the short notice", "sorry for cross-posting", "sorry for the noise",
        "apologies for the long", "apologies for the short notice", "apologies for cross", "excuse the", "excuse my",
        "apologies for the|any late|slow|delayed reply|response", "sorry for the late|slow|delayed reply|response|answer",
        "sorry for not replying|responding", "sorry it's|its|it TAKE|TOOK me", "sorry for the delay in|getting",
        "sorry i|i'm late to", "sorry , which|what|who|where|when|how", "sorry for asking|jumping|hijacking",
        "sorry to ask", "sorry if this is a|the", "sorry if i'm|im|i repeating", "apologies in advance", "sorry in advance",
        "forgive the", "pardon the", "sorry not sorry", "sorry for butting", "sorry again for the hassle of", "sorry to pester",
        "sorry for the double", "apologies if you", "sorry if you", "please excuse",
    ),
    "complaint": (
        "expect an apology", "want an apology", "demand an apology", "would like an apology", "WAIT for an|a reply|response|refund|answer",
        "i am writing to complain", "i'm|i writing to complain", "wish|want to complain", "formal complaint", "MAKE a complaint",
        "take this further", "small claims", "ombudsman", "want my money back", "want a refund", "expect a full refund",
        "disgusted", "unacceptable", "trading standards", "appalled by|at your",
    ),
    # ownership
    "own_idiom": (
        "on me", "on us", "down to me|us", "my bad", "mea culpa", "buck stops", "OWN it", "OWN this", "OWN that", "OWN up",
        "all me", "hands up", "HOLD my|our hands|hand up", "answer for it|that|this", "no one|nobody else 's fault",
        "no one|nobody but me|us|myself|ourselves|mine", "i|we ARE to blame", "i|we am|was|were to blame", "blame is|lies mine|ours|with",
        "LET you|u|everyone|them|him|her|people|customers|families|all down", "FALL short", "GET it|this|that wrong",
        "GET * wrong", "DROP the ball", "SCREW up", "MESS up", "MUCK up", "STUFF up", "COCK up", "FUCK up", "BALLS up",
        "MAKE a|an|the|this|that * mistake|error|mess|hash|misjudgement|blunder|mistakes|errors",
        "i|we BE wrong", "i|we WAS|were wrong", "i|we BE at fault", "in the wrong", "i|we know|knew better",
        "SHOULD have", "should 've", "ought to have", "not good enough", "FAIL you|u|her|him|them|our|in|to", "no excuse",
        "LIE with us|me", "REST with us|me", "fault LIE|BE entirely|with|ours|mine", "ACCEPT|TAKE|BEAR * blame", "DROP a clanger",
        "PUT my|our foot", "CROSS a line", "SELL * short", "TAKE my|our eye off",
    ),
    "take_responsibility": (
        "TAKE * responsibility", "ACCEPT * responsibility", "BEAR * responsibility", "ASSUME responsibility",
        "ACCEPT accountability", "TAKE * accountability", "hold myself|ourselves accountable|responsible", "TAKE * ownership",
        "i|we BE * responsible", "am * responsible", "are * responsible",
    ),
    "weak_own": (
        "error|mistake|fault|issue|problem|failure|mix-up|oversight on our|my side|part|end", "our|my part in", "internal error",
        "our systems|system failed", "at our end", "on our|my side", "on our|my part", "on our|my end", "human error",
    ),
    # causes
    "causal": (
        "because", "due to", "owing to", "caused by", "as a result of", "the reason", "which is why", "that is why", "that's why",
        "what happened", "it turned|turns out", "turns out", "turned out", "led to", "RESULT in", "resulted from", "MEAN that", "meaning that",
        "thanks to", "on account of", "root cause", "stemmed from", "TRACE * to", "down to the", "came from", "CAUSE by", "explains why",
        "as the|our|we|i", "since the|our|we|i", "so the|we|i|it|your", "hence", "ended up", "that meant", "this meant", "instead of",
        "WITHOUT checking", "HAVE forgotten", "THINK i|it|we|that", "assumed", "thought",
    ),
    "vacuous_cause": (
        "technical issue|issues|difficulties|difficulty|problem|problems|glitch|error|fault|reasons", "technical * difficulties", "system|systems error|issue|glitch|problem",
        "operational reasons|issues|difficulties|requirements", "unforeseen circumstances|events|issues", "human error",
        "an oversight", "mix-up", "mixup", "mix up", "miscommunication", "high demand", "high volume|volumes", "an incident|issue|error|problem OCCUR|ARISE|HAPPEN",
        "in error", "administrative error", "clerical error", "reasons beyond", "circumstances beyond", "technical reasons", "unexpected issue|issues|circumstances",
        "internal error", "gremlins", "a glitch", "various factors", "number of factors", "some issues", "teething", "slipped through the net|cracks",
        "fell through the cracks", "breakdown in communication", "communication breakdown", "unprecedented demand|volume|volumes",
        "a misunderstanding", "processing error", "computer error", "stuff happens", "a|an internal|unexpected matter|issue",
    ),
    # impact
    "understand_feelings": (
        "UNDERSTAND * frustration|frustrating|disappointment|disappointing|upsetting|concern|concerns|anger|upset|annoyance|inconvenience",
        "how frustrating|upsetting|disappointing|annoying|distressing|difficult|hard|stressful|worrying|painful|awful", "IMAGINE how|the|what", "appreciate * frustration|frustrating|disappointment|inconvenient|inconvenience",
        "must have been", "must be", "must feel", "can only imagine", "can't imagine", "cannot imagine", "REALISE|REALIZE * frustrating|upsetting|inconvenient|annoying",
        "frustration this", "inconvenience this", "know * frustrating|upsetting|annoying|disappointing|hard|rubbish|inconvenient|unsettling", "for the inconvenience|distress|upset|worry|stress|disruption|frustration|disappointment|trouble|hassle",
        "understandably", "quite rightly", "your frustration|disappointment|concern|anger|upset",
    ),
    "cost_them": (
        "COST you|u|them|people|him|her", "RUIN your|their|his|her", "SPOIL your|their", "you|u|they HAVE to", "you|they had to", "LEAVE you|u|them|people|families|her|him|some",
        "MAKE you|u|them feel|look|wait|late|miss", "MEAN you|u|that", "you LOSE|lost", "you MISS|missed", "you WAIT|waited|queued|stood|sat", "you SPEND|spent", "you PAY|paid",
        "out of pocket", "your time", "your day|evening|weekend|trip|holiday|wedding|birthday|party|night|morning|trust|confidence|plans|journey|work|savings|money|sleep",
        "in front of your|everyone|the", "TRUST us|me", "RELY on us|me", "COUNT on us|me", "you deserve|deserved", "PUT you|u through|in", "LET you|u down", "KEEP you|u waiting|up|from|awake",
        "TAKE time|the day off", "you|they GO without", "you|they were|WAS left", "you CAN|COULD not", "you couldn't|couldnt", "the last thing you", "you|they TRUST",
        "afternoon|day|morning|night off", "off work", "you TURN up", "you CARRY", "some|many|most of you", "worried|scared|frightened|humiliated|embarrassed|stranded|alone|hungry|cold", "behind your back",
        "dignity", "on top of everything", "after a|your long", "TRAVEL all the way", "twice over", "for nothing", "you|they BE waiting|counting|relying|looking|hoping|expecting",
    ),
    # prevention
    "changed_practice": (
        "from now on", "no longer", "from today|tonight|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|now", "so that * CAN not", "so it|this|that can't|cannot|won't|doesn't", "so this|that|it",
        "so that it|this|that|no|nobody|none", "in future", "in the future", "going forward", "going forwards", "HAVE changed|added|introduced|moved|stopped|replaced|put|set|installed|switched|rewritten|built|made",
        "new process|rule|check|checklist|procedure|system|policy|step", "second person|pair", "two people", "every time", "before any|anything|we|i|it|they|every", "double check|checks|checked", "NEVER again", "sign off|signs off",
        "since then", "as of", "will|'ll always", "AUTOMATE", "without a second|two", "have a reminder", "an alarm", "calendar", "checklist",
    ),
    "never_again": (
        "never again", "won't|wont|not happen again", "never happen again", "not be repeated", "do better", "learn from this|it|our", "lessons", "REVIEW our|the * processes|process|procedures|procedure|practices",
        "prevent this|it|a|any * recurrence", "prevent * from happening", "ENSURE this|that|it * again", "make sure this|it|that|nothing", "MAKE sure it|this", "steps to", "measures", "improve our", "try harder",
        "striving|strive", "be more careful", "more careful", "extra training", "RETRAIN", "additional training", "reminded * staff|team|teams", "take steps", "raise * standards", "not let it|this|that happen",
        "not let you down again", "be better", "earn back|your", "tighten", "strengthen", "robust",
    ),
    # remedy
    "vague_remedy": (
        "make it right", "make this right", "make things right", "make it up to", "put things|it|this right", "as soon as possible", "asap", "in due course", "may|can|could be considered",
        "looking into", "LOOK into", "working on it", "working to", "working hard", "on request", "please submit|complete|fill|contact", "get in touch", "LET me|us know", "investigating", "shortly",
        "priority", "try our best", "do our best", "at some point", "any way|anything we|i can", "help in any way", "sort it|this out", "sort this",
    ),
    "gift_idiom": (
        "on me", "on us", "on the house", "free of charge", "for free", "at no cost", "no charge", "nothing to pay", "won't pay|cost|charge", "without charge", "complimentary", "money back", "full refund", "is|are yours",
        "on its|their way", "in the post", "is|are back", "back to|on your card|account", "out of our pocket", "out of my pocket", "goodwill",
    ),
    # contact
    "direct_contact": (
        "my direct line|number|extension|mobile", "direct line", "call|ring|phone|text|email|e-mail|message|whatsapp|ping|dm|write me|us", "reply to this|me", "reply here|direct|directly", "just reply", "my number|mobile|email|extension|door|inbox|phone|line",
        "i|we will|'ll ring|call|phone|email|write|text|check|be|update|come", "on extension|ext", "write to me", "speak to me|us", "come and see|find", "knock on", "contact me", "reach me", "get hold of me", "ask for me",
        "give me|us a call|shout|ring|bell|buzz", "drop me|us", "find me", "on this number|email|address", "at my desk", "my door", "back to me",
    ),
    "generic_contact": (
        "help centre|center", "support page", "web form", "online form", "contact form", "our website", "support ticket", "raise a ticket", "customer service|services|support|care team?", "contact us", "contact our", "get in touch", "faq", "faqs", "portal", "chat bot", "chatbot", "helpdesk", "help desk",
        "call centre|center", "visit our", "our team", "support team", "log a ticket",
    ),
    # blame
    "terms": (
        "terms and conditions", "t&cs", "terms of", "as stated|mentioned|outlined|set|per|advised|explained|noted|specified|described|indicated", "as clearly", "you|have accepted|agreed", "clearly stated|states|marked|shown|says|explained", "our policy", "small print", "as per",
        "you signed", "was|were|is|are announced|mentioned|stated|communicated|explained", "you WILL recall", "you may recall|remember", "in the contract|agreement|listing|confirmation|email|instructions|manual|guide|guidelines", "own risk", "your responsibility", "responsibility of the|each|every",
    ),
    "advice_to_them": (
        "next time", "in future please", "please ensure|make|remember|note|check|read|allow|be|keep|take|bear", "we|i would|'d|must remind", "we|i remind", "WOULD advise|urge|encourage|suggest|recommend", "we advise|recommend|urge|suggest", "you may|might want|wish to", "you'll|you|u want|need to", "are|were reminded", "it is|always advisable|important", "please understand|appreciate",
        "you should always", "always check|read|keep", "a reminder", "kindly note|ensure|check|be",
    ),
    "counterfactual": (
        "had you", "if you had|'d", "if you'd", "if only you", "you should have|'ve", "you could have|'ve", "you ought to", "you might have", "you were supposed|meant", "you only|just had to", "you had only", "would have been avoided", "could have been avoided", "why didn't|did you", "should have been checked|raised|reported by",
    ),
    "comparison": (
        "everyone else", "everybody else", "nobody else", "no one else", "no other customer|guest|client|one", "other customers|guests|people|users|clients * MANAGE|HAVE|find|accept", "most people|customers|guests|users", "you are the only|first", "you're the only|first", "we have had|received no other", "no other complaints", "the only complaint|one",
    ),
    "both_sides": (
        "both sides", "both of us", "all sides", "on both", "between us", "we both", "we all", "all of us", "each of us", "both parties", "crossed wires", "wires crossed|CROSS", "takes two", "either side", "let us both|all", "mutual", "two of us", "as much * as", "communication breakdown", "breakdown in|of communication", "miscommunication", "mixed messages", "lost in translation",
    ),
    "intent": (
        "NEVER meant|intended", "never my|our intention|intent", "not my|our intention|intent", "n't my|our intention|intent", "no intention", "DID not mean|intend|want|set", "DID n't mean|intend|want|set", "didn't|didnt mean|intend", "good intentions", "best of|intentions", "best intentions", "heart in the right place", "only|just TRY to", "was|were only|just trying", "meant well", "MEAN well", "not deliberate|deliberately|intentional|intentionally", "unintentional|unintentionally",
        "not on purpose", "meant no|nothing", "no harm MEAN|intended|meant", "it was meant", "was never meant", "in good faith", "out of love", "with the intention of", "a|as a|just joke|joking|kidding", "from a good place", "place of",
    ),
    "helpless": (
        "beyond our|my|anyone's|the control", "outside our|of|my control", "out of our|my hands|control", "not in our hands", "hands were|are tied", "nothing we|i could|can have|do", "no choice", "no way of|to knowing|know", "not from our end|side", "not our fault|responsibility|error|doing", "through no fault", "nothing to do with us|me", "not us", "act of god", "force majeure", "i was|we were told|instructed|asked|ordered to", "following orders|instructions|procedure|protocol", "head office", "in line with|accordance", "obliged to",
        "under * pressure", "short staffed", "short-staffed", "understaffed", "so|very|really|extremely|crazy busy", "busy period|season|week|time", "swamped", "snowed under", "run off",
    ),
    "critics": (
        "axe to grind", "agenda", "social media", "people online", "keyboard warriors", "out of context", "the press|media", "trolls", "misrepresented", "blown up by", "certain people", "online mob", "activists", "twitter", "twisted", "distorted", "mischievous", "haters", "cancel culture", "selectively",
    ),
    "fired": ("let go", "no longer work|works|working|with|employed", "been dismissed|suspended|disciplined|fired|sacked|spoken|removed", "parted ways|company", "left the company|business", "disciplinary"),
    # hedging
    "evidential": (
        "allegedly", "apparently", "reportedly", "supposedly", "alleged", "perceived", "purported", "so-called", "it would appear|seem", "it appears|seems", "APPEAR to", "SEEM to|that|like", "i'm|am told", "we are told", "we understand that", "you say|claim|feel|allege|describe|report", "potentially", "possibly", "perhaps", "what you describe|call|consider",
        "there SEEM|APPEAR to", "may well", "some sort|kind|form of",
    ),
    "epistemic": ("may|might|could have", "may|might 've", "may|might be|feel|cause", "may|might|could potentially|possibly"),
    "grudging": (
        "technically", "i suppose", "i guess", "i'm|im|i sure", "if it helps", "if that helps", "if it makes", "if that makes", "for what it's|its|it worth", "fwiw", "happy now", "there , i", "or whatever", "whatever", "fine ,", "fine .", "ok fine", "okay fine", "ok ok", "alright alright", "if i must", "if you insist", "if you must know", "told|asked to apologise|apologize|say", "HAVE to apologise|apologize|say", "it is|'s a shame|pity", "it's|its unfortunate|regrettable", "it is unfortunate|regrettable", "supposed to apologise|apologize",
        "let's|lets just move|leave", "move on", "draw a line", "since you|u ask|asked|insist", "apparently i|we|that", "so sorry , i|then", "consider this", "happy to apologise|apologize", "there you go|have", "that's your apology", "sorry or something", "to keep the peace", "so there", "sorry okay", "sorry ok", "as requested", "they|hr|legal|mum|mom|dad TELL|say|says|want|wants|ask|asked me|us",
    ),
    # drama
    "sleepless": (
        "n't|not|barely|hardly slept|sleep|sleeping|eat|eaten|eating", "can|could|CAN not stop|sleep|eat|breathe|face|forgive|look", "ca n't stop|sleep|eat|breathe|look|face", "can't stop|sleep|eat|breathe|face", "cant stop|sleep|eat|breathe", "KEEP me|us|him|her up|awake", "sleepless", "up all night", "lying|lie|lay|laying awake", "awake all|at night", "in tears", "CRY myself|all|for|every|since|in", "been crying|in bits|beating", "HAUNT me|us", "break|breaks|broke|breaking my|our heart", "my|our heart|stomach|soul|chest|hands|mind", "hearts are|ARE", "hardest|worst|darkest|toughest|most day|week|night|days|weeks|moment|hours|time|thing",
        "weighs|WEIGH on|heavy|heavily", "sick to my|our", "sick about|over|with", "tearing me", "eating me", "TEAR me|us apart", "kills|killing me", "hurts me|us", "painful for us|me", "hard for us|me|on", "what i have|am been|going", "i'm|im a mess|wreck", "replay|replaying|replayed", "think|thinking|thought of|about nothing|little else", "all i|we can|could think", "consumed", "gone round|over", "a shell of", "in pieces", "lost my appetite", "as a mother|father|parent|dad|mum|mom", "nobody|no one feels|is more|worse", "my own", "shake|shaking", "on my mind", "i have been through", "a toll on", "been agonising|agonizing",
    ),
    "vow": (
        "never forgive myself|ourselves|me", "for the|as rest|long", "rest of my|our life|lives|days", "words can|could|cannot|can't|fail|are|not", "no words", "there are|aren't no words", "unforgivable", "inexcusable", "bottom of my|our heart|hearts", "million|thousand|hundred times|apologies", "until the|my day|dying", "dying breath|day", "every fibre|fiber", "with every|all my|our", "nothing can|could|will ever", "ever forgive|again|make", "swear on|to", "as long as i|we live", "on my|our knees", "never in my|our|the|all", "greatest|biggest|worst|darkest * ever|life|history|regret|mistake", "worst thing|mistake|day|night", "end of the world", "my whole|entire world|life", "destroyed everything|us|our", "catastrophe|catastrophic", "forever", "for all eternity", "eternal|eternally", "beyond words|belief|sorry|measure", "to my|the grave|core", "die|died inside", "earth could swallow|swallow", "ground could|would swallow|open", "moon and", "sackcloth", "sword", "crime", "sin", "abyss", "shattered", "living nightmare|hell", "scarred",
    ),
    "begging": (
        "beg you|u|your|for", "begging you|u|for|your", "i beg", "on my knees", "please please", "please , please", "pls pls", "another chance", "one more chance", "second chance", "give me a|one|another chance", "don't|dont|n't leave|hate|give|shut|go|stop|ignore", "not leave|hate|give", "tell|say|promise me you|u|we|it|that", "say you|u|we|that|it|something", "can you ever|possibly", "could you ever", "find it in your heart", "need you|u|your to|forgiveness", "i'd|would|will|'ll do anything", "do anything", "hope|pray you|u can|will find|forgive|one|still", "plead|pleading|implore|imploring|beseech", "please forgive * please", "please just", "please don't|dont|say|believe|talk|answer|reply|come", "i need to know|hear", "still friends|love|ok|okay", "are we ok|okay|good|alright", "without you|u", "forgive me",
    ),
    # minimising
    "belittle": (
        "no harm done", "not|n't the end of", "not|n't a big deal", "no big deal", "big deal", "hardly the|a|any", "not ideal", "n't ideal", "less than ideal", "blown out|up", "out of * proportion", "storm in a", "teacup", "mountain out of", "making a fuss", "big fuss", "fuss over|about", "overreact|overreacting|overreaction", "sensitive", "only a|an|one|the|some|for", "just a|an|one|some", "merely", "simply a|an", "little bit|hiccup|issue|slip|mix-up|problem|mistake|misunderstanding|blip|mishap|snag|thing|late|delay|mix", "a bit", "small|minor|slight|tiny|brief|short|trivial|isolated|cosmetic hiccup|issue|slip|mix-up|problem|mistake|error|delay|blip|mishap|inconvenience|glitch|oversight|incident|disruption|matter|part|snag|bump|number|interruption|outage|defect|mark|dent|scratch", "hiccup", "hiccups", "blip", "teething", "bumps", "nothing serious|major|dramatic|more|that", "nobody|no-one|no one noticed|minds|cares|will", "at worst", "a mere", "you might|may notice|have", "bit of a|bother|fun|trouble", "easily fixed|done|happens", "quick fix", "rare|rarely|very rare", "one-off", "one off", "never|not * in any danger|risk", "no * impact|risk|damage|lasting", "all time|times safe", "safe at all times", "so what", "it's not like", "its not like", "not as if", "hardly worth", "working as designed|intended",
        "in the grand scheme", "in the scheme", "in perspective", "mildly", "somewhat", "slightly", "didn't cost|hurt|matter", "will|'ll live|survive", "get over", "call it quits", "even now", "about even",
    ),
    "downscale": (
        "only|just|merely|fewer|less * #", "less|fewer|under than #", "small|limited|tiny|handful|minority|very|fraction number|of|percentage|proportion|few|subset|group", "a handful", "handful of", "a few|couple * customers|users|people|guests|of|isolated", "tiny minority", "vast majority", "most of our|the|you", "small number", "limited number", "minority of", "not everyone", "fraction of", "# out of|in #", "overwhelming majority",
    ),
    "normalise": (
        "these things happen", "things happen", "it happens", "HAPPEN to everyone|everybody|anyone|all|the|us", "HAPPEN all the time|in|every", "every|any|all|most airline|company|business|firm|bank|school|restaurant|hotel|family|couple|organisation|organization|software|system|shop|team|platform|app|kitchen|provider", "like many|most|all|any|other", "many other companies|firms|businesses|people|couples", "as is common|usual|normal", "the industry|sector", "nobody's|nobody is|no perfect", "no one|one's is perfect", "not unusual|uncommon", "n't unusual|uncommon", "even the best", "quite|perfectly|completely|fairly normal|common|standard|usual", "part of life|the|any", "who hasn't|has", "we've|we all been|done|make|have", "everyone does|makes|has|forgets|is", "anyone could|can|would", "only human", "am human", "are human", "to be expected", "standard|common practice", "comes with", "the nature of", "with any|every", "every year|where|so often", "inevitable|inevitably", "happens",
    ),
    "worse": (
        "could|might have been|be * worse", "nobody|no-one|one DIE|was|got|WAS hurt|died|injured|harmed", "nobody died", "no one|no-one was|died|got hurt|injured|harmed", "at least", "LUCKY|luckily|fortunately|thankfully|mercifully", "not as bad", "worse things|than|off", "compared to|with", "no|without injuries|casualties", "count yourself|your", "be grateful|thankful|glad", "other people|families|companies|customers have|had|waited", "it's not as if|though", "there are people|children",
    ),
    "bolster": (
        "proud", "pride ourselves|myself|ourself", "PRIDE in", "award winning", "award-winning", "awards|award", "our record|reputation|standards|values|mission|heritage|commitment|passion|track", "world class|world-class|leading|state", "industry leading|leader", "highest|high|exacting standards|standard|quality", "COMMIT to", "are|is|remain|am committed|dedicated|passionate", "commitment to", "excellence", "our|top|number|first|highest|utmost priority", "take * seriously", "care deeply|about|passionately", "always put|been|strive|try|aim|do|had", "years of|in|without|we|as", "# years", "decades", "generations", "thousands|millions|hundreds of happy|satisfied|customers|families|people|orders|members", "for over|more|nearly", "nothing matters|is more", "heart of everything|what|all", "known for", "five star|stars", "#|five star|stars", "not who we|i are|am", "one of the best|most|safest|largest", "never been stronger|better", "best in", "trusted", "who we are", "anyone who knows me|us", "family|family-run owned|business|company", "thank our|the|my * team|staff|crew|crews|volunteers|colleagues|people", "worked|working tirelessly|hard|around|through|round|flat", "hard-working|hardworking|dedicated|amazing|fantastic|talented|wonderful", "pleased|delighted|happy|thrilled|excited", "record * of", "robust", "do a|so lot|much for", "i|we have always", "i've|we've always", "good|great|loving|loyal friend|person|partner|employee|company|husband|wife|father|mother", "RAISE|raised # for",
    ),
    "silver": (
        "bright side", "silver lining", "good news", "the|one upside|plus", "on the plus|positive", "blessing", "gave|gives|give|giving you|us|everyone a|an|the chance|opportunity|time", "opportunity to|for", "made us|me|you stronger|better|a", "come|came|emerge|emerged out|back stronger", "positives|positive", "learning experience|opportunity", "at least you|u|we|now|it", "what a great|lovely|fantastic", "still * great|lovely|good|nice", "look on", "in a|some way|ways", "brought us closer", "worked out", "for the best", "ended up being|having", "a good story|laugh|lesson", "grateful for", "bonus",
    ),
    # selling
    "sell": (
        "% off|discount", "percent off", "discount * code|voucher|next|your|on|of", "#|%|discount off", "use|with code", "promo|promotional|discount|voucher code", "next|future order|purchase|visit|booking|stay|trip|shop|meal|appointment", "upgrade to|your|now|today", "premium|plus|pro|business|gold|platinum|enterprise plan|tier|membership|package|account|subscription|version|member", "subscribe", "sign|signing up", "join our|us|the", "refer a|your", "follow us|me", "like and|our", "leave|drop|write|give us|a|your|you * review|rating|stars", "5 star|stars", "five star review|rating|stars", "review on|us", "check|try|discover|explore|browse|see|visit|enjoy out|our", "new|latest|spring|summer|autumn|winter|christmas range|collection|menu|app|season|product|products|line|launch|feature|features|album|tour|book|show|course|edition", "shop now|our|the", "shop online", "book now|again|your|early|with", "order now|again", "don't|dont|do miss|not miss", "special|exclusive|limited offer|deal|deals|time|edition|price", "sale", "tickets", "see you|u again|soon|back", "welcome|welcoming you|u|everyone back|again|soon", "have you back", "look|looking forward to seeing|welcoming|serving", "tell your|a friends|friend", "recommend us", "donate|donation|donations", "buy|purchase * get", "bundle", "orders|order over|above", "spend|spent|spending", "free with|when", "webinar", "newsletter", "loyalty|rewards|reward points|programme|program|scheme|card", "merch", "gift card|cards", "recommend our|the|you", "pre-order|preorder", "available|out now", "come|pop|drop back|in|by|again", "renew", "only £|$|€ #", "half price", "half-price", "introductory", "trial",
    ),
    # context cues
    "customer_case": (
        "your order|account|booking|delivery|parcel|subscription|policy|bill|invoice|refund|flight|stay|appointment|complaint|card|payment|purchase|claim|case|ticket|membership|child|daughter|son|mother|father|reservation|meter|tenancy|application|prescription|results|data|custom", "dear customer|customers|guest|guests|member|members|mr|mrs|ms|miss|dr|sir|parents|parent|resident|residents|passenger|passengers|patient|valued|user|users|subscriber|tenant", "our customers|guests|members|patients|passengers|users|clients|shop|store|website|app|service", "customer service|care|relations|support|services", "refund", "order", "invoice",
    ),
    "workplace_case": (
        "the team", "hi|dear|hey|morning all|team|folks|everyone|both", "meeting", "standup", "stand-up", "sprint", "the deck", "slides", "deadline", "client call", "the client", "one-to-one", "1:1", "rota", "shift", "line manager", "my manager", "hr", "project", "pull request", "deploy", "production", "the report", "the numbers", "handover", "colleagues", "slack", "the pitch", "minutes", "agenda", "payroll", "board", "quarter",
    ),
    "personal_case": (
        "love you|u", "mum", "mom", "dad", "nan", "gran", "babe", "hun", "mate", "bro", "sis", "darling", "sweetheart", "our friendship", "friend", "friends", "best friend", "birthday", "dinner", "wedding", "kids", "party", "flat", "borrowed", "xx", "xxx", "last night", "miss you|u", "your mum|mom|dad|sister|brother|place", "pub", "buddy", "auntie", "uncle", "neighbour", "neighbor", "christmas",
    ),
    "press_case": (
        "statement", "the public", "residents", "our community|communities|fans|supporters|readers|viewers|listeners", "to the|all residents|fans|community|people|readers|families", "those affected", "everyone affected", "all those", "i|we want to apologise|apologize", "to anyone", "ceo", "mayor", "press", "minister", "spokesperson", "the families", "investigation", "independent review|inquiry|investigation", "ladies and gentlemen", "tweet", "post", "posted", "the company", "voters", "constituents",
    ),
    "grave": (
        "die", "DIE", "death", "dead", "kill|KILL", "injury", "injuries", "INJURE", "injured", "ambulance", "intensive care", "overdose", "fatal", "assault", "assaulted", "abuse", "abused", "racist", "racism", "sexist", "harassment", "HARASS", "discrimination", "discriminated", "discriminatory", "slur", "collapsed", "allergic", "anaphylaxis", "epipen", "resuscitate", "miscarriage", "cancer", "diagnosis", "poisoning", "carbon monoxide", "evacuated", "burns", "fracture", "surgery", "insulin", "drowned", "suicide", "unsafe", "contaminated", "safety", "life-threatening", "hospitalised|hospitalized", "victims",
    ),
    "serious": (
        "wedding", "funeral", "personal data|information", "data breach", "social security", "passport", "bank details|account", "medical", "hospital", "# thousand", "thousands", "mortgage", "rent", "evict|evicted|eviction", "bailiffs", "police", "humiliated", "humiliating", "exam", "exams", "results", "visa", "job", "redundant|redundancy", "salary|wages", "stranded", "privacy", "confidential", "credit score|file|rating", "published", "leaked", "exposed", "immigration", "court", "overnight", "honeymoon", "savings", "affair", "lied", "betrayed", "stole", "trust", "names and", "addresses", "scan", "heating", "no water", "outage", "children", "disabled", "wheelchair", "dignity", "career", "promotion", "fired", "production", "customers",
    ),
    "trifle": (
        "typo", "broken|wrong link", "wrong attachment", "forgot the attachment", "forgot to attach", "wrong date|time|room|link|file|version", "# minutes late", "few minutes", "bit late", "mug", "milk", "reply all", "spelling", "misspelled|misspelt", "bins", "parking", "biscuits", "coffee", "a pen", "charger", "muted",
    ),
    # questions
    "lateness": (
        "in due course", "some time ago", "it has taken|been", "should have written|told|contacted sooner|earlier", "first became|became aware", "weeks|months|days ago", "last year|month|week", "delay in writing|telling|contacting|informing|notifying|letting", "sooner than this", "recently became|learned|discovered|identified", "only now", "eleven|three|four|five|six|two|# weeks|months",
    ),
}
