"""Infrastructure that many products load, so that seeing it says nothing about any of them.

Lists written for routing put such hosts under one product, because its pages load them; as signatures they accuse
everybody. The names are those of the providers' own documentation of what to allow; every service below has many
unrelated customers. :mod:`shadowai.lint` refuses them as strong patterns (their sub-domains may be somebody's own).
"""

from __future__ import annotations

SIGN_IN = (
    "auth0.com", "clerk.com", "clerk.dev", "clerk.accounts.dev", "okta.com", "oktapreview.com", "onelogin.com",
    "workos.com", "stytch.com", "accounts.google.com", "login.microsoftonline.com", "login.live.com",
    "appleid.apple.com", "arkoselabs.com", "funcaptcha.com", "hcaptcha.com", "recaptcha.net",
    "challenges.cloudflare.com", "identitytoolkit.googleapis.com", "securetoken.googleapis.com", "supabase.co",
    "sso.amazonaws.com", "client-api.arkoselabs.com",
)  # fmt: skip
MEASUREMENT = (
    "sentry.io", "datadoghq.com", "datadoghq.eu", "browser-intake-datadoghq.com", "segment.io", "segment.com",
    "amplitude.com", "mixpanel.com", "posthog.com", "i.posthog.com", "hotjar.com", "fullstory.com", "heap.io",
    "heapanalytics.com", "newrelic.com", "nr-data.net", "bugsnag.com", "rollbar.com", "logrocket.com",
    "google-analytics.com", "googletagmanager.com", "analytics.google.com", "doubleclick.net", "statsig.com",
    "statsigapi.net", "featuregates.org", "featureassets.org", "prodregistryv2.org", "launchdarkly.com",
    "split.io", "optimizely.com", "growthbook.io", "cloudflareinsights.com", "observeit.net", "sift.com",
    "siftscience.com", "honeycomb.io", "bugherd.com", "clarity.ms", "plausible.io", "branch.io", "app.link",
    "appsflyer.com", "adjust.com", "onesignal.com", "braze.com", "customer.io", "browser-intake-us5-datadoghq.com",
    "appcenter.ms", "usefathom.com", "qualtrics.com", "events.data.microsoft.com", "bingviz.microsoft.net",
    "bingviz.microsoftapp.net", "client-telemetry.us-east-1.amazonaws.com", "bytedapm.com", "bytelemon.com",
)  # fmt: skip
SUPPORT_AND_PAYMENT = (
    "intercom.io", "intercom.com", "intercomcdn.com", "intercomassets.com", "zendesk.com", "zdassets.com",
    "freshdesk.com", "stripe.com", "stripe.network", "paddle.com", "chargebee.com", "recurly.com", "braintree-api.com",
    "sendgrid.net", "mailchimp.com", "mailgun.org", "hubspot.com", "hs-scripts.com", "typeform.com", "statuspage.io",
    "instatus.com", "twilio.com", "livekit.cloud",
)  # fmt: skip
DELIVERY = (
    "cloudflare.com", "cloudflare.net", "workers.dev", "pages.dev", "fastly.net", "fastlylb.net", "akamai.com",
    "akamai.net", "akamaized.net", "akamaihd.net", "akamaiedge.net", "edgekey.net", "edgesuite.net", "cloudfront.net",
    "azureedge.net", "azurefd.net", "azurewebsites.net", "windows.net", "core.windows.net", "blob.core.windows.net",
    "amazonaws.com", "awsstatic.com", "aws.dev", "googleapis.com", "gstatic.com", "googleusercontent.com",
    "run.app", "web.app", "firebaseapp.com", "firebaseio.com", "firebasestorage.googleapis.com", "appspot.com",
    "vercel.app", "vercel-dns.com", "netlify.app", "herokuapp.com", "onrender.com", "fly.dev", "github.io",
    "githubusercontent.com", "jsdelivr.net", "unpkg.com", "cdnjs.com", "bunny.net", "b-cdn.net", "imgix.net",
    "cloudinary.com", "mux.com", "aliyuncs.com", "alicdn.com", "algolia.net", "algolianet.com", "algolia.com",
    "typekit.net", "ai.com", "r2.dev", "streamlit.app", "storage.googleapis.com", "bytednsdoc.com", "identrust.com",
    "trafficmanager.net", "officeapps.live.com", "azureml.ms", "ghost.io",
)  # fmt: skip

WHOLE_COMPANIES = (
    "google.com", "microsoft.com", "office.com", "microsoftapp.net", "amazon.com", "apple.com", "adobe.com",
    "facebook.com", "salesforce.com", "snowflakecomputing.com", "telegram.org", "discord.com", "yandex.ru", "baidu.com",
    "qq.com", "aliyun.com", "tencent.com", "a2z.com", "atlassian.com", "atlassian.net", "notion.so", "slack.com",
    "zoom.us", "github.com", "canva.com",
)  # fmt: skip
"""Domains under which some hosts are AI and most are not."""

SHARED = frozenset((*SIGN_IN, *MEASUREMENT, *SUPPORT_AND_PAYMENT, *DELIVERY, *WHOLE_COMPANIES))
"""Hosts (with all below them) that no signature may claim as strong; ``ai.com`` has been sold time and again."""
