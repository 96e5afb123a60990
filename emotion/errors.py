"""Everything that can go wrong in a way a person can do something about.

::

    EmotionError
    ├── InputError            a file, form or argument cannot be used
    │   ├── UnreadableVideo
    │   ├── UnreadablePicture
    │   ├── UploadRefused
    │   ├── RuleError
    │   ├── LimitReached
    │   ├── NotAllowed
    │   └── NotFound
    ├── OutputError           a result cannot be written
    │   ├── DiskFull
    │   └── NotWritable
    ├── StoreError            the database cannot be used
    ├── ModelError            a network or its description cannot be used
    │   └── ModelsNotPrepared
    ├── NotSignedIn           nobody is signed in on this page, or not any more
    ├── SettingsError         the environment holds a value that makes no sense
    └── Cancelled             the person asked to stop; nothing went wrong

Each carries one sentence, or two, that says what happened and what to do next. It is shown as it is, in an error box
on a page and after ``error:`` on the command line, so it never holds a path of the server that the person did not give.
"""


class EmotionError(Exception):
    """The root. Catch this at the edge where a person reads the message, nowhere else."""


class InputError(EmotionError):
    """A file, form or argument cannot be used."""


class UnreadableVideo(InputError):
    """No pictures come out of this file."""


class UnreadablePicture(InputError):
    """This file is no picture that can be read."""


class NotFound(InputError):
    """No recording of this number, or not any more."""

    def __init__(
        self, sentence: str = "This recording is not here any more. It was deleted, or its time was over."
    ) -> None:
        super().__init__(sentence)


class UploadRefused(InputError):
    """A video cannot be uploaded, or not any more."""


class RuleError(InputError):
    """A rule for live events says nothing that can be watched for."""


class LimitReached(InputError):
    """This person has as much of something as one person may have."""


class NotAllowed(InputError):
    """This person may not do that; somebody else may."""


class OutputError(EmotionError):
    """A result cannot be written."""


class DiskFull(OutputError):
    """There is no room for it: a later try may work, and the same one in a moment will not."""


class NotWritable(OutputError):
    """The system does not let us write there, whatever it is that we write."""


class StoreError(EmotionError):
    """The database cannot be opened, read or written."""


class ModelError(EmotionError):
    """A network or the description beside it cannot be used."""


class ModelsNotPrepared(ModelError):
    """The converted networks are not in the cache folder yet."""

    def __init__(
        self,
        sentence: str = "The models are not prepared yet. Run `emotion models prepare` once; it takes about a minute.",
    ) -> None:
        super().__init__(sentence)


class NotSignedIn(EmotionError):
    """Nobody is signed in on this page, or not any more."""

    def __init__(self, sentence: str = "You are not signed in any more. Reload the page and sign in.") -> None:
        super().__init__(sentence)


class SettingsError(EmotionError):
    """The environment or a form holds a value that makes no sense."""


class Cancelled(EmotionError):
    """The person asked to stop."""
