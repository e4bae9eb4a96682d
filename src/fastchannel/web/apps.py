"""The Django app of the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags of the pages."""

    name = "fastchannel.web"
    label = "web"

    def ready(self) -> None:
        """From here on, who signs in and out is written down."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from fastchannel.web import signed_in

        user_logged_in.connect(signed_in.remember, dispatch_uid="fastchannel.remember")
        user_logged_out.connect(signed_in.forget, dispatch_uid="fastchannel.forget")
