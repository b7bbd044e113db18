"""Names that are no use of AI, by the ten thousand: no signature may be sure of any of them.

Popular sites (from the lists in the package pymispwarninglists), infrastructure that everybody shares, products that
contain some AI, and look-alikes of every host that a signature is sure of.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shadowai import popularity
from shadowai.catalog import Catalog
from shadowai.matcher import Matcher
from shadowai.model import Match
from shadowai.normalize import host as canonical
from shadowai.shared_hosts import SHARED

READ_AND_FOUND_TO_BE_AI = frozenset(
    {
        "anthropic-claude", "blackbox-ai", "character-ai", "civitai", "cursor", "cutout-pro", "deepai", "deepl", "deepseek",
        "doubao", "gamma", "gauth", "gigachat", "github-copilot", "google-gemini", "hotbot", "hugging-face", "janitor-ai",
        "jasper", "media-io", "microsoft-copilot", "microsoft-copilot-studio", "midjourney", "openai-chatgpt", "perplexity",
        "pixverse", "poe", "quillbot", "remaker", "remove-bg", "spicychat", "studyx", "suno", "talkie", "windsurf", "xai-grok",
        "yandex-alice", "zerogpt",
    }
)  # fmt: skip
"""Services with a host among the popular names that a person has read and agreed with. Whoever adds one reads its hosts."""

EMBEDDED = """
    adobe.com airtable.com asana.com atlassian.com atlassian.net bing.com box.com calendly.com canva.com clickup.com coda.io
    discord.com docusign.com dropbox.com duolingo.com evernote.com facebook.com figma.com freshworks.com github.com gitlab.com
    google.com grammarly.com hubspot.com instagram.com intercom.com jetbrains.com khanacademy.org linear.app linkedin.com loom.com
    mailchimp.com medium.com microsoft.com miro.com monday.com mozilla.org netflix.com notion.com notion.so nvidia.com office.com
    opera.com oracle.com outlook.com pinterest.com quizlet.com quora.com reddit.com replit.com salesforce.com sap.com
    servicenow.com sharepoint.com shopify.com slack.com snowflakecomputing.com spotify.com squarespace.com stackoverflow.com
    telegram.org trello.com twitter.com vimeo.com webex.com wikipedia.org wix.com wordpress.com workday.com x.com yandex.ru
    youtube.com zapier.com zendesk.com zoho.com zoom.us databricks.com digitalocean.com cloudflare.com vercel.com heroku.com
    supabase.com mongodb.com elastic.co datadoghq.com twilio.com stripe.com paypal.com booking.com ibm.com baidu.com qq.com
    aliyun.com tencent.com bytedance.com naver.com kakao.com samsung.com apple.com amazon.com hp.com dell.com
"""
"""Products of which some part is AI: their own host says that somebody uses the product."""

READING = """
    api-docs.deepseek.com discuss.huggingface.co docs.claude.com docs.cursor.com docs.midjourney.com docs.perplexity.ai docs.pinecone.io
    docs.windsurf.com forum.cursor.com get.otter.ai help.elevenlabs.io help.gamma.app help.otter.ai help.poe.com help.quillbot.com
    help.runwayml.com share.descript.com status.character.ai status.claude.com status.cursor.com status.lovable.dev support.claude.com
    support.deepl.com www.augmentcode.com www.pinecone.io www.tabnine.com v3.fal.media v3b.fal.media
    blog.perplexity.ai catwalk.charm.sh docs.browserbase.com docs.cline.bot docs.coderabbit.ai docs.composio.dev docs.crewai.com
    docs.devin.ai docs.exa.ai docs.factory.ai docs.firecrawl.dev docs.granola.ai docs.tavily.com koala.sh privacy.claude.com
    status.openrouter.ai windsurf.com www.squibler.io www.windsurf.com
    blog.suno.com careers.suno.com community.perplexity.ai docs.kimi.com docs.siliconflow.cn help.perplexity.ai learn.chatgpt.com
    status.vapi.ai support.pi.ai trust.manus.im
    cdn-avatars.huggingface.co cdn.leonardo.ai cdn.midjourney.com cdn1.suno.ai im.runware.ai image.civitai.com r2cdn.perplexity.ai
    share.synthesia.io
"""
"""Documentation, help, forums, status pages, what others published, and what other sites load: whoever sees it has not used the service."""

CYRILLIC = str.maketrans("aceiopsxy", "\u0430\u0441\u0435\u0456\u043e\u0440\u0455\u0445\u0443")
READS_ALIKE = (("l", "1"), ("o", "0"), ("m", "rn"), ("w", "vv"), ("i", "l"))


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(Catalog.load())


@pytest.fixture(scope="module")
def strong_hosts() -> list[str]:
    """Every host that a signature is sure of, once."""
    return sorted(
        {
            indicator.value.replace("*", "x1")
            for file in Catalog.load().files.values()
            for indicator in file.signature.indicators
            if indicator.kind in ("host", "dns_only") and indicator.strength == "strong"
        }
    )


def sure(matcher: Matcher, host: str) -> list[Match]:
    return [match for match in matcher.host(host).matches if match.strength == "strong"]


@pytest.mark.parametrize("name", ["cisco_top20k", "tranco10k", "moz-top500"])
def test_popular_names(matcher: Matcher, name: str) -> None:
    folder = popularity.package()
    assert folder is not None, "the tests need pymispwarninglists"
    hosts = popularity.names(folder, name)
    assert len(hosts) >= 500
    taken = {(match.signature, host) for host in hosts for match in sure(matcher, host)}
    assert {(id, host) for id, host in taken if id not in READ_AND_FOUND_TO_BE_AI} == set()


@pytest.mark.parametrize("front", ["", "www.", "contoso.", "api.eu-west-1."])
def test_what_everybody_shares(matcher: Matcher, front: str) -> None:
    assert {host: sure(matcher, front + host) for host in SHARED if sure(matcher, front + host)} == {}


def test_what_a_signature_records_as_shared(matcher: Matcher) -> None:
    shared = {
        (file.id, indicator.value)
        for file in Catalog.load().files.values()
        for indicator in file.signature.indicators
        if indicator.strength == "shared" and indicator.kind == "host"
    }
    assert shared
    taken = {
        (id, host) for id, host in shared for match in sure(matcher, host.replace("*", "x1")) if match.signature == id
    }
    assert taken == set()


@pytest.mark.parametrize("front", ["", "www.", "app.", "login.", "static."])
def test_products_that_contain_ai(matcher: Matcher, front: str) -> None:
    assert {host: sure(matcher, front + host) for host in EMBEDDED.split() if sure(matcher, front + host)} == {}


@pytest.mark.parametrize("host", READING.split())
def test_reading_about_a_service(matcher: Matcher, host: str) -> None:
    assert [match.strength for match in matcher.host(host).matches] == ["weak"]


def test_look_alikes_of_every_strong_host(matcher: Matcher, strong_hosts: list[str]) -> None:
    assert len(strong_hosts) > 1000
    known = set(strong_hosts)
    tried, wrong = 0, []
    for host in strong_hosts:
        for name in look_alikes(host):
            tried += 1
            wrong += [(host, name) for match in sure(matcher, name) if not _owned(name, host, match, known)]
    assert tried > 10 * len(strong_hosts)
    assert wrong == []


def look_alikes(host: str) -> Iterator[str]:
    """Names that resemble ``host`` and are somebody else's, whoever it is."""
    labels = host.split(".")
    middle = len(labels) - 2
    label = labels[middle]

    def instead(other: str) -> str:
        return ".".join([*labels[:middle], other, *labels[middle + 1 :]])

    yield from (instead(f"{front}{label}") for front in ("not", "my", "secure-", "x"))
    yield from (instead(f"{label}{back}") for back in ("-login", "-app", "s1", "-secure"))
    yield f"{host}.evil.example"
    yield f"login.{host}.evil.example"
    yield f"{host}-evil.example"
    yield f"{host.replace('.', '-')}.example"
    yield f"{host.replace('.', '')}.example"
    for letter, twin in READS_ALIKE:
        if letter in label:
            yield instead(label.replace(letter, twin, 1))
    foreign = canonical(instead(label.translate(CYRILLIC)))
    if foreign and foreign != host:
        yield foreign


def _owned(name: str, host: str, match: Match, known: set[str]) -> bool:
    """Whether the look-alike happens to be another pattern's own name, or lies below a parent that ``host`` lies below, too."""
    parent = match.pattern.replace("*", "x1")
    return name in known or (parent != host and host.endswith(f".{parent}") and name.endswith(f".{parent}"))
