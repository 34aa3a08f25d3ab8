"""Words a language model writes between asterisks -> the emotion they name, if they name one."""

from __future__ import annotations

from kuchipaku.emotion import LABELS

_WORDS = {
    "admiration": "admiring impressed awe awed in-awe awestruck respectful reverent starstruck dazzled",
    "amusement": "amused playful playfully mischievous mischief teasing teasingly humorous cheeky "
    "entertained tickled giggly silly wry wryly",
    "anger": "angry angrily furious furiously fury rage enraged irate outraged outrage livid wrath wrathful hostile",
    "annoyance": "annoyed irritated irritation irritable frustrated frustration exasperated exasperation grumpy "
    "impatient impatience impatiently bothered vexed sarcastic sarcastically sarcasm bored boredom",
    "approval": "approving approvingly agreeing agreement supportive satisfied satisfaction encouraging content "
    "contented pleased confident confidently confidence determined determination",
    "caring": "concerned concern gentle gently kindness kindly warm warmly warmth compassionate compassion comforting "
    "reassuring sympathy sympathetic sympathetically empathy empathetic tender tenderly tenderness soothing",
    "confusion": "confused puzzled puzzlement baffled perplexed bewildered bewilderment uncertain "
    "uncertainty unsure doubtful",
    "curiosity": "curious curiously interested intrigued inquisitive wondering fascinated fascination thoughtful "
    "thoughtfully pensive contemplative",
    "desire": "desiring desirous longing longingly yearning craving lust lustful wishful wistful wistfully tempted "
    "temptation seductive sultry flirty flirtatious flirtatiously",
    "disappointment": "disappointed let-down dejected discouraged crestfallen disheartened deflated",
    "disapproval": "disapproving disapprovingly disagreeing disagreement stern sternly judgmental skeptical sceptical "
    "skepticism scepticism contempt contemptuous scornful scorn disdain disdainful suspicious suspicion",
    "disgust": "disgusted revolted repulsed revulsion grossed-out nauseated appalled",
    "embarrassment": "embarrassed bashful bashfully shy shyly shyness flustered sheepish sheepishly "
    "awkward awkwardly ashamed shame mortified humiliated humiliation",
    "excitement": "excited excitedly thrilled enthusiastic enthusiasm enthusiastically eager eagerly "
    "eagerness energetic hyped exhilarated ecstatic",
    "fear": "afraid fearful fearfully scared frightened fright terrified terror horrified horror panic panicked "
    "alarmed dread",
    "gratitude": "grateful gratefully thankful thankfully thankfulness appreciative appreciation",
    "grief": "grieving grief-stricken mourning mournful heartbroken heartbreak devastated despair despairing anguish "
    "anguished bereaved inconsolable",
    "joy": "happy happily happiness joyful joyfully joyous cheerful cheerfully cheer cheery delighted delight glad "
    "gladly merry gleeful glee bliss blissful elated elation overjoyed",
    "love": "loving lovingly affection affectionate affectionately adoring adoration fond fondly fondness romantic "
    "infatuated lovestruck enamored enamoured smitten",
    "nervousness": "nervous nervously anxious anxiously anxiety uneasy unease worried worry worriedly tense tension "
    "hesitant hesitantly hesitation apprehensive apprehension stressed jittery",
    "optimism": "optimistic hopeful hopefully upbeat inspired",
    "pride": "proud proudly prideful triumphant triumphantly triumph smug smugly accomplished boastful",
    "realization": "realizing realising realisation realized realised enlightened enlightenment epiphany insight",
    "relief": "relieved reassured calm calmed calmly relaxed peaceful serene",
    "remorse": "remorseful regret regretful regretfully apologetic apologetically guilty guilt guiltily repentant "
    "contrite",
    "sadness": "sad sadly sorrow sorrowful sorrowfully unhappy unhappily miserable misery melancholy melancholic "
    "gloomy gloom depressed depression lonely loneliness tearful tearfully downcast somber sombre",
    "surprise": "surprised shocked shock astonished astonishment amazed amazement startled stunned "
    "speechless incredulous disbelief",
    "neutral": "neutrally indifferent indifference emotionless expressionless deadpan matter-of-fact",
}
"""Adjectives, adverbs and nouns that name a feeling. Actions ("sighs", "laughing") are not here, nor words that are
often merely stressed ("*hope*", "*so*"): taken for a mark, those would go unspoken."""

_EMOTIONS = {label: label for label in LABELS} | {
    word: label for label, words in _WORDS.items() for word in words.split()
}
_DEGREES = frozenset(
    {"a", "bit", "little", "slightly", "somewhat", "very", "really", "quite", "so", "deeply", "truly", "feeling"}
)


def emotion_of(mark: str) -> str | None:
    """The label a mark names ("Joy", "happy!", "very proud"), or None: then it is an action or another word.

    Case, punctuation around it and words of degree do not matter.
    """
    words = [word.strip("*_.,;:!?~()[]\"'“”‘’…- ").casefold() for word in mark.split()]
    kept = [word for word in words if word and word not in _DEGREES]
    return _EMOTIONS.get("-".join(kept))
