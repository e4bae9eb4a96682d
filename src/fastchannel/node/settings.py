"""Django's settings, made from the node's own (see `config`), once, at the start.

Without ``FASTCHANNEL_NODE`` the settings load for tools that need no node (migrations, types), and reach no database.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from fastchannel.node import config as _config
from fastchannel.node.places import Places, database_parameters

NODE_DIRECTORY: Path | None = None
CONFIG = _config.Config(party="ZZ", secret_key=secrets.token_hex(32))
_DATABASE: dict[str, Any] = {"NAME": "none", "HOST": "/nonexistent"}
if os.environ.get(_config.DIRECTORY):
    NODE_DIRECTORY = _config.directory()
    CONFIG = _config.load(NODE_DIRECTORY)
    _DATABASE = database_parameters(CONFIG, Places(NODE_DIRECTORY))

DEBUG = False
SECRET_KEY = CONFIG.secret_key
ALLOWED_HOSTS = list(CONFIG.hosts)
CSRF_TRUSTED_ORIGINS = list(CONFIG.origins)
ROOT_URLCONF = "fastchannel.web.urls"
WSGI_APPLICATION = "fastchannel.node.wsgi.application"

INSTALLED_APPS = [
    "fastchannel.node.apps.NodeConfig",
    "fastchannel.web.apps.WebConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "fastchannel.web.security.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fastchannel.web.signed_in.SignedInMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fastchannel.web.navigation.context",
            ]
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [Path(__file__).resolve().parent.parent / "web" / "templates"],
        "OPTIONS": {"environment": "fastchannel.web.rows.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"  # a choice among two hundred sponsors takes a tenth of the time

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,  # a restarted server is met with a new connection, not with an error
        **_DATABASE,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "node.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "fastchannel.web.views.account.locked_out"
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "fastchannel.web.signed_in.client_address"

# django-allauth makes second factors and ministries' sign-in; which of its pages there are, web/urls.py says.
ACCOUNT_ADAPTER = "fastchannel.web.allauth_adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # invitations and notices go by Account.email; nobody signs in by mail
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # there is no page to sign up; allauth's own check asks for it
# By it a code of the second step counts once, whichever process of the web server takes it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "node_cache"}}
ACCOUNT_RATE_LIMITS = False  # django-axes counts the attempts, those at the second step too
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "fastchannel.web.allauth_adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.https  # browsers themselves allow it at localhost only
SOCIALACCOUNT_ADAPTER = "fastchannel.web.allauth_adapters.MinistryAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # our policy lets no form lead to another site, not even by way of an answer
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": name,
                "name": one.title,
                "client_id": one.client_id,
                "secret": one.secret(NODE_DIRECTORY or Path()),
                # Who somebody is, the signed identity token says, and nothing besides.
                "settings": {"server_url": one.issuer, "fetch_userinfo": False, "uid_field": "sub"},
            }
            for name, one in CONFIG.accounts.oidc.items()
        ],
    }
}

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if CONFIG.mail.host else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = str((NODE_DIRECTORY or Path()) / "mail")
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER = CONFIG.mail.host or "localhost", CONFIG.mail.port, CONFIG.mail.user
EMAIL_HOST_PASSWORD = CONFIG.mail.password(NODE_DIRECTORY or Path())
EMAIL_USE_TLS, EMAIL_USE_SSL = CONFIG.mail.security == "starttls", CONFIG.mail.security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = CONFIG.mail.sender

SESSION_COOKIE_AGE = int(CONFIG.accounts.longest_hours * 3600)  # how long one may be idle, web/signed_in.py sees to
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.https
# Two nodes on one host would otherwise log each other out: cookies know no ports.
SESSION_COOKIE_NAME = f"fastchannel-{CONFIG.party.lower()}-{CONFIG.port}"
CSRF_COOKIE_NAME = f"{SESSION_COOKIE_NAME}-csrf"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.https else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # a traveller's link stays with us
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.https else 0
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "fastchannel.web.views.errors.csrf_failed"
CSRF_COOKIE_HTTPONLY = True
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("ko", "한국어")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"/fonts/[a-z]+-[0-9a-f]{12}\.woff2$"  # named by their content

PROCRASTINATE_IMPORT_PATHS = ["fastchannel.node.jobs"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"keys": {"()": "fastchannel.node.logs.KeyedFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "keys"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},
    },
}
