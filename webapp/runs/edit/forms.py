"""What is asked of whoever changes many runs; what is wrong with it is found out by the actions."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField

from webapp.runs.edit.keys import LONGEST_KEY

ADD, REPLACE = "add", "replace"


class TagForm(FlaskForm):
    """A tag to be set."""

    key = StringField(_("Name of the tag"), render_kw={"autocomplete": "off", "maxlength": LONGEST_KEY})
    value = StringField(_("Value"), render_kw={"autocomplete": "off"})

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **({"prefix": "tag-"} | options))


class UntagForm(FlaskForm):
    """A tag to be taken away."""

    key = StringField(_("Name of the tag"), render_kw={"autocomplete": "off", "list": "tag-keys"})

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **({"prefix": "untag-"} | options))


class NoteForm(FlaskForm):
    """A note, and what becomes of those that are there."""

    text = TextAreaField(_("Note"), render_kw={"rows": 4})
    how = SelectField(_("Where a run has a note already"), default=ADD)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **({"prefix": "note-"} | options))
        self.how.choices = [(ADD, _("Add this below it")), (REPLACE, _("Put this in its place"))]


class DeleteForm(FlaskForm):
    """What has to be typed before anything is deleted."""

    confirm = StringField(_("Type it"), render_kw={"autocomplete": "off", "spellcheck": "false"})

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **({"prefix": "delete-"} | options))
