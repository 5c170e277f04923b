"""Names of tags, as clients write them.

Which tags a post has stands in its record. Here a name is only brought into the spelling that
records have, so that `#Seni` and `#SENI` are one stream.
"""

from kanvas_platform.caseless import caseless_word
from kanvas_platform.errors import InvalidArgument, Violation

_LONGEST = 64


def parse_tag_name(text: str, field: str) -> str:
    """Return the name of a tag in the spelling of the records.

    Args:
        text: As a client writes it, without the number sign.
        field: Where it came in, for the violation.

    Raises:
        InvalidArgument: No tag is called that.
    """
    name = caseless_word(text, longest=_LONGEST)
    if name is not None:
        return name
    violation = Violation(field=field, message="Not the name of a tag.")
    raise InvalidArgument(
        "A tag is letters, digits, marks and `_`, at least one letter, at most 64 characters.",
        violations=(violation,),
    )
